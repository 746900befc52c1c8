"""Lesions: the error of a network some of whose hidden units answer 0 to every pattern.

A lesioned unit is one that is clamped at 0 (see core.model.clamps). What a network makes of lost
units shows how its code is spread: Hinton, McClelland & Rumelhart (1986), Distributed
representations, Parallel Distributed Processing, vol. 1, ch. 3, call it graceful degradation.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from bpviz.core.learning.backprop import answered
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.values import Integers, Matrix, Vector

MOST_COUNTS = 13
"""Most numbers of lesioned units that a curve has; of a larger group they are evenly spaced."""

PIECE = 2_000_000
"""Largest product of patterns and parameters in one uninterrupted piece of work (about 2 ms)."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesions:
    """What lesions of one group do to E of the training patterns.

    alone    (units,) E without each unit alone.
    counts   (K,) numbers of lesioned units, from 0 to all.
    errors   (K, draws) E without so many units, chosen at random.
    """

    alone: Vector
    counts: Integers
    errors: Matrix


def lesioned(clamps: Clamps, group: int, units: Sequence[int]) -> Clamps:
    """The clamps with these units of a group lesioned, too."""
    return {**clamps, **{UnitRef(group, unit): 0.0 for unit in units}}


def choose(size: int, count: int, draws: int, seed: int) -> list[list[int]]:
    """``draws`` random choices of ``count`` of a group's units; each the first of a permutation.

    The same seed permutes the same way, so that a larger lesion holds the smaller ones.
    """
    rng = np.random.default_rng(seed)
    return [sorted(rng.permutation(size)[:count].tolist()) for _ in range(draws)]


def lesions(
    network: Network, loss: Loss, parameters: Vector, patterns: Patterns, group: int,
    clamps: Clamps = NO_CLAMPS, *, draws: int = 20, seed: int = 0,
) -> Generator[None, None, Lesions]:  # fmt: skip
    """Lesion a hidden group; yields between one piece of work and the next."""

    def error(units: Sequence[int]) -> Generator[None, None, float]:
        rows = max(1, PIECE // max(1, network.n_parameters))
        held, total = lesioned(clamps, group, units), 0.0
        for at in range(0, len(patterns), rows):
            some = slice(at, at + rows)
            inputs, targets = patterns.inputs[some], patterns.targets[some]
            with np.errstate(all="ignore"):  # large weights may overflow
                total += float(answered(network, loss, parameters, inputs, targets, held)[1].sum())
            yield
        return total

    size = network.groups[group].size
    counts = np.unique(np.linspace(0, size, min(size + 1, MOST_COUNTS)).round().astype(np.int64))
    alone, errors = np.empty(size), np.empty((len(counts), draws))
    for unit in range(size):
        alone[unit] = yield from error([unit])
    for k, count in enumerate(counts.tolist()):
        chosen = choose(size, count, draws, seed)
        for d, units in enumerate(chosen):
            same = d > 0 and units == chosen[d - 1]  # none and all are the same in every draw
            errors[k, d] = errors[k, d - 1] if same else (yield from error(units))
    return Lesions(alone, counts, errors)
