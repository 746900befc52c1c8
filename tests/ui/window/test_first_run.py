"""The first Run of a newcomer: at a speed to watch, with a pause where the problem is solved."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import experiment_for
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.start_choices import CHOICES
from tests.ui.conftest import XOR

OpenMain = Callable[..., MainWindow]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    for choice in CHOICES:
        settings.set(choice.name, True)
    return settings


def speed(window: MainWindow) -> str:
    label = window.findChild(QLabel, "speed_label")
    assert label is not None
    return label.text()


def press(window: MainWindow, name: str) -> None:
    window.actions_by_name[name].trigger()


def shows_epoch(window: MainWindow, epoch: int) -> bool:
    return window.current_frame is not None and window.current_frame.snapshot.epoch >= epoch


def test_xor_starts_slowly_pauses_when_solved_and_goes_on(
    qtbot: QtBot, open_main: OpenMain
) -> None:
    window = open_main()
    qtbot.waitUntil(lambda: speed(window) == "25 epochs/s")
    press(window, "run")
    qtbot.waitUntil(lambda: shows_epoch(window, 1))
    assert not shows_epoch(window, 100)  # not over at once
    qtbot.keyClick(
        window,
        Qt.Key.Key_Right,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert speed(window) == "unlimited"
    qtbot.waitUntil(lambda: window.session.status.solved)
    qtbot.waitUntil(lambda: "Solved at epoch 145" in window.message.text)
    assert shows_epoch(window, 145)
    assert not shows_epoch(window, 146)
    offer = window.findChild(QPushButton, "message_offer")
    assert offer is not None
    qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shows_epoch(window, 2000))
    assert window.message.text == ""


def test_the_slider_goes_to_unlimited_and_stays_for_this_problem(
    qtbot: QtBot, open_main: OpenMain
) -> None:
    window = open_main()
    qtbot.waitUntil(lambda: speed(window) == "25 epochs/s")
    slider = window.findChild(QSlider, "speed_slider")
    assert slider is not None
    slider.setValue(slider.maximum())
    press(window, "new_seed")
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == XOR.seed + 1)
    press(window, "run")
    qtbot.waitUntil(lambda: window.session.status.solved)
    assert speed(window) == "unlimited"
    window.run_actions.load_problem("and")  # another problem: a speed that suits it
    qtbot.waitUntil(lambda: speed(window) == "10 epochs/s")


def test_both_are_choices_that_are_remembered(
    qtbot: QtBot, open_main: OpenMain, settings: Settings
) -> None:
    window = open_main()
    qtbot.waitUntil(lambda: speed(window) == "25 epochs/s")
    for choice in CHOICES:
        assert window.actions_by_name[choice].isChecked()
        press(window, choice.name)
    press(window, "fastest")
    press(window, "run")
    qtbot.waitUntil(lambda: shows_epoch(window, 2000))
    again = open_main(experiment_for("and"))
    assert not any(again.actions_by_name[choice].isChecked() for choice in CHOICES)
    assert speed(again) == "unlimited"
