"""Writing a lesson from the window: a copy, a new one, the present state as a step, reload."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef
from bpviz.lessons.loader import find_lesson, load_lesson, shipped_lessons
from bpviz.session.commands import StepEpochs
from bpviz.ui.window.main_window import MainWindow


def choose(window: MainWindow, name: str) -> None:
    """Click this entry of the menu of the Lesson panel."""
    menu = window.findChild(QMenu, "lesson_menu")
    menu.aboutToShow.emit()
    action = menu.findChild(QAction, f"lesson_menu_{name}")
    assert action.isEnabled(), name
    action.trigger()


def is_offered(window: MainWindow, name: str) -> bool:
    menu = window.findChild(QMenu, "lesson_menu")
    menu.aboutToShow.emit()
    return menu.findChild(QAction, f"lesson_menu_{name}").isEnabled()


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    there = window.current_frame.snapshot.epoch + epochs
    window.session.send(StepEpochs(epochs))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == there)


@pytest.fixture
def save_as(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The path that is chosen where a file is saved; without its suffix."""
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    return path


def test_a_lesson_is_written_from_what_is_shown(
    qtbot: QtBot, window: MainWindow, save_as: Path
) -> None:
    window.open_lesson(find_lesson("perceptron"))
    assert not is_offered(window, "add")  # shipped lessons are not changed
    train(qtbot, window, 5)
    window.select_pattern(2)
    window.speed.set_speed(40.0)
    choose(window, "new")
    file = save_as.with_suffix(".toml")
    panel = window.parts.lesson
    qtbot.waitUntil(lambda: panel.lesson.path == file)
    (step,) = panel.lesson.steps
    assert step.title == "xor, epoch 5"
    assert step.experiment == window.current_frame.setup.experiment
    assert (step.state.epochs, step.state.pattern, step.state.speed) == (5, 2, 40.0)
    assert {"loss", "output"} <= {*step.state.show}
    before = window.current_frame.snapshot.parameters

    window.edit_tools.editor.set_parameter(BiasRef(1, 0), 0.75)
    qtbot.waitUntil(lambda: 0.75 in window.current_frame.snapshot.parameters)
    mine = window.current_frame.snapshot.parameters
    choose(window, "add")
    qtbot.waitUntil(lambda: panel.step is panel.lesson.steps[-1] and len(panel.lesson.steps) == 2)
    window.lesson_state.set_up(panel.lesson.steps[0])
    run = window.current_frame.setup.run_id
    qtbot.waitUntil(lambda: window.current_frame.setup.run_id > run)
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 5)
    assert np.array_equal(window.current_frame.snapshot.parameters, before)
    window.lesson_state.set_up(panel.lesson.steps[1])
    qtbot.waitUntil(lambda: np.array_equal(window.current_frame.snapshot.parameters, mine))
    assert load_lesson(file).steps == panel.lesson.steps or len(load_lesson(file).steps) == 2


@pytest.mark.parametrize("key", shipped_lessons())
def test_every_shipped_lesson_can_be_copied_changed_and_reloaded(
    qtbot: QtBot, window: MainWindow, save_as: Path, key: str
) -> None:
    window.open_lesson(find_lesson(key))
    choose(window, "copy")
    file, panel = save_as.with_suffix(".toml"), window.parts.lesson
    assert file.read_text() == shipped_lessons()[key].read_text()
    qtbot.waitUntil(lambda: panel.lesson.path == file)
    panel.open_file(str(file), at=-1)
    qtbot.waitUntil(lambda: panel.step is panel.lesson.steps[-1])
    at = panel.step.title
    file.write_text(file.read_text().replace(f'"{at}"', '"Changed"'))
    choose(window, "reload")
    qtbot.waitUntil(lambda: panel.step.title == "Changed")
    assert panel.findChild(QLabel, "lesson_heading").text() == "Changed"


def test_a_place_that_cannot_be_written_is_said(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = str(tmp_path / "none" / "x.toml")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (path, ""))
    window.open_lesson(find_lesson("perceptron"))
    choose(window, "copy")
    assert "x.toml" in window.message.text
    assert window.parts.lesson.lesson.key == "perceptron"


def test_help_leads_to_the_page_about_lessons(window: MainWindow) -> None:
    window.actions_by_name["write_lessons"].trigger()
    assert window.guide.window is not None
    assert window.guide.window.page == "lessons.md"
