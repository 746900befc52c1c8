"""Updates and epochs as machine code: everything that Numba compiles comes together here.

The patterns of an update go through the network in tiles (see tile_passes), and a pattern that
comes alone by a way of its own (see pattern_passes). The order of every sum depends only on the
patterns of its update, so the numbers do not depend on how a run is cut into calls.

One function serves all networks: it walks a KernelPlan. It is compiled once and kept on disk. What
differs between activations, errors and optimizers comes from their rows (see row_code).
"""

import math
from typing import Any

import numpy as np

from bpviz.core.kernels.compiled_rows import numbers_of, step
from bpviz.core.kernels.machine_code import kept, part, pasted
from bpviz.core.kernels.pattern_passes import add_neg_gradient as add_neg_gradient_alone
from bpviz.core.kernels.pattern_passes import backward as backward_alone
from bpviz.core.kernels.pattern_passes import forward as forward_alone
from bpviz.core.kernels.pattern_passes import output_deltas as output_deltas_alone
from bpviz.core.kernels.plan import LANES, TILE, KernelPlan, Places, Scratch
from bpviz.core.kernels.tile_passes import (
    add_neg_gradient,
    backward,
    forward,
    measure,
    output_deltas,
    take,
)
from bpviz.core.values import Integers, Matrix, Vector

UPDATE, TRAIN, TEST, PIECE = range(4)

MEASURE, GRADIENT = 1, 2

# -- updates -------------------------------------------------------------------------------


@part
def constrain(
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
def apply_update(
    settings: Vector, decays: Any, state: Matrix, neg_gradient: Vector, rows: int, count: int
) -> None:
    """Turn neg_gradient into a change, and add it to the parameters."""
    numbers = numbers_of(settings)
    decay_l1, decay_l2 = numbers.decay_l1, numbers.decay_l2
    if settings[1]:
        for k in range(len(neg_gradient)):
            neg_gradient[k] /= rows
    if decay_l1 or decay_l2:
        for k in range(len(neg_gradient)):
            if decays[k]:
                w = state[0, k]
                neg_gradient[k] -= decay_l2 * w + decay_l1 * np.sign(w)
    step(settings[0], numbers, neg_gradient, state, count)
    if numbers.decay_share:
        for k in range(len(neg_gradient)):
            if decays[k]:
                state[1, k] -= numbers.decay_share * state[0, k]
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
        take(flat, n_inputs, inputs, order, first, last)
        take(target, len(target), targets, order, first, last)
        forward_alone(plan.groups, plan.links, plan.incoming, w, flat, scratch.one_net)
        row_act, row_delta = scratch.row_act, scratch.row_delta
        output_deltas_alone(
            output, loss, plan.kind[2], flat, flat_delta, row_act, row_delta, target
        )
        backward_alone(
            plan.groups, plan.links, plan.outgoing, plan.outgoing_from, w, flat, flat_delta,
            row_act, row_delta,
        )  # fmt: skip
        add_neg_gradient_alone(plan.groups, plan.links, neg_gradient, flat, flat_delta)
        return
    for start in range(first, last, TILE):
        stop = min(start + TILE, last)
        blocks = (stop - start + LANES - 1) // LANES
        if not held:
            take(flat, n_inputs, inputs, order, start, stop)
            take(target, len(target), targets, order, start, stop)
        keeps = judge and plan.kind[3] > 0
        forward(plan.groups, plan.links, plan.incoming, w, flat, act, blocks, scratch.basis, keeps)
        if judge:
            measure(
                output, loss, keeps, tolerance, flat, scratch.basis, target, stop - start,
                scratch.tally,
            )  # fmt: skip
        if gradient:
            output_deltas(
                output, loss, plan.kind[2], flat, flat_delta, target, stop - start,
                blocks * LANES,
            )  # fmt: skip
            backward(
                plan.groups, plan.links, plan.outgoing, plan.outgoing_from, w,
                flat, flat_delta, delta, blocks,
            )  # fmt: skip
            add_neg_gradient(
                plan.groups, plan.links, neg_gradient, act, delta, scratch.lanes, blocks
            )


# -- what is called from Python ------------------------------------------------------------


@kept
def epochs(  # noqa: C901 - one loop with four stages, so that the passes are compiled in once
    plan: KernelPlan, scratch: Scratch, settings: Vector, state: Matrix, neg_gradient: Vector,
    tolerance: float, train: tuple[Matrix, Matrix], test: tuple[Matrix, Matrix],
    every: Integers, orders: Integers, batch: int, count: int, ready: bool, halt: Integers,
    records: Matrix, piece: int,
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
    piece      MEASURE: train nothing, but add the patterns ``every`` to the scratch's tally;
               GRADIENT: to neg_gradient as well; 0 otherwise.

    If numbers stop being finite the result is -1 minus the number of epochs before that.
    """
    w, tally = state[0], scratch.tally
    n, n_test = len(train[0]), len(test[0])
    whole = len(orders) == 0
    stage, epoch = PIECE if piece else UPDATE, 0
    first: Any = np.int64(0)
    last: Any = np.int64(0)
    held = False
    while epoch < len(records):
        if stage == UPDATE:
            last = min(first + batch, n)
        else:
            last = n if stage == TRAIN else n_test if stage == TEST else len(every)
        gradient = stage == UPDATE or (stage == TRAIN and whole) or piece == GRADIENT
        if not (stage == UPDATE and whole and ready):
            if not piece:
                tally[0] = tally[1] = 0.0
            if gradient and not piece:
                for k in range(len(neg_gradient)):
                    neg_gradient[k] = 0.0
            inputs, targets = test if stage == TEST else train
            order = every if whole or stage != UPDATE else orders[epoch]
            _pass(
                plan, scratch, w, neg_gradient, tolerance, inputs, targets, order, first, last,
                gradient, stage != UPDATE, held,
            )  # fmt: skip
            if piece:
                return 0
            if gradient:
                held = whole and 1 < n <= TILE and n_test == 0
                constrain(neg_gradient, plan.trainable, plan.tied, plan.tie_class, plan.tie_sums)
        if stage == UPDATE:
            count += 1
            apply_update(settings, plan.decays, state, neg_gradient, last - first, count)
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
