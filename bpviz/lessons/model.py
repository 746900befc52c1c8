"""What a lesson is, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpviz.core.model.references import NetworkRef
from bpviz.core.run.cursor import Grain
from bpviz.core.run.edits import Edit
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.race_order import RaceOrder
from bpviz.lessons.weights_by_hand import ByHand
from bpviz.sharing.shown import Shown


class BadLesson(ValueError):
    """A lesson file that cannot be used: a sentence with the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class StepSettings:
    """What a step of a lesson sets up besides its experiment.

    edits     changes by hand at epoch 0 (weights and biases that the step gives).
    epochs    the number of epochs trained after setting up.
    speed     epochs per second; None lets the window choose one that suits the run.
    pattern   row number of the training pattern on show, or None.
    show      keys of the docks that are shown, the first one in front.
    choices   key of a view -> choices of that view (axes, overlay, ...).
    grain     the unit of Step and Back: a phase, pattern, update or epoch.
    look      the weight, bias or unit that the microscope shows, or None.
    compare   (key of a preset of comparison.PRESETS, epochs): variants that are trained and
              compared, or None.
    solve     whether the user is to find the weights by hand, without training.
    unchecked what takes the place of edits, look and pattern on a table in a file, which is read
              only when the step is set up; None on the problems of bpviz.
    """

    edits: tuple[Edit, ...] = ()
    epochs: int = 0
    speed: float | None = None
    pattern: int | None = None
    show: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    grain: Grain = "epoch"
    look: NetworkRef | None = None
    compare: tuple[str, int] | None = None
    solve: bool = False
    unchecked: ByHand | None = None


@dataclass(frozen=True, slots=True)
class StepRace:
    """A race that a step offers: variants of its experiment, and how many seeds of each.

    hidden       shapes of the hidden groups as the Race window's field reads them, '2,3,4x2'.
    activations, rates   what else varies; empty: as in the experiment.
    order        the race itself.
    """

    hidden: str
    activations: tuple[str, ...]
    rates: tuple[float, ...]
    order: RaceOrder


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a lesson, in words and as values that a test checks (see claims.py).

    ``holds`` False states the opposite. ``race`` is that of the step.
    """

    says: str
    kind: str
    holds: bool
    experiment: Experiment
    state: StepSettings
    values: Mapping[str, Any]
    race: StepRace | None = None


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One page of a lesson.

    ``text``, ``try_it``, ``question`` and ``answer`` are Markdown with TeX between $ signs.
    ``experiment`` None leaves the window as it is; ``race`` can be opened beside it. ``shown`` is
    what the window is reduced to; None leaves that to the user.
    """

    title: str
    text: str
    try_it: str = ""
    question: str = ""
    answer: str = ""
    experiment: Experiment | None = None
    state: StepSettings = field(default_factory=StepSettings)
    claims: tuple[Claim, ...] = ()
    race: StepRace | None = None
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: ``key`` is its file's name, ``row`` names the lecture's rows that it shows."""

    key: str
    title: str
    summary: str
    row: str
    order: float
    minutes: int
    sources: tuple[str, ...]
    steps: tuple[LessonStep, ...]
    path: Path
