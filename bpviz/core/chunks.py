"""Whole epochs in one call, where the engine has that way: how many, and to which end."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bpviz.core.records import Records

if TYPE_CHECKING:
    from bpviz.core.run import Run

SHORTEST = 0.001
"""Seconds that a call should last at least, so that what goes on around it costs little: half
of it is the longest that an interruption waits for beyond one epoch."""

MOST_EPOCHS = 1 << 14
MOST_ROWS = 1 << 20
"""Of orders drawn in advance, in all epochs of a call together."""

End = Literal["", "done", "overflow"]


class Chunks:
    """Leads a run over many epochs at a time.

    The size of a chunk follows the time that the last one took. It leaves no trace in the
    numbers: orders are drawn epoch by epoch as ever, and the kernel's sums do not depend on it.
    """

    def __init__(self) -> None:
        self._size = 1

    def leap(self, run: Run, most: int, done: Any) -> tuple[Records, End]:
        """Train some epochs, at most so many, and say why if not more can follow.

        If numbers overflow the records are those of the epochs before, whose last one
        ``run.epoch`` names; the run's state is spoilt then, and saved as it was at first.
        A condition (see run.Condition) is asked once about all records; where it is
        met earlier than at the last of them the epochs up to there are done again.
        """
        begin = run.save_for_leap()
        first = getattr(done, "first", None)
        n = min(most, self._most(run)) if first is not None else 1
        records = self._train(run, n)
        if first is not None:
            met = first(records) if len(records) else None
        else:
            met = 0 if len(records) and done(records[0]) else None
        if met is not None and met + 1 < n:
            run.restore(begin)
            return self._train(run, met + 1), "done"
        if len(records) < n:
            return records, "overflow"
        return records, "" if met is None else "done"

    def _most(self, run: Run) -> int:
        rows = 1 if run.updates == 1 else len(run.start.train)
        return max(1, min(self._size, MOST_EPOCHS, MOST_ROWS // rows))

    def _train(self, run: Run, epochs: int) -> Records:
        began = perf_counter()
        values = np.full((epochs, 4), np.nan)
        first = run.epoch + 1
        finite = run.leap(values)
        self._pace(epochs, perf_counter() - began)
        return Records(np.arange(first, first + finite), values[:finite])

    def _pace(self, epochs: int, seconds: float) -> None:
        if seconds < SHORTEST and epochs >= self._size:
            self._size = min(2 * self._size, MOST_EPOCHS)
        elif seconds > 2 * SHORTEST:
            self._size = max(1, min(self._size, epochs) // 2)
