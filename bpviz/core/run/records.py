"""The records of epochs: one as a tuple, many as a table that reads as a sequence."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, overload

import numpy as np

from bpviz.core.values import Integers, Matrix

NAN = float("nan")


class EpochRecord(NamedTuple):
    """The error after an epoch, measured on the parameters as they then are.

    Errors are E summed over patterns and output units; rights are the share of patterns
    whose answer is right, 0 to 1. Test figures are nan where the problem has no test set.
    Epoch 0 is the untrained network.
    """

    epoch: int
    train_error: float
    train_right: float
    test_error: float = NAN
    test_right: float = NAN

    @property
    def solved(self) -> bool:
        """Whether every training pattern is answered right."""
        return self.train_right == 1.0


def instant_words(epoch: int, update: int, updates: int) -> str:
    """The instant after so many epochs and updates: 'epoch 12, update 3 of 25'."""
    return f"epoch {epoch:,}" + (f", update {update:,} of {updates:,}" if update else "")


class Records(Sequence[EpochRecord]):
    """The records of completed epochs, oldest first.

    epochs   (n,) numbers of the epochs.
    values   (n, 4) train error, train right, test error, test right; see EpochRecord.

    A compiled engine completes thousands of epochs in one call: they are stored as a table, and
    an EpochRecord is made only when one is read.
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
        """Whether the epochs and numbers are equal; nan equals nan."""
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


Done = Callable[[EpochRecord], bool]
"""Asked about the record of every completed epoch: whether training ends there."""


class Condition:
    """A condition that ends training, asked about the record of every completed epoch.

    Any function of a record will do (see Done), but only with a Condition can an engine train
    many epochs in one call and ask afterwards which one meets it first.
    """

    def __call__(self, record: EpochRecord) -> bool:
        """Whether this epoch meets the condition; by default none does."""
        return False

    def first(self, records: Records) -> int | None:
        """The index of the first record that meets the condition; None if none does.

        ``records`` are those of consecutive epochs, at least one.
        """
        return None


unending = Condition()
"""The condition that no epoch meets."""


def first_met(done: Done, records: Records) -> int | None:
    """The index of the first record at which training ends; None if it continues."""
    if not len(records):
        return None
    if isinstance(done, Condition):
        return done.first(records)
    return 0 if done(records[0]) else None
