"""The lines of the weights in the diagram, as arrays.

Lines between neighbouring columns are straight. A line that passes a column (a shortcut) is a
smooth curve through the gaps between that column's units.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.ui.views.network.edges import Strand
from bpviz.ui.views.network.layout import NetworkLayout, count_weights

CLEAR = 8.0  # px between a curve and a unit that it passes
APART = 6.0  # px between two curves in one gap
SAMPLES = 8  # points on each piece of a curve
DASHED = 200  # dashes are slow, and many of them look like solid lines


@dataclass(frozen=True, eq=False)
class Routes:
    """The lines of a strand: ``points`` (E, K, 2), in the order of the strand's weights.

    ``dashed``: the weights are fixed and few, see ``is_dashed``.

    K is 2 for straight lines. Curves have K = 1 + pieces * SAMPLES points, and ``handles``
    (E, pieces, 4, 2) with the control points of their cubic Bezier pieces.
    """

    strand: Strand
    dashed: bool
    points: Matrix
    handles: Matrix | None = None

    @cached_property
    def length(self) -> float:
        """The total length of the lines, px."""
        return float(np.linalg.norm(np.diff(self.points, axis=1), axis=2).sum())


def route(
    network: Network, layout: NetworkLayout, strands: tuple[Strand, ...]
) -> tuple[Routes, ...]:
    """The lines of the weights in these strands."""
    ends = [_ends(network, layout, strand) for strand in strands]
    passed = [_passed(network, layout, strand) for strand in strands]
    ways: dict[int, list[Vector]] = {}
    for column in sorted({column for columns in passed for column in columns}):
        through = [s for s, columns in enumerate(passed) if column in columns]
        middle = sum(_crossings(layout, column)) / 2
        straight = [_height_at(ends[s], middle) for s in through]
        heights = _pass(layout, column, np.concatenate(straight))
        parts = np.split(heights, np.cumsum([len(part) for part in straight])[:-1])
        for s, part in zip(through, parts, strict=True):
            ways.setdefault(s, []).extend(
                np.stack([np.full(len(part), x), part], axis=1) for x in _crossings(layout, column)
            )
    routes = []
    for s, strand in enumerate(strands):
        line = Routes(strand, is_dashed(network, strand.connection), ends[s])
        if s in ways and len(ends[s]):
            stops = np.stack([ends[s][:, 0], *ways[s], ends[s][:, 1]], axis=1)
            handles = smooth(stops)
            line = replace(line, points=sample(handles), handles=handles)
        routes.append(line)
    return tuple(routes)


def is_dashed(network: Network, connection: int) -> bool:
    """Whether the lines of a connection are dashed: its weights are fixed, and few enough."""
    link = network.connections[connection]
    return link.fixed and count_weights(network, (link,)) <= DASHED


def _ends(network: Network, layout: NetworkLayout, strand: Strand) -> Matrix:
    link = network.connections[strand.connection]
    start = layout.blocks[link.source].ports("out")[strand.source]
    end = layout.blocks[link.target].ports("in")[strand.target]
    return np.stack([start, end], axis=1)


def _passed(network: Network, layout: NetworkLayout, strand: Strand) -> range:
    """The columns that a strand passes."""
    link = network.connections[strand.connection]
    return range(layout.columns[link.source] + 1, layout.columns[link.target])


def _height_at(ends: Matrix, x: float) -> Vector:
    """The (E,) heights of straight lines (E, 2, 2) at x."""
    share = (x - ends[:, 0, 0]) / (ends[:, 1, 0] - ends[:, 0, 0])
    return np.asarray(ends[:, 0, 1] + share * (ends[:, 1, 1] - ends[:, 0, 1]))


def _crossings(layout: NetworkLayout, column: int) -> tuple[float, float]:
    """The interval of x in which a curve must keep its height in a column."""
    blocks = [b for b in layout.blocks if layout.columns[b.group] == column]
    left, right = min(b.box.left for b in blocks), max(b.box.right for b in blocks)
    # The outer parts of circles are low: beside them a curve may rise and fall.
    rounded = (right - left) / 3 if all(b.kind == "units" for b in blocks) else 0.0
    return left + rounded, right - rounded


def _pass(layout: NetworkLayout, column: int, wanted: Vector) -> Vector:
    """The heights at which lines pass a column: near the wanted ones, clear of its units."""
    gaps = gaps_of(layout, column)
    low, high = gaps[:, 0] + CLEAR, gaps[:, 1] - CLEAR
    tight = low > high
    low[tight] = high[tight] = gaps[tight].mean(axis=1)
    detour = np.maximum(low - wanted[:, None], wanted[:, None] - high)
    choice = np.maximum(detour, 0.0).argmin(axis=1)
    heights = np.empty_like(wanted)
    for gap in np.unique(choice):
        own = choice == gap
        heights[own] = spread(wanted[own], float(low[gap]), float(high[gap]), APART)
    return heights


def gaps_of(layout: NetworkLayout, column: int) -> Matrix:
    """(gaps, 2): the intervals of the stage that a column leaves free, from top to bottom."""
    taken: list[tuple[float, float]] = []
    for block in layout.blocks:
        if layout.columns[block.group] != column:
            continue
        if block.kind == "units":
            above, below = block.reach(layout.line)
            taken.extend((y - above, y + below) for y in block.y)
        else:
            taken.append((block.box.top, block.box.bottom))
        taken.append((block.caption.top, block.caption.bottom))
    free, at = [], layout.stage.top
    for low, high in sorted(taken):
        if low > at + 1.0:
            free.append((at, low))
        at = max(at, high)
    free.append((at, max(layout.stage.bottom, at + 1.0)))
    return np.array(free)


def spread(wanted: Vector, low: float, high: float, apart: float) -> Vector:
    """Heights near the wanted ones, in their order, within low..high and ``apart`` apart.

    If they do not fit, they are evenly spaced over low..high.
    """
    n = len(wanted)
    order: Integers = np.argsort(wanted, kind="stable")
    heights = np.empty(n)
    if (n - 1) * apart > high - low:
        heights[order] = np.linspace(low, high, n) if n > 1 else (low + high) / 2
        return heights
    steps = np.arange(n) * apart
    # Minus the steps of an even row, the heights must not decrease.
    level = np.maximum.accumulate(np.clip(wanted[order], low, high) - steps)
    heights[order] = np.minimum(level, high - (n - 1) * apart) + steps
    return heights


def smooth(stops: Matrix) -> Matrix:
    """Bezier handles (E, K - 1, 4, 2) of curves through stops (E, K, 2), x growing.

    The slopes are those of Fritsch & Carlson (1980, "Monotone piecewise cubic interpolation")
    with the harmonic mean: between two stops, a curve stays between their heights.
    """
    x, y = stops[..., 0], stops[..., 1]
    dx = np.diff(x, axis=1)
    secant = np.diff(y, axis=1) / dx
    before, after = secant[:, :-1], secant[:, 1:]
    product = before * after
    inner = np.where(product > 0.0, 2.0 * product / np.where(product > 0, before + after, 1.0), 0.0)
    slope = np.concatenate([secant[:, :1], inner, secant[:, -1:]], axis=1)
    third = dx / 3.0
    first = np.stack([x[:, :-1] + third, y[:, :-1] + slope[:, :-1] * third], axis=-1)
    second = np.stack([x[:, 1:] - third, y[:, 1:] - slope[:, 1:] * third], axis=-1)
    return np.stack([stops[:, :-1], first, second, stops[:, 1:]], axis=2)


def sample(handles: Matrix) -> Matrix:
    """Points (E, 1 + pieces * SAMPLES, 2) on curves with handles (E, pieces, 4, 2)."""
    t = np.linspace(0.0, 1.0, SAMPLES + 1)[1:]
    powers = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    points = np.einsum("epcd,ct->eptd", handles, powers).reshape(len(handles), -1, 2)
    return np.concatenate([handles[:, :1, 0], points], axis=1)


def distances(points: Matrix, x: float, y: float) -> Vector:
    """(E,) distances of a point from lines (E, K, 2)."""
    start, step = points[:, :-1], np.diff(points, axis=1)
    away = np.array([x, y]) - start
    square = np.maximum((step**2).sum(axis=2), 1e-9)
    share = np.clip((away * step).sum(axis=2) / square, 0.0, 1.0)
    return np.asarray(np.linalg.norm(away - share[..., None] * step, axis=2).min(axis=1))
