"""The pad: a grid of cells to draw on with the mouse or, cell by cell, with the keyboard."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.keyboard import ARROWS, BY_TAB
from bpviz.ui.views.draw.cells import paint_cells
from bpviz.ui.views.draw.drawing import Ink, PadPoint, dot, shifted, stroke

HINT = "Draw here with the mouse"
GAP = 1
GAP_FROM = 6
"""Cells of so many px stand apart; smaller ones would be all gaps."""

DRAWS, ERASES = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@guard_overrides
class Pad(QWidget):
    """Shows an image and changes it; ``changed`` is emitted when the user did.

    A click sets the cell under it, a drag draws with the brush; the right button, or Shift,
    erases. Arrow keys move a cursor, Space turns its cell over, Shift with an arrow key moves
    the whole drawing. As long as there is no cursor, Space remains the window's.
    """

    changed = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("draw_pad")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(
            "Drag to draw, with the right button or Shift to erase; a click sets one cell.\n"
            "Arrow keys: move a cursor; Space: turn its cell over; Shift and arrow: move the "
            "drawing."
        )
        self._theme = theme
        self.ink = Ink(0.0, 1.0, False)
        self.image: Matrix = np.zeros((1, 1))
        self._cursor: tuple[int, int] | None = None
        self._last: PadPoint | None = None
        self._dragged = False

    # -- what is drawn ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_image(self, image: Matrix, ink: Ink) -> None:
        """Show an image, to be drawn on with this ink."""
        if image.shape != self.image.shape:
            self._cursor = self._last = None
            self.setAccessibleName("Drawing of {} by {} cells".format(*image.shape))
        self.image, self.ink = image, ink
        self.update()

    def move_by(self, down: int, right: int) -> None:
        """Move the whole drawing by so many cells."""
        self._change(shifted(self.image, self.ink, down, right))

    @property
    def scale(self) -> ColourScale:
        """The colours of the cells: those that the network's picture gives to inputs."""
        reach = max(abs(self.ink.low), abs(self.ink.high))
        return ColourScale(min(self.ink.low, 0.0), 0.0, max(reach, 1e-9))

    @property
    def cell(self) -> int:
        """The side of a cell, px."""
        rows, columns = _shape(self.image)
        return max(1, min((self.width() - 1) // columns, (self.height() - 1) // rows))

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        corner = self._corner() + QPointF(column, row) * self.cell
        return QRectF(corner.x(), corner.y(), self.cell, self.cell)

    def _corner(self) -> QPointF:
        rows, columns = self.image.shape
        return QPointF((self.width() - columns * self.cell) // 2,
                       (self.height() - rows * self.cell) // 2)  # fmt: skip

    def _at(self, position: QPointF) -> PadPoint:
        at = (position - self._corner()) / self.cell
        return at.x(), at.y()

    def _cell_of(self, point: PadPoint) -> tuple[int, int] | None:
        row, column = int(np.floor(point[1])), int(np.floor(point[0]))
        rows, columns = self.image.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def _change(self, image: Matrix) -> None:
        if not np.array_equal(image, self.image):
            self.image = image
            self.update()
            self.changed.emit()

    # -- mouse -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set or clear the cell under the mouse."""
        if event.button() not in (DRAWS, ERASES):
            return
        self._last, self._dragged, self._cursor = self._at(event.position()), False, None
        cell = self._cell_of(self._last)
        if cell is not None:
            erase = event.button() == ERASES or bool(event.modifiers() & SHIFT)
            self._change(dot(self.image, self.ink, *cell, erase))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, once the mouse has left the cell where it was pressed."""
        if self._last is None or not event.buttons() & (DRAWS | ERASES):
            return
        here = self._at(event.position())
        if not self._dragged and self._cell_of(here) == self._cell_of(self._last):
            return
        self._dragged = True
        erase = bool(event.buttons() & ERASES) or bool(event.modifiers() & SHIFT)
        self._change(stroke(self.image, self.ink, self._last, here, erase))
        self._last = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if not event.buttons() & (DRAWS | ERASES):
            self._last = None

    def contextMenuEvent(self, event: QEvent) -> None:
        """The right button erases; there is no menu."""
        event.accept()

    # -- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep keys from the window that it would take for Run and Step."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(SHIFT | Qt.KeyboardModifier.KeypadModifier)
            space = event.key() == Qt.Key.Key_Space and self._cursor is not None
            if plain and (event.key() in ARROWS or space):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor or the drawing, or turn a cell over."""
        if event.key() in ARROWS:
            step = ARROWS[Qt.Key(event.key())]
            if event.modifiers() & SHIFT:
                self.move_by(*step)
            else:
                self._move_cursor(*step)
        elif event.key() == Qt.Key.Key_Space and self._cursor is not None:
            half = (self.ink.low + self.ink.high) / 2
            inked = bool(self.image[self._cursor] > half)
            self._change(dot(self.image, self.ink, *self._cursor, inked))
            self._tell_cursor()
        else:
            super().keyPressEvent(event)

    def _move_cursor(self, down: int, right: int) -> None:
        rows, columns = self.image.shape
        if self._cursor is None:
            self._cursor = rows // 2, columns // 2
        else:
            row, column = self._cursor
            self._cursor = (
                min(max(row + down, 0), rows - 1),
                min(max(column + right, 0), columns - 1),
            )
        self._tell_cursor()
        self.update()

    def _tell_cursor(self) -> None:
        """For those who hear what is on the screen."""
        if self._cursor is not None:
            row, column = self._cursor
            value = self.image[self._cursor]
            self.setAccessibleDescription(f"row {row + 1}, column {column + 1}: {value:g}")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes with Tab sees where the cursor is."""
        if event.reason() in BY_TAB and self._cursor is None:
            self._move_cursor(0, 0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The cursor is seen only where keys go."""
        self.update()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, a frame, and the cursor."""
        painter = QPainter(self)
        scale, cell = self.scale, self.cell
        gap = GAP if cell >= GAP_FROM else 0
        rows, columns = self.image.shape
        whole = QRectF(self._corner().x(), self._corner().y(), columns * cell, rows * cell)
        lines = self._theme.colour("grid") if gap else None
        paint_cells(painter, whole.topLeft(), scale.pixels(self._theme, self.image), cell, lines)
        focused = self.hasFocus()
        painter.setPen(QPen(self._theme.colour("accent" if focused else "border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(-0.5, -0.5, -0.5, -0.5))
        if not (self.image > self.ink.low).any():
            self._paint_hint(painter, whole)
        if focused and self._cursor is not None:
            painter.setPen(QPen(self._theme.colour("selection"), 2))
            painter.drawRect(self.cell_rect(*self._cursor).adjusted(0, 0, -gap, -gap))
        painter.end()

    def _paint_hint(self, painter: QPainter, whole: QRectF) -> None:
        painter.setFont(plot_font())
        painter.setPen(self._theme.colour("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        metrics = painter.fontMetrics()
        box = metrics.boundingRect(whole.toAlignedRect(), flags, HINT).adjusted(-4, -2, 4, 2)
        painter.fillRect(box, self._theme.colour("surface"))
        painter.drawText(box, flags, HINT)


def _shape(image: Matrix) -> tuple[int, int]:
    rows, columns = image.shape
    return int(rows), int(columns)
