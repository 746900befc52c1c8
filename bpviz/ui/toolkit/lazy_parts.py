"""Parts of the window that stand behind others at first: made once the window is on screen."""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.guard import guard_overrides

PAUSE_MS = 50
"""Between the first frame and the first part: who opened the window is answered before that."""


class LazyPart(NamedTuple):
    """A view or panel before its module is imported: what its dock and menus must know."""

    key: str
    title: str
    module: str
    first: tuple[str, ...] = ()
    """Modules it needs, each imported in a turn of its own: all together would take too long."""

    @property
    def is_imported(self) -> bool:
        """Whether making it takes no import."""
        return self.module in sys.modules

    def load(self) -> None:
        """Import it, or the next module that it needs first."""
        missing = (name for name in self.first if name not in sys.modules)
        import_module(next(missing, self.module))


@guard_overrides
class AfterPainting(QObject):
    """Calls a function once, after this widget and all that is painted with it are on screen."""

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget)
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the painting; the window paints all of its widgets in one turn."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


class LazyParts(QObject):
    """Has each part made when it is needed; after ``begin``, the rest one after another.

    Importing and making all of them takes as long as the rest of the start, so they must not
    stand in the way of the first frame. Each turn of the event loop imports or makes one part
    at most, so that the window answers in between.
    """

    completed = Signal()
    """Every part is there: once, some turns after ``begin``."""

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
        """Make what is missing, bit by bit, after a pause."""
        self._pause.start()

    def stop(self) -> None:
        """Make nothing more of one's own accord."""
        self._pause.stop()
        self._timer.stop()

    def need(self, key: str) -> None:
        """Make this part now, unless it is there (or is no late part)."""
        if self._missing.pop(key, None) is not None:
            self._make(key)

    def need_all(self) -> None:
        """Make everything that is missing now."""
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
