"""Units in the diagram: filled by activation, with a ring for the bias, names and numbers."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from bpviz.core.text.number_words import plain
from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.colour_scale import Codes, ColourScale, to_image, to_pixels
from bpviz.ui.toolkit.drawing.theme import SPACE, Colours, Theme
from bpviz.ui.views.network.labels import WIDEST, finite, short, target_text, tenths
from bpviz.ui.views.network.layout import RING, Box, GroupBlock, NetworkLayout, caption
from bpviz.ui.views.network.letters import Lettering, inks
from bpviz.ui.views.network.lines import shades
from bpviz.ui.views.network.overlays import number
from bpviz.ui.views.network.pattern_pass import PatternPass

GRID_FROM = 7.0  # px; smaller cells have no lines between them
RINGED_FROM = 5.0  # px of radius; smaller circles have no room for a bias ring
MAPPED_FROM = 9.0  # px of radius; smaller circles have no room for a response
STAMPED_UP_TO = 20.0  # px of radius; images of larger circles take much memory
OUTLINE = 1.25  # px, the width of a circle's line
EDGE = 2.0  # px by which a circle's line or an arc extends beyond its radius
SWATCH = 5.0  # px, the radius of the circle that shows a target


class Brushes(NamedTuple):
    """What all units are painted with; ``names`` are those of all units, by group."""

    painter: QPainter
    theme: Theme
    letters: Lettering
    names: tuple[tuple[str, ...], ...]
    vector: bool


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


# -- circles -------------------------------------------------------------------------------


def _paint_circles(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    painter, theme, letters, *_ = brushes
    act = pattern_pass.act[block.group]
    tone = diverging_codes(act, pattern_pass.limits.activations[block.group])
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
            _stamp(painter, _disc, x, y, block.radius, fill.rgb(), outline.rgb())
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
    _stamp(painter, _circle, x, y, radius, outline.rgb())


# -- stamps: small cached images, since drawing them anew takes several times as long ------------


def _stamp(
    painter: QPainter, draw: Callable[..., QImage], x: float, y: float, radius: float, *look: int
) -> None:
    """Draw a cached image around a point: its extent from the point, and what it looks like."""
    ratio = painter.deviceTransform().m11()
    corner, across, down = _place(x, y, radius, ratio)
    painter.drawImage(corner, draw(radius, across, down, ratio, *look))


@lru_cache(maxsize=1024)
def _place(x: float, y: float, radius: float, ratio: float) -> tuple[QPointF, float, float]:
    """The upper left corner of a stamp, on whole pixels so that it is sharp, and the place of the
    point in it, to half a pixel, so that few stamps are needed."""
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


@lru_cache(maxsize=256)
def _disc(
    radius: float, across: float, down: float, ratio: float, fill: int, outline: int
) -> QImage:
    """A filled circle with its outline."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgb(fill))
        painter.drawEllipse(QPointF(across, down), radius, radius)
        painter.drawImage(0, 0, _circle(radius, across, down, ratio, outline))
    return image


@lru_cache(maxsize=256)
def _circle(radius: float, across: float, down: float, ratio: float, colour: int) -> QImage:
    """The outline of a circle."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor.fromRgb(colour), OUTLINE))
        painter.drawEllipse(QPointF(across, down), radius, radius)
    return image


@lru_cache(maxsize=256)
def _arc(
    radius: float, across: float, down: float, ratio: float, span: int, width: int, colour: int
) -> QImage:
    """An arc that begins at the top, in degrees counterclockwise."""
    image = _empty(radius, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_ring_pen(QColor.fromRgb(colour), width))
        _draw_arc(painter, across, down, radius, span)
    return image


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
        return [short(float(act)) for act in pattern_pass.act[block.group][: block.shown]]
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
            _stamp(painter, _arc, x, y, radius, span, width, colour.rgb())
        elif span:
            painter.setPen(_ring_pen(colour, width))
            _draw_arc(painter, x, y, radius, span)


def _ring_pen(colour: QColor, width: int) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _draw_arc(painter: QPainter, x: float, y: float, radius: float, span: int) -> None:
    box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    painter.drawArc(box, 90 * 16, span * 16)  # Qt counts angles in sixteenths of a degree


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
    tone = diverging_codes(values, pattern_pass.limits.activations[block.group])
    if brushes.vector:
        for unit, place in enumerate(tone):
            half = block.radius
            corner = QRectF(block.x[unit] - half, block.y[unit] - half, 2 * half, 2 * half)
            painter.fillRect(corner, shades(theme)[place])
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


# -- words ---------------------------------------------------------------------------------


def paint_captions(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Write the name of each group above it, its contents, and its scale if it has its own."""
    letters = brushes.letters
    for block in layout.blocks:
        box = block.caption
        y = box.top + letters.line / 2
        for line in _caption(letters, block, pattern_pass, layout.caption_lines):
            width = sum(letters.width(text) for text, _ in line)
            x = block.box.left + (block.box.width - width) / 2
            x = max(min(x, box.right - width), box.left)
            for text, role in line:
                _write(brushes, x, y, text, role)
                x += letters.width(text)
            y += letters.line


def _caption(
    letters: Lettering, block: GroupBlock, pattern_pass: PatternPass, lines: int
) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The lines of a caption, each as pieces of one colour."""
    names, parts = caption(pattern_pass.setup, block)
    limit = pattern_pass.limits.activations[block.group]
    if limit != pattern_pass.limits.common:
        parts = (f"{parts[0]}, ±{plain(limit)}", *parts)
    room = block.caption.width
    name = letters.fit(names, room)
    if lines == 2:
        return ((name, "text"),), ((letters.fit(parts, room), "muted"),)
    made_of = letters.fit(parts, room - letters.width(f"{name} · "))
    return (((name, "text"), (f" · {made_of}", "muted")),)


def paint_labels(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    """Write the names and numbers around the units of a group."""
    if block.name not in ("above", "beside") and not block.bias:
        return
    names = brushes.names[block.group]
    letters = brushes.letters
    role = pattern_pass.setup.network.groups[block.group].role
    reach = block.radius + RING + letters.line / 2
    for unit, (x, y) in enumerate(zip(block.x.tolist(), block.y.tolist(), strict=True)):
        if block.name == "above":
            _write(brushes, x, y - reach, names[unit], "text", 0.5, clear=True)
        elif block.name == "beside" and role == "input":
            _label_input(brushes, block, unit, names[unit], pattern_pass)
        elif block.name == "beside":
            _label_output(brushes, block, unit, names[unit], pattern_pass)
        if block.bias and (bias := bias_text(pattern_pass, block.group, unit)):
            _write(brushes, x, y + reach, bias, "muted", 0.5, clear=True)


def bias_text(pattern_pass: PatternPass, group: int, unit: int) -> str:
    """'b −0.52', or the overlay's number of the bias; '' if none is written."""
    step = pattern_pass.setup.network.groups[group].activation == "step"
    if step or pattern_pass.lacking:
        return ""
    value = number(float(pattern_pass.rings[group][unit]), pattern_pass.limits.weight)
    return f"{pattern_pass.overlay.bias} {value}"


def _label_input(
    brushes: Brushes, block: GroupBlock, unit: int, name: str, pattern_pass: PatternPass
) -> None:
    y, right, width = float(block.y[unit]), block.label.right, block.label.width
    letters = brushes.letters
    if block.value == "beside":
        value = short(float(pattern_pass.act[block.group][unit]))
        _write(brushes, right, y, value, "text", 1.0)
        right -= letters.width(WIDEST) + SPACE
        width -= letters.width(WIDEST) + SPACE
    _write(brushes, right, y, letters.elide_name(name, width), "muted", 1.0)


def _label_output(
    brushes: Brushes, block: GroupBlock, unit: int, name: str, pattern_pass: PatternPass
) -> None:
    letters = brushes.letters
    y, left = float(block.y[unit]), block.label.left
    target = target_text(pattern_pass.setup.patterns, pattern_pass.targets, unit)
    if block.lines == 2:
        name = letters.elide_name(name, block.label.width)
        _write(brushes, left, y - letters.line / 2, name, "text")
        _target(brushes, block, left, y + letters.line / 2, target, unit, pattern_pass)
        return
    name_room, value_room = _columns(brushes, block, target)
    _write(brushes, left, y, letters.elide_name(name, name_room), "text")
    left += name_room
    if value_room:
        left += value_room
        _write(brushes, left, y, short(float(pattern_pass.act[block.group][unit])), "text", 1.0)
    _target(brushes, block, left + SPACE, y, target, unit, pattern_pass)


def _columns(brushes: Brushes, block: GroupBlock, target: str) -> tuple[float, float]:
    """The widths of the columns of names and of activations beside outputs."""
    letters = brushes.letters
    room = letters.width(target) + 2 * SWATCH + SPACE
    value_room = letters.width(WIDEST) + SPACE if block.value == "beside" else 0.0
    widest = letters.widest(brushes.names[block.group])
    return max(min(widest, block.label.width - room - value_room), 0.0), value_room


def target_left(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass, unit: int) -> float:
    """The x of a target's text, which is in one line with the output's name and number."""
    target = target_text(pattern_pass.setup.patterns, pattern_pass.targets, unit)
    return block.label.left + sum(_columns(brushes, block, target)) + 2 * SWATCH + 1.5 * SPACE


def _target(
    brushes: Brushes,
    block: GroupBlock,
    x: float,
    y: float,
    text: str,
    unit: int,
    pattern_pass: PatternPass,
) -> None:
    """Draw a small circle in the target's colour, to compare with the output, and 't ...'.

    A drawing has no target.
    """
    if pattern_pass.drawn:
        return
    painter, theme, *_ = brushes
    limit = pattern_pass.limits.activations[-1]
    tone = ColourScale(-limit, 0.0, limit).code(float(pattern_pass.targets[unit]))
    painter.setPen(QPen(theme.colour("unit_outline"), 1.0))
    painter.setBrush(shades(theme)[tone])
    painter.drawEllipse(QPointF(x + SWATCH, y), SWATCH, SWATCH)
    x += 2 * SWATCH + SPACE / 2
    text = _fitting_target(brushes.letters, text, block.label.right + 1.5 * SPACE - x)
    _write(brushes, x, y, text, "muted")


def _fitting_target(letters: Lettering, text: str, width: float) -> str:
    """A target such as 't 1 (name)' without the middle of the name, or without the name, where
    it is wider than this.
    """
    if letters.width(text) <= width:
        return text
    value, _, name = text.partition(" (")
    short = letters.elide_name(name[:-1], width - letters.width(f"{value} ()"))
    return f"{value} ({short})" if len(short) > 2 else value


def _write(
    brushes: Brushes,
    x: float,
    y: float,
    text: str,
    role: str,
    align: float = 0.0,
    clear: bool = False,
) -> None:
    """Write a line like ``Lettering.write``; with ``clear``, on a background that covers lines."""
    painter, theme, letters, *_ = brushes
    if clear:
        ground(painter, theme, letters, x - (align - 0.5) * letters.width(text), y, text)
    painter.setPen(theme.colour(role))
    letters.write(painter, x, y, text, align)


def ground(
    painter: QPainter, theme: Theme, letters: Lettering, x: float, y: float, text: str
) -> None:
    """Cover the lines around x, y with the surface colour, for a text."""
    width, height = letters.width(text) + 6.0, letters.line - 3.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(QRectF(x - width / 2, y - height / 2, width, height), 4.0, 4.0)
