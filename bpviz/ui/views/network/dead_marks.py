"""The marks of units that say nothing: a cross over them."""

import math

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPen

from bpviz.core.values import Integers
from bpviz.ui.views.network.brushes import Brushes
from bpviz.ui.views.network.layout import GroupBlock, NetworkLayout
from bpviz.ui.views.network.pattern_pass import PatternPass


def paint_dead(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Cross every drawn unit that is 0 for all training patterns, and, at a pattern of an update,
    those that dropout silences for it, muted."""
    for group, dead in pattern_pass.dead.units.items():
        _cross(brushes, layout.blocks[group], np.flatnonzero(dead), "error")
    if pattern_pass.cursor is not None:
        for group, silent in pattern_pass.cursor.silent.items():
            _cross(brushes, layout.blocks[group], np.flatnonzero(silent), "muted")


def _cross(brushes: Brushes, block: GroupBlock, units: Integers, role: str) -> None:
    if block.kind != "units":
        return
    painter = brushes.painter
    painter.setPen(QPen(brushes.theme.colour(role), 1.6))
    outer = block.radius * math.sqrt(0.5)
    # A number inside stays readable.
    inner = outer * 0.55 if block.radius >= 12.0 else 0.0
    for unit in units[units < block.shown]:
        x, y = float(block.x[unit]), float(block.y[unit])
        for sx, sy in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            line = QLineF(x + sx * inner, y + sy * inner, x + sx * outer, y + sy * outer)
            painter.drawLine(line)
