"""What is under the pointer in the diagram, and its numbers, without painting."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.network import Connection
from bpviz.core.model.references import BiasRef, ParameterRef, UnitRef, WeightRef, index_of
from bpviz.core.text.number_words import plain
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.drawing.unit_names import weight_name
from bpviz.ui.views.network.edges import Strand, strands_of_unit
from bpviz.ui.views.network.labels import activation_name, exact, unit_name
from bpviz.ui.views.network.layout import Box, NetworkLayout
from bpviz.ui.views.network.overlays import WEIGHT, neg_gradient_words, precise
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.views.network.routes import Routes, distances

REACH = 10.0
"""The largest distance of the pointer from a line that it points at, px."""

UNIT_WEIGHTS = 300
"""The most weights per connection that are drawn for a unit pointed at."""


Element = UnitRef | WeightRef
"""What the mouse can point at in the diagram."""


@dataclass(frozen=True, slots=True)
class ElementSet:
    """Several weights, such as those of a path, and units; the ends of the weights are included."""

    weights: tuple[WeightRef, ...]
    units: tuple[UnitRef, ...] = ()


Highlight = Element | ElementSet
"""What another view can highlight in the diagram."""


@dataclass(frozen=True, slots=True)
class Info:
    """The text of the panel: a title, rows of (name, number), and remarks.

    ``image`` holds the numbers of the weights from the pixels of an image to a unit, (rows,
    columns); ``image_words`` names them.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()
    image: Matrix | None = None
    image_words: str = ""


def find(layout: NetworkLayout, routes: tuple[Routes, ...], x: float, y: float) -> Element | None:
    """The unit at (x, y), else the weight of the nearest line within REACH, else None."""
    for block in layout.blocks:
        unit = block.unit_at(x, y)
        if unit is not None:
            return UnitRef(block.group, unit)
    best: Element | None = None
    least = REACH
    for strand in routes:
        if not len(strand.points):
            continue
        away = distances(strand.points, x, y)
        edge = int(away.argmin())
        if away[edge] < least:
            least = float(away[edge])
            of = strand.strand
            best = WeightRef(of.connection, int(of.source[edge]), int(of.target[edge]))
    return best


def box_of(target: Element | None, layout: NetworkLayout | None, x: float, y: float) -> Box:
    """What a card about the target must not cover: the unit, or the tip of the mouse at (x, y)."""
    half = float(SPACE)
    if isinstance(target, UnitRef) and layout is not None:
        block = layout.blocks[target.group]
        x, y = float(block.x[target.unit]), float(block.y[target.unit])
        half = max(0.75 * block.radius, SPACE)
    return Box(x - half, y - half, 2 * half, 2 * half)


def units_of(setup: PreparedExperiment, target: Highlight) -> tuple[UnitRef, ...]:
    """The units of a highlight, with both ends of each of its weights."""
    if isinstance(target, UnitRef):
        return (target,)
    if isinstance(target, ElementSet):
        found = [unit for weight in target.weights for unit in units_of(setup, weight)]
        return tuple(dict.fromkeys((*found, *target.units)))
    link = setup.network.connections[target.connection]
    return UnitRef(link.source, target.source), UnitRef(link.target, target.target)


def belongs(setup: PreparedExperiment, target: Highlight, weight: WeightRef) -> bool:
    """Whether a weight is highlighted, or is from or to a highlighted unit."""
    if isinstance(target, ElementSet):
        return weight in target.weights
    return weight == target or target in units_of(setup, weight)


def strands_of(
    layout: NetworkLayout, pattern_pass: PatternPass, target: Highlight
) -> tuple[Strand, ...]:
    """The weights that belong to a highlight."""
    if isinstance(target, ElementSet):
        return tuple(
            Strand(c, np.array([w.source for w in weights]), np.array([w.target for w in weights]))
            for c, weights in _by_connection(target.weights).items()
        )
    if isinstance(target, WeightRef):
        return (Strand(target.connection, np.array([target.source]), np.array([target.target])),)
    network = pattern_pass.setup.network
    ranking = pattern_pass.parameters if pattern_pass.lacking else pattern_pass.values
    return strands_of_unit(network, layout, ranking, target.group, target.unit, UNIT_WEIGHTS)


def _by_connection(weights: tuple[WeightRef, ...]) -> dict[int, list[WeightRef]]:
    found: dict[int, list[WeightRef]] = {}
    for weight in weights:
        found.setdefault(weight.connection, []).append(weight)
    return found


def describe(pattern_pass: PatternPass, target: Element) -> Info:
    """The numbers of what is pointed at."""
    if isinstance(target, WeightRef):
        return _describe_weight(pattern_pass, target)
    return _describe_unit(pattern_pass, target)


# -- units ---------------------------------------------------------------------------------


def _describe_unit(pattern_pass: PatternPass, at: UnitRef) -> Info:
    setup, group = pattern_pass.setup, pattern_pass.setup.network.groups[at.group]
    act = float(pattern_pass.act[at.group][at.unit])
    name = unit_name(setup, at.group, at.unit)
    if group.role == "input":
        rows = [("value", exact(act)), *_pixel(setup, at)]
        return Info(f"{name}, {group.name}", tuple(rows), _held(pattern_pass, at))
    bias = float(pattern_pass.biases[at.group][at.unit])
    step = group.activation == "step"
    rows = [
        ("threshold", exact(-bias)) if step else ("bias", exact(bias)),
        ("net input", exact(float(pattern_pass.net[at.group][at.unit]))),
        (f"activation, {activation_name(group.activation)}", exact(act)),
    ]
    if group.role == "output" and not pattern_pass.drawn:
        aim = float(pattern_pass.targets[at.unit])
        rows += [("target t", exact(aim)), ("deviation t − o", exact(aim - act))]
    if group.role == "output":
        rows += _in_units(pattern_pass, at.unit)
    delta = None if pattern_pass.cursor is None else pattern_pass.cursor.delta[at.group]
    if delta is not None:
        rows.append(("delta δ of this pattern", precise(float(delta[at.unit]))))
    cursor = pattern_pass.cursor
    if cursor is not None and at.group in cursor.silent and cursor.silent[at.group][at.unit]:
        rows.append(("dropout", "silent for this pattern"))
    rows += _step_rows(pattern_pass, BiasRef(at.group, at.unit), "b")
    where = f"unit {at.unit + 1:,} of {group.name}"
    words = "weights" if pattern_pass.overlay is WEIGHT else pattern_pass.overlay.noun
    return Info(
        f"{name}, {where}",
        tuple(rows),
        _held(pattern_pass, at),
        image=_field(setup, pattern_pass, at),
        image_words=f"{words} from the image",
    )


def _in_units(pattern_pass: PatternPass, unit: int) -> list[tuple[str, str]]:
    """Output and target in the units of the file, where they are standardised."""
    patterns = pattern_pass.setup.patterns
    if patterns.target_scale is None:
        return []
    output = float(patterns.in_units(pattern_pass.act[-1])[unit])
    rows = [("output in the file's units", exact(output))]
    if not pattern_pass.drawn:
        target = float(patterns.in_units(pattern_pass.targets)[unit])
        rows.append(("target in the file's units", exact(target)))
    return rows


def _held(pattern_pass: PatternPass, at: UnitRef) -> tuple[str, ...]:
    held = pattern_pass.clamps.get(at)
    return () if held is None else (f"held at {plain(held)} by hand",)


def _step_rows(
    pattern_pass: PatternPass, ref: ParameterRef, letter: str
) -> tuple[tuple[str, str], tuple[str, str]]:
    """The negative gradient and the last change of a weight or bias."""
    index = index_of(pattern_pass.setup.network, ref)
    return (
        (
            neg_gradient_words(pattern_pass.setup, letter),
            _computed(pattern_pass.neg_gradient, index),
        ),
        (f"last change Δ{letter}", _computed(pattern_pass.change, index)),
    )


def _computed(vector: Vector | None, index: int) -> str:
    """A number that may be missing in the snapshot."""
    return "not computed" if vector is None else precise(float(vector[index]))


def _pixel(setup: PreparedExperiment, at: UnitRef) -> tuple[tuple[str, str], ...]:
    shape = setup.patterns.image_shape
    if shape is None or shape[0] * shape[1] != setup.network.groups[at.group].size:
        return ()
    row, column = divmod(at.unit, shape[1])
    return (("pixel", f"row {row + 1}, column {column + 1}"),)


def _field(setup: PreparedExperiment, pattern_pass: PatternPass, at: UnitRef) -> Matrix | None:
    """The overlay's numbers of the weights from an image to this unit, nan where absent."""
    shape, network = setup.patterns.image_shape, setup.network
    for c in network.incoming(at.group):
        link = network.connections[c]
        source = network.groups[link.source]
        if shape and source.role == "input" and source.size == shape[0] * shape[1]:
            weights = network.weights(pattern_pass.values, c)[:, at.unit]
            if link.mask is not None:
                weights = np.where(link.mask[:, at.unit], weights, np.nan)
            return np.asarray(weights.reshape(shape))
    return None


# -- weights -------------------------------------------------------------------------------


def _describe_weight(pattern_pass: PatternPass, at: WeightRef) -> Info:
    setup, link = pattern_pass.setup, pattern_pass.setup.network.connections[at.connection]
    weights = setup.network.weights(pattern_pass.parameters, at.connection)
    weight = float(weights[at.source, at.target])
    act = float(pattern_pass.act[link.source][at.source])
    rows = (
        ("weight w", exact(weight)),
        *_step_rows(pattern_pass, at, "w"),
        (f"activation of {unit_name(setup, link.source, at.source)}", exact(act)),
        ("signal = activation × w", precise(act * weight)),
    )
    return Info(weight_name(setup, at), rows, _remarks(link, at))


def _remarks(link: Connection, at: WeightRef) -> tuple[str, ...]:
    said = []
    if link.fixed:
        said.append("fixed: it is not trained")
    if link.ties is not None and link.ties[at.source, at.target] >= 0:
        tied: Integers = link.ties == link.ties[at.source, at.target]
        if link.mask is not None:
            tied = tied & link.mask
        said.append(f"shared: one weight in {plain(int(tied.sum()))} places")
    return tuple(said)
