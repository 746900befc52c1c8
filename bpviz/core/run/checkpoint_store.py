"""The checkpoints of a run in the order of their instants, within a memory budget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bpviz.core.run.checkpoint import Checkpoint, When


class StoredCheckpoint(NamedTuple):
    """A checkpoint, its instant, and the number of edits made before it."""

    when: When
    checkpoint: Checkpoint
    edits: int


class CheckpointStore:
    """Keeps checkpoints up to ``budget`` bytes; beyond it, every second one is dropped."""

    def __init__(self, budget: int) -> None:
        self.stored: list[StoredCheckpoint] = []
        self.n_bytes = 0
        """Approximate memory that the checkpoints take, bytes."""
        self._budget = budget
        self._spacing = 0.0

    def is_due(self, when: When, updates: int) -> bool:
        """Whether no checkpoint is near this later instant; an epoch has so many updates."""
        if not self.stored:
            return True
        last = self.stored[-1].when
        return when > last and _time(when, updates) - _time(last, updates) >= self._spacing

    def add(self, stored: StoredCheckpoint, updates: int) -> None:
        """Add a checkpoint of a later instant."""
        self.stored.append(stored)
        self.n_bytes += stored.checkpoint.n_bytes + _bytes_of_patterns(self.stored[-2:])
        if self.n_bytes > self._budget and len(self.stored) > 2:
            self._thin(updates)

    def discard_after(self, when: When, edits: int) -> None:
        """Drop the checkpoints of later instants, or after more edits."""
        kept = [s for s in self.stored if s.when <= when and s.edits <= edits]
        if len(kept) < len(self.stored):
            self.stored, self.n_bytes = kept, _bytes_of(kept)

    def nearest(self, epoch: int, update: int | None) -> StoredCheckpoint:
        """The last checkpoint up to this update, or with None up to any update of the epoch."""
        when = (epoch, update) if update is not None else (epoch + 1, -1)
        return self.stored[max(bisect_right(self.stored, when, key=lambda s: s.when) - 1, 0)]

    def copy(self) -> CheckpointStore:
        """A store with the same checkpoints."""
        other = CheckpointStore(self._budget)
        other.stored, other.n_bytes = list(self.stored), self.n_bytes
        other._spacing = self._spacing
        return other

    def _thin(self, updates: int) -> None:
        """Drop every second checkpoint, but keep the first and the last."""
        span = _time(self.stored[-1].when, updates) - _time(self.stored[0].when, updates)
        self._spacing = 2 * span / len(self.stored)
        self.stored = self.stored[:-1:2] + self.stored[-1:]
        self.n_bytes = _bytes_of(self.stored)


def _time(when: When, updates: int) -> float:
    """An instant in epochs; updates are fractions of one."""
    return when[0] + when[1] / max(updates, 1)


def _bytes_of(stored: Sequence[StoredCheckpoint]) -> int:
    return sum(each.checkpoint.n_bytes for each in stored) + _bytes_of_patterns(stored)


def _bytes_of_patterns(stored: Sequence[StoredCheckpoint]) -> int:
    """Bytes of the patterns that a checkpoint does not share with the one before."""
    trains = [each.checkpoint.train for each in stored]
    changed = [train for before, train in pairwise(trains) if train is not before]
    return sum(train.inputs.nbytes + train.targets.nbytes for train in changed)
