"""Both passes and the optimizers as machine code: everything that Numba compiles.

The patterns of an update go through the network in tiles, eight of them side by side in the
lanes of a vector register. The last lanes may stand empty: they repeat the last pattern, with
deltas of 0. Every sum is taken in an order that only the patterns of its update decide, so how
a run is cut into calls leaves no trace in the numbers.

There is one function for all networks, which walks a Plan; it is compiled once and then kept on
disk. Numba's cache notices a change only in the file of that function, so all of it is here.
"""

import atexit
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from bpviz.core.kernels.plan import LANES, TILE, KernelPlan, Places, Scratch
from bpviz.core.learning.optimizers import EPSILON as OPTIMIZER_EPSILON
from bpviz.core.values import Integers, Matrix, Vector

_njit: Any = numba.njit

# SLP vectorization turns eight sums side by side into one vector; Numba disables it by default.
_config: Any = numba.config
_config.SLP_VECTORIZE = 1

Tile = Any  # (units, TILE) or (units, BLOCKS, LANES): two views of the same numbers
F = TypeVar("F", bound=Callable[..., Any])

LOGISTIC, TANH, RELU, LINEAR, STEP, SOFTMAX = range(6)
SQUARED, BINARY, CATEGORICAL = range(3)
DESCENT, MOMENTUM, RMSPROP, ADAM = range(4)
UPDATE, TRAIN, TEST, PIECE = range(4)

EPSILON = OPTIMIZER_EPSILON
SMALLEST = 1e-300
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52: what is added to it is rounded to a whole number


# Passing an array changes its reference count, atomically; in an epoch of a small network that
# took longer than the arithmetic. The code here allocates no arrays, so it is compiled without
# Numba's run time (nrt), which counts references.


def part(function: F) -> F:
    """Compile a part of ``epochs``."""
    return cast(F, _njit(nogil=True, error_model="numpy", _nrt=False)(function))


def pasted(function: F) -> F:
    """Compile an expression inline, so that loops over it can be vectorized."""
    return cast(F, _njit(nogil=True, error_model="numpy", _nrt=False, inline="always")(function))


def kept(function: F) -> F:
    """Compile a function and cache it on disk, in a temporary folder if no other is writable."""
    compiler = _njit(nogil=True, error_model="numpy", _nrt=False, cache=True)
    try:
        return cast(F, compiler(function))
    except RuntimeError:  # Numba found no folder that can be written to
        if "NUMBA_CACHE_DIR" not in os.environ:
            folder = tempfile.mkdtemp(prefix="bpviz-compiled-")
            os.environ["NUMBA_CACHE_DIR"] = _config.CACHE_DIR = folder
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return cast(F, compiler(function))


# -- activations ---------------------------------------------------------------------------


@pasted
def _halved(x: float) -> tuple[float, float]:
    """2^k, and e^r - 1 to the last bit or two, where x = k ln 2 + r and |r| <= ln 2 / 2."""
    t = x * LOG2_E + TO_WHOLE  # k stands in the lowest bits of t
    k = t - TO_WHOLE
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    power = np.int64((np.float64(t).view(np.int64) + 1023) << 52).view(np.float64)
    r2 = r * r
    r4 = r2 * r2
    # The series' terms from r^2 on, added up as a tree: in a chain each would wait for the last.
    a = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120))
    b = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40320 + r * (1 / 362880))
    c = (1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800))
    return power, r + r2 * (a + r4 * (b + r4 * c))


@pasted
def _exp(x: float) -> float:
    """e^x without a branch, between the smallest and the largest normal number; nan stays."""
    x = 709.0 if x > 709.0 else x
    x = -708.0 if x < -708.0 else x
    power, p = _halved(x)
    return power + power * p


@pasted
def _tanh(x: float) -> float:
    y = -2.0 * abs(x)
    y = -708.0 if y < -708.0 else y
    power, p = _halved(y)
    e = power * p + (power - 1.0)  # e^y - 1, exact also near 0
    return math.copysign(e / (2.0 + e), x)


@part
def _activate(  # noqa: C901 - a branch an activation
    code: int, act: Tile, first: int, size: int, n: int
) -> None:
    """Turn the net inputs in ``act`` into activations."""
    for u in range(first, first + size):
        if code == LOGISTIC:
            for k in range(n):
                act[u, k] = 1.0 / (1.0 + _exp(-act[u, k]))
        elif code == TANH:
            for k in range(n):
                act[u, k] = _tanh(act[u, k])
        elif code == RELU:
            for k in range(n):
                act[u, k] = 0.0 if act[u, k] <= 0.0 else act[u, k]  # nan stays nan
        elif code == STEP:
            for k in range(n):
                act[u, k] = 1.0 if act[u, k] > 0.0 else 0.0
    if code == SOFTMAX:
        for k in range(n):
            largest = act[first, k]
            for u in range(first, first + size):
                largest = max(largest, act[u, k])
            total = 0.0
            for u in range(first, first + size):
                act[u, k] = _exp(act[u, k] - largest)
                total += act[u, k]
            for u in range(first, first + size):
                act[u, k] /= total


@part
def _times_slope(  # noqa: C901 - a branch an activation
    code: int, act: Tile, delta: Tile, first: int, size: int, n: int
) -> None:
    """Turn the errors in ``delta`` into deltas."""
    for u in range(first, first + size):
        if code == LOGISTIC:
            for k in range(n):
                delta[u, k] *= (1.0 - act[u, k]) * act[u, k]
        elif code == TANH:
            for k in range(n):
                delta[u, k] *= 1.0 - act[u, k] * act[u, k]
        elif code == RELU:
            for k in range(n):
                delta[u, k] *= 1.0 if act[u, k] > 0.0 else 0.0
        elif code == STEP:
            for k in range(n):
                delta[u, k] *= 0.0
    if code == SOFTMAX:
        for k in range(n):
            shared = 0.0
            for u in range(first, first + size):
                shared += delta[u, k] * act[u, k]
            for u in range(first, first + size):
                delta[u, k] = (delta[u, k] - shared) * act[u, k]


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
    group: Places, canonical: int, act: Tile, delta: Tile, target: Tile, rows: int, n: int
) -> None:
    code, size, first = group[0], group[1], group[2]
    for j in range(size):
        for k in range(n):
            delta[first + j, k] = target[j, k] - act[first + j, k]
    if not canonical:
        _times_slope(code, act, delta, first, size, n)
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
        code, size, first = groups[g, 0], groups[g, 1], groups[g, 2]
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
        _times_slope(code, act, flat, first, size, blocks * LANES)


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
            if loss == SQUARED:
                error += (t - o) * (t - o)
            else:
                error -= t * math.log(max(o, SMALLEST))
                if loss == BINARY:
                    error -= (1.0 - t) * math.log(max(1.0 - o, SMALLEST))
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
        code, size, first, bias = groups[g, 0], groups[g, 1], groups[g, 2], groups[g, 3]
        for j in range(size):
            net[0, j] = w[bias + j]
        for c in range(incoming[g], incoming[g + 1]):
            at = np.uint64(links[c, 4])
            for i in range(links[c, 0], links[c, 0] + links[c, 1]):
                source = act[i, 0]
                for j in range(size):
                    net[0, j] += w[at + j] * source
                at += np.uint64(size)
        if code != SOFTMAX:  # the units side by side, in whole vectors
            _activate(code, net, 0, 1, (size + LANES - 1) // LANES * LANES)
        for j in range(size):
            act[first + j, 0] = net[0, j]
        if code == SOFTMAX:
            _activate(code, act, first, size, 1)


@part
def _backward_alone(
    groups: Places, links: Places, outgoing: Places, outgoing_from: Places, w: Vector,
    act: Matrix, delta: Matrix,
) -> None:  # fmt: skip
    for back in range(2, len(groups) + 1):
        g = len(groups) - back
        code, size, first = groups[g, 0], groups[g, 1], groups[g, 2]
        for i in range(size):
            err = 0.0
            for o in range(outgoing_from[g], outgoing_from[g + 1]):
                c = outgoing[o]
                goal, n = links[c, 2], links[c, 3]
                at = np.uint64(links[c, 4] + i * n)
                for j in range(n):
                    err += w[at + j] * delta[goal + j, 0]
            delta[first + i, 0] = err
        _times_slope(code, act, delta, first, size, 1)


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
def _apply(  # noqa: C901 - a branch an optimizer
    settings: Vector, decays: Any, state: Matrix, neg_gradient: Vector, rows: int, count: int
) -> None:
    """Turn neg_gradient into a change: operation by operation what optimizers.py does."""
    optimizer, rate, momentum = settings[0], settings[2], settings[3]
    beta1, beta2, rho = settings[4], settings[5], settings[6]
    decay_l1, decay_l2 = settings[7], settings[8]
    if settings[1]:
        for k in range(len(neg_gradient)):
            neg_gradient[k] /= rows
    if decay_l1 or decay_l2:
        for k in range(len(neg_gradient)):
            if decays[k]:
                w = state[0, k]
                neg_gradient[k] -= decay_l2 * w + decay_l1 * np.sign(w)
    if optimizer == DESCENT:
        for k in range(len(neg_gradient)):
            state[1, k] = neg_gradient[k] * rate
    elif optimizer == MOMENTUM:
        for k in range(len(neg_gradient)):
            state[2, k] = state[2, k] * momentum + neg_gradient[k] * rate
            state[1, k] = state[2, k]
    elif optimizer == RMSPROP:
        for k in range(len(neg_gradient)):
            g = neg_gradient[k]
            state[2, k] = state[2, k] * rho + (g * g) * (1.0 - rho)
            state[1, k] = g / (math.sqrt(state[2, k]) + EPSILON) * rate
    else:
        grown_rate = rate / (1.0 - beta1 ** float(count))
        grown = 1.0 / (1.0 - beta2 ** float(count))
        for k in range(len(neg_gradient)):
            g = neg_gradient[k]
            state[3, k] = state[3, k] * beta2 + (g * g) * (1.0 - beta2)
            state[2, k] = state[2, k] * beta1 + g * (1.0 - beta1)
            state[1, k] = state[2, k] / (math.sqrt(state[3, k] * grown) + EPSILON) * grown_rate
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
    output, n_inputs, loss = plan.groups[len(plan.groups) - 1], plan.kind[0], plan.kind[1]
    if last - first == 1 and gradient and not judge:
        flat, flat_delta = scratch.one_act, scratch.one_delta
        _take(flat, n_inputs, inputs, order, first, last)
        _take(target, len(target), targets, order, first, last)
        _forward_alone(plan.groups, plan.links, plan.incoming, w, flat, scratch.one_net)
        _output_deltas(output, plan.kind[2], flat, flat_delta, target, 1, 1)
        _backward_alone(
            plan.groups, plan.links, plan.outgoing, plan.outgoing_from, w, flat, flat_delta
        )
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
                output, plan.kind[2], flat, flat_delta, target, stop - start, blocks * LANES
            )
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
    stage, first, last, epoch = UPDATE, 0, 0, 0
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
