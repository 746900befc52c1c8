"""A real main window with settings of its own, closed after each test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bpviz.app import make_application
from bpviz.experiment.experiment import Experiment, Stop, experiment_for
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.start_choices import CHOICES

XOR = replace(experiment_for("xor"), stop=Stop())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A window with these starts at full speed, and trains on when its problem is solved."""
    settings = Settings(tmp_path / "settings.txt")
    for choice in CHOICES:
        settings.set(choice.name, False)
    return settings


@pytest.fixture
def open_main(
    qtbot: QtBot, qapp: object, settings: Settings
) -> Iterator[Callable[..., MainWindow]]:
    """open_main(experiment) -> a window that shows it at epoch 0, with all its docks made."""
    make_application([])
    opened: list[MainWindow] = []

    def open_one(experiment: Experiment = XOR) -> MainWindow:
        window = MainWindow(experiment, settings)
        if "geometry" not in settings:
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.resize(1280, 800)  # whatever the screen of the tests is
        qtbot.addWidget(window)
        opened.append(window)
        with qtbot.waitSignal(window.completed):
            window.show()
        return window

    yield open_one
    for window in opened:
        window.close()
        assert window.session.worker.isFinished()


@pytest.fixture
def window(open_main: Callable[..., MainWindow]) -> MainWindow:
    return open_main()


@pytest.fixture
def set_text(qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """set_text(factor): all text in this size."""
    usual = QApplication.font()

    def change(factor: float) -> None:
        font = QApplication.font()
        font.setPointSizeF(usual.pointSizeF() * factor)
        QApplication.setFont(font)

    yield change
    QApplication.setFont(usual)
