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
    layout: NetworkLayout,
    routes: tuple[Routes, ...],
    width: float,
    height: float,
    beside: float = 0.0,
) -> NumberPlaces:
    """Places for the numbers of all weights that overlap no unit, number or other line.

    ``width`` and ``height`` are those of a number. The numbers of a connection form a column;
    a connection without room for its column has no numbers. Where there is room, texts as wide as
    ``beside`` at the right of hidden units stay free.
    """
    if sum(len(strand.points) for strand in routes) > NUMBERED:
        return ()
    drawn = [strand for strand in routes if len(strand.points)]  # a mask may leave no weight
    if any(np.ptp(strand.points[:, :, 0]) < LONG_ENOUGH * width for strand in drawn):
        return ()
    half = np.array([width, height]) / 2
    taken, texts = _around_units(layout), beside_units(layout, beside)
    places: list[tuple[int, int, float, float]] = []
    for s, strand in enumerate(routes):
        choices = [(kept, share) for kept in (texts, texts[:0]) for share in _SHARES]
        for kept, share in choices if len(strand.points) else ():
            centres = _along(strand.points, share)
            boxes = np.concatenate([centres - half, centres + half], axis=1)
            free = _free(boxes, np.concatenate([taken, kept]))
            if free and _on_one_line(centres, routes, height):
                taken = np.concatenate([taken, boxes])
                places += ((s, e, float(x), float(y)) for e, (x, y) in enumerate(centres))
                break
    return tuple(places)


def beside_units(layout: NetworkLayout, width: float) -> Matrix:
    """(n, 4): left, top, right, bottom of texts at the right of hidden units."""
    hidden = [block for block in layout.blocks[1:-1] if width and block.has_room_beside]
    boxes = [block.beside(width, layout.line) for block in hidden]
    return np.concatenate([np.empty((0, 4)), *boxes])


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


def is_covered(texts: Matrix, x: float, y: float, width: float, height: float) -> bool:
    """Whether a number with this centre and size overlaps one of these boxes (n, 4)."""
    apart_x = (x + width / 2 <= texts[:, 0]) | (x - width / 2 >= texts[:, 2])
    apart_y = (y + height / 2 <= texts[:, 1]) | (y - height / 2 >= texts[:, 3])
    return not (apart_x | apart_y).all()


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
    return int((~apart).sum()) == len(boxes)  # each overlaps only its own box


def _on_one_line(centres: Matrix, routes: tuple[Routes, ...], height: float) -> bool:
    """Whether each number is on a single line."""
    return all(
        sum(int((distances(r.points, x, y) < height / 2).sum()) for r in routes) == 1
        for x, y in centres
    )
