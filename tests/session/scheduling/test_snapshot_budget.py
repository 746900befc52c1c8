"""What of a frame is computed at once, what follows it, and what comes now and then."""

import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.run.observe import observe
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import Load, StepEpochs
from bpviz.session.scheduling import snapshot_budget
from bpviz.session.scheduling.snapshot_budget import READING_INTERVAL, READING_SHARE, SnapshotBudget
from bpviz.session.session import Session

WEIGHT = WeightRef(0, 1, 1)
WANTS = SnapshotRequest(microscope=WEIGHT)
XOR = experiment_for("xor", stop=Stop())


@pytest.fixture
def run() -> Run:
    return new_run(prepare(XOR))


def test_at_rest_the_reading_comes_at_once_unless_that_takes_long(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    its = SnapshotBudget()
    assert its.affordable(WANTS, run, 0.0, training=False).microscope == WEIGHT
    monkeypatch.setattr(snapshot_budget, "CHEAP_READING", 1)
    assert its.affordable(WANTS, run, 0.0, training=False).microscope is None


def test_while_it_trains_readings_take_their_share_of_the_time(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    its = SnapshotBudget()
    snapshot = observe(run, WANTS)
    assert snapshot.microscope is not None
    for cost, pause in ((0.001, READING_INTERVAL), (0.5, 0.5 / READING_SHARE)):
        monkeypatch.setattr(snapshot_budget, "perf_counter", lambda cost=cost: 10.0 + cost)
        its.note(WANTS, run, snapshot, begun=10.0)
        early, late = 10.0 + 0.99 * pause, 10.0 + 1.01 * pause
        assert its.affordable(WANTS, run, early, training=True).microscope is None
        assert its.affordable(WANTS, run, late, training=True).microscope == WEIGHT


def test_what_the_network_does_not_have_is_not_owed(run: Run) -> None:
    its = SnapshotBudget()
    for ref, incomplete in ((WEIGHT, True), (UnitRef(7, 0), False)):
        its.note(SnapshotRequest(microscope=ref), run, observe(run), begun=0.0)
        assert its.is_incomplete == incomplete
    assert observe(run, SnapshotRequest(microscope=UnitRef(7, 0))).microscope is None


def test_a_reading_that_takes_long_comes_after_the_frame_that_lacks_it(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_budget, "CHEAP_READING", 0)
    session.send(Load(XOR))
    qtbot.waitUntil(lambda: session.status.state == "paused")
    session.mailbox.ask(WANTS)
    seen: list[tuple[int, bool]] = []

    def take() -> None:
        if (frame := session.take_frame()) is not None:
            seen.append((frame.snapshot.epoch, frame.snapshot.microscope is not None))

    session.frame_published.connect(take)
    session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: seen[-1:] == [(3, True)])
