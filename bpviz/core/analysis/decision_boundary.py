"""Decision boundaries of the output units, in the space of the activations of a hidden group.

Output units have the net inputs net_k = b_k + sum_j h_j w_jk. Where the group h is their only
source, the points with one net input form a line in the space of two hidden units, a plane in
that of three, a hyperplane in general.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network
from bpviz.core.values import Matrix, Vector

_FAR = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Readout:
    """The output units' net inputs as a function of one group: weights (n, m), biases (m,)."""

    weights: Matrix
    biases: Vector

    def nets(self, acts: Matrix) -> Matrix:
        """Net inputs (P, m) at activations (P, n)."""
        return np.asarray(acts @ self.weights + self.biases)

    def lead(self, acts: Matrix, unit: int | None, threshold: float = 0.0) -> Matrix:
        """Numbers whose sign changes at the decision boundary, at activations (P, n).

        (P, 1): the net input of the unit minus ``threshold``. For ``unit`` None, (P, m): the net
        input of each unit minus the largest one of the others.
        """
        nets = self.nets(acts)
        if unit is not None:
            return nets[:, unit : unit + 1] - threshold
        order = np.sort(nets, axis=1)
        return nets - np.where(nets == order[:, -1:], order[:, -2:-1], order[:, -1:])


def readout(network: Network, parameters: Vector, group: int) -> Readout | None:
    """The outputs' net inputs as a function of a group; None unless it is their only source."""
    incoming = list(network.incoming(network.output))
    if [network.connections[c].source for c in incoming] != [group]:
        return None
    return Readout(
        network.weights(parameters, incoming[0]), network.biases(parameters, network.output)
    )


@lru_cache(maxsize=256)
def net_at(activation: str, level: float) -> float | None:
    """The net input at which a unit's activation exceeds a level; None if it never does.

    Found by bisection: every activation of a single unit is an increasing function.
    """
    row = ACTIVATIONS[activation]
    if not row.elementwise:
        return None

    def above(net: float) -> bool:
        act = np.array([[net]])
        with np.errstate(over="ignore"):
            row.function(act.copy(), act)
        return bool(act[0, 0] > level)

    low, high = -_FAR, _FAR
    if above(low) or not above(high):
        return None
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return (low + high) / 2 if abs(high) > 1e-12 else 0.0
