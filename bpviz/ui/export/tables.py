"""The tables of numbers that can be taken home as CSV, one row each."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any

import numpy as np

from bpviz.core.analysis.similarity import MEASURES, even_sample, pairwise
from bpviz.core.learning.backprop import answered, forward
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Patterns, PatternSet, class_of
from bpviz.core.run.observe import OBSERVED_ROWS
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.comparison import names
from bpviz.session.compare import ComparedRun
from bpviz.session.frame import Frame
from bpviz.session.race import tables as race
from bpviz.session.race.runner import Standings
from bpviz.session.recording.csv_tables import LOSS_COLUMNS, Row, curve_rows
from bpviz.session.recording.quality_table import COLUMNS, quality_rows
from bpviz.ui.toolkit.drawing.pattern_names import predicted_class
from bpviz.ui.toolkit.drawing.unit_names import quantity_name, unit_names

Rows = Generator[Row | Callable[[], Any], Any, None]
"""Rows, and what it takes long to compute for them: a function that is yielded may be called in
another thread, and what it returns comes back."""

WORK = 5_000_000
"""Multiplications that are done at a time, for as many patterns as that is."""


@dataclass(frozen=True, slots=True, eq=False)
class TableSource:
    """What tables are made of: one instant, and the comparison and the race beside it."""

    frame: Frame
    compared: tuple[ComparedRun, ...] = ()
    standings: Standings | None = None


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One file: ``key``.csv.

    ``rows(numbers)`` begins with the names of the columns.
    ``note(numbers)`` says what a reader has to know about them, if there is something.
    """

    key: str
    title: str
    about: str
    rows: Callable[[TableSource], Rows]
    is_available: Callable[[TableSource], bool] = lambda numbers: True
    note: Callable[[TableSource], str] = lambda numbers: ""


# -- loss curves ---------------------------------------------------------------------------


def _sizes(patterns: PatternSet) -> tuple[int, int]:
    return len(patterns.train), len(patterns.test) if patterns.test is not None else 0


def _loss(numbers: TableSource) -> Rows:
    yield LOSS_COLUMNS
    yield from curve_rows(numbers.frame.curve, *_sizes(numbers.frame.setup.patterns))


def _thinned(numbers: TableSource) -> str:
    before = numbers.frame.curve.thinned_before
    kept = f"Before epoch {before:,}: lowest and highest of several epochs."
    return kept if before else ""


def _has_later(numbers: TableSource) -> bool:
    ghost = numbers.frame.timeline.ghost
    return ghost is not None and len(ghost.epochs) > 0


def _later(numbers: TableSource) -> Rows:
    ghost = numbers.frame.timeline.ghost
    assert ghost is not None
    yield LOSS_COLUMNS
    yield from curve_rows(ghost, *_sizes(numbers.frame.setup.patterns))


def _compared(numbers: TableSource) -> Rows:
    yield "run", *LOSS_COLUMNS
    runs = [run for run in numbers.compared if run.setup is not None]
    for name, run in zip(names([run.experiment for run in runs]), runs, strict=True):
        assert run.setup is not None
        rows = curve_rows(run.curve, *_sizes(run.setup.patterns))
        yield from ((name, *row) for row in rows)


def _tracks(numbers: TableSource) -> Rows:
    yield "quantity", "epoch", "value"
    for track in numbers.frame.tracks:
        name = quantity_name(numbers.frame.setup, track.quantity)
        for epoch, value in zip(track.epochs, track.values, strict=True):
            if not np.isnan(value):  # one that is not filled in yet
                yield name, epoch, value


# -- the network ---------------------------------------------------------------------------


def _weights(numbers: TableSource) -> Rows:
    """As the Weights panel lists them; of step units thresholds instead of biases."""
    setup, parameters = numbers.frame.setup, numbers.frame.snapshot.parameters
    network = setup.network
    yield "group", "from", "to", "value"
    for g, group in enumerate(network.groups):
        if group.role == "input":
            continue
        targets, is_step = unit_names(setup, g), group.activation == "step"
        for name, bias in zip(targets, network.biases(parameters, g).tolist(), strict=True):
            kind, value = ("threshold", 0.0 - bias) if is_step else ("bias", bias)
            yield group.name, kind, name, value
        for c in network.incoming(g):
            link = network.connections[c]
            words = f"{network.groups[link.source].name} > {group.name}"
            weights = network.weights(parameters, c)
            for j, source in enumerate(unit_names(setup, link.source)):
                for k, weight in enumerate(weights[j].tolist()):
                    if link.mask is None or link.mask[j, k]:
                        yield words, source, targets[k], weight


def _parts(frame: Frame) -> Iterator[tuple[str, Patterns]]:
    patterns = frame.setup.patterns
    yield "train", patterns.train
    if patterns.test is not None:
        yield "test", patterns.test


def _blocks(network: Network, patterns: Patterns) -> Iterator[slice]:
    """The patterns in blocks that are soon computed."""
    size = max(1, min(OBSERVED_ROWS, WORK // max(1, network.n_parameters)))
    for at in range(0, len(patterns), size):
        yield slice(at, at + size)


def _acts(frame: Frame, inputs: Matrix) -> tuple[Matrix, ...]:
    with np.errstate(all="ignore"):
        return forward(frame.setup.network, frame.snapshot.parameters, inputs,
                       frame.snapshot.clamps)[1]  # fmt: skip


def _answered(frame: Frame, inputs: Matrix, targets: Matrix) -> tuple[Matrix, Vector]:
    setup, snapshot = frame.setup, frame.snapshot
    with np.errstate(all="ignore"):
        return answered(
            setup.network, LOSSES[setup.experiment.error], snapshot.parameters, inputs, targets,
            snapshot.clamps,
        )  # fmt: skip


def _patterns(numbers: TableSource) -> Rows:
    frame = numbers.frame
    setup, patterns = frame.setup, frame.setup.patterns
    is_classes = patterns.kind == "classes"
    outputs = patterns.class_names if patterns.one_hot else patterns.output_names
    several = patterns.n_outputs > 1
    yield (
        "set", "pattern", *patterns.input_names,
        *(f"target {name}" if several else "target" for name in outputs),
        *(f"output {name}" if several else "output" for name in outputs),
        "error", "right", *(("class", "answer") if is_classes else ()),
    )  # fmt: skip
    for name, part in _parts(frame):
        for rows in _blocks(setup.network, part):
            inputs, targets = part.inputs[rows], part.targets[rows]
            answers, errors = yield partial(_answered, frame, inputs, targets)
            for i in range(len(inputs)):
                target, answer = targets[i : i + 1], answers[i : i + 1]
                yield (
                    name, rows.start + i + 1, *patterns.inputs_in_units(inputs[i]).tolist(),
                    *patterns.in_units(target)[0].tolist(), *patterns.in_units(answer)[0].tolist(),
                    float(errors[i]),
                    setup.criterion.count(target, answer),
                    *((patterns.class_names[int(class_of(target)[0])],
                       predicted_class(patterns, answer)) if is_classes else ()),
                )  # fmt: skip


def _has_quality(numbers: TableSource) -> bool:
    return numbers.frame.setup.patterns.kind != "table"


def _quality(numbers: TableSource) -> Rows:
    frame = numbers.frame
    setup = frame.setup
    yield COLUMNS
    for name, part in _parts(frame):
        answers = []
        for rows in _blocks(setup.network, part):
            acts = yield partial(_acts, frame, part.inputs[rows])
            answers.append(acts[setup.network.output])
        yield from quality_rows(name, setup.patterns, part, np.concatenate(answers))


def _activations(numbers: TableSource) -> Rows:
    frame = numbers.frame
    network = frame.setup.network
    groups = [g for g, group in enumerate(network.groups) if group.role != "input"]
    yield "set", "pattern", *(name for g in groups for name in unit_names(frame.setup, g))
    for name, part in _parts(frame):
        for rows in _blocks(network, part):
            acts = yield partial(_acts, frame, part.inputs[rows])
            for i in range(len(acts[0])):
                yield name, rows.start + i + 1, *(a for g in groups for a in acts[g][i].tolist())


def _similarity(numbers: TableSource) -> Rows:
    """Of the patterns that the view compares, each pair once in every hidden group."""
    frame, groups = numbers.frame, numbers.frame.setup.network.groups
    rows = frame.setup.shown[even_sample(len(frame.setup.shown))]
    yield "group", "pattern", "with", *MEASURES
    acts = yield partial(_acts, frame, frame.setup.patterns.train.inputs[rows])
    for g in frame.setup.network.hidden:
        measured = [pairwise(acts[g], measure).tolist() for measure in MEASURES]
        for i, row in enumerate(rows.tolist()):
            for j in range(i):
                values = ("" if isnan(matrix[i][j]) else matrix[i][j] for matrix in measured)
                yield groups[g].name, int(rows[j]) + 1, row + 1, *values


# -- the race ------------------------------------------------------------------------------


def _has_race(numbers: TableSource) -> bool:
    return numbers.standings is not None


def _of_race(rows: Callable[[Standings], Iterator[Row]]) -> Callable[[TableSource], Rows]:
    def of(numbers: TableSource) -> Rows:
        assert numbers.standings is not None
        yield from rows(numbers.standings)

    return of


TABLES = (
    ExportTable(
        "loss",
        "Loss curve",
        "Error and share of right answers after every epoch",
        _loss,
        note=_thinned,
    ),
    ExportTable(
        "loss_later",
        "Loss curve of later epochs",
        "The grey part of the loss curve: epochs "
        "after this instant, or those of an abandoned future",
        _later,
        _has_later,
    ),
    ExportTable(
        "weights",
        "Weights and biases",
        "Every weight and bias, or threshold, with its ends",
        _weights,
    ),
    ExportTable(
        "patterns", "Patterns", "Inputs, targets, outputs and error of every pattern", _patterns
    ),
    ExportTable(
        "quality",
        "Quality of the answers",
        "RMSE and R² of numbers, or precision, recall and F1 of every class",
        _quality,
        _has_quality,
    ),
    ExportTable(
        "activations",
        "Activations",
        "What every hidden and output unit says to every pattern",
        _activations,
    ),
    ExportTable(
        "similarity",
        "Similarity",
        "Distance and correlation of each pair of patterns, by the activations of hidden groups",
        _similarity,
        lambda numbers: bool(numbers.frame.setup.network.hidden),
    ),
    ExportTable(
        "over_time",
        "Over time",
        "The quantities that are plotted over time",
        _tracks,
        lambda numbers: bool(numbers.frame.tracks),
    ),
    ExportTable(
        "compare",
        "Compared runs",
        "The loss curves of the runs in Compare",
        _compared,
        lambda numbers: bool(numbers.compared),
    ),
    ExportTable(
        "race",
        "Race",
        "Every variant: networks, share solved, epochs to solve",
        _of_race(race.variant_rows),
        _has_race,
    ),
    ExportTable(
        "race_networks",
        "Race: networks",
        "Every network: its seed, when it solved it, its error",
        _of_race(race.network_rows),
        _has_race,
    ),
    ExportTable(
        "race_curves",
        "Race: curves",
        "Share solved and quantiles of the error over the epochs",
        _of_race(race.curve_rows),
        _has_race,
    ),
)
"""Every table; a new one is one row."""
