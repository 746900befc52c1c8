"""The mark of a clamped unit: a padlock, with the value beside it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from bpviz.core.text.number_words import plain
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.network.brushes import Brushes
from bpviz.ui.views.network.layout import RING, GroupBlock, NetworkLayout
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.views.network.units import mark_unit

LOCK_WIDTH, LOCK_HEIGHT = 9.0, 11.0
PAD = 4.0


def paint_clamps(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Mark every drawn unit that is clamped."""
    for ref, value in pattern_pass.clamps.items():
        block = layout.blocks[ref.group]
        if ref.unit < block.shown:
            _paint_outline(brushes, block, ref.unit)
            _paint_badge(brushes, block, ref.unit, plain(value), layout)


def _paint_outline(brushes: Brushes, block: GroupBlock, unit: int) -> None:
    """Draw the outline of the unit bold; another one around it would cover its name."""
    painter = brushes.painter
    painter.setPen(QPen(brushes.theme.colour("accent"), 2.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if block.kind == "units":
        at = QPointF(float(block.x[unit]), float(block.y[unit]))
        painter.drawEllipse(at, block.radius, block.radius)
    else:
        mark_unit(painter, block, unit)


def _paint_badge(
    brushes: Brushes, block: GroupBlock, unit: int, text: str, layout: NetworkLayout
) -> None:
    """Draw the padlock and the value at the upper right of the unit, inside the picture."""
    painter, theme, letters, *_ = brushes
    size = letters.line - 1.0
    width = LOCK_WIDTH + 2.5 * PAD + letters.width(text)
    reach = 0.7 * (block.radius + RING)
    left = min(float(block.x[unit]) + reach, layout.width - width - 2.0)
    top = max(float(block.y[unit]) - reach - size, 2.0)
    painter.setPen(QPen(theme.colour("accent"), 1.0))
    painter.setBrush(theme.colour("raised"))
    painter.drawRoundedRect(QRectF(left, top, width, size), size / 2, size / 2)
    _paint_lock(painter, theme, left + 1.2 * PAD, top + (size - LOCK_HEIGHT) / 2)
    painter.setPen(theme.colour("text"))
    letters.write(painter, left + LOCK_WIDTH + 1.8 * PAD, top + size / 2, text)


def _paint_lock(painter: QPainter, theme: Theme, left: float, top: float) -> None:
    body = QRectF(left, top + 4.5, LOCK_WIDTH, LOCK_HEIGHT - 4.5)
    painter.setPen(QPen(theme.colour("accent"), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(left + 1.8, top + 0.5, LOCK_WIDTH - 3.6, 9.0), 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    painter.drawRoundedRect(body, 1.5, 1.5)
