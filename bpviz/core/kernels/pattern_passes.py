"""The passes of a single pattern, which would leave seven of a tile's eight lanes empty.

Every sum is that of a tile, in the same order, so the numbers are the same to the bit.
"""

from typing import Any

import numpy as np

from bpviz.core.kernels.compiled_rows import activate, deviation, times_slope, times_slope_row
from bpviz.core.kernels.machine_code import part
from bpviz.core.kernels.plan import LANES, Places
from bpviz.core.values import Matrix, Vector

# A function is compiled once for each type, so these have the types of places and of counts.
PLACE_0: Any = np.uint32(0)
PLACE_1: Any = np.uint32(1)
COUNT_1: Any = np.int64(1)


@part
def forward(
    groups: Places, links: Places, incoming: Places, w: Vector, act: Matrix, net: Matrix
) -> None:
    """Write the activations of all groups into ``act``, which holds those of the inputs."""
    for g in range(len(groups)):
        row, size, first, bias = groups[g, 0], groups[g, 1], groups[g, 2], groups[g, 3]
        of_units = groups[g, 4]
        for j in range(size):
            net[0, j] = w[bias + j]
        for c in range(incoming[g], incoming[g + 1]):
            at = np.uint64(links[c, 4])
            for i in range(links[c, 0], links[c, 0] + links[c, 1]):
                source = act[i, 0]
                for j in range(size):
                    net[0, j] += w[at + j] * source
                at += np.uint64(size)
        if of_units:  # the units side by side, in whole vectors
            activate(row, net, PLACE_0, PLACE_1, (size + LANES - 1) // LANES * LANES)
        for j in range(size):
            act[first + j, 0] = net[0, j]
        if not of_units:
            activate(row, act, first, size, COUNT_1)


@part
def _to_deltas(
    group: Places, act: Matrix, delta: Matrix, row_act: Matrix, row_delta: Matrix
) -> None:
    row, size, first = group[0], group[1], group[2]
    if group[4]:  # the units side by side
        last = np.int64(first) + size
        times_slope_row(row, row_act, row_delta, np.int64(first), last)
    else:
        times_slope(row, act, delta, first, size, COUNT_1)


@part
def output_deltas(
    group: Places, loss: int, canonical: int, act: Matrix, delta: Matrix, row_act: Matrix,
    row_delta: Matrix, target: Matrix,
) -> None:  # fmt: skip
    """Write the deltas of the output's units."""
    size, first = group[1], group[2]
    if canonical:
        for j in range(size):
            delta[first + j, 0] = target[j, 0] - act[first + j, 0]
    else:
        deviation(loss, target, act, delta, first, size, COUNT_1)
        _to_deltas(group, act, delta, row_act, row_delta)


@part
def backward(
    groups: Places, links: Places, outgoing: Places, outgoing_from: Places, w: Vector,
    act: Matrix, delta: Matrix, row_act: Matrix, row_delta: Matrix,
) -> None:  # fmt: skip
    """Write the hidden units' deltas, from those of the output."""
    for back in range(2, len(groups) + 1):
        g = len(groups) - back
        size, first = groups[g, 1], groups[g, 2]
        for i in range(size):
            err = 0.0
            for o in range(outgoing_from[g], outgoing_from[g + 1]):
                c = outgoing[o]
                goal, n = links[c, 2], links[c, 3]
                at = np.uint64(links[c, 4] + i * n)
                for j in range(n):
                    err += w[at + j] * delta[goal + j, 0]
            delta[first + i, 0] = err
        _to_deltas(groups[g], act, delta, row_act, row_delta)


@part
def add_neg_gradient(
    groups: Places, links: Places, neg_gradient: Vector, act: Matrix, delta: Matrix
) -> None:
    """Add the products of activations and deltas to ``neg_gradient``."""
    for g in range(len(groups)):
        first, bias = groups[g, 2], groups[g, 3]
        for j in range(groups[g, 1]):
            neg_gradient[bias + j] += delta[first + j, 0]
    for c in range(len(links)):
        goal, n, at = links[c, 2], links[c, 3], np.uint64(links[c, 4])
        for i in range(links[c, 0], links[c, 0] + links[c, 1]):
            source = act[i, 0]
            for j in range(n):
                neg_gradient[at + j] += source * delta[goal + j, 0]
            at += np.uint64(n)
