"""Work in Python beside the window that nobody waits for."""

from time import perf_counter, sleep, thread_time

STRETCH = 0.001
"""Seconds of work between two looks at whether others want the interpreter, or the core."""

REST = 0.003
"""Seconds for which they have it then."""

UNDISTURBED = 0.8
"""The thread had both for itself if it ran for at least this share of the time."""


class Courtesy:
    """Called again and again by a thread at work: lets it sleep while others are at work, too.

    Two threads that need Python's interpreter take turns: what the window paints meanwhile,
    call by call, would take three times as long.
    """

    def __init__(self) -> None:
        self._begin()

    def __call__(self) -> None:
        """Perhaps sleep for a moment."""
        passed = perf_counter() - self._from
        if passed < STRETCH:
            return
        if thread_time() - self._ran < UNDISTURBED * passed:
            sleep(REST)
        self._begin()

    def _begin(self) -> None:
        self._from, self._ran = perf_counter(), thread_time()
