"""Changing weights, thresholds, patterns and units by hand, in the real window."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import outputs
from bpviz.core.model.pattern_change import removed
from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Matrix
from bpviz.experiment.experiment import Experiment, Hidden, Link, Stop, experiment_for
from bpviz.session.commands import Pause, Play, StepEpochs
from bpviz.ui.panels.patterns.panel import PatternsPanel
from bpviz.ui.panels.unit import UnitPanel
from bpviz.ui.toolkit.widgets.number_editor import NumberEditor
from bpviz.ui.views.network.canvas import NetworkCanvas
from bpviz.ui.window.main_window import MainWindow

XOR = replace(experiment_for("xor"), stop=Stop())
STEPS = replace(
    experiment_for("xor"),
    hidden=(Hidden(1, "step"),),
    output="step",
    links=(Link("input", "output"),),
    stop=Stop(),
)
"""The lecture's 2-1-1 network with direct connections from the input to the output."""

OpenMain = Callable[..., MainWindow]
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


class Person:
    """Someone at the window, who waits until what they did is on screen."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        self.canvas: NetworkCanvas = window.findChild(NetworkCanvas, "network_canvas")
        self.canvas.grab()

    @property
    def snapshot(self) -> Snapshot:
        assert self.window.current_frame is not None
        return self.window.current_frame.snapshot

    @property
    def network(self):
        return self.window.current_frame.setup.network

    @property
    def patterns(self):
        return self.window.current_frame.setup.patterns

    @property
    def answers(self) -> Matrix:
        snapshot = self.snapshot
        inputs = self.patterns.train.inputs
        return outputs(self.network, snapshot.parameters, inputs, snapshot.clamps)

    def weight(self, connection: int, source: int, target: int) -> float:
        return float(self.network.weights(self.snapshot.parameters, connection)[source, target])

    def bias(self, group: int, unit: int = 0) -> float:
        return float(self.network.biases(self.snapshot.parameters, group)[unit])

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    # -- in the picture --------------------------------------------------------------------

    def unit_at(self, group: int, unit: int) -> QPointF:
        block = self.canvas.layout_shown.blocks[group]
        return QPointF(block.x[unit], block.y[unit])

    def edge_at(self, connection: int, source: int, target: int, share: float = 0.5) -> QPointF:
        """A place on the line of a weight, also of one that is curved."""
        self.canvas.grab()
        strand = self.canvas._choice.lines.routes[connection]
        edge = np.flatnonzero((strand.strand.source == source) & (strand.strand.target == target))[
            0
        ]
        if strand.handles is not None:
            return QPointF(*strand.points[edge, strand.points.shape[1] // 2])
        start, end = strand.points[edge, 0], strand.points[edge, -1]
        return QPointF(*(start + share * (end - start)))

    def double_click(self, place: QPointF) -> NumberEditor:
        self._mouse(QEvent.Type.MouseButtonDblClick, place)
        editors = [e for e in self.canvas.findChildren(NumberEditor) if e.isVisible()]
        assert len(editors) == 1
        return editors[0]

    def press(self, place: QPointF) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, place)

    def _mouse(self, kind: QEvent.Type, place: QPointF) -> None:
        there = self.canvas.mapToGlobal(place)
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, place, there, LEFT, LEFT, PLAIN))

    def enter(self, place: QPointF, text: str) -> None:
        field = self.double_click(place).field
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def turn(self, place: QPointF, delta: int, modifiers: Qt.KeyboardModifier = PLAIN) -> bool:
        event = QWheelEvent(
            place, self.canvas.mapToGlobal(place), QPoint(), QPoint(0, delta), NONE, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        return QApplication.sendEvent(self.canvas, event) and event.isAccepted()

    def choose(self, place: QPointF, entry: str) -> None:
        """Choose from the context menu."""
        menu = self.menu(place)
        action = next(a for a in menu.actions() if a.objectName() == entry)
        rect = menu.actionGeometry(action)
        QTest.mouseClick(menu, LEFT, PLAIN, rect.center())

    def menu(self, place: QPointF) -> QMenu:
        at = place.toPoint()
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(
            self.canvas, QContextMenuEvent(reason, at, self.canvas.mapToGlobal(at))
        )
        menus = [m for m in self.canvas.findChildren(QMenu, "network_menu") if m.isVisible()]
        assert len(menus) == 1
        return menus[0]

    # -- elsewhere -------------------------------------------------------------------------

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.ControlModifier
        for modifier in modifiers:
            held |= modifier
        QTest.keyClick(self.window, key, held)

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z)

    def undo_from_menu(self) -> None:
        """Without a screen, keys find no active window after a menu was open."""
        self.window.actions_by_name["undo"].trigger()

    def redo(self) -> None:
        self.key(Qt.Key.Key_Z, SHIFT)

    def undo_text(self) -> str:
        return self.window.actions_by_name["undo"].text()

    def open_panel(self, key: str):
        """The panel, brought in front as a click on its tab does, with a frame on it."""
        self.window.findChild(QDockWidget, f"dock_{key}").raise_()
        panel = self.window.findChild(object, f"panel_{key}")
        self.until(lambda: not panel.visibleRegion().isEmpty() and panel.model.rowCount() > 0)
        return panel

    def type_in(self, table: QTableView, row: int, column: int, text: str) -> None:
        """Double-click a cell, type, and press Enter."""
        index = table.model().index(row, column)
        table.scrollTo(index)
        place = table.visualRect(index).center()
        QTest.mouseClick(table.viewport(), LEFT, PLAIN, place)
        QTest.mouseDClick(table.viewport(), LEFT, PLAIN, place)
        field = next(f for f in table.viewport().findChildren(QLineEdit) if f.isVisible())
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.window.findChild(QToolButton, name), LEFT)

    def cell(self, table: QTableView, row: int, column: int) -> str:
        return table.model().index(row, column).data()

    def row(self, panel: PatternsPanel, row: int) -> list[str]:
        return [self.cell(panel.table, row, c) for c in range(panel.model.columnCount())]


@pytest.fixture
def sit_at(qtbot: QtBot, open_main: OpenMain) -> Callable[[Experiment], Person]:
    return lambda experiment: Person(qtbot, open_main(experiment))


@pytest.fixture
def person(sit_at: Callable[[Experiment], Person]) -> Person:
    return sit_at(XOR)


# -- weights and biases in the picture -----------------------------------------------------


def test_a_weight_is_typed_in_the_picture_and_taken_back(person: Person) -> None:
    before = person.weight(0, 0, 1)
    person.enter(person.edge_at(0, 0, 1, 0.3), "1.25")
    person.until(lambda: person.weight(0, 0, 1) == 1.25)
    assert person.snapshot.epoch == 0
    assert "weight x1 → h2" in person.undo_text()
    person.undo()
    person.until(lambda: person.weight(0, 0, 1) == before)
    assert not person.window.actions_by_name["undo"].isEnabled()
    person.redo()
    person.until(lambda: person.weight(0, 0, 1) == 1.25)


def test_a_bias_is_typed_in_the_picture_and_inputs_have_none(person: Person) -> None:
    person.enter(person.unit_at(1, 2), "-3")
    person.until(lambda: person.bias(1, 2) == -3.0)
    person._mouse(QEvent.Type.MouseButtonDblClick, person.unit_at(0, 0))
    assert not [e for e in person.canvas.findChildren(NumberEditor) if e.isVisible()]


def test_what_is_no_number_is_explained_and_changes_nothing(person: Person) -> None:
    before = person.snapshot.parameters
    editor = person.double_click(person.unit_at(1, 0))
    for text in ("abc", "1e400", "nan"):
        editor.field.selectAll()
        QTest.keyClicks(editor.field, text)
        QTest.keyClick(editor.field, Qt.Key.Key_Return)
        assert editor.sentence.startswith("Bias of h1 must be a number ")
        assert editor.sentence.endswith(f", not '{text}'.")
        assert editor.isVisible()
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert not person.window.actions_by_name["undo"].isEnabled()
    assert np.array_equal(person.snapshot.parameters, before)


def test_the_wheel_goes_to_round_numbers_and_is_undone_at_once(person: Person) -> None:
    place = person.edge_at(0, 1, 0, 0.3)
    before = person.weight(0, 1, 0)
    first = (np.floor(before * 10) + 1) / 10
    for _ in range(3):
        assert person.turn(place, 120)
    person.until(lambda: abs(person.weight(0, 1, 0) - (first + 0.2)) < 1e-9)
    person.turn(place, -120, SHIFT)
    person.until(lambda: abs(person.weight(0, 1, 0) - (first + 0.19)) < 1e-9)
    person.turn(person.unit_at(2, 0), -120)  # another number: an undo of its own
    person.until(lambda: "bias of y" in person.undo_text())
    person.undo()
    person.undo()
    person.until(lambda: person.weight(0, 1, 0) == before)
    assert not person.window.actions_by_name["undo"].isEnabled()


def test_touchpads_turn_in_parts_of_a_notch(person: Person) -> None:
    place = person.unit_at(1, 0)
    before = person.bias(1)
    for _ in range(3):
        person.turn(place, 30)
    assert person.window.edit_tools.editor.stack.count() == 0
    person.turn(place, 30)
    person.until(lambda: person.bias(1) > before)
    assert not person.turn(QPointF(3, 3), 120)  # nothing is there


def test_an_undo_after_training_brings_back_that_weight_alone(person: Person) -> None:
    old = person.weight(0, 0, 0)
    person.enter(person.edge_at(0, 0, 0, 0.3), "2")
    person.until(lambda: person.weight(0, 0, 0) == 2.0)
    person.window.session.send(StepEpochs(7))
    person.until(lambda: person.snapshot.epoch == 7)
    trained = person.snapshot.parameters.copy()
    person.undo()
    person.until(lambda: person.weight(0, 0, 0) == old)
    changed = np.flatnonzero(person.snapshot.parameters != trained)
    assert changed.tolist() == [person.network.weight_index(0, 0, 0)]
    assert person.snapshot.epoch == 7


def test_a_reset_and_a_new_run_leave_no_edit_to_undo(person: Person) -> None:
    for again in ("reset", "new_seed"):
        person.enter(person.unit_at(1, 0), "2")
        person.until(lambda: person.bias(1) == 2.0)
        person.window.actions_by_name[again].trigger()
        person.until(lambda: person.bias(1) != 2.0)
        assert not person.window.edit_tools.editor.stack.canUndo()


def test_weights_are_changed_while_it_trains(person: Person) -> None:
    person.window.session.send(Play())
    person.until(lambda: person.snapshot.epoch > 5)
    person.enter(person.edge_at(0, 0, 0, 0.3), "50")
    person.until(lambda: person.weight(0, 0, 0) > 40.0)
    # In a table, what is typed stays although every frame brings other numbers.
    table = person.open_panel("parameters").table
    index = table.model().index(table.model().row_of(WeightRef(0, 0, 0)), 2)
    table.setCurrentIndex(index)
    table.edit(index)
    field = table.viewport().findChild(QLineEdit)
    QTest.keyClicks(field, "-60,5")
    epoch = person.snapshot.epoch
    person.until(lambda: person.snapshot.epoch > epoch + 5)
    QTest.keyClick(field, Qt.Key.Key_Return)
    person.until(lambda: person.weight(0, 0, 0) < -50.0)
    person.window.session.send(Pause())
    person.until(lambda: person.window.session.status.state == "paused")


def test_edited_patterns_outlive_a_reset_and_a_new_seed(person: Person) -> None:
    original = person.patterns
    editor = person.window.edit_tools.editor
    editor.change_patterns(removed(editor.train, np.array([0])), "removing one")
    person.until(lambda: len(person.patterns.train) == 3)
    editor.clamp(1, 0, 1.0)
    person.until(lambda: len(person.snapshot.clamps) == 1)
    run_id = person.snapshot.run_id
    person.window.actions_by_name["new_seed"].trigger()
    person.until(lambda: person.snapshot.run_id != run_id)
    person.window.actions_by_name["reset"].trigger()
    person.until(lambda: person.window.session.status.state == "paused")
    assert person.patterns.name == f"{original.name} (edited)"
    assert len(person.patterns.train) == 3
    assert not person.snapshot.clamps
    editor.restore_patterns()
    person.until(lambda: person.patterns.name == original.name)
    assert np.array_equal(person.patterns.train.inputs, original.train.inputs)


# -- step networks by hand -----------------------------------------------------------------


def test_xor_is_wired_by_hand_with_step_units(sit_at: Callable[[Experiment], Person]) -> None:
    """The lecture's solution: 1, 1 into both, thresholds 1.5 and 0.5, and -2 from h1 to y."""
    person = sit_at(STEPS)
    ends = [(link.source, link.target) for link in person.network.connections]
    into_h, direct, out = ends.index((0, 1)), ends.index((0, 2)), ends.index((1, 2))
    for connection, weights in ((into_h, (1, 1)), (direct, (1, 1)), (out, (-2,))):
        for source, weight in enumerate(weights):
            person.enter(person.edge_at(connection, source, 0, 0.3), str(weight))
    person.enter(person.unit_at(1, 0), "1.5")
    person.enter(person.unit_at(2, 0), "0.5")
    person.until(lambda: person.bias(2) == -0.5 and person.bias(1) == -1.5)
    assert person.answers.ravel().tolist() == [0, 1, 1, 0]
    assert "threshold of y" in person.undo_text()
    panel = person.open_panel("unit")
    said = [person.cell(panel.table, row, panel.model.columnCount() - 1) for row in range(4)]
    assert said == ["0", "0", "0", "1"]  # the hidden unit says AND
    person.window.actions_by_name["run"].trigger()
    person.until(lambda: "cannot train through it" in person.window.message.text)


# -- the table of weights ------------------------------------------------------------------


def test_the_table_of_weights_edits_what_the_picture_shows(person: Person) -> None:
    panel = person.open_panel("parameters")
    table = panel.table
    rows = [[person.cell(table, r, c) for c in range(2)] for r in range(table.model().rowCount())]
    assert rows[:4] == [["bias", "h1"], ["bias", "h2"], ["bias", "h3"], ["x1", "h1"]]
    assert len(rows) == person.network.n_parameters
    row = rows.index(["h2", "y"])
    person.type_in(table, row, 2, "-0.75")
    person.until(lambda: person.weight(1, 1, 0) == -0.75)
    person.until(lambda: person.cell(table, row, 2) == "−0.7500")
    person.type_in(table, row, 2, "much")
    person.until(
        lambda: (
            panel.note.sentence
            == "weight h2 → y must be a number such as 0.5, −2 or 1e-3, not 'much'."
        )
    )
    assert person.weight(1, 1, 0) == -0.75
    box = person.window.findChild(QComboBox, "parameters_part")
    QTest.keyClicks(box, "hidden 1")
    assert box.currentText() == "hidden 1 → output"
    QTest.keyClick(box, Qt.Key.Key_Return)
    box.activated.emit(box.currentIndex())
    assert table.model().rowCount() == 3


def test_thresholds_of_step_units_stand_in_the_table(
    sit_at: Callable[[Experiment], Person],
) -> None:
    person = sit_at(STEPS)
    panel = person.open_panel("parameters")
    assert person.cell(panel.table, 0, 0) == "threshold"
    person.type_in(panel.table, 0, 2, "1.5")
    person.until(lambda: person.bias(1) == -1.5)
    person.until(lambda: person.cell(panel.table, 0, 2) == "1.5000")


def test_shared_weights_move_together_and_absent_ones_have_no_row(
    sit_at: Callable[[Experiment], Person],
) -> None:
    links = (Link("input", "hidden 1", field=(5, 5), shared=True, fixed=True),)
    digits = experiment_for("digits", hidden=(Hidden(16, "tanh"),), links=links)
    person = sit_at(replace(digits, stop=Stop()))
    panel = person.open_panel("parameters")
    model = panel.model
    present = int(np.count_nonzero(person.network.connections[0].mask))
    assert model.rowCount() == 16 + present + 10 + 160
    row = next(r for r in range(model.rowCount()) if "shared" in model.cell(r, 3).text)
    assert model.cell(row, 3).text == "not trained, shared"
    at = model.parameter_at(row)
    person.type_in(panel.table, row, 2, "7")
    person.until(lambda: person.weight(0, at.source, at.target) == 7.0)
    weights = person.network.weights(person.snapshot.parameters, 0)
    ties = person.network.connections[0].ties
    same = (ties == ties[at.source, at.target]) & person.network.connections[0].mask
    assert same.sum() == 16
    assert (weights[same] == 7.0).all()
    assert (weights[~same] != 7.0).all()
    person.undo()
    person.until(lambda: person.weight(0, at.source, at.target) != 7.0)


# -- the table of patterns -----------------------------------------------------------------


def test_a_target_is_edited_and_the_run_goes_on_from_the_same_weights(person: Person) -> None:
    person.window.session.send(StepEpochs(5))
    person.until(lambda: person.snapshot.epoch == 5)
    weights = person.snapshot.parameters.copy()
    panel = person.open_panel("patterns")
    assert [c.heading for c in panel.model.columns] == [
        "x1", "x2", "target", "output", "error", "right",
    ]  # fmt: skip
    original = person.patterns
    person.type_in(panel.table, 3, 2, "1")
    person.until(lambda: person.patterns.train.targets[3, 0] == 1.0)
    assert person.patterns.name == f"{original.name} (edited)"
    assert person.window.windowTitle().startswith(f"{original.name} (edited)")
    about = person.window.findChild(QLabel, "problem_about")
    person.until(lambda: about.text().startswith("Changed by hand: no longer the patterns of XOR."))
    assert person.snapshot.epoch == 5
    assert np.array_equal(person.snapshot.parameters, weights)
    person.until(lambda: person.cell(panel.table, 3, 2) == "1")
    wrong = (1.0 - person.answers[3, 0]) ** 2
    assert float(person.cell(panel.table, 3, 4)) == pytest.approx(wrong, rel=0.01)
    person.window.session.send(StepEpochs(1))
    person.until(lambda: person.snapshot.epoch == 6)
    assert "target of pattern 4" in person.undo_text()
    person.undo()
    person.until(lambda: person.patterns.name == original.name)
    assert np.array_equal(person.patterns.train.targets, original.train.targets)
    assert person.snapshot.epoch == 6


def test_outputs_in_the_table_are_live(person: Person) -> None:
    panel = person.open_panel("patterns")
    before = person.row(panel, 0)
    person.window.session.send(StepEpochs(200))
    person.until(lambda: person.snapshot.epoch == 200)
    person.until(lambda: person.row(panel, 0)[3] != before[3])
    assert float(person.row(panel, 0)[3]) == pytest.approx(person.answers[0, 0], abs=1e-3)


def test_patterns_are_added_and_removed(person: Person) -> None:
    panel = person.open_panel("patterns")
    panel.table.selectRow(1)
    person.click("patterns_add")
    person.until(lambda: len(person.patterns.train) == 5)
    assert person.patterns.train.inputs[2].tolist() == [0, 1]
    person.until(lambda: "5 patterns" in person.window.findChild(QLabel, "problem_about").text())
    views = person.window.views
    person.until(lambda: views["network"].choices()["pattern"] == 2)
    assert panel.table.currentIndex().row() == 2
    person.type_in(panel.table, 2, 0, "0.5")
    person.until(lambda: person.patterns.train.inputs[2].tolist() == [0.5, 1])
    panel.table.selectAll()
    person.click("patterns_remove")
    note = person.window.findChild(QLabel, "patterns_note")
    assert "At least one pattern must stay" in note.text()
    panel.table.clearSelection()
    panel.table.selectRow(4)
    person.click("patterns_remove")
    person.until(lambda: len(person.patterns.train) == 4)
    person.until(lambda: views["network"].choices()["pattern"] == 3)
    for _ in range(3):
        person.undo()
    person.until(lambda: person.patterns.original is None)
    assert len(person.patterns.train) == 4
    assert not person.window.actions_by_name["undo"].isEnabled()


def test_the_chosen_row_is_the_pattern_everywhere(person: Person) -> None:
    panel = person.open_panel("patterns")
    index = panel.model.index(2, 1)
    QTest.mouseClick(panel.table.viewport(), LEFT, PLAIN, panel.table.visualRect(index).center())
    assert person.window.views["network"].choices()["pattern"] == 2
    QTest.mouseClick(person.window.findChild(QToolButton, "pattern_next"), LEFT)
    assert panel.table.currentIndex().row() == 3
    unit = person.open_panel("unit")
    assert unit.table.currentIndex().row() == 3


def test_a_block_is_pasted_with_its_rows_and_all_bad_ones_are_explained(person: Person) -> None:
    panel = person.open_panel("patterns")
    panel.table.setCurrentIndex(panel.model.index(3, 0))
    panel.table.setFocus()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("1\t1\t1\n0.5\tx\t0\n")
    QTest.keyClick(panel.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    note = person.window.findChild(QLabel, "patterns_note")
    person.until(lambda: note.text() != "")  # a block is read in time slices
    assert note.text() == (
        "Nothing was pasted: row 5, column x2 must be a number such as 0.5, −2 or 1e-3, not 'x'."
    )
    clipboard.setText("1\t1\t1\n0.5\t0.25\t0\n")
    QTest.keyClick(panel.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    person.until(lambda: len(person.patterns.train) == 5)
    assert person.patterns.train.targets.ravel().tolist() == [0, 1, 1, 1, 0]
    assert person.patterns.train.inputs[4].tolist() == [0.5, 0.25]
    assert note.isHidden()
    panel.table.selectAll()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    person.until(lambda: not panel.is_busy)  # written in time slices, too
    assert clipboard.text().splitlines()[0] == "x1\tx2\ttarget"
    assert clipboard.text().splitlines()[5] == "0.5\t0.25\t0"
    assert "pasting 2 patterns" in person.undo_text()
    many = "\n".join(["0,5\t0,25\t1"] * 60_000)
    clipboard.setText(many)  # takes long: it is said how far it is, and can be given up
    panel.table.setCurrentIndex(panel.model.index(0, 0))
    panel.paste()
    person.until(panel.progress.isVisible)
    assert panel.progress.bar.maximum() == 60_000
    person.click("patterns_cancel")
    assert not panel.is_busy
    assert panel.progress.isHidden()
    assert len(person.patterns.train) == 5
    assert "pasting 2 patterns" in person.undo_text()
    person.click("patterns_restore")
    person.until(lambda: person.patterns.original is None)
    person.undo()
    person.until(lambda: len(person.patterns.train) == 5)


def test_classes_are_chosen_by_name_and_stay_one_hot(
    sit_at: Callable[[Experiment], Person],
) -> None:
    person = sit_at(replace(experiment_for("iris"), stop=Stop()))
    panel = person.open_panel("patterns")
    column = [c.kind for c in panel.model.columns].index("class")
    index = panel.model.index(0, column)
    panel.table.scrollTo(index)
    place = panel.table.visualRect(index).center()
    QTest.mouseClick(panel.table.viewport(), LEFT, PLAIN, place)
    QTest.mouseDClick(panel.table.viewport(), LEFT, PLAIN, place)
    box = panel.table.viewport().findChild(QComboBox, "patterns_class_box")
    assert [box.itemText(i) for i in range(box.count())] == list(person.patterns.class_names)
    box.setCurrentText("virginica")
    box.activated.emit(box.currentIndex())
    person.until(lambda: person.patterns.train.targets[0].tolist() == [0, 0, 1])
    assert person.patterns.one_hot
    # The test patterns are there to be looked at, and no more.
    row = panel.table.currentIndex().row()
    part = panel.findChild(QComboBox, "patterns_part")
    part.setCurrentText("Test")
    part.activated.emit(part.currentIndex())
    test, model = person.patterns.test, panel.model
    assert model.rowCount() == len(test)
    right = [c.kind for c in model.columns].index("right")
    answers = outputs(person.network, person.snapshot.parameters, test.inputs)
    shown = [model.index(r, right).data() for r in range(len(test))]
    assert shown == ["✓" if r else "✗" for r in answers.argmax(1) == test.targets.argmax(1)]
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert [b.isEnabled() for b in panel.buttons.values()] == [False, False, True, False, False]
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert "Test patterns stay as they are" in panel.note.text()
    panel.table.selectAll()
    panel.copy()
    person.until(lambda: QGuiApplication.clipboard().text().count("\n") == len(test) + 1)
    part.setCurrentText("Training")
    part.activated.emit(part.currentIndex())
    assert model.rowCount() == len(person.patterns.train)
    assert panel.table.currentIndex().row() == row


def test_every_view_goes_on_with_other_patterns(
    sit_at: Callable[[Experiment], Person],
) -> None:
    person = sit_at(replace(experiment_for("sine"), stop=Stop()))
    editor = person.window.edit_tools.editor
    n = len(person.patterns.train)
    for key in person.window.views:
        person.window.docks.bring(key)
        person.window.select_pattern(n - 1)
        person.window.session.send(StepEpochs(2))
        editor.change_patterns(removed(editor.train, np.array([0, n - 1])), "removing two")
        person.until(lambda: len(person.patterns.train) == n - 2)
        person.window.grab()
        editor.stack.undo()
        person.until(lambda: len(person.patterns.train) == n)
        person.window.grab()


def test_targets_that_the_error_cannot_take_are_refused(
    sit_at: Callable[[Experiment], Person],
) -> None:
    person = sit_at(replace(XOR, error="binary"))
    panel = person.open_panel("patterns")
    person.type_in(panel.table, 0, 2, "2")
    person.until(lambda: "targets from 0 to 1 only" in person.window.message.text)
    assert person.patterns.original is None
    assert not person.window.actions_by_name["undo"].isEnabled()


def test_a_panel_that_is_not_seen_costs_nothing(person: Person) -> None:
    person.window.session.send(StepEpochs(3))
    person.until(lambda: person.snapshot.epoch == 3)
    panels = person.window.edit_tools.panels
    assert [panel.model.rowCount() for panel in panels.values()] == [0, 0, 0]
    panel = person.open_panel("patterns")
    person.window.findChild(QDockWidget, "dock_output").raise_()
    person.until(lambda: panel.visibleRegion().isEmpty())
    before = person.row(panel, 0)
    person.window.session.send(StepEpochs(50))
    person.until(lambda: person.snapshot.epoch == 53)
    assert person.row(panel, 0) == before  # what is not seen is not kept up
    person.open_panel("patterns")
    person.until(lambda: person.row(panel, 0) != before)


# -- units held at a value -----------------------------------------------------------------


def test_a_hidden_unit_is_held_and_let_go_from_its_menu(person: Person) -> None:
    free = person.answers
    place = person.unit_at(1, 0)
    picture = person.canvas.grab().toImage()
    person.choose(place, "menu_hold_0")
    person.until(lambda: dict(person.snapshot.clamps) == {UnitRef(1, 0): 0.0})
    assert not np.allclose(person.answers, free)
    assert "clamp of h1" in person.undo_text()
    person._mouse(QEvent.Type.MouseMove, QPointF(2, 2))
    badge = (place + QPointF(35, -28)).toPoint()
    assert person.canvas.grab().toImage().pixelColor(badge) != picture.pixelColor(badge)
    person._mouse(QEvent.Type.MouseMove, place)
    person.canvas.grab()
    assert person.canvas.info().remarks == ("held at 0 by hand",)
    person.window.session.send(StepEpochs(3))
    person.until(lambda: person.snapshot.epoch == 3)
    assert dict(person.snapshot.clamps) == {UnitRef(1, 0): 0.0}
    person.choose(place, "menu_free")
    person.until(lambda: not person.snapshot.clamps)
    person.undo_from_menu()
    person.until(lambda: dict(person.snapshot.clamps) == {UnitRef(1, 0): 0.0})
    person.undo_from_menu()
    person.until(lambda: not person.snapshot.clamps)


def test_the_menu_asks_for_any_value_and_opens_the_truth_table(person: Person) -> None:
    place = person.unit_at(0, 1)
    person.choose(place, "menu_hold")
    editor = person.canvas.findChild(NumberEditor)
    assert editor.findChild(QLabel, "number_editor_title").text() == "Hold x2 at"
    QTest.keyClicks(editor.field, "0.5")
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    person.until(lambda: dict(person.snapshot.clamps) == {UnitRef(0, 1): 0.5})
    person.choose(person.unit_at(1, 1), "menu_truth")
    panel = person.window.findChild(UnitPanel, "panel_unit")
    person.until(lambda: not panel.visibleRegion().isEmpty() and panel.model.rowCount() == 4)
    assert [c.heading for c in panel.model.columns] == ["x1", "x2", "target", "net of h2", "h2"]
    said = [person.cell(panel.table, row, 4) for row in range(4)]
    assert said[0] == said[1]  # x2 is held, so it makes no difference
    person.press(person.unit_at(1, 2))
    assert panel.model.columns[-1].heading == "h3"


def test_units_are_held_and_let_go_in_the_panel(person: Person) -> None:
    panel = person.open_panel("unit")
    value = person.window.findChild(QLineEdit, "unit_value")
    for text in ("one", "1.000,5"):
        value.setText(text)
        person.click("unit_hold")
        assert f"'{text}'" in person.window.findChild(QLabel, "unit_note").text()
    value.setText("1,0")
    person.click("unit_hold")
    person.until(lambda: dict(person.snapshot.clamps) == {UnitRef(1, 0): 1.0})
    assert value.text() == "1"
    held = person.window.findChild(QLabel, "unit_held")
    person.until(lambda: "h1 = 1" in held.text())
    assert panel.free.isEnabled()
    held.linkActivated.emit("1 0")
    person.until(lambda: not person.snapshot.clamps)
    person.until(held.isHidden)
