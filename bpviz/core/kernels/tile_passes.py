"""The passes of a tile: up to 32 patterns, eight of them side by side in a vector register.

Lanes without a pattern of their own repeat the last pattern, with deltas of 0. The eight lanes are
written out: in a loop over them the sums would not stay in a register.
"""

from typing import Any

import numpy as np

from bpviz.core.kernels.compiled_rows import activate, add_error, deviation, times_slope, to_basis
from bpviz.core.kernels.machine_code import part
from bpviz.core.kernels.plan import LANES, Places
from bpviz.core.values import Integers, Matrix, Vector

Tile = Any
"""(units, TILE) or (units, BLOCKS, LANES): two views of the same numbers."""

# A function is compiled once for each type, so these have the types of a unit and of a block.
UNIT_0: Any = np.uint64(0)
BLOCK_0: Any = np.int64(0)


@part
def take(tile: Tile, columns: int, values: Matrix, order: Integers, first: int, last: int) -> None:
    """Fill the lanes with the rows order[first:last] of the values."""
    for k in range(last - first):
        row = order[first + k]
        for u in range(columns):
            tile[u, k] = values[row, u]


@part
def forward(
    groups: Places, links: Places, incoming: Places, w: Vector, flat: Tile, act: Tile,
    blocks: int, nets: Matrix, keeps: bool,
) -> None:  # fmt: skip
    """Write the activations of all groups into ``act``, which holds those of the inputs.

    keeps: and the net inputs of the output into ``nets``.
    """
    for g in range(len(groups)):
        size, first, bias = groups[g, 1], groups[g, 2], groups[g, 3]
        for j in range(size):
            for b in range(blocks):
                n0 = n1 = n2 = n3 = n4 = n5 = n6 = n7 = w[bias + j]
                for c in range(incoming[g], incoming[g + 1]):
                    source, step = links[c, 0], links[c, 3]
                    at = np.uint64(links[c, 4] + j)
                    for i in range(source, source + links[c, 1]):
                        wij = w[at]
                        at += step
                        n0 += wij * act[i, b, 0]
                        n1 += wij * act[i, b, 1]
                        n2 += wij * act[i, b, 2]
                        n3 += wij * act[i, b, 3]
                        n4 += wij * act[i, b, 4]
                        n5 += wij * act[i, b, 5]
                        n6 += wij * act[i, b, 6]
                        n7 += wij * act[i, b, 7]
                u = first + j
                act[u, b, 0], act[u, b, 1], act[u, b, 2], act[u, b, 3] = n0, n1, n2, n3
                act[u, b, 4], act[u, b, 5], act[u, b, 6], act[u, b, 7] = n4, n5, n6, n7
        if keeps and g == len(groups) - 1:
            for j in range(size):
                for k in range(blocks * LANES):
                    nets[j, k] = flat[first + j, k]
        activate(groups[g, 0], flat, first, size, blocks * LANES)


@part
def output_deltas(
    group: Places, loss: int, canonical: int, act: Tile, delta: Tile, target: Tile, rows: int,
    n: int,
) -> None:  # fmt: skip
    """Write the deltas of the output's units, and 0 in the lanes from ``rows`` on."""
    row, size, first = group[0], group[1], group[2]
    if canonical:
        for j in range(size):
            for k in range(n):
                delta[first + j, k] = target[j, k] - act[first + j, k]
    else:
        deviation(loss, target, act, delta, first, size, n)
        times_slope(row, act, delta, first, size, n)
    for j in range(size):
        for k in range(rows, n):
            delta[first + j, k] = 0.0


@part
def backward(
    groups: Places, links: Places, outgoing: Places, outgoing_from: Places, w: Vector,
    act: Tile, flat: Tile, delta: Tile, blocks: int,
) -> None:  # fmt: skip
    """The deltas of the hidden units, from those of the output."""
    for back in range(2, len(groups) + 1):
        g = len(groups) - back
        row, size, first = groups[g, 0], groups[g, 1], groups[g, 2]
        for i in range(size):
            for b in range(blocks):
                e0 = e1 = e2 = e3 = e4 = e5 = e6 = e7 = 0.0
                for o in range(outgoing_from[g], outgoing_from[g + 1]):
                    c = outgoing[o]
                    goal, n = links[c, 2], links[c, 3]
                    at = np.uint64(links[c, 4] + i * n)
                    for j in range(goal, goal + n):
                        wij = w[at]
                        at += np.uint64(1)
                        e0 += wij * delta[j, b, 0]
                        e1 += wij * delta[j, b, 1]
                        e2 += wij * delta[j, b, 2]
                        e3 += wij * delta[j, b, 3]
                        e4 += wij * delta[j, b, 4]
                        e5 += wij * delta[j, b, 5]
                        e6 += wij * delta[j, b, 6]
                        e7 += wij * delta[j, b, 7]
                u = first + i
                delta[u, b, 0], delta[u, b, 1], delta[u, b, 2], delta[u, b, 3] = e0, e1, e2, e3
                delta[u, b, 4], delta[u, b, 5], delta[u, b, 6], delta[u, b, 7] = e4, e5, e6, e7
        times_slope(row, act, flat, first, size, blocks * LANES)


@part
def _sum(tile: Tile, u: int, b: int) -> Any:
    return ((tile[u, b, 0] + tile[u, b, 4]) + (tile[u, b, 2] + tile[u, b, 6])) + (
        (tile[u, b, 1] + tile[u, b, 5]) + (tile[u, b, 3] + tile[u, b, 7])
    )


@part
def add_neg_gradient(
    groups: Places, links: Places, neg_gradient: Vector, act: Tile, delta: Tile, lanes: Tile,
    blocks: int,
) -> None:  # fmt: skip
    """Add the sums over the patterns of activation times delta to ``neg_gradient``."""
    for g in range(len(groups)):
        first, bias = groups[g, 2], groups[g, 3]
        for j in range(groups[g, 1]):
            for b in range(blocks):
                neg_gradient[bias + j] += _sum(delta, first + j, b)
    for c in range(len(links)):
        source, goal, at = links[c, 0], links[c, 2], np.uint64(links[c, 4])
        for i in range(source, source + links[c, 1]):
            for j in range(goal, goal + links[c, 3]):
                s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
                for b in range(blocks):
                    s0 += act[i, b, 0] * delta[j, b, 0]
                    s1 += act[i, b, 1] * delta[j, b, 1]
                    s2 += act[i, b, 2] * delta[j, b, 2]
                    s3 += act[i, b, 3] * delta[j, b, 3]
                    s4 += act[i, b, 4] * delta[j, b, 4]
                    s5 += act[i, b, 5] * delta[j, b, 5]
                    s6 += act[i, b, 6] * delta[j, b, 6]
                    s7 += act[i, b, 7] * delta[j, b, 7]
                lanes[0, 0, 0], lanes[0, 0, 1], lanes[0, 0, 2], lanes[0, 0, 3] = s0, s1, s2, s3
                lanes[0, 0, 4], lanes[0, 0, 5], lanes[0, 0, 6], lanes[0, 0, 7] = s4, s5, s6, s7
                neg_gradient[at] += _sum(lanes, UNIT_0, BLOCK_0)
                at += np.uint64(1)


@part
def measure(
    group: Places, loss: int, of_nets: bool, tolerance: float, act: Tile, nets: Matrix,
    target: Tile, rows: int, tally: Vector,
) -> None:  # fmt: skip
    """Add E and the number of right answers; a tolerance below 0: the largest output counts.

    of_nets: E is computed from what the loss makes of the output's ``nets``.
    """
    size, first = group[1], group[2]
    error, right, none = 0.0, 0, np.uint64(0)
    most: Any
    best: Any
    for k in range(rows):
        within, most, best = True, none, none
        if of_nets:
            to_basis(loss, nets, size, k)
        for j in range(size):
            t, o = target[j, k], act[first + j, k]
            error = add_error(loss, error, t, nets[j, k] if of_nets else o)
            within &= abs(t - o) < tolerance
            if o > act[first + most, k]:
                most = j
            if t > target[best, k]:
                best = j
        right += most == best if tolerance < 0.0 else within
    tally[0] += error
    tally[1] += right
