"""Places for cards in the diagram that do not cover what they are about."""

import numpy as np

from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.views.network.layout import RING, Box, NetworkLayout
from bpviz.ui.views.network.routes import Routes

STEP = 10.0
"""Distance of the small boxes along a line, px."""


def kept_clear(
    layout: NetworkLayout, target: UnitRef | WeightRef, ends: tuple[UnitRef, ...], lines: Routes
) -> Matrix:
    """(n, 4) left, top, right, bottom: the units, and the line of a weight with its number."""
    boxes = [_unit_box(layout, unit) for unit in ends]
    if isinstance(target, WeightRef) and len(lines.points):
        points = lines.points[0]
        away = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
        at = np.arange(0.0, float(away[-1]), STEP)
        x, y = (np.interp(at, away, points[:, axis]) for axis in (0, 1))
        half = layout.line / 2
        boxes += np.stack([x - half, y - half, x + half, y + half], axis=1).tolist()
    return np.array(boxes).reshape(-1, 4)


def _unit_box(layout: NetworkLayout, unit: UnitRef) -> tuple[float, float, float, float]:
    block = layout.blocks[unit.group]
    if unit.unit >= block.shown:
        return 0.0, 0.0, 0.0, 0.0
    x, y = float(block.x[unit.unit]), float(block.y[unit.unit])
    reach = 0.7 * (block.radius + RING)  # the square inside the circle
    return x - reach, y - reach, x + reach, y + reach


def clear_place(width: float, height: float, pointed: Box, area: Box, keep: Matrix) -> Box:
    """Where a card of this size covers as little as possible of ``keep`` (n, 4), inside the area.

    At the corners of ``pointed``; if it covers something there, in the corners of the area.
    """
    left, right = pointed.left - SPACE - width, pointed.right + SPACE
    top, bottom = pointed.top - SPACE - height, pointed.bottom + SPACE
    low_x, low_y = area.left + SPACE, area.top + SPACE
    high_x = max(area.right - SPACE - width, low_x)
    high_y = max(area.bottom - SPACE - height, low_y)
    corners = [(right, bottom), (left, bottom), (right, top), (left, top)]
    corners += [(low_x, high_y), (high_x, high_y), (high_x, low_y), (low_x, low_y)]
    boxes = [
        Box(min(max(x, low_x), high_x), min(max(y, low_y), high_y), width, height)
        for x, y in corners
    ]
    return min(boxes, key=lambda box: covered(box, keep))


def covered(box: Box, keep: Matrix) -> float:
    """The area, px², that a box covers of these boxes (n, 4)."""
    wide = np.minimum(keep[:, 2], box.right) - np.maximum(keep[:, 0], box.left)
    high = np.minimum(keep[:, 3], box.bottom) - np.maximum(keep[:, 1], box.top)
    return float((np.maximum(wide, 0.0) * np.maximum(high, 0.0)).sum())
