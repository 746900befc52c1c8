"""Ctrl+C as a flag, so that a command can still report its results."""

import signal
from collections.abc import Callable
from time import perf_counter
from types import FrameType
from typing import Self


class CtrlC:
    """A context in which the first Ctrl+C only sets ``pressed``; a second one interrupts."""

    def __enter__(self) -> Self:
        self.pressed = False
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def within(self, seconds: float) -> Callable[[], bool]:
        """A function that returns whether Ctrl+C was pressed or this much time has passed."""
        until = perf_counter() + seconds
        return lambda: self.pressed or perf_counter() > until

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        signal.signal(signal.SIGINT, self._before)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
