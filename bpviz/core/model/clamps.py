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
from bpviz.core.values import BadValue, Integers, Vector, check_whole

Clamps = Mapping[tuple[int, int], float]
"""(group, unit) -> the value at which that unit is held."""

OUT = -1e300
"""The net input by which a clamped softmax unit drops out of the denominator."""

NO_CLAMPS: Clamps = MappingProxyType({})


def checked_clamps(network: Network, clamps: Clamps) -> Clamps:
    """A frozen copy. Raises BadValue for a unit that is not there or a value not finite."""
    for (group, unit), value in clamps.items():
        check_whole("group of a clamped unit", group, 0, network.output)
        size = network.groups[group].size
        check_whole(f"clamped unit of {network.groups[group].name}", unit, 0, size - 1)
        if not np.isfinite(value):
            raise BadValue("value of a clamped unit", value, "a finite number")
    return MappingProxyType({unit: float(value) for unit, value in clamps.items()})


def clamped_in(clamps: Clamps, group: int) -> tuple[Integers, Vector]:
    """The clamped units of one group, and the values at which they are held."""
    units = sorted(unit for g, unit in clamps if g == group)
    values = [clamps[group, unit] for unit in units]
    return np.array(units, dtype=np.int64), np.array(values, dtype=np.float64)


def held_still(network: Network, clamps: Clamps) -> NDArray[np.bool_]:
    """(N,) True for the weights and biases that training leaves alone because of clamps."""
    leading_in = np.zeros(network.n_parameters)
    for group, unit in clamps:
        if network.groups[group].role != "input":
            network.biases(leading_in, group)[unit] = 1.0
        for c in network.incoming(group):
            network.weights(leading_in, c)[:, unit] = 1.0
    if clamps and network.is_tied:  # a class moves as long as one of its members does
        moving = 1.0 - leading_in
        network.share(moving)
        leading_in[moving > 0.0] = 0.0
    return leading_in.astype(bool)
