"""The single layer that is equivalent to a network with linear hidden units: weights w*.

The activation of a linear group is its net input, a weighted sum of the activations before it.
Therefore weights along a path multiply, and parallel paths add:
w*_ik = sum over all paths from input i to output k of the product of the weights on the path.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import NO_CLAMPS, Clamps, clamped_in
from bpviz.core.model.network import Network
from bpviz.core.values import BadValue, Matrix, Unquoted, Vector

SHOWN_TERMS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Collapsed:
    """The equivalent layer: net (P, m) = inputs (P, n) @ weights (n, m) + biases (m,).

    ``activation`` is the output group's; ``held`` are its clamped units and their values.
    """

    weights: Matrix
    biases: Vector
    activation: str
    held: Clamps

    def outputs(self, inputs: Matrix) -> Matrix:
        """The answers (P, m) to inputs (P, n)."""
        net = inputs @ self.weights + self.biases
        act = np.empty_like(net)
        with np.errstate(over="ignore"):
            ACTIVATIONS[self.activation].function(net, act)
        for ref, value in self.held.items():
            act[:, ref.unit] = value
        return act


def why_not(network: Network) -> str:
    """Why no single layer is equivalent, in a sentence; '' if one is."""
    reaches = _reaching(network)
    for g in network.hidden:
        group = network.groups[g]
        if group.activation != "linear" and reaches[g]:
            label = ACTIVATIONS[group.activation].label
            return (
                f"This network does not collapse: the units of {group.name} are {label}, and what "
                "they pass on is no weighted sum of the inputs."
            )
    return ""


def work(network: Network) -> int:
    """Number of multiplications that ``collapse`` takes."""
    sizes = [group.size for group in network.groups]
    return network.n_inputs * sum(sizes[k.source] * sizes[k.target] for k in network.connections)


def collapse(network: Network, parameters: Vector, clamps: Clamps = NO_CLAMPS) -> Collapsed:
    """The equivalent single layer of a network, at these parameters (N,).

    Raises BadValue if a hidden group on the way to the output is not linear.
    """
    if reason := why_not(network):
        found = Unquoted("this one")
        raise BadValue("network", found, "one with linear hidden groups", reason)
    weights: list[Matrix] = []  # every group's net input is inputs @ weights + biases
    biases: list[Vector] = []
    for g, group in enumerate(network.groups):
        w, b = np.zeros((network.n_inputs, group.size)), np.zeros(group.size)
        if group.role == "input":
            w[network.input_columns(g)] = np.eye(group.size)
        else:
            b += network.biases(parameters, g)
        for c in network.incoming(g):
            source, between = network.connections[c].source, network.weights(parameters, c)
            w += weights[source] @ between
            b += biases[source] @ between
        if g != network.output:
            held, values = clamped_in(clamps, g)
            w[:, held], b[held] = 0.0, values
        weights.append(w)
        biases.append(b)
    held_outputs = {ref: value for ref, value in clamps.items() if ref.group == network.output}
    return Collapsed(weights[-1], biases[-1], network.groups[-1].activation, held_outputs)


# -- algebra -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeightFactor:
    """One weight (source unit ``i``, target unit ``j``) of a connection, or a bias of group ``at``.

    ``connection`` is None for a bias, whose unit is ``j``.
    """

    connection: int | None
    at: int
    i: int
    j: int


WeightProduct = tuple[WeightFactor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """w*_ik (or b*_k if ``i`` is None) as a sum of products: its first terms, of ``count``."""

    network: Network
    i: int | None
    k: int
    terms: tuple[WeightProduct, ...]
    count: int

    @property
    def name(self) -> str:
        """The name: 'w*11' for the first input and output."""
        return f"w*{_indices(self.i, self.k)}" if self.i is not None else f"b*{self.k + 1}"

    def tex(self) -> str:
        """The algebra as TeX: w^*_{11}=w^{(1)}_{11}w^{(2)}_{11}+..."""
        left = f"b^*_{{{self.k + 1}}}"
        if self.i is not None:
            left = f"w^*_{{{_indices(self.i, self.k)}}}"
        terms = [r"\,".join(self._tex(factor) for factor in term) for term in self.terms]
        dots = [r"\cdots"] * self._cut
        return f"{left}={'+'.join(terms + dots) or '0'}"

    def text(self) -> str:
        """The algebra as the lecture writes it: 'w*11 = w11(1) w11(2) + w12(1) w21(2)'."""
        terms = [" ".join(self._text(factor) for factor in term) for term in self.terms]
        return f"{self.name} = {' + '.join(terms + ['…'] * self._cut) or '0'}"

    def numbers(self, parameters: Vector, total: float, places: int = 3) -> str:
        """The same with numbers, and their sum, ``total``."""
        terms = [
            "·".join(_number(self._value(factor, parameters), places) for factor in term)
            for term in self.terms
        ]
        sum_ = " + ".join(terms + ["…"] * self._cut) or "0"
        return f"{self.name} = {sum_} = {f'{total:.{places}f}'.replace('-', '−')}"

    @property
    def _cut(self) -> bool:
        return self.count > len(self.terms)

    def _layer(self, factor: WeightFactor) -> str:
        """The number of its layer; where connections skip groups, source and target group."""
        if factor.connection is None:
            return str(factor.at)
        link = self.network.connections[factor.connection]
        plain = all(k.target == k.source + 1 for k in self.network.connections)
        return str(link.target) if plain else f"{link.source},{link.target}"

    def _tex(self, factor: WeightFactor) -> str:
        layer = f"^{{({self._layer(factor)})}}"
        if factor.connection is None:
            return f"b{layer}_{{{factor.j + 1}}}"
        return f"w{layer}_{{{_indices(factor.i, factor.j)}}}"

    def _text(self, factor: WeightFactor) -> str:
        if factor.connection is None:
            return f"b{factor.j + 1}({self._layer(factor)})"
        return f"w{_indices(factor.i, factor.j)}({self._layer(factor)})"

    def _value(self, factor: WeightFactor, parameters: Vector) -> float:
        if factor.connection is None:
            return float(self.network.biases(parameters, factor.at)[factor.j])
        return float(self.network.weights(parameters, factor.connection)[factor.i, factor.j])


def expression(network: Network, i: int | None, k: int, limit: int = SHOWN_TERMS) -> Expression:
    """w*_ik of input ``i`` (a column of the patterns) and output ``k``; b*_k for ``i`` None.

    At most ``limit`` terms are written out.
    """
    paths = _paths_to(network, k)
    if i is None:
        inner = [g for g, group in enumerate(network.groups) if group.role != "input"]
        count = sum(float(paths[g].sum()) for g in inner)
        starts = _bias_terms(network, k, paths)
    else:
        g = next(g for g in range(len(paths)) if i < network.input_columns(g).stop)
        unit = i - network.input_columns(g).start
        count = float(paths[g][unit])
        starts = _terms(network, g, unit, (), k, paths)
    return Expression(network, i, k, tuple(islice(starts, limit)), int(count))


def _bias_terms(network: Network, k: int, paths: list[Vector]) -> Iterator[WeightProduct]:
    """The output's own bias first, then those of the groups before it."""
    for g in range(network.output, -1, -1):
        if network.groups[g].role == "input":
            return
        for unit in np.flatnonzero(paths[g]):
            yield from _terms(
                network, g, int(unit), (WeightFactor(None, g, -1, int(unit)),), k, paths
            )


def _terms(
    network: Network, group: int, unit: int, so_far: WeightProduct, k: int, paths: list[Vector]
) -> Iterator[WeightProduct]:
    """Every path from a unit to output k; units without a path to it are left out."""
    if group == network.output:
        yield so_far
        return
    for c in network.outgoing(group):
        link = network.connections[c]
        there = paths[link.target] > 0.0
        if link.mask is not None:
            there &= link.mask[unit]
        for j in np.flatnonzero(there):
            step = WeightFactor(c, link.target, unit, int(j))
            yield from _terms(network, link.target, int(j), (*so_far, step), k, paths)


def _paths_to(network: Network, k: int) -> list[Vector]:
    """Number of paths from each unit to output k, (units,) for every group."""
    paths = [np.zeros(group.size) for group in network.groups]
    paths[-1][k] = 1.0
    for g in range(network.output - 1, -1, -1):
        for c in network.outgoing(g):
            link = network.connections[c]
            shape = network.groups[link.source].size, network.groups[link.target].size
            present = np.ones(shape) if link.mask is None else link.mask.astype(np.float64)
            paths[g] += present @ paths[link.target]
    return paths


def _reaching(network: Network) -> list[bool]:
    """Whether a path leads to the output, for every group."""
    reaches = [g == network.output for g in range(len(network.groups))]
    for g in range(network.output - 1, -1, -1):
        reaches[g] = any(reaches[network.connections[c].target] for c in network.outgoing(g))
    return reaches


def _indices(i: int | None, j: int) -> str:
    """Subscripts, counted from 1: '12', or '10,2' where that would be ambiguous."""
    assert i is not None
    comma = "," if i >= 9 or j >= 9 else ""
    return f"{i + 1}{comma}{j + 1}"


def _number(value: float, places: int) -> str:
    text = f"{value:.{places}f}".replace("-", "−")
    return f"({text})" if value < 0 else text
