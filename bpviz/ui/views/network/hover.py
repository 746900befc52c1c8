"""What is under the mouse in a network's picture, and its numbers. No painting."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.network import Connection
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.views.network.edges import Strand, strands_of_unit
from bpviz.ui.views.network.labels import activation_name, exact, plain, unit_name
from bpviz.ui.views.network.layout import NetworkLayout
from bpviz.ui.views.network.overlays import WEIGHT, downhill_words, precise
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.views.network.routes import Routes, distances

REACH = 5.0
"""Px from a line at which it still counts as pointed at."""

UNIT_WEIGHTS = 300
"""So many weights of a unit are drawn, of each connection, when it is pointed at."""


@dataclass(frozen=True, slots=True)
class UnitAt:
    """A unit."""

    group: int
    unit: int


@dataclass(frozen=True, slots=True)
class EdgeAt:
    """A weight: from a unit of the connection's source to one of its target."""

    connection: int
    source: int
    target: int


Target = UnitAt | EdgeAt
"""What a mouse can point at."""


@dataclass(frozen=True, slots=True)
class WayAt:
    """Several weights, such as a path, and units; their ends are marked, too."""

    edges: tuple[EdgeAt, ...]
    units: tuple[UnitAt, ...] = ()


Lit = Target | WayAt
"""What another view can point at."""


@dataclass(frozen=True, slots=True)
class Info:
    """What the panel beside the mouse says: a title, rows of (what, number), and remarks.

    ``image`` are the numbers of the weights that a unit gets from the pixels of an image, as
    (rows, columns); ``image_words`` say which numbers.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()
    image: Matrix | None = None
    image_words: str = ""


def find(layout: NetworkLayout, routes: tuple[Routes, ...], x: float, y: float) -> Target | None:
    """The unit at a place, or else the nearest line within REACH, or None."""
    for block in layout.blocks:
        unit = block.unit_at(x, y)
        if unit is not None:
            return UnitAt(block.group, unit)
    best: Target | None = None
    least = REACH
    for strand in routes:
        if not len(strand.points):
            continue
        away = distances(strand.points, x, y)
        edge = int(away.argmin())
        if away[edge] < least:
            least = float(away[edge])
            of = strand.strand
            best = EdgeAt(of.connection, int(of.source[edge]), int(of.target[edge]))
    return best


def ends_of(setup: PreparedExperiment, target: Lit) -> tuple[tuple[int, int], ...]:
    """The (group, unit) pairs that a target consists of: units, or the two ends of weights."""
    if isinstance(target, UnitAt):
        return ((target.group, target.unit),)
    if isinstance(target, WayAt):
        parts = [ends_of(setup, edge) for edge in target.edges]
        parts += [ends_of(setup, unit) for unit in target.units]
        return tuple(dict.fromkeys(end for ends in parts for end in ends))
    link = setup.network.connections[target.connection]
    return ((link.source, target.source), (link.target, target.target))


def belongs(setup: PreparedExperiment, target: Lit, weight: EdgeAt) -> bool:
    """Whether a weight is the one that is pointed at, or leads from or to the unit that is."""
    if isinstance(target, WayAt):
        return weight in target.edges
    ends = ends_of(setup, weight)
    return weight == target or (isinstance(target, UnitAt) and ends_of(setup, target)[0] in ends)


def strands_of(layout: NetworkLayout, moment: PatternPass, target: Lit) -> tuple[Strand, ...]:
    """The weights that belong to what is pointed at."""
    if isinstance(target, WayAt):
        return tuple(
            Strand(c, np.array([e.source for e in edges]), np.array([e.target for e in edges]))
            for c, edges in _by_connection(target.edges).items()
        )
    if isinstance(target, EdgeAt):
        return (Strand(target.connection, np.array([target.source]), np.array([target.target])),)
    network = moment.setup.network
    ranking = moment.parameters if moment.lacking else moment.values
    return strands_of_unit(network, layout, ranking, target.group, target.unit, UNIT_WEIGHTS)


def _by_connection(edges: tuple[EdgeAt, ...]) -> dict[int, list[EdgeAt]]:
    found: dict[int, list[EdgeAt]] = {}
    for edge in edges:
        found.setdefault(edge.connection, []).append(edge)
    return found


def describe(moment: PatternPass, target: Target) -> Info:
    """The numbers of what is pointed at, now."""
    if isinstance(target, EdgeAt):
        return _describe_edge(moment, target)
    return _describe_unit(moment, target)


# -- units ---------------------------------------------------------------------------------


def _describe_unit(moment: PatternPass, at: UnitAt) -> Info:
    setup, group = moment.setup, moment.setup.network.groups[at.group]
    act = float(moment.act[at.group][at.unit])
    name = unit_name(setup, at.group, at.unit)
    if group.role == "input":
        rows = [("value", exact(act)), *_pixel(setup, at)]
        return Info(f"{name}, {group.name}", tuple(rows), _held(moment, at))
    bias = float(moment.biases[at.group][at.unit])
    step = group.activation == "step"
    rows = [
        ("threshold", exact(-bias)) if step else ("bias", exact(bias)),
        ("net input", exact(float(moment.net[at.group][at.unit]))),
        (f"activation, {activation_name(group.activation)}", exact(act)),
    ]
    if group.role == "output" and not moment.drawn:
        aim = float(moment.targets[at.unit])
        rows += [("target t", exact(aim)), ("deviation t − o", exact(aim - act))]
    delta = None if moment.cursor is None else moment.cursor.delta[at.group]
    if delta is not None:
        rows.append(("delta δ of this pattern", precise(float(delta[at.unit]))))
    place = setup.network.bias_place(at.group, at.unit)
    rows += [
        (downhill_words(setup, "b"), _computed(moment.downhill, place)),
        ("last change Δb", _computed(moment.change, place)),
    ]
    where = f"unit {at.unit + 1:,} of {group.name}"
    words = "weights" if moment.overlay is WEIGHT else moment.overlay.noun
    return Info(
        f"{name}, {where}",
        tuple(rows),
        _held(moment, at),
        image=_field(setup, moment, at),
        image_words=f"{words} from the image",
    )


def _held(moment: PatternPass, at: UnitAt) -> tuple[str, ...]:
    held = moment.clamps.get((at.group, at.unit))
    return () if held is None else (f"held at {plain(held)} by hand",)


def _computed(vector: Vector | None, place: int) -> str:
    """A number that a snapshot need not hold."""
    return "not computed" if vector is None else precise(float(vector[place]))


def _pixel(setup: PreparedExperiment, at: UnitAt) -> tuple[tuple[str, str], ...]:
    shape = setup.patterns.image_shape
    if shape is None or shape[0] * shape[1] != setup.network.groups[at.group].size:
        return ()
    row, column = divmod(at.unit, shape[1])
    return (("pixel", f"row {row + 1}, column {column + 1}"),)


def _field(setup: PreparedExperiment, moment: PatternPass, at: UnitAt) -> Matrix | None:
    """The overlay's numbers of the weights from an image to this unit, absent ones as nan."""
    shape, network = setup.patterns.image_shape, setup.network
    for c in network.incoming(at.group):
        link = network.connections[c]
        source = network.groups[link.source]
        if shape and source.role == "input" and source.size == shape[0] * shape[1]:
            weights = network.weights(moment.values, c)[:, at.unit]
            if link.mask is not None:
                weights = np.where(link.mask[:, at.unit], weights, np.nan)
            return np.asarray(weights.reshape(shape))
    return None


# -- weights -------------------------------------------------------------------------------


def _describe_edge(moment: PatternPass, at: EdgeAt) -> Info:
    setup, link = moment.setup, moment.setup.network.connections[at.connection]
    weights = setup.network.weights(moment.parameters, at.connection)
    weight = float(weights[at.source, at.target])
    act = float(moment.act[link.source][at.source])
    source = unit_name(setup, link.source, at.source)
    target = unit_name(setup, link.target, at.target)
    place = setup.network.weight_place(at.connection, at.source, at.target)
    rows = (
        ("weight w", exact(weight)),
        (downhill_words(setup, "w"), _computed(moment.downhill, place)),
        ("last change Δw", _computed(moment.change, place)),
        (f"activation of {source}", exact(act)),
        ("signal = activation × w", precise(act * weight)),
    )
    return Info(f"{source} → {target}", rows, _remarks(link, at))


def _remarks(link: Connection, at: EdgeAt) -> tuple[str, ...]:
    said = []
    if link.fixed:
        said.append("fixed: it is not trained")
    if link.ties is not None and link.ties[at.source, at.target] >= 0:
        tied: Integers = link.ties == link.ties[at.source, at.target]
        if link.mask is not None:
            tied = tied & link.mask
        said.append(f"shared: one weight in {plain(int(tied.sum()))} places")
    return tuple(said)
