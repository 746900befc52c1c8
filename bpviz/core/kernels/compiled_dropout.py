"""Updates and epochs with dropout as machine code.

A function of its own, which is compiled when a network with dropout first needs it: other
networks take neither longer to train nor longer to be compiled (see compiled).
"""

import math
from typing import Any

import numpy as np

from bpviz.core.kernels.compiled import MEASURE, apply_update, constrain
from bpviz.core.kernels.dropout_passes import Dropout, backward, draw_factors, forward
from bpviz.core.kernels.machine_code import kept, part
from bpviz.core.kernels.plan import LANES, TILE, KernelPlan, Scratch
from bpviz.core.kernels.tile_passes import add_neg_gradient, measure, output_deltas, take
from bpviz.core.kernels.tile_passes import forward as forward_whole
from bpviz.core.values import Integers, Matrix, Vector


@part
def _descend(
    plan: KernelPlan, scratch: Scratch, dropout: Dropout, w: Vector, neg_gradient: Vector,
    patterns: tuple[Matrix, Matrix], order: Integers, first: int, last: int, position: int,
) -> None:  # fmt: skip
    """Add the patterns order[first:last] to neg_gradient.

    ``position``: that of the first of them in its update.
    """
    output = plan.groups[len(plan.groups) - 1]
    n_inputs: Any = np.int64(plan.kind[0])
    for start in range(first, last, TILE):
        stop = min(start + TILE, last)
        blocks = (stop - start + LANES - 1) // LANES
        take(scratch.flat_act, n_inputs, patterns[0], order, start, stop)
        take(scratch.target, len(scratch.target), patterns[1], order, start, stop)
        draw_factors(plan.groups, dropout, position + start - first, stop - start)
        forward(plan, scratch, dropout, w, blocks)
        output_deltas(
            output, plan.kind[1], plan.kind[2], scratch.flat_act, scratch.flat_delta,
            scratch.target, stop - start, blocks * LANES,
        )  # fmt: skip
        backward(plan, scratch, dropout, w, blocks)
        add_neg_gradient(
            plan.groups, plan.links, neg_gradient, scratch.act, scratch.delta, scratch.lanes, blocks
        )


@part
def _measure(
    plan: KernelPlan, scratch: Scratch, w: Vector, tolerance: float,
    patterns: tuple[Matrix, Matrix], order: Integers, rows: int,
) -> None:  # fmt: skip
    """Add so many patterns to the tally, without dropout."""
    output, keeps = plan.groups[len(plan.groups) - 1], plan.kind[3] > 0
    n_inputs: Any = np.int64(plan.kind[0])
    for start in range(0, rows, TILE):
        stop = min(start + TILE, rows)
        blocks = (stop - start + LANES - 1) // LANES
        take(scratch.flat_act, n_inputs, patterns[0], order, start, stop)
        take(scratch.target, len(scratch.target), patterns[1], order, start, stop)
        forward_whole(
            plan.groups, plan.links, plan.incoming, w, scratch.flat_act, scratch.act, blocks,
            scratch.basis, keeps,
        )  # fmt: skip
        measure(
            output, plan.kind[1], keeps, tolerance, scratch.flat_act, scratch.basis,
            scratch.target, stop - start, scratch.tally,
        )  # fmt: skip


@kept
def epochs_with_dropout(
    plan: KernelPlan, scratch: Scratch, settings: Vector, state: Matrix, neg_gradient: Vector,
    tolerance: float, train: tuple[Matrix, Matrix], test: tuple[Matrix, Matrix],
    every: Integers, orders: Integers, batch: int, count: int, halt: Integers, records: Matrix,
    piece: int, dropout: Dropout, position: int,
) -> int:  # fmt: skip
    """Train as many epochs as ``records`` has rows; see compiled.epochs.

    ``position`` is that of the first pattern of a piece in its update.
    """
    w, tally = state[0], scratch.tally
    n, n_test = len(train[0]), len(test[0])
    if piece == MEASURE:
        _measure(plan, scratch, w, tolerance, train, every, len(every))
        return 0
    if piece:
        _descend(plan, scratch, dropout, w, neg_gradient, train, every, 0, len(every), position)
        return 0
    for epoch in range(len(records)):
        order = orders[epoch] if len(orders) else every
        dropout.key[2] = 0
        for first in range(0, n, batch):
            last = min(first + batch, n)
            neg_gradient[:] = 0.0
            _descend(plan, scratch, dropout, w, neg_gradient, train, order, first, last, 0)
            constrain(neg_gradient, plan.trainable, plan.tied, plan.tie_class, plan.tie_sums)
            count += 1
            apply_update(settings, plan.decays, state, neg_gradient, last - first, count)
            dropout.key[2] += 1
        dropout.key[1] += 1
        tally[:] = 0.0
        _measure(plan, scratch, w, tolerance, train, every, n)
        size = 0.0
        for k in range(len(w)):
            size += w[k] * w[k]
        if not (math.isfinite(tally[0]) and math.isfinite(size)):
            return -1 - epoch
        records[epoch, 0], records[epoch, 1] = tally[0], tally[1] / n
        if n_test:
            tally[:] = 0.0
            _measure(plan, scratch, w, tolerance, test, every, n_test)
            records[epoch, 2], records[epoch, 3] = tally[0], tally[1] / n_test
        if halt[0]:
            return epoch + 1
    return len(records)
