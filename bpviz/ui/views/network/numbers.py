"""Places for the weights of a small network as numbers on their lines, without painting."""

import numpy as np

from bpviz.core.values import Matrix
from bpviz.ui.views.network.layout import RING, NetworkLayout
from bpviz.ui.views.network.routes import Routes, distances

NumberPlaces = tuple[tuple[int, int, float, float], ...]
"""(strand, edge, x, y) of each number."""

NUMBERED = 18
"""The most weights that are written on their lines."""

LONG_ENOUGH = 3.5
"""The shortest line with a number on it, in widths of the number."""

_SHARES = (0.32, 0.28, 0.36, 0.24, 0.4, 0.44, 0.62, 0.66, 0.7, 0.58, 0.74, 0.5)


def number_places(
    layout: NetworkLayout, routes: tuple[Routes, ...], width: float, height: float
) -> NumberPlaces:
    """Places for the numbers of all weights that overlap no unit, number or other line.

    ``width`` and ``height`` are those of a number. The numbers of a connection form a column;
    a connection without room for its column has no numbers.
    """
    if sum(len(strand.points) for strand in routes) > NUMBERED:
        return ()
    drawn = [strand for strand in routes if len(strand.points)]  # a mask may leave no weight
    if any(np.ptp(strand.points[:, :, 0]) < LONG_ENOUGH * width for strand in drawn):
        return ()
    half = np.array([width, height]) / 2
    taken = _around_units(layout)
    places: list[tuple[int, int, float, float]] = []
    for s, strand in enumerate(routes):
        for share in _SHARES if len(strand.points) else ():
            centres = _along(strand.points, share)
            boxes = np.concatenate([centres - half, centres + half], axis=1)
            if _free(boxes, taken) and _on_one_line(centres, routes, height):
                taken = np.concatenate([taken, boxes])
                places += ((s, e, float(x), float(y)) for e, (x, y) in enumerate(centres))
                break
    return tuple(places)


def _around_units(layout: NetworkLayout) -> Matrix:
    """(n, 4): left, top, right, bottom of units, and of whole blocks of cells."""
    boxes = []
    for block in layout.blocks:
        if block.kind == "units":
            reach = block.radius + RING
            above, below = block.reach(layout.line)
            boxes += [(x - reach, y - above, x + reach, y + below)
                      for x, y in zip(block.x, block.y, strict=True)]  # fmt: skip
        else:
            boxes.append((block.box.left, block.box.top, block.box.right, block.box.bottom))
    return np.array(boxes)


def _along(points: Matrix, share: float) -> Matrix:
    """(E, 2): the points of lines (E, K, 2) at this fraction of the way from left to right."""
    x = points[:, 0, 0] + share * (points[:, -1, 0] - points[:, 0, 0])
    y = [np.interp(at, line[:, 0], line[:, 1]) for at, line in zip(x, points, strict=True)]
    return np.stack([x, np.array(y)], axis=1)


def _free(boxes: Matrix, taken: Matrix) -> bool:
    """Whether boxes (n, 4) overlap neither ``taken`` ones nor each other."""
    every = np.concatenate([taken, boxes])
    apart = (
        (boxes[:, None, 2] <= every[:, 0])
        | (boxes[:, None, 0] >= every[:, 2])
        | (boxes[:, None, 3] <= every[:, 1])
        | (boxes[:, None, 1] >= every[:, 3])
    )
    return int((~apart).sum()) == len(boxes)  # each overlaps itself


def _on_one_line(centres: Matrix, routes: tuple[Routes, ...], height: float) -> bool:
    """Whether each number is on a single line."""
    return all(
        sum(int((distances(r.points, x, y) < height / 2).sum()) for r in routes) == 1
        for x, y in centres
    )
