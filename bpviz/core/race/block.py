"""A block of networks through all its epochs: what is recorded, who ends, who diverges."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bpviz.core.interruption import Interrupted, never
from bpviz.core.race.lockstep import Lockstep, LockstepState
from bpviz.core.race.plan import CURVES, Outcomes, RacePlan, nothing_yet
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Integers, Vector

WINDOW = 64
"""Epochs after which the numbers are looked at, and that are repeated if some overflowed."""

CROWD = 8
"""A block is made smaller when one in so many of its networks has ended."""

Told = Callable[[int], None]
"""told(n): n more epochs of single networks are done."""


class Stopped(Exception):
    """The race was given up before its end."""


def nobody(epochs: int) -> None:
    """Told of progress, does nothing."""


def run_block(
    starts: Sequence[RunSpec], plan: RacePlan, interrupted: Interrupted = never, told: Told = nobody
) -> Outcomes:
    """Train the networks of these starts, which may differ in seed and masks only, in lockstep.

    Raises Stopped when interrupted.
    """
    # Overflow on the way to a divergence is found by looking at the numbers instead.
    with np.errstate(all="ignore"):
        return _Block(starts, plan).run(interrupted, told)


class _Block:
    """The networks still training are columns of ``_lockstep``.

    ``_rows`` says which row of the outcomes each column is, ``_ended`` which columns have ended
    and only take room until the block is made smaller.
    """

    def __init__(self, starts: Sequence[RunSpec], plan: RacePlan) -> None:
        network = starts[0].network
        self._plan = plan
        self._outcomes = nothing_yet([start.seed for start in starts], plan, network.n_parameters)
        self._at = {int(epoch): k for k, epoch in enumerate(self._outcomes.epochs)}
        self._lockstep = Lockstep(starts)
        self._rows: Integers = np.arange(len(starts))
        self._begin(np.zeros(len(starts), dtype=bool))

    def _begin(self, ended: NDArray[np.bool_]) -> None:
        """Take the columns of the lockstep as they now are."""
        n = self._lockstep.networks
        self._ended, self._overflowed = ended, False
        self._unsolved = self._outcomes.solved_at[self._rows] < 0
        self._right, self._new = np.empty(n, dtype=bool), np.empty(n, dtype=bool)

    def run(self, interrupted: Interrupted, told: Told) -> Outcomes:
        """Train them all to their ends."""
        self._lockstep.measure(self._right)
        self._look()
        while self._shrink() and self._lockstep.epoch < self._plan.epochs:
            begin, n = self._lockstep.epoch, self._lockstep.networks
            self._run_window(min(WINDOW, self._plan.epochs - begin), interrupted)
            told(n * (self._lockstep.epoch - begin))
        going = np.flatnonzero(~self._ended)
        self._end(going, *self._lockstep.observe_train())
        return self._outcomes

    def _run_window(self, epochs: int, interrupted: Interrupted) -> None:
        """So many epochs; once more, and with care, if numbers overflowed on the way."""
        saved, ended, unsolved = self._lockstep.save(), self._ended.copy(), self._unsolved.copy()
        everything = 0.0  # an overflow may be gone an epoch later: this sum remembers it
        for _ in range(epochs):
            if interrupted():
                raise Stopped
            everything += self._lockstep.run_epoch(self._right if self._unsolved.any() else None)
            everything += self._lockstep.size()
            self._look()
        if np.isfinite(everything):
            return
        self._overflowed = True
        self._forget(saved.epoch, ended, unsolved)
        self._lockstep.restore(saved)
        self._lockstep.measure()
        self._run_carefully(saved.epoch + epochs, interrupted)

    def _forget(self, epoch: int, ended: NDArray[np.bool_], unsolved: NDArray[np.bool_]) -> None:
        """Undo what was noted after this epoch."""
        outcomes = self._outcomes
        later = outcomes.epochs > epoch
        for name in CURVES:
            getattr(outcomes, name)[np.ix_(self._rows[~ended], later)] = np.nan
        outcomes.solved_at[self._rows[unsolved]] = -1
        self._ended, self._unsolved = ended, unsolved

    def _run_carefully(self, until: int, interrupted: Interrupted) -> None:
        """Epoch by epoch: a network whose numbers overflow ends at the epoch before."""
        while self._lockstep.epoch < until:
            if interrupted():
                raise Stopped
            before = self._lockstep.save()
            self._lockstep.run_epoch(self._right)
            lost = np.flatnonzero(~(self._lockstep.finite() | self._ended))
            if len(lost):
                self._lose(lost, before)
            self._look()

    def _lose(self, lost: Integers, before: LockstepState) -> None:
        """These columns diverged: they end with the numbers of the epoch before."""
        starts = [self._lockstep.starts[c] for c in lost]
        fewer = Lockstep(starts, before.of(lost))
        rows, outcomes = self._rows[lost], self._outcomes
        outcomes.diverged[rows] = True
        outcomes.ended_at[rows] = before.epoch
        outcomes.error[rows], outcomes.right[rows] = fewer.observe_train()
        outcomes.parameters[rows] = fewer.flat(np.arange(len(lost)))
        self._ended[lost] = True
        self._unsolved[lost] = False

    # -- noting ------------------------------------------------------------------------------

    def _look(self) -> None:
        """Note what the epoch just measured brought."""
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
        """These columns end at this epoch; of all columns E and the share of right answers."""
        rows, outcomes = self._rows[columns], self._outcomes
        outcomes.ended_at[rows] = self._lockstep.epoch
        outcomes.error[rows], outcomes.right[rows] = error[columns], right[columns]
        outcomes.parameters[rows] = self._lockstep.flat(columns)
        self._ended[columns] = True
        self._unsolved[columns] = False

    def _record(self, k: int) -> None:
        """Record this epoch for the columns that have not ended, or just did."""
        outcomes, lockstep = self._outcomes, self._lockstep
        ended_at = outcomes.ended_at[self._rows]
        here = ~self._ended | (ended_at == lockstep.epoch)
        rows = self._rows[here]
        observed = (*lockstep.observe_train(), *lockstep.observe_test())
        for name, values in zip(CURVES, observed, strict=True):
            getattr(outcomes, name)[rows, k] = values[here]

    def _shrink(self) -> bool:
        """Leave out columns that have ended, if they are many; False if all have."""
        going = np.flatnonzero(~self._ended)
        n = self._lockstep.networks
        # An overflow that is left in would have every window repeated.
        many = n - len(going) >= (1 if self._overflowed else max(1, n // CROWD))
        if len(going) and many:
            self._lockstep = self._lockstep.keeping(going)
            self._rows = self._rows[going]
            self._begin(np.zeros(len(going), dtype=bool))
            self._lockstep.measure()
        return len(going) > 0
