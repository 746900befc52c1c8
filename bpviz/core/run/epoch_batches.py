"""How many epochs to train in one call of a kernel."""

CALL_SECONDS = 0.0015
"""Duration of a call that costs little overhead and keeps interruptions prompt: an interruption
takes effect only at the end of a call."""

MOST_EPOCHS = 1 << 15
MOST_ROWS = 1 << 20
"""Largest number of pattern rows whose order is drawn in advance for one call."""


class EpochBatches:
    """Chooses the number of epochs so that a call lasts about ``call_seconds``.

    The number follows the measured time of an epoch. It has no effect on the numbers of a run:
    orders are drawn epoch by epoch, and a kernel's sums do not depend on where calls end.
    """

    def __init__(self) -> None:
        self.call_seconds = CALL_SECONDS
        self._limit = 1
        self._epoch_seconds = 0.0

    def next_size(self, most: int, rows: int) -> int:
        """Epochs to train next, at most ``most``; ``rows`` are drawn for each (0 if none)."""
        wanted = int(self.call_seconds / self._epoch_seconds) if self._epoch_seconds else 1
        return max(1, min(most, wanted, self._limit, MOST_EPOCHS, MOST_ROWS // max(rows, 1)))

    def note(self, asked: int, trained: int, seconds: float) -> None:
        """Take note of a call: the epochs asked for and trained, and the time it took."""
        now = seconds / max(trained, 1)
        self._epoch_seconds = (self._epoch_seconds or now) / 2 + now / 2
        if trained == asked and trained >= self._limit:
            self._limit = min(4 * self._limit, MOST_EPOCHS)
