"""Prepares an experiment: its patterns, network and run."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bpviz.core.analysis.separability import Inseparable, Separation, separation
from bpviz.core.interruption import Interrupted, never
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import (
    Connection,
    Group,
    Network,
)
from bpviz.core.model.pattern_change import PatternChange
from bpviz.core.model.patterns import Criterion, Patterns, PatternSet
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.run.snapshot import shown_rows
from bpviz.core.text.number_words import plain
from bpviz.core.values import BadValue, Integers, Matrix, Unquoted, check_choice, check_number
from bpviz.experiment.experiment import Experiment, Link
from bpviz.problems.table import find_problem


@dataclass(frozen=True, slots=True, eq=False)
class PreparedExperiment:
    """The experiment, its patterns and its network.

    During a run the network stays the same object; changed settings and training patterns give
    another PreparedExperiment.

    shown       row numbers of the training patterns that views list (all, or an even sample).
    probe       (points, inputs) where the output is drawn over the input space: a grid row by
                row for the plane of two coordinates, a line for one input, None otherwise;
                probe_shape its (rows, columns).
    remarks     sentences about settings that are allowed but may not work well.
    run_id      identifies the run of a snapshot.
    separation  whether the two classes of the training patterns are linearly separable, with a
                proof; None with hidden units that are not linear, or without two classes.
    """

    experiment: Experiment
    patterns: PatternSet
    network: Network
    criterion: Criterion
    shown: Integers
    probe: Matrix | None
    probe_shape: tuple[int, int]
    remarks: tuple[str, ...]
    run_id: int = 0
    separation: Separation | None = None


def start_of(setup: PreparedExperiment) -> RunSpec:
    """The RunSpec of a setup."""
    experiment, patterns = setup.experiment, setup.patterns
    return RunSpec(
        setup.network,
        patterns.train,
        patterns.test,
        experiment.error,
        setup.criterion,
        experiment.initializer,
        experiment.spread,
        experiment.training,
        experiment.seed,
        experiment.rule,
    )


def new_run(setup: PreparedExperiment, cancelled: Interrupted = never) -> Run:
    """The run of a setup, at epoch 0. Raises Cancelled if ``cancelled`` returns True meanwhile."""
    return Run(start_of(setup), cancelled)


PROBE_SIDE = 72
PROBE_POINTS = 400


def prepare(
    experiment: Experiment, run_id: int = 0, patterns: PatternSet | None = None
) -> PreparedExperiment:
    """Load the problem (unless ``patterns`` are given) and build the network.

    Raises BadValue for fields that do not fit together, and with the field "problem" for a file
    that cannot be read.
    """
    if patterns is None:
        patterns = find_problem(experiment.problem).load(experiment.options)
    network = build_network(experiment, patterns)
    _check_fit(experiment, patterns)
    rule = RULES[experiment.rule]
    reason = obstacle(network, rule)
    if reason is not None and not rule.backward:
        raise reason  # step units under backpropagation can be shown and edited
    probe, probe_shape = _probe(patterns)
    # Several step outputs can be largest: there, each must be right.
    compares = patterns.one_hot and experiment.output != "step"
    criterion = Criterion("argmax" if compares else "within", experiment.tolerance)
    parted = _separation(experiment, patterns)
    return PreparedExperiment(
        experiment,
        patterns,
        network,
        criterion,
        shown_rows(len(patterns.train)),
        probe,
        probe_shape,
        tuple(_remarks(experiment, patterns, reason, parted)),
        run_id,
        parted,
    )


def with_train(setup: PreparedExperiment, train: Patterns) -> PreparedExperiment:
    """The setup with other training patterns of the same columns; see PatternSet.edited.

    Raises BadValue for targets that the error cannot take.
    """
    patterns = edited_patterns(setup, train)
    parted = _separation(setup.experiment, patterns)
    probe, probe_shape = setup.probe, setup.probe_shape
    if patterns.domain != setup.patterns.domain:
        probe, probe_shape = _probe(patterns)
    return replace(
        setup,
        patterns=patterns,
        shown=shown_rows(len(train)),
        probe=probe,
        probe_shape=probe_shape,
        remarks=tuple(_remarks(setup.experiment, patterns, _obstacle(setup), parted)),
        separation=parted,
    )


def edited_patterns(setup: PreparedExperiment, train: Patterns) -> PatternSet:
    """The setup's pattern set with these training patterns; see PatternSet.edited.

    Raises BadValue for targets that the error cannot take.
    """
    patterns = setup.patterns.edited(train)
    _check_error(setup.experiment, patterns)
    return patterns


def check_change(setup: PreparedExperiment, change: PatternChange, rows: int) -> None:
    """Check a change that gives ``rows`` training patterns; only changed rows are checked.

    Raises BadValue for numbers that are not finite, and targets that the error cannot take.
    """
    setup.patterns.check_rows(rows)
    if len(change.into):
        some = Patterns(change.into.inputs, change.into.targets)
        _check_targets(setup.experiment, some)


def _obstacle(setup: PreparedExperiment) -> BadValue | None:
    return obstacle(setup.network, RULES[setup.experiment.rule])


def build_network(experiment: Experiment, patterns: PatternSet) -> Network:
    """The network of an experiment for these patterns. Raises BadValue."""
    groups = (
        *_input_groups(experiment, patterns),
        *(
            Group(f"hidden {h}", hidden.size, "hidden", hidden.activation, hidden.dropout)
            for h, hidden in enumerate(experiment.hidden, 1)
        ),
        Group("output", patterns.n_outputs, "output", experiment.output),
    )
    index = {group.name: g for g, group in enumerate(groups)}
    neighbours = [(index[a], index[b]) for a, b in experiment.neighbours()]
    links = {pair: Connection(*pair) for pair in neighbours}
    rng = np.random.default_rng([experiment.seed, 1])  # its own stream: masks, not weights
    bias_ties: list[Integers | None] = [None] * len(groups)
    for link in experiment.links:
        for name in (link.source, link.target):
            check_choice("connection", name, index)
        pair = index[link.source], index[link.target]
        links.pop(pair, None)
        if link.present:
            links[pair] = _connect(link, pair, groups, patterns, rng)
            if link.shared and link.field is not None:
                bias_ties[pair[1]] = np.zeros(groups[pair[1]].size, dtype=np.int64)
    return Network(groups, tuple(links[pair] for pair in sorted(links)), tuple(bias_ties))


def _input_groups(experiment: Experiment, patterns: PatternSet) -> tuple[Group, ...]:
    sizes = experiment.inputs or (patterns.n_inputs,)
    if sum(sizes) != patterns.n_inputs:
        raise BadValue(
            "input groups",
            ",".join(map(str, sizes)),
            f"sizes whose sum is {patterns.n_inputs}, the number of inputs",
        )
    names = experiment.input_groups()
    return tuple(Group(name, size, "input") for name, size in zip(names, sizes, strict=True))


def _connect(
    link: Link,
    pair: tuple[int, int],
    groups: tuple[Group, ...],
    patterns: PatternSet,
    rng: np.random.Generator,
) -> Connection:
    name = f"connection {link.source} to {link.target}"
    check_number(f"density of {name}", link.density, 0.0, 1.0, above=True)
    shape = groups[pair[0]].size, groups[pair[1]].size
    mask: NDArray[np.bool_] | None = None
    ties: Integers | None = None
    if link.field is not None:
        mask, ties = _receptive_fields(link.field, shape, patterns, name)
    elif link.shared:
        ties = np.broadcast_to(np.arange(shape[1]), shape).copy()
    if link.density < 1.0:
        kept = rng.random(shape) < link.density
        mask = kept if mask is None else mask & kept
    return Connection(*pair, mask, ties if link.shared else None, link.fixed)


def _receptive_fields(
    size: tuple[int, int], shape: tuple[int, int], patterns: PatternSet, name: str
) -> tuple[NDArray[np.bool_], Integers]:
    """Mask and ties, both (source, target): target unit q is connected to the field at place q."""
    image = patterns.image_shape
    if image is None or image[0] * image[1] != shape[0]:
        found = Unquoted("with a receptive field")
        raise BadValue(name, found, "without one", "only the pixels of an image have such fields")
    places = image[0] - size[0] + 1, image[1] - size[1] + 1
    if min(size) < 1 or min(places) < 1 or places[0] * places[1] != shape[1]:
        raise BadValue(
            name,
            Unquoted(f"a {size[0]} x {size[1]} field for {shape[1]} units"),
            f"a field that fits the {image[0]} x {image[1]} image, and one unit for each of its "
            f"{max(places[0], 0) * max(places[1], 0)} places",
        )
    ties = np.full(shape, -1, dtype=np.int64)
    for unit in range(shape[1]):
        top, left = divmod(unit, places[1])
        for row in range(size[0]):
            for column in range(size[1]):
                pixel = (top + row) * image[1] + left + column
                ties[pixel, unit] = row * size[1] + column
    return ties >= 0, ties


def _probe(patterns: PatternSet) -> tuple[Matrix | None, tuple[int, int]]:
    if (plane := patterns.in_plane) is not None:
        x, y = (np.linspace(low, high, PROBE_SIDE) for low, high in plane.domain)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        return plane.expand(grid), (PROBE_SIDE, PROBE_SIDE)
    if patterns.n_inputs == 1:
        (low, high), *_ = patterns.domain
        return np.linspace(low, high, PROBE_POINTS)[:, None], (1, PROBE_POINTS)
    return None, (0, 0)


def _check_fit(experiment: Experiment, patterns: PatternSet) -> None:
    """Raise BadValue for activations, errors and targets that do not fit together."""
    groups = [
        (f"activation of hidden {h}", g.activation, g.size)
        for h, g in enumerate(experiment.hidden, 1)
    ]
    groups.append(("output activation", experiment.output, patterns.n_outputs))
    for field_name, activation, size in groups:
        if activation == "softmax" and size == 1:
            raise BadValue(
                field_name,
                activation,
                "another activation for a single unit",
                "softmax takes two or more, as one always answers 1",
            )
    for h, g in enumerate(experiment.hidden, 1):
        if g.dropout and g.activation == "softmax":
            raise BadValue(f"dropout of hidden {h}", g.dropout, "0 in a group of softmax units")
    _check_error(experiment, patterns)


def _check_error(experiment: Experiment, patterns: PatternSet) -> None:
    loss = LOSSES[experiment.error]
    if loss.only_canonical and experiment.output != loss.canonical:
        raise BadValue(
            "error",
            experiment.error,
            f"one for {experiment.output} output units, such as squared",
            f"{loss.label} goes with {loss.canonical} output units only",
        )
    for part in (patterns.train, *([patterns.test] if patterns.test else [])):
        _check_targets(experiment, part)


def _check_targets(experiment: Experiment, part: Patterns) -> None:
    loss = LOSSES[experiment.error]
    if not loss.allows(part.targets):
        raise BadValue(
            "error",
            experiment.error,
            "one for these targets, such as squared",
            f"{loss.label} goes with {loss.asks}",
        )


def _separation(experiment: Experiment, patterns: PatternSet) -> Separation | None:
    """Linear separability, where it decides what can be learned: without nonlinear hidden units."""
    if any(group.activation != "linear" for group in experiment.hidden):
        return None
    values = np.unique(patterns.train.targets)
    if patterns.kind == "regression" or patterns.n_outputs > 1 or len(values) != 2:
        return None
    classes = (patterns.train.targets[:, 0] == values[1]).astype(np.int64)
    return separation(patterns.train.inputs, classes)


def _remarks(
    experiment: Experiment,
    patterns: PatternSet,
    reason: BadValue | None,
    parted: Separation | None,
) -> list[str]:
    remarks = list(patterns.notes)
    if experiment.hidden and all(g.activation == "linear" for g in experiment.hidden):
        remarks.append(
            "All hidden groups are linear: together with the next layer they collapse to a "
            "single layer, which can learn no more than a network without them."
        )
    if experiment.hidden and (
        experiment.initializer == "zeros"
        or (INITIALIZERS[experiment.initializer].uses_spread and experiment.spread == 0.0)
    ):
        remarks.append(
            "All weights start at 0: the hidden units of a group get equal changes and stay "
            "equal for ever."
        )
    if isinstance(parted, Inseparable):
        sentence = parted.sentence(patterns.input_names)
        remarks.append(
            f"{sentence} So nothing straight has one class on each side, and no set of weights "
            "of a single layer answers all patterns right."
        )
    if reason is not None:
        remarks.append(
            "Step units have no slope, so backpropagation cannot train this network: its weights "
            "and thresholds are set by hand."
        )
    output = ACTIVATIONS[experiment.output]
    low, high = float(patterns.train.targets.min()), float(patterns.train.targets.max())
    if low < output.low or high > output.high:
        remarks.append(
            f"{output.label} outputs lie between {plain(output.low, 6)} and "
            f"{plain(output.high, 6)}, but the targets go from {plain(low, 6)} to "
            f"{plain(high, 6)}: the error cannot reach 0."
        )
    return remarks
