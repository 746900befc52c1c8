"""The commands of the training thread, sent by Session.send.

What a command does is a function in carry_out, chosen by the class. A command with fields is a
NamedTuple (a frozen dataclass takes six times as long to define, and these are imported before
the first frame); one without is a Request, because empty tuples are equal.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from bpviz.core.run.cursor import Grain
from bpviz.core.run.edits import Edit
from bpviz.core.run.quantities import Quantity
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Experiment
from bpviz.sharing.shown import EVERYTHING, Shown

if TYPE_CHECKING:
    from bpviz.lessons.weights_by_hand import ByHand
    from bpviz.problems.tables.model import Inspection
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe


class Request:
    """A command without fields."""


class Load(NamedTuple):
    """Prepare this experiment and show it at epoch 0; on failure the present run stays.

    There, ``edits`` are applied, or those ``by_hand`` of a lesson, which need the network; then
    the run trains until paused (``play``; with ``slowly`` phase by phase) or for ``epochs``.
    ``at``: begin at this instant instead of epoch 0. ``inspection``: the table of the experiment,
    if it is read already. ``own``: the user has made the experiment, so that its run is kept when
    another one replaces it, even if nothing was trained.
    """

    experiment: Experiment
    play: bool = False
    edits: tuple[Edit, ...] = ()
    epochs: int = 0
    at: "ExactCheckpoint | ReplayRecipe | None" = None
    inspection: "Inspection | None" = None
    own: bool = False
    slowly: bool = False
    by_hand: "ByHand | None" = None


class Open(NamedTuple):
    """Prepare the default experiment of a problem, a name or the path of a file, with options.

    ``inspection``: its table, if it is read already. ``change`` returns the experiment with what
    else was chosen.
    """

    problem: str
    seed: int = 0
    options: Mapping[str, Any] = MappingProxyType({})
    inspection: "Inspection | None" = None
    change: "Callable[[Experiment], Experiment] | None" = None


class Recall(NamedTuple):
    """Bring back a recent run, to the bit, where it was left (see recent_runs).

    The present run takes its place among the recent ones. Nothing happens if it is not kept any
    more.
    """

    run_id: int


class Cancel(Request):
    """Cancel the loading under way; the present run stays."""


class Configure(NamedTuple):
    """Apply the fields that may change while training (see experiment.LIVE_FIELDS)."""

    experiment: Experiment


class ApplyEdit(NamedTuple):
    """Change weights, patterns, clamps or settings between two updates.

    A frame with the change follows, also at rest; ``refused`` if it does not fit. The n-th one
    sent is done when ``Frame.last_edit_applied`` is n.
    """

    edit: Edit


class Play(Request):
    """Train until paused or a stop condition holds."""


class Pause(Request):
    """Pause after the present update."""


class StepEpochs(NamedTuple):
    """Pause, then train this many epochs."""

    epochs: int = 1


class StepBy(NamedTuple):
    """Pause, then go one phase, pattern, update or epoch forward or back.

    In the past, forward repeats the recorded updates.
    """

    grain: Grain
    back: bool = False


class PlaySlowly(Request):
    """Go forward phase by phase, at the pace of SetSpeed, until paused."""


class Seek(NamedTuple):
    """Pause and go to a recorded epoch; a newer Seek supersedes one that has not arrived."""

    epoch: int


class Reset(Request):
    """Pause and go back to epoch 0 and the same initial weights."""


class SetSpeed(NamedTuple):
    """Set the training speed; None is as fast as possible.

    Slow play takes as many phases per second, at most MOST_PHASES.
    """

    epochs_per_second: float | None


class ChooseSpeed(Request):
    """Choose a speed that suits this run, if it is at its beginning, and every later run.

    In force until SetSpeed; the speeds chosen are emitted as ``speed_chosen``.
    """


class PauseWhenSolved(NamedTuple):
    """Whether Play and PlaySlowly pause where a run is solved for the first time."""

    on: bool


class PublishFrame(NamedTuple):
    """Publish a frame that holds ``wants``, also at rest."""

    wants: SnapshotRequest


class Describe(NamedTuple):
    """Emit ``described`` with the link text of the present instant; ``refused`` if too long.

    The window that opens it is reduced to ``shown``.
    """

    shown: Shown = EVERYTHING


class Watch(NamedTuple):
    """Record these quantities from now on; their past is filled in by repeating the training.

    ``refused`` if that is not possible.
    """

    quantities: tuple[Quantity, ...]


class Unwatch(NamedTuple):
    """Stop recording these quantities."""

    quantities: tuple[Quantity, ...]


class StopFilling(Request):
    """Stop filling in the past of the recorded quantities; what is known stays."""


class Quit(Request):
    """End the thread."""


MOST_PHASES = 30.0
"""Phases per second of slow play, at most: faster than this they cannot be followed."""

Command = tuple[Any, ...] | Request
"""A NamedTuple with fields, or a Request without."""

SUPERSEDES_LOADING = (Load, Open, Recall, Cancel, Quit)
"""Commands that end a loading under way as soon as they are sent."""
