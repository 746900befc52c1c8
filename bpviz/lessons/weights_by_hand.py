"""Weights and biases that a lesson sets or refers to, by the names of groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, WeightRef
from bpviz.core.run.edits import SetParameters
from bpviz.core.values import BadValue, Matrix, Unquoted, Vector, check_choice, check_whole


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a step sets or refers to by names and numbers; checked against its network and patterns.

    weights, biases   see ``set_by_hand``.
    look              see ``reference_named``; None for none.
    pattern           the number, from 1, of the training pattern on show; None for none.
    """

    weights: Mapping[str, Any]
    biases: Mapping[str, Any]
    look: Mapping[str, Any] | None
    pattern: int | None

    def __bool__(self) -> bool:
        """Whether there is anything to check."""
        return bool(self.weights or self.biases or self.look) or self.pattern is not None

    def edits(self, network: Network) -> tuple[SetParameters, ...]:
        """The change of weights and biases. Raises BadValue."""
        if not (self.weights or self.biases):
            return ()
        return (set_by_hand(network, self.weights, self.biases),)

    def reference(self, network: Network) -> NetworkRef | None:
        """What the microscope shows. Raises BadValue."""
        return None if self.look is None else reference_named(network, self.look)

    def row(self, n_patterns: int) -> int | None:
        """The row of the pattern on show, from 0. Raises BadValue."""
        if self.pattern is None:
            return None
        check_whole("pattern", self.pattern, 1, n_patterns)
        return self.pattern - 1


def set_by_hand(
    network: Network, weights: Mapping[str, Any], biases: Mapping[str, Any]
) -> SetParameters:
    """The edit that sets them.

    ``weights`` maps 'source > target' to rows of numbers, one for each source unit; ``biases``
    maps a group to one number for each unit (minus its threshold). Raises BadValue for a name
    or a shape that the network does not have.
    """
    links = links_named(network)
    groups = {g.name: i for i, g in enumerate(network.groups) if g.role != "input"}
    every, values = np.arange(network.n_parameters, dtype=np.float64), []
    indices: list[Vector] = []
    for name, rows in weights.items():
        check_choice("weights", name, links)
        view = network.weights(every, links[name])
        indices.append(view.ravel())
        values.append(_numbers(f"weights of {name}", rows, view))
    for name, numbers in biases.items():
        check_choice("biases", name, groups)
        view = network.biases(every, groups[name])
        indices.append(view)
        values.append(_numbers(f"biases of {name}", numbers, view))
    return SetParameters(np.concatenate(indices).astype(np.int64), np.concatenate(values))


def reference_named(network: Network, look: Mapping[str, Any]) -> NetworkRef:
    """The weight, bias or unit that the microscope shows.

    ``{weight = "source > target", from = 1, to = 2}``, units counted from 1, or
    ``{bias = "hidden 1", of = 2}``, or ``{unit = "hidden 1", of = 2}``. Raises BadValue.
    """
    kinds = [kind for kind in ("weight", "bias", "unit") if kind in look]
    if len(kinds) != 1:
        raise BadValue(
            "look", Unquoted(", ".join(look) or "empty"), "at one of weight, bias and unit"
        )
    kind, name = kinds[0], look[kinds[0]]
    allowed = {kind, "from", "to"} if kind == "weight" else {kind, "of"}
    for key in look:
        check_choice("look", key, sorted(allowed))
    if kind == "weight":
        links = links_named(network)
        check_choice("look", name, links)
        connection = links[name]
        link = network.connections[connection]
        source = _unit(network, link.source, look.get("from", 1))
        target = _unit(network, link.target, look.get("to", 1))
        return WeightRef(connection, source, target)
    groups = {g.name: i for i, g in enumerate(network.groups) if g.role != "input"}
    check_choice("look", name, groups)
    unit = _unit(network, groups[name], look.get("of", 1))
    return BiasRef(groups[name], unit) if kind == "bias" else UnitRef(groups[name], unit)


def links_named(network: Network) -> dict[str, int]:
    """'source > target' -> connection."""
    return {
        f"{network.groups[link.source].name} > {network.groups[link.target].name}": c
        for c, link in enumerate(network.connections)
    }


def _unit(network: Network, group: int, number: Any) -> int:
    of = network.groups[group]
    if type(number) is not int or not 1 <= number <= of.size:
        raise BadValue("look", number, f"at a unit of {of.name} from 1 to {of.size}")
    return number - 1


def _numbers(name: str, given: Any, view: Matrix) -> Vector:
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadValue(name, given, "numbers, as many in each row") from None
    if values.shape != view.shape:
        raise BadValue(name, given, " rows of ".join(map(str, view.shape)) + " numbers")
    return values.ravel()
