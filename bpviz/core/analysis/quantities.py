"""Numbers of a network that can be followed over the epochs: weights, biases, units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network
from bpviz.core.run.run import Run
from bpviz.core.values import Matrix, Vector

QuantityKind = Literal["weight", "bias", "activation", "delta"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number.

    place   a weight's connection; otherwise the unit's group.
    unit    the unit, or the one that a weight leads to.
    source  the unit that a weight comes from.
    row     the training pattern of an activation or a delta.
    """

    kind: QuantityKind
    place: int
    unit: int
    source: int = 0
    row: int = 0


def exists(network: Network, quantity: Quantity) -> bool:
    """Whether the network has such a weight or unit (a unit of an input group has no bias)."""
    places = network.connections if quantity.kind == "weight" else network.groups
    if not 0 <= quantity.place < len(places):
        return False
    if quantity.kind == "weight":
        link = network.connections[quantity.place]
        shape = network.groups[link.source].size, network.groups[link.target].size
        at = quantity.source, quantity.unit
        inside = 0 <= at[0] < shape[0] and 0 <= at[1] < shape[1]
        return inside and (link.mask is None or bool(link.mask[at]))
    group = network.groups[quantity.place]
    return 0 <= quantity.unit < group.size and group.role != "input"


def measure(run: Run, quantities: Sequence[Quantity]) -> Vector:
    """The quantities (Q,) as they are now; nan for those of a pattern that does not exist.

    Weights and biases are only looked up. Activations and deltas take a pass of one pattern,
    which all quantities of that pattern share.
    """
    values = np.full(len(quantities), np.nan)
    passes: dict[int, tuple[tuple[Matrix, ...], tuple[Matrix, ...]]] = {}
    network = run.start.network
    for q, quantity in enumerate(quantities):
        if quantity.kind == "weight":
            place = network.weight_place(quantity.place, quantity.source, quantity.unit)
            values[q] = run.parameters[place]
        elif quantity.kind == "bias":
            values[q] = run.parameters[network.bias_place(quantity.place, quantity.unit)]
        elif quantity.row < len(run.start.train):
            if quantity.row not in passes:
                of_row = [other for other in quantities if other.row == quantity.row]
                passes[quantity.row] = _passes(run, quantity.row, of_row)
            acts, deltas = passes[quantity.row]
            found = acts if quantity.kind == "activation" else deltas
            values[q] = found[quantity.place][0, quantity.unit]
    return values


def _passes(
    run: Run, row: int, quantities: Sequence[Quantity]
) -> tuple[tuple[Matrix, ...], tuple[Matrix, ...]]:
    """Activations and, if one of these is a delta, deltas of every group for one pattern."""
    start = run.start
    some = slice(row, row + 1)
    inputs, targets = start.train.inputs[some], start.train.targets[some]
    with np.errstate(all="ignore"):  # a diverged run is measured as it is
        if not any(quantity.kind == "delta" for quantity in quantities):
            return forward(start.network, run.parameters, inputs, run.clamps)[1], ()
        trace = backpropagate(
            start.network,
            LOSSES[start.error],
            run.parameters,
            inputs,
            targets,
            RULES[start.rule],
            run.clamps,
        )
    return trace.act, trace.delta
