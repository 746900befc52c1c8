"""The history as a timeline of years; a click on a work shows its text, source and lesson."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bpviz.lessons.history import HistoryEntry
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named

MARGIN = 5 * SPACE
ROW = 2.6
"""Distance of two rows of names, in heights of a line of text."""


@guard_overrides
class HistoryTimeline(QWidget):
    """Years from left to right, with a dot, the authors and the year for each work.

    Names are in as few rows as they need without overlapping. The arrow keys move from work to
    work; a click chooses one.
    """

    chosen = Signal(int)
    """The index of the chosen entry."""

    def __init__(self, entries: Sequence[HistoryEntry], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries, self._theme = tuple(entries), theme
        self._at = 0
        self._hovered: int | None = None
        self.setObjectName("history_timeline")
        self.setAccessibleName("Timeline of works")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def choose(self, index: int) -> None:
        """Mark an entry."""
        self._at = index
        entry = self._entries[index]
        self.setAccessibleDescription(f"{entry.year}, {entry.people}: {entry.work}")
        self.update()
        self.chosen.emit(index)

    def sizeHint(self) -> QSize:
        """Wide, and as high as the rows of names."""
        line = QFontMetricsF(plot_font()).height()
        return QSize(840, round(line * ROW * self._rows(840) + 4 * line))

    def minimumSizeHint(self) -> QSize:
        """As high as the rows of names at a small width."""
        line = QFontMetricsF(plot_font()).height()
        return QSize(480, round(line * ROW * self._rows(480) + 4 * line))

    # -- layout ----------------------------------------------------------------------------

    def _x_of(self, year: float) -> float:
        first, last = self._span()
        room = max(self.width() - 2 * MARGIN, 1)
        return MARGIN + (year - first) / (last - first) * room

    def _span(self) -> tuple[int, int]:
        return self._entries[0].year // 10 * 10, (self._entries[-1].year // 10 + 1) * 10

    def boxes(self) -> list[QRectF]:
        """The rectangle of each entry's text, px."""
        return self._boxes(self.width())[0]

    def _rows(self, width: int) -> int:
        return self._boxes(width)[1]

    def _boxes(self, width: int) -> tuple[list[QRectF], int]:
        metrics = QFontMetricsF(plot_font(bold=True))
        first, last = self._span()
        ends: list[float] = []
        spans = []
        for entry in self._entries:
            x = MARGIN + (entry.year - first) / (last - first) * max(width - 2 * MARGIN, 1)
            wide = max(metrics.horizontalAdvance(t) for t in (entry.short, str(entry.year))) + 6
            left = min(max(x - 10, 4.0), width - wide - 4)
            row = next((r for r, end in enumerate(ends) if end + SPACE <= left), len(ends))
            ends[row : row + 1] = [left + wide]
            spans.append((left, row, wide))
        line = metrics.height()
        rows = len(ends)
        boxes = [
            QRectF(left, SPACE + (rows - 1 - row) * ROW * line, wide, 2.1 * line)
            for left, row, wide in spans
        ]
        return boxes, rows

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the axis of years, and the works above it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(plot_font())
        line = QFontMetricsF(painter.font()).height()
        boxes, theme = self.boxes(), self._theme
        axis = max(box.bottom() for box in boxes) + 1.2 * line
        first, last = self._span()
        painter.setPen(QPen(theme.colour("border"), 2))
        painter.drawLine(QPointF(self._x_of(first), axis), QPointF(self._x_of(last), axis))
        for decade in range(first, last + 1, 10):
            x = self._x_of(decade)
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(x, axis - 4), QPointF(x, axis + 4))
            painter.setPen(theme.colour("muted"))
            text = QRectF(x - 40, axis + 6, 80, line)
            painter.drawText(text, Qt.AlignmentFlag.AlignHCenter, str(decade))
        order = (*(p for p in range(len(boxes)) if p != self._at), self._at)
        for index in order:
            self._paint_stem(painter, index, boxes[index], axis)
        for index in order:  # names are painted over the stems of others
            self._paint_name(painter, index, boxes[index], line)
        painter.end()

    def _paint_stem(self, painter: QPainter, index: int, box: QRectF, axis: float) -> None:
        theme, marked = self._theme, index == self._at
        x = self._x_of(self._entries[index].year)
        role = "accent" if marked or index == self._hovered else "muted"
        painter.setPen(QPen(theme.colour("accent" if marked else "border"), 1.2))
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x, axis))
        painter.setPen(QPen(theme.colour("panel"), 1.5))
        painter.setBrush(theme.colour(role))
        painter.drawEllipse(QPointF(x, axis), 5.5, 5.5)

    def _paint_name(self, painter: QPainter, index: int, box: QRectF, line: float) -> None:
        entry, theme, marked = self._entries[index], self._theme, index == self._at
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("panel"))
        painter.drawRect(box)
        painter.setPen(theme.colour("accent" if marked else "text"))
        painter.setFont(plot_font(bold=marked))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, entry.short)
        painter.setFont(plot_font())
        painter.setPen(theme.colour("muted"))
        year = QRectF(box.left(), box.top() + line, box.width(), line)
        painter.drawText(year, Qt.AlignmentFlag.AlignLeft, str(entry.year))

    # -- mouse and keys --------------------------------------------------------------------

    def _under(self, at: QPointF) -> int | None:
        return next((p for p, box in enumerate(self.boxes()) if box.contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the work under the mouse."""
        self._hovered = self._under(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight nothing."""
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the work under the mouse."""
        index = self._under(event.position())
        if index is not None:
            self.choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the previous or the next work."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(min(max(self._at + step, 0), len(self._entries) - 1))


class HistoryDialog(QDialog):
    """The timeline, and below it the text of the chosen work."""

    lesson_requested = Signal(str)
    """The key of the lesson that the user asks for."""

    def __init__(
        self,
        entries: Sequence[HistoryEntry],
        lessons: Sequence[str],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """``lessons`` are the keys of all shipped lessons."""
        super().__init__(parent)
        self.setObjectName("panel_history")
        self.setWindowTitle("A brief history")
        self._entries, self._lessons = tuple(entries), frozenset(lessons)
        self._timeline = HistoryTimeline(self._entries, theme, self)
        self._work = named(QLabel(), "history_work")
        self._work.setFont(plot_font(bold=True))
        self._people, self._text, self._source = (
            named(QLabel(), f"history_{name}") for name in ("people", "text", "source")
        )
        for label in (self._work, self._people, self._text, self._source):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._open = named(
            QPushButton("Open the lesson"), "history_open", "Open the lesson that shows this"
        )
        close = named(QPushButton("Close"), "history_close", "Close the history")
        muted = QPalette(theme.palette())
        muted.setColor(QPalette.ColorRole.WindowText, theme.colour("muted"))
        self._source.setPalette(muted)
        buttons = QHBoxLayout()
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self._timeline, self._work, self._people, self._text, self._source):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(buttons)
        self._timeline.chosen.connect(self._show)
        self._open.clicked.connect(self._request)
        close.clicked.connect(self.accept)
        self.resize(920, 480)
        self._index = 0
        self._timeline.choose(0)

    def _show(self, index: int) -> None:
        entry = self._entries[index]
        self._index = index
        self._work.setText(f"{entry.year}: {entry.work}")
        self._people.setText(entry.people)
        self._text.setText(entry.text)
        self._source.setText(entry.source)
        self._open.setEnabled(entry.lesson in self._lessons)
        self._open.setVisible(bool(entry.lesson))

    def _request(self) -> None:
        self.lesson_requested.emit(self._entries[self._index].lesson)
        self.accept()
