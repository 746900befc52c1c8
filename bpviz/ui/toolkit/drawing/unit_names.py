"""How units, weights and what is plotted of them are called on the screen, in every view alike."""

from typing import NamedTuple

from bpviz.core.analysis.quantities import Quantity
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.pattern_names import full_name


class UnitAt(NamedTuple):
    """A unit of the network."""

    group: int
    unit: int


def unit_names(setup: PreparedExperiment, group: int) -> tuple[str, ...]:
    """The names of all units of a group.

    Inputs and outputs have the problem's column names, outputs of a classification their class
    names; hidden units are h1, h2, ... or, with several hidden groups, h1.1, h1.2, ...
    """
    network, patterns = setup.network, setup.patterns
    if network.groups[group].role == "input":
        return patterns.input_names[network.input_columns(group)]
    if group == network.output:
        return patterns.class_names if patterns.one_hot else patterns.output_names
    prefix = "h" if len(network.hidden) == 1 else f"h{network.hidden.index(group) + 1}."
    return tuple(f"{prefix}{unit + 1}" for unit in range(network.groups[group].size))


def unit_name(setup: PreparedExperiment, group: int, unit: int) -> str:
    """The name of one unit; see ``unit_names``."""
    return unit_names(setup, group)[unit]


def weight_name(setup: PreparedExperiment, connection: int, source: int, target: int) -> str:
    """A weight by its two ends: 'x1 → h2'."""
    link = setup.network.connections[connection]
    return f"{unit_name(setup, link.source, source)} → {unit_name(setup, link.target, target)}"


def quantity_name(setup: PreparedExperiment, quantity: Quantity) -> str:
    """'w x1 → h2', 'b h2', 'h2, pattern 0 1' (its activation), 'δ h2, pattern 0 1'."""
    if quantity.kind == "weight":
        return f"w {weight_name(setup, quantity.place, quantity.source, quantity.unit)}"
    name = unit_name(setup, quantity.place, quantity.unit)
    if quantity.kind == "bias":
        return f"b {name}"
    sign = "δ " if quantity.kind == "delta" else ""
    return f"{sign}{name}, {full_name(setup.patterns, quantity.row)}"
