"""How many pixels of the device a painter has, also where a widget has no size yet."""

import math

from PySide6.QtGui import QPainter


def device_ratio(painter: QPainter) -> float:
    """Device pixels per px of what is painted, enlargement included; 1 where it has no extent."""
    ratio = abs(painter.deviceTransform().m11())
    return ratio if ratio > 0.0 and math.isfinite(ratio) else 1.0


def pixel_ratio(painter: QPainter) -> float:
    """Device pixels per px of the scene; 1 in a plot that has no width yet."""
    world = painter.worldTransform().m11()
    ratio = abs(painter.deviceTransform().m11() / world) if world else 1.0
    return ratio if ratio > 0.0 and math.isfinite(ratio) else 1.0
