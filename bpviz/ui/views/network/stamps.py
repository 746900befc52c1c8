"""Circles and arcs as small cached images: drawing them anew takes several times as long."""

import math
from collections.abc import Callable
from functools import lru_cache, wraps

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from bpviz.ui.toolkit.drawing.pixels import device_ratio

OUTLINE = 1.25  # px, the width of a circle's line
EDGE = 2.0  # px by which a circle's line or an arc extends beyond its radius


SMALL, FEW, MANY = 40.0, 48, 256
"""A stamp of up to SMALL device pixels is one of the MANY that are kept, one above of a FEW. Each
cache then takes 12 MB at most, also after pictures three times as fine."""

Draw = Callable[..., QImage]


def _kept(draw: Draw) -> Draw:
    """Keep what is drawn: few large images, many small ones."""
    small, large = lru_cache(MANY)(draw), lru_cache(FEW)(draw)

    @wraps(draw)
    def find(radius: float, across: float, down: float, ratio: float, *look: int) -> QImage:
        kept = small if 2.0 * radius * ratio <= SMALL else large
        return kept(radius, across, down, ratio, *look)

    return find


def stamp(painter: QPainter, draw: Draw, x: float, y: float, radius: float, *look: int) -> None:
    """Draw a cached image around a point: its extent from the point, and what it looks like."""
    ratio = device_ratio(painter)
    corner, across, down = _corner(x, y, radius, ratio)
    painter.drawImage(corner, draw(radius, across, down, ratio, *look))


@lru_cache(maxsize=1024)
def _corner(x: float, y: float, radius: float, ratio: float) -> tuple[QPointF, float, float]:
    """The upper left corner of a stamp, on whole pixels so that it is sharp, and the distance of
    the point from it, rounded to half a pixel so that few stamps are needed."""
    reach = radius + EDGE
    left, top = (math.floor(ratio * (at - reach)) / ratio for at in (x, y))
    across, down = (round(2 * ratio * at) / 2 / ratio for at in (x - left, y - top))
    return QPointF(left, top), across, down


def _empty(radius: float, ratio: float) -> QImage:
    side = math.ceil(ratio * 2 * (radius + EDGE) + 2)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


@_kept
def disc(
    radius: float, across: float, down: float, ratio: float, fill: int, outline: int
) -> QImage:
    """A filled circle with its outline."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgb(fill))
        painter.drawEllipse(QPointF(across, down), radius, radius)
        painter.drawImage(0, 0, circle(radius, across, down, ratio, outline))
    return image


@_kept
def circle(radius: float, across: float, down: float, ratio: float, colour: int) -> QImage:
    """The outline of a circle."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor.fromRgb(colour), OUTLINE))
        painter.drawEllipse(QPointF(across, down), radius, radius)
    return image


@_kept
def arc(
    radius: float, across: float, down: float, ratio: float, span: int, width: int, colour: int
) -> QImage:
    """An arc that begins at the top, in degrees counterclockwise."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ring_pen(QColor.fromRgb(colour), width))
        draw_arc(painter, across, down, radius, span)
    return image


def ring_pen(colour: QColor, width: int) -> QPen:
    """The pen of an arc, px wide."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def draw_arc(painter: QPainter, x: float, y: float, radius: float, span: int) -> None:
    """Draw an arc around (x, y) that begins at the top, in degrees counterclockwise."""
    box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    painter.drawArc(box, 90 * 16, span * 16)  # Qt counts angles in sixteenths of a degree
