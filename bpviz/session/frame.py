"""What one frame of the screen shows: all of it belongs to one instant."""

from dataclasses import dataclass, field

from bpviz.core.run.quantities import Quantity
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Integers, Vector
from bpviz.experiment.prepare import PreparedExperiment


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The errors after every epoch so far, oldest first; all arrays have the same length.

    Up to epoch ``thinned_before`` the curve keeps the extremes of neighbouring epochs only
    (0: every epoch is there). Errors are E summed over patterns; rights are shares 0 to 1;
    test arrays are nan where there is no test set.
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

    ``epochs`` and ``values`` have the same length; ``thinned_before`` as in Curve. Epochs before
    it was chosen, those below ``chosen``, are filled in by repeating the training: of many, an
    even sample. What is ``missing`` (first and last epoch of it) is not filled in yet, or nobody
    waited for it if not ``filling``: there, one value is nan.
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
    """What a frame's run has behind it, and before it while it stands in its past.

    latest     the last epoch that was reached; going there from here repeats what happened.
    is_past    whether the frame shows an instant before the end of the record.
    ghost      the errors after the frame's epoch: of the recorded future, or of one that was
               abandoned and is not overwritten yet; None if there are none.
    edited     epochs in which something was changed by hand.
    goal       the epoch that the run is on its way to through its past, or None.
    journeys   how often somebody has gone to another instant: settings on the screen are those
               of the frame when this number changes.
    """

    latest: int = 0
    is_past: bool = False
    ghost: Curve | None = None
    edited: tuple[int, ...] = ()
    goal: int | None = None
    journeys: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A setup, a snapshot of its run, and the curve and the tracks up to that snapshot.

    ``epochs_per_second`` is the speed of the last half second of training, 0 at rest;
    ``engine`` names what computes; ``last_edit_applied`` is how many ApplyEdit commands were
    applied or refused so far.
    """

    setup: PreparedExperiment
    snapshot: Snapshot
    curve: Curve
    epochs_per_second: float = 0.0
    tracks: tuple[Track, ...] = ()
    record: TimelineStatus = field(default_factory=TimelineStatus)
    engine: str = "NumPy"
    last_edit_applied: int = 0
