"""Dead units: ReLU units whose activation is 0 for every training pattern.

Where the net input of a ReLU unit is below 0 its derivative is 0. If that holds for all patterns,
no error reaches its weights, and plain gradient descent does not change them any more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network
from bpviz.core.values import Matrix


def dead_units(network: Network, activations: tuple[Matrix, ...]) -> dict[int, NDArray[np.bool_]]:
    """Which units are dead, (units,) for every hidden group of such an activation.

    ``activations`` (P, units) are those of every group; without any the result is empty.
    """
    if not activations:
        return {}
    return {
        g: np.asarray((activations[g] == 0.0).all(axis=0))
        for g in network.hidden
        if ACTIVATIONS[network.groups[g].activation].can_die
    }


@dataclass(frozen=True, slots=True, eq=False)
class DeadUnits:
    """Which units are dead, according to the ``examined`` ones of all ``patterns``."""

    units: dict[int, NDArray[np.bool_]]
    examined: int
    patterns: int

    @property
    def words(self) -> str:
        """As ``dead_words``, with the number of patterns if not all were examined."""
        words = dead_words(self.units)
        if not words or self.examined == self.patterns:
            return words
        return f"{words} by {self.examined:,} of {self.patterns:,} patterns"


def find_dead_units(
    network: Network,
    activations: tuple[Matrix, ...],
    n_patterns: int,
    others: Callable[[], Iterator[tuple[Matrix, ...]]] | None = None,
) -> DeadUnits:
    """Which units are dead, from the activations of some patterns, and then from those of all.

    ``others`` yields the activations of all patterns in pieces; it is used only while units are
    dead according to the patterns so far.
    """
    dead = dead_units(network, activations)
    examined = len(activations[0]) if activations else 0
    if others is not None and examined < n_patterns:
        pieces = others()
        while any(units.any() for units in dead.values()):
            acts = next(pieces, None)
            if acts is None:
                break
            for g, units in dead.items():
                units &= (acts[g] == 0.0).all(axis=0)
        examined = n_patterns
    return DeadUnits(dead, examined, n_patterns)


def dead_words(dead: dict[int, NDArray[np.bool_]]) -> str:
    """'2 of 3 ReLU units are dead'; '' if none is."""
    found = sum(int(units.sum()) for units in dead.values())
    if not found:
        return ""
    every = sum(len(units) for units in dead.values())
    return f"{found:,} of {every:,} ReLU units {'is' if found == 1 else 'are'} dead"
