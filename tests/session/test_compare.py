"""Training variants in the background: the same numbers as alone, and it can be stopped."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import outputs
from bpviz.experiment.experiment import Experiment, Hidden, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.tables.columns import ColumnBuilder
from bpviz.session.compare import CURVE_ROWS, Comparer, kept
from bpviz.session.frame import Frame

XOR = experiment_for("xor")


@pytest.fixture
def comparer(qapp: object) -> Iterator[Comparer]:
    idle = threading.Event()
    idle.set()
    comparer = Comparer(idle)
    yield comparer
    comparer.close()
    assert comparer.isFinished() or not comparer.isRunning()


def batches(*sizes: object) -> tuple[Experiment, ...]:
    return tuple(replace(XOR, training=replace(XOR.training, batch=size)) for size in sizes)


def test_every_variant_is_trained_as_it_would_be_alone(qtbot: QtBot, comparer: Comparer) -> None:
    experiments = batches("all", 1)
    with qtbot.waitSignal(comparer.finished_all):
        comparer.compare(experiments, 40)
    assert comparer.progress == 1.0
    for experiment, found in zip(experiments, comparer.runs, strict=True):
        setup = prepare(experiment)
        run = new_run(setup)
        records = [run.record, *run.advance(40)]
        assert (found.state, found.epoch) == ("done", 40)
        assert found.curve.train_error.tolist() == [r.train_error for r in records]
        assert np.array_equal(found.probe, outputs(setup.network, run.parameters, setup.probe))
    assert [run.updates for run in comparer.runs] == [1, 4]


def test_cancelling_keeps_what_is_there(qtbot: QtBot, comparer: Comparer) -> None:
    comparer.compare(batches("all", 1), 10_000_000)
    qtbot.waitUntil(lambda: comparer.progress > 0.0)
    with qtbot.waitSignal(comparer.finished_all):
        comparer.cancel()
    assert {run.state for run in comparer.runs} == {"cancelled"}
    assert comparer.runs[0].epoch > 0


def test_cancelling_ends_the_reading_of_a_file(
    qtbot: QtBot, comparer: Comparer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n2,1\n" * 10_000)
    added: list[int] = []
    add = ColumnBuilder.add

    def cancelling(builder: ColumnBuilder, cells: Sequence[str]) -> None:
        added.append(len(cells))
        comparer.cancel()
        add(builder, cells)

    monkeypatch.setattr(ColumnBuilder, "add", cancelling)
    with qtbot.waitSignal(comparer.finished_all):
        comparer.compare((experiment_for(str(path)),), 10)
    assert [run.state for run in comparer.runs] == ["cancelled"]
    assert len(added) == 1


def test_a_new_comparison_replaces_the_one_under_way(qtbot: QtBot, comparer: Comparer) -> None:
    comparer.compare(batches("all", 1), 10_000_000)
    qtbot.waitUntil(lambda: comparer.progress > 0.0)
    comparer.compare(batches(2, 3), 5)
    qtbot.waitUntil(lambda: comparer.progress == 1.0)
    assert [run.experiment.training.batch for run in comparer.runs] == [2, 3]
    assert {run.state for run in comparer.runs} == {"done"}


def test_what_cannot_be_trained_says_why_and_the_rest_goes_on(
    qtbot: QtBot, comparer: Comparer
) -> None:
    step = replace(XOR, hidden=(Hidden(2, "step"),))
    refused = replace(XOR, error="categorical")
    diverging = replace(
        XOR, hidden=(Hidden(3, "linear"),), output="linear",
        training=replace(XOR.training, rate=1e3),
    )  # fmt: skip
    with qtbot.waitSignal(comparer.finished_all):
        comparer.compare((step, refused, diverging, XOR), 20)
    assert [run.state for run in comparer.runs] == ["failed", "failed", "failed", "done"]
    said = [run.message for run in comparer.runs]
    assert "step" in said[0]
    assert "categorical" in said[1]
    assert "diverged" in said[2]


def test_a_kept_run_has_the_curve_and_the_output_of_its_frame(
    frame_for: Callable[..., Frame],
) -> None:
    frame = frame_for("sine", 30)
    run = kept(frame)
    assert np.array_equal(run.curve.train_error, frame.curve.train_error)
    assert np.array_equal(run.probe, frame.snapshot.probe_outputs)
    assert run.updates == frame.snapshot.updates
    assert kept(frame, batch_changed=True).updates == 0
    long = kept(frame_for("xor", 3000))
    assert len(long.curve.epochs) <= CURVE_ROWS
    assert long.epoch == 3000
