"""A network as arrays of numbers, for the compiled kernel."""

from collections import namedtuple
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpviz.core.learning.backprop import cancels
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import Rule
from bpviz.core.learning.settings import Training
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES, Loss
from bpviz.core.model.network import Network
from bpviz.core.values import Integers, Matrix, Vector

Places = NDArray[np.uint32]
"""Numbers of units and indices of weights. Unsigned, because Numba checks whether a signed index
is negative."""

LANES = 8
"""Patterns that go through the network side by side."""

BLOCKS = 4
"""Blocks of LANES patterns in a tile, which the kernel processes at a time."""

TILE = LANES * BLOCKS


class KernelPlan(NamedTuple):
    """A network and its error, as the kernel needs them.

    Units are numbered through all groups in their order, input units first.

    groups          (G, 5) number of the activation, units, first unit, the place of the first
                    bias in the flat vector, and 1 if the activation is of single units; of the
                    groups that are not inputs.
    links           (C, 5) source group's first unit and units, target group's first unit and
                    units, index of the first weight; ordered by target.
    incoming        (G + 1,) where each group's links begin.
    outgoing        links by source group: numbers of rows of ``links``.
    outgoing_from   (G + 1,) where each group's part of ``outgoing`` begins.
    trainable       (N,) 1.0 or 0.0; empty if all are.
    decays          (N,) whether weight decay acts on this parameter.
    tied            the indices of tied parameters; tie_class the class of each.
    tie_sums        a buffer with one number for each class.
    kind            input units, number of the error, 1 if the output's delta is exactly t - o,
                    1 if the error has a Basis.
    """

    groups: Places
    links: Places
    incoming: Places
    outgoing: Places
    outgoing_from: Places
    trainable: Vector
    decays: NDArray[np.bool_]
    tied: Places
    tie_class: Places
    tie_sums: Vector
    kind: Places


class Scratch(NamedTuple):
    """Buffers for one tile: a row for each unit, a column for each pattern.

    act, delta             (units, BLOCKS, LANES), and the same numbers as (units, TILE).
    flat_act, flat_delta
    one_act, one_delta     (units, 1), for a single pattern.
    row_act, row_delta     (1, units), the same numbers as one_act and one_delta.
    one_net                (1, units + LANES): net inputs, with room for a last whole vector.
    target, basis          (outputs, TILE)
    lanes                  (1, 1, LANES)
    tally                  E, and the number of patterns answered right.
    """

    act: NDArray[np.float64]
    delta: NDArray[np.float64]
    flat_act: Matrix
    flat_delta: Matrix
    one_act: Matrix
    one_delta: Matrix
    row_act: Matrix
    row_delta: Matrix
    one_net: Matrix
    target: Matrix
    basis: Matrix
    lanes: NDArray[np.float64]
    tally: Vector


def number_of(table: Mapping[str, Any], name: str) -> int:
    """A row's position in its table: its number in the compiled kernel."""
    return list(table).index(name)


def plan_of(network: Network, loss: Loss, rule: Rule) -> KernelPlan:
    """The plan of a network.

    Where the rule sends no errors back, no hidden group leads anywhere for the backward pass.
    """
    first_unit = np.cumsum([0, *(group.size for group in network.groups)]).tolist()
    active = [g for g, group in enumerate(network.groups) if group.role != "input"]
    order = sorted(range(len(network.connections)), key=lambda c: network.connections[c].target)
    links = [network.connections[c] for c in order]
    outgoing = [
        [k for k, link in enumerate(links) if link.source == g and rule.backward] for g in active
    ]
    group_rows = [
        (
            number_of(ACTIVATIONS, group.activation),
            group.size,
            first_unit[g],
            network.bias_index(g, 0),
            int(ACTIVATIONS[group.activation].elementwise),
        )
        for g, group in ((g, network.groups[g]) for g in active)
    ]
    link_rows = [
        (
            first_unit[link.source],
            network.groups[link.source].size,
            first_unit[link.target],
            network.groups[link.target].size,
            network.weight_index(c, 0, 0),
        )
        for c, link in zip(order, links, strict=True)
    ]
    tied, classes = network.ties
    return KernelPlan(
        _places(group_rows),
        _places(link_rows),
        _starts(sum(link.target == g for link in links) for g in active),
        _places([k for part in outgoing for k in part]),
        _starts(len(part) for part in outgoing),
        np.empty(0) if network.trainable.all() else network.trainable.astype(np.float64),
        network.decays & network.trainable,
        _places(tied),
        _places(classes),
        np.zeros(int(classes.max()) + 1 if len(classes) else 0),
        _places(
            [
                network.n_inputs,
                number_of(LOSSES, loss.name),
                int(not rule.slope or cancels(network, loss, clamped=False)),
                int(loss.basis is not None),
            ]
        ),
    )


def scratch_of(network: Network) -> Scratch:
    """Buffers for a tile of this network."""
    units = sum(group.size for group in network.groups)
    act, delta = (np.zeros((units, BLOCKS, LANES)) for _ in range(2))
    one_act, one_delta = (np.zeros((units, 1)) for _ in range(2))
    return Scratch(
        act,
        delta,
        act.reshape(units, TILE),
        delta.reshape(units, TILE),
        one_act,
        one_delta,
        one_act.reshape(1, units),
        one_delta.reshape(1, units),
        np.zeros((1, units + LANES)),
        np.zeros((network.n_outputs, TILE)),
        np.zeros((network.n_outputs, TILE)),
        np.zeros((1, 1, LANES)),
        np.zeros(2),
    )


NUMBERS = tuple(field.name for field in fields(Training) if field.type is float)

Numbers: Any = namedtuple("Numbers", NUMBERS)  # type: ignore[misc]
"""The numbers of Training under their names: every rate and share."""


def settings_of(training: Training) -> Vector:
    """Training in numbers: the optimizer's, whether the mean is taken, and then NUMBERS."""
    first = number_of(OPTIMIZERS, training.optimizer), training.reduction == "mean"
    numbers = (getattr(training, name) for name in NUMBERS)
    return np.array([*first, *numbers], dtype=np.float64)


def _places(values: Any) -> Places:
    return np.array(values, dtype=np.uint32)


def _starts(counts: Iterable[int]) -> Places:
    return _places(np.cumsum([0, *counts]))


def natural_order(n_patterns: int) -> Integers:
    """The positions 0, 1, 2, ... of the patterns: their own order."""
    return np.arange(n_patterns, dtype=np.int64)
