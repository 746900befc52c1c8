"""What the window can ask of the training thread, as frozen records."""

from dataclasses import dataclass

from bpviz.core.cursor import Grain
from bpviz.core.edits import Edit as Change
from bpviz.core.quantities import Quantity
from bpviz.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Load:
    """Prepare this experiment and show it at epoch 0; on failure the present run stays.

    ``edits`` are made there by hand, then ``epochs`` are trained, and ``play`` goes on.
    """

    experiment: Experiment
    play: bool = False
    edits: tuple[Change, ...] = ()
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """Load a problem (a name or the path of a CSV file) and show what suits it at epoch 0."""

    problem: str
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up the loading under way (Mailbox.loads says so at once); the present run goes on."""


@dataclass(frozen=True, slots=True)
class Configure:
    """Take over the fields that may change while training (see experiment.LIVE_FIELDS)."""

    experiment: Experiment


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """Change weights, patterns, clamps or settings by hand, here between two updates."""

    edit: Change


@dataclass(frozen=True, slots=True)
class Play:
    """Train until told otherwise."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the present update."""


@dataclass(frozen=True, slots=True)
class StepEpochs:
    """Pause, then train this many epochs."""

    epochs: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """Pause, then go one phase, pattern, update or epoch forward, or back."""

    grain: Grain
    back: bool = False


@dataclass(frozen=True, slots=True)
class PlaySlowly:
    """Go forward phase by phase, at the pace of SetSpeed, until told otherwise."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Pause and go to this epoch of what was recorded; a newer one takes its place."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Pause and go back to epoch 0 and the same initial weights."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Train at so many epochs per second; None is as fast as possible.

    Slow play takes as many phases per second, at most MOST_PHASES.
    """

    epochs_per_second: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """Publish a frame now, with what is wanted now."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Follow these quantities over the epochs, from now on."""

    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Follow these quantities no longer."""

    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Quit:
    """End the thread."""


MOST_PHASES = 30.0
"""Phases per second of slow play: more, nobody could follow."""

Command = (
    Load
    | Open
    | Cancel
    | Configure
    | Edit
    | Play
    | PlaySlowly
    | Pause
    | StepEpochs
    | Step
    | Seek
    | Reset
    | SetSpeed
    | Look
    | Watch
    | Unwatch
    | Quit
)
