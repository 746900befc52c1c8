"""Chosen numbers of a network over the epochs, as the training thread records them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import backpropagate
from bpviz.core.learning.settings import Training
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.pattern_change import inserted
from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import ChangeTrain, SetParameters, SetTraining
from bpviz.core.run.quantities import Quantity, UnitValue, measure
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import EVERYTHING, shown_rows
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Hidden, Link, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare, start_of
from bpviz.session.commands import (
    ApplyEdit,
    Load,
    Pause,
    Play,
    PublishFrame,
    Reset,
    Seek,
    StepEpochs,
    StopFilling,
    Unwatch,
    Watch,
)
from bpviz.session.frame import Frame
from bpviz.session.recording import quantity_recorder as module
from bpviz.session.recording.backfill import Backfill
from bpviz.session.recording.quantity_recorder import MOST, QuantityRecorder
from bpviz.session.session import Session

XOR = replace(experiment_for("xor", hidden=(Hidden(3),)), stop=Stop())

WEIGHT = WeightRef(0, 1, 2)
BIAS = BiasRef(1, 2)
ACTIVATION = UnitValue(UnitRef(1, 0), "activation", 3)
DELTA = UnitValue(UnitRef(1, 1), "delta", 2)
ALL = (WEIGHT, BIAS, ACTIVATION, DELTA)


def run_of(experiment: object = XOR) -> Run:
    return new_run(prepare(experiment))


def test_each_quantity_is_the_number_that_the_formulas_give() -> None:
    run = run_of()
    run.advance(7)
    network, train = run.start.network, run.start.train
    trace = backpropagate(
        network, LOSSES[run.start.error], run.parameters, train.inputs, train.targets
    )
    assert measure(run, ALL).tolist() == pytest.approx(
        [
            network.weights(run.parameters, 0)[1, 2],
            network.biases(run.parameters, 1)[2],
            trace.act[1][3, 0],
            trace.delta[1][2, 1],
        ],
        rel=1e-12,
    )
    assert np.isnan(measure(run, [replace(ACTIVATION, row=99)])).all()


def test_every_epoch_is_noted_from_the_one_on_at_which_it_was_chosen() -> None:
    run, recorder = run_of(), QuantityRecorder()
    run.advance(3)
    recorder.add(ALL, run)
    expected = [measure(run, ALL)]
    for _ in range(20):
        run.advance(1)
        recorder.note(run, trained=True)
        expected.append(measure(run, ALL))
    for track, values in zip(recorder.tracks(), np.transpose(expected), strict=True):
        assert track.epochs.tolist() == list(range(3, 24))
        assert track.values.tolist() == values.tolist()


@pytest.mark.parametrize(
    "quantity",
    [
        WeightRef(0, 0, 3),
        WeightRef(9, 0, 0),
        BiasRef(0, 0),
        UnitValue(UnitRef(1, -1), "activation", 0),
    ],
)
def test_what_the_network_has_not_is_refused(quantity: Quantity) -> None:
    recorder = QuantityRecorder()
    with pytest.raises(BadValue, match="plot over time"):
        recorder.add([quantity], run_of())
    assert recorder.tracks() == ()


def test_an_absent_weight_is_refused() -> None:
    links = (Link("input", "hidden 1", field=(3, 3)),)
    run = run_of(experiment_for("digits", hidden=(Hidden(36),), links=links))
    mask = run.start.network.connections[0].mask
    assert mask is not None
    (i, j), (k, m) = np.argwhere(mask)[0], np.argwhere(~mask)[0]
    recorder = QuantityRecorder()
    recorder.add([WeightRef(0, int(i), int(j))], run)
    with pytest.raises(BadValue):
        recorder.add([WeightRef(0, int(k), int(m))], run)


def stand_at(run: Run, epoch: int) -> None:
    """Let the run say that it stands at this epoch, without training."""
    run.restore(replace(run.save(), epoch=epoch))


def test_so_many_and_no_more() -> None:
    run, recorder = run_of(), QuantityRecorder()
    rows = [replace(ACTIVATION, unit=UnitRef(1, n % 3), row=n // 3) for n in range(12)]
    rows += [replace(DELTA, unit=UnitRef(1, n % 3), row=n // 3) for n in range(12)]
    recorder.add(rows[:MOST], run)
    recorder.add(rows[:MOST], run)  # once more changes nothing
    assert recorder.quantities == tuple(rows[:MOST])
    with pytest.raises(BadValue, match="at most"):
        recorder.add([WEIGHT], run)


def test_memory_is_bounded_and_extremes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAPACITY", 1024)
    run, recorder = run_of(), QuantityRecorder()
    recorder.add([WEIGHT, BIAS], run)
    epochs = 3000
    for epoch in range(1, epochs + 1):  # the run's own epochs would take long
        stand_at(run, epoch)
        run.parameters[:] = np.sin(epoch / 50)
        run.parameters[run.start.network.weight_index(0, 1, 2)] = 99.0 if epoch == 777 else 0.0
        recorder.note(run, trained=True)
    weight, bias = recorder.tracks()
    assert len(weight.epochs) <= 1024
    assert (weight.epochs[0], weight.epochs[-1]) == (0, epochs)
    assert weight.values.max() == 99.0
    assert weight.epochs[weight.values.argmax()] == 777
    assert bias.thinned_before > 0
    assert bias.values.min() == pytest.approx(-1.0, abs=1e-3)


def test_looking_back_keeps_the_record_and_training_there_replaces_it() -> None:
    run, recorder = run_of(), QuantityRecorder()
    recorder.add([WEIGHT], run)
    for epoch in range(1, 11):
        stand_at(run, epoch)
        recorder.note(run, trained=True)
    stand_at(run, 4)
    recorder.note(run)
    assert recorder.tracks()[0].epochs.tolist() == list(range(11))
    stand_at(run, 5)
    run.parameters.fill(7.0)
    recorder.note(run, trained=True)
    assert recorder.tracks()[0].epochs.tolist() == list(range(6))
    assert recorder.tracks()[0].values[-1] == 7.0


# -- in the thread -------------------------------------------------------------------------


def next_frame(qtbot: QtBot, session: Session, epoch: int, tracks: int) -> Frame:
    frames: list[Frame] = []

    def come() -> bool:
        if (frame := session.take_frame()) is not None:
            frames.append(frame)
        return bool(
            frames and frames[-1].snapshot.epoch == epoch and len(frames[-1].tracks) == tracks
        )

    qtbot.waitUntil(come)
    return frames[-1]


def filled(qtbot: QtBot, session: Session, epoch: int, tracks: int) -> Frame:
    """The frame in which nothing of the past is missing any more."""
    while True:
        frame = next_frame(qtbot, session, epoch, tracks)
        if all(track.missing is None for track in frame.tracks):
            return frame


def test_a_session_records_what_it_is_asked_to(qtbot: QtBot, session: Session) -> None:
    session.send(Load(XOR))
    next_frame(qtbot, session, 0, 0)
    session.send(StepEpochs(5))
    next_frame(qtbot, session, 5, 0)
    session.send(Watch(ALL))
    filled(qtbot, session, 5, 4)
    session.send(StepEpochs(30))
    frame = next_frame(qtbot, session, 35, 4)
    run = run_of()
    expected = [measure(run, ALL)]
    for _ in range(35):
        run.advance(1)
        expected.append(measure(run, ALL))
    for track, values in zip(frame.tracks, np.transpose(expected), strict=True):
        assert track.epochs.tolist() == list(range(36))
        assert track.values.tolist() == values.tolist()
    session.send(Unwatch((WEIGHT, DELTA)))
    frame = next_frame(qtbot, session, 35, 2)
    assert [track.quantity for track in frame.tracks] == [BIAS, ACTIVATION]


def test_a_change_by_hand_is_in_the_record(qtbot: QtBot, session: Session) -> None:
    session.send(Load(XOR))
    next_frame(qtbot, session, 0, 0)
    session.send(Watch((WEIGHT,)))
    next_frame(qtbot, session, 0, 1)
    place = prepare(XOR).network.weight_index(0, 1, 2)
    with qtbot.waitSignal(session.frame_published):
        session.send(ApplyEdit(SetParameters(np.array([place]), np.array([2.5]))))
    frame = session.take_frame()
    assert frame is not None
    assert frame.tracks[0].values.tolist() == [2.5]


def test_a_record_begins_anew_with_its_run_and_ends_with_its_network(
    qtbot: QtBot, session: Session
) -> None:
    session.send(Load(XOR))
    next_frame(qtbot, session, 0, 0)
    session.send(Watch((WEIGHT, ACTIVATION)))
    session.send(StepEpochs(9))
    before = next_frame(qtbot, session, 9, 2)
    session.send(Reset())
    frame = next_frame(qtbot, session, 0, 2)
    assert frame.tracks[0].epochs.tolist() == [0]
    assert frame.tracks[0].values[0] == before.tracks[0].values[0]
    session.send(Load(replace(XOR, seed=3)))
    frame = next_frame(qtbot, session, 0, 2)
    assert frame.tracks[0].values[0] != before.tracks[0].values[0]
    session.send(Load(replace(XOR, hidden=(Hidden(2),))))
    next_frame(qtbot, session, 0, 0)


def test_what_is_not_there_is_refused(qtbot: QtBot, session: Session) -> None:
    session.send(Load(XOR))
    next_frame(qtbot, session, 0, 0)
    with qtbot.waitSignal(session.refused) as refusal:
        session.send(Watch((BiasRef(1, 40),)))
    assert "plot over time" in refusal.args[1]


# -- the past ------------------------------------------------------------------------------

MOONS = replace(
    experiment_for("moons", hidden=(Hidden(3),), options={"size": 60}),
    training=Training(batch=7, rate=0.05, order="permuted"),
    stop=Stop(),
)


def settled(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.mailbox.commands.empty() and session.status.state == "paused")


def test_the_past_is_filled_in_to_the_bit_with_all_that_was_done_by_hand(
    qtbot: QtBot, session: Session
) -> None:
    """Weights, patterns and settings changed on the way, and a future that was abandoned."""
    session.send(Load(MOONS))
    next_frame(qtbot, session, 0, 0)
    patterns = prepare(MOONS).patterns.train
    more = inserted(patterns, 5, np.full((3, 2), 0.5), np.full((3, 1), 1.0))
    straight, values = Run(start_of(prepare(MOONS))), list[Any]()

    def go(epochs: int) -> None:
        session.send(StepEpochs(epochs))
        for _ in range(epochs):
            values.append(measure(straight, ALL))
            straight.advance(1)

    edits = [
        SetParameters(np.array([3, 4]), np.array([0.75, -1.5])),
        ChangeTrain(more),
        SetTraining(replace(MOONS.training, rate=0.2, batch=5)),
    ]
    go(4)
    next_frame(qtbot, session, 4, 0)
    for edit in edits:
        session.send(ApplyEdit(edit))
        apply_edit(straight, edit)
    go(6)
    next_frame(qtbot, session, 10, 0)
    session.send(StepEpochs(8))
    next_frame(qtbot, session, 18, 0)
    session.send(Seek(10))
    next_frame(qtbot, session, 10, 0)
    other = SetParameters(np.array([0]), np.array([2.0]))
    session.send(ApplyEdit(other))  # what came after epoch 10 is abandoned
    apply_edit(straight, other)
    go(5)
    next_frame(qtbot, session, 15, 0)
    values.append(measure(straight, ALL))
    bits = session.worker.current_run.parameters.tobytes()
    session.send(Watch(ALL))
    frame = filled(qtbot, session, 15, 4)
    for track, expected in zip(frame.tracks, np.transpose(values), strict=True):
        assert track.epochs.tolist() == list(range(16))
        assert track.values.tobytes() == expected.tobytes()
    assert frame.snapshot.parameters.tobytes() == bits  # the run itself was left alone
    go(3)
    frame = next_frame(qtbot, session, 18, 4)
    assert frame.snapshot.parameters.tobytes() == straight.parameters.tobytes()


def test_a_long_past_is_filled_in_at_some_epochs_and_can_be_left_at_that(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POINTS", 50)
    session.send(Load(XOR))
    session.send(StepEpochs(1000))
    next_frame(qtbot, session, 1000, 0)
    session.send(Watch((WEIGHT,)))
    track = filled(qtbot, session, 1000, 1).tracks[0]
    assert track.epochs.tolist() == [*shown_rows(1000, 50).tolist(), 1000]
    assert track.chosen == 1000
    run = run_of()
    for epoch, value in zip(track.epochs.tolist(), track.values.tolist(), strict=True):
        run.advance(epoch - run.epoch)
        assert measure(run, [WEIGHT])[0] == value
    session.send(Unwatch((WEIGHT,)))
    monkeypatch.setattr(Backfill, "advance", lambda *given: None)  # as if it took for ever
    session.send(Watch((BIAS,)))
    frame = next_frame(qtbot, session, 1000, 1)
    assert (frame.tracks[0].missing, frame.tracks[0].filling) == ((0, 999), True)
    assert np.isnan(frame.tracks[0].values[0])
    session.send(StopFilling())
    while frame.tracks[0].filling:
        frame = next_frame(qtbot, session, 1000, 1)
    assert frame.tracks[0].missing == (0, 999)


def test_what_is_chosen_while_looking_back_is_known_up_to_the_latest_epoch(
    qtbot: QtBot, session: Session
) -> None:
    session.send(Load(XOR))
    session.send(StepEpochs(40))
    next_frame(qtbot, session, 40, 0)
    session.send(Seek(10))
    next_frame(qtbot, session, 10, 0)
    session.send(Watch((WEIGHT,)))
    assert filled(qtbot, session, 10, 1).tracks[0].epochs.tolist() == list(range(41))
    session.send(Play())  # from here on it happens anew
    qtbot.waitUntil(lambda: session.worker.current_run.epoch > 60)
    session.send(Pause())
    settled(qtbot, session)
    session.send(PublishFrame(EVERYTHING))
    epoch = session.worker.current_run.epoch
    track = filled(qtbot, session, epoch, 1).tracks[0]
    run = run_of()
    assert track.epochs.tolist() == list(range(epoch + 1))
    for value in track.values.tolist():
        assert measure(run, [WEIGHT])[0] == value
        run.advance(1)
