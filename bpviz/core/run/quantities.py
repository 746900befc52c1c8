"""Numbers of a run that can be recorded over the epochs: weights, biases, activations, deltas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network
from bpviz.core.model.references import BiasRef, UnitRef, WeightRef, exists, index_of
from bpviz.core.run.run import Run
from bpviz.core.values import Matrix, Vector


@dataclass(frozen=True, slots=True)
class UnitValue:
    """The activation or delta of a unit for the training pattern ``row``."""

    unit: UnitRef
    kind: Literal["activation", "delta"]
    row: int


Quantity = WeightRef | BiasRef | UnitValue
"""A number that can be recorded."""


def can_follow(network: Network, quantity: Quantity) -> bool:
    """Whether the network has the weight, bias or unit; an input's values do not change."""
    if not isinstance(quantity, UnitValue):
        return exists(network, quantity)
    unit = quantity.unit
    return exists(network, unit) and network.groups[unit.group].role != "input"


def measure(run: Run, quantities: Sequence[Quantity]) -> Vector:
    """The quantities (Q,) as they are now; nan for those of a pattern that does not exist.

    Activations and deltas take a pass of one pattern, which all quantities of that pattern share.
    """
    values = np.full(len(quantities), np.nan)
    passes: dict[int, tuple[tuple[Matrix, ...], tuple[Matrix, ...]]] = {}
    delta_rows = {q.row for q in quantities if isinstance(q, UnitValue) and q.kind == "delta"}
    network = run.start.network
    for q, quantity in enumerate(quantities):
        if not isinstance(quantity, UnitValue):
            values[q] = run.parameters[index_of(network, quantity)]
        elif (row := quantity.row) < len(run.start.train):
            if row not in passes:
                passes[row] = _passes(run, row, needs_delta=row in delta_rows)
            acts, deltas = passes[row]
            found = acts if quantity.kind == "activation" else deltas
            values[q] = found[quantity.unit.group][0, quantity.unit.unit]
    return values


def _passes(
    run: Run, row: int, *, needs_delta: bool
) -> tuple[tuple[Matrix, ...], tuple[Matrix, ...]]:
    """Activations and, if needed, deltas of every group for one pattern."""
    start = run.start
    some = slice(row, row + 1)
    inputs, targets = start.train.inputs[some], start.train.targets[some]
    with np.errstate(all="ignore"):  # large weights may overflow
        if not needs_delta:
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
