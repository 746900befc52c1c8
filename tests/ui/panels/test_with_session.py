"""The panel together with the training thread, wired as the window wires them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Experiment, Link, Stop, experiment_for
from bpviz.session.commands import Configure, Load, Open, Play, StepEpochs
from bpviz.session.frame import Frame
from bpviz.session.session import Session

from .conftest import Hand, HandFor

Start = Callable[[Experiment], tuple[Hand, Session, list[Frame]]]


@pytest.fixture
def start(hand_for: HandFor, qtbot: QtBot) -> Iterator[Start]:
    """start(experiment) -> a hand, a session that shows the experiment, and its frames."""
    sessions: list[Session] = []

    def make(experiment: Experiment) -> tuple[Hand, Session, list[Frame]]:
        hand, session, frames = hand_for("xor"), Session(), []
        sessions.append(session)
        panel = hand.panel

        def look() -> None:
            session.mailbox.ask(SnapshotRequest())
            frame = session.take_frame()
            if frame is None:
                return
            if not frames or frames[-1].setup.run_id != frame.setup.run_id:
                panel.set_experiment(frame.setup.experiment, frame.setup.patterns)
            frames.append(frame)
            panel.set_epoch(frame.snapshot.epoch)

        timer = QTimer(panel, interval=10)
        timer.timeout.connect(look)
        timer.start()
        panel.applied.connect(lambda applied: session.send(Load(applied)))
        panel.configured.connect(lambda changed: session.send(Configure(changed)))
        session.refused.connect(panel.set_refused)
        session.send(Load(experiment))
        qtbot.waitUntil(lambda: bool(frames))
        return hand, session, frames

    yield make
    for session in sessions:
        session.close()


XOR = replace(experiment_for("xor"), stop=Stop())


def test_an_entry_at_epoch_0_becomes_the_run(start: Start, qtbot: QtBot) -> None:
    hand, _, frames = start(XOR)
    hand.type("field_hidden_1_units", "5")
    qtbot.waitUntil(lambda: frames[-1].setup.network.groups[1].size == 5)
    assert hand.panel.experiment() == frames[-1].setup.experiment
    assert hand.bar() == ""


def test_a_rate_changes_while_training_and_a_seed_waits(start: Start, qtbot: QtBot) -> None:
    hand, session, frames = start(XOR)
    session.send(Play())
    qtbot.waitUntil(lambda: frames[-1].snapshot.epoch > 0)
    hand.type("field_rate", "0.125")
    qtbot.waitUntil(lambda: frames[-1].setup.experiment.training.rate == 0.125)
    hand.type("field_seed", "3")
    assert frames[-1].setup.run_id == frames[0].setup.run_id
    hand.click("apply_button")
    qtbot.waitUntil(lambda: frames[-1].setup.experiment.seed == 3)
    assert frames[-1].setup.experiment.training.rate == 0.125
    assert hand.bar() == ""


@pytest.mark.parametrize(
    ("problem", "enter", "field"),
    [
        ("xor", lambda hand: hand.pick("field_output", "softmax"), "field_output"),
        ("iris", lambda hand: hand.pick("field_output", "logistic"), "field_error"),
        ("majority", lambda hand: hand.type("field_option_n", "4"), "field_option_n"),
        ("expression", lambda hand: hand.type("field_option_expression", "1/x"),
         "field_option_expression"),
        ("sine", lambda hand: hand.type("field_option_to", "-900"), "field_option_to"),
        ("digits", lambda hand: hand.type("field_link_input_hidden1_field", "3 x 3"),
         "field_link_input_hidden1_field"),
        ("xor", lambda hand: hand.tick("field_link_input_hidden1_present"),
         "field_link_input_hidden1_present"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_explained_at_its_field(
    start: Start, qtbot: QtBot, problem: str, enter: Callable[[Hand], object], field: str
) -> None:
    hand, session, frames = start(experiment_for(problem))
    hand.click("section_links_heading")
    before = frames[-1].setup
    enter(hand)
    entry = hand.find(field)
    qtbot.waitUntil(lambda: bool(entry.sentence))
    assert entry.isVisibleTo(hand.panel)
    assert not hand.visible("panel_message")
    assert frames[-1].setup is before
    assert hand.bar()
    hand.click("discard_button")
    assert hand.panel.experiment() == before.experiment
    session.send(StepEpochs())  # the run that was there goes on
    qtbot.waitUntil(lambda: frames[-1].snapshot.epoch == 1)


def test_a_shortcut_becomes_the_run(start: Start, qtbot: QtBot) -> None:
    hand, _, frames = start(XOR)
    hand.click("section_links_heading")
    hand.tick("field_link_input_output_present")
    qtbot.waitUntil(lambda: len(frames[-1].setup.network.connections) == 3)
    assert frames[-1].setup.experiment.links == (Link("input", "output"),)


def test_fast_entries_all_arrive(start: Start, qtbot: QtBot) -> None:
    hand, _, frames = start(XOR)
    for seed in range(1, 12):
        hand.type("field_seed", str(seed))
        hand.type("field_rate", str(seed / 100))
        hand.type("field_spread", str(seed / 10))
    qtbot.waitUntil(lambda: frames[-1].setup.experiment == hand.panel.experiment())
    experiment = hand.panel.experiment()
    assert (experiment.seed, experiment.training.rate, experiment.spread) == (11, 0.11, 1.1)
    assert hand.bar() == ""


def test_a_csv_file_whose_targets_change_their_kind(
    start: Start, qtbot: QtBot, csv_file: str
) -> None:
    hand, session, frames = start(XOR)
    session.send(Open(csv_file, 3))
    qtbot.waitUntil(lambda: hand.panel.experiment().problem == csv_file)
    assert hand.panel.experiment().output == "linear"
    hand.type("field_option_targets", "site")
    qtbot.waitUntil(lambda: frames[-1].setup.experiment.options == {"targets": "site"})
    adapted = frames[-1].setup.experiment
    assert adapted.error == "binary"
    assert hand.panel.experiment() == adapted
    assert hand.find("field_error").value == "binary"
    assert hand.bar() == ""
