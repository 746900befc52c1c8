"""A quantity as a person types it: 'x1 h2' (the weight between them), 'b h2', 'h2', 'd h2'."""

import re

from bpviz.core.analysis.quantities import Quantity
from bpviz.core.values import BadValue
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


def _units(setup: PreparedExperiment) -> dict[str, tuple[int, int]]:
    """Every unit's (group, unit) by name; of equal names the first one's."""
    found: dict[str, tuple[int, int]] = {}
    for g in range(len(setup.network.groups)):
        for unit, name in enumerate(unit_names(setup, g)):
            found.setdefault(re.sub(r"\s+", "_", name), (g, unit))
    return found


def _unit(units: dict[str, tuple[int, int]], name: str) -> tuple[int, int]:
    if name not in units:
        some = ", ".join(list(units)[:3] + list(units)[-3:] if len(units) > 6 else units)
        raise BadValue("unit", name, f"a name of a unit, such as {some}")
    return units[name]


def _of_unit(setup: PreparedExperiment, kind: str, at: tuple[int, int], row: int) -> Quantity:
    group, unit = at
    if setup.network.groups[group].role == "input":
        raise BadValue("plot over time", "an input", "what changes: inputs stay what they are")
    if kind == "bias":
        return Quantity("bias", group, unit)
    return Quantity("delta" if kind == "delta" else "activation", group, unit, row=row)


def _weight(
    setup: PreparedExperiment, source: tuple[int, int], target: tuple[int, int], words: list[str]
) -> Quantity:
    for c, link in enumerate(setup.network.connections):
        if (link.source, link.target) == (source[0], target[0]):
            return Quantity("weight", c, target[1], source[1])
    raise BadValue("weight", " → ".join(words), "a weight of a connection, from source to target")
