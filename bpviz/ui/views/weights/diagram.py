"""The picture of a Hinton diagram: squares by sign and area, names, and a cursor."""

from functools import cache

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.cell_grid import BlockCell
from bpviz.ui.toolkit.drawing.colour_scale import Pixels, to_image, to_pixels
from bpviz.ui.toolkit.drawing.pixels import device_ratio
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics, elided_name
from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.keyboard import ARROWS
from bpviz.ui.views.weights.layout import (
    GAP,
    NAMED_FROM,
    HintonBlock,
    arrange,
    biases_of,
    weights_of,
)

STEPS = 31
"""Shades between the ground and a square's colour at its edges, which makes them smooth."""


@guard_overrides
class Diagram(QWidget):
    """Paints the blocks; ``pointed`` is emitted when mouse or keyboard reach another cell."""

    pointed = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("weights_diagram")
        self.setAccessibleName("Hinton diagram")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(160), scaled(96))
        self._theme = theme
        self._setup: PreparedExperiment | None = None
        self._parameters: Vector = np.empty(0)
        self._limit = 1.0
        self._fields = False
        self._blocks: tuple[HintonBlock, ...] | None = None
        self._under: BlockCell | None = None
        self._cursor: BlockCell | None = None

    # -- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_weights(self, setup: PreparedExperiment, parameters: Vector, limit: float) -> None:
        """Show these parameters; magnitudes from ``limit`` on fill their cells."""
        if self._setup is None or setup.network is not self._setup.network:
            self._blocks = self._under = self._cursor = None
        self._setup, self._parameters, self._limit = setup, parameters, limit
        self.update()

    def set_fields(self, on: bool) -> None:
        """Show every unit's receptive field, or the connections."""
        self._fields = on
        self._blocks = self._under = self._cursor = None
        self.pointed.emit()
        self.update()

    @property
    def blocks(self) -> tuple[HintonBlock, ...]:
        """The blocks as they stand now."""
        if self._blocks is None:
            metrics = QFontMetricsF(plot_font())
            text = TextMetrics(metrics.height(), metrics.horizontalAdvance)
            size = self.width() - 1.0, self.height() - 1.0
            self._blocks = (
                arrange(self._setup, *size, text, fields=self._fields) if self._setup else ()
            )
        return self._blocks

    @property
    def cell(self) -> BlockCell | None:
        """The cell under the mouse, or else the one that the keyboard is on."""
        return self._under or (self._cursor if self.hasFocus() else None)

    def cell_rect(self, cell: BlockCell) -> QRectF:
        """Where a cell is."""
        block = self.blocks[cell.block]
        return QRectF(*block.corner(cell.row, cell.column), block.cell, block.cell)

    # -- mouse and keys --------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Find the cell under the mouse."""
        self._point(self._at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor of the keyboard here."""
        self._cursor = self._at(event.position()) or self._cursor
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point(None)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys from the window, whose key the right one is."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
            )  # fmt: skip
            if event.key() in ARROWS and plain:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys go from cell to cell, and on to the next block."""
        if event.key() not in ARROWS or not self.blocks:
            super().keyPressEvent(event)
            return
        down, right = ARROWS[Qt.Key(event.key())]
        self._under = None
        at = self._cursor
        self._cursor = BlockCell(0, 0, 0) if at is None else self._next(at, down, right)
        self.pointed.emit()
        self.update()

    def _next(self, at: BlockCell, down: int, right: int) -> BlockCell:
        block = self.blocks[at.block]
        first = -1 if block.bias else 0
        row, column = min(max(at.row + down, 0), len(block.rows) - 1), at.column + right
        if first <= column < len(block.columns):
            return BlockCell(at.block, row, column)
        other = at.block + right
        if not 0 <= other < len(self.blocks):
            return at
        beside = self.blocks[other]
        column = (-1 if beside.bias else 0) if right > 0 else len(beside.columns) - 1
        return BlockCell(other, min(row, len(beside.rows) - 1), column)

    def _at(self, point: QPointF) -> BlockCell | None:
        for b, block in enumerate(self.blocks):
            found = block.at(point.x(), point.y())
            if found is not None:
                return BlockCell(b, *found)
        return None

    def _point(self, cell: BlockCell | None) -> None:
        if cell != self._under:
            self._under = cell
            self.pointed.emit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._blocks = self._under = self._cursor = None
        self.pointed.emit()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all blocks, and mark the cell that is pointed at."""
        if self._setup is None:
            return
        painter = QPainter(self)
        painter.setFont(plot_font())
        vector = painter.paintEngine().type() != QPaintEngine.Type.Raster
        ratio = 1.0 if vector else device_ratio(painter)
        for block in self.blocks:
            parts = [(block.weights_left, weights_of(self._setup, block, self._parameters))]
            if block.bias:
                parts.append((block.left, biases_of(self._setup, block, self._parameters)))
            for left, values in parts:
                if vector:
                    self._paint_squares(painter, block, left, values)
                else:
                    self._paint_image(painter, block, left, values, ratio, event.rect())
            self._paint_names(painter, self._setup, block)
            if block.unit is not None:  # the edge of the image, where weights are absent, too
                width, height = (n * block.cell for n in (len(block.columns), len(block.rows)))
                painter.setPen(self._theme.colour("border"))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(block.left, block.top, width - 1, height - 1))
        self._paint_cursor(painter)
        painter.end()

    def _paint_image(
        self,
        painter: QPainter,
        block: HintonBlock,
        left: float,
        values: Matrix,
        ratio: float,
        wanted: QRect,
    ) -> None:
        """Paint the rows that are wanted as one image: thousands of squares cost much more."""
        first = 0
        if block.cell * ratio == round(block.cell * ratio):  # rows begin and end at whole pixels
            first = max(int((wanted.top() - block.top) // block.cell), 0)
            last = max(int((wanted.bottom() - block.top) // block.cell) + 1, first)
            values = values[first:last]
        if not len(values):
            return
        pixels = squares(self._theme, values / self._limit, round(block.cell * ratio))
        height, width = (n * block.cell for n in values.shape)
        top = block.top + first * block.cell
        painter.drawImage(QRectF(left, top, width, height), to_image(pixels))

    def _paint_squares(
        self, painter: QPainter, block: HintonBlock, left: float, values: Matrix
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        gap = _gap(block.cell)
        for (row, column), value in np.ndenumerate(values):
            if np.isnan(value):
                continue
            ground = QRectF(left + column * block.cell, block.top + row * block.cell,
                            block.cell - gap, block.cell - gap)  # fmt: skip
            painter.fillRect(ground, self._theme.colour("grid"))
            side = (block.cell - gap) * min(abs(float(value)) / self._limit, 1.0) ** 0.5
            square = QRectF(0, 0, side, side)
            square.moveCenter(ground.center())
            painter.fillRect(square, self._theme.colour("positive" if value > 0 else "negative"))

    def _paint_names(
        self, painter: QPainter, setup: PreparedExperiment, block: HintonBlock
    ) -> None:
        link = setup.network.connections[block.connection]
        metrics = QFontMetricsF(painter.font())
        line, named = metrics.height(), block.cell >= NAMED_FROM and block.unit is None
        y = block.top - 4.0 - (line if named else 0.0)
        painter.setPen(self._theme.colour("text"))
        start = block.left - block.named
        room = min(block.title_width + 1.0, self.width() - start)
        elided = metrics.elidedText(block.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(start, y), elided)
        if not named:
            return
        painter.setPen(self._theme.colour("muted"))
        names = unit_names(setup, link.target)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for row, unit in enumerate(block.rows.tolist()):
            box = QRectF(start, block.top + row * block.cell, block.named - 6.0, block.cell)
            name = elided_name(metrics, names[unit], box.width())
            painter.drawText(box, flags, name)
        self._paint_columns(painter, setup, block, metrics)

    def _paint_columns(
        self,
        painter: QPainter,
        setup: PreparedExperiment,
        block: HintonBlock,
        metrics: QFontMetricsF,
    ) -> None:
        """Write the names of as many columns as have room, evenly spaced."""
        names = unit_names(setup, setup.network.connections[block.connection].source)
        shown = [names[unit] for unit in block.columns.tolist()]
        widest = max(metrics.horizontalAdvance(name) for name in shown) + 6.0
        every = max(1, int(np.ceil(widest / block.cell)))
        y = block.top - 4.0
        if block.bias:
            middle = block.left + block.cell / 2
            painter.drawText(QPointF(middle - metrics.horizontalAdvance("b") / 2, y), "b")
        for column in range(0, len(shown), every):
            x = block.weights_left + column * block.cell
            room = min(every * block.cell - 4.0, block.right + GAP / 2 - x)
            if room < 0.7 * metrics.horizontalAdvance(shown[column]):
                continue  # the rest would say nothing
            name = elided_name(metrics, shown[column], room)
            if every == 1:
                x += (block.cell - metrics.horizontalAdvance(name)) / 2
            painter.drawText(QPointF(x, y), name)

    def _paint_cursor(self, painter: QPainter) -> None:
        cell = self.cell
        if cell is not None:
            painter.setPen(QPen(self._theme.colour("selection"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(cell).adjusted(-0.5, -0.5, 0.5, 0.5))


def _gap(cell: int) -> int:
    """Px between two cells: none between the smallest."""
    return 1 if cell >= 7 else 0


@cache
def _shades(theme: Theme) -> Pixels:
    """0xffRRGGBB: orange, blue (each from the ground to full), and no cell at all."""

    def rgb(role: str) -> Matrix:
        colour = theme.colour(role)
        return np.array([colour.red(), colour.green(), colour.blue()], dtype=float)

    share = np.linspace(0.0, 1.0, STEPS + 1)[:, None]
    ground = rgb("grid")
    rows = [ground + share * (rgb(role) - ground) for role in ("negative", "positive")]
    rows.append(rgb("surface")[None])
    return to_pixels(np.concatenate(rows).round().astype(np.uint8))


def squares(theme: Theme, shares: Matrix, side: int) -> Pixels:
    """The pixels of cells of ``side`` px: squares whose areas are the shares (rows, columns).

    Shares are signed; beyond 1 they fill the cell, nan is no cell. An edge within a pixel mixes
    the colours, so that squares grow smoothly.
    """
    gap = _gap(side)
    middle = (side - gap - 1) / 2
    offset = np.abs(np.arange(side) - middle)
    away = np.maximum(offset[:, None], offset[None, :])
    half = (side - gap) / 2 * np.sqrt(np.minimum(np.abs(shares), 1.0))
    half = half[:, None, :, None]
    covered = np.minimum(half - away[None, :, None, :] + 0.5, 2.0 * half)  # nothing of a 0
    absent = np.isnan(shares)
    with np.errstate(invalid="ignore"):
        codes = (np.clip(covered, 0.0, 1.0) * STEPS + 0.5).astype(np.intp)
    codes += ((shares > 0.0) * (STEPS + 1))[:, None, :, None]
    if absent.any():
        codes[np.broadcast_to(absent[:, None, :, None], codes.shape)] = 2 * (STEPS + 1)
    if gap:
        codes[:, side - gap :] = codes[:, :, :, side - gap :] = 2 * (STEPS + 1)
    rows, columns = shares.shape
    pixels: Pixels = _shades(theme)[codes]
    return pixels.reshape(rows * side, columns * side)
