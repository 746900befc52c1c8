"""Pausing where a problem is solved, and the speed that the session chooses."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Experiment, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import (
    ChooseSpeed,
    Configure,
    Load,
    Pause,
    PauseWhenSolved,
    Play,
    Reset,
    Seek,
    SetSpeed,
    StepEpochs,
)
from bpviz.session.session import Session
from bpviz.session.status import Status

XOR = replace(experiment_for("xor"), stop=Stop())


def solved_epoch(experiment: Experiment = XOR) -> int:
    run = new_run(prepare(experiment))
    while not run.record.solved:
        run.advance(1)
    return run.epoch


def epoch(session: Session) -> int:
    frame = session.take_frame()
    assert frame is not None
    return frame.snapshot.epoch


def done(qtbot: QtBot, session: Session, *commands: object) -> Status:
    """The status after commands, the last of which trains."""
    states: list[Status] = []
    connection = session.status_changed.connect(states.append)
    for command in commands:
        session.send(command)  # type: ignore[arg-type]
    qtbot.waitUntil(
        lambda: (
            any(s.state in ("running", "stepping") for s in states)
            and states[-1].state in ("paused", "finished")
        )
    )
    session.disconnect(connection)
    return states[-1]


def test_playing_pauses_at_the_first_solved_epoch_and_says_so(
    qtbot: QtBot, session: Session
) -> None:
    status = done(qtbot, session, PauseWhenSolved(True), Load(XOR), Play())
    n = solved_epoch()
    assert (status.state, status.solved) == ("paused", True)
    assert status.message == f"Solved at epoch {n}: all 4 training patterns are right."
    assert epoch(session) == n


def test_a_further_run_goes_on(qtbot: QtBot, session: Session) -> None:
    done(qtbot, session, PauseWhenSolved(True), Load(XOR), Play())
    until = solved_epoch() + 2000
    status = done(qtbot, session, Configure(replace(XOR, stop=Stop(epochs=until))), Play())
    assert status.message == f"Stopped: {until:,} epochs done."


def test_an_unsteady_solution_pauses_once(qtbot: QtBot, session: Session) -> None:
    noisy = experiment_for("xor", stop=Stop(), seed=3, training={"rate": 2.0, "batch": 1})
    done(qtbot, session, PauseWhenSolved(True), Load(noisy), Play())
    n = epoch(session)
    rights = new_run(prepare(noisy)).advance(n + 200).values[n:, 1]
    lost = int(rights.argmin())
    assert rights[lost] < 1.0
    assert (rights[lost:] == 1.0).any()  # found again
    done(qtbot, session, Configure(replace(noisy, stop=Stop(epochs=n + 200))), Play())
    assert epoch(session) == n + 200


def test_a_run_from_the_past_or_the_beginning_pauses_again(qtbot: QtBot, session: Session) -> None:
    n = solved_epoch()
    done(qtbot, session, PauseWhenSolved(True), Load(XOR), Play())
    done(qtbot, session, Seek(n - 20))
    assert done(qtbot, session, Play()).solved
    assert epoch(session) == n
    session.send(Reset())
    assert done(qtbot, session, Play()).solved
    assert epoch(session) == n


def test_steps_and_sessions_without_the_choice_do_not_pause(qtbot: QtBot, session: Session) -> None:
    n = solved_epoch()
    assert not done(qtbot, session, PauseWhenSolved(True), Load(XOR), StepEpochs(n + 5)).solved
    assert epoch(session) == n + 5
    ending = replace(XOR, stop=Stop(epochs=n + 9))
    assert done(qtbot, session, PauseWhenSolved(False), Load(ending), Play()).state == "finished"
    assert epoch(session) == n + 9


def test_a_stop_condition_of_the_experiment_still_ends_the_run(
    qtbot: QtBot, session: Session
) -> None:
    ending = replace(XOR, stop=Stop(solved=True))
    status = done(qtbot, session, PauseWhenSolved(True), Load(ending), Play())
    assert (status.state, status.solved) == ("finished", False)
    assert status.message == "Stopped: all patterns solved."


def test_the_speed_that_suits_is_chosen_at_rest(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.speed_chosen) as chosen:
        session.send(ChooseSpeed())
        session.send(Load(XOR))
    assert chosen.args == [25.0]
    with qtbot.waitSignal(session.speed_chosen) as chosen:  # other settings, another speed
        session.send(Configure(replace(XOR, training=replace(XOR.training, rate=0.05))))
    assert chosen.args[0] > 25.0


def test_run_right_after_loading_is_not_at_full_speed(qtbot: QtBot, session: Session) -> None:
    epochs: list[int] = []
    session.worker.epoch_finished.connect(lambda epoch, error: epochs.append(epoch))
    session.send(ChooseSpeed())
    session.send(Load(XOR, play=True))
    qtbot.waitUntil(lambda: len(epochs) >= 5)
    session.send(Pause())
    qtbot.waitUntil(lambda: session.status.state == "paused")
    assert epochs[-1] < 60  # at full speed, thousands


def test_a_speed_that_was_set_stays(qtbot: QtBot, session: Session) -> None:
    chosen: list[object] = []
    session.speed_chosen.connect(chosen.append)
    session.send(ChooseSpeed())
    session.send(SetSpeed(None))
    done(qtbot, session, Load(replace(XOR, stop=Stop(epochs=3000))), Play())
    assert chosen == []
