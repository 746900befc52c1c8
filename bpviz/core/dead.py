"""Dead units: ReLU units that answer 0 to every training pattern, and so can learn no more.

Where a ReLU unit's net input is below 0 its derivative is 0: if that is so for all patterns,
no error reaches its weights, and plain descent leaves them as they are for ever.
"""

import numpy as np
from numpy.typing import NDArray

from bpviz.core.network import Network
from bpviz.core.values import Matrix

DYING = ("relu",)
"""Activations with an end at which they are flat, and 0."""


def dead_units(network: Network, activations: tuple[Matrix, ...]) -> dict[int, NDArray[np.bool_]]:
    """Which units are dead, (units,) for every hidden group that can have such.

    ``activations`` are those of every group, (P, units), for the patterns to judge by; without
    any nothing is known, and the answer is empty.
    """
    if not activations:
        return {}
    return {
        g: np.asarray((activations[g] == 0.0).all(axis=0))
        for g in network.hidden
        if network.groups[g].activation in DYING
    }


def dead_words(dead: dict[int, NDArray[np.bool_]]) -> str:
    """'2 of 3 ReLU units are dead'; '' if none is."""
    found = sum(int(units.sum()) for units in dead.values())
    if not found:
        return ""
    every = sum(len(units) for units in dead.values())
    return f"{found:,} of {every:,} ReLU units {'is' if found == 1 else 'are'} dead"
