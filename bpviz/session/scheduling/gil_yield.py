"""Work in Python beside the window that nobody waits for."""

import contextlib
import sys
from collections.abc import Iterator
from time import perf_counter, sleep, thread_time

STRETCH = 0.001
"""Seconds of work between two looks at whether others want the interpreter, or the core."""

REST = 0.003
"""Seconds for which they have it then."""

UNDISTURBED = 0.8
"""The thread had both for itself if it ran for at least this share of the time."""


class GilYield:
    """Called again and again by a thread at work: lets it sleep while others are at work, too.

    Two threads that need Python's interpreter take turns: what the window paints meanwhile,
    call by call, would take three times as long.
    """

    def __init__(self, stretch: float = STRETCH) -> None:
        self._stretch = stretch
        self._begin()

    def __call__(self, *_: object) -> None:
        """Perhaps sleep for a moment."""
        passed = perf_counter() - self._from
        if passed < self._stretch:
            return
        if thread_time() - self._ran < UNDISTURBED * passed:
            sleep(REST)
        self._begin()

    def _begin(self) -> None:
        self._from, self._ran = perf_counter(), thread_time()


@contextlib.contextmanager
def gil_yielding() -> Iterator[None]:
    """Let this thread sleep between any two calls of Python functions while others are at work.

    For libraries, which know of no courtesy. Alone, they take twice their time.
    """
    before = sys.gettrace()
    sys.settrace(GilYield(STRETCH / 2))  # called at every such call, of this thread only
    try:
        yield
    finally:
        sys.settrace(before)
