"""Both passes and the optimizers as machine code: everything that Numba compiles.

The patterns of an update go through the network in tiles, eight of them side by side in the
lanes of a vector register. The last lanes may stand empty: they repeat the last pattern, with
deltas of 0. Every sum is taken in an order that only the patterns of its update decide, so how
a run is cut into calls leaves no trace in the numbers.

There is one function for all networks, which walks a Plan; it is compiled once and then kept on
disk. What differs between activations, errors and optimizers comes from their rows (see
row_code).
"""

import math
from typing import Any

import numpy as np

from bpviz.core.kernels.machine_code import kept, part, pasted
from bpviz.core.kernels.plan import LANES, TILE, KernelPlan, Places, Scratch
from bpviz.core.kernels.row_code import (
    KernelRows,
    activation_code,
    deltas_code,
    deviation_code,
    error_code,
    numbers_code,
    step_code,
)
from bpviz.core.values import Integers, Matrix, Vector

Tile = Any  # (units, TILE) or (units, BLOCKS, LANES): two views of the same numbers

UPDATE, TRAIN, TEST = range(3)

# A function is compiled once for each type, so these have the types of places and of counts.
PLACE_0: Any = np.uint32(0)
PLACE_1: Any = np.uint32(1)
COUNT_0: Any = np.int64(0)
COUNT_1: Any = np.int64(1)

ROWS = KernelRows.now()
"""The rows that were compiled; see numba_kernel for what happens when there are others."""

_activate, _times_slope = activation_code(ROWS), deltas_code(ROWS)
_add_error, _deviation = error_code(ROWS), deviation_code(ROWS)
_step, _numbers = step_code(ROWS), numbers_code()


# -- the passes of a tile ------------------------------------------------------------------
# The eight lanes are written out: in a loop over them the sums would not stay in a register.


@part
def _take(tile: Tile, columns: int, values: Matrix, order: Integers, first: int, last: int) -> None:
    """Fill the lanes with the rows order[first:last] of the values."""
    for k in range(last - first):
        row = order[first + k]
        for u in range(columns):
            tile[u, k] = values[row, u]


@part
def _forward(
    groups: Places, links: Places, incoming: Places, w: Vector, flat: Tile, act: Tile, blocks: int
) -> None:
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
        _activate(groups[g, 0], flat, first, size, blocks * LANES)


@part
def _output_deltas(
    group: Places, loss: int, canonical: int, act: Tile, delta: Tile, target: Tile, rows: int,
    n: int,
) -> None:  # fmt: skip
    row, size, first = group[0], group[1], group[2]
    if canonical:
        for j in range(size):
            for k in range(n):
                delta[first + j, k] = target[j, k] - act[first + j, k]
    else:
        _deviation(loss, target, act, delta, first, size, n)
        _times_slope(row, act, delta, first, size, COUNT_0, n)
    for j in range(size):
        for k in range(rows, n):
            delta[first + j, k] = 0.0


@part
def _backward(
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
        _times_slope(row, act, flat, first, size, COUNT_0, blocks * LANES)


@part
def _sum(tile: Tile, u: int, b: int) -> Any:
    return ((tile[u, b, 0] + tile[u, b, 4]) + (tile[u, b, 2] + tile[u, b, 6])) + (
        (tile[u, b, 1] + tile[u, b, 5]) + (tile[u, b, 3] + tile[u, b, 7])
    )


@part
def _add_neg_gradient(
    groups: Places, links: Places, neg_gradient: Vector, act: Tile, delta: Tile, lanes: Tile,
    blocks: int,
) -> None:  # fmt: skip
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
                neg_gradient[at] += _sum(lanes, 0, 0)
                at += np.uint64(1)


@part
def _judge(
    group: Places, loss: int, tolerance: float, act: Tile, target: Tile, rows: int, tally: Vector
) -> None:
    """Add E and the number of right answers; a tolerance below 0: the largest output counts."""
    size, first = group[1], group[2]
    error, right, none = 0.0, 0, np.uint64(0)
    most: Any
    best: Any
    for k in range(rows):
        within, most, best = True, none, none
        for j in range(size):
            t, o = target[j, k], act[first + j, k]
            error = _add_error(loss, error, t, o)
            within &= abs(t - o) < tolerance
            if o > act[first + most, k]:
                most = j
            if t > target[best, k]:
                best = j
        right += most == best if tolerance < 0.0 else within
    tally[0] += error
    tally[1] += right


# -- the passes of a single pattern --------------------------------------------------------
# A tile would leave seven of eight lanes empty. The sums are those of a tile, in the same order.


@part
def _forward_alone(
    groups: Places, links: Places, incoming: Places, w: Vector, act: Matrix, net: Matrix
) -> None:
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
            _activate(row, net, PLACE_0, PLACE_1, (size + LANES - 1) // LANES * LANES)
        for j in range(size):
            act[first + j, 0] = net[0, j]
        if not of_units:
            _activate(row, act, first, size, COUNT_1)


@part
def _times_slope_alone(
    group: Places, act: Matrix, delta: Matrix, row_act: Matrix, row_delta: Matrix
) -> None:
    row, size, first = group[0], group[1], group[2]
    if group[4]:  # the units side by side
        last = np.int64(first) + size
        _times_slope(row, row_act, row_delta, PLACE_0, PLACE_1, np.int64(first), last)
    else:
        _times_slope(row, act, delta, first, size, COUNT_0, COUNT_1)


@part
def _output_deltas_alone(
    group: Places, loss: int, canonical: int, act: Matrix, delta: Matrix, row_act: Matrix,
    row_delta: Matrix, target: Tile,
) -> None:  # fmt: skip
    size, first = group[1], group[2]
    if canonical:
        for j in range(size):
            delta[first + j, 0] = target[j, 0] - act[first + j, 0]
    else:
        _deviation(loss, target, act, delta, first, size, 1)
        _times_slope_alone(group, act, delta, row_act, row_delta)


@part
def _backward_alone(
    groups: Places, links: Places, outgoing: Places, outgoing_from: Places, w: Vector,
    act: Matrix, delta: Matrix, row_act: Matrix, row_delta: Matrix,
) -> None:  # fmt: skip
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
        _times_slope_alone(groups[g], act, delta, row_act, row_delta)


@part
def _add_neg_gradient_alone(
    groups: Places, links: Places, neg_gradient: Vector, act: Matrix, delta: Matrix
) -> None:
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


# -- updates -------------------------------------------------------------------------------


@part
def _constrain(
    neg_gradient: Vector, trainable: Vector, tied: Places, tie_class: Places, sums: Vector
) -> None:
    """Leave absent and fixed weights at 0, and give tied ones their sum."""
    for k in range(len(trainable)):
        neg_gradient[k] *= trainable[k]
    for k in range(len(sums)):
        sums[k] = 0.0
    for k in range(len(tied)):
        sums[tie_class[k]] += neg_gradient[tied[k]]
    for k in range(len(tied)):
        neg_gradient[tied[k]] = sums[tie_class[k]]


@part
def _apply(
    settings: Vector, decays: Any, state: Matrix, neg_gradient: Vector, rows: int, count: int
) -> None:
    """Turn neg_gradient into a change, and add it to the parameters."""
    numbers = _numbers(settings)
    decay_l1, decay_l2 = numbers.decay_l1, numbers.decay_l2
    if settings[1]:
        for k in range(len(neg_gradient)):
            neg_gradient[k] /= rows
    if decay_l1 or decay_l2:
        for k in range(len(neg_gradient)):
            if decays[k]:
                w = state[0, k]
                neg_gradient[k] -= decay_l2 * w + decay_l1 * np.sign(w)
    _step(settings[0], numbers, neg_gradient, state, count)
    for k in range(len(neg_gradient)):
        state[0, k] += state[1, k]


@pasted
def _pass(
    plan: KernelPlan, scratch: Scratch, w: Vector, neg_gradient: Vector, tolerance: float,
    inputs: Matrix, targets: Matrix, order: Integers, first: int, last: int,
    gradient: bool, judge: bool, held: bool,
) -> None:  # fmt: skip
    """Take the patterns order[first:last] through the network, tile by tile.

    held: the only tile holds them already.
    """
    act, delta, target = scratch.act, scratch.delta, scratch.target
    flat, flat_delta = scratch.flat_act, scratch.flat_delta
    output, loss = plan.groups[len(plan.groups) - 1], plan.kind[1]
    n_inputs: Any = np.int64(plan.kind[0])
    if last - first == 1 and gradient and not judge:
        flat, flat_delta = scratch.one_act, scratch.one_delta
        _take(flat, n_inputs, inputs, order, first, last)
        _take(target, len(target), targets, order, first, last)
        _forward_alone(plan.groups, plan.links, plan.incoming, w, flat, scratch.one_net)
        row_act, row_delta = scratch.row_act, scratch.row_delta
        _output_deltas_alone(
            output, loss, plan.kind[2], flat, flat_delta, row_act, row_delta, target
        )
        _backward_alone(
            plan.groups, plan.links, plan.outgoing, plan.outgoing_from, w, flat, flat_delta,
            row_act, row_delta,
        )  # fmt: skip
        _add_neg_gradient_alone(plan.groups, plan.links, neg_gradient, flat, flat_delta)
        return
    for start in range(first, last, TILE):
        stop = min(start + TILE, last)
        blocks = (stop - start + LANES - 1) // LANES
        if not held:
            _take(flat, n_inputs, inputs, order, start, stop)
            _take(target, len(target), targets, order, start, stop)
        _forward(plan.groups, plan.links, plan.incoming, w, flat, act, blocks)
        if judge:
            _judge(output, loss, tolerance, flat, target, stop - start, scratch.tally)
        if gradient:
            _output_deltas(
                output, loss, plan.kind[2], flat, flat_delta, target, stop - start,
                blocks * LANES,
            )  # fmt: skip
            _backward(
                plan.groups, plan.links, plan.outgoing, plan.outgoing_from, w,
                flat, flat_delta, delta, blocks,
            )  # fmt: skip
            _add_neg_gradient(
                plan.groups, plan.links, neg_gradient, act, delta, scratch.lanes, blocks
            )


# -- what is called from Python ------------------------------------------------------------


@kept
def piece(
    plan: KernelPlan, scratch: Scratch, state: Matrix, neg_gradient: Vector, tolerance: float,
    patterns: tuple[Matrix, Matrix], order: Integers, first: int, last: int, gradient: bool,
) -> None:  # fmt: skip
    """Add the patterns order[first:last] to the scratch's tally and, if asked, to neg_gradient."""
    _pass(
        plan, scratch, state[0], neg_gradient, tolerance,
        patterns[0], patterns[1], order, first, last, gradient, True,
        False,
    )  # fmt: skip


@kept
def epochs(  # noqa: C901 - one loop with three stages, so that the passes are compiled in once
    plan: KernelPlan, scratch: Scratch, settings: Vector, state: Matrix, neg_gradient: Vector,
    tolerance: float, train: tuple[Matrix, Matrix], test: tuple[Matrix, Matrix],
    every: Integers, orders: Integers, batch: int, count: int, ready: bool, halt: Integers,
    records: Matrix,
) -> int:  # fmt: skip
    """Train as many epochs as ``records`` has rows; how many of them were trained.

    settings   see plan.settings_of.
    state      (4, N) parameters, last change, and what the optimizer remembers.
    tolerance  an answer this close is right; below 0: the largest output must be the right one.
    test       without patterns if there is no test set.
    every      0, 1, 2, ... for as many patterns as the larger set has.
    orders     (epochs, P) the order of the patterns; without rows if an update takes them all.
    count      updates so far.
    ready      whether neg_gradient belongs to these parameters, where an update takes all patterns.
    halt       (1,) a nonzero number, set by any thread, ends the call after this epoch.
    records    (epochs, 4) train error, train right, test error, test right; see EpochRecord.

    If numbers stop being finite the result is -1 minus the number of epochs before that.
    """
    w, tally = state[0], scratch.tally
    n, n_test = len(train[0]), len(test[0])
    whole = len(orders) == 0
    stage, epoch = UPDATE, 0
    first: Any = np.int64(0)
    last: Any = np.int64(0)
    held = False
    while epoch < len(records):
        last = min(first + batch, n) if stage == UPDATE else n if stage == TRAIN else n_test
        gradient = stage == UPDATE or (stage == TRAIN and whole)
        if not (stage == UPDATE and whole and ready):
            tally[0] = tally[1] = 0.0
            if gradient:
                for k in range(len(neg_gradient)):
                    neg_gradient[k] = 0.0
            inputs, targets = test if stage == TEST else train
            order = every if whole or stage != UPDATE else orders[epoch]
            _pass(
                plan, scratch, w, neg_gradient, tolerance, inputs, targets, order, first, last,
                gradient, stage != UPDATE, held,
            )  # fmt: skip
            if gradient:
                held = whole and 1 < n <= TILE and n_test == 0
                _constrain(neg_gradient, plan.trainable, plan.tied, plan.tie_class, plan.tie_sums)
        if stage == UPDATE:
            count += 1
            _apply(settings, plan.decays, state, neg_gradient, last - first, count)
            first = last if last < n else 0
            stage = UPDATE if last < n else TRAIN
            continue
        if stage == TRAIN:
            ready = whole
            size = 0.0
            for k in range(len(w)):
                size += w[k] * w[k]
            if not (math.isfinite(tally[0]) and math.isfinite(size)):
                return -1 - epoch
            records[epoch, 0], records[epoch, 1] = tally[0], tally[1] / n
            if n_test:
                stage = TEST
                continue
        else:
            records[epoch, 2], records[epoch, 3] = tally[0], tally[1] / n_test
        stage = UPDATE
        epoch += 1
        if halt[0]:
            break
    return epoch
