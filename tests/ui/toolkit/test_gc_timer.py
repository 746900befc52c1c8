"""Widgets in reference cycles die in the thread of the window."""

import gc
import threading

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bpviz.app import make_application
from bpviz.session.scheduling import numba_loader
from bpviz.session.scheduling.numba_loader import NumbaLoader
from bpviz.ui.toolkit.gc_timer import GcTimer
from tests.waiting import DEADLINE


class Cyclic(QWidget):
    """Notes the thread in which it is destroyed."""

    def __init__(self, died_in: list[int]) -> None:
        super().__init__()
        self.me, self.died_in = self, died_in

    def __del__(self) -> None:
        self.died_in.append(threading.get_ident())


class Allocating(QThread):
    """Allocates enough to have Python collect several times over."""

    def run(self) -> None:
        for _ in range(20):
            [[] for _ in range(2000)]


def test_there_is_one_collector(qapp: object) -> None:
    app = make_application([])
    assert make_application([]) is app
    assert len(app.findChildren(GcTimer)) == 1
    assert not gc.isenabled()


def test_a_training_thread_never_destroys_a_widget(qtbot: QtBot, qapp: object) -> None:
    make_application([])
    died_in: list[int] = []
    for _ in range(50):
        Cyclic(died_in)
    thread = Allocating()
    thread.start()
    assert thread.wait(int(DEADLINE * 1000))
    garbage: list[list[list[int]]] = []

    def collected() -> bool:
        # Something to collect for, again and again: Python takes every object that dies from its
        # count of new ones, and a window of another test may die only now.
        garbage.append([[] for _ in range(2000)])
        return len(died_in) == 50

    qtbot.waitUntil(collected)
    assert set(died_in) == {threading.get_ident()}


def test_what_an_engine_is_loading_is_not_looked_at(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = make_application([]).findChild(GcTimer)
    loading = NumbaLoader()
    monkeypatch.setattr(numba_loader, "NUMBA_LOADER", loading)
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    monkeypatch.setattr(gc, "get_count", lambda: (10**6, 0, 0))
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    loading.loading = True
    collector.collect()
    assert not collected
    assert not frozen
    loading.loading = False
    collector.collect()
    assert collected
    assert frozen == [True]
