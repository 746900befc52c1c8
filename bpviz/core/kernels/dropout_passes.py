"""The passes of a tile with dropout, and the draws of its factors.

The draws are those of NumPy's Generator over Philox, number for number (see
bpviz.core.learning.dropout): they depend on the seed, the epoch, the update and the position of
the pattern alone, so nothing is stored and it makes no difference where a call begins.

J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw 2011, *Parallel random numbers: as easy as
1, 2, 3*: Philox4x64 with ten rounds.
"""

from typing import Any, NamedTuple

import numpy as np

from bpviz.core.kernels import tile_passes
from bpviz.core.kernels.machine_code import part, pasted
from bpviz.core.kernels.plan import KernelPlan, Scratch
from bpviz.core.kernels.tile_passes import Tile
from bpviz.core.learning.dropout import STREAM
from bpviz.core.values import Matrix, Vector

ROUNDS, WORDS = 10, 4

M0, M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
W0, W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
KEY1, ONE, UNUSED_BITS = np.uint64(STREAM), np.uint64(1), np.uint64(11)
UNIT = 1.0 / (1 << 53)


class Dropout(NamedTuple):
    """What a network with dropout needs besides its plan, for one call.

    shares    (G,) the share of the patterns for which a group's units are silent.
    units     number of units of the groups with dropout.
    key       (3,) seed, completed epochs, and completed updates of the epoch under way.
    words     (4,) the last block of random words.
    factors   (units of all groups, TILE) of the activations.
    raw       (units of all groups, TILE) the activations before dropout.
    """

    shares: Vector
    units: int
    key: Any
    words: Any
    factors: Matrix
    raw: Matrix


@pasted
def _high(a: Any, b: Any) -> Any:
    """The upper 64 bits of the product of two numbers of 64 bits."""
    a0, a1, b0, b1 = a & LOW, a >> HALF, b & LOW, b >> HALF
    middle = a1 * b0 + (a0 * b0 >> HALF)
    return a1 * b1 + (middle >> HALF) + ((a0 * b1 + (middle & LOW)) >> HALF)


@part
def _draw_words(words: Any, block: Any, update: Any, epoch: Any, seed: Any) -> None:
    """Write the four random words of a block, counted from 1."""
    c0, c1, c2, c3 = block, np.uint64(0), update, epoch
    k0, k1 = seed, KEY1
    for _ in range(ROUNDS):
        high0, low0, high1, low1 = _high(M0, c0), M0 * c0, _high(M1, c2), M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + W0, k1 + W1
    words[0], words[1], words[2], words[3] = c0, c1, c2, c3


@part
def draw_factors(groups: Any, dropout: Dropout, position: int, rows: int) -> None:
    """Write the factors of so many patterns, the first of which has this position in the update."""
    words, key = dropout.words, dropout.key
    at = np.uint64(position) * np.uint64(dropout.units)
    block: Any = np.uint64(0)  # none is drawn
    for k in range(rows):
        for g in range(len(groups)):
            share = dropout.shares[g]
            if share > 0.0:
                for u in range(groups[g, 2], groups[g, 2] + groups[g, 1]):
                    wanted = at // np.uint64(WORDS) + ONE
                    if wanted != block:
                        block = wanted
                        _draw_words(words, block, key[2], key[1], key[0])
                    drawn = (words[at % np.uint64(WORDS)] >> UNUSED_BITS) * UNIT
                    dropout.factors[u, k] = 1.0 / (1.0 - share) if drawn >= share else 0.0
                    at += ONE


@part
def forward(plan: KernelPlan, scratch: Scratch, dropout: Dropout, w: Vector, blocks: int) -> None:
    """Write what all groups pass on: their activations, in hidden groups times the factors."""
    for g in range(len(plan.groups)):
        tile_passes.forward(
            plan.groups[g : g + 1], plan.links, plan.incoming[g : g + 2], w, scratch.flat_act,
            scratch.act, blocks, scratch.basis, False,
        )  # fmt: skip
        if dropout.shares[g] > 0.0:
            _drop(plan.groups[g], scratch.flat_act, dropout.raw, dropout.factors)


@part
def _drop(group: Any, act: Tile, raw: Tile, factors: Matrix) -> None:
    for u in range(group[2], group[2] + group[1]):
        for k in range(factors.shape[1]):
            raw[u, k] = act[u, k]
            act[u, k] *= factors[u, k]


@part
def backward(plan: KernelPlan, scratch: Scratch, dropout: Dropout, w: Vector, blocks: int) -> None:
    """The deltas of the hidden units, from those of the output."""
    for back in range(2, len(plan.groups) + 1):
        g = len(plan.groups) - back
        drops = dropout.shares[g] > 0.0
        tile_passes.backward(
            plan.groups[g : g + 2], plan.links, plan.outgoing, plan.outgoing_from[g : g + 2], w,
            dropout.raw if drops else scratch.flat_act, scratch.flat_delta, scratch.delta, blocks,
        )  # fmt: skip
        if drops:
            _scale(plan.groups[g], scratch.flat_delta, dropout.factors)


@part
def _scale(group: Any, delta: Tile, factors: Matrix) -> None:
    for u in range(group[2], group[2] + group[1]):
        for k in range(factors.shape[1]):
            delta[u, k] *= factors[u, k]
