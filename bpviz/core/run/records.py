"""The records of many epochs: a table that reads as a sequence of EpochRecord."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from bpviz.core.run.snapshot import EpochRecord
from bpviz.core.values import Integers, Matrix


class Records(Sequence[EpochRecord]):
    """The records of completed epochs, oldest first.

    epochs   (n,) numbers of the epochs.
    values   (n, 4) train error, train right, test error, test right; see EpochRecord.

    Compiled epochs come by the thousand: a table takes them all at once, and a record of it is
    made only where somebody looks at one.
    """

    def __init__(self, epochs: Integers, values: Matrix) -> None:
        self.epochs, self.values = epochs, values

    @classmethod
    def of(cls, parts: "Sequence[EpochRecord | Records]") -> "Records":
        """These records and tables, one after another."""
        if isinstance(parts, Records):
            return parts
        if len(parts) == 1 and isinstance(parts[0], Records):
            return parts[0]
        epochs: list[Integers] = [np.empty(0, dtype=np.int64)]
        values: list[Matrix] = [np.empty((0, 4))]
        for part in parts:
            if isinstance(part, Records):
                epochs.append(part.epochs)
                values.append(part.values)
            else:
                epochs.append(np.array([part.epoch]))
                values.append(np.array([part[1:]]))
        return cls(np.concatenate(epochs), np.concatenate(values))

    def __len__(self) -> int:
        return len(self.epochs)

    @overload
    def __getitem__(self, index: int) -> EpochRecord: ...

    @overload
    def __getitem__(self, index: slice) -> "Records": ...

    def __getitem__(self, index: int | slice) -> "EpochRecord | Records":
        if isinstance(index, slice):
            return Records(self.epochs[index], self.values[index])
        return EpochRecord(int(self.epochs[index]), *self.values[index].tolist())

    def __iter__(self) -> Iterator[EpochRecord]:
        for epoch, row in zip(self.epochs.tolist(), self.values.tolist(), strict=True):
            yield EpochRecord(epoch, *row)

    def __eq__(self, other: object) -> bool:
        """Whether the same numbers stand there, nan for nan."""
        if isinstance(other, list):
            other = Records.of(other)
        return isinstance(other, Records) and (
            np.array_equal(self.epochs, other.epochs)
            and np.array_equal(self.values, other.values, equal_nan=True)
        )

    def __radd__(self, earlier: list[EpochRecord]) -> list[EpochRecord]:
        return [*earlier, *self]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Records({list(self)!r})"


class Condition:
    """When to stop training, asked about the record of every completed epoch.

    Any function of a record will do, but only with a Condition can an engine train many epochs
    in one call and ask afterwards which was the first that meets it.
    """

    def __call__(self, record: EpochRecord) -> bool:
        """Whether this epoch meets it; by default none does."""
        return False

    def first(self, records: Records) -> int | None:
        """The index of the first of some epochs (at least one) in a row that meets it, if any."""
        return None


unending = Condition()
"""The condition that no epoch meets."""
