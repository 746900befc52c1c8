"""The drawing area of the responses: a column of maps for each hidden group."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPaintEngine, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.colour_scale import Pixels, to_image
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.response_maps import ResponseMaps
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides

SMALLEST = 14.0
"""Px of a map's side, at least."""

NAMED_FROM = 34.0
"""Px of a map's side from which its unit's name stands above it."""

SMOOTH = 1_500
"""So many pieces of lines are drawn smoothly: more take too long."""

GAP = 4.0


@dataclass(frozen=True, slots=True)
class MapCell:
    """Where the map of a unit is."""

    response: int
    unit: int
    box: QRectF


@guard_overrides
class ResponsesCanvas(QWidget):
    """Paints maps; emits which unit is under the mouse, and where in its plane."""

    hovered = Signal(object)
    """(response, unit, share of x, share of y), or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._responses: tuple[ResponseMaps, ...] = ()
        self._headings: tuple[str, ...] = ()
        self._names: tuple[tuple[str, ...], ...] = ()
        self.cells: list[MapCell] = []
        self._mouse: QPointF | None = None
        self._columns: list[QRectF] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(96), scaled(80))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_responses(
        self,
        responses: tuple[ResponseMaps, ...],
        headings: tuple[str, ...],
        names: tuple[tuple[str, ...], ...],
    ) -> None:
        """Show these, with a heading for each group and a name for each unit."""
        fresh = [len(r.maps) for r in responses] != [len(r.maps) for r in self._responses]
        self._responses, self._headings, self._names = responses, headings, names
        if fresh:
            self._arrange()
        self.update()

    # -- layout ----------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:
        """Lay out anew."""
        self._arrange()

    def _arrange(self) -> None:
        """The largest maps with which all groups fit side by side."""
        self.cells, self._columns = [], []
        sizes = [len(response.maps) for response in self._responses]
        if not sizes:
            return
        line = QFontMetricsF(plot_font()).height()
        top = line + GAP
        room_x = self.width() - (len(sizes) - 1) * 2 * SPACE
        side = max(float(min(room_x, self.height() - top)), SMALLEST)
        while side > SMALLEST and not self._fits(sizes, side, room_x, self.height() - top, line):
            side -= 1.0
        named = line if side >= NAMED_FROM else 0.0
        rows = max(1, int((self.height() - top + GAP) // (side + named + GAP)))
        x = 0.0
        for r, n in enumerate(sizes):
            columns = math.ceil(n / rows)
            width = columns * (side + GAP) - GAP
            for unit in range(n):
                column, row = divmod(unit, math.ceil(n / columns))
                y = top + row * (side + named + GAP) + named
                box = QRectF(round(x + column * (side + GAP)), round(y), round(side), round(side))
                self.cells.append(MapCell(r, unit, box))
            self._columns.append(QRectF(x, 0, width, line))
            x += max(width, 5 * SPACE) + 2 * SPACE

    def _fits(
        self, sizes: list[int], side: float, room_x: float, room_y: float, line: float
    ) -> bool:
        named = line if side >= NAMED_FROM else 0.0
        rows = int((room_y + GAP) // (side + named + GAP))
        if rows < 1:
            return False
        widths = [max(math.ceil(n / rows) * (side + GAP) - GAP, 5.0 * SPACE) for n in sizes]
        return sum(widths) <= room_x

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every map with its line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(plot_font())
        metrics = QFontMetricsF(painter.font())
        images = [to_image(self._pixels(response)) for response in self._responses]
        painter.setPen(self._theme.colour("text"))
        for n, (column, heading) in enumerate(zip(self._columns, self._headings, strict=True)):
            last = n + 1 == len(self._columns)
            end = self.width() if last else self._columns[n + 1].left() - SPACE
            room = end - column.left()
            fitting = [t for t in (heading, heading.split(" · ")[0]) if _wide(metrics, t) <= room]
            text = fitting[0] if fitting else heading.split(" · ")[0].replace("hidden ", "h")
            painter.drawText(QPointF(column.left(), metrics.ascent()), text)
        raster = painter.paintEngine().type() == QPaintEngine.Type.Raster
        for cell in self.cells:
            side, image = self._responses[cell.response].side, images[cell.response]
            part = QRect(0, cell.unit * side, side, side)
            if raster:
                painter.drawImage(cell.box, image, QRectF(part))
            else:  # Qt writes the whole image into an SVG, whichever part is asked for
                painter.drawImage(cell.box, image.copy(part))
        self._paint_names(painter, metrics)
        self._paint_lines(painter)
        painter.end()

    def _pixels(self, response: ResponseMaps) -> Pixels:
        """All maps of a group under each other, the highest second input uppermost."""
        pixels = response.scale.pixels(self._theme, response.maps[:, ::-1])
        return np.ascontiguousarray(pixels.reshape(-1, response.side))

    def _paint_names(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell in self.cells:
            painter.setPen(QPen(self._theme.colour("border"), 1))
            painter.drawRect(cell.box.adjusted(-0.5, -0.5, 0.5, 0.5))
            if cell.box.width() >= NAMED_FROM:
                painter.setPen(self._theme.colour("muted"))
                at = QPointF(cell.box.left(), cell.box.top() - metrics.descent())
                painter.drawText(at, self._names[cell.response][cell.unit])

    def _paint_lines(self, painter: QPainter) -> None:
        pieces = [np.empty((0, 4))]
        for cell in self.cells:
            response = self._responses[cell.response]
            found = response.lines[cell.unit]
            if len(found):
                scale = cell.box.width() / (response.side - 1)
                corner = np.array([cell.box.left(), cell.box.bottom()])
                pieces.append((corner + found * np.array([scale, -scale])).reshape(-1, 4))
        lines = np.concatenate(pieces)
        smooth = len(lines) <= SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(QPen(self._theme.colour("text"), 1.2 if smooth else 1.0))
        painter.drawLines([QLineF(*line) for line in lines.tolist()])

    # -- mouse -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which unit is there, and where in its plane."""
        self._mouse = event.position()
        self.hovered.emit(self.under_mouse())

    def under_mouse(self) -> tuple[int, int, float, float] | None:
        """What ``hovered`` says, for where the mouse is now."""
        at = self._mouse
        cell = next((c for c in self.cells if at is not None and c.box.contains(at)), None)
        if at is None or cell is None:
            return None
        x = (at.x() - cell.box.left()) / cell.box.width()
        y = (cell.box.bottom() - at.y()) / cell.box.height()
        return cell.response, cell.unit, x, y

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._mouse = None
        self.hovered.emit(None)


def _wide(metrics: QFontMetricsF, text: str) -> float:
    return float(metrics.horizontalAdvance(text))
