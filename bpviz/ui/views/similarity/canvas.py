"""The painting of similarities: a cluster tree, names, and a matrix, once or twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.analysis.similarity import Similarity, tree_lines
from bpviz.ui.toolkit.drawing.cell_grid import BlockCell
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, to_image
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides

TREE_SHARE, NAME_SHARE = 0.28, 0.24
"""Shares of a picture's width: that of the tree, and the most that the names take."""

FINE_BELOW = 4.0
"""Lines of the tree are finer where leaves are nearer to one another, px."""

ARROW = 8
"""Room beside a matrix for the arrow at the marked row, px."""


@dataclass(frozen=True, slots=True, eq=False)
class TreeAndMatrix:
    """A tree and its matrix: ``names`` are those of the patterns in the order given."""

    title: str
    found: Similarity
    names: tuple[str, ...]


@guard_overrides
class SimilarityCanvas(QWidget):
    """Pictures side by side; ``hovered`` when another cell is under the mouse, ``row_chosen``
    with the pattern, in the order given, that was clicked."""

    hovered = Signal()
    row_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures: tuple[TreeAndMatrix, ...] = ()
        self._scale = ColourScale(0.0, 0.0, 1.0)
        self._marked: int | None = None
        self._mouse: QPointF | None = None
        self.message = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(160), scaled(96))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def set_pictures(self, pictures: Sequence[TreeAndMatrix], scale: ColourScale) -> None:
        """Show these pictures, their numbers as colours of this scale."""
        self._pictures, self._scale = tuple(pictures), scale
        self.update()

    def mark(self, pattern: int | None) -> None:
        """Mark a pattern, by its place in the order given."""
        self._marked = pattern
        self.update()

    @property
    def pictures(self) -> tuple[TreeAndMatrix, ...]:
        """The pictures shown."""
        return self._pictures

    def cell_under_mouse(self) -> BlockCell | None:
        """The picture and the two patterns, in the order given, under the mouse."""
        return None if self._mouse is None else self._cell_at(self._mouse)

    def matrix_rect(self, number: int) -> QRectF:
        """The square of cells of a picture."""
        line = plot_metrics().height()
        area, top = self._area(number), (line if self._pictures[number].title else line / 2) + 4
        left = area.left() + area.width() * TREE_SHARE + self._name_room(number) + 6
        side = max(min(area.right() - left - ARROW, area.bottom() - top - line / 2), 1.0)
        return QRectF(left, top, side, side)

    # -- mouse -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self._mouse = event.position()
        self.hovered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has left: no cell is pointed at."""
        self._mouse = None
        self.hovered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pattern of the row under the mouse."""
        if (cell := self._cell_at(event.position())) is not None:
            self.row_chosen.emit(cell.row)

    def _cell_at(self, point: QPointF) -> BlockCell | None:
        for number, picture in enumerate(self._pictures):
            box, order = self.matrix_rect(number), picture.found.order
            if not self.message and box.contains(point):
                at = (point - box.topLeft()) / box.width() * len(order)
                row, column = (min(int(v), len(order) - 1) for v in (at.y(), at.x()))
                return BlockCell(number, int(order[row]), int(order[column]))
        return None

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures, or the message in their place."""
        with QPainter(self) as painter:
            painter.setFont(plot_font())
            if self.message:
                painter.setPen(self._theme.colour("muted"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(QRectF(self.rect()), flags, self.message)
                return
            for number, picture in enumerate(self._pictures):
                self._paint(painter, number, picture)

    def _area(self, number: int) -> QRectF:
        width = self.width() / max(len(self._pictures), 1)
        return QRectF(number * width, 0.0, max(width - SPACE, 1.0), float(self.height()))

    def _name_room(self, number: int) -> float:
        metrics = plot_metrics()
        widest = max(
            (metrics.horizontalAdvance(n) for n in self._pictures[number].names), default=0
        )
        return min(widest, self._area(number).width() * NAME_SHARE)

    def _paint(self, painter: QPainter, number: int, picture: TreeAndMatrix) -> None:
        box, area = self.matrix_rect(number), self._area(number)
        metrics = QFontMetricsF(painter.font())
        painter.setPen(self._theme.colour("text"))
        title = elided_name(metrics, picture.title, area.width())
        painter.drawText(QPointF(area.left(), metrics.ascent()), title)
        order = picture.found.order
        pixels = self._scale.pixels(self._theme, picture.found.matrix[np.ix_(order, order)])
        painter.drawImage(box, to_image(pixels))
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawRect(box)
        self._paint_names(painter, number, picture)
        self._paint_tree(painter, area, box, picture.found)

    def _paint_names(self, painter: QPainter, number: int, picture: TreeAndMatrix) -> None:
        """The names of the patterns, as many as do not overlap, and the mark of the chosen one."""
        box, order = self.matrix_rect(number), picture.found.order
        metrics, room = QFontMetricsF(painter.font()), self._name_room(number)
        pitch = box.height() / len(order)
        step = max(1, int(np.ceil((metrics.height() - 3) / pitch)))
        painter.setPen(self._theme.colour("text"))
        for place in range(0, len(order), step):
            text = elided_name(metrics, picture.names[order[place]], room)
            middle = box.top() + (place + 0.5) * pitch
            x = box.left() - 4 - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, middle + metrics.capHeight() / 2), text)
        if self._marked is not None:
            at = int(np.flatnonzero(order == self._marked)[0])
            self._paint_arrow(painter, QPointF(box.right() + 2, box.top() + (at + 0.5) * pitch))

    def _paint_arrow(self, painter: QPainter, tip: QPointF) -> None:
        """An arrow that points at the row of the marked pattern."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("selection"))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(6, -4), tip + QPointF(6, 4)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_tree(self, painter: QPainter, area: QRectF, box: QRectF, found: Similarity) -> None:
        """The tree, its leaves beside their rows, the distance of a joint growing to the left."""
        if not len(found.merges):
            return
        pitch, left = box.height() / len(found.order), area.left() + 1
        right = left + area.width() * TREE_SHARE - 4
        width = (right - left) / max(float(found.merges[:, 2].max()), 1e-12)
        lines = []
        for y1, x1, y2, x2, x in tree_lines(found).tolist():
            top, bottom, joint = box.top() + y1 * pitch, box.top() + y2 * pitch, right - x * width
            lines += [
                QLineF(right - x1 * width, top, joint, top),
                QLineF(right - x2 * width, bottom, joint, bottom),
                QLineF(joint, top, joint, bottom),
            ]
        fine = pitch < FINE_BELOW
        painter.setPen(QPen(self._theme.colour("text"), 0.4 if fine else 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
        painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
