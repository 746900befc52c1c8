"""Lets background work in Python yield the interpreter (GIL) to the window."""

import contextlib
import sys
from collections.abc import Iterator
from time import perf_counter, sleep, thread_time

from bpviz.core.interruption import Interrupted
from bpviz.session.mailbox import Mailbox

STRETCH = 0.001
"""Seconds of work between two checks whether other threads use the interpreter or the core."""

REST = 0.003
"""Seconds of sleep for other threads."""

UNDISTURBED = 0.8
"""A thread that ran for at least this share of the time was not disturbed by others."""


class GilYield:
    """Called repeatedly by a background thread: lets it sleep while other threads are busy.

    Without it, painting in the window takes three times as long, because the threads compete for
    the interpreter at every call.
    """

    def __init__(self, stretch: float = STRETCH) -> None:
        self._stretch = stretch
        self._begin()

    def __call__(self, *_: object) -> None:
        """Sleep for ``REST`` if other threads were busy."""
        passed = perf_counter() - self._from
        if passed < self._stretch:
            return
        if thread_time() - self._ran < UNDISTURBED * passed:
            sleep(REST)
        self._begin()

    def _begin(self) -> None:
        self._from, self._ran = perf_counter(), thread_time()


def beside_window(mailbox: Mailbox, seconds: float) -> Interrupted:
    """Wait until the window has drawn; returns what ends work in Python for the window's sake.

    It lasts so many seconds, or until the window draws or sends a command.
    """
    idle, commands = mailbox.screen_idle, mailbox.commands
    mailbox.needs_python = True
    idle.wait(timeout=0.1)
    until, yield_gil = perf_counter() + seconds, GilYield()

    def interrupted() -> bool:
        yield_gil()
        return perf_counter() > until or not idle.is_set() or not commands.empty()

    return interrupted


@contextlib.contextmanager
def gil_yielding() -> Iterator[None]:
    """In this context, this thread yields at every function call while other threads are busy.

    For work inside libraries. It takes twice as long even if no other thread is busy.
    """
    before = sys.gettrace()
    sys.settrace(GilYield(STRETCH / 2))  # called at every function call of this thread
    try:
        yield
    finally:
        sys.settrace(before)
