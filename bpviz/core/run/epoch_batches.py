"""Whole epochs in one call, where the engine has that way: how many, and to which end."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bpviz.core.run.records import Records
from bpviz.core.values import Integers

if TYPE_CHECKING:
    from bpviz.core.run.run import Run

AIM = 0.0015
"""Seconds that a call should last unless somebody wishes otherwise, so that what goes on around
it costs little; an interruption waits for its end."""

MOST_EPOCHS = 1 << 15
MOST_ROWS = 1 << 20
"""Of orders drawn in advance, in all epochs of a call together."""

NO_HALT = np.zeros(1, dtype=np.int64)  # nobody writes it

BatchEnd = Literal["", "done", "overflow"]


class EpochBatches:
    """Leads a run over many epochs at a time.

    The size of a chunk follows the time that epochs took, so that a call lasts about ``aim``
    seconds; it ends earlier when another thread sets ``halt``. It leaves no trace in the
    numbers: orders are drawn epoch by epoch as ever, and the kernel's sums do not depend on it.
    """

    def __init__(self) -> None:
        self.aim = AIM
        self.halt = NO_HALT
        self._size = 1
        self._epoch_seconds = 0.0

    @property
    def is_obedient(self) -> bool:
        """Whether somebody can end a call."""
        return self.halt is not NO_HALT

    def leap(self, run: Run, most: int, done: Any) -> tuple[Records, BatchEnd]:
        """Train some epochs, at most so many, and say why if not more can follow.

        If numbers overflow the records are those of the epochs before, whose last one
        ``run.epoch`` names; the run's state is spoilt then, and saved as it was at first.
        A condition (see run.Condition) is asked once about all records; where it is
        met earlier than at the last of them the epochs up to there are done again.
        """
        begin = run.save_for_leap()
        first = getattr(done, "first", None)
        n = min(most, self._most(run)) if first is not None else 1
        records, overflows = self._train(run, n, self.halt)
        if first is not None:
            met = first(records) if len(records) else None
        else:
            met = 0 if len(records) and done(records[0]) else None
        if met is not None and (overflows or met + 1 < len(records)):
            run.restore(begin)
            return self._train(run, met + 1, NO_HALT)[0], "done"
        if overflows:
            return records, "overflow"
        return records, "" if met is None else "done"

    def _most(self, run: Run) -> int:
        rows = 1 if run.updates == 1 else len(run.start.train)
        wish = int(self.aim / self._epoch_seconds) if self._epoch_seconds else 1
        return max(1, min(wish, self._size, MOST_EPOCHS, MOST_ROWS // rows))

    def _train(self, run: Run, epochs: int, halt: Integers) -> tuple[Records, bool]:
        began = perf_counter()
        values = np.full((epochs, 4), np.nan)
        first = run.epoch + 1
        trained, overflows = run.leap(values, halt)
        self._pace(epochs, trained, perf_counter() - began)
        return Records(np.arange(first, first + trained), values[:trained]), overflows

    def _pace(self, wished: int, epochs: int, seconds: float) -> None:
        now = seconds / max(epochs, 1)
        self._epoch_seconds = (self._epoch_seconds or now) / 2 + now / 2
        if epochs == wished and epochs >= self._size:
            self._size = min(4 * self._size, MOST_EPOCHS)
