"""Work in a thread that takes turns with what another thread does."""

import contextlib
import math
import sys
import threading
from collections.abc import Iterator
from time import perf_counter


class TurnTaking:
    """Turns that a thread of much work in Python is given by another one.

    Three threads that all want Python's interpreter would leave each a third of it, and the
    window would need three times as long for a frame.
    """

    PATIENCE = 0.05
    """Seconds without a turn, after which nobody is disturbed, and the work goes on freely."""

    LATE = 0.002
    """Seconds by which the work may be late to end its turn, in a call that takes long."""

    def __init__(self) -> None:
        self.wanted = False
        """Whether there is work now."""
        self._until = 0.0
        self._begun, self._ended = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """What this thread does here it does in turns: between any two calls it may wait."""
        self._until = 0.0
        self._begun.clear()
        self.wanted = True
        sys.setprofile(self._look)  # called at every call of a function, of this thread only
        try:
            yield
        finally:
            sys.setprofile(None)
            self.wanted = False
            self._ended.set()

    def give(self, seconds: float) -> None:
        """Another thread: stand back for so long, or until the work is done."""
        if self.wanted:
            self._ended.clear()
            self._until = perf_counter() + seconds
            self._begun.set()
            self._ended.wait(timeout=seconds + self.LATE)

    def free(self) -> None:
        """Another thread: let the work under way go on without a wait."""
        self._until = math.inf
        self._begun.set()

    def _look(self, *_: object) -> None:
        if perf_counter() > self._until:
            self._ended.set()
            if not self._begun.wait(timeout=self.PATIENCE):
                self._until = math.inf
            self._begun.clear()
