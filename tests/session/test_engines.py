"""The trainer moves to the compiled engine when it is ready, and says which one is at work."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

pytest.importorskip("numba")

from bpviz.core.kernels import warm as warm_module
from bpviz.core.kernels.warm import warm
from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.experiment.stopping import Stopping
from bpviz.session.commands import Load, Pause
from bpviz.session.frame import Frame
from bpviz.session.scheduling import numba_loader
from bpviz.session.scheduling.numba_loader import NumbaLoader
from bpviz.session.session import Session

ENDLESS = experiment_for("xor", stop={})


@pytest.fixture(autouse=True, scope="module")
def on_disk() -> None:
    """The machine code is there, so that no test waits long for it."""
    warm()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> NumbaLoader:
    """A compiler that has done nothing yet, and no patience."""
    fresh = NumbaLoader()
    monkeypatch.setattr(numba_loader, "NUMBA_LOADER", fresh)
    monkeypatch.setattr(numba_loader, "COMPILE_AFTER", 0.0)
    return fresh


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    session = Session(engine="auto")
    session.mailbox.ask(EVERYTHING)
    yield session
    session.close()


def play_until(
    qtbot: QtBot, session: Session, engine: str, hidden: tuple[Hidden, ...] = ENDLESS.hidden
) -> Frame:
    """Train until a frame names this engine, then pause; the frame at rest."""
    session.send(Load(replace(ENDLESS, stop=Stop(), hidden=hidden), play=True))
    frames: list[Frame] = []

    def named() -> bool:
        session.mailbox.ask(EVERYTHING)
        if (frame := session.take_frame()) is not None:
            frames.append(frame)
        return bool(frames) and frames[-1].engine == engine

    qtbot.waitUntil(named)
    session.send(Pause())
    qtbot.waitUntil(lambda: session.status.state == "paused")
    return session.take_frame() or frames[-1]


def test_it_begins_with_numpy_and_moves_over_between_two_epochs(
    qtbot: QtBot, session: Session
) -> None:
    frame = play_until(qtbot, session, "Numba")
    run = session.worker.current_run
    assert isinstance(run, Run)
    (first, before), (moved, after) = run.engines
    assert (first, before, after) == (0, "numpy", "numba")
    again = new_run(prepare(replace(ENDLESS, stop=Stop())))
    again.advance(moved)
    again.use("numba")
    again.advance(frame.snapshot.epoch - moved)
    assert np.array_equal(again.parameters, frame.snapshot.parameters)


def test_without_a_numba_that_works_it_stays_with_numpy_and_says_so(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_module, "is_cached", lambda *_: False)
    monkeypatch.setattr(NumbaLoader, "_compile", lambda self: 1)
    frame = play_until(qtbot, session, "NumPy (Numba does not work here)")
    assert frame.snapshot.epoch > 0


def test_a_network_with_dropout_has_a_compiled_kernel_of_its_own(
    qtbot: QtBot, session: Session, fresh: NumbaLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(dropout=True)
    monkeypatch.setattr(numba_loader, "DROPOUT_LOADER", NumbaLoader(dropout=True))
    play_until(qtbot, session, "Numba", (Hidden(3, dropout=0.5),))
    assert not fresh.ready


def test_a_paused_run_says_when_the_engine_is_compiled(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = threading.Event()
    monkeypatch.setattr(warm_module, "is_cached", lambda *_: False)
    monkeypatch.setattr(NumbaLoader, "_compile", lambda self: 0 if compiled.wait() else 1)
    assert play_until(qtbot, session, "NumPy, compiling…").snapshot.epoch > 0
    compiled.set()
    frames: list[Frame | None] = []
    qtbot.waitUntil(lambda: frames.append(session.take_frame()) or frames[-1] is not None)
    assert frames[-1].engine == "NumPy"
    assert session.status.state == "paused"


def test_what_is_given_up_can_be_begun_again(
    fresh: NumbaLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that compiles is ended at once."""
    monkeypatch.setattr(warm_module, "is_cached", lambda *_: False)
    fresh.begin()
    fresh.cancel()
    if not fresh.ready:  # it may have been quicker
        fresh.begin()
        fresh.wait()
    assert fresh.ready
    assert not fresh.trouble


def test_with_nothing_on_disk_it_is_compiled_before_anything_is_loaded(
    fresh: NumbaLoader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    started: list[list[str]] = []
    popen = numba_loader.subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        started.append(command)
        return popen([sys.executable, "-c", ""], **options)

    monkeypatch.setattr(numba_loader.subprocess, "Popen", start)
    fresh.begin_compiling()
    assert [command[-2:] for command in started] == [["-m", "bpviz.core.kernels.warm"]]
    monkeypatch.setattr(warm_module, "is_cached", lambda *_: False)
    fresh.begin()
    fresh.wait()
    assert fresh.ready
    assert len(started) == 1  # it waited for that process
    fresh.cancel()


def test_with_machine_code_on_disk_no_process_is_started(
    fresh: NumbaLoader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "compiled.epochs_0-1.py311.nbi").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delattr(numba_loader.subprocess, "Popen")
    fresh.begin_compiling()


def test_numba_writes_its_files_where_they_are_looked_for() -> None:
    assert numba_loader.is_probably_cached()


def test_training_waits_while_numba_is_loaded_and_no_longer(
    fresh: NumbaLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(fresh._loaded, "wait", lambda timeout: waited.append(timeout))
    fresh.yield_to_loading(0.01)
    with fresh._as_loading():
        fresh.yield_to_loading(0.01)
        fresh.yield_to_loading(1.0)
    fresh.yield_to_loading(0.01)
    assert waited == [0.008, numba_loader.LONGEST_WAIT]


def test_a_table_is_judged_as_its_records_are_one_by_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        errors, rights = rng.choice([0.5, 2.0], 8), rng.choice([0.5, 1.0], 8)
        values = np.column_stack([errors, rights, np.full((8, 2), np.nan)])
        records = Records(np.arange(1, 9), values)
        stop = Stop(epochs=int(rng.integers(3, 20)), error=0.2, solved=bool(rng.integers(2)))
        present = EpochRecord(0, *rng.choice([0.5, 2.0], 1), *rng.choice([0.5, 1.0], 1))
        one, other = (Stopping(stop, 4, present) for _ in range(2))
        expected = next((k for k, record in enumerate(records) if one(record)), None)
        assert other.first(records) == expected
        last = records[-1 if expected is None else expected]
        assert one.reasons(last) == other.reasons(last)
        assert one._disarmed == other._disarmed
