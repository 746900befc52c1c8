"""Painting of the parts of a heatmap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.cell_grid import CellGrid
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, Pixels, ink_on, to_image
from bpviz.ui.toolkit.drawing.plotting import plot_metrics
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.views.activations.layout import HeatmapRows, label_step, labelled

MOST_NUMBERS = 240
"""The most cells that have their values written in them."""

BAND = 6
"""Width of the strip that shows the classes of the rows, px."""

LINES_FROM = 6
"""The smallest cells with lines between them, px."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatmapBlock:
    """One group of units: ``values`` (shown patterns, units), or None if not computed.

    ``titles`` are alternatives, the longest first; the first that fits is written. ``names`` are
    those of the units.
    """

    titles: tuple[str, ...]
    names: tuple[str, ...]
    scale: ColourScale
    values: Matrix | None

    @property
    def units(self) -> int:
        """The number of units."""
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """Coordinates in device pixels; ``ratio`` is their number per logical pixel.

    ``top`` is the top of the rows, ``band`` the left of the strip of classes, ``lefts`` are those
    of the blocks; ``width`` is that of the widget, in logical pixels.
    """

    ratio: float
    width: int
    top: int
    band: int
    rows: CellGrid
    lefts: tuple[int, ...]
    columns: tuple[CellGrid, ...]

    def rect(self, b: int) -> QRectF:
        """The rectangle of a block's cells, in logical pixels."""
        r = self.ratio
        width, height = self.columns[b].pixels / r, self.rows.pixels / r
        return QRectF(self.lefts[b] / r, self.top / r, width, height)

    def cell_rect(self, b: int, row: int, column: int) -> QRectF:
        """The rectangle of a cell of a block, in logical pixels."""
        top, bottom = self.rows.span(row)
        left, right = self.columns[b].span(column)
        corner = QPointF(self.lefts[b] + left, self.top + top) / self.ratio
        return QRectF(corner, QPointF(self.lefts[b] + right, self.top + bottom) / self.ratio)


def paint_title(painter: QPainter, theme: Theme, g: Geometry, b: int, block: HeatmapBlock) -> None:
    """Paint the longest title of a block that does not overlap the next one's."""
    metrics, left = QFontMetricsF(painter.font()), g.lefts[b] / g.ratio
    last = b + 1 == len(g.lefts)
    room = (g.width if last else g.lefts[b + 1] / g.ratio - SPACE / 2) - left
    fits = [title for title in block.titles if metrics.horizontalAdvance(title) <= room]
    painter.setPen(theme.colour("text"))
    painter.drawText(QPointF(left, metrics.ascent()), fits[0] if fits else block.titles[-1])


def paint_grid(painter: QPainter, theme: Theme, g: Geometry, b: int) -> None:
    """Paint the frame, and lines between cells if they are large enough."""
    rect, columns = g.rect(b), g.columns[b]
    lines = []
    if columns.pitch >= LINES_FROM * g.ratio:
        xs = (rect.left() + edge / g.ratio for edge in columns.edges())
        lines = [QLineF(x, rect.top(), x, rect.bottom()) for x in xs]
    if g.rows.pitch >= LINES_FROM * g.ratio:
        ys = (rect.top() + edge / g.ratio for edge in g.rows.edges())
        lines += [QLineF(rect.left(), y, rect.right(), y) for y in ys]
    painter.setPen(QPen(theme.colour("grid"), 1))
    painter.drawLines(lines)
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def paint_unit_names(
    painter: QPainter, theme: Theme, g: Geometry, b: int, names: Sequence[str]
) -> None:
    """Paint the names of the units below a block, as many as there is room for."""
    rect, columns = g.rect(b), g.columns[b]
    painter.setPen(theme.colour("muted"))
    metrics = QFontMetricsF(painter.font())
    pitch = columns.pixels / g.ratio / columns.count
    numbers = [f"#{unit + 1}" for unit in range(columns.count)]
    steps = [label_step(pitch, metrics.horizontalAdvance(row[-1]) + 5) for row in (names, numbers)]
    texts = names if steps[0] <= steps[1] else numbers  # as in the diagram, where units are small
    room = metrics.horizontalAdvance(texts[-1]) + 5  # the highest number is the widest
    baseline = rect.bottom() + 3 + metrics.ascent()
    for unit in labelled(columns.count, pitch, room):
        text = texts[unit - 1]
        half = metrics.horizontalAdvance(text) / 2
        x = rect.left() + (unit - 0.5) * pitch
        x = min(max(x, rect.left() + half), max(rect.right(), rect.left() + 2 * half) - half)
        painter.drawText(QPointF(x - half, baseline), text)


def paint_numbers(
    painter: QPainter, theme: Theme, g: Geometry, b: int, values: Matrix, scale: ColourScale
) -> None:
    """Paint the values (rows, units) in the cells, if these are large enough."""
    columns, metrics = g.columns[b], QFontMetricsF(painter.font())
    widest = metrics.horizontalAdvance(scale.text(-scale.reach)) + 6
    fits = columns.pitch >= widest * g.ratio and g.rows.pitch >= metrics.height() * g.ratio
    if not fits:
        return
    pixels = scale.pixels(theme, values)
    for (row, column), value in np.ndenumerate(values):
        painter.setPen(ink_on(QColor.fromRgb(int(pixels[row, column]))))
        box = g.cell_rect(b, row, column)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, scale.text(float(value)))


def paint_headings(painter: QPainter, theme: Theme, g: Geometry, heading: str) -> None:
    """Paint what the names beside the rows and those below the columns are."""
    metrics, right = QFontMetricsF(painter.font()), g.band / g.ratio - 4
    painter.setPen(theme.colour("muted"))
    below = (g.top + g.rows.pixels) / g.ratio + 3
    for text, top in ((heading, 0.0), ("unit", below)):
        at = QPointF(right - metrics.horizontalAdvance(text), top + metrics.ascent())
        painter.drawText(at, text)


def paint_row_names(painter: QPainter, theme: Theme, g: Geometry, rows: HeatmapRows) -> None:
    """Paint the names of rows or of runs of rows, as many as do not overlap."""
    metrics, right = QFontMetricsF(painter.font()), g.band / g.ratio - 4
    painter.setPen(theme.colour("text"))
    free_from = -1e9
    for start, stop, text in _row_labels(g, rows):
        middle = (g.rows.span(start)[0] + g.rows.span(stop - 1)[1]) / 2 / g.ratio
        y = g.top / g.ratio + middle - metrics.height() / 2
        if y >= free_from - 4:  # figures are less high than a line
            shown = elided_name(metrics, text, right + 1)
            x = right - metrics.horizontalAdvance(shown)
            painter.drawText(QPointF(x, y + metrics.ascent()), shown)
            free_from = y + metrics.height()


def _row_labels(g: Geometry, rows: HeatmapRows) -> Sequence[tuple[int, int, str]]:
    """(start, stop, text) of the labels beside the rows."""
    if rows.runs:
        return rows.runs
    line = plot_metrics().height()
    pitch = g.rows.pixels / g.ratio / len(rows)
    if rows.names and pitch >= line - 2:
        return [(r, r + 1, name) for r, name in enumerate(rows.names)]
    shown = labelled(len(rows), pitch, 1.5 * line)
    return [(r - 1, r, f"{int(rows.training[r - 1]) + 1:,}") for r in shown]


def paint_band(painter: QPainter, g: Geometry, colours: Pixels) -> None:
    """Paint a strip with the colour (drawn rows,) of each row's class."""
    box = QRectF(g.band / g.ratio, g.top / g.ratio, BAND, g.rows.pixels / g.ratio)
    painter.drawImage(box, to_image(colours[:, None]))


def paint_marked_row(painter: QPainter, theme: Theme, g: Geometry, row: int) -> None:
    """Paint an arrow before a row, and a frame around it in each block if it is high enough."""
    colour = theme.colour("selection")
    first, last = g.rows.span(row)
    top, bottom = (g.top + first) / g.ratio, (g.top + last) / g.ratio
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if g.rows.pitch >= 5 * g.ratio:
        for b in range(len(g.lefts)):
            rect = g.rect(b)
            painter.drawRect(QRectF(rect.left(), top, rect.width(), bottom - top))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for left in g.lefts:
        x, y = left / g.ratio - 1.5, (top + bottom) / 2
        tip = [QPointF(x, y), QPointF(x - 5, y - 4), QPointF(x - 5, y + 4)]
        painter.drawPolygon(QPolygonF(tip))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
