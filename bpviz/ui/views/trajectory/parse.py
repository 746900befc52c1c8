"""A quantity as it is typed: 'x1 h2' (the weight between them), 'b h2', 'h2', 'd h2'."""

import re

from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.quantities import Quantity, UnitValue
from bpviz.core.values import BadValue, Unquoted, meant
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.unit_names import unit_names

ALLOWED = "two units for a weight (x1 h2), b h2 for a bias, h2 for an activation, d h2 for a delta"

_LETTERS = {"b": "bias", "d": "delta", "δ": "delta", "a": "activation"}


def parse_quantity(setup: PreparedExperiment, text: str, row: int) -> Quantity:
    """The quantity that these words mean; ``row`` is the pattern of an activation or delta.

    Raises BadValue for words that mean none.
    """
    words = [word for word in re.split(r"\s*(?:→|->|>|,)\s*|\s+", text.strip()) if word]
    units = _units(setup)
    if len(words) == 3 and words[0] == "w" and words[0] not in units:
        words = words[1:]
    if len(words) == 2 and words[0] in _LETTERS and words[0] not in units:
        return _of_unit(setup, _LETTERS[words[0]], _unit(units, words[1]), row)
    if len(words) == 2:
        return _weight(setup, _unit(units, words[0]), _unit(units, words[1]), words)
    if len(words) == 1:
        return _of_unit(setup, "activation", _unit(units, words[0]), row)
    raise BadValue("plot over time", text, ALLOWED)


def _units(setup: PreparedExperiment) -> dict[str, UnitRef]:
    """Every unit by name; of equal names the first one."""
    found: dict[str, UnitRef] = {}
    for g in range(len(setup.network.groups)):
        for unit, name in enumerate(unit_names(setup, g)):
            found.setdefault(re.sub(r"\s+", "_", name), UnitRef(g, unit))
    return found


def _unit(units: dict[str, UnitRef], name: str) -> UnitRef:
    if name not in units:
        some = ", ".join(list(units)[:3] + list(units)[-3:] if len(units) > 6 else units)
        raise BadValue("unit", name, f"the name of one, such as {some}", meant(name, units))
    return units[name]


def _of_unit(setup: PreparedExperiment, kind: str, unit: UnitRef, row: int) -> Quantity:
    if setup.network.groups[unit.group].role == "input":
        raise BadValue(
            "plot over time", Unquoted("of an input"), "of what changes", "inputs do not"
        )
    if kind == "bias":
        return BiasRef(unit.group, unit.unit)
    return UnitValue(unit, "delta" if kind == "delta" else "activation", row)


def _weight(
    setup: PreparedExperiment, source: UnitRef, target: UnitRef, words: list[str]
) -> WeightRef:
    for c, link in enumerate(setup.network.connections):
        if (link.source, link.target) == (source.group, target.group):
            return WeightRef(c, source.unit, target.unit)
    raise BadValue(
        "weight", Unquoted(" → ".join(words)), "one of a connection, from source to target"
    )
