"""Steps of every grain, back and forth, and seeking: driven as the window drives the thread."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.learning.settings import Training
from bpviz.core.run.cursor import Grain
from bpviz.core.run.edits import SetParameters, SetTraining
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import (
    ApplyEdit,
    Command,
    Load,
    Pause,
    Play,
    PlaySlowly,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    StepEpochs,
)
from bpviz.session.frame import Frame
from bpviz.session.session import Session

XOR = replace(experiment_for("xor"), stop=Stop())
SINGLY = replace(XOR, training=replace(XOR.training, batch=2))


def after(qtbot: QtBot, session: Session, ask: Callable[[], None]) -> Frame:
    """The frame that the thread rests at after something was asked for."""
    states: list[str] = []
    connection = session.status_changed.connect(lambda status: states.append(status.state))
    ask()
    qtbot.waitUntil(lambda: states[-1:] in (["paused"], ["finished"]))
    session.disconnect(connection)
    frame = session.take_frame()
    assert frame is not None
    return frame


def loaded(qtbot: QtBot, session: Session, experiment: Experiment = SINGLY) -> Frame:
    return after(qtbot, session, lambda: session.send(Load(experiment)))


def gone(qtbot: QtBot, session: Session, grain: Grain, *, back: bool = False) -> Frame:
    return after(qtbot, session, lambda: session.send(StepBy(grain, back=back)))


def sought(qtbot: QtBot, session: Session, epoch: int) -> Frame:
    return after(qtbot, session, lambda: session.send(Seek(epoch)))


def test_every_grain_says_where_it_stands(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    instants = [
        gone(qtbot, session, grain).snapshot.instant
        for grain in ("phase", "pattern", "phase", "phase", "update", "epoch")
    ]
    assert instants[0] == "epoch 0, update 1 of 2, pattern 1 of 2: present"
    assert instants[1] == "epoch 0, update 1 of 2, pattern 1 of 2: add to the gradient"
    assert instants[3] == "epoch 0, update 1 of 2, pattern 2 of 2: forward, hidden 1"
    assert instants[4:] == ["epoch 0, update 1 of 2", "epoch 1"]


def test_the_cursor_is_there_for_phases_and_patterns_only(qtbot: QtBot, session: Session) -> None:
    assert loaded(qtbot, session).snapshot.cursor is None
    cursor = gone(qtbot, session, "phase").snapshot.cursor
    assert cursor is not None
    assert cursor.act[1] is None
    assert gone(qtbot, session, "update").snapshot.cursor is None
    back = gone(qtbot, session, "phase", back=True).snapshot.cursor
    assert back is not None
    assert back.phase.name == "accumulate"
    assert gone(qtbot, session, "epoch", back=True).snapshot.cursor is None


def test_back_and_forth_gives_the_bits_of_a_straight_run(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    session.send(StepEpochs(20))
    for grain in ("epoch", "phase", "update", "pattern", "phase"):
        gone(qtbot, session, grain, back=True)
    assert gone(qtbot, session, "epoch", back=True).snapshot.epoch == 18
    frame = after(qtbot, session, lambda: session.send(StepEpochs(7)))
    run = new_run(prepare(SINGLY))
    run.advance(25)
    assert frame.snapshot.epoch == 25
    assert np.array_equal(frame.snapshot.parameters, run.parameters)
    assert frame.curve.epochs.tolist() == list(range(26))
    assert not frame.timeline.is_past


def test_seeking_shows_the_instant_with_the_settings_of_then(
    qtbot: QtBot, session: Session
) -> None:
    first = loaded(qtbot, session)
    after(qtbot, session, lambda: session.send(StepEpochs(30)))
    session.send(ApplyEdit(SetTraining(Training(rate=0.1, batch=2))))
    session.send(ApplyEdit(SetParameters(np.array([0]), np.array([3.0]))))
    late = after(qtbot, session, lambda: session.send(StepEpochs(30)))
    assert late.setup.experiment.training.rate == 0.1
    early = sought(qtbot, session, 12)
    assert early.snapshot.epoch == 12
    assert early.setup.experiment.training == first.setup.experiment.training
    assert early.curve.epochs.tolist() == list(range(13))
    assert early.timeline.ghost is not None
    assert early.timeline.ghost.epochs.tolist() == list(range(12, 61))
    assert (early.timeline.latest, early.timeline.edited, early.timeline.is_past) == (
        60,
        (30,),
        True,
    )
    again = sought(qtbot, session, 60)
    assert np.array_equal(again.snapshot.parameters, late.snapshot.parameters)
    assert again.setup.experiment.training.rate == 0.1
    assert again.timeline.ghost is None


def test_running_on_from_the_past_abandons_the_future_and_leaves_its_ghost(
    qtbot: QtBot, session: Session
) -> None:
    loaded(qtbot, session)
    after(qtbot, session, lambda: session.send(StepEpochs(40)))
    session.send(ApplyEdit(SetParameters(np.array([0]), np.array([3.0]))))
    old = after(qtbot, session, lambda: session.send(StepEpochs(10))).curve
    sought(qtbot, session, 35)
    session.send(ApplyEdit(SetTraining(Training(rate=0.01, batch=2))))
    frame = after(qtbot, session, lambda: session.send(StepEpochs(8)))
    assert frame.timeline.latest == 43
    assert frame.curve.epochs.tolist() == list(range(44))
    ghost = frame.timeline.ghost
    assert ghost is not None
    assert ghost.epochs.tolist() == list(range(43, 51))
    assert np.array_equal(ghost.train_error, old.train_error[43:])
    assert after(qtbot, session, lambda: session.send(StepEpochs(20))).timeline.ghost is None
    run = new_run(prepare(SINGLY))
    run.advance(35)
    run.set_training(Training(rate=0.01, batch=2))
    run.advance(28)
    session.send(Seek(63))
    end = sought(qtbot, session, 63)
    assert np.array_equal(end.snapshot.parameters, run.parameters)


def test_play_from_the_past_does_not_repeat_what_was_changed_later(
    qtbot: QtBot, session: Session
) -> None:
    loaded(qtbot, session, replace(SINGLY, stop=Stop(epochs=50)))
    after(qtbot, session, lambda: session.send(StepEpochs(40)))
    session.send(ApplyEdit(SetParameters(np.array([0]), np.array([30.0]))))
    sought(qtbot, session, 20)
    frame = after(qtbot, session, lambda: session.send(Play()))
    run = new_run(prepare(SINGLY))
    run.advance(50)
    assert np.array_equal(frame.snapshot.parameters, run.parameters)


@pytest.mark.parametrize("command", [Play(), ApplyEdit(SetTraining(Training(rate=0.2)))])
def test_what_is_asked_on_the_way_to_an_instant_is_done_there(
    qtbot: QtBot, session: Session, command: Command
) -> None:
    """The replay takes a while: the digits have many weights, and one checkpoint is far."""
    digits = replace(experiment_for("digits"), hidden=(Hidden(12, "tanh"),), stop=Stop(epochs=12))
    loaded(qtbot, session, digits)
    after(qtbot, session, lambda: session.send(StepEpochs(10)))
    session.send(Seek(7))
    session.send(command)
    session.send(StepEpochs(2))
    frame = after(qtbot, session, lambda: session.send(Pause()))
    assert frame.timeline.latest >= 7
    assert frame.curve.epochs[:8].tolist() == list(range(8))


def test_of_many_seeks_the_newest_is_shown(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    after(qtbot, session, lambda: session.send(StepEpochs(200)))

    def scrub() -> None:
        for epoch in range(190, 9, -10):
            session.send(Seek(epoch))

    assert after(qtbot, session, scrub).snapshot.epoch == 10
    assert sought(qtbot, session, 10**9).snapshot.epoch == 200


def test_playing_slowly_goes_phase_by_phase_until_paused(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(qtbot, session)
    session.send(SetSpeed(60))
    put, seen = session.mailbox.put, list[str]()

    def note(frame: Frame) -> None:
        put(frame)
        if frame.snapshot.cursor is not None:
            seen.append(frame.snapshot.instant)

    monkeypatch.setattr(session.mailbox, "put", note)  # a slow window misses frames
    session.send(PlaySlowly())
    qtbot.waitUntil(lambda: len(seen) >= 9)
    assert session.status.slowly
    session.send(Pause())
    qtbot.waitUntil(lambda: session.status.state == "paused")
    assert seen[0] == "epoch 0, update 1 of 2, pattern 1 of 2: present"
    order = list(dict.fromkeys(seen))
    assert order[1] == "epoch 0, update 1 of 2, pattern 1 of 2: forward, hidden 1"
    assert order[5].endswith("backward, hidden 1")


def test_run_takes_over_from_playing_slowly(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session, replace(SINGLY, stop=Stop(epochs=30)))
    session.send(PlaySlowly())
    qtbot.waitUntil(lambda: session.status.slowly)
    frame = after(qtbot, session, lambda: session.send(Play()))
    assert frame.snapshot.epoch == 30
    assert frame.snapshot.cursor is None


def test_reset_forgets_the_past(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    after(qtbot, session, lambda: session.send(StepEpochs(20)))
    frame = after(qtbot, session, lambda: session.send(Reset()))
    assert frame.timeline.latest == 0
    assert frame.timeline.ghost is None
    assert not frame.timeline.is_past


def test_no_frame_of_another_instant_flashes_on_the_way_of_a_step(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps across updates repeat the training from a checkpoint; a frame is always asked for."""
    put, seen = session.mailbox.put, list[str]()

    def note(frame: Frame) -> None:
        put(frame)
        seen.append(frame.snapshot.instant)
        session.mailbox.ask(EVERYTHING)

    monkeypatch.setattr(session.mailbox, "put", note)
    loaded(qtbot, session, replace(SINGLY, training=replace(SINGLY.training, batch=1)))
    after(qtbot, session, lambda: session.send(StepEpochs(25)))
    for back in (True, False):
        for _ in range(20):
            before, seen[:] = seen[-1], []
            there = gone(qtbot, session, "phase", back=back).snapshot.instant
            assert {*seen} <= {before, there}
