"""Runs that others have replaced are brought back as they were."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import UnitRef
from bpviz.core.run.edits import SetClamps, SetParameters
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import (
    ApplyEdit,
    Configure,
    Load,
    Open,
    Recall,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    StepEpochs,
)
from bpviz.session.frame import Frame
from bpviz.session.recording import recent_runs
from bpviz.session.recording.recent_runs import RecentRun, RecentRuns
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.session import Session

XOR = replace(experiment_for("xor"), stop=Stop())
SINGLY = replace(XOR, training=replace(XOR.training, batch=1, order="permuted"))
IRIS = experiment_for("iris")

After = Callable[..., Frame]


@pytest.fixture
def after(qtbot: QtBot, session: Session) -> After:
    """after(*commands): the frame that the thread rests at after these."""

    def go(*commands: object) -> Frame:
        states: list[str] = []
        connection = session.status_changed.connect(lambda status: states.append(status.state))
        for command in commands:
            session.send(command)  # type: ignore[arg-type]
        resting = (["paused"], ["finished"])
        qtbot.waitUntil(lambda: states[-1:] in resting and session.mailbox.commands.empty())
        session.disconnect(connection)
        frame = session.take_frame()
        assert frame is not None
        return frame

    return go


@pytest.fixture
def rows(session: Session) -> list[tuple[RecentRun, ...]]:
    """Every list of recent runs that the session has sent."""
    seen: list[tuple[RecentRun, ...]] = []
    session.recent_changed.connect(seen.append)
    return seen


@pytest.mark.parametrize("experiment", [SINGLY, experiment_for("moons"), IRIS])
def test_a_run_lost_to_another_problem_comes_back_to_the_bit_and_goes_on(
    after: After, session: Session, rows: list[tuple[RecentRun, ...]], experiment: Experiment
) -> None:
    after(SetSpeed(None), Load(experiment))
    edit = SetParameters(np.array([1]), np.array([0.75]))
    after(StepEpochs(7))
    before = after(ApplyEdit(edit), StepEpochs(5))
    lost = before.snapshot
    after(SetSpeed(5.0), Open("majority"))
    (row,) = rows[-1]
    assert (row.name, row.instant) == (before.setup.patterns.name, "epoch 12")
    assert row.experiment == before.setup.experiment
    back = after(Recall(row.run_id))
    assert back.setup.run_id > before.setup.run_id
    assert back.setup.experiment == before.setup.experiment
    assert np.array_equal(back.snapshot.parameters, lost.parameters)
    assert np.array_equal(back.curve.train_error, before.curve.train_error)
    assert back.timeline.edited == (7,)
    seventh = after(Seek(7)).snapshot.parameters
    after(Seek(12))
    there = after(StepEpochs(3)).snapshot

    run = new_run(prepare(experiment))
    run.advance(7)
    assert np.array_equal(run.parameters, seventh) is False  # the change by hand is repeated, too
    run.set_parameters(edit.indices, edit.values)
    assert np.array_equal(run.parameters, seventh)
    run.advance(8)
    assert np.array_equal(run.parameters, there.parameters)


def test_a_reset_run_comes_back_and_its_settings_and_clamps_stay_in_the_new_one(
    after: After, rows: list[tuple[RecentRun, ...]]
) -> None:
    first = after(SetSpeed(None), Load(XOR))
    held = {UnitRef(1, 0): 0.5}
    after(StepEpochs(2))
    rate = replace(XOR, training=replace(XOR.training, rate=0.25))
    before = after(Configure(rate), ApplyEdit(SetClamps(held)), StepEpochs(4))
    again = after(Reset())
    assert (again.setup.run_id, again.snapshot.epoch) == (first.setup.run_id, 0)
    assert again.setup.experiment == rate
    assert again.snapshot.clamps == held
    assert np.array_equal(again.snapshot.parameters, first.snapshot.parameters)
    assert again.timeline.edited == ()
    (row,) = rows[-1]
    assert (row.instant, row.replaced_by) == ("epoch 6", first.setup.run_id)
    after(StepEpochs(1))
    after(Reset())
    assert [row.instant for row in rows[-1]] == ["epoch 1", "epoch 6"]
    after(Reset())  # nothing to lose
    assert len(rows[-1]) == 2
    back = after(Recall(row.run_id))
    assert back.setup.run_id not in (first.setup.run_id, row.run_id)
    assert np.array_equal(back.snapshot.parameters, before.snapshot.parameters)
    assert np.array_equal(back.curve.train_error, before.curve.train_error)


def test_the_run_that_is_replaced_by_an_old_one_becomes_a_recent_one(
    after: After, rows: list[tuple[RecentRun, ...]]
) -> None:
    after(Load(XOR))
    after(StepEpochs(3))
    after(Open("majority"))
    after(StepEpochs(4))
    after(Recall(rows[-1][0].run_id))
    assert [(row.experiment.problem, row.instant) for row in rows[-1]] == [("majority", "epoch 4")]
    again = after(Recall(rows[-1][0].run_id))
    assert again.snapshot.epoch == 4
    assert [row.experiment.problem for row in rows[-1]] == ["xor"]


def test_a_run_within_an_update_and_its_speed_come_back(
    qtbot: QtBot, after: After, session: Session, rows: list[tuple[RecentRun, ...]]
) -> None:
    after(SetSpeed(25.0), Load(SINGLY))
    for grain in ("pattern", "phase", "phase"):
        inside = after(StepBy(grain)).snapshot
    speeds: list[float | None] = []
    session.speed_chosen.connect(speeds.append)
    after(Open("majority"))
    row = rows[-1][0]
    back = after(SetSpeed(500.0), Recall(row.run_id)).snapshot
    assert back.instant == inside.instant == row.instant
    assert back.instant.endswith("pattern 1 of 1: forward, hidden 1")
    qtbot.waitUntil(lambda: speeds == [25.0])


def test_only_runs_with_something_to_lose_are_kept(
    after: After, rows: list[tuple[RecentRun, ...]]
) -> None:
    mine = replace(XOR, hidden=(Hidden(5, "tanh"),))
    assert not after(Load(XOR)).kept
    assert after(Load(mine, own=True)).kept
    after(Load(replace(mine, spread=0.25), own=True))  # the next entry in a field
    assert rows[-1] == ()
    after(Open("majority"))
    assert [row.experiment.hidden for row in rows[-1]] == [(Hidden(5, "tanh"),)]
    after(Open("parity"))
    assert len(rows[-1]) == 1
    assert after(StepEpochs(1)).kept


def test_the_memory_is_bounded_but_the_last_run_is_always_kept() -> None:
    def put(runs: RecentRuns, number: int) -> None:
        setup = replace(prepare(XOR), run_id=number)
        history = RunHistory(new_run(setup))
        runs.put_aside(setup, history, None, number + 1)

    small = RecentRuns(budget=1)
    for number in range(3):
        put(small, number)
        assert [row.run_id for row in small.rows] == [number]
    many = RecentRuns()
    for number in range(recent_runs.MOST + 5):
        put(many, number)
    assert len(many.rows) == recent_runs.MOST
    assert many.rows[0].run_id == recent_runs.MOST + 4
    assert many.take(0) is None
