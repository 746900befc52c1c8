"""What the window can ask of the training thread, as tuples with names.

(Frozen dataclasses take six times as long to make, and these stand before the first frame.)
"""

from typing import TYPE_CHECKING, NamedTuple

from bpviz.core.analysis.quantities import Quantity
from bpviz.core.run.cursor import Grain
from bpviz.core.run.edits import Edit
from bpviz.experiment.experiment import Experiment

if TYPE_CHECKING:
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe


class Load(NamedTuple):
    """Prepare this experiment and show it at epoch 0; on failure the present run stays.

    ``edits`` are made there by hand, then ``epochs`` are trained, and ``play`` goes on. ``at``
    is another instant than epoch 0.
    """

    experiment: Experiment
    play: bool = False
    edits: tuple[Edit, ...] = ()
    epochs: int = 0
    at: "ExactCheckpoint | ReplayRecipe | None" = None


class Open(NamedTuple):
    """Load a problem (a name or the path of a CSV file) and show what suits it at epoch 0."""

    problem: str
    seed: int = 0


class Cancel:
    """Give up the loading under way (Mailbox.loads says so at once); the present run goes on."""


class Configure(NamedTuple):
    """Take over the fields that may change while training (see experiment.LIVE_FIELDS)."""

    experiment: Experiment


class ApplyEdit(NamedTuple):
    """Change weights, patterns, clamps or settings by hand, here between two updates.

    Frames say which ``number`` was obeyed last.
    """

    edit: Edit
    number: int = 0


class Play:
    """Train until told otherwise."""


class Pause:
    """Stop after the present update."""


class StepEpochs(NamedTuple):
    """Pause, then train this many epochs."""

    epochs: int = 1


class StepBy(NamedTuple):
    """Pause, then go one phase, pattern, update or epoch forward, or back."""

    grain: Grain
    back: bool = False


class PlaySlowly:
    """Go forward phase by phase, at the pace of SetSpeed, until told otherwise."""


class Seek(NamedTuple):
    """Pause and go to this epoch of what was recorded; a newer one takes its place."""

    epoch: int


class Reset:
    """Pause and go back to epoch 0 and the same initial weights."""


class SetSpeed(NamedTuple):
    """Train at so many epochs per second; None is as fast as possible.

    Slow play takes as many phases per second, at most MOST_PHASES.
    """

    epochs_per_second: float | None


class PublishFrame:
    """Publish a frame now, with what is wanted now."""


class Describe:
    """Write the present instant as a link text."""


class Watch(NamedTuple):
    """Follow these quantities over the epochs; what they were before is filled in."""

    quantities: tuple[Quantity, ...]


class Unwatch(NamedTuple):
    """Follow these quantities no longer."""

    quantities: tuple[Quantity, ...]


class StopFilling:
    """Leave the past of the followed quantities as far as it is known."""


class Quit:
    """End the thread."""


MOST_PHASES = 30.0
"""Phases per second of slow play: more, nobody could follow."""

Command = (
    Load
    | Open
    | Cancel
    | Configure
    | ApplyEdit
    | Play
    | PlaySlowly
    | Pause
    | StepEpochs
    | StepBy
    | Seek
    | Reset
    | SetSpeed
    | PublishFrame
    | Describe
    | Watch
    | Unwatch
    | StopFilling
    | Quit
)
