"""Lines of weights: blue positive, orange negative, magnitude as width and strength."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import cast

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from shiboken6 import wrapInstance

from bpviz.core.values import Matrix, Vector
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.network.labels import finite
from bpviz.ui.views.network.routes import Routes

LEVELS = 24
BATCH = 96  # lines drawn with one pen
THINNEST, WIDEST, NARROWEST = 0.9, 6.0, 1.6
ROUGH = 1.1
"""The smallest width without antialiasing, px: Qt draws lines of 1 px three times as slowly."""
PATHS = 120  # more curves than this are drawn as short straight lines

UNKNOWN = "border"
"""The colour role of a line whose number is not known; zero would be paler."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How the lines of one picture are drawn.

    limit    magnitude with full width and strength.
    widest   full width, px.
    faint    colour strength, 0 to 1, of a weight near 0.
    bend     exponent of the magnitude in the colour strength: above 1, only strong weights
             stand out.
    smooth   antialiased; much slower for many lines.
    dim      pale, because something else is highlighted.
    """

    limit: float
    widest: float
    faint: float
    bend: float
    smooth: bool = True
    dim: bool = False

    def strength(self, share: float) -> float:
        """The colour strength, 0 to 1, of a magnitude given as a fraction of the limit."""
        strong = self.faint + (1.0 - self.faint) * float(share**self.bend)
        return strong * 0.3 if self.dim else strong

    def width(self, share: float) -> float:
        """The width, px, of a magnitude given as a fraction of the limit."""
        width = THINNEST + (self.widest - THINNEST) * share
        width = min(width, 1.2) if self.dim else width
        return width if self.smooth else max(width, ROUGH)


def stroke_for(n_lines: int, limit: float, smooth: bool = True, dim: bool = False) -> Stroke:
    """The stroke for so many lines: the more lines, the finer, and weak ones paler."""
    widest = float(np.clip(10.0 / max(n_lines, 1) ** 0.25, NARROWEST, WIDEST))
    crowd = float(np.clip(np.log10(max(n_lines, 1) / 60.0) / 1.5, 0.0, 1.0))
    return Stroke(limit, widest, 0.16 - 0.1 * crowd, 0.8 + 0.9 * crowd, smooth, dim)


@cache
def shades(theme: Theme) -> tuple[QColor, ...]:
    """The 256 colours of the diverging map, most negative first."""
    return tuple(QColor(*map(int, rgb)) for rgb in theme.diverging_table())


def pen_of(theme: Theme, value: float, stroke: Stroke, dashed: bool = False) -> QPen:
    """The pen of a single weight."""
    share = min(abs(value) / stroke.limit, 1.0) if np.isfinite(value) else 0.0
    pen = _pen(theme, share, value < 0.0, stroke)
    if np.isnan(value):
        pen.setColor(theme.colour(UNKNOWN))
    if dashed:
        pen.setDashPattern([max(7.0 / pen.widthF(), 1.5), max(4.0 / pen.widthF(), 1.0)])
    return pen


def _pen(theme: Theme, share: float, negative: bool, stroke: Stroke) -> QPen:
    strength = stroke.strength(share)
    colour = shades(theme)[round(127.5 + (-127.5 if negative else 127.5) * strength)]
    return QPen(
        colour,
        stroke.width(share),
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.FlatCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def paint_lines(
    painter: QPainter,
    theme: Theme,
    routes: Sequence[Routes],
    weights: Sequence[Vector],
    stroke: Stroke,
) -> Iterator[None]:
    """Draw weights along their lines, the strongest on top, in steps of well below 1 ms."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, stroke.smooth)
    lines, values = [np.empty((0, 4))], [np.empty(0)]
    single: list[tuple[float, Routes, int]] = []
    for strand, weight in zip(routes, weights, strict=True):
        one_by_one = strand.handles is not None or strand.dashed
        if one_by_one and (strand.dashed or len(weight) <= PATHS):
            single += ((float(w), strand, e) for e, w in enumerate(weight))
            continue
        pieces = np.concatenate([strand.points[:, :-1], strand.points[:, 1:]], axis=2)
        lines.append(pieces.reshape(-1, 4))
        values.append(np.repeat(weight, pieces.shape[1]))
    every, numbers = np.concatenate(lines), np.concatenate(values)
    unknown = np.isnan(numbers)
    if unknown.any():
        painter.setPen(QPen(theme.colour(UNKNOWN), stroke.width(0.0)))
        painter.drawLines([QLineF(*line) for line in every[unknown].tolist()])
        every, numbers = every[~unknown], numbers[~unknown]
    yield from _paint_straight(painter, theme, every, numbers, stroke)
    for value, strand, edge in sorted(single, key=lambda item: abs(item[0])):
        painter.setPen(pen_of(theme, value, stroke, strand.dashed))
        painter.drawPath(path_of(strand, edge))
        yield
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def path_of(routes: Routes, edge: int) -> QPainterPath:
    """One line as a path."""
    path = QPainterPath(QPointF(*routes.points[edge, 0]))
    if routes.handles is None:
        path.lineTo(*routes.points[edge, -1])
        return path
    for piece in routes.handles[edge]:
        path.cubicTo(*(float(v) for v in piece[1:].ravel()))
    return path


def _paint_straight(
    painter: QPainter, theme: Theme, lines: Matrix, values: Vector, stroke: Stroke
) -> Iterator[None]:
    """Draw lines (E, 4), the weakest first, in batches: setting a pen costs more than a line.

    The sign that is drawn first alternates between batches, or one colour would be on top.
    """
    share = np.minimum(np.abs(finite(values)) / stroke.limit, 1.0)
    order = np.argsort(share)
    share = share[order]
    cuts = batches(share)
    number = np.repeat(np.arange(len(cuts)), [end - start for start, end in cuts])
    rank = (2 * number + ((values[order] < 0.0) ^ (number % 2 == 0))).astype(np.int16)
    by_rank = order[np.argsort(rank, kind="stable")]
    # Not shared: another picture may be painted between two steps of this one.
    array = PrimitiveArray(QLineF, 4)
    array.resize(len(lines))
    buffer = array.ndarray()
    np.take(lines, by_rank, axis=0, out=buffer)
    first = buffer.ctypes.data
    colours, pen = shades(theme), _pen(theme, 0.0, False, stroke)
    for at, count in enumerate(np.bincount(rank).tolist()):
        if not count:
            continue
        start, end = cuts[at // 2]
        middle = float(share[(start + end) // 2])
        strength = 127.5 * stroke.strength(middle)
        negative = at % 2 == (at // 2) % 2
        pen.setWidthF(stroke.width(middle))
        pen.setColor(colours[round(127.5 - strength if negative else 127.5 + strength)])
        painter.setPen(pen)
        painter.drawLines(cast(QLineF, wrapInstance(first, QLineF)), count)
        first += count * buffer.strides[0]
        yield


def batches(shares: Vector) -> list[tuple[int, int]]:
    """Intervals of sorted shares at the same of LEVELS levels, with at most BATCH in each."""
    cuts = np.searchsorted(shares, np.arange(1, LEVELS) / LEVELS)
    if len(shares) <= BATCH:
        cuts = np.arange(1, max(len(shares), 1))
    edges = sorted({0, *cuts.tolist(), len(shares)})  # np.unique would import numpy.ma: 20 ms
    return [
        (start, min(start + BATCH, end))
        for begin, end in pairwise(edges)
        for start in range(begin, end, BATCH)
    ]
