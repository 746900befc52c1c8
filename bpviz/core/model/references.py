"""References to weights, biases and units, and where the parameters lie in the flat vector."""

from dataclasses import dataclass

from bpviz.core.model.network import Network


@dataclass(frozen=True, slots=True)
class WeightRef:
    """The weight from unit ``source`` of a connection's source group to ``target`` of its target.

    ``connection`` is an index into ``Network.connections``; units are counted from 0.
    """

    connection: int
    source: int
    target: int


@dataclass(frozen=True, order=True, slots=True)
class UnitRef:
    """Unit ``unit`` of ``Network.groups[group]``."""

    group: int
    unit: int


@dataclass(frozen=True, slots=True)
class BiasRef:
    """The bias of a unit; its threshold is minus this number."""

    group: int
    unit: int


ParameterRef = WeightRef | BiasRef
NetworkRef = WeightRef | BiasRef | UnitRef


def unit_of(network: Network, ref: NetworkRef) -> UnitRef:
    """The unit that a weight leads to, that has the bias, or the unit itself."""
    if isinstance(ref, WeightRef):
        return UnitRef(network.connections[ref.connection].target, ref.target)
    return UnitRef(ref.group, ref.unit)


def index_of(network: Network, ref: ParameterRef) -> int:
    """The index of a weight or bias in the flat vector."""
    if isinstance(ref, BiasRef):
        return network.bias_index(ref.group, ref.unit)
    return network.weight_index(ref.connection, ref.source, ref.target)


def parameter_at(network: Network, index: int) -> ParameterRef:
    """The weight or bias at an index of the flat vector; the inverse of ``index_of``.

    Raises IndexError for an index outside the vector.
    """
    for group in range(len(network.groups)):
        biases = network.biases_at(group)
        if biases.start <= index < biases.stop:
            return BiasRef(group, index - biases.start)
    for c, link in enumerate(network.connections):
        weights = network.weights_at(c)
        if weights.start <= index < weights.stop:
            source, target = divmod(index - weights.start, network.groups[link.target].size)
            return WeightRef(c, source, target)
    raise IndexError(index)


def in_range(network: Network, ref: NetworkRef) -> bool:
    """Whether the indices fit the network; the weight may be absent (see ``exists``)."""
    if isinstance(ref, WeightRef):
        if not 0 <= ref.connection < len(network.connections):
            return False
        link = network.connections[ref.connection]
        sizes = network.groups[link.source].size, network.groups[link.target].size
        return 0 <= ref.source < sizes[0] and 0 <= ref.target < sizes[1]
    if not 0 <= ref.group < len(network.groups):
        return False
    group = network.groups[ref.group]
    has = isinstance(ref, UnitRef) or group.role != "input"  # inputs have no bias
    return has and 0 <= ref.unit < group.size


def exists(network: Network, ref: NetworkRef) -> bool:
    """Whether the network has this weight (a mask may leave it out), bias or unit."""
    if not in_range(network, ref):
        return False
    if not isinstance(ref, WeightRef):
        return True
    mask = network.connections[ref.connection].mask
    return mask is None or bool(mask[ref.source, ref.target])
