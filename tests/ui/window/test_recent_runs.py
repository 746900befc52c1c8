"""A run that was reset or lost to another one comes back: by Undo, and from the menu."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef
from bpviz.experiment.experiment import Hidden
from bpviz.session.commands import StepEpochs
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry
from bpviz.ui.window.main_window import MainWindow


def problem(window: MainWindow) -> str:
    return window.current_frame.setup.experiment.problem


def choose(window: MainWindow, name: str) -> None:
    box = window.findChild(ChoiceEntry, "field_problem")
    box.setCurrentIndex(box.findData(name))


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    window.session.send(StepEpochs(epochs))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == epochs)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)


def test_undo_takes_a_wrong_choice_of_the_problem_back(qtbot: QtBot, window: MainWindow) -> None:
    undo = window.actions_by_name["undo"]
    assert not undo.isEnabled()
    train(qtbot, window, 20)
    lost = window.current_frame.snapshot
    choose(window, "majority")
    qtbot.waitUntil(lambda: problem(window) == "majority")
    qtbot.waitUntil(undo.isEnabled)
    assert undo.text() == "&Undo new run: back to xor, epoch 20"
    assert "xor, epoch 20, is kept" in window.statusBar().currentMessage()
    window.edit_tools.editor.set_parameter(BiasRef(1, 0), 0.5)
    assert undo.text() == "&Undo change of bias of h1"  # what was done last is undone first
    press(qtbot, window, Qt.Key.Key_Z)
    press(qtbot, window, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: problem(window) == "xor")
    frame = window.current_frame
    assert np.array_equal(frame.snapshot.parameters, lost.parameters)
    assert len(frame.curve.epochs) == 21
    assert window.panel.experiment() == frame.setup.experiment
    # It was changed by hand:
    qtbot.waitUntil(lambda: undo.text() == "&Undo new run: back to majority, epoch 0")


def test_every_recent_run_is_in_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    menu = window.findChild(QMenu, "menu_recent_runs")
    assert not menu.menuAction().isEnabled()
    for epochs in (3, 5):
        train(qtbot, window, epochs)
        seed = window.current_frame.setup.experiment.seed
        press(qtbot, window, Qt.Key.Key_N)
        qtbot.waitUntil(lambda s=seed: window.current_frame.setup.experiment.seed == s + 1)
    assert menu.menuAction().isEnabled()
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert [text.partition(", E")[0] for text in texts] == [
        "xor, epoch 5: 3 hidden, seed 1",
        "xor, epoch 3: 3 hidden, seed 0",
    ]
    menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 3)
    assert window.current_frame.setup.experiment.seed == 0


def test_settings_that_were_entered_but_not_trained_come_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    mine = replace(window.current_frame.setup.experiment, hidden=(Hidden(4, "tanh"),))
    window.panel.applied.emit(mine)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment == mine)
    choose(window, "majority")
    qtbot.waitUntil(lambda: problem(window) == "majority")
    press(qtbot, window, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment == mine)


def test_undo_takes_a_reset_back_and_says_that_it_can(qtbot: QtBot, window: MainWindow) -> None:
    undo = window.actions_by_name["undo"]
    for epochs in (20, 5):
        train(qtbot, window, epochs)
        lost = window.current_frame
        press(qtbot, window, Qt.Key.Key_R)
        qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 0)
        said = f"xor, epoch {epochs}, is kept: Undo or Recent runs brings it back."
        qtbot.waitUntil(lambda said=said: window.statusBar().currentMessage() == said)
    assert undo.text() == "&Undo new run: back to xor, epoch 5"
    press(qtbot, window, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 5)
    back = window.current_frame
    assert np.array_equal(back.snapshot.parameters, lost.snapshot.parameters)
    assert np.array_equal(back.curve.train_error, lost.curve.train_error)


def test_a_reset_keeps_what_waits_in_the_panel(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 3)
    spread = window.findChild(QLineEdit, "field_spread")
    spread.setFocus()
    spread.selectAll()
    qtbot.keyClicks(spread, "0.3")
    qtbot.keyClick(spread, Qt.Key.Key_Tab)
    assert window.panel.has_changes
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 0)
    assert window.panel.has_changes
    assert spread.text() == "0.3"
