"""Training ends where the test error has not fallen for some epochs, at the best weights."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bpviz.cli import main
from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.experiment.stopping import Stopping
from bpviz.session.commands import Load, Play
from bpviz.session.session import Session

NOISE = {"points": 40, "noise": 0.3, "test_share": 0.5}


def noisy() -> Experiment:
    return experiment_for(
        "noisy-sine", options=NOISE, spread=2.0, stop=Stop(epochs=3000, patience=200)
    )


def records_of(errors: list[float]) -> Records:
    return Records.of([EpochRecord(n, 1.0, 0.5, e, 0.5) for n, e in enumerate(errors, 1)])


@given(
    st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0, float("nan")]), min_size=1, max_size=20),
    st.integers(1, 5),
    st.integers(1, 20),
)
def test_many_epochs_at_once_stop_where_one_by_one_does(
    errors: list[float], patience: int, cut: int
) -> None:
    records, stop = records_of(errors), Stop(patience=patience)
    singly, at_once = Stopping(stop), Stopping(stop)
    expected = next((n for n, record in enumerate(records) if singly(record)), None)
    found = at_once.first(records[:cut]) if cut else None
    if found is None and cut < len(records):
        rest = at_once.first(records[cut:])
        found = None if rest is None else cut + rest
    assert found == expected
    assert at_once.best_epoch == singly.best_epoch


def test_the_best_epoch_is_that_of_the_lowest_test_error() -> None:
    stopping = Stopping(Stop(patience=3))
    records = records_of([4.0, 3.0, 2.0, 2.5, 2.0, 2.2, 1.0])
    assert stopping.first(records) == 5
    assert stopping.reasons(records[5]) == ("test error not lower for 3 epochs, back at epoch 3",)


def test_without_test_patterns_there_is_no_early_stop() -> None:
    assert Stopping(Stop(patience=1)).first(records_of([float("nan")] * 9)) is None


def test_patience_is_a_whole_number() -> None:
    with pytest.raises(BadValue, match="patience must be a whole number from 1 to"):
        Stop(patience=0)


def test_the_command_line_ends_at_the_best_weights(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["train", "noisy-sine", "--spread", "2", "--epochs", "3000", "--engine", "numpy"]
    argv += [f"--option={name}={value}" for name, value in NOISE.items()]
    assert main([*argv, "--patience", "200", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    experiment = noisy()
    run = new_run(prepare(replace(experiment, stop=Stop())))
    errors = [run.record.test_error, *(r.test_error for r in run.advance(3000))]
    best = figures["epochs"]
    assert figures["test_error"] == errors[best] == min(errors[: best + 201])
    assert figures["stopped"].endswith(f"back at epoch {best:,}")
    assert main([*argv[:2], "--patience", "1,5"]) == 2
    assert "--patience must be a whole number" in capsys.readouterr().err


def test_the_window_goes_back_to_the_best_weights_to_the_bit(
    session: Session, qtbot: QtBot
) -> None:
    session.send(Load(noisy()))
    session.send(Play())
    qtbot.waitUntil(lambda: session.status.state == "finished")
    assert "back at epoch" in session.status.message
    best = int(session.status.message.rpartition(" ")[2].rstrip(".").replace(",", ""))
    frame = session.take_frame()
    assert frame is not None
    assert frame.snapshot.epoch == best > 0
    run = new_run(prepare(replace(noisy(), stop=Stop())))
    run.advance(best)
    assert np.array_equal(run.parameters, frame.snapshot.parameters)
