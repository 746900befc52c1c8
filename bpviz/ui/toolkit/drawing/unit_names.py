"""The names of units, weights and plotted quantities, the same in every view."""

from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, WeightRef
from bpviz.core.run.quantities import Quantity
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.pattern_names import full_name


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


def weight_name(setup: PreparedExperiment, weight: WeightRef) -> str:
    """A weight by its two ends: 'x1 → h2'."""
    link = setup.network.connections[weight.connection]
    source = unit_name(setup, link.source, weight.source)
    return f"{source} → {unit_name(setup, link.target, weight.target)}"


def ref_name(setup: PreparedExperiment, ref: NetworkRef) -> str:
    """'weight x1 → h2', 'bias of h2' or 'unit h2'."""
    if isinstance(ref, WeightRef):
        return f"weight {weight_name(setup, ref)}"
    name = unit_name(setup, ref.group, ref.unit)
    return f"unit {name}" if isinstance(ref, UnitRef) else f"bias of {name}"


def quantity_name(setup: PreparedExperiment, quantity: Quantity) -> str:
    """'w x1 → h2', 'b h2', 'h2, pattern 0 1' (its activation), 'δ h2, pattern 0 1'."""
    if isinstance(quantity, WeightRef):
        return f"w {weight_name(setup, quantity)}"
    if isinstance(quantity, BiasRef):
        return f"b {unit_name(setup, quantity.group, quantity.unit)}"
    sign = "δ " if quantity.kind == "delta" else ""
    name = unit_name(setup, quantity.unit.group, quantity.unit.unit)
    return f"{sign}{name}, {full_name(setup.patterns, quantity.row)}"
