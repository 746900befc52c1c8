"""The tables of numbers: what is in them, to the last bit, and that none keeps a window waiting."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.core.learning.backprop import forward
from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps
from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import new_run
from bpviz.experiment.race_order import RaceOrder, setups_of, variants_of
from bpviz.session.compare import kept
from bpviz.session.frame import Frame, TimelineStatus, Track
from bpviz.session.race.runner import Standings, run_race
from bpviz.session.race.shards import shards_of
from bpviz.session.recording.csv_tables import line_of
from bpviz.ui.export.table_form import PIECE, csv_slowly
from bpviz.ui.export.tables import TABLES, ExportTable, TableSource
from bpviz.ui.toolkit.time_sliced import at_once
from tests.conftest import FrameFor, curve_of

BY_KEY = {table.key: table for table in TABLES}


def standings_of(*sizes: int) -> Standings:
    shapes = [(Hidden(size, "logistic"),) for size in sizes]
    order = RaceOrder(variants_of(experiment_for("xor"), shapes), 6, 40)
    standings = Standings(order)
    run_race(shards_of(order, setups_of(order)), standings, None, lambda: False, lambda _: None)
    return standings


def text_of(table: str, numbers: TableSource) -> str:
    return b"".join(at_once(csv_slowly(BY_KEY[table].rows(numbers), lambda rows: None))).decode(
        "utf-8-sig"
    )


def read(table: str, numbers: TableSource) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(table, numbers).splitlines()))


@pytest.fixture
def full(frame_for: FrameFor) -> TableSource:
    """Numbers of which every table has something to say."""
    frame = frame_for("iris", hidden=(Hidden(3, "tanh"),))
    track = Track(WeightRef(0, 2, 1), np.arange(3), np.array([0.1, np.nan, 0.3]))
    frame = replace(frame, tracks=(track,), timeline=TimelineStatus(latest=40, ghost=frame.curve))
    return TableSource(frame, (kept(frame), kept(frame_for("xor"))), standings_of(2, 3))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_every_table_is_one(full: TableSource, table: ExportTable) -> None:
    assert table.is_available(full)
    lines = list(csv.reader(text_of(table.key, full).splitlines()))
    assert len(lines) > 2
    assert {len(line) for line in lines} == {len(lines[0])}
    assert not {"nan", "inf", "None"} & {cell for line in lines for cell in line}


def test_what_is_not_there_is_not_offered(frame_for: FrameFor) -> None:
    source = TableSource(frame_for("xor"))
    there = {key for key in BY_KEY if BY_KEY[key].is_available(source)}
    assert there >= {"loss", "weights", "patterns", "activations"}
    others = {"loss_later", "over_time", "compare", "race", "race_networks", "race_curves"}
    assert others <= set(BY_KEY) - there


def test_the_loss_curve_is_the_command_lines(frame_for: FrameFor, tmp_path: Path) -> None:
    argv = ["train", "iris", "--epochs", "20", "--engine", "numpy", "--export", str(tmp_path)]
    assert main(argv) == 0
    written = (tmp_path / "loss.csv").read_text("utf-8-sig")
    assert text_of("loss", TableSource(frame_for("iris"))) == written


def test_a_thinned_curve_says_so(full: TableSource) -> None:
    assert BY_KEY["loss"].note(full) == ""
    curve = replace(full.frame.curve, thinned_before=4096)
    thinned = replace(full, frame=replace(full.frame, curve=curve))
    assert "Before epoch 4,096" in BY_KEY["loss"].note(thinned)


def test_weights_have_every_bit_and_say_where_they_are(frame_for: FrameFor) -> None:
    links = (Link("input", "hidden 1", density=0.5), Link("input", "output"))
    frame = frame_for("xor", links=links)
    rows = read("weights", TableSource(frame))
    network = frame.setup.network
    mask = network.connections[0].mask
    assert mask is not None
    assert len(rows) == int(mask.sum()) + 3 + 2 + (3 + 1)
    found = {(row["group"], row["from"], row["to"]): float(row["value"]) for row in rows}
    biases = network.biases(frame.snapshot.parameters, 1)
    assert found["hidden 1", "bias", "h2"] == biases[1]
    last = network.weights(frame.snapshot.parameters, len(network.connections) - 1)
    assert last[0, 0] in found.values()


def test_every_weight_stands_between_the_units_that_it_joins(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),), links=(Link("input", "output"),))
    network, parameters = frame.setup.network, frame.snapshot.parameters
    expected = {}
    names = (("x1", "x2"), ("h1", "h2", "h3"), ("y",))
    for c, link in enumerate(network.connections):
        words = f"{network.groups[link.source].name} > {network.groups[link.target].name}"
        for (j, k), weight in np.ndenumerate(network.weights(parameters, c)):
            expected[words, names[link.source][j], names[link.target][k]] = float(weight)
    for g, group in ((1, "hidden 1"), (2, "output")):
        for name, bias in zip(names[g], network.biases(parameters, g), strict=True):
            expected[group, "bias", name] = float(bias)
    rows = read("weights", TableSource(frame))
    found = {(row["group"], row["from"], row["to"]): float(row["value"]) for row in rows}
    assert len(rows) == len(expected) == network.n_parameters
    assert found == expected


def test_the_columns_of_a_loss_curve_are_those_of_its_records(frame_for: FrameFor) -> None:
    frame = frame_for("iris", epochs=0)
    n, n_test = len(frame.setup.patterns.train), len(frame.setup.patterns.test)
    records = [EpochRecord(e, 10.0 + e, 0.5 + e / 10, 20.0 + e, 0.25 + e / 10) for e in (0, 1, 3)]
    rows = read("loss", TableSource(replace(frame, curve=curve_of(records))))
    assert n != n_test
    for row, (epoch, error, right, test_error, test_right) in zip(rows, records, strict=True):
        assert {name: float(cell) for name, cell in row.items()} == {
            "epoch": epoch, "error": error, "error_per_pattern": error / n, "accuracy": right,
            "test_error": test_error, "test_error_per_pattern": test_error / n_test,
            "test_accuracy": test_right,
        }  # fmt: skip


def test_quantities_and_compared_runs_are_listed_under_their_own_names(full: TableSource) -> None:
    rows = read("over_time", full)
    assert [(row["quantity"], row["epoch"], row["value"]) for row in rows] == [
        ("w petal length → h2", "0", "0.1"), ("w petal length → h2", "2", "0.3"),
    ]  # fmt: skip
    iris, xor = full.compared
    rows = read("compare", full)
    by_run = {name: [float(r["error"]) for r in rows if r["run"] == name] for name in
              dict.fromkeys(row["run"] for row in rows)}  # fmt: skip
    assert list(by_run.values()) == [run.curve.train_error.tolist() for run in (iris, xor)]
    assert "xor" in list(by_run)[1]


def test_thresholds_are_listed_as_they_are_shown(frame_for: FrameFor) -> None:
    frame = frame_for("and", hidden=(), output="step", rule="perceptron")
    (row,) = [row for row in read("weights", TableSource(frame)) if row["from"] == "threshold"]
    assert float(row["value"]) == -frame.setup.network.biases(frame.snapshot.parameters, 1)[0]


def test_patterns_and_activations_are_those_of_the_instant(full: TableSource) -> None:
    frame = full.frame
    setup, train = frame.setup, frame.setup.patterns.train
    acts = forward(setup.network, frame.snapshot.parameters, train.inputs)[1]
    rows = read("patterns", full)
    mine = [row for row in rows if row["set"] == "train"]
    assert len(mine) == len(train) < len(rows)
    assert [int(row["pattern"]) for row in mine] == list(range(1, len(train) + 1))
    names = setup.patterns.input_names
    inputs = np.array([[float(row[name]) for name in names] for row in mine])
    assert inputs.tolist() == train.inputs.tolist()
    outputs = [[float(row[f"output {n}"]) for n in setup.patterns.class_names] for row in mine]
    np.testing.assert_allclose(outputs, acts[2], rtol=1e-12)
    record = frame.snapshot.record
    assert sum(float(row["error"]) for row in mine) == pytest.approx(record.train_error)
    assert np.mean([int(row["right"]) for row in mine]) == pytest.approx(record.train_right)
    right = [row["class"] == row["answer"] for row in mine]
    assert right == [row["right"] == "1" for row in mine]
    hidden = [[float(row[f"h{j}"]) for j in (1, 2, 3)] for row in read("activations", full)]
    np.testing.assert_allclose(hidden[: len(train)], acts[1], rtol=1e-12)


@pytest.mark.parametrize("part", ["train", "test"])
def test_both_sets_are_listed_with_their_own_numbers(full: TableSource, part: str) -> None:
    setup, parameters = full.frame.setup, full.frame.snapshot.parameters
    patterns = getattr(setup.patterns, part)
    acts = forward(setup.network, parameters, patterns.inputs)[1]
    rows = [row for row in read("patterns", full) if row["set"] == part]
    assert [int(row["pattern"]) for row in rows] == list(range(1, len(patterns) + 1))
    for prefix, names, expected in (
        ("", setup.patterns.input_names, patterns.inputs),
        ("target ", setup.patterns.class_names, patterns.targets),
        ("output ", setup.patterns.class_names, acts[-1]),
    ):
        found = [[float(row[prefix + name]) for name in names] for row in rows]
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    classes = [setup.patterns.class_names[k] for k in patterns.targets.argmax(axis=1)]
    assert [row["class"] for row in rows] == classes
    rows = [row for row in read("activations", full) if row["set"] == part]
    names = [f"h{j}" for j in (1, 2, 3)]
    found = [[float(row[name]) for name in names] for row in rows]
    np.testing.assert_allclose(found, acts[1], rtol=1e-12)


def test_a_held_unit_says_what_it_is_held_at(frame_for: FrameFor) -> None:
    frame = frame_for("xor", epochs=0)
    run = new_run(frame.setup)
    apply_edit(run, SetClamps({UnitRef(1, 0): 0.25}))
    held = Frame(frame.setup, observe(run), curve_of([run.record]))
    assert {row["h1"] for row in read("activations", TableSource(held))} == {"0.25"}


def test_a_race_that_goes_on_does_not_change_its_tables() -> None:
    standings = standings_of(2)
    now = standings.as_now()
    standings._parts[0].clear()
    assert (now.networks, standings.networks) == (6, 0)


def test_cells_are_what_spreadsheets_read() -> None:
    row = (1, 0.1, np.float64(1e-9), float("nan"), None, 'a "b", c', np.int64(7))
    assert line_of(row) == '1,0.1,1e-09,,,"a ""b"", c",7\n'
    (back,) = csv.reader([line_of(row).rstrip("\n")])
    assert back == ["1", "0.1", "1e-09", "", "", 'a "b", c', "7"]


def test_a_long_table_gives_way_again_and_again() -> None:
    made: list[int] = []
    told: list[int] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(10_000):
            made.append(i)
            yield i, i * 0.1

    turns = [len(made) for _ in csv_slowly(rows(), told.append)]
    assert turns == told == list(range(PIECE // 2, 10_001, PIECE // 2))


def test_similarities_are_those_of_each_pair_of_patterns(frame_for: FrameFor) -> None:
    frame = frame_for("xor")
    acts = frame.snapshot.activations[1]
    rows = read("similarity", TableSource(frame))
    assert [(row["pattern"], row["with"]) for row in rows[:3]] == [
        ("1", "2"),
        ("1", "3"),
        ("2", "3"),
    ]
    for row in rows:
        one, other = (acts[int(row[name]) - 1] for name in ("pattern", "with"))
        assert float(row["distance"]) == pytest.approx(np.linalg.norm(one - other))
        assert float(row["correlation"]) == pytest.approx(np.corrcoef(one, other)[0, 1])
