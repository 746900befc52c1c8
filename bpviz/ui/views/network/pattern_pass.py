"""The numbers in the diagram: one pattern passed through the network of a snapshot."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from bpviz.core.analysis.dead_units import DeadUnits, find_dead_units
from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import Clamps
from bpviz.core.run.cursor import Cursor
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Integers, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import LEAST_WEIGHT_LIMIT, steady_limit
from bpviz.ui.toolkit.drawing.response_maps import ResponseMaps
from bpviz.ui.views.network.edges import Strand
from bpviz.ui.views.network.labels import largest, sampled_rows
from bpviz.ui.views.network.layout import NetworkLayout
from bpviz.ui.views.network.overlays import WEIGHT, Overlay

ROBUST = 0.98
"""The fraction of the drawn numbers within the scale; the rest is drawn as its end."""


NONE_DEAD = DeadUnits({}, 0, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The ends of the scales: of lines and rings, and of the activations of each group."""

    weight: float
    activations: tuple[float, ...]

    @property
    def common(self) -> float:
        """The most frequent limit of inputs and hidden groups: it is in the legend, the others are
        in the groups' captions. Outputs have scales of their own.
        """
        return Counter(reversed(self.activations[:-1])).most_common(1)[0][0]


@dataclass(frozen=True, slots=True, eq=False)
class PatternPass:
    """One pattern passed through the network of a snapshot.

    net, act   for each group (units,); net of input groups is empty.
    biases     for each group (units,); empty for input groups.
    neg_gradient, change   (N,) or None if they were not computed, as in the snapshot.
    overlay    what lines and rings show.
    values     (N,) the overlay's numbers; nan where they are not known.
    lacking    why they are not known; '' if they are.
    lines      the overlay's numbers of each drawn strand (E,).
    rings      the overlay's numbers of the biases, like ``biases``.
    clamps     units clamped to a value.
    responses  of hidden units over the input plane, if they are drawn.
    dead       units of ReLU groups that are 0 for all training patterns.
    drawn      whether the inputs are a drawing instead of a pattern: ``targets`` are nan.
    cursor     what is known inside an update, when stepping by phases or patterns: ``act`` is
               nan where it is not computed yet.
    under_way  the update under way, in words.
    updated    the rows of the last update, as in the snapshot.
    """

    setup: PreparedExperiment
    instant: str
    row: int
    parameters: Vector
    net: tuple[Vector, ...]
    act: tuple[Vector, ...]
    biases: tuple[Vector, ...]
    targets: Vector
    neg_gradient: Vector | None
    change: Vector | None
    overlay: Overlay
    values: Vector
    lacking: str
    lines: tuple[Vector, ...]
    rings: tuple[Vector, ...]
    limits: Limits
    clamps: Clamps
    dead: DeadUnits = NONE_DEAD
    responses: tuple[ResponseMaps, ...] = ()
    cursor: Cursor | None = None
    drawn: bool = False
    under_way: str = ""
    updated: Integers | None = None

    def written(self, group: int) -> Vector:
        """The activations of a group as they are written: outputs in the units of the file."""
        act = self.act[group]
        is_output = group == len(self.act) - 1
        return self.setup.patterns.in_units(act) if is_output else act


def is_bounded(setup: PreparedExperiment, group: int) -> bool:
    """Whether the activation function of a group is bounded."""
    if setup.network.groups[group].role == "input":
        return False
    return bool(ACTIVATIONS[setup.network.groups[group].activation].is_bounded)


def needs_activations(setup: PreparedExperiment) -> bool:
    """Whether the scale of a hidden group depends on the activations of many patterns."""
    return any(not is_bounded(setup, g) for g in setup.network.hidden)


def fixed_limits(setup: PreparedExperiment) -> tuple[float | None, ...]:
    """For each group the limit of its activations for the whole run, or None if it varies.

    Bounded activation functions have their bounds. The limits of inputs and linear outputs are
    those of the patterns, or of a sample of many; they change when patterns are edited.
    """
    train = setup.patterns.train
    some = sampled_rows(train)
    train_inputs, train_targets = train.inputs[some], train.targets[some]
    limits: list[float | None] = []
    for g, group in enumerate(setup.network.groups):
        if group.role == "input":
            size = largest(train_inputs[:, setup.network.input_columns(g)].ravel(), 0.99)
            is_image = setup.patterns.image_shape is not None and size > 0.0
            limits.append(size if is_image else steady_limit(size, 0.0))
        elif is_bounded(setup, g):
            activation = ACTIVATIONS[group.activation]
            limits.append(max(abs(activation.low), abs(activation.high)))
        else:
            output = group.role == "output"
            limits.append(steady_limit(largest(train_targets.ravel()), 0.0) if output else None)
    return tuple(limits)


def pass_pattern(
    setup: PreparedExperiment,
    snapshot: Snapshot,
    row: int,
    layout: NetworkLayout,
    strands: tuple[Strand, ...],
    fixed: tuple[float | None, ...],
    before: Limits | None,
    overlay: Overlay = WEIGHT,
    drawing: Vector | None = None,
) -> PatternPass:
    """Pass a training pattern (its row) or a drawing (inputs,) through the network.

    ``fixed`` are the setup's ``fixed_limits``; ``before`` are the limits of the last picture,
    which are kept if possible.
    """
    network, parameters = setup.network, snapshot.parameters
    if before is not None and len(before.activations) != len(network.groups):
        before = None  # of another network
    with np.errstate(all="ignore"):  # a diverged run is shown as it is
        inputs = setup.patterns.train.inputs[row : row + 1] if drawing is None else drawing[None]
        net, act = forward(network, parameters, inputs, snapshot.clamps)
    groups = range(len(network.groups))
    acts = tuple(a.ravel() for a in act)
    cursor = snapshot.cursor
    if cursor is not None:
        acts = tuple(
            np.full(group.size, np.nan) if a is None else a
            for a, group in zip(cursor.act, network.groups, strict=True)
        )
    known = overlay.values(setup, snapshot, acts)
    values = np.full(network.n_parameters, np.nan) if known is None else known
    lines = tuple(strand.weights(network, values) for strand in strands)
    rings = tuple(network.biases(values, g) for g in groups)
    ringed = (rings[block.group] for block in layout.blocks if block.kind == "units")
    weight = largest(np.concatenate([*lines, *ringed]), ROBUST)
    if overlay is WEIGHT and weight > 0.0:
        weight = max(weight, LEAST_WEIGHT_LIMIT)
    return PatternPass(
        setup,
        snapshot.instant,
        row,
        parameters,
        tuple(n.ravel() for n in net),
        acts,
        tuple(network.biases(parameters, g) for g in groups),
        setup.patterns.train.targets[row] if drawing is None else np.full(act[-1].size, np.nan),
        snapshot.neg_gradient,
        snapshot.change,
        overlay,
        values,
        overlay.lacking(snapshot) if known is None else "",
        lines,
        rings,
        Limits(
            steady_limit(weight, before.weight if before else 0.0),
            tuple(
                limit if limit is not None else _running_limit(g, act[g].ravel(), snapshot, before)
                for g, limit in enumerate(fixed)
            ),
        ),
        snapshot.clamps,
        snapshot.dead or find_dead_units(network, snapshot.activations, len(setup.patterns.train)),
        cursor=cursor,
        drawn=drawing is not None,
        under_way=snapshot.under_way,
        updated=snapshot.updated,
    )


def _running_limit(g: int, act: Vector, snapshot: Snapshot, before: Limits | None) -> float:
    """The limit of an unbounded hidden group, from many patterns if the snapshot has them."""
    values = snapshot.activations[g].ravel() if snapshot.activations else act
    return steady_limit(largest(values, ROBUST), before.activations[g] if before else 0.0)
