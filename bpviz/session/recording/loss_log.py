"""The errors after every epoch of a run, in bounded memory, for several threads.

The log is lossless until it is full. Then its older part is thinned: neighbouring epochs form
buckets, and a bucket keeps only the epochs with the smallest and the largest train error and test
error. Buckets grow with the epoch, so that a linear and a logarithmic axis both have more points
than a screen has columns.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.values import BadValue, Integers, Matrix, Vector
from bpviz.session.frame import Curve

CAPACITY = 65_536
SMALLEST_CAPACITY = 1_024
_PENDING = 1_024
_TABLES = 64
_SMALLEST = 64
_COLUMNS = 4  # train error, train right, test error, test right


class LossLog:
    """The loss curve of a run; every method may be called from any thread.

    Holds at most ``capacity`` rows (at least 1,024; 40 bytes each, twice that while it grows or is
    thinned), and has room for at most twice as many as it holds, since many runs are kept. The
    newest eighth is not thinned; the first and the last epoch are always kept.
    """

    _epochs: Integers
    _values: Matrix
    _rows: int
    _last: int
    _pending: list[EpochRecord]
    _tables: list[Records]
    _in_tables: int
    _thinned_before: int
    _level: int
    _full: int

    def __init__(self, capacity: int = CAPACITY) -> None:
        if capacity < SMALLEST_CAPACITY:
            raise BadValue("capacity", capacity, f"a whole number from {SMALLEST_CAPACITY:,}")
        self._lock = threading.Lock()
        self._capacity = capacity
        self._recent = capacity // 8
        # 4 rows a bucket, under 40 doublings: never more than 5/8 of the capacity.
        self._per_doubling = capacity // 512
        self._old_rows = capacity * 5 // 8
        self._empty()

    def append(self, *records: EpochRecord) -> None:
        """Add the records of one or more epochs.

        Raises BadValue if an epoch is not later than the one before it.
        """
        with self._lock:
            for record in records:
                if record.epoch <= self._last:
                    raise BadValue("epoch", record.epoch, f"above {self._last:,}")
                self._last = record.epoch
                self._pending.append(record)
            if len(self._pending) >= _PENDING:
                self._flush()

    def extend(
        self,
        epochs: Integers,
        train_error: Vector,
        train_right: Vector,
        test_error: Vector | None = None,
        test_right: Vector | None = None,
    ) -> None:
        """Add many epochs: arrays of one length n; without a test set the last two are None.

        Raises BadValue, and adds nothing, if the epochs do not increase.
        """
        if not len(epochs):
            return
        rows = np.full((_COLUMNS, len(epochs)), np.nan)
        for row, values in zip(
            rows, (train_error, train_right, test_error, test_right), strict=True
        ):
            if values is not None:
                row[:] = values
        with self._lock:
            if epochs[0] <= self._last or (np.diff(epochs) <= 0).any():
                raise BadValue("epochs", int(epochs[0]), f"increasing from {self._last}")
            self._flush()
            self._store(np.asarray(epochs, dtype=np.int64), rows)

    def add(self, records: Records) -> None:
        """Add the records of consecutive epochs, without copying them yet.

        While the window draws, operations on long arrays may have to wait for the interpreter, so
        they are deferred until the curve is read. Raises BadValue, and adds nothing, if the epochs
        are not later than those before.
        """
        if not len(records):
            return
        with self._lock:
            if records.epochs[0] <= self._last:
                first = int(records.epochs[0])
                raise BadValue("epochs", first, f"increasing from {self._last}")
            if self._pending:
                self._flush()
            self._last = int(records.epochs[-1])
            self._tables.append(records)
            self._in_tables += len(records)
            if self._in_tables >= self._capacity or len(self._tables) >= _TABLES:
                self._flush()

    def curve(self) -> Curve:
        """The present curve, as read-only arrays that later additions do not change.

        Nothing is copied: rows are only added behind those of a curve; thinning, truncating and
        clearing allocate new arrays.
        """
        with self._lock:
            self._flush()
            epochs, values = self._epochs[: self._rows], self._values[:, : self._rows]
            epochs.flags.writeable = values.flags.writeable = False
            return Curve(epochs, values[0], values[1], values[2], values[3], self._thinned_before)

    def clear(self) -> None:
        """Remove all epochs."""
        with self._lock:
            self._empty()

    def truncate(self, epoch: int) -> None:
        """Remove all epochs after this one.

        Where the log is thinned the epoch itself may be missing; it can then be appended.
        """
        with self._lock:
            self._flush()
            rows = int(self._epochs[: self._rows].searchsorted(epoch, side="right"))
            if rows < self._rows:
                self._epochs, self._values = (
                    self._epochs[:rows].copy(),
                    self._values[:, :rows].copy(),
                )
                self._rows, self._full = rows, self._capacity
                self._last = int(self._epochs[rows - 1]) if rows else -1
                self._thinned_before = min(self._thinned_before, max(self._last, 0))

    def _empty(self) -> None:
        self._epochs, self._values = np.empty(0, dtype=np.int64), np.empty((_COLUMNS, 0))
        self._rows = 0
        self._last = -1
        self._pending = []
        self._tables, self._in_tables = [], 0
        self._thinned_before = 0
        self._level = 0
        self._full = self._capacity

    def _flush(self) -> None:
        """Convert pending records to rows: first the tables, which are older than single records.

        Appending a single record to a list takes a tenth of the time of writing it to an array.
        """
        tables, self._tables, self._in_tables = self._tables, [], 0
        for records in tables:
            self._store(records.epochs, records.values.T)
        if self._pending:
            table = np.array(self._pending)  # epochs are exact in doubles up to 2^53
            self._pending = []
            self._store(table[:, 0].astype(np.int64), table[:, 1:].T)

    def _store(self, epochs: Integers, values: Matrix) -> None:
        """Add rows; values (4, n).

        The log is thinned at fixed numbers of rows, so that the result does not depend on how
        rows are grouped into calls. If a call passes several such numbers, thinning once at the
        last gives the same result as thinning at each.
        """
        self._last = int(epochs[-1])
        first = self._full - self._rows
        if len(epochs) > first:
            last = first + (len(epochs) - first - 1) // self._recent * self._recent
            self._thin(epochs[:last], values[:, :last])
            self._full = self._rows + self._recent
            epochs, values = epochs[last:], values[:, last:]
        end = self._rows + len(epochs)
        self._make_room(end)
        self._epochs[self._rows : end] = epochs
        self._values[:, self._rows : end] = values
        self._rows = end

    def _make_room(self, rows: int) -> None:
        """Have room for so many rows; more than needed, so that they are seldom copied."""
        if rows <= len(self._epochs):
            return
        size, kept = min(max(2 * len(self._epochs), rows, _SMALLEST), self._capacity), self._rows
        epochs, values = self._epochs, self._values
        self._epochs, self._values = np.empty(size, dtype=np.int64), np.empty((_COLUMNS, size))
        self._epochs[:kept], self._values[:, :kept] = epochs[:kept], values[:, :kept]

    def _thin(self, epochs: Integers, values: Matrix) -> None:
        """Add these rows, and thin all but the recent ones.

        Buckets that are already thinned stay as they are, except for the last one, which may grow.
        If that is not enough, all rows are thinned anew with wider buckets.
        """
        growing = self._buckets(np.array([self._thinned_before]))[0]
        start = int(self._epochs[: self._rows].searchsorted(growing))
        while True:
            tail = np.concatenate([self._epochs[start : self._rows], epochs])
            rows = np.concatenate([self._values[:, start : self._rows], values], axis=1)
            old = len(tail) - self._recent
            kept = self._extremes(tail[:old], rows[:, :old], from_first=start == 0)
            if start + len(kept) <= self._old_rows:
                break
            self._level += 1
            start = 0
        self._thinned_before = int(tail[old - 1])
        chosen = np.concatenate([kept, np.arange(old, len(tail))])
        end = start + len(chosen)
        new_epochs = np.empty(self._capacity, dtype=np.int64)
        new_values = np.empty((_COLUMNS, self._capacity))
        new_epochs[:start], new_epochs[start:end] = self._epochs[:start], tail[chosen]
        for before, row, new in zip(self._values, rows, new_values, strict=True):
            new[:start], new[start:end] = before[:start], row[chosen]
        self._epochs, self._values, self._rows = new_epochs, new_values, end

    def _extremes(self, epochs: Integers, values: Matrix, *, from_first: bool) -> NDArray[np.intp]:
        """The indices of the rows to keep; the first row of the log is always kept."""
        first = int(from_first)
        errors = values[::2, first:]
        if np.isnan(errors[1]).all():  # no test set: half the work
            errors = errors[:1]
        found = extremes(errors, self._buckets(epochs[first:]))
        return np.concatenate([np.arange(first), first + found])

    def _buckets(self, epochs: Integers) -> Integers:
        """The first epoch of the bucket of each of these epochs.

        An epoch from n 2^k on (n buckets per doubling) has buckets of 2^k epochs, up to the
        present level. Buckets of one level divide those of the next.
        """
        doublings = np.frexp(epochs / self._per_doubling)[1] - 1
        width = np.clip(doublings, 0, self._level).astype(np.int64)
        return np.asarray((epochs >> width) << width)


def extremes(errors: Matrix, buckets: Integers) -> NDArray[np.intp]:
    """The columns that hold the smallest and the largest value of each bucket, for each row.

    ``buckets`` (n,) do not decrease; ``errors`` is (rows, n), and nan is not an extreme. A bucket
    without a number in the first row keeps its first column, so that a gap in the curve remains.
    """
    starts = np.flatnonzero(np.diff(buckets, prepend=buckets[0] - 1))
    lengths = np.diff(starts, append=len(buckets))
    keep = np.zeros(len(buckets), dtype=bool)
    keep[starts[np.isnan(np.fmin.reduceat(errors[0], starts))]] = True
    for row in errors:
        for reduce in (np.fmin.reduceat, np.fmax.reduceat):
            hits = np.flatnonzero(row == np.repeat(reduce(row, starts), lengths))
            keep[hits[np.diff(buckets[hits], prepend=-1) != 0]] = True
    return np.flatnonzero(keep)
