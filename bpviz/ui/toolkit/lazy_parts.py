"""Parts of the window that are hidden at first: they are made after the window is on screen."""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.guard import guard_overrides

PAUSE_MS = 50
"""Time between the first frame and the first part, in which the window takes the first events."""


class LazyPart(NamedTuple):
    """A view or panel whose module is not imported yet: what its dock and menus need to know."""

    key: str
    title: str
    module: str
    first: tuple[str, ...] = ()
    """Modules that it needs, imported one at a time: one import of all would block too long."""

    @property
    def is_imported(self) -> bool:
        """Whether its module is imported already."""
        return self.module in sys.modules

    def load(self) -> None:
        """Import the next module in ``first`` that is missing, or else the part's own module."""
        missing = (name for name in self.first if name not in sys.modules)
        import_module(next(missing, self.module))


@guard_overrides
class AfterPainting(QObject):
    """Calls a function once, after the next painting of this widget and its window."""

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget)
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Call the function after a paint event, once all widgets of the window are painted."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


class LazyParts(QObject):
    """Makes each part when it is needed, and after ``begin`` the rest one after another.

    Importing and making all of them takes as long as the rest of the start, so it comes after
        the first frame. Each turn of the event loop imports or makes at most one part, so that the
        window processes events in between.
    """

    completed = Signal()
    """All parts are made; emitted once, some turns of the event loop after ``begin``."""

    def __init__(
        self, parts: Iterable[LazyPart], make: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._missing = {part.key: part for part in parts}
        self._make = make
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._timer.start)

    def begin(self) -> None:
        """Make the missing parts one by one, after a pause."""
        self._pause.start()

    def stop(self) -> None:
        """Make no further parts, except those that are needed."""
        self._pause.stop()
        self._timer.stop()

    def need(self, key: str) -> None:
        """Make this part now, unless it is made already or the key is not in the list."""
        if self._missing.pop(key, None) is not None:
            self._make(key)

    def need_all(self) -> None:
        """Make all missing parts now."""
        for key in tuple(self._missing):
            self.need(key)

    def _go_on(self) -> None:
        part = next(iter(self._missing.values()), None)
        if part is None:
            self.stop()
            self.completed.emit()
        elif part.is_imported:
            self.need(part.key)
        else:
            part.load()
