"""Very many epochs: signals that must not crash Qt's bindings, and memory that must not grow."""

import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.session.commands import Configure, Load, Play
from bpviz.session.session import Session
from bpviz.session.worker import Worker

MILLION = 1_000_000


def test_a_million_epoch_signals(qtbot: QtBot, session: Session) -> None:
    """PySide6 6.12.0 on Python 3.11 aborts after some tens of thousands of emits."""
    seen = 0

    def count(epoch: int, error: float) -> None:
        nonlocal seen
        seen += 1

    def emit() -> None:
        for epoch in range(MILLION):
            session.worker.epoch_finished.emit(epoch, 0.25)

    # A direct receiver: a queued one would be a test of Qt's event queue.
    session.worker.epoch_finished.connect(count, Qt.ConnectionType.DirectConnection)
    thread = threading.Thread(target=emit)
    thread.start()
    thread.join()
    assert seen == MILLION


def test_training_keeps_bounded_memory(
    qtbot: QtBot, session: Session, trace_memory: Callable[[], None]
) -> None:
    experiment = replace(experiment_for("xor"), stop=Stop(epochs=60_000))
    session.send(Load(experiment, play=True))
    qtbot.waitUntil(lambda: session.status.state == "finished")
    trace_memory()
    session.send(Configure(replace(experiment, stop=Stop(epochs=120_000))))
    session.send(Play())
    qtbot.waitUntil(lambda: "120,000" in session.status.message)
    grown, _ = tracemalloc.get_traced_memory()
    assert grown < 8_000_000


def test_the_thread_never_waits_for_qts_locks_while_it_holds_pythons(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """isSignalConnected does, and the window may hold the one and want the other: both hang.

    (A listener that is gone is disconnected by Qt under its lock, which asks for Python's.)
    """
    asked: list[int] = []
    for name in ("isSignalConnected", "receivers"):
        monkeypatch.setattr(Worker, name, lambda *_: asked.append(threading.get_ident()) or True)
    session.send(Load(replace(experiment_for("xor"), stop=Stop(epochs=2000)), play=True))
    qtbot.waitUntil(lambda: session.status.state == "finished")
    assert asked == []
