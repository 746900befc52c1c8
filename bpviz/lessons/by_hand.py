"""Weights and biases that a lesson gives by hand, by the names of groups."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpviz.core.edits import SetParameters
from bpviz.core.network import Network
from bpviz.core.values import BadValue, Matrix, Vector


def set_by_hand(
    network: Network, weights: Mapping[str, Any], biases: Mapping[str, Any]
) -> SetParameters:
    """The edit that sets them.

    ``weights`` maps 'source > target' to rows of numbers, a row a source unit; ``biases`` maps
    a group to a number a unit (minus its threshold). Raises BadValue for a name or a shape
    that the network does not have.
    """
    links = {
        f"{network.groups[link.source].name} > {network.groups[link.target].name}": c
        for c, link in enumerate(network.connections)
    }
    groups = {g.name: i for i, g in enumerate(network.groups) if g.role != "input"}
    places, values = np.arange(network.n_parameters, dtype=np.float64), []
    indices: list[Vector] = []
    for name, rows in weights.items():
        if name not in links:
            raise BadValue("weights", name, "one of " + ", ".join(links))
        view = network.weights(places, links[name])
        indices.append(view.ravel())
        values.append(_numbers(f"weights of {name}", rows, view))
    for name, numbers in biases.items():
        if name not in groups:
            raise BadValue("biases", name, "one of " + ", ".join(groups))
        view = network.biases(places, groups[name])
        indices.append(view)
        values.append(_numbers(f"biases of {name}", numbers, view))
    return SetParameters(np.concatenate(indices).astype(np.int64), np.concatenate(values))


def _numbers(name: str, given: Any, view: Matrix) -> Vector:
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadValue(name, given, "numbers, as many in each row") from None
    if values.shape != view.shape:
        raise BadValue(name, given, " rows of ".join(map(str, view.shape)) + " numbers")
    return values.ravel()
