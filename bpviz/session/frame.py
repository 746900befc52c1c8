"""A frame: everything the window shows, of one instant."""

from dataclasses import dataclass, field

from bpviz.core.run.quantities import Quantity
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Integers, Vector
from bpviz.experiment.prepare import PreparedExperiment


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The errors after every epoch so far, oldest first; all arrays have the same length.

    Up to epoch ``thinned_before`` the curve keeps the extremes of neighbouring epochs only
    (0: every epoch is there). Errors are E summed over patterns; ``*_right`` are shares, 0 to 1;
    without a test set, the test arrays are nan.
    """

    epochs: Integers
    train_error: Vector
    train_right: Vector
    test_error: Vector
    test_right: Vector
    thinned_before: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A chosen quantity after every epoch, oldest first.

    ``epochs`` and ``values`` have the same length; ``thinned_before`` as in Curve. Epochs below
    ``chosen``, where recording began, are filled in by repeating the training: an even sample if
    there are many. ``missing`` is the first and last epoch not filled in, marked by one nan;
    ``filling`` is whether they still will be.
    """

    quantity: Quantity
    epochs: Integers
    values: Vector
    thinned_before: int = 0
    chosen: int = 0
    missing: tuple[int, int] | None = None
    filling: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TimelineStatus:
    """The timeline of a run: what is recorded, and where in it the frame is.

    latest     the last recorded epoch.
    is_past    whether the frame is before the end of the record.
    ghost      the errors after the frame's epoch: recorded ones, or abandoned ones that are not
               overwritten yet; None if there are none.
    edited     epochs in which something was changed by hand.
    goal       the epoch of a seek under way, or None.
    moves      number of seeks and steps so far: when it changes, the frame's settings may be
               those of another instant.
    """

    latest: int = 0
    is_past: bool = False
    ghost: Curve | None = None
    edited: tuple[int, ...] = ()
    goal: int | None = None
    moves: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A setup, a snapshot of its run, and the curve and the tracks up to that snapshot.

    ``epochs_per_second`` is the speed of the last half second of training, 0 at rest;
    ``engine`` names what computes; ``last_edit_applied`` is how many ApplyEdit commands were
    applied or refused so far, and ``last_load_done`` how many commands that load a run were
    carried out, refused or cancelled (see Session.loads_sent); ``kept``: whether the run becomes a
    recent one when another one replaces it, because it was trained, changed, or made by the user.
    """

    setup: PreparedExperiment
    snapshot: Snapshot
    curve: Curve
    epochs_per_second: float = 0.0
    tracks: tuple[Track, ...] = ()
    timeline: TimelineStatus = field(default_factory=TimelineStatus)
    engine: str = "NumPy"
    last_edit_applied: int = 0
    last_load_done: int = 0
    kept: bool = False
