"""The speed at which a run starts, so that the fall of its error can be watched.

A small problem is solved within a frame at full speed. The training thread therefore looks ahead
at rest: a copy of the run trains until it is solved or the work is used up, and the speed follows
from the epochs in which the error falls. The run itself is not affected.
"""

import contextlib
from collections.abc import Callable

import numpy as np

from bpviz.core.interruption import Cancelled, Interrupted
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.records import Records
from bpviz.core.run.run import Run
from bpviz.core.values import Integers, Vector
from bpviz.experiment.experiment import Stop
from bpviz.experiment.stopping import Stopping

SPEEDS: tuple[float | None, ...] = (
    1, 2, 5, 10, 25, 60, 125, 250, 500, 1_000, 2_500, 5_000, 10_000, None,
)  # fmt: skip
"""Speeds to choose from, epochs per second; None is unlimited."""

FALL_SECONDS = 7.0
"""Seconds in which the error should fall."""

OPEN_SECONDS = 3.0
"""Seconds for the epochs looked at, if the error still falls after them."""

SOLVED_SECONDS = 30.0
"""Longest time until the problem is solved, s."""

FALLEN = 0.99
"""The share of the fall after which the error counts as fallen."""

WORK = 0.2
"""Largest work of a look ahead, in seconds of a usual processor."""

UPDATE_WORK, WEIGHT_WORK = 40e-6, 4e-9
"""Work of an update, and of a parameter and a pattern; estimated, so that the speed depends on
the experiment and not on what else the machine does."""


def nearest_speed(epochs_per_second: float) -> float | None:
    """The nearest of SPEEDS, by ratio; None above the largest of them."""
    finite = np.array([speed for speed in SPEEDS if speed is not None])
    if epochs_per_second > 1.5 * finite[-1]:
        return None
    return float(finite[np.abs(np.log(finite / epochs_per_second)).argmin()])


def speed_to_watch(errors: Vector, solved: bool) -> float | None:
    """One of SPEEDS that shows the fall of these errors (n,), of epochs 0 to n - 1.

    ``solved``: the last epoch solves the problem; otherwise it is where the look ahead ended.
    """
    errors = errors[np.isfinite(errors)]
    last = len(errors) - 1
    if last < 1:
        return None
    least = errors.min()
    epochs = max(1, int((errors <= errors[0] - FALLEN * (errors[0] - least)).argmax()))
    if solved:
        return nearest_speed(max(epochs / FALL_SECONDS, last / SOLVED_SECONDS))
    return nearest_speed(epochs / (FALL_SECONDS if epochs < last / 2 else OPEN_SECONDS))


def epochs_ahead(run: Run) -> int:
    """The number of epochs of a run that a look ahead may take."""
    start = run.start
    cells = len(start.train) * start.network.n_parameters
    return int(WORK / (run.updates * UPDATE_WORK + cells * WEIGHT_WORK))


class LookAhead:
    """Trains a copy of a run from its present instant, a little at a time."""

    def __init__(self, run: Run, halt: Integers) -> None:
        self._start, self._begin = run.start, run.save()
        self._limit, self._halt = epochs_ahead(run), halt
        self._errors = [np.array([run.record.train_error])]
        self._is_solved = Stopping(Stop(solved=True), len(run.start.train), run.record)
        self._run: Run | None = None

    @property
    def _copy(self) -> Run:
        assert self._run is not None
        return self._run

    def make_copy(self, cancelled: Interrupted) -> None:
        """Make the copy, once. Raises Cancelled if ``cancelled`` meanwhile."""
        if self._run is None:
            self._run = Run(self._start, cancelled)
            self._run.restore(self._begin)
            self._run.use_halt_flag(self._halt)

    def advance(self, interrupted: Interrupted) -> bool:
        """Train until interrupted; whether there is nothing more to look at."""
        try:
            epochs = self._limit - self._copy.epoch
            self._note(self._copy.advance(epochs, interrupted, self._is_solved))
        except Diverged as error:
            self._note(error.records)
            self._limit = 0
        return self._solved or self._copy.epoch >= self._limit

    def _note(self, records: Records) -> None:
        self._errors.append(records.values[:, 0])

    @property
    def _solved(self) -> bool:
        return self._copy.epoch > 0 and self._copy.record.solved

    @property
    def speed(self) -> float | None:
        """The speed that follows from the epochs so far."""
        return speed_to_watch(np.concatenate(self._errors), self._solved)


class StartSpeed:
    """Plans and makes the look ahead of a run; does nothing until ``is_automatic`` is set."""

    def __init__(self, halt: Integers) -> None:
        self.is_automatic = False
        self._halt = halt
        self._ahead: LookAhead | None = None

    @property
    def is_pending(self) -> bool:
        """Whether a look ahead is planned or under way."""
        return self._ahead is not None

    def plan(self, run: Run) -> None:
        """Plan to look ahead from this instant, if it is the beginning of a run."""
        begins = run.epoch == run.update == run.position == 0
        can_train = obstacle(run.start.network, RULES[run.start.rule]) is None
        self._ahead = None
        if self.is_automatic and begins and can_train:
            self._ahead = LookAhead(run, self._halt)

    def drop(self) -> None:
        """Leave the speed to the user."""
        self._ahead, self.is_automatic = None, False

    def look(self, interrupted: Interrupted, found: Callable[[float | None], None]) -> None:
        """Look ahead until interrupted; calls ``found`` with the speed at the end."""
        ahead = self._ahead
        if ahead is None:
            return
        with contextlib.suppress(Cancelled):
            ahead.make_copy(interrupted)
            if ahead.advance(interrupted):
                self._ahead = None
                found(ahead.speed)
