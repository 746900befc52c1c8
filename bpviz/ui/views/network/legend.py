"""The legend below the diagram: the scales of widths, colours and rings, with numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPolygonF

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.text.number_words import MINUS
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.views.network.labels import sampled_rows
from bpviz.ui.views.network.layout import Box
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.lines import Stroke, shades
from bpviz.ui.views.network.output_tones import OutputTones
from bpviz.ui.views.network.overlays import WEIGHT, Overlay, ends
from bpviz.ui.views.network.pattern_pass import Limits
from bpviz.ui.views.network.routes import is_dashed

BAR = 50.0
GLYPH = 20.0
WIDEST_LIMIT = "−0.05"
BETWEEN = 2.0 * SPACE


class LegendScales(NamedTuple):
    """The limits of the scales that the legend shows."""

    theme: Theme
    limits: Limits
    stroke: Stroke
    known: bool = True


@dataclass(frozen=True, slots=True)
class LegendItem:
    """An entry of the legend: its words, and the drawing beside them."""

    words: str
    has_numbers: bool
    draw: Callable[[QPainter, Box, LegendScales], None]
    ends: Callable[[Limits], tuple[str, str]] = lambda limits: ("", "")
    widest: str = WIDEST_LIMIT
    of_overlay: bool = False
    bar: float = BAR
    low: str = ""
    """The widest text at the lower end, if it is another one."""

    def width(self, letters: Lettering) -> float:
        """The width of the entry; it does not depend on the numbers, so that nothing moves."""
        low = letters.width(self.low or self.widest)
        numbers = low + letters.width(self.widest) + SPACE
        drawing = self.bar + numbers if self.has_numbers else GLYPH
        return letters.width(self.words) + SPACE + drawing


def legend_items(
    setup: PreparedExperiment, outputs: OutputTones, overlay: Overlay = WEIGHT
) -> tuple[LegendItem, ...]:
    """The entries of the legend for this network."""
    ring = "bias" if overlay is WEIGHT else "the same of the bias"
    items = [
        LegendItem(overlay.legend, True, _draw_wedge, _line_ends, overlay.widest, True),
        LegendItem("activation", True, _draw_half_bar, _positive_ends, low="0")
        if _all_positive(setup)
        else LegendItem("activation", True, _draw_bar, _activation_ends),
        _output_item(outputs),
        LegendItem(ring, True, _draw_ring, lambda _: (MINUS, "+"), "+", bar=GLYPH),
    ]
    groups = setup.network.groups
    if any(group.activation == "step" for group in groups):
        items.append(LegendItem("θ: threshold", False, _draw_nothing))
    if any(is_dashed(setup.network, c) for c in range(len(setup.network.connections))):
        items.append(LegendItem("not trained", False, _draw_dashes))
    return tuple(items)


def _output_item(outputs: OutputTones) -> LegendItem:
    """The scale of the outputs and their targets, as in the Output view."""
    scale = outputs.common
    if scale is None:
        words = "output: lowest target orange, highest blue"
        return LegendItem(words, False, _draw_nothing)
    ends = scale.tick_text(scale.low), scale.tick_text(scale.high)

    def draw(painter: QPainter, box: Box, scales: LegendScales) -> None:
        _draw_output_bar(painter, box, scales, scale)

    return LegendItem("output", True, draw, lambda limits: ends, ends[1], low=ends[0])


def _all_positive(setup: PreparedExperiment) -> bool:
    """Whether no input or hidden unit can be negative; inputs are judged by a sample."""
    train = setup.patterns.train
    computed = (ACTIVATIONS[g.activation] for g in setup.network.groups if g.role == "hidden")
    if any(activation.low < 0.0 for activation in computed):
        return False
    return float(train.inputs[sampled_rows(train)].min(initial=0.0)) >= 0.0


def legend_rows(
    items: tuple[LegendItem, ...], width: float, letters: Lettering
) -> list[list[LegendItem]]:
    """The entries in rows that are no wider than the diagram."""
    rows: list[list[LegendItem]] = [[]]
    used = 0.0
    for item in items:
        needed = item.width(letters)
        if rows[-1] and used + BETWEEN + needed > width:
            rows.append([])
            used = 0.0
        used += needed + (BETWEEN if rows[-1] else 0.0)
        rows[-1].append(item)
    return rows


def legend_height(items: tuple[LegendItem, ...], width: float, letters: Lettering) -> float:
    """The height of the legend in a diagram of this width."""
    n = len(legend_rows(items, width, letters))
    return n * letters.line + (n - 1) * SPACE / 2


def paint_legend(
    painter: QPainter,
    box: Box,
    items: tuple[LegendItem, ...],
    letters: Lettering,
    scales: LegendScales,
) -> None:
    """Draw the legend from the left, row by row."""
    painter.setFont(letters.font)
    y = box.top + letters.line / 2
    for row in legend_rows(items, box.width, letters):
        x = box.left
        for item in row:
            _paint_item(painter, item, x, y, letters, scales)
            x += item.width(letters) + BETWEEN
        y += letters.line + SPACE / 2


def _paint_item(
    painter: QPainter,
    item: LegendItem,
    x: float,
    y: float,
    letters: Lettering,
    scales: LegendScales,
) -> None:
    painter.setPen(scales.theme.colour("muted"))
    letters.write(painter, x, y, item.words)
    x += letters.width(item.words) + SPACE
    if not item.has_numbers:
        item.draw(painter, Box(x, y - GLYPH / 2, GLYPH, GLYPH), scales)
        return
    low, high = item.ends(scales.limits)
    if item.of_overlay and not scales.known:
        low = high = "–"
    room = letters.width(item.low or item.widest)
    letters.write(painter, x + room, y, low, align=1.0)
    letters.write(painter, x + room + SPACE + item.bar, y, high)
    item.draw(painter, Box(x + room + SPACE / 2, y - 4.0, item.bar, 8.0), scales)


# -- numbers -------------------------------------------------------------------------------


def _line_ends(limits: Limits) -> tuple[str, str]:
    return ends(limits.weight)


def _activation_ends(limits: Limits) -> tuple[str, str]:
    return ends(limits.common)


def _positive_ends(limits: Limits) -> tuple[str, str]:
    return "0", ends(limits.common)[1]


# -- drawings ------------------------------------------------------------------------------


def _gradient(box: Box, theme: Theme, strengths: Callable[[float], float]) -> QLinearGradient:
    """A gradient from full negative to full positive, left to right."""
    gradient = QLinearGradient(QPointF(box.left, 0), QPointF(box.right, 0))
    for share in np.linspace(-1.0, 1.0, 17):
        strong = strengths(abs(share)) * np.sign(share)
        gradient.setColorAt((share + 1) / 2, shades(theme)[round(127.5 + 127.5 * strong)])
    return gradient


def _draw_wedge(painter: QPainter, box: Box, scales: LegendScales) -> None:
    middle, centre = box.top + box.height / 2, box.left + box.width / 2
    thick, thin = scales.stroke.width(1.0) / 2, scales.stroke.width(0.0) / 2
    corners = [
        (box.left, middle - thick),
        (centre, middle - thin),
        (box.right, middle - thick),
        (box.right, middle + thick),
        (centre, middle + thin),
        (box.left, middle + thick),
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_gradient(box, scales.theme, scales.stroke.strength))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _draw_bar(painter: QPainter, box: Box, scales: LegendScales) -> None:
    painter.setPen(QPen(scales.theme.colour("border"), 1.0))
    painter.setBrush(_gradient(box, scales.theme, lambda s: s))
    painter.drawRoundedRect(QRectF(*box), 3.0, 3.0)


def _draw_half_bar(painter: QPainter, box: Box, scales: LegendScales) -> None:
    """The positive half of the scale."""
    gradient = QLinearGradient(QPointF(box.left, 0), QPointF(box.right, 0))
    for share in np.linspace(0.0, 1.0, 9).tolist():
        gradient.setColorAt(share, shades(scales.theme)[round(127.5 + 127.5 * share)])
    painter.setPen(QPen(scales.theme.colour("border"), 1.0))
    painter.setBrush(gradient)
    painter.drawRoundedRect(QRectF(*box), 3.0, 3.0)


def _draw_output_bar(painter: QPainter, box: Box, scales: LegendScales, scale: ColourScale) -> None:
    gradient = QLinearGradient(QPointF(box.left, 0), QPointF(box.right, 0))
    for share in np.linspace(0.0, 1.0, 17).tolist():
        value = scale.low + share * (scale.high - scale.low)
        gradient.setColorAt(share, shades(scales.theme)[scale.code(value)])
    painter.setPen(QPen(scales.theme.colour("border"), 1.0))
    painter.setBrush(gradient)
    painter.drawRoundedRect(QRectF(*box), 3.0, 3.0)


def _draw_ring(painter: QPainter, box: Box, scales: LegendScales) -> None:
    """A bias is an arc around its unit: to the left where it is negative, else to the right."""
    centre = QPointF(box.left + box.width / 2, box.top + box.height / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(scales.theme.colour("unit_outline"), 1.0))
    painter.drawEllipse(centre, 4.5, 4.5)
    ring = QRectF(centre.x() - 7.5, centre.y() - 7.5, 15.0, 15.0)
    for role, sign in (("positive", -1), ("negative", 1)):
        painter.setPen(_round_pen(scales.theme.colour(role), 2.0))
        painter.drawArc(ring, (90 + sign * 20) * 16, sign * 110 * 16)


def _draw_dashes(painter: QPainter, box: Box, scales: LegendScales) -> None:
    pen = QPen(scales.theme.colour("text"), 2.0, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3.5, 2.0])
    painter.setPen(pen)
    y = box.top + box.height / 2
    painter.drawLine(QPointF(box.left, y), QPointF(box.right, y))


def _draw_nothing(painter: QPainter, box: Box, scales: LegendScales) -> None:
    """Draw nothing: the words are enough."""


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
