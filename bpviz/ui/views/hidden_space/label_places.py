"""Places for the names of dots, where they cover neither each other nor other dots."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from bpviz.core.values import Matrix

AWAY = 12.0
"""Px between a dot and its name; the ring around a chosen dot has room there."""

DOT = 9.0


def near_groups(points: Matrix, distance: float) -> list[list[int]]:
    """The rows of points (n, 2); those nearer than ``distance`` to a first one share its group."""
    left, groups = list(range(len(points))), []
    while left:
        away = np.hypot(*(points[left] - points[left[0]]).T)
        groups.append([i for i, far in zip(left, away, strict=True) if far < distance])
        left = [i for i in left if i not in groups[-1]]
    return groups


def place_labels(
    points: Matrix, sizes: Sequence[tuple[float, float]], area: QRectF
) -> list[QRectF]:
    """A box of each size (width, height) beside, above or below its point (n, 2).

    It is inside ``area``, and over no other box and dot where that is possible.
    """
    taken = [QRectF(x - DOT, y - DOT, 2 * DOT, 2 * DOT) for x, y in points.tolist()]
    boxes: list[QRectF] = []
    for dot, (x, y), (width, height) in zip(taken, points.tolist(), sizes, strict=True):
        others = [each for each in (*taken, *boxes) if each is not dot]
        inside = [box for box in _around(x, y, width, height) if area.contains(box)]
        free = (box for box in inside if not any(map(box.intersects, others)))
        usual = QRectF(min(x + AWAY, area.right() - width), y - height / 2, width, height)
        boxes.append(next(free, inside[0] if inside else usual))
    return boxes


def _around(x: float, y: float, width: float, height: float) -> list[QRectF]:
    """Boxes right, left, above and below a point, and at its corners, the best first."""
    right, left, up, down = x + AWAY, x - AWAY - width, y - AWAY - height, y + AWAY
    beside, over = y - height / 2, x - width / 2
    corners = (
        (right, beside), (left, beside), (over, up), (over, down),
        (right, up), (right, down), (left, up), (left, down),
    )  # fmt: skip
    return [
        QRectF(QPointF(*corner), QPointF(corner[0] + width, corner[1] + height))
        for corner in corners
    ]
