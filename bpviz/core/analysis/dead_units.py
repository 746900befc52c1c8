"""Dead units: ReLU units that answer 0 to every training pattern, and so can learn no more.

Where a ReLU unit's net input is below 0 its derivative is 0: if that is so for all patterns,
no error reaches its weights, and plain descent leaves them as they are for ever.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpviz.core.model.network import Network
from bpviz.core.values import Matrix

DYING = ("relu",)
"""Activations with an end at which they are flat, and 0."""


def dead_units(network: Network, activations: tuple[Matrix, ...]) -> dict[int, NDArray[np.bool_]]:
    """Which units are dead, (units,) for every hidden group that can have such.

    ``activations`` are those of every group, (P, units), for the patterns that decide it;
    without any the answer is empty.
    """
    if not activations:
        return {}
    return {
        g: np.asarray((activations[g] == 0.0).all(axis=0))
        for g in network.hidden
        if network.groups[g].activation in DYING
    }


@dataclass(frozen=True, slots=True, eq=False)
class DeadUnits:
    """Which units are dead, by how many of how many training patterns."""

    units: dict[int, NDArray[np.bool_]]
    judged: int
    patterns: int

    @property
    def words(self) -> str:
        """As ``dead_words``, with the patterns if not all were asked."""
        words = dead_words(self.units)
        if not words or self.judged == self.patterns:
            return words
        return f"{words} by {self.judged:,} of {self.patterns:,} patterns"


def find_dead_units(
    network: Network,
    activations: tuple[Matrix, ...],
    n_patterns: int,
    others: Callable[[], Iterator[tuple[Matrix, ...]]] | None = None,
) -> DeadUnits:
    """Which units are dead, by the activations of some patterns, and then by those of all.

    ``others`` gives the activations of all patterns, piece by piece; it is asked only for units
    that are dead by the first ones, and as long as there are such.
    """
    dead = dead_units(network, activations)
    judged = len(activations[0]) if activations else 0
    if others is not None and judged < n_patterns:
        pieces = others()
        while any(units.any() for units in dead.values()):
            acts = next(pieces, None)
            if acts is None:
                break
            for g, units in dead.items():
                units &= (acts[g] == 0.0).all(axis=0)
        judged = n_patterns
    return DeadUnits(dead, judged, n_patterns)


def dead_words(dead: dict[int, NDArray[np.bool_]]) -> str:
    """'2 of 3 ReLU units are dead'; '' if none is."""
    found = sum(int(units.sum()) for units in dead.values())
    if not found:
        return ""
    every = sum(len(units) for units in dead.values())
    return f"{found:,} of {every:,} ReLU units {'is' if found == 1 else 'are'} dead"
