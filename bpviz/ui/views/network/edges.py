"""Which weights of a network are drawn: all of them, or the strongest."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.values import Integers, Vector
from bpviz.ui.views.network.arrange import EDGE_BUDGET
from bpviz.ui.views.network.layout import NetworkLayout

SAMPLED = 20_000  # weights sampled to estimate the magnitude of the strongest


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """Weights of one connection: (E,) source and target units; ``all``: all of its weights."""

    connection: int
    source: Integers
    target: Integers
    all: bool = False

    def weights(self, network: Network, parameters: Vector) -> Vector:
        """The (E,) weights in these parameters (N,)."""
        return network.weights(parameters, self.connection)[self.source, self.target]


class EdgePicker:
    """Picks the weights to draw: all, or the strongest of each connection.

    Only weights between drawn units count. If there are more than ``budget``, it is shared
    evenly between the connections, as far as they can use it.
    """

    def __init__(self, network: Network, layout: NetworkLayout, budget: int = EDGE_BUDGET) -> None:
        self._network = network
        self._shown = [block.shown for block in layout.blocks]
        self._present = [self._find_present(c) for c in range(len(network.connections))]
        self.quotas = divide_budget([len(p) if p is not None else self._area(c)
                              for c, p in enumerate(self._present)], budget)  # fmt: skip
        self._static = [self._everything(c) for c in range(len(network.connections))]

    @property
    def drawn(self) -> int:
        """The number of weights that are drawn."""
        return sum(self.quotas)

    @property
    def is_static(self) -> bool:
        """Whether the same weights are drawn for all parameters."""
        return all(strand is not None for strand in self._static)

    def pick(self, parameters: Vector) -> tuple[Strand, ...]:
        """The strands to draw for these parameters (N,)."""
        return tuple(
            strand if strand is not None else self._strongest(c, parameters)
            for c, strand in enumerate(self._static)
        )

    def _area(self, c: int) -> int:
        link = self._network.connections[c]
        return self._shown[link.source] * self._shown[link.target]

    def _find_present(self, c: int) -> Integers | None:
        """The flat indices, among the drawn units, of the weights of a masked connection."""
        link = self._network.connections[c]
        if link.mask is None:
            return None
        return np.flatnonzero(link.mask[: self._shown[link.source], : self._shown[link.target]])

    def _everything(self, c: int) -> Strand | None:
        present = self._present[c]
        n = self._area(c) if present is None else len(present)
        if self.quotas[c] < n:
            return None
        return self._strand(c, np.arange(n) if present is None else present, everything=True)

    def _strongest(self, c: int, parameters: Vector) -> Strand:
        link = self._network.connections[c]
        weights = self._network.weights(parameters, c)
        sizes = np.abs(weights[: self._shown[link.source], : self._shown[link.target]]).ravel()
        present = self._present[c]
        if present is not None:
            sizes = sizes[present]
        chosen = strongest(sizes, self.quotas[c])
        return self._strand(c, chosen if present is None else present[chosen])

    def _strand(self, c: int, indices: Integers, everything: bool = False) -> Strand:
        columns = self._shown[self._network.connections[c].target]
        return Strand(c, *np.divmod(indices, columns), everything)


def strands_of_unit(
    network: Network, layout: NetworkLayout, parameters: Vector, group: int, unit: int, limit: int
) -> tuple[Strand, ...]:
    """The weights from and to one unit, at most the ``limit`` strongest of each connection."""
    strands = []
    for c, link in enumerate(network.connections):
        if group not in (link.source, link.target):
            continue
        outwards = link.source == group
        other = layout.blocks[link.target if outwards else link.source].shown
        at = np.full(other, unit)
        ends = (at, np.arange(other)) if outwards else (np.arange(other), at)
        if link.mask is not None:
            present = link.mask[ends]
            ends = ends[0][present], ends[1][present]
        sizes = np.abs(network.weights(parameters, c)[ends])
        best = np.sort(strongest(sizes, limit))
        strands.append(Strand(c, ends[0][best], ends[1][best], len(best) == len(sizes)))
    return tuple(strands)


def divide_budget(counts: list[int], budget: int) -> list[int]:
    """Divide a budget evenly, but with no part larger than its count; the rest is divided again."""
    got = [0] * len(counts)
    left = budget
    order = sorted(range(len(counts)), key=lambda c: counts[c])
    for rank, c in enumerate(order):
        got[c] = min(counts[c], left // (len(order) - rank))
        left -= got[c]
    return got


def strongest(sizes: Vector, n: int) -> Integers:
    """The indices of the n largest of (M,) magnitudes, in no order.

    A sample gives a lower bound for them, so that only few magnitudes must be sorted.
    """
    if n >= len(sizes):
        return np.arange(len(sizes))
    if len(sizes) > 10 * SAMPLED:
        sample = np.sort(sizes[:: len(sizes) // SAMPLED])
        rank = len(sample) - 1 - int(3.0 * n / len(sizes) * len(sample))
        candidates = np.flatnonzero(sizes >= sample[max(rank, 0)])
        if n <= len(candidates) < len(sizes) // 2:
            return candidates[np.argpartition(sizes[candidates], -n)[-n:]]
    return np.argpartition(sizes, -n)[-n:]
