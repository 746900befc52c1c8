"""Steps of lessons and the user's own work: what is set up, what is said, what comes back."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef
from bpviz.experiment.experiment import Experiment, experiment_for
from bpviz.lessons.loader import find_lesson
from bpviz.session.commands import Cancel, StepEpochs
from bpviz.ui.race.window import RaceWindow
from bpviz.ui.window.main_window import MainWindow
from tests.waiting import wait_until

OWN = "This step is not set up: the window shows your run of {}."
LESSON = find_lesson("perceptron")
"""Its first steps train AND, OR and XOR."""


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def note(window: MainWindow) -> str:
    frame = window.findChild(QWidget, "lesson_note")
    return frame.findChild(QLabel, "lesson_note_text").text() if frame.isVisible() else ""


def experiment(window: MainWindow) -> Experiment:
    return window.current_frame.setup.experiment


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    there = window.current_frame.snapshot.epoch + epochs
    window.session.send(StepEpochs(epochs))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == there)


def begin(qtbot: QtBot, window: MainWindow) -> None:
    """The lesson at its first step, set up."""
    window.open_lesson(LESSON, set_up=True)
    wait_for(qtbot, window, 0)


def wait_for(qtbot: QtBot, window: MainWindow, step: int) -> None:
    qtbot.waitUntil(lambda: experiment(window) == LESSON.steps[step].experiment)
    assert window.parts.lesson.step is LESSON.steps[step]
    assert note(window) == ""


def test_next_and_back_set_steps_up_also_after_training_and_other_seeds(
    qtbot: QtBot, window: MainWindow
) -> None:
    begin(qtbot, window)
    press(qtbot, window, "lesson_next")
    wait_for(qtbot, window, 1)
    train(qtbot, window, 3)
    press(qtbot, window, "lesson_next")
    wait_for(qtbot, window, 2)
    window.actions_by_name["new_seed"].trigger()
    qtbot.waitUntil(lambda: experiment(window).seed == 1)
    train(qtbot, window, 3)
    press(qtbot, window, "lesson_back")
    wait_for(qtbot, window, 1)


@pytest.mark.parametrize("theirs", [experiment_for("majority"), experiment_for("moons")])
def test_own_work_stays_until_the_step_is_asked_for_and_comes_back(
    qtbot: QtBot, window: MainWindow, theirs: Experiment
) -> None:
    window.load(theirs)
    qtbot.waitUntil(lambda: experiment(window) == theirs)
    train(qtbot, window, 7)
    mine = window.current_frame.snapshot.parameters
    name = window.current_frame.setup.patterns.name
    window.open_lesson(LESSON)
    assert note(window) == OWN.format(name)
    press(qtbot, window, "lesson_next")
    assert window.parts.lesson.step is LESSON.steps[1]
    assert note(window) == OWN.format(name)
    assert window.findChild(QPushButton, "lesson_set_up").text() == "Set this up"
    train(qtbot, window, 1)  # it is still there
    assert experiment(window) == theirs
    window.session.send(StepEpochs(1))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 9)
    press(qtbot, window, "lesson_set_up")
    qtbot.waitUntil(lambda: experiment(window) == LESSON.steps[1].experiment)
    qtbot.waitUntil(lambda: note(window) == f"Your run of {name}, epoch 9, is kept.")
    press(qtbot, window, "lesson_next")
    qtbot.waitUntil(lambda: experiment(window) == LESSON.steps[2].experiment)
    press(qtbot, window, "lesson_own_run")
    qtbot.waitUntil(lambda: experiment(window) == theirs)
    assert window.current_frame.snapshot.epoch == 9
    assert not np.array_equal(window.current_frame.snapshot.parameters, mine)
    qtbot.waitUntil(lambda: note(window) == OWN.format(name))


def test_a_step_that_was_changed_is_not_replaced_unasked(qtbot: QtBot, window: MainWindow) -> None:
    begin(qtbot, window)
    window.edit_tools.editor.set_parameter(BiasRef(1, 0), 0.25)
    qtbot.waitUntil(lambda: note(window) == "Changed since it was set up.")
    press(qtbot, window, "lesson_next")
    assert note(window) == OWN.format("and")
    press(qtbot, window, "lesson_set_up")
    qtbot.waitUntil(lambda: experiment(window) == LESSON.steps[1].experiment)
    qtbot.waitUntil(lambda: note(window) == "Your run of and, epoch 0, is kept.")


def test_changes_that_wait_for_a_new_run_are_not_dropped_unasked(
    qtbot: QtBot, window: MainWindow
) -> None:
    begin(qtbot, window)
    train(qtbot, window, 2)
    spread = window.findChild(QWidget, "field_spread")
    spread.setFocus()
    spread.selectAll()
    qtbot.keyClicks(spread, "0.3")
    qtbot.keyClick(spread, Qt.Key.Key_Return)
    press(qtbot, window, "lesson_next")
    assert note(window) == OWN.format("and")
    assert experiment(window) == LESSON.steps[0].experiment
    assert window.panel.experiment() == replace(experiment(window), spread=0.3)


def test_a_step_is_set_up_although_the_run_of_the_one_before_comes_first(
    qtbot: QtBot, window: MainWindow
) -> None:
    """The steps differ in what follows their run: solving by hand, and the pattern shown."""
    lesson = find_lesson("xor-by-hand")
    window.open_lesson(lesson)
    for _ in range(2):
        press(qtbot, window, "lesson_next")
    direct, solve = lesson.steps[2:4]
    qtbot.waitUntil(lambda: experiment(window) == direct.experiment)
    qtbot.waitUntil(lambda: not window.lesson_setup.is_loading)
    press(qtbot, window, "lesson_next")
    qtbot.waitUntil(lambda: window.solve_mode.is_on)
    came, go_on = threading.Event(), threading.Event()

    def hold() -> None:  # in the thread
        if worker.setup.experiment == direct.experiment:
            came.set()
            go_on.wait()

    worker = window.session.worker
    held = worker.frame_published.connect(hold, Qt.ConnectionType.DirectConnection)
    try:
        press(qtbot, window, "lesson_back")
        wait_until(came.is_set)
        press(qtbot, window, "lesson_next")
        qtbot.waitUntil(lambda: experiment(window) == direct.experiment)
        assert window.lesson_setup.is_loading
        assert not window.solve_mode.is_on
    finally:
        worker.disconnect(held)
        go_on.set()
    qtbot.waitUntil(lambda: experiment(window) == solve.experiment)
    qtbot.waitUntil(lambda: window.solve_mode.is_on)
    assert not window.current_frame.snapshot.parameters.any()
    assert note(window) == ""


def test_a_step_whose_loading_is_cancelled_is_said_not_to_be_set_up(
    qtbot: QtBot, window: MainWindow
) -> None:
    begin(qtbot, window)
    window.lesson_state.set_up(LESSON.steps[0])
    window.session.send(Cancel())
    qtbot.waitUntil(lambda: not window.lesson_setup.is_loading)


def test_choosing_a_lesson_sets_its_step_up(qtbot: QtBot, window: MainWindow) -> None:
    window.open_lesson(LESSON)
    chooser = window.findChild(QComboBox, "lesson_chooser")
    qtbot.waitUntil(lambda: chooser.count() > 1)  # the shipped ones are read in a thread
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    step = window.parts.lesson.step
    assert step not in LESSON.steps
    qtbot.waitUntil(lambda: experiment(window) == step.experiment)
    assert note(window) == ""


def test_a_step_that_cannot_be_set_up_says_so(qtbot: QtBot, window: MainWindow) -> None:
    begin(qtbot, window)
    gone = replace(LESSON.steps[1], experiment=experiment_for("/nowhere/gone.csv"))
    window.parts.lesson.show_lesson(replace(LESSON, key="gone", steps=(LESSON.steps[0], gone)))
    press(qtbot, window, "lesson_next")
    qtbot.waitUntil(lambda: "gone.csv" in window.message.text)
    assert note(window) == "This step is not set up: the window shows another run of and."


@pytest.mark.parametrize("size", [(1366, 728), (1024, 600), (1920, 1040)])
def test_the_lesson_is_read_beside_the_experiment_and_goes_back(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    begin(qtbot, window)
    window.resize(*size)
    button = window.findChild(QToolButton, "lesson_beside")

    def places() -> list[QRect]:
        docks = (window.docks.by_key[key] for key in ("experiment", "lesson"))
        return [dock.geometry() for dock in docks if dock.widget().in_front]

    for both in (True, False, True):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda n=1 + both: len(places()) == n)
        qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
        assert window.parts.lesson.isVisible()
    one, other = places()
    qtbot.waitUntil(lambda: not one.intersects(other))
    assert min(one.width(), other.width()) >= 260
    assert window.parts.network.width() >= 320
    window.actions_by_name["reset_layout"].trigger()
    qtbot.waitUntil(lambda: len(places()) == 1)


def test_the_race_of_a_step_leaves_its_lesson_readable(qtbot: QtBot, window: MainWindow) -> None:
    window.open_lesson(find_lesson("two-or-three"))
    while window.parts.lesson.step.race is None:
        press(qtbot, window, "lesson_next")
    lesson = window.docks.screen_place("lesson")
    press(qtbot, window, "lesson_race")
    race = window.findChild(RaceWindow, "race_window")
    room = window.screen().availableGeometry().width() - lesson.right()
    fits = race.minimumSizeHint().width() < room
    assert race.frameGeometry().intersects(lesson) != fits
