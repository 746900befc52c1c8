"""The heatmap widget: blocks of cells side by side, a row per pattern, a column per unit."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.cell_grid import BlockCell, cells
from bpviz.ui.toolkit.drawing.colour_scale import to_image, to_pixels
from bpviz.ui.toolkit.drawing.pixels import device_ratio
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.activations.layout import HeatmapRows, block_widths
from bpviz.ui.views.activations.paint import (
    BAND,
    MOST_NUMBERS,
    Geometry,
    HeatmapBlock,
    paint_band,
    paint_grid,
    paint_headings,
    paint_marked_row,
    paint_numbers,
    paint_row_names,
    paint_title,
    paint_unit_names,
)


@guard_overrides
class Heatmap(QWidget):
    """Paints blocks of cells with labels.

    ``hovered`` is emitted when another cell is under the mouse, ``arranged`` when the cells have
    moved, ``row_chosen`` with the display row that was clicked or chosen with the arrow keys.
    """

    hovered = Signal()
    arranged = Signal()
    row_chosen = Signal(int)

    LARGEST_CELL = 160, 88
    LEAST_BLOCK = 44

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: HeatmapRows | None = None
        self._blocks: tuple[HeatmapBlock, ...] = ()
        self._class_count = 0
        self._geometry: Geometry | None = None
        self._images: tuple[QImage | None, ...] = ()
        self._labels: tuple[tuple[Any, ...], QPixmap] | None = None
        self._marked: int | None = None
        self._mouse: QPointF | None = None
        self.message = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(160), scaled(96))

    # -- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._images = ()
        self.update()

    def set_rows(self, rows: HeatmapRows, class_count: int) -> None:
        """Show the patterns in this order; ``class_count`` chooses the colours of the classes."""
        self._rows, self._class_count = rows, class_count
        self._geometry = None
        self.update()

    def set_blocks(self, blocks: Sequence[HeatmapBlock]) -> None:
        """Show these groups, or a message in place of a group whose values are missing."""
        same = [b.names for b in blocks] == [b.names for b in self._blocks]
        self._blocks = tuple(blocks)
        self._images = ()
        if not same:
            self._geometry = None
        self.update()

    def mark_row(self, row: int | None) -> None:
        """Mark a display row."""
        if row != self._marked:
            self._marked = row
            self.update()

    @property
    def rows(self) -> HeatmapRows | None:
        """The rows shown."""
        return self._rows

    @property
    def blocks(self) -> tuple[HeatmapBlock, ...]:
        """The groups shown."""
        return self._blocks

    @property
    def marked(self) -> int | None:
        """The marked display row."""
        return self._marked

    @property
    def title_height(self) -> int:
        """The height above the cells, px."""
        return round(plot_metrics().height()) + 4

    @property
    def drawn(self) -> tuple[int, int]:
        """The numbers of drawn rows and columns of all blocks; 0 before the first painting."""
        if self._geometry is None:
            return 0, 0
        return self._geometry.rows.drawn, sum(part.drawn for part in self._geometry.columns)

    def cell_rect(self, cell: BlockCell) -> QRectF:
        """The rectangle of a cell in this widget."""
        g = self._arranged(self._geometry.ratio if self._geometry else self.devicePixelRatioF())
        return QRectF() if g is None else g.cell_rect(cell.block, cell.row, cell.column)

    def cell_under_mouse(self) -> BlockCell | None:
        """The cell under the mouse; None if there is none."""
        return None if self._mouse is None else self.cell_at(self._mouse)

    def cell_at(self, point: QPointF) -> BlockCell | None:
        """The cell at a point in this widget; None between and outside the blocks."""
        g = self._geometry
        if g is None or self._rows is None:
            return None
        at = point * g.ratio
        row = g.rows.at(at.y() - g.top)
        for b, (left, columns) in enumerate(zip(g.lefts, g.columns, strict=True)):
            column = columns.at(at.x() - left)
            if row is not None and column is not None:
                return BlockCell(b, row, column)
        return None

    # -- mouse and keys --------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        before = self.cell_under_mouse()
        self._mouse = event.position()
        if self.cell_under_mouse() != before:
            self.hovered.emit()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has left: no cell is pointed at."""
        self._mouse = None
        self.hovered.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the mouse."""
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.row_chosen.emit(cell.row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the neighbouring row."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or self._rows is None or len(self._rows) == 0:
            super().keyPressEvent(event)
            return
        row = 0 if self._marked is None else self._marked + step
        self.row_chosen.emit(min(max(row, 0), len(self._rows) - 1))

    # -- layout ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the cells anew in the next paint event."""
        self._geometry = None

    def _arranged(self, ratio: float) -> Geometry | None:
        if self._rows is None or not self._blocks:
            return None
        if self._geometry is None or self._geometry.ratio != ratio:
            self._geometry = self._arrange(self._rows, ratio)
            self._images = ()
            self.arranged.emit()
        return self._geometry

    def _arrange(self, rows: HeatmapRows, ratio: float) -> Geometry:
        names = self._name_width(rows)
        band = round((names + 4) * ratio)
        has_band = len(rows.classes) > 0
        left = band + round((BAND + 2 if has_band else 0) * ratio)
        left += round(SPACE * ratio)  # the marker of the selected pattern
        room = int(self.width() * ratio) - left - 1
        top = round(self.title_height * ratio)
        height = int(self.height() * ratio) - top - round(self.title_height * ratio)
        largest = round(self.LARGEST_CELL[0] * ratio), round(self.LARGEST_CELL[1] * ratio)
        gap, least = round(1.5 * SPACE * ratio), round(self.LEAST_BLOCK * ratio)
        widths = block_widths([b.units for b in self._blocks], max(room, 1), gap, least)
        columns = tuple(
            cells(block.units, width, largest[0])
            for block, width in zip(self._blocks, widths, strict=True)
        )
        lefts = [left]
        for part in columns[:-1]:
            # A block of one narrow unit has room for its title.
            lefts.append(lefts[-1] + max(part.pixels, min(least, widths[0])) + gap)
        row_cells = cells(len(rows), max(height, 1), largest[1])
        return Geometry(ratio, self.width(), top, band, row_cells, tuple(lefts), columns)

    def _name_width(self, rows: HeatmapRows) -> float:
        """The width of the names beside the rows, at most a quarter of the whole width."""
        metrics = plot_metrics()
        texts = [name for _, _, name in rows.runs] or list(rows.names)
        texts = texts or [f"{int(rows.training.max()) + 1:,}"]
        widest = max(metrics.horizontalAdvance(text) for text in [*texts, rows.heading, "unit"])
        return min(widest, max(self.width() * 0.25, metrics.horizontalAdvance("pattern")))

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, then their labels, then what is marked."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        geometry = self._arranged(device_ratio(painter))
        if geometry is None or self._rows is None or self.message:
            self._paint_message(painter)
            painter.end()
            return
        if not self._images:
            self._images = tuple(self._image(geometry, b) for b in range(len(self._blocks)))
        for b, image in enumerate(self._images):
            if image is not None:
                painter.drawImage(geometry.rect(b), image)
        painter.drawPixmap(0, 0, self._labelled(geometry, self._rows))
        for b in range(len(self._blocks)):
            self._paint_numbers(painter, geometry, b)
        self._paint_marks(painter, geometry)
        painter.end()

    def _labelled(self, g: Geometry, rows: HeatmapRows) -> QPixmap:
        """Lines, titles, names and classes: what does not change with the activations."""
        key = (
            g,
            rows,
            self._theme,
            self._class_count,
            tuple((b.titles, b.names) for b in self._blocks),
        )
        if self._labels is None or self._labels[0] != key:
            pixmap = QPixmap(self.size() * g.ratio)
            pixmap.setDevicePixelRatio(g.ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                painter.setFont(plot_font())
                self._paint_labels(painter, g, rows)
            self._labels = key, pixmap
        return self._labels[1]

    def _paint_labels(self, painter: QPainter, g: Geometry, rows: HeatmapRows) -> None:
        for b, block in enumerate(self._blocks):
            paint_grid(painter, self._theme, g, b)
            paint_title(painter, self._theme, g, b, block)
            paint_unit_names(painter, self._theme, g, b, block.names)
        paint_headings(painter, self._theme, g, rows.heading)
        paint_row_names(painter, self._theme, g, rows)
        if len(rows.classes):
            colours = to_pixels(self._theme.class_colours(self._class_count))
            paint_band(painter, g, colours[rows.classes[g.rows.index]])

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(self._theme.colour("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(SPACE, 0, -SPACE, 0), flags, self.message)

    def _image(self, g: Geometry, b: int) -> QImage | None:
        """The cells of a block as an image with one pixel for each drawn cell."""
        block, columns = self._blocks[b], g.columns[b]
        if block.values is None or self._rows is None:
            return None
        values = block.values.take(self._rows.order[g.rows.index], axis=0)
        if columns.drawn < columns.count:
            values = values.take(columns.index, axis=1)
        return to_image(block.scale.pixels(self._theme, values))

    def _paint_numbers(self, painter: QPainter, g: Geometry, b: int) -> None:
        block, rows = self._blocks[b], self._rows
        values = block.values
        if values is not None and rows is not None and values.size <= MOST_NUMBERS:
            paint_numbers(painter, self._theme, g, b, values[rows.order], block.scale)

    def _paint_marks(self, painter: QPainter, g: Geometry) -> None:
        if self._marked is not None and self._marked < len(self._rows or ()):
            paint_marked_row(painter, self._theme, g, self._marked)
        cell = self.cell_under_mouse()
        if cell is not None and min(g.rows.pitch, g.columns[cell.block].pitch) >= 5 * g.ratio:
            painter.setPen(QPen(self._theme.colour("selection"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(cell).adjusted(0.5, 0.5, -0.5, -0.5))
