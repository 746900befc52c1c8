"""Lets a thread with long work in Python take turns with another thread."""

import contextlib
import math
import sys
import threading
from collections.abc import Iterator
from time import perf_counter


class TurnTaking:
    """Turns that one thread gives to another one, which does long work in Python.

    With three threads that need the interpreter (window, training and this work), the window
    would take three times as long for a frame.
    """

    TIMEOUT = 0.05
    """Seconds without a turn after which the work continues without waiting."""

    LATE = 0.002
    """Seconds by which a long call may exceed the turn."""

    def __init__(self) -> None:
        self.wanted = False
        """Whether there is work at present."""
        self._until = 0.0
        self._begun, self._ended = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """In this context the thread works only in its turns: any function call may wait."""
        self._until = 0.0
        self._begun.clear()
        self.wanted = True
        sys.setprofile(self._check_turn)  # called at every function call of this thread
        try:
            yield
        finally:
            sys.setprofile(None)
            self.wanted = False
            self._ended.set()

    def give(self, seconds: float) -> None:
        """Called by the other thread: wait for so long, or until the work is done."""
        if self.wanted:
            self._ended.clear()
            self._until = perf_counter() + seconds
            self._begun.set()
            self._ended.wait(timeout=seconds + self.LATE)

    def release(self) -> None:
        """Called by the other thread: let the work continue without waiting."""
        self._until = math.inf
        self._begun.set()

    def _check_turn(self, *_: object) -> None:
        if perf_counter() > self._until:
            self._ended.set()
            if not self._begun.wait(timeout=self.TIMEOUT):
                self._until = math.inf
            self._begun.clear()
