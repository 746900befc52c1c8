"""The training thread, driven as the window drives it: commands in, frames and signals out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bpviz.core.learning.settings import Training
from bpviz.core.model.patterns import Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.run.edits import Edit, SetClamps, SetParameters, SetTrain
from bpviz.core.run.snapshot import EVERYTHING, SnapshotRequest
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import (
    ApplyEdit,
    Cancel,
    Command,
    Configure,
    Load,
    Open,
    Pause,
    Play,
    PublishFrame,
    Quit,
    Reset,
    SetSpeed,
    StepEpochs,
)
from bpviz.session.frame import Frame
from bpviz.session.scheduling import snapshot_budget
from bpviz.session.session import Session
from bpviz.session.status import Status

XOR = replace(experiment_for("xor"), stop=Stop())


def at_rest(qtbot: QtBot, session: Session, *states: str) -> Frame:
    """Wait until the thread rests in one of these states; the frame it published."""
    qtbot.waitUntil(lambda: session.status.state in states)
    frame = session.take_frame()
    assert frame is not None
    return frame


def loaded(qtbot: QtBot, session: Session, experiment: Experiment = XOR) -> Frame:
    session.send(Load(experiment))
    return at_rest(qtbot, session, "paused")


def stepped(qtbot: QtBot, session: Session, epochs: int) -> Frame:
    states: list[str] = []
    connection = session.status_changed.connect(lambda status: states.append(status.state))
    session.send(StepEpochs(epochs))
    qtbot.waitUntil(lambda: states[-2:] == ["stepping", "paused"])
    session.disconnect(connection)
    frame = session.take_frame()
    assert frame is not None
    return frame


def test_loading_shows_epoch_zero_with_all_that_is_wanted(qtbot: QtBot, session: Session) -> None:
    frame = loaded(qtbot, session)
    assert frame.snapshot.epoch == 0
    assert frame.curve.epochs.tolist() == [0]
    assert [act.shape for act in frame.snapshot.activations] == [(4, 2), (4, 3), (4, 1)]
    assert frame.snapshot.train_outputs is not None
    assert frame.snapshot.probe_outputs is not None


def test_nothing_is_computed_that_was_not_asked_for(qtbot: QtBot, session: Session) -> None:
    session.mailbox.ask(SnapshotRequest())
    snapshot = loaded(qtbot, session).snapshot
    assert snapshot.activations == ()
    assert snapshot.train_outputs is None
    assert snapshot.probe_outputs is None


def test_steps_give_the_bits_of_a_straight_run(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    for _ in range(3):
        frame = stepped(qtbot, session, 1)
    frame = stepped(qtbot, session, 40)
    run = new_run(prepare(XOR))
    records = run.advance(43)
    assert frame.snapshot.epoch == 43
    assert np.array_equal(frame.snapshot.parameters, run.parameters)
    assert frame.curve.train_error[1:].tolist() == [record.train_error for record in records]


def test_steps_asked_for_in_a_row_add_up(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    for _ in range(7):
        session.send(StepEpochs())
    epochs: list[int] = []

    def all_seven() -> bool:
        if (frame := session.take_frame()) is not None:
            epochs.append(frame.snapshot.epoch)
        return epochs[-1:] == [7]

    qtbot.waitUntil(all_seven)
    assert stepped(qtbot, session, 1).snapshot.epoch == 8


def test_run_pause_run_lands_where_a_straight_run_does(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session, replace(XOR, training=replace(XOR.training, batch=1)))
    for _ in range(3):
        session.send(Play())
        qtbot.waitUntil(lambda: session.status.state == "running")
        session.send(Pause())
        qtbot.waitUntil(lambda: session.status.state == "paused")
    frame = stepped(qtbot, session, 1)
    run = new_run(prepare(replace(XOR, training=replace(XOR.training, batch=1))))
    run.advance(frame.snapshot.epoch)
    assert np.array_equal(frame.snapshot.parameters, run.parameters)


def test_reset_goes_back_to_the_same_weights(qtbot: QtBot, session: Session) -> None:
    first = loaded(qtbot, session)
    stepped(qtbot, session, 25)
    with qtbot.waitSignal(session.frame_published):
        session.send(Reset())
    again = at_rest(qtbot, session, "paused")
    assert again.snapshot.epoch == 0
    assert again.curve.epochs.tolist() == [0]
    assert np.array_equal(again.snapshot.parameters, first.snapshot.parameters)
    assert again.setup.run_id == first.setup.run_id


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (Stop(epochs=77), "77 epochs done"),
        (Stop(error=0.05), "error per pattern at most 0.05"),
        (Stop(solved=True), "all patterns solved"),
    ],
)
def test_stop_conditions_end_the_run_at_their_epoch(
    qtbot: QtBot, session: Session, stop: Stop, words: str
) -> None:
    session.send(Load(replace(XOR, stop=stop), play=True))
    frame = at_rest(qtbot, session, "finished")
    assert words in session.status.message
    record = frame.snapshot.record
    assert stop.reasons(record, 4)
    before = new_run(prepare(XOR)).advance(record.epoch - 1)[-1]
    assert not stop.reasons(before, 4)


def test_run_goes_on_after_a_condition_was_met(qtbot: QtBot, session: Session) -> None:
    session.send(Load(replace(XOR, stop=Stop(solved=True, epochs=2000)), play=True))
    solved = at_rest(qtbot, session, "finished").snapshot.epoch
    assert solved < 2000
    session.send(Play())
    qtbot.waitUntil(lambda: session.status.message.startswith("Stopped: 2,000"))


def test_live_settings_take_over_without_a_reset(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    stepped(qtbot, session, 10)
    slower = replace(XOR, training=replace(XOR.training, rate=0.01))
    session.send(Configure(slower))
    frame = stepped(qtbot, session, 10)
    run = new_run(prepare(XOR))
    run.advance(10)
    run.set_training(slower.training)
    run.advance(10)
    assert np.array_equal(frame.snapshot.parameters, run.parameters)
    assert frame.setup.experiment.training.rate == 0.01


def test_a_refused_experiment_leaves_the_run_as_it_was(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    loaded(qtbot, session)
    before = stepped(qtbot, session, 12)
    for bad in (replace(XOR, output="softmax"), replace(XOR, problem=str(tmp_path / "no.csv"))):
        with qtbot.waitSignal(session.refused) as refusal:
            session.send(Load(bad))
        assert " must be " in refusal.args[1]
    after = stepped(qtbot, session, 1)
    assert after.snapshot.epoch == before.snapshot.epoch + 1
    assert after.setup is before.setup


def test_divergence_rests_at_the_last_finite_epoch(qtbot: QtBot, session: Session) -> None:
    wild = replace(XOR, output="linear", training=Training(optimizer="descent", rate=80.0))
    session.send(Load(wild, play=True))
    frame = at_rest(qtbot, session, "failed")
    assert "learning rate (now 80)" in session.status.message
    assert np.isfinite(frame.snapshot.parameters).all()
    assert frame.curve.epochs[-1] == frame.snapshot.epoch
    assert np.isfinite(frame.curve.train_error).all()
    session.send(Configure(replace(wild, training=Training(optimizer="descent", rate=0.01))))
    session.send(Reset())
    assert stepped(qtbot, session, 5).snapshot.epoch == 5


def test_an_error_in_the_thread_is_said_and_the_session_stays_usable(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(qtbot, session)

    def broken(*args: object) -> None:
        raise RuntimeError("the kernel broke")

    with monkeypatch.context() as patch:
        patch.setattr("bpviz.core.run.run.Run.advance", broken)
        states: list[str] = []
        session.status_changed.connect(lambda status: states.append(status.state))
        session.send(Play())
        # The thread may have been looking ahead, which fails, too, before it plays.
        qtbot.waitUntil(lambda: "running" in states and states[-1] == "failed")
        assert "the kernel broke" in session.status.message
    assert stepped(qtbot, session, 2).snapshot.epoch == 2


def test_speed_paces_the_epochs(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    session.send(SetSpeed(20))
    seen: list[int] = []
    session.worker.epoch_finished.connect(lambda epoch, error: seen.append(epoch))
    with qtbot.waitSignal(session.worker.epoch_finished):
        session.send(Play())
    qtbot.waitUntil(lambda: len(seen) >= 6)
    assert len(seen) < 60  # unlimited, it would be thousands
    session.send(SetSpeed(None))
    qtbot.waitUntil(lambda: len(seen) >= 500)


def test_every_epoch_is_announced_in_order(qtbot: QtBot, session: Session) -> None:
    seen: list[tuple[int, float]] = []
    session.worker.epoch_finished.connect(lambda epoch, error: seen.append((epoch, error)))
    session.send(Load(replace(XOR, stop=Stop(epochs=3000)), play=True))
    frame = at_rest(qtbot, session, "finished")
    qtbot.waitUntil(lambda: len(seen) == 3000)
    assert [epoch for epoch, _ in seen] == list(range(1, 3001))
    assert [error for _, error in seen] == frame.curve.train_error[1:].tolist()


def test_frames_come_only_when_asked_for_while_training(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    session.send(Play())
    qtbot.waitUntil(lambda: session.status.state == "running")
    assert session.take_frame() is None
    session.mailbox.ask(EVERYTHING)
    frames: list[Frame] = []

    def arrived() -> bool:
        frame = session.take_frame()
        if frame is not None:
            frames.append(frame)
        return bool(frames)

    qtbot.waitUntil(arrived)
    frame = frames[0]
    assert frame.curve.epochs[-1] == frame.snapshot.epoch == frame.snapshot.record.epoch
    assert not frame.snapshot.parameters.flags.writeable


def test_commands_before_anything_is_loaded_do_nothing(qtbot: QtBot, session: Session) -> None:
    session.send(Play())
    session.send(Pause())
    session.send(StepEpochs())
    session.send(Reset())
    session.send(Configure(XOR))
    session.send(PublishFrame(EVERYTHING))
    assert loaded(qtbot, session).snapshot.epoch == 0


def test_patterns_are_read_once_for_several_seeds(qtbot: QtBot, session: Session) -> None:
    first = loaded(qtbot, session)
    with qtbot.waitSignal(session.frame_published):
        session.send(Load(replace(XOR, seed=5)))
    second = at_rest(qtbot, session, "paused")
    assert second.setup.patterns is first.setup.patterns
    assert not np.array_equal(second.snapshot.parameters, first.snapshot.parameters)


def test_a_csv_file_opens_with_what_suits_its_data(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.csv"
    lines = [f"{x},{x * 0.37},{'abc'[x % 3]}" for x in range(60)]
    path.write_text("\n".join(["x,y,kind", *lines]))
    session.send(Open(str(path), seed=4))
    frame = at_rest(qtbot, session, "paused")
    experiment = frame.setup.experiment
    assert (experiment.output, experiment.error, experiment.seed) == ("softmax", "categorical", 4)
    with qtbot.waitSignal(session.frame_published):
        session.send(Load(replace(experiment, options={"targets": "y"})))
    frame = at_rest(qtbot, session, "paused")
    assert frame.setup.patterns.kind == "regression"
    assert frame.setup.experiment.output == "linear"


def test_a_long_loading_can_be_cancelled(qtbot: QtBot, session: Session) -> None:
    before = stepped(qtbot, session, 3) if loaded(qtbot, session) else None
    assert before is not None
    huge = experiment_for("digits", hidden=(Hidden(1024), Hidden(1024), Hidden(1024)))
    session.send(Load(huge))
    qtbot.waitUntil(lambda: session.status.state == "loading")
    session.send(Cancel())
    qtbot.waitUntil(lambda: session.status.state == "paused")
    assert stepped(qtbot, session, 1).setup is before.setup


@pytest.fixture
def long_table(tmp_path: Path) -> str:
    """A CSV file that takes some tenths of a second to read."""
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n2,1\n" * 40_000)
    return str(path)


@pytest.mark.parametrize("command", [Cancel(), Load(XOR), Quit()])
def test_reading_a_long_file_ends_when_it_is_cancelled(
    session: Session, qtbot: QtBot, long_table: str, command: Command
) -> None:
    before = loaded(qtbot, session)
    shares: list[float] = []
    refusals: list[str] = []
    session.refused.connect(lambda field, sentence: refusals.append(sentence))

    def end(status: Status) -> None:  # in the training thread, while it reads
        if status.share is not None:
            shares.append(status.share)
            session.send(command)

    session.worker.status_changed.connect(end, Qt.ConnectionType.DirectConnection)
    session.send(Open(long_table))
    if isinstance(command, Quit):
        qtbot.waitUntil(session.worker.isFinished)
    else:
        qtbot.waitUntil(lambda: bool(shares) and session.status.state == "paused")
        assert stepped(qtbot, session, 1).setup.experiment == before.setup.experiment
    assert len(shares) == 1  # as soon as it was said
    assert shares[0] < 0.1
    assert not refusals


def test_reading_a_long_file_says_how_much_is_done(
    session: Session, qtbot: QtBot, long_table: str
) -> None:
    shares: list[float] = []
    session.status_changed.connect(lambda s: None if s.share is None else shares.append(s.share))
    session.send(Open(long_table))
    frame = at_rest(qtbot, session, "paused")
    assert len(frame.setup.patterns.train) > 60_000
    assert shares == sorted(shares)
    assert 10 <= len(shares) <= 100
    assert shares[-1] <= 1.0
    assert session.status.share is None


def test_a_newer_load_takes_the_place_of_one_under_way(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    session.send(Load(experiment_for("digits", hidden=(Hidden(1024), Hidden(1024), Hidden(1024)))))
    qtbot.waitUntil(lambda: session.status.state == "loading")
    session.send(Load(replace(XOR, seed=9)))
    frames: list[Frame] = []

    def arrived() -> bool:
        if (frame := session.take_frame()) is not None:
            frames.append(frame)
        return bool(frames) and frames[-1].setup.experiment.seed == 9

    qtbot.waitUntil(arrived)
    assert all(frame.setup.experiment.problem == "xor" for frame in frames)


@pytest.mark.parametrize("command", [Play(), StepEpochs()])
def test_what_cannot_be_trained_is_shown_and_says_so(
    qtbot: QtBot, session: Session, command: Command
) -> None:
    frame = loaded(qtbot, session, replace(XOR, hidden=(Hidden(2, "step"),)))
    assert frame.snapshot.epoch == 0
    session.send(command)
    qtbot.waitUntil(lambda: "cannot train through it" in session.status.message)
    assert session.status.state == "paused"
    session.send(Load(XOR))
    qtbot.waitUntil(lambda: not session.status.message)
    assert stepped(qtbot, session, 1).snapshot.epoch == 1


# -- changes by hand -----------------------------------------------------------------------------


def edited(qtbot: QtBot, session: Session, edit: Edit) -> Frame:
    with qtbot.waitSignal(session.frame_published):
        session.send(ApplyEdit(edit))
    frame = session.take_frame()
    assert frame is not None
    return frame


def test_an_edit_at_rest_publishes_a_frame_that_shows_it(qtbot: QtBot, session: Session) -> None:
    loaded(qtbot, session)
    before = stepped(qtbot, session, 3)
    frame = edited(qtbot, session, SetParameters(np.array([0]), np.array([2.5])))
    assert (frame.snapshot.epoch, frame.snapshot.parameters[0]) == (3, 2.5)
    assert frame.curve.epochs.tolist() == [0, 1, 2, 3]
    assert frame.curve.train_error[-1] == frame.snapshot.record.train_error
    assert frame.snapshot.record.train_error != before.snapshot.record.train_error
    assert (
        edited(qtbot, session, SetClamps({UnitRef(1, 0): 0.5})).snapshot.clamps[UnitRef(1, 0)]
        == 0.5
    )


def test_patterns_can_be_added_on_the_way(qtbot: QtBot, session: Session) -> None:
    old = loaded(qtbot, session).setup
    train = old.patterns.train
    more = Patterns(np.vstack([train.inputs, [[0.5, 0.5]]]), np.vstack([train.targets, [[1.0]]]))
    frame = edited(qtbot, session, SetTrain(more))
    assert frame.setup.patterns.train is more
    assert frame.setup.network is old.network
    assert frame.setup.shown.tolist() == [0, 1, 2, 3, 4]
    assert frame.snapshot.train_outputs is not None
    assert len(frame.snapshot.train_outputs) == 5
    assert stepped(qtbot, session, 2).snapshot.epoch == 2


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            SetParameters(np.array([99]), np.array([1.0])),
            "index of a weight must be a whole number from 0 to 12, not 99",
        ),
        (
            SetClamps({UnitRef(7, 0): 1.0}),
            "group of a clamped unit must be a whole number from 0 to 2, not 7",
        ),
        (SetTrain(Patterns(np.zeros((1, 2)), np.full((1, 1), 2.0))), "targets from 0 to 1 only"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(
    qtbot: QtBot, session: Session, edit: Edit, words: str
) -> None:
    before = loaded(qtbot, session, replace(XOR, error="binary"))
    with qtbot.waitSignal(session.refused) as refusal:
        session.send(ApplyEdit(edit))
    assert words in refusal.args[1]
    session.send(PublishFrame(EVERYTHING))
    qtbot.waitUntil(
        lambda: (frame := session.take_frame()) is not None and frame.setup is before.setup
    )


def test_a_gradient_that_takes_long_comes_after_the_frame_that_lacks_it(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_budget, "CHEAP_NEG_GRADIENT", 0)
    loaded(qtbot, session)
    states: list[bool] = []

    def look() -> None:
        if (frame := session.take_frame()) is not None:
            states.append(frame.snapshot.neg_gradient is not None)

    session.frame_published.connect(look)
    session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: states[-1:] == [True])
    session.send(Play())
    qtbot.waitUntil(lambda: session.status.state == "running")
    states.clear()
    session.mailbox.ask(EVERYTHING)
    qtbot.waitUntil(lambda: len(states) > 0)
    assert states[0] is False  # while it trains, nothing waits for it
