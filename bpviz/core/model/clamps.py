"""Clamped units: held at a value by hand, to ask what the rest of the network makes of it.

A clamped unit keeps its value in every forward pass. In the backward pass its delta is 0, so
it passes no error on, and the weights and the bias that lead into it do not change (unless
they are tied to some that do). A clamped softmax unit has no part in the denominator of the
others.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bpviz.core.model.network import Network
from bpviz.core.model.references import UnitRef
from bpviz.core.values import BadValue, Integers, Vector, check_whole

Clamps = Mapping[UnitRef, float]
"""Each clamped unit and the value at which it is held."""

OUT = -1e300
"""The net input by which a clamped softmax unit drops out of the denominator."""

NO_CLAMPS: Clamps = MappingProxyType({})


def checked_clamps(network: Network, clamps: Clamps) -> Clamps:
    """A frozen copy. Raises BadValue for a unit that is not there or a value not finite."""
    for ref, value in clamps.items():
        check_whole("group of a clamped unit", ref.group, 0, network.output)
        group = network.groups[ref.group]
        check_whole(f"clamped unit of {group.name}", ref.unit, 0, group.size - 1)
        if not np.isfinite(value):
            raise BadValue("value of a clamped unit", value, "a finite number")
    return MappingProxyType({ref: float(value) for ref, value in clamps.items()})


def clamped_in(clamps: Clamps, group: int) -> tuple[Integers, Vector]:
    """The clamped units of one group, and the values at which they are held."""
    held = sorted(ref for ref in clamps if ref.group == group)
    values = [clamps[ref] for ref in held]
    return np.array([ref.unit for ref in held], dtype=np.int64), np.array(values, dtype=np.float64)


def held_still(network: Network, clamps: Clamps) -> NDArray[np.bool_]:
    """(N,) True for the weights and biases that training leaves alone because of clamps."""
    leading_in = np.zeros(network.n_parameters)
    for ref in clamps:
        if network.groups[ref.group].role != "input":
            network.biases(leading_in, ref.group)[ref.unit] = 1.0
        for c in network.incoming(ref.group):
            network.weights(leading_in, c)[:, ref.unit] = 1.0
    if clamps and network.is_tied:  # a class moves as long as one of its members does
        moving = 1.0 - leading_in
        network.share(moving)
        leading_in[moving > 0.0] = 0.0
    return leading_in.astype(bool)
