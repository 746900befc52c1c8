"""A network: groups of units in topological order, and connections between them.

All weights and biases lie in one flat float64 vector. A connection's weights are a view of it
with shape (source units, target units), so that w[i, j] is the lecture's w_ij; a group's
biases are a view with shape (units,). A unit's bias is minus its threshold.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.values import (
    BadValue,
    Integers,
    Matrix,
    Unquoted,
    Vector,
    check_choice,
    check_whole,
)

MAX_UNITS = 1024
MAX_HIDDEN_GROUPS = 8
MAX_PATTERN_SIZE = 1_000_000
"""Units of an input or output group at most."""

GroupRole = Literal["input", "hidden", "output"]


@dataclass(frozen=True, slots=True)
class Group:
    """Units that share an activation; an input group only holds the pattern's numbers.

    ``dropout`` is the share of the patterns of an update for which a hidden unit is silent.
    """

    name: str
    size: int
    role: GroupRole
    activation: str = "linear"
    dropout: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """Weights from every unit of group ``source`` to every unit of group ``target``.

    ``mask`` (source units, target units), True where a weight exists; None: everywhere.
    ``ties`` (source units, target units): weights with the same number are one shared
    weight, -1 is shared with none; None: nothing is shared.
    ``fixed`` weights take part in every pass but are not trained.
    """

    source: int
    target: int
    mask: NDArray[np.bool_] | None = None
    ties: Integers | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Groups and connections, and where each one's numbers lie in the flat vector.

    groups        input groups first, the one output group last; order is topological.
    connections   any number, each from an earlier to a later group, one per pair.
    bias_ties     for each group None or (units,) numbers, as Connection.ties.

    Tied weights each keep an index of their own in the vector and always hold equal values:
    ``share`` gives every one of them the sum of their gradients, so any optimizer that works
    element by element keeps them equal to the bit.

    Raises BadValue for sizes, names or shapes that are not allowed.
    """

    groups: tuple[Group, ...]
    connections: tuple[Connection, ...]
    bias_ties: tuple[Integers | None, ...] = ()
    n_parameters: int = field(init=False)
    trainable: NDArray[np.bool_] = field(init=False)
    decays: NDArray[np.bool_] = field(init=False)
    _bias_start: tuple[int, ...] = field(init=False)
    _weight_start: tuple[int, ...] = field(init=False)
    _tied: Integers = field(init=False)
    _tie_class: Integers = field(init=False)

    def __post_init__(self) -> None:
        _check(self)
        starts: list[int] = []
        at = 0
        for group in self.groups:
            starts.append(at)
            at += 0 if group.role == "input" else group.size
        object.__setattr__(self, "_bias_start", tuple(starts))
        n_biases = at
        starts = []
        for link in self.connections:
            starts.append(at)
            at += self.groups[link.source].size * self.groups[link.target].size
        object.__setattr__(self, "_weight_start", tuple(starts))
        object.__setattr__(self, "n_parameters", at)
        object.__setattr__(self, "decays", np.arange(at) >= n_biases)
        object.__setattr__(self, "trainable", self._find_trainable())
        tied, classes = self._find_ties()
        object.__setattr__(self, "_tied", tied)
        object.__setattr__(self, "_tie_class", classes)

    # -- shape -----------------------------------------------------------------------------

    @property
    def output(self) -> int:
        """The index of the output group."""
        return len(self.groups) - 1

    @property
    def n_inputs(self) -> int:
        """Units in all input groups together: the width of an input pattern."""
        return sum(group.size for group in self.groups if group.role == "input")

    @property
    def n_outputs(self) -> int:
        """Units in the output group: the width of a target."""
        return self.groups[-1].size

    @property
    def hidden(self) -> tuple[int, ...]:
        """The indices of the hidden groups."""
        return tuple(g for g, group in enumerate(self.groups) if group.role == "hidden")

    def input_columns(self, group: int) -> slice:
        """Which columns of an input pattern belong to this input group."""
        before = sum(g.size for g in self.groups[:group])
        return slice(before, before + self.groups[group].size)

    def incoming(self, group: int) -> Iterator[int]:
        """The indices of the connections that end in this group."""
        return (c for c, link in enumerate(self.connections) if link.target == group)

    def outgoing(self, group: int) -> Iterator[int]:
        """The indices of the connections that start in this group."""
        return (c for c, link in enumerate(self.connections) if link.source == group)

    # -- views of a flat vector ------------------------------------------------------------

    def weights(self, vector: Vector, connection: int) -> Matrix:
        """The view (source units, target units) of a flat vector (N,) for one connection."""
        link = self.connections[connection]
        shape = (self.groups[link.source].size, self.groups[link.target].size)
        return vector[self.weights_at(connection)].reshape(shape)

    def biases(self, vector: Vector, group: int) -> Vector:
        """The view (units,) of a flat vector (N,) for the biases of one group."""
        return vector[self.biases_at(group)]

    def weights_at(self, connection: int) -> slice:
        """Where the weights of one connection lie in the flat vector, a source unit a row."""
        link, start = self.connections[connection], self._weight_start[connection]
        return slice(start, start + self.groups[link.source].size * self.groups[link.target].size)

    def biases_at(self, group: int) -> slice:
        """Where the biases of one group lie in the flat vector."""
        start = self._bias_start[group]
        size = 0 if self.groups[group].role == "input" else self.groups[group].size
        return slice(start, start + size)

    def weight_index(self, connection: int, source: int, target: int) -> int:
        """The index in the flat vector of the weight between two units of a connection."""
        link = self.connections[connection]
        columns = self.groups[link.target].size
        return self._weight_start[connection] + source * columns + target

    def bias_index(self, group: int, unit: int) -> int:
        """The index in the flat vector of the bias of a unit (not of an input)."""
        return self._bias_start[group] + unit

    # -- masks and ties --------------------------------------------------------------------

    @property
    def is_tied(self) -> bool:
        """Whether any weights or biases are shared."""
        return len(self._tied) > 0

    @property
    def ties(self) -> tuple[Integers, Integers]:
        """The indices in the flat vector of all tied numbers, and the class 0, 1, ... of each."""
        return self._tied, self._tie_class

    def share(self, gradient: Vector) -> None:
        """Give every tied weight the sum of its class's gradients, in place; (N,)."""
        sums = np.bincount(self._tie_class, weights=gradient[self._tied])
        gradient[self._tied] = sums[self._tie_class]

    def constrain(self, parameters: Vector) -> None:
        """Make a flat vector fit the network, in place: absent weights 0, tied ones equal.

        Each tie class takes the value of its first member.
        """
        for c, link in enumerate(self.connections):
            if link.mask is not None:
                self.weights(parameters, c)[~link.mask] = 0.0
        _, first = np.unique(self._tie_class, return_index=True)
        if len(first):
            parameters[self._tied] = parameters[self._tied][first][self._tie_class]

    def tied_with(self, index: int) -> tuple[int, ...]:
        """All indices of a flat vector that share one number with this one, itself included."""
        at = np.flatnonzero(self._tied == index)
        if not len(at):
            return (index,)
        return tuple(self._tied[self._tie_class == self._tie_class[at[0]]].tolist())

    def assign(self, parameters: Vector, indices: Integers, values: Vector) -> None:
        """Write values at indices of a flat vector, and to all that is tied to them.

        Raises BadValue, and writes nothing, for an index out of range or an absent weight.
        """
        present = np.ones(self.n_parameters)
        for c, link in enumerate(self.connections):
            if link.mask is not None:
                self.weights(present, c)[:] = link.mask
        for index in indices:
            check_whole("index of a weight", int(index), 0, self.n_parameters - 1)
            if not present[index]:
                raise BadValue("weight", Unquoted("absent"), "present", name=f"weight {index}")
        tied = dict(zip(self._tied.tolist(), self._tie_class.tolist(), strict=True))
        for index, value in zip(indices.tolist(), values.tolist(), strict=True):
            if index in tied:
                parameters[self._tied[self._tie_class == tied[index]]] = value
            else:
                parameters[index] = value

    def _find_trainable(self) -> NDArray[np.bool_]:
        train = np.ones(self.n_parameters)
        for c, link in enumerate(self.connections):
            weights = self.weights(train, c)
            if link.fixed:
                weights[:] = 0.0
            elif link.mask is not None:
                weights[:] = link.mask
        return train.astype(bool)

    def _find_ties(self) -> tuple[Integers, Integers]:
        """The indices of all tied numbers, and the class (0, 1, ...) of each."""
        labels = np.full(self.n_parameters, -1.0)
        base = 0.0
        for g, ties in enumerate(self.bias_ties):
            if ties is not None:
                self.biases(labels, g)[:] = np.where(ties >= 0, ties + base, -1)
                base = max(base, labels.max() + 1)
        for c, link in enumerate(self.connections):
            if link.ties is not None:
                shared = link.ties >= 0
                if link.mask is not None:
                    shared &= link.mask
                self.weights(labels, c)[:] = np.where(shared, link.ties + base, -1)
                base = max(base, labels.max() + 1)
        tied = np.flatnonzero(labels >= 0)
        _, classes = np.unique(labels[tied], return_inverse=True)
        return tied, classes.astype(np.int64)


def layered(
    sizes: tuple[int, ...], activations: tuple[str, ...], *, shortcuts: bool = False
) -> Network:
    """The usual network: one group after another, each connected to the next.

    ``sizes`` counts units of input, hidden..., output; ``activations`` names one activation
    for each group but the input. ``shortcuts`` adds every connection that skips a group.
    """
    last = len(sizes) - 1
    hidden: list[GroupRole] = ["hidden"] * (last - 1)
    roles: list[GroupRole] = ["input", *hidden, "output"]
    names = ["input", *(f"hidden {h}" for h in range(1, last)), "output"]
    groups = tuple(
        Group(name, size, role, activation)
        for name, size, role, activation in zip(
            names, sizes, roles, ("linear", *activations), strict=True
        )
    )
    links = tuple(
        Connection(source, target)
        for target in range(1, last + 1)
        for source in (range(target) if shortcuts else (target - 1,))
    )
    return Network(groups, links)


def _check(network: Network) -> None:
    roles = [group.role for group in network.groups]
    n_hidden, n_inputs = roles.count("hidden"), roles.count("input")
    if n_inputs < 1 or roles != ["input"] * n_inputs + ["hidden"] * n_hidden + ["output"]:
        raise BadValue("groups", roles, "input groups, then hidden ones, then one output group")
    check_whole("number of hidden groups", n_hidden, 0, MAX_HIDDEN_GROUPS)
    for group in network.groups:
        limit = MAX_UNITS if group.role == "hidden" else MAX_PATTERN_SIZE
        check_whole(f"units of group {group.name}", group.size, 1, limit)
        check_choice(f"activation of group {group.name}", group.activation, ACTIVATIONS)
    seen = set()
    for link in network.connections:
        _check_connection(network, link)
        seen.add((link.source, link.target))
    if len(seen) != len(network.connections):
        raise BadValue("connections", Unquoted("two"), "at most one for each pair of groups")
    _check_bias_ties(network)
    for g, group in enumerate(network.groups):
        if group.role != "input" and not any(target == g for _, target in seen):
            found = Unquoted("without one")
            raise BadValue(f"group {group.name}", found, "the target of a connection")


def _check_bias_ties(network: Network) -> None:
    if len(network.bias_ties) > len(network.groups):
        raise BadValue("bias ties", len(network.bias_ties), "at most one for each group")
    for group, ties in zip(network.groups, network.bias_ties, strict=False):
        shape = (0 if group.role == "input" else group.size,)
        if ties is not None and ties.shape != shape:
            raise BadValue(f"bias ties of group {group.name}", ties.shape, f"of shape {shape}")


def _check_connection(network: Network, link: Connection) -> None:
    pair = (link.source, link.target)
    if not all(0 <= g < len(network.groups) for g in pair):
        raise BadValue("connection", pair, f"two of the groups 0 to {len(network.groups) - 1}")
    source, target = (network.groups[g] for g in pair)
    name = f"connection {source.name} to {target.name}"
    if link.source >= link.target:
        raise BadValue(name, Unquoted("backward"), "from an earlier group to a later one")
    if target.role == "input":
        raise BadValue(name, Unquoted("into an input group"), "into a hidden group or the output")
    shape = (source.size, target.size)
    for part in (link.mask, link.ties):
        if part is not None and part.shape != shape:
            raise BadValue(name, part.shape, f"of shape {shape}", name=f"mask or ties of {name}")
