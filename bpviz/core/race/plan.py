"""The plan of a race, and the outcomes of its networks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpviz.core.values import Integers, Matrix, Vector

CURVES = "train_error", "train_right", "test_error", "test_right"
"""The fields of Outcomes that are recorded at several epochs."""

EVENLY, GEOMETRIC = 200, 100
"""Largest numbers of recorded epochs: evenly spaced, and denser towards the start."""


@dataclass(frozen=True, slots=True)
class RacePlan:
    """How long the networks train.

    epochs        the last epoch of every network.
    until_solved  a network ends at the first epoch at which all its training patterns are right;
                  otherwise that epoch is noted and it goes on.
    until_error   it ends at the first epoch whose E is at most this; None: never.
    """

    epochs: int
    until_solved: bool = False
    until_error: float | None = None

    def recorded(self) -> Integers:
        """The epochs (K,) whose errors are recorded, among them 0 and the last."""
        even = np.linspace(0, self.epochs, min(EVENLY, self.epochs) + 1)
        early = np.geomspace(1, max(self.epochs, 1), GEOMETRIC)
        epochs = np.round(np.concatenate([even, early])).astype(np.int64)
        return np.unique(np.minimum(epochs, self.epochs))


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """The outcomes of R networks, recorded at K epochs.

    seeds         (R,) the seed of each network.
    solved_at     (R,) the first epoch at which all training patterns were right; -1 if none.
    ended_at      (R,) the epoch at which the network ended: the last one, the one at which it
                  was stopped, or the last one with finite numbers.
    diverged      (R,) whether its numbers overflowed after that epoch.
    error, right  (R,) E and the share of right answers at that epoch.
    epochs        (K,) the recorded epochs.
    train_error, train_right, test_error, test_right
                  (R, K) E and the share of right answers at the recorded epochs; nan after the
                  network's end, and for the test where there is none.
    parameters    (R, N) the flat vectors at the end.
    """

    seeds: Integers
    solved_at: Integers
    ended_at: Integers
    diverged: NDArray[np.bool_]
    error: Vector
    right: Vector
    epochs: Integers
    train_error: Matrix
    train_right: Matrix
    test_error: Matrix
    test_right: Matrix
    parameters: Matrix

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def solved(self) -> NDArray[np.bool_]:
        """(R,) whether all training patterns of the network were right at any epoch."""
        return self.solved_at >= 0

    def row_of(self, seed: int) -> int | None:
        """The row of the network of this seed; None if it is not among these."""
        rows = np.flatnonzero(self.seeds == seed)
        return int(rows[0]) if len(rows) else None

    @property
    def epochs_to_solve(self) -> Integers:
        """The epochs at which networks solved the problem, in ascending order."""
        return np.sort(self.solved_at[self.solved])


def empty_outcomes(seeds: Sequence[int], plan: RacePlan, n_parameters: int) -> Outcomes:
    """Outcomes with room for networks that have not begun."""
    n, epochs = len(seeds), plan.recorded()
    shape = n, len(epochs)
    return Outcomes(
        seeds=np.array(seeds, dtype=np.int64),
        solved_at=np.full(n, -1),
        ended_at=np.full(n, -1),
        diverged=np.zeros(n, dtype=bool),
        error=np.full(n, np.nan),
        right=np.full(n, np.nan),
        epochs=epochs,
        train_error=np.full(shape, np.nan),
        train_right=np.full(shape, np.nan),
        test_error=np.full(shape, np.nan),
        test_right=np.full(shape, np.nan),
        parameters=np.empty((n, n_parameters)),
    )


def without_curves(outcomes: Outcomes) -> Outcomes:
    """The outcomes without recorded epochs."""
    changes: dict[str, Any] = dict.fromkeys(CURVES, np.empty((len(outcomes), 0)))
    return replace(outcomes, epochs=outcomes.epochs[:0], **changes)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcomes of several parts of a race (at least one) as one."""
    columns: dict[str, Any] = {
        f.name: parts[0].epochs
        if f.name == "epochs"
        else np.concatenate([getattr(part, f.name) for part in parts])
        for f in fields(Outcomes)
    }
    return Outcomes(**columns)
