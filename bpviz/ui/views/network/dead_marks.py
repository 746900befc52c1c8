"""The mark of a dead unit: a cross over it."""

import math

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPen

from bpviz.ui.views.network.brushes import Brushes
from bpviz.ui.views.network.layout import NetworkLayout
from bpviz.ui.views.network.pattern_pass import PatternPass


def paint_dead(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Cross every drawn unit that is 0 for all training patterns."""
    painter = brushes.painter
    painter.setPen(QPen(brushes.theme.colour("error"), 1.6))
    for group, dead in pattern_pass.dead.units.items():
        block = layout.blocks[group]
        if block.kind != "units":
            continue
        outer = block.radius * math.sqrt(0.5)
        # A number inside stays readable.
        inner = outer * 0.55 if block.radius >= 12.0 else 0.0
        for unit in np.flatnonzero(dead[: block.shown]):
            x, y = float(block.x[unit]), float(block.y[unit])
            for sx, sy in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                line = QLineF(x + sx * inner, y + sy * inner, x + sx * outer, y + sy * outer)
                painter.drawLine(line)
