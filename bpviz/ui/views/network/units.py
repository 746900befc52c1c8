"""Units in the diagram: filled by activation, with a ring for the bias, names and numbers."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.colour_scale import Codes, ColourScale, to_image, to_pixels
from bpviz.ui.toolkit.drawing.theme import Colours, Theme
from bpviz.ui.views.network.brushes import Brushes
from bpviz.ui.views.network.labels import compact, finite, short, tenths
from bpviz.ui.views.network.layout import RING, Box, GroupBlock
from bpviz.ui.views.network.letters import Lettering, inks
from bpviz.ui.views.network.lines import shades
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.views.network.stamps import OUTLINE, arc, circle, disc, draw_arc, ring_pen, stamp

GRID_FROM = 7.0  # px; smaller cells have no lines between them
RINGED_FROM = 5.0  # px of radius; smaller circles have no room for a bias ring
MAPPED_FROM = 9.0  # px of radius; smaller circles have no room for a response
STAMPED_UP_TO = 20.0  # px of radius; images of larger circles take much memory


def diverging_codes(values: Vector, limit: float) -> Codes:
    """Indices into the diverging map for values in -limit..limit; nan counts as 0."""
    return ColourScale(-limit, 0.0, limit).codes(values)


def paint_block(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    """Draw the units of one group."""
    if block.kind == "units":
        _paint_circles(brushes, block, pattern_pass)
        if (
            block.radius >= RINGED_FROM
            and len(pattern_pass.rings[block.group])
            and not pattern_pass.lacking
        ):
            _paint_rings(brushes, block, pattern_pass)
    else:
        _paint_cells(brushes, block, pattern_pass)


def _tones(brushes: Brushes, block: GroupBlock, act: Vector, pattern_pass: PatternPass) -> Codes:
    """Indices into the diverging map for activations of a group: outputs have their own scales."""
    if block.group == len(pattern_pass.act) - 1:
        return brushes.outputs.codes(act)
    return diverging_codes(act, pattern_pass.limits.activations[block.group])


# -- circles -------------------------------------------------------------------------------


def _paint_circles(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    painter, theme, letters, *_ = brushes
    act = pattern_pass.act[block.group]
    tone = _tones(brushes, block, act, pattern_pass)
    colours, ink = shades(theme), inks(theme)
    maps = [] if brushes.vector else _maps(theme, block, pattern_pass)
    names = brushes.names[block.group]
    texts = [] if maps else _inside(letters, block, pattern_pass, names)
    known = np.isfinite(act).tolist()
    outline = theme.colour("unit_outline")
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, bool(maps))
    is_stamped = block.radius <= STAMPED_UP_TO and not (maps or brushes.vector)
    for unit, (x, y) in enumerate(zip(block.x.tolist(), block.y.tolist(), strict=True)):
        fill = colours[tone[unit]] if known[unit] else theme.colour("muted")
        if is_stamped:
            stamp(painter, disc, x, y, block.radius, fill.rgb(), outline.rgb())
        else:
            painter.setBrush(_texture(maps[unit], x, y, block.radius) if maps else fill)
            _paint_circle(brushes, x, y, block.radius, outline)
        if texts:
            painter.setPen(ink[tone[unit]] if known[unit] else theme.colour("surface"))
            letters.write(painter, x, y, texts[unit], align=0.5)


def _maps(theme: Theme, block: GroupBlock, pattern_pass: PatternPass) -> list[QImage]:
    """The responses of a group's units as images, if they are drawn and large enough."""
    found = [r for r in pattern_pass.responses if r.group == block.group]
    if not found or block.radius < MAPPED_FROM:
        return []
    limit = pattern_pass.limits.activations[block.group]
    pixels = ColourScale(-limit, 0.0, limit).pixels(theme, found[0].maps[: block.shown, ::-1])
    return [to_image(np.ascontiguousarray(each)) for each in pixels]


def _texture(image: QImage, x: float, y: float, radius: float) -> QBrush:
    """A brush that paints the image over the square around a circle."""
    brush = QBrush(image)
    fit = QTransform.fromTranslate(x - radius, y - radius)
    brush.setTransform(fit.scale(2 * radius / image.width(), 2 * radius / image.height()))
    return brush


def _paint_circle(brushes: Brushes, x: float, y: float, radius: float, outline: QColor) -> None:
    """Draw a circle filled by the painter's brush."""
    painter = brushes.painter
    if brushes.vector:
        painter.setPen(QPen(outline, OUTLINE))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(x, y), radius, radius)
    stamp(painter, circle, x, y, radius, outline.rgb())


def _inside(
    letters: Lettering, block: GroupBlock, pattern_pass: PatternPass, names: Sequence[str]
) -> list[str]:
    """The texts in the circles: activations, thresholds of step units, or names.

    A threshold and a number of a unit do not look like an activation.
    """
    room = 2 * block.radius - 4.0

    def fitting(*candidates: list[str]) -> list[str]:
        return next((t for t in candidates if max(map(letters.width, t)) <= room), [])

    if pattern_pass.setup.network.groups[block.group].activation == "step":
        thresholds = [-float(bias) for bias in pattern_pass.biases[block.group][: block.shown]]
        full, rounded = [short(t) for t in thresholds], [tenths(t) for t in thresholds]
        named = ([f"θ {t}" for t in texts] for texts in (full, rounded))
        return fitting(*named, full, rounded)
    if block.value == "inside":
        return [compact(float(act)) for act in pattern_pass.written(block.group)[: block.shown]]
    if block.name != "inside":
        return []
    return fitting(list(names[: block.shown]), [f"#{n}" for n in range(1, block.shown + 1)])


def _paint_rings(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    """Draw biases as arcs from the top: to the right if positive, to the left if negative."""
    painter, theme, *_ = brushes
    width = 2 if block.radius < 12.0 else 3
    radius = block.radius + RING - width / 2
    share = finite(pattern_pass.rings[block.group][: block.shown]) / pattern_pass.limits.weight
    spans = np.minimum(np.maximum(-180.0 * share, -180.0), 180.0).round().astype(np.int64).tolist()
    is_stamped = block.radius <= STAMPED_UP_TO and not brushes.vector
    painter.setBrush(Qt.BrushStyle.NoBrush)
    roles = [theme.colour(role) for role in ("positive", "negative")]
    for x, y, span in zip(block.x.tolist(), block.y.tolist(), spans, strict=True):
        colour = roles[span > 0]
        if span and is_stamped:
            stamp(painter, arc, x, y, radius, span, width, colour.rgb())
        elif span:
            painter.setPen(ring_pen(colour, width))
            draw_arc(painter, x, y, radius, span)


def mark_unit(painter: QPainter, block: GroupBlock, unit: int) -> None:
    """Draw an outline around a unit with the painter's pen."""
    x, y = float(block.x[unit]), float(block.y[unit])
    if block.kind == "units":
        # Just outside the bias ring, but not over the neighbours.
        reach = max(min(block.radius + RING + 1.0, block.cell / 2 - 0.5), block.radius + 1.0)
        painter.drawEllipse(QPointF(x, y), reach, reach)
    else:
        reach = max(block.radius, 2.0)
        painter.drawRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))


# -- cells ---------------------------------------------------------------------------------


def _paint_cells(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    painter, theme, *_ = brushes
    values = pattern_pass.act[block.group][: block.shown]
    tone = _tones(brushes, block, values, pattern_pass)
    if brushes.vector:
        for unit, code in enumerate(tone):
            half = block.radius
            rect = QRectF(block.x[unit] - half, block.y[unit] - half, 2 * half, 2 * half)
            painter.fillRect(rect, shades(theme)[code])
    else:
        _paint_image(painter, block, theme.diverging_table()[tone], theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_grid(painter, block, theme)


def _paint_image(painter: QPainter, block: GroupBlock, colours: Colours, theme: Theme) -> None:
    """Draw the cells as one small image, ten times as fast as a thousand rectangles."""
    rows = -(-block.shown // block.columns)
    pixels = np.full(rows * block.columns, theme.colour("surface").rgb(), dtype=np.uint32)
    pixels[: block.shown] = to_pixels(colours)
    image = to_image(pixels.reshape(rows, block.columns))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(*block.box), image)


def _paint_grid(painter: QPainter, block: GroupBlock, theme: Theme) -> None:
    if block.cell >= GRID_FROM:
        painter.setPen(QPen(theme.colour("surface"), 1.0))
        painter.drawLines(_grid(block.box, block.cell))
    painter.setPen(QPen(theme.colour("border"), 1.0))
    painter.drawRect(QRectF(*block.box).adjusted(-0.5, -0.5, 0.5, 0.5))


@lru_cache(maxsize=32)
def _grid(box: Box, cell: float) -> list[QLineF]:
    """The lines between cells."""
    xs = box.left + cell * np.arange(1, round(box.width / cell))
    ys = box.top + cell * np.arange(1, round(box.height / cell))
    upright = [QLineF(x, box.top, x, box.bottom) for x in xs.tolist()]
    return upright + [QLineF(box.left, y, box.right, y) for y in ys.tolist()]
