"""Which weight or bias lies at which place of the flat vector, and back."""

from dataclasses import dataclass

from bpviz.core.model.network import Network


@dataclass(frozen=True, slots=True)
class WeightRef:
    """The weight from a unit of a connection's source to one of its target."""

    connection: int
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class BiasRef:
    """The bias of a unit."""

    group: int
    unit: int


ParameterRef = WeightRef | BiasRef


def index_of(network: Network, place: ParameterRef) -> int:
    """The index of a weight or bias in the flat vector."""
    if isinstance(place, BiasRef):
        return network.bias_place(place.group, place.unit)
    return network.weight_place(place.connection, place.source, place.target)


def place_of(network: Network, index: int) -> ParameterRef:
    """The weight or bias at an index of the flat vector; the inverse of ``index_of``."""
    for group in range(len(network.groups)):
        part = bias_indices(network, group)
        if part.start <= index < part.stop:
            return BiasRef(group, index - part.start)
    for c, link in enumerate(network.connections):
        part = weight_indices(network, c)
        if part.start <= index < part.stop:
            source, target = divmod(index - part.start, network.groups[link.target].size)
            return WeightRef(c, source, target)
    raise IndexError(index)


def bias_indices(network: Network, group: int) -> range:
    """Where the biases of a group lie; empty for an input group."""
    start = network.bias_place(group, 0)
    of = network.groups[group]
    return range(start, start + (0 if of.role == "input" else of.size))


def weight_indices(network: Network, connection: int) -> range:
    """Where the weights of a connection lie, row by row: one row for each source unit."""
    link = network.connections[connection]
    start = network.weight_place(connection, 0, 0)
    size = network.groups[link.source].size * network.groups[link.target].size
    return range(start, start + size)


def is_there(network: Network, place: ParameterRef) -> bool:
    """Whether a weight exists (a mask may leave it out); biases always do, but of inputs."""
    if isinstance(place, BiasRef):
        return network.groups[place.group].role != "input"
    mask = network.connections[place.connection].mask
    return mask is None or bool(mask[place.source, place.target])
