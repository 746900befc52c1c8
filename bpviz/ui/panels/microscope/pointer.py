"""Points at terms in the lines of the formula, with the mouse or the arrow keys."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from bpviz.core.microscope.terms import Term
from bpviz.ui.panels.microscope.highlight import TermHighlight, box_at
from bpviz.ui.toolkit.drawing.formula import TermBox
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.keyboard import BY_TAB
from bpviz.ui.toolkit.widgets.naming import plain_tip

KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
    Qt.Key.Key_End,
)  # fmt: skip
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class TermLine(Protocol):
    """A widget that shows terms."""

    highlight: TermHighlight

    def term_boxes(self) -> tuple[TermBox, ...]:
        """The boxes of the terms, in px of the widget."""


@guard_overrides
class TermPointer(QObject):
    """Follows the mouse over the lines and, while ``owner`` has the focus, the arrow keys.

    The term that is pointed at is highlighted in all lines, as a symbol and as a number. A tool
    tip and the owner's accessible description name it.
    """

    pointed = Signal(object)
    """The ``core.microscope.terms.Term`` that is pointed at, or None; emitted on changes."""

    def __init__(
        self, owner: QWidget, lines: Sequence[QWidget], words: Callable[[Term], str]
    ) -> None:
        super().__init__(owner)
        self._owner, self._lines, self._words = owner, lines, words
        self.term: Term | None = None
        self._at = -1  # the index in _stops, -1: not by the keyboard
        owner.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        owner.installEventFilter(self)
        for line in lines:
            line.setMouseTracking(True)
            line.installEventFilter(self)

    def clear(self) -> None:
        """Point at nothing."""
        self._at = -1
        self._point(None)
        self.highlight(None)

    def highlight(self, term: Term | None) -> None:
        """Highlight a term that is pointed at in the table; None: the one pointed at here."""
        for line in self._lines:
            cast(TermLine, line).highlight.term = self.term if term is None else term
            line.update()

    def rename(self) -> None:
        """Update the accessible description: another instant is shown."""
        if self.term is not None:
            self._owner.setAccessibleDescription(self._words(self.term))

    def _point(self, term: Term | None) -> None:
        if term == self.term:
            return
        self.term = term
        self.highlight(term)
        self._owner.setAccessibleDescription("" if term is None else self._words(term))
        if term is None:
            QToolTip.hideText()
        self.pointed.emit(term)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle keys of the owner, and the mouse and tool tips of its lines."""
        if watched is self._owner:
            return self._take_key(event)
        line = cast(QWidget, watched)
        if event.type() == QEvent.Type.MouseMove:
            box = box_at(_boxes(line), cast(QMouseEvent, event).position())
            self._at = -1
            self._point(None if box is None else box.term)
        elif event.type() == QEvent.Type.Leave:
            self.clear()
        elif event.type() == QEvent.Type.ToolTip:
            return self._name(line, cast(QHelpEvent, event))
        return False

    def _name(self, line: QWidget, event: QHelpEvent) -> bool:
        box = box_at(_boxes(line), event.pos().toPointF())
        if box is None:
            return False  # the line's own tool tip
        QToolTip.showText(
            event.globalPos(), plain_tip(self._words(box.term)), line, box.box.toAlignedRect()
        )
        return True

    # -- the keyboard ------------------------------------------------------------------------

    def _take_key(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            key = cast(QKeyEvent, event)
            if key.key() not in KEYS or key.modifiers() not in PLAIN:
                return False
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()  # not a shortcut of the window
            else:
                self._go(Qt.Key(key.key()))
            return True
        if kind == QEvent.Type.FocusIn and cast(QFocusEvent, event).reason() in BY_TAB:
            self._go(Qt.Key.Key_Home)
        elif kind == QEvent.Type.FocusOut and self._at >= 0:
            self.clear()
        return False

    def _stops(self) -> list[tuple[QWidget, TermBox]]:
        """All terms in reading order, each after the terms that contain it."""
        stops: list[tuple[QWidget, TermBox]] = []
        for line in self._lines:
            if line.isVisible():
                stops += [(line, box) for box in _boxes(line)]
        return stops

    def _go(self, key: Qt.Key) -> None:
        stops = self._stops()
        if not stops:
            return
        at = min(self._at, len(stops) - 1)  # a line may have become shorter
        self._at = min(max(_next(stops, at, key), 0), len(stops) - 1)
        line, box = stops[self._at]
        self._point(box.term)
        below = QPoint(round(box.box.left()), round(box.box.bottom()))
        QToolTip.showText(line.mapToGlobal(below), plain_tip(self._words(box.term)), line)


def _boxes(line: QWidget) -> tuple[TermBox, ...]:
    return cast(TermLine, line).term_boxes()


def _next(stops: list[tuple[QWidget, TermBox]], at: int, key: Qt.Key) -> int:
    """The stop after a key: along the line, or the nearest one in the next line."""
    if key == Qt.Key.Key_Home or at < 0:
        return 0
    if key == Qt.Key.Key_End:
        return len(stops) - 1
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return at + (1 if key == Qt.Key.Key_Right else -1)
    down = key == Qt.Key.Key_Down
    line, box = stops[at]
    others = [n for n, (other, _) in enumerate(stops) if other is not line and (n > at) == down]
    if not others:
        return at
    next_line = stops[others[0] if down else others[-1]][0]
    x = box.box.center().x()
    near = [n for n in others if stops[n][0] is next_line]
    return min(near, key=lambda n: (abs(stops[n][1].box.center().x() - x), stops[n][1].depth))
