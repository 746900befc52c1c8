"""What all tests share: frames of real runs, and a screen that is not there."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bpviz.cli.display import QtMissing, load_qt
from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.table import PROBLEMS
from bpviz.session.frame import Curve, Frame
from bpviz.sharing import event_log
from tests.waiting import WaitingBot

# The same examples in every run, and no time limit for any of them.
settings.register_profile(
    "bpviz",
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bpviz")

FrameFor = Callable[..., Frame]


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Say what to install where Qt cannot load: pytest-qt would end in an internal error."""
    try:
        load_qt()
    except QtMissing as error:
        raise pytest.UsageError(str(error)) from None


def curve_of(records: list[EpochRecord]) -> Curve:
    """The curve that consists of exactly these records."""
    epochs, *columns = (np.array(column) for column in zip(*records, strict=True))
    return Curve(epochs.astype(np.int64), *(column.astype(float) for column in columns))


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> WaitingBot:
    """pytest-qt's, with one deadline for all that tests wait for."""
    return WaitingBot(request)


@pytest.fixture
def frame_for() -> FrameFor:
    """frame_for(problem, epochs=20, **changes): the frame of a real run after so many epochs."""
    return _frame_for


def _frame_for(problem: str, epochs: int = 20, run_id: int = 1, **changes: Any) -> Frame:
    """Nothing writes frames, so the tests share those of the shipped problems."""
    if changes or problem not in PROBLEMS:
        return _make_frame(problem, epochs, run_id, **changes)
    return _shared_frame(problem, epochs, run_id)


def _make_frame(problem: str, epochs: int, run_id: int, **changes: Any) -> Frame:
    setup = prepare(experiment_for(problem, **changes), run_id)
    run = new_run(setup)
    records = [run.record, *run.advance(epochs)]
    snapshot = observe(run, EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=run_id)
    return Frame(setup, snapshot, curve_of(records))


_shared_frame = lru_cache(maxsize=64)(_make_frame)


@pytest.fixture(scope="session", autouse=True)
def _log_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's own log out of what tests provoke, in other processes, too."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        patch.setattr(event_log, "log_folder", lambda: folder / "bpviz")
        yield
        _close_log()


@pytest.fixture
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the log, for this test alone; made when something is logged."""
    folder = tmp_path / "state" / "bpviz"
    _close_log()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder.parent))
    monkeypatch.setattr(event_log, "log_folder", lambda: folder)
    yield folder
    _close_log()


def _close_log() -> None:
    for handler in event_log.LOG.handlers:
        handler.close()
