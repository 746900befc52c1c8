"""Stop conditions during training; one that holds at the start is disarmed at first."""

from dataclasses import replace

import numpy as np

from bpviz.core.run.records import Condition, EpochRecord, Records
from bpviz.experiment.experiment import Stop

NEVER = Stop()


class Stopping(Condition):
    """Whether an epoch meets an armed stop condition.

    A condition that the ``present`` record already meets would stop the run at once: it is
    disarmed until an epoch does not meet it. ``pauses``: a solved problem ends training, too.
    """

    def __init__(
        self,
        stop: Stop = NEVER,
        n_patterns: int = 1,
        present: EpochRecord | None = None,
        *,
        pauses: bool = False,
    ) -> None:
        self._pauses = pauses
        self.set_stop(stop, n_patterns)
        stop = self._stop
        met = () if present is None else stop.reasons(present, n_patterns)
        self._disarmed = frozenset(met)

    def set_stop(self, stop: Stop, n_patterns: int) -> None:
        """Use these conditions from now on, for a training set of ``n_patterns``."""
        self._stop = replace(stop, solved=True) if self._pauses else stop
        self._n_patterns = n_patterns

    def reasons(self, record: EpochRecord) -> tuple[str, ...]:
        """The armed conditions that this epoch meets, in words."""
        met = self._stop.reasons(record, self._n_patterns)
        self._disarmed &= frozenset(met)
        return tuple(reason for reason in met if reason not in self._disarmed)

    def __call__(self, record: EpochRecord) -> bool:
        """Whether the epoch meets an armed condition."""
        return bool(self.reasons(record))

    def first(self, records: Records) -> int | None:
        """The index of the first epoch that meets an armed condition, or None."""
        if self._stop == NEVER:
            return None
        error, right = records.values[:, 0], records.values[:, 1]
        met = np.zeros(len(records), dtype=bool)
        rearmed = {}
        for words, one in self._stop.conditions(records.epochs, error, right, self._n_patterns):
            if words in self._disarmed:
                not_met = np.flatnonzero(~one)
                rearmed[words] = int(not_met[0]) if len(not_met) else len(records)
                one = one & (np.arange(len(records)) > rearmed[words])
            met |= one
        end = int(met.argmax()) if met.any() else len(records) - 1
        self._disarmed -= {words for words, index in rearmed.items() if index <= end}
        return end if met.any() else None
