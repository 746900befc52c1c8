"""Stop conditions during training; one that holds at the start is disarmed at first."""

from dataclasses import replace
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from bpviz.core.run.records import Condition, EpochRecord, Records
from bpviz.core.text.number_words import counted
from bpviz.experiment.experiment import MAX_EPOCHS, Stop

NEVER = Stop()


class Stopping(Condition):
    """Whether an epoch meets an armed stop condition.

    A condition that the ``present`` record already meets would stop the run at once: it is
    disarmed until an epoch does not meet it, and a limit of n epochs that is reached becomes the
    next multiple of n. ``pauses``: a solved problem ends training, too. ``best`` is the epoch of
    the lowest test error so far, and that error.
    """

    def __init__(
        self,
        stop: Stop = NEVER,
        n_patterns: int = 1,
        present: EpochRecord | None = None,
        *,
        pauses: bool = False,
        best: tuple[int, float] = (0, inf),
    ) -> None:
        self._pauses, self._start = pauses, 0 if present is None else present.epoch
        self.best_epoch, self._best = best
        self.set_stop(stop, n_patterns)
        stop = self._stop
        met = () if present is None else stop.reasons(present, n_patterns)
        self._disarmed = frozenset(met)

    def set_stop(self, stop: Stop, n_patterns: int) -> None:
        """Use these conditions from now on, for a training set of ``n_patterns``."""
        if stop.epochs and stop.epochs <= self._start:
            again = self._start // stop.epochs + 1
            stop = replace(stop, epochs=min(again * stop.epochs, MAX_EPOCHS))
        self._stop = replace(stop, solved=True) if self._pauses else stop
        self._n_patterns = n_patterns

    def goes_back(self, record: EpochRecord) -> bool:
        """Whether the test error has not fallen for as many epochs as there is patience for."""
        patience, error = self._stop.patience, record.test_error
        if error < self._best:
            self.best_epoch, self._best = record.epoch, error
        return (
            patience is not None
            and isfinite(error)
            and isfinite(self._best)
            and record.epoch - self.best_epoch >= patience
        )

    def reasons(self, record: EpochRecord) -> tuple[str, ...]:
        """The armed conditions that this epoch meets, in words."""
        if self.goes_back(record):
            return (*self._reasons(record), best_words(self._stop, self.best_epoch))
        return self._reasons(record)

    def _reasons(self, record: EpochRecord) -> tuple[str, ...]:
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
        met |= self._without_lower_test_error(records)
        end = int(met.argmax()) if met.any() else len(records) - 1
        self._note_best(records, end)
        self._disarmed -= {words for words, index in rearmed.items() if index <= end}
        return end if met.any() else None

    def _without_lower_test_error(self, records: Records) -> NDArray[np.bool_]:
        """Which of the epochs end the patience."""
        patience, errors = self._stop.patience, records.values[:, 2]
        if patience is None:
            return np.zeros(len(records), dtype=bool)
        lowest = np.fmin.accumulate(np.append(self._best, errors))
        falls = errors < lowest[:-1]
        since = np.maximum.accumulate(np.where(falls, records.epochs, self.best_epoch))
        late: NDArray[np.bool_] = (records.epochs - since >= patience) & np.isfinite(lowest[1:])
        return late & np.isfinite(errors)

    def _note_best(self, records: Records, end: int) -> None:
        errors = records.values[: end + 1, 2]
        if np.isfinite(errors).any():
            at = int(np.nanargmin(errors))
            if errors[at] < self._best:
                self.best_epoch, self._best = int(records.epochs[at]), float(errors[at])


def best_words(stop: Stop, best_epoch: int) -> str:
    """Why training ends at the epoch of the lowest test error, as words after 'Stopped: '."""
    epochs = counted(stop.patience or 0, "epoch")
    return f"test error not lower for {epochs}, back at epoch {best_epoch:,}"
