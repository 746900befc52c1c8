"""Dropout: in an update, hidden units are silent for some of the patterns, drawn at random.

Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, *Dropout: a simple way to prevent
neural networks from overfitting*, in the "inverted" form: the units that stay pass on their
activation divided by the share that stays, so nothing changes where no unit is dropped. Errors are
measured without dropout.

What is dropped follows from the seed, the epoch and the update alone, so a repetition drops the
same, and so does a look at the next update that changes nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.values import Matrix

Factors = Mapping[int, Matrix]
"""Group -> the factor (P, units) of each activation: 0 where a unit is silent."""

NO_DROPOUT: Factors = MappingProxyType({})

STREAM = 2  # 0 and 1 belong to weights and to masks of connections


def dropped_groups(network: Network) -> tuple[int, ...]:
    """The indices of the groups with dropout."""
    return tuple(g for g, group in enumerate(network.groups) if group.dropout > 0.0)


class DropoutFactors:
    """Draws the factors of one update, pattern after pattern."""

    def __init__(self, network: Network, seed: int, epoch: int, update: int) -> None:
        """``epoch`` and ``update`` are those that are completed before it."""
        self.key = seed, epoch, update
        self._groups = [(g, network.groups[g]) for g in dropped_groups(network)]
        self._units = sum(group.size for _, group in self._groups)
        bits = np.random.Philox(key=[seed, STREAM], counter=[0, 0, update, epoch])
        self._rng = np.random.Generator(bits)

    def next(self, patterns: int) -> Factors:
        """The factors for so many patterns, which follow those of the last call."""
        if not self._groups:
            return NO_DROPOUT
        drawn = self._rng.random((patterns, self._units))
        factors, at = {}, 0
        for g, group in self._groups:
            stays = drawn[:, at : at + group.size] >= group.dropout
            factors[g] = stays / (1.0 - group.dropout)
            at += group.size
        return factors


def some_rows(factors: Factors, rows: slice) -> Factors:
    """The factors of some of the patterns."""
    return {g: values[rows] for g, values in factors.items()}
