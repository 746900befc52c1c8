"""Trains a block of networks: what is recorded, and which networks end or diverge."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bpviz.core.interruption import Interrupted, never
from bpviz.core.race.lockstep import Lockstep, LockstepState
from bpviz.core.race.plan import CURVES, Outcomes, RacePlan, empty_outcomes
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Integers, Vector

WINDOW = 64
"""Epochs between two checks for overflow; they are repeated if numbers overflowed."""

SHRINK_PART = 8
"""A block is made smaller when one in so many of its networks has ended."""

EpochsDone = Callable[[int], None]
"""progress(n): n more epochs of single networks are done."""


class Stopped(Exception):
    """The race was interrupted before its end."""


def no_progress(epochs: int) -> None:
    """Ignore progress."""


def run_block(
    starts: Sequence[RunSpec],
    plan: RacePlan,
    interrupted: Interrupted = never,
    progress: EpochsDone = no_progress,
) -> Outcomes:
    """Train the networks of these starts, which may differ in seed and masks only, in lockstep.

    Raises Stopped when interrupted.
    """
    # Overflow is detected by checking the numbers.
    with np.errstate(all="ignore"):
        return _Block(starts, plan).run(interrupted, progress)


class _Block:
    """The networks still training are columns of ``_lockstep``.

    ``_rows`` holds the row of the outcomes of each column, ``_ended`` which columns have ended;
    these remain until the block is made smaller.
    """

    def __init__(self, starts: Sequence[RunSpec], plan: RacePlan) -> None:
        network = starts[0].network
        self._plan = plan
        self._outcomes = empty_outcomes(
            [start.seed for start in starts], plan, network.n_parameters
        )
        self._at = {int(epoch): k for k, epoch in enumerate(self._outcomes.epochs)}
        self._lockstep = Lockstep(starts)
        self._rows: Integers = np.arange(len(starts))
        self._begin(np.zeros(len(starts), dtype=bool))

    def _begin(self, ended: NDArray[np.bool_]) -> None:
        """Begin with the present columns of the lockstep."""
        n = self._lockstep.networks
        self._ended, self._overflowed = ended, False
        self._unsolved = self._outcomes.solved_at[self._rows] < 0
        self._right, self._new = np.empty(n, dtype=bool), np.empty(n, dtype=bool)

    def run(self, interrupted: Interrupted, progress: EpochsDone) -> Outcomes:
        """Train all networks to their ends."""
        self._lockstep.measure(self._right)
        self._note_epoch()
        while self._shrink() and self._lockstep.epoch < self._plan.epochs:
            begin, n = self._lockstep.epoch, self._lockstep.networks
            self._run_window(min(WINDOW, self._plan.epochs - begin), interrupted)
            progress(n * (self._lockstep.epoch - begin))
        going = np.flatnonzero(~self._ended)
        self._end(going, *self._lockstep.observe_train())
        return self._outcomes

    def _run_window(self, epochs: int, interrupted: Interrupted) -> None:
        """Train so many epochs; if numbers overflowed, repeat them epoch by epoch."""
        saved, ended, unsolved = self._lockstep.save(), self._ended.copy(), self._unsolved.copy()
        everything = 0.0  # an overflow may be gone an epoch later, but not in this sum
        for _ in range(epochs):
            if interrupted():
                raise Stopped
            everything += self._lockstep.run_epoch(self._right if self._unsolved.any() else None)
            everything += self._lockstep.size()
            self._note_epoch()
        if np.isfinite(everything):
            return
        self._overflowed = True
        self._undo_notes(saved.epoch, ended, unsolved)
        self._lockstep.restore(saved)
        self._lockstep.measure()
        self._run_epoch_by_epoch(saved.epoch + epochs, interrupted)

    def _undo_notes(
        self, epoch: int, ended: NDArray[np.bool_], unsolved: NDArray[np.bool_]
    ) -> None:
        """Undo what was noted after this epoch."""
        outcomes = self._outcomes
        later = outcomes.epochs > epoch
        for name in CURVES:
            getattr(outcomes, name)[np.ix_(self._rows[~ended], later)] = np.nan
        outcomes.solved_at[self._rows[unsolved]] = -1
        self._ended, self._unsolved = ended, unsolved

    def _run_epoch_by_epoch(self, until: int, interrupted: Interrupted) -> None:
        """Train epoch by epoch; a network whose numbers overflow ends at the epoch before."""
        while self._lockstep.epoch < until:
            if interrupted():
                raise Stopped
            before = self._lockstep.save()
            self._lockstep.run_epoch(self._right)
            diverged = np.flatnonzero(~(self._lockstep.finite() | self._ended))
            if len(diverged):
                self._end_diverged(diverged, before)
            self._note_epoch()

    def _end_diverged(self, diverged: Integers, before: LockstepState) -> None:
        """End these columns, which diverged, with the numbers of the epoch before."""
        starts = [self._lockstep.starts[c] for c in diverged]
        fewer = Lockstep(starts, before.of(diverged))
        rows, outcomes = self._rows[diverged], self._outcomes
        outcomes.diverged[rows] = True
        outcomes.ended_at[rows] = before.epoch
        outcomes.error[rows], outcomes.right[rows] = fewer.observe_train()
        outcomes.parameters[rows] = fewer.flat(np.arange(len(diverged)))
        self._ended[diverged] = True
        self._unsolved[diverged] = False

    # -- noting ------------------------------------------------------------------------------

    def _note_epoch(self) -> None:
        """Note the results of the epoch that was just measured."""
        if self._unsolved.any():
            self._note_solved()
        if self._plan.until_error is not None:
            error, right = self._lockstep.observe_train()
            reached = np.flatnonzero((error <= self._plan.until_error) & ~self._ended)
            self._end(reached, error, right)
        k = self._at.get(self._lockstep.epoch)
        if k is not None:
            self._record(k)

    def _note_solved(self) -> None:
        np.logical_and(self._right, self._unsolved, self._new)
        if not self._new.any():
            return
        new = np.flatnonzero(self._new)
        self._outcomes.solved_at[self._rows[new]] = self._lockstep.epoch
        self._unsolved[new] = False
        if self._plan.until_solved:
            self._end(new, *self._lockstep.observe_train())

    def _end(self, columns: Integers, error: Vector, right: Vector) -> None:
        """End these columns at this epoch; ``error`` and ``right`` are those of all columns."""
        rows, outcomes = self._rows[columns], self._outcomes
        outcomes.ended_at[rows] = self._lockstep.epoch
        outcomes.error[rows], outcomes.right[rows] = error[columns], right[columns]
        outcomes.parameters[rows] = self._lockstep.flat(columns)
        self._ended[columns] = True
        self._unsolved[columns] = False

    def _record(self, k: int) -> None:
        """Record this epoch for the columns that have not ended before it."""
        outcomes, lockstep = self._outcomes, self._lockstep
        ended_at = outcomes.ended_at[self._rows]
        here = ~self._ended | (ended_at == lockstep.epoch)
        rows = self._rows[here]
        observed = (*lockstep.observe_train(), *lockstep.observe_test())
        for name, values in zip(CURVES, observed, strict=True):
            getattr(outcomes, name)[rows, k] = values[here]

    def _shrink(self) -> bool:
        """Remove the columns that have ended, if they are many; False if all have ended."""
        going = np.flatnonzero(~self._ended)
        n = self._lockstep.networks
        # Every window with a column that overflowed would be repeated.
        many = n - len(going) >= (1 if self._overflowed else max(1, n // SHRINK_PART))
        if len(going) and many:
            self._lockstep = self._lockstep.keeping(going)
            self._rows = self._rows[going]
            self._begin(np.zeros(len(going), dtype=bool))
            self._lockstep.measure()
        return len(going) > 0
