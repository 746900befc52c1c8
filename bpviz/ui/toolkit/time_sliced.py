"""Work that takes longer than a frame, done in small steps between events."""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer

SLICE = 0.003
"""Seconds of work in a turn of the event loop, after which events are processed."""

POLL_MS = 2

SlicedWork = Generator[Callable[[], Any] | None, Any, Any]
"""Work in small steps: at every ``yield`` it can be suspended until the next turn, or cancelled.

A function that is yielded is called in another thread, and its result or exception is sent back.
After ``next_turn`` is yielded, the work goes on in a new turn: its next step takes some ms.
"""


def next_turn() -> None:
    """A marker: it is yielded, not called."""


class TimeSliced(QObject):
    """Does one piece of work at a time, a few ms in each turn of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._turn)
        self._work: SlicedWork | None = None
        self._elsewhere: Future[Any] | None = None
        self._is_over = False
        """Whether the turn ends before its time is used up."""
        self._done: Callable[[Any], None] = _nothing
        self._failed: Callable[[Exception], None] = _nothing

    @property
    def is_busy(self) -> bool:
        """Whether work is under way."""
        return self._work is not None

    def begin(
        self,
        work: SlicedWork,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Start this work and cancel any other. ``done`` is called with the value it returns,
        ``failed`` with the exception it raises.

        The first turn's share is done when this returns.
        """
        self.give_up()
        self._work, self._done, self._failed = work, done, failed
        self._turn()

    def give_up(self) -> None:
        """Cancel the work."""
        self._timer.stop()
        self._elsewhere = None  # the result of a function in the other thread is ignored
        if self._work is not None:
            self._work.close()
            self._work = None

    def _turn(self) -> None:
        until, self._is_over = perf_counter() + SLICE, False
        while self._work is not None and not self._is_over and perf_counter() < until:
            if self._elsewhere is not None and not self._elsewhere.done():
                self._timer.start(POLL_MS)
                return
            self._go_on(self._work)
        if self._work is not None:
            self._timer.start(0)

    def _go_on(self, work: SlicedWork) -> None:
        """Do one step; report the result or the exception."""
        heard, self._elsewhere = self._elsewhere, None
        try:
            if heard is None:
                wish = next(work)
            elif (error := heard.exception()) is not None:
                wish = work.throw(error)
            else:
                wish = work.send(heard.result())
        except StopIteration as end:
            self._work = None
            self._done(end.value)
        except Exception as error:  # any exception is the caller's to report
            self._work = None
            self._failed(error)
        else:
            if wish is next_turn:
                self._is_over = True
            elif wish is not None:
                self._elsewhere = _thread().submit(wish)


def _nothing(result: object) -> None:
    """Ignore the result."""


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="time-sliced")


def at_once(work: SlicedWork) -> Any:
    """Do all of the work now and return its value."""
    heard: Any = None
    while True:
        try:
            wish = work.send(heard)
        except StopIteration as end:
            return end.value
        heard = None if wish is None else wish()
