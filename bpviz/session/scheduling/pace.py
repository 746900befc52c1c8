"""The pace of training: epochs that are due at a speed, and the measured speed."""

from time import perf_counter


class Pace:
    """Paces epochs, or the phases of slow stepping, and measures their speed."""

    WINDOW = 0.5
    MAX_BACKLOG = 0.1

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._paced_from = self._window_from = perf_counter()
        self._paced = self._in_window = 0

    def stop(self) -> None:
        """Set the measured speed to 0: training has stopped."""
        self.epochs_per_second = 0.0

    def count(self, epochs: int) -> None:
        """Count so many trained epochs."""
        self._paced += epochs
        self._in_window += epochs
        elapsed = perf_counter() - self._window_from
        if elapsed >= self.WINDOW:
            self.epochs_per_second = self._in_window / elapsed
            self._window_from, self._in_window = perf_counter(), 0

    def due(self, speed: float | None) -> int:
        """Epochs to train now to keep up with the speed; a very large number if there is none."""
        if speed is None:
            return 1_000_000_000
        elapsed = perf_counter() - self._paced_from
        due = int(elapsed * speed) - self._paced
        if due > speed * self.MAX_BACKLOG + 1:  # slower than the speed: do not try to catch up
            self._paced_from, self._paced = perf_counter() - 1 / speed, 0
            return 1
        return max(due, 0)

    def time_to_next(self, speed: float | None) -> float:
        """Seconds until the next epoch is due, at most a frame."""
        if speed is None:
            return 0.0
        next_due = self._paced_from + (self._paced + 1) / speed
        return min(max(next_due - perf_counter(), 0.0), 0.016)
