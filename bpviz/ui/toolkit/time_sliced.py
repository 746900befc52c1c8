"""Work that takes longer than a frame, done between the events of the window."""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer

SLICE = 0.003
"""Seconds after which work gives way to what else the window has to do."""

POLL_MS = 2

SlicedWork = Generator[Callable[[], Any] | None, Any, Any]
"""Work in small pieces: it may be left at every ``yield``, for good or until the next turn.

A function that is yielded is called in another thread; what it returns or raises comes back.
``next_turn`` is not: what follows it takes some ms in one piece, and a turn begins with it.
"""


def next_turn() -> None:
    """To be yielded, not called."""


class TimeSliced(QObject):
    """Does one piece of work at a time, in turns of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._turn)
        self._work: SlicedWork | None = None
        self._elsewhere: Future[Any] | None = None
        self._is_over = False
        """Whether this turn is."""
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
        """Begin; what was under way is given up. ``done`` is called with what work returns.

        What takes no time is done when this returns.
        """
        self.give_up()
        self._work, self._done, self._failed = work, done, failed
        self._turn()

    def give_up(self) -> None:
        """Leave the work where it is."""
        self._timer.stop()
        self._elsewhere = None  # a function in the other thread comes to its end unheard
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
        """One piece; the end and an error are told."""
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
        except Exception as error:  # whatever it is, somebody waits to be told
            self._work = None
            self._failed(error)
        else:
            if wish is next_turn:
                self._is_over = True
            elif wish is not None:
                self._elsewhere = _thread().submit(wish)


def _nothing(result: object) -> None:
    """Tell nobody."""


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="slowly")


def at_once(work: SlicedWork) -> Any:
    """Do all of it here and now, and return what it returns."""
    heard: Any = None
    while True:
        try:
            wish = work.send(heard)
        except StopIteration as end:
            return end.value
        heard = None if wish is None else wish()
