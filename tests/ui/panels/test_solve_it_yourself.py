"""Solve it yourself: rows turn green as the weights set by hand get them right; training waits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QTableView
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef, ParameterRef, WeightRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetParameters
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.lessons.loader import find_lesson
from bpviz.lessons.solving import check_solvable, free_indices, unsolved_start
from bpviz.session.commands import Play, StepEpochs
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow

OpenMain = Callable[..., MainWindow]
XOR = replace(experiment_for("xor", hidden=(Hidden(2, "step"),), output="step"), stop=Stop())
OR_NAND: list[tuple[ParameterRef, float]] = [
    (WeightRef(0, 0, 0), 1.0), (WeightRef(0, 1, 0), 1.0), (BiasRef(1, 0), -0.5),
    (WeightRef(0, 0, 1), -1.0), (WeightRef(0, 1, 1), -1.0), (BiasRef(1, 1), 1.5),
    (WeightRef(1, 0, 0), 1.0), (WeightRef(1, 1, 0), 1.0), (BiasRef(2, 0), -1.5),
]  # fmt: skip


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def said(window: MainWindow, words: str) -> Callable[[], bool]:
    return lambda: (
        window.solve_mode.bar is not None
        and window.solve_mode.bar.isVisible()
        and words in window.solve_mode.bar.text.text()
    )


def numbers(window: MainWindow) -> np.ndarray:
    assert window.current_frame is not None
    return window.current_frame.snapshot.parameters


def greens(window: MainWindow) -> list[bool]:
    """Whether each row of the table is painted green."""
    table = window.findChild(QTableView, "output_table")
    image = QImage(table.viewport().size(), QImage.Format.Format_RGB32)
    table.viewport().render(image)
    boxes = [
        table.visualRect(table.model().index(row, 1)) for row in range(table.model().rowCount())
    ]
    colours = [image.pixelColor(box.left() + 2, box.center().y()) for box in boxes]
    return [colour.green() > colour.red() + 15 for colour in colours]


@pytest.mark.parametrize("output", ["step", "logistic", "linear"])
@pytest.mark.parametrize("problem", ["xor", "and", "or", "parity", "majority", "not"])
def test_every_start_is_unsolved(problem: str, output: str) -> None:
    setup = prepare(experiment_for(problem, hidden=(Hidden(2),), output=output, error="squared"))
    run = new_run(setup)
    places = free_indices(setup)
    apply_edit(run, SetParameters(places, unsolved_start(setup, run.parameters)[places]))
    assert run.record.train_right < 1.0


@pytest.mark.parametrize("problem", ["iris", "circle", "sine"])
def test_what_is_no_truth_table_is_refused_in_a_sentence(problem: str) -> None:
    with pytest.raises(BadValue, match="to solve by hand"):
        check_solvable(prepare(experiment_for(problem)))


def test_a_lesson_is_solved_left_and_come_back_to(
    qtbot: QtBot, open_main: OpenMain, settings: Settings
) -> None:
    window = open_main()
    window.open_lesson(find_lesson("xor-by-hand"))
    for _ in range(3):  # each sets its step up, also before the one before is on screen
        click(qtbot, window, "lesson_next")
    qtbot.waitUntil(said(window, "2 of 4 rows right"))
    for name in ("run", "step", "back", "play_slowly", "reset", "new_seed"):
        assert not window.actions_by_name[name].isEnabled()
    table = window.findChild(QTableView, "output_table")
    headings = [table.model().headerData(c, Qt.Orientation.Horizontal) for c in range(7)]
    assert headings == ["x1", "x2", "h1", "h2", "target", "output", "right"]
    qtbot.waitUntil(lambda: greens(window) == [True, False, False, True])
    for place, value in OR_NAND[:-1]:
        window.edit_tools.editor.set_parameter(place, value)
    qtbot.waitUntil(lambda: greens(window) == [False, True, True, False])
    assert [table.model().index(row, 3).data() for row in range(4)] == ["1", "1", "1", "0"]  # NAND
    window.edit_tools.editor.set_parameter(*OR_NAND[-1])
    qtbot.waitUntil(said(window, "Solved: all 4 rows are right</b>, with 9 changes"))
    assert greens(window) == [True] * 4
    solved = numbers(window)
    click(qtbot, window, "solve_leave")
    qtbot.waitUntil(lambda: not numbers(window).any())
    assert greens(window) == [False] * 4
    assert window.actions_by_name["run"].isEnabled()
    window.actions_by_name["solve"].trigger()
    qtbot.waitUntil(lambda: np.array_equal(numbers(window), solved))
    click(qtbot, window, "solve_over")
    qtbot.waitUntil(said(window, "2 of 4 rows right"))
    assert not numbers(window).any()
    window.edit_tools.editor.set_parameter(*OR_NAND[0])
    qtbot.waitUntil(lambda: numbers(window).any())
    tried = numbers(window)
    window.close()
    again = open_main(XOR)  # the same network, another day
    again.actions_by_name["solve"].trigger()
    qtbot.waitUntil(lambda: np.array_equal(numbers(again), tried))


def test_training_goes_on_afterwards_as_if_nothing_had_been_set(
    qtbot: QtBot, open_main: OpenMain
) -> None:
    experiment = replace(experiment_for("xor"), stop=Stop())
    window = open_main(experiment)
    window.session.send(StepEpochs(20))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 20)
    window.session.send(Play())
    window.actions_by_name["solve"].trigger()  # training is paused for it
    qtbot.waitUntil(said(window, "0 of 4 rows right"))
    qtbot.waitUntil(lambda: not numbers(window).any())
    epoch = window.current_frame.snapshot.epoch
    window.edit_tools.editor.set_parameter(BiasRef(1, 0), 3.0)
    qtbot.waitUntil(lambda: numbers(window).any())
    window.edit_tools.editor.stack.undo()
    qtbot.waitUntil(lambda: not numbers(window).any())
    assert not window.edit_tools.editor.stack.canUndo()
    click(qtbot, window, "solve_leave")
    qtbot.waitUntil(lambda: numbers(window).any())
    window.session.send(StepEpochs(5))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == epoch + 5)
    run = new_run(prepare(experiment))
    run.advance(epoch + 5)
    np.testing.assert_array_equal(numbers(window), run.parameters)


def test_another_experiment_ends_it_and_unfit_ones_say_why(
    qtbot: QtBot, open_main: OpenMain
) -> None:
    window = open_main(XOR)
    window.actions_by_name["solve"].trigger()
    qtbot.waitUntil(said(window, "2 of 4"))
    window.load(experiment_for("circle"))
    qtbot.waitUntil(lambda: not window.solve_mode.solving.is_on)
    assert not window.solve_mode.bar.isVisible()
    window.actions_by_name["solve"].trigger()
    qtbot.waitUntil(lambda: "to solve by hand" in window.message.text)
    assert not window.actions_by_name["solve"].isChecked()
    assert window.actions_by_name["run"].isEnabled()
