"""The list of what is plotted over time: names, values, and how to take one away."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.text.number_words import number_text
from bpviz.ui.toolkit.drawing.line_styles import style
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides

SWATCH = 16
WIDEST_VALUE = "−9.99×10⁻⁷"
CROSS = 16
MOST_BELOW = 4
"""The most lines at a time below the plot."""


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """A line of the list: the quantity's name, and its value at the marked epoch (nan: none)."""

    name: str
    value: float

    @property
    def text(self) -> str:
        """The value as it is written."""
        return number_text(self.value)


@guard_overrides
class TrackList(QWidget):
    """Names with values, one a line; a cross, Delete or Backspace takes one away.

    ``removed`` carries its index, ``pointed`` the index that is under the mouse or that the
    keyboard is on. The wheel and the arrow keys go through a list that is too long.
    """

    removed = Signal(int)
    pointed = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("trajectory_list")
        self.setToolTip("What is plotted; click the cross (or press Delete) to take one away")
        self.setAccessibleName("What is plotted over time")
        self._theme = theme
        self._entries: tuple[TrackEntry, ...] = ()
        self._first = 0
        self._under: int | None = None
        self._current = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._below = False
        self.set_below(False)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def entries(self) -> tuple[TrackEntry, ...]:
        """The lines on show."""
        return self._entries

    @property
    def index(self) -> int | None:
        """The line that is pointed at, or that the keyboard is on."""
        if self._under is not None:
            return self._under
        return self._current if self.hasFocus() and self._entries else None

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_entries(self, entries: Sequence[TrackEntry]) -> None:
        """Show these lines."""
        if tuple(entries) == self._entries:
            return
        shorter = len(entries) < len(self._entries)
        self._entries = tuple(entries)
        self._current = max(0, min(self._current, len(entries) - 1))
        if shorter:
            self._under = None
        self._scroll(0)
        words = "; ".join(f"{entry.name}: {entry.text}" for entry in entries)
        self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def set_below(self, below: bool) -> None:
        """Be as wide as the plot, for a place below it; or else as high, for one beside it."""
        self._below = below
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(*((free, fixed) if below else (fixed, free)))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the longest name asks for, within bounds; below the plot a few lines high."""
        if self._below:
            return QSize(0, round(min(len(self._entries), MOST_BELOW) * self._line()))
        metrics = QFontMetricsF(plot_font())
        names = max((metrics.horizontalAdvance(e.name) for e in self._entries), default=0.0)
        value = metrics.horizontalAdvance(WIDEST_VALUE)
        width = SWATCH + SPACE + min(names, 150.0) + SPACE + value + CROSS
        return QSize(math.ceil(width) if self._entries else 0, round(3 * self._line()))

    def minimumSizeHint(self) -> QSize:
        """As sizeHint: the plot takes what is left."""
        return self.sizeHint()

    def cross(self, index: int) -> QRectF:
        """Where the cross of a line is (also while it is not shown)."""
        top = (index - self._first) * self._line()
        return QRectF(self.width() - CROSS, top, CROSS, self._line())

    def _line(self) -> float:
        return math.ceil(QFontMetricsF(plot_font()).height() * 1.3)

    @property
    def _rows(self) -> int:
        """How many lines fit; the last one says how many do not."""
        fit = max(1, int(self.height() / self._line()))
        return fit if len(self._entries) <= fit else max(1, fit - 1)

    def _scroll(self, by: int) -> None:
        most = max(0, len(self._entries) - self._rows)
        self._first = min(max(self._first + by, 0), most)

    # -- mouse and keys --------------------------------------------------------------------

    def _at(self, event: QMouseEvent) -> int | None:
        line = int(event.position().y() // self._line())
        index = self._first + line
        return index if line < self._rows and index < len(self._entries) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the line under the mouse stand out in the plot."""
        self._point(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a line away by its cross, or go to it."""
        index = self._at(event)
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._current = index
        if self.cross(index).contains(event.position()):
            self.removed.emit(index)
        self.pointed.emit()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go through a list that is too long."""
        self._scroll(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go through the lines; Delete takes one away."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps and self._entries:
            last = len(self._entries) - 1
            self._current = min(max(self._current + steps[Qt.Key(event.key())], 0), last)
            self._first = min(self._first, self._current)
            self._scroll(max(0, self._current - self._first - self._rows + 1))
            self.pointed.emit()
            self.update()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._entries:
            self.removed.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        self.pointed.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        self.pointed.emit()
        self.update()

    def _point(self, index: int | None) -> None:
        if index != self._under:
            self._under = index
            self.pointed.emit()
            self.update()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that fit, and say how many do not."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on_screen = painter.paintEngine().type() == QPaintEngine.Type.Raster
        shown = self._entries[self._first : self._first + self._rows]
        for row, entry in enumerate(shown):
            self._paint_entry(painter, row, entry, on_screen)
        left = len(self._entries) - len(shown)
        if left:
            painter.setPen(self._theme.colour("muted"))
            box = QRectF(0, len(shown) * self._line(), self.width(), self._line())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, f"and {left} more (scroll)")
        painter.end()

    def _paint_entry(self, painter: QPainter, row: int, entry: TrackEntry, on_screen: bool) -> None:
        index, line = self._first + row, self._line()
        box = QRectF(0, row * line, self.width(), line)
        if index == self.index:
            painter.fillRect(box, self._theme.colour("accent", 40))
        colour, dashes = style(self._theme, index)
        pen = QPen(QColor(colour), 2.4, dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        middle = box.center().y()
        painter.drawLine(QPointF(1, middle), QPointF(SWATCH, middle))
        metrics = QFontMetricsF(painter.font())
        value = metrics.horizontalAdvance(WIDEST_VALUE)
        name = QRectF(SWATCH + SPACE, box.top(), 0, line)
        name.setRight(box.right() - CROSS - value - SPACE)
        painter.setPen(self._theme.colour("text"))
        text = elided_name(metrics, entry.name, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, text)
        number = QRectF(name.right(), box.top(), value + SPACE, line)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(number, right, entry.text)
        if index == self.index and on_screen:
            self._paint_cross(painter, self.cross(index))

    def _paint_cross(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(self._theme.colour("text"), 1.4))
        x, y, reach = box.center().x() + 1, box.center().y(), 3.5
        for sign in (1, -1):
            start, end = QPointF(x - reach, y - sign * reach), QPointF(x + reach, y + sign * reach)
            painter.drawLine(start, end)
