"""The window as a person uses it: toolbar, menus, keys, closing while it trains."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSlider,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.learning.settings import Training
from bpviz.core.model.references import BiasRef, UnitRef
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.resources import resource
from bpviz.session.status import Status
from bpviz.ui.toolkit.drawing.theme import THEMES
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry
from bpviz.ui.views.base import View
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window import run_actions
from bpviz.ui.window.actions import ACTIONS
from bpviz.ui.window.main_window import MainWindow

XOR = replace(experiment_for("xor"), stop=Stop())
OpenMain = Callable[..., MainWindow]


def button(window: MainWindow, name: str) -> QToolButton:
    bar = window.findChild(QToolBar, "toolbar")
    widget = bar.widgetForAction(window.actions_by_name[name])
    assert isinstance(widget, QToolButton)
    return widget


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def epoch(window: MainWindow) -> int:
    assert window.current_frame is not None
    return window.current_frame.snapshot.epoch


def is_in(window: MainWindow, *states: str) -> Callable[[], bool]:
    return lambda: window.session.status.state in states


def test_every_action_and_view_can_be_found_by_name(window: MainWindow) -> None:
    for row in ACTIONS:
        action = window.actions_by_name[row.name]
        assert action.objectName() == f"action_{row.name}"
        assert action.toolTip()
    for key in ("network", "loss", "activations", "output"):
        view = window.findChild(View, f"view_{key}")
        assert view is not None
        assert view.accessibleName()
        assert view.isVisible()


def test_a_rule_that_does_not_fit_offers_a_network_that_it_can_train(
    qtbot: QtBot, window: MainWindow
) -> None:
    rules = window.findChild(QComboBox, "field_rule")
    rules.setCurrentIndex(rules.findData("perceptron"))
    qtbot.waitUntil(lambda: "step output units only" in window.message.text)
    qtbot.mouseClick(window.message.offer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.rule == "perceptron")
    experiment = window.current_frame.setup.experiment
    assert (experiment.hidden, experiment.output) == ((), "step")
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)


def test_the_network_on_screen_is_copied_as_a_keras_script(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    window.actions_by_name["copy_keras"].trigger()
    text = QGuiApplication.clipboard().text()
    compile(text, "script", "exec")
    network = window.current_frame.setup.network
    bias = network.biases(window.current_frame.snapshot.parameters, network.output)
    assert repr(bias.tolist()) in text
    assert "after epoch 1." in text


def test_data_are_drawn_anew(qtbot: QtBot, window: MainWindow, open_main: OpenMain) -> None:
    window.actions_by_name["new_data"].trigger()
    assert "not drawn at random" in window.message.text
    other = open_main(experiment_for("moons", options={"size": 60}))
    before = other.current_frame.setup.patterns.train.inputs
    other.actions_by_name["new_data"].trigger()
    qtbot.waitUntil(lambda: "data_seed" in other.current_frame.setup.experiment.options)
    assert other.current_frame.setup.experiment.options == {"size": 60, "data_seed": 1}
    assert not np.array_equal(other.current_frame.setup.patterns.train.inputs, before)


def test_a_link_text_passes_an_experiment_on(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    given = experiment_for("moons", options={"size": 60}, seed=5)
    other = open_main(given)
    clipboard = QGuiApplication.clipboard()

    def passed_on() -> None:
        clipboard.clear()
        other.actions_by_name["copy_state"].trigger()
        qtbot.waitUntil(lambda: clipboard.text().startswith("b"))
        window.actions_by_name["paste_state"].trigger()

    passed_on()
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment == given)
    other.edit_tools.editor.set_parameter(BiasRef(1, 0), 0.75)
    other.edit_tools.editor.clamp(1, 1, 0.5)
    click(qtbot, other, "step")
    qtbot.waitUntil(lambda: epoch(other) == 1)
    passed_on()
    qtbot.waitUntil(lambda: epoch(window) == 1)
    here, there = window.current_frame.snapshot, other.current_frame.snapshot
    np.testing.assert_array_equal(here.parameters, there.parameters)
    assert here.clamps == there.clamps == {UnitRef(1, 1): 0.5}
    QGuiApplication.clipboard().setText("something else")
    window.actions_by_name["paste_state"].trigger()
    assert window.message.text.startswith("link text must be made by Copy link text, not")
    assert window.current_frame.setup.experiment == given


def test_run_and_pause_by_button_and_by_space(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: epoch(window) > 50)
    assert button(window, "run").text() == "Pause"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(is_in(window, "paused"))
    assert button(window, "run").text() == "Run"
    at = epoch(window)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: epoch(window) > at)
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "paused"))


def enter(qtbot: QtBot, window: MainWindow, field: str, text: str, *, finish: bool = True) -> None:
    entry = window.findChild(QLineEdit, field)
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)
    if finish:
        qtbot.keyClick(entry, Qt.Key.Key_Return)


@pytest.mark.parametrize("action", ["run", "play_slowly"])
def test_run_with_changes_that_need_a_new_run_starts_it_and_says_so(
    qtbot: QtBot, window: MainWindow, action: str
) -> None:
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    lost = window.current_frame.snapshot.parameters
    enter(qtbot, window, "field_spread", "0.25")
    assert window.panel.has_changes
    click(qtbot, window, "step")
    assert "This run goes on" in window.statusBar().currentMessage()
    qtbot.waitUntil(lambda: epoch(window) == 2)
    click(qtbot, window, action)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.spread == 0.25)
    qtbot.waitUntil(is_in(window, "running"))
    assert window.session.status.slowly == (action == "play_slowly")
    said = window.statusBar().currentMessage
    qtbot.waitUntil(lambda: "xor, epoch 2, is kept: Undo" in said())
    assert said().startswith("New run with the changes: Spread of initial weights.")
    click(qtbot, window, action)
    qtbot.waitUntil(is_in(window, "paused"))
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: epoch(window) == 2)
    assert not np.array_equal(window.current_frame.snapshot.parameters, lost)


def test_run_takes_what_is_still_being_typed(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window, "field_spread", "0.25", finish=False)
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "running"))
    qtbot.waitUntil(lambda: epoch(window) > 0)
    assert window.current_frame.setup.experiment.spread == 0.25


@pytest.mark.parametrize("action", ["run", "play_slowly"])
def test_an_entry_that_is_not_allowed_is_named_before_training(
    qtbot: QtBot, window: MainWindow, action: str
) -> None:
    enter(qtbot, window, "field_spread", "wide")
    click(qtbot, window, action)
    assert window.message.text == (
        "Not started: correct Spread of initial weights in Experiment first."
    )
    assert not window.actions_by_name["play_slowly"].isChecked()
    assert window.session.status.state == "paused"
    qtbot.mouseClick(window.message.offer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(is_in(window, "running"))
    assert window.findChild(QLineEdit, "field_spread").text() == "wide"


def test_a_change_that_is_refused_does_not_train_the_old_run(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    rules = window.findChild(QComboBox, "field_rule")
    rules.setCurrentIndex(rules.findData("perceptron"))
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: "step output units only" in window.message.text)
    qtbot.waitUntil(is_in(window, "paused"))
    assert epoch(window) == 1


def test_after_a_pause_the_screen_shows_the_last_epoch(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: epoch(window) > 50)
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "paused"))
    frame = window.current_frame
    assert frame is not None
    straight = new_run(prepare(XOR))
    straight.advance(frame.snapshot.epoch)
    assert np.array_equal(frame.snapshot.parameters, straight.parameters)
    assert window.findChild(QLabel, "counter_epoch").text() == f"{frame.snapshot.epoch:,}"


def test_step_by_button_and_by_right_arrow(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: epoch(window) == 5)
    assert window.findChild(QLabel, "counter_epoch").text() == "5"


def test_reset_by_button_and_by_key(qtbot: QtBot, window: MainWindow) -> None:
    assert window.current_frame is not None
    start = window.current_frame.snapshot.parameters
    for reset in (
        lambda: click(qtbot, window, "reset"),
        lambda: qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier),
    ):
        click(qtbot, window, "step")
        qtbot.waitUntil(lambda: epoch(window) == 1)
        reset()
        qtbot.waitUntil(lambda: epoch(window) == 0)
        assert np.array_equal(window.current_frame.snapshot.parameters, start)


def test_new_seed_starts_from_other_weights(qtbot: QtBot, window: MainWindow) -> None:
    assert window.current_frame is not None
    start = window.current_frame.snapshot.parameters
    click(qtbot, window, "new_seed")
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == XOR.seed + 1)
    assert epoch(window) == 0
    assert not np.array_equal(window.current_frame.snapshot.parameters, start)
    assert window.findChild(QLineEdit, "field_seed").text() == str(XOR.seed + 1)


def test_speed_slider_paces_the_training(qtbot: QtBot, window: MainWindow) -> None:
    slider = window.findChild(QSlider, "speed_slider")
    label = window.findChild(QLabel, "speed_label")
    assert label.text() == "unlimited"
    slider.setValue(slider.minimum())
    assert label.text() == "1 epoch/s"
    window.actions_by_name["faster"].trigger()
    window.actions_by_name["faster"].trigger()
    assert label.text() == "5 epochs/s"
    window.actions_by_name["slower"].trigger()
    assert label.text() == "2 epochs/s"
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: epoch(window) >= 1)
    assert epoch(window) < 20
    slider.setValue(slider.maximum())
    qtbot.waitUntil(lambda: epoch(window) > 200)


def test_the_run_ends_at_its_stop_condition_and_says_so(qtbot: QtBot, open_main: OpenMain) -> None:
    window = open_main(replace(XOR, stop=Stop(epochs=120)))
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "finished"))
    assert epoch(window) == 120
    assert "120 epochs done" in window.message.text


def test_a_click_on_pause_just_after_the_run_has_stopped_does_not_train_on(
    qtbot: QtBot, open_main: OpenMain, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(run_actions, "monotonic", lambda: now[0])
    window = open_main(replace(XOR, stop=Stop(epochs=120)))
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "finished"))
    seen: list[Status] = []
    window.session.status_changed.connect(seen.append)
    now[0] += 0.3
    click(qtbot, window, "run")  # it read Pause when the hand began to move
    click(qtbot, window, "step")  # an answer to this comes after one to the click
    qtbot.waitUntil(lambda: epoch(window) == 121)
    assert "running" not in {status.state for status in seen}
    now[0] += 0.6
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "finished"))
    assert epoch(window) == 240  # the limit is one of every Run
    assert "240 epochs done" in window.message.text


def test_a_message_moves_nothing_and_ends_with_its_run(qtbot: QtBot, open_main: OpenMain) -> None:
    wild = replace(XOR, output="linear", training=Training(optimizer="descent", rate=80.0))
    window = open_main(wild)
    canvas = window.parts.network.canvas
    before = canvas.mapTo(window, canvas.rect().topLeft()), canvas.size()
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "failed"))
    bar = window.message
    assert bar.isVisible()
    assert (canvas.mapTo(window, canvas.rect().topLeft()), canvas.size()) == before
    assert bar.mapTo(window, bar.rect().bottomLeft()) == canvas.mapTo(
        window, canvas.rect().bottomLeft()
    )
    window.load(replace(XOR, seed=3))
    qtbot.waitUntil(is_in(window, "paused"))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == 3)
    assert bar.text == ""
    assert (canvas.mapTo(window, canvas.rect().topLeft()), canvas.size()) == before


def test_a_lesson_file_that_is_mended_ends_the_message(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    shipped = (resource("lessons") / "perceptron.toml").read_text()
    path = tmp_path / "mine.toml"
    window.open_lesson()
    path.write_text(shipped.replace("title", "titel", 1))
    window.parts.lesson.open_file(str(path))
    qtbot.waitUntil(lambda: "titel" in window.message.text)
    path.write_text(shipped)
    window.parts.lesson.open_file(str(path))
    qtbot.waitUntil(lambda: window.message.text == "")


def test_divergence_pauses_with_a_sentence(qtbot: QtBot, open_main: OpenMain) -> None:
    wild = replace(XOR, output="linear", training=Training(optimizer="descent", rate=80.0))
    window = open_main(wild)
    click(qtbot, window, "run")
    qtbot.waitUntil(is_in(window, "failed"))
    assert "learning rate (now 80)" in window.message.text
    assert window.current_frame is not None
    assert np.isfinite(window.current_frame.snapshot.parameters).all()
    qtbot.mouseClick(
        window.message.findChild(QToolButton, "message_close"), Qt.MouseButton.LeftButton
    )
    assert window.message.text == ""
    click(qtbot, window, "reset")
    qtbot.waitUntil(lambda: epoch(window) == 0)


def test_a_csv_file_is_opened_and_learned(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weather.csv"
    rows = [f"{t},{h},{'rain' if h > 50 else 'sun'}" for t in range(10) for h in range(5, 100, 10)]
    path.write_text("\n".join(["temperature,humidity,sky", *rows]))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    window.actions_by_name["open_csv"].trigger()
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: window.current_frame.snapshot.record.train_right > 0.95)


def test_a_bad_csv_leaves_the_running_experiment_alone(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b,c\n1,2,3\n4,5\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: epoch(window) > 20)
    window.actions_by_name["open_csv"].trigger()
    notes = wait_for(qtbot, window, QWidget, "preview_notes")
    assert any("line 3" in label.text() for label in notes.findChildren(QLabel))
    assert not window.findChild(QPushButton, "preview_train").isEnabled()
    cancel = window.findChild(QPushButton, "preview_cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    path.write_bytes(b"%PDF-1.4 " + bytes(50))
    window.actions_by_name["open_csv"].trigger()
    qtbot.waitUntil(lambda: "PDF" in window.message.text)
    at = epoch(window)
    qtbot.waitUntil(lambda: epoch(window) > at)
    assert window.current_frame.setup.experiment.problem == "xor"
    assert window.session.status.state == "running"


def test_selecting_a_pattern_in_one_view_selects_it_in_all(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.views["activations"].pattern_selected.emit(2)
    assert window.views["network"].choices()["pattern"] == 2


@pytest.mark.parametrize("name", ["light", "dark"])
def test_themes_change_everything_and_are_remembered(
    qtbot: QtBot, window: MainWindow, settings: Settings, open_main: OpenMain, name: str
) -> None:
    window.actions_by_name[f"theme_{name}"].trigger()
    theme = THEMES[name]
    assert QApplication.palette().window().color() == theme.colour("panel")
    assert all(view.theme is theme for view in window.views.values())
    box = window.findChild(QComboBox, "pattern_box")

    def ground_is_right() -> bool:
        image = box.grab().toImage()
        ground = image.pixelColor(image.width() * 3 // 4, image.height() // 2)
        return (ground.lightness() > 128) == (name == "light")

    qtbot.waitUntil(ground_is_right)
    window.close()
    again = open_main()
    assert all(view.theme is theme for view in again.views.values())


def test_docks_come_back_where_they_were(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    dock = window.findChild(QDockWidget, "dock_loss")
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.findChild(QDockWidget, "dock_output").close()
    window.close()
    again = open_main()
    again.resize(1280, 800)
    dock = again.findChild(QDockWidget, "dock_loss")
    assert again.dockWidgetArea(dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert not again.findChild(QDockWidget, "dock_output").isVisible()
    again.actions_by_name["reset_layout"].trigger()
    assert again.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    assert again.findChild(QDockWidget, "dock_output").isVisible()


def test_a_hidden_view_is_not_drawn_and_gets_a_frame_when_it_returns(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock = window.findChild(QDockWidget, "dock_loss")
    view = window.views["loss"]
    shown: list[object] = []
    monkeypatch.setattr(type(view), "show_frame", lambda self, frame: shown.append(frame))
    dock.close()
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    assert shown == []
    dock.toggleViewAction().trigger()  # it comes to the front of those that share its place
    qtbot.waitUntil(lambda: bool(shown))


@pytest.mark.parametrize("key", VIEWS)
def test_a_picture_of_each_view_can_be_copied(qtbot: QtBot, window: MainWindow, key: str) -> None:
    action = window.findChild(type(window.actions_by_name["run"]), f"action_copy_{key}")
    QGuiApplication.clipboard().clear()
    action.trigger()
    image = QGuiApplication.clipboard().image()
    assert isinstance(image, QImage)
    assert image.width() > 100


def test_a_picture_of_the_window_can_be_copied(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["copy_window"].trigger()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (2 * window.width(), 2 * window.height())


def test_help_tells_the_keys_and_the_version(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "about", lambda *args: said.append(args[2]))
    window.actions_by_name["shortcuts"].trigger()
    window.actions_by_name["about"].trigger()
    dialog = window.findChild(QDialog, "keys_dialog")
    keys = dialog.findChild(QTextBrowser, "keys_text").toPlainText()
    for row in ACTIONS:
        assert not row.key or row.tip in keys
    assert dialog.height() <= window.height()
    assert "MIT" in said[0]
    dialog.close()


def test_typing_in_a_field_does_not_run_or_step(qtbot: QtBot, window: MainWindow) -> None:
    field = window.findChild(QLineEdit, "field_rate")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.home(False)
    qtbot.keyClick(field, Qt.Key.Key_Right)
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert field.cursorPosition() == 2
    assert window.session.status.state == "paused"
    assert epoch(window) == 0


def test_the_keyboard_reaches_every_control(window: MainWindow) -> None:
    unreachable = [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit | QSlider)
        and widget.isVisible()
        and widget.isEnabled()
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget.parent(), QComboBox | QDockWidget | QToolBar)
    ]
    assert unreachable == []


def test_everything_has_an_accessible_name(window: MainWindow) -> None:
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit | QSlider)
        and widget.isVisible()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and (widget.text() or widget.toolTip()))
        and not isinstance(widget.parent(), QComboBox | QDockWidget)
    ]
    assert nameless == []


def test_fits_a_plain_laptop(window: MainWindow) -> None:
    window.resize(1280, 800)
    assert (window.width(), window.height()) == (1280, 800)
    for view in window.views.values():
        if not view.visibleRegion().isEmpty():  # not a tab behind another
            assert view.width() >= 300
            assert view.height() >= 180


def test_no_dock_that_comes_to_the_front_makes_the_window_grow(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(1280, 800)
    for dock in window.findChildren(QDockWidget):
        dock.raise_()
        qtbot.waitUntil(dock.widget().isVisible)
        assert (window.width(), window.height()) == (1280, 800), dock.windowTitle()


def test_closing_while_training_again_and_again(
    qtbot: QtBot, qapp: QApplication, open_main: OpenMain, settings: Settings
) -> None:
    before = len(qapp.allWidgets())
    for turn in range(6):
        window = MainWindow(XOR, settings)
        try:
            window.show()
            qtbot.waitUntil(is_in(window, "paused"))
            window.actions_by_name["run"].trigger()
            qtbot.waitUntil(lambda w=window: w.current_frame.snapshot.epoch > 3)
            assert window.session.status.state == "running"
        finally:
            window.close()
        assert window.session.worker.isFinished()
        window.deleteLater()
        del window
        if turn == 0:
            qtbot.waitUntil(lambda: True)
            first = len(qapp.allWidgets())
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert len(qapp.allWidgets()) <= max(before, first)


def test_the_reading_of_a_long_file_is_shown_and_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n2,1\n" * 45_000)
    setup = window.current_frame.setup
    bar = window.findChild(QProgressBar, "status_busy")
    cancel = window.findChild(QPushButton, "status_cancel")
    clicked = threading.Event()

    def hold(status: Status) -> None:  # in the training thread, while it reads
        if status.share is not None and status.share > 0.3:
            clicked.wait(10)

    window.session.worker.status_changed.connect(hold, Qt.ConnectionType.DirectConnection)
    window.load(experiment_for(str(path)))
    qtbot.waitUntil(cancel.isVisible)
    qtbot.waitUntil(lambda: bar.maximum() == 100 and 30 <= bar.value() <= 40)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    clicked.set()
    qtbot.waitUntil(is_in(window, "paused"))
    assert not cancel.isVisible()
    assert not bar.isVisible()
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    assert window.current_frame.setup is setup


def test_a_long_loading_is_shown_and_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    assert window.current_frame is not None
    setup = window.current_frame.setup
    cancel = window.findChild(QPushButton, "status_cancel")
    window.load(experiment_for("digits", hidden=tuple(Hidden(1024) for _ in range(6))))
    qtbot.waitUntil(cancel.isVisible)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(is_in(window, "paused"))
    assert not cancel.isVisible()
    click(qtbot, window, "step")
    qtbot.waitUntil(lambda: epoch(window) == 1)
    assert window.current_frame.setup is setup


def test_closing_while_a_large_network_loads(qtbot: QtBot, window: MainWindow) -> None:
    window.load(experiment_for("digits", hidden=tuple(Hidden(1024) for _ in range(6))))
    qtbot.waitUntil(is_in(window, "loading"))
    window.close()
    assert window.session.worker.isFinished()


def test_a_doubtful_table_is_dropped_on_the_window_and_read_otherwise(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("\n".join(["x,y,kind", *(f"{n + 0.5},{n % 7},{n % 3}" for n in range(60))]))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, left = QPointF(99, 99), Qt.MouseButton.LeftButton
    dragged = Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier
    for event in (QDragEnterEvent(at.toPoint(), *dragged), QDropEvent(at, *dragged)):
        QApplication.sendEvent(window, event)
        assert event.isAccepted()
    train = wait_for_preview(qtbot, window)
    assert window.current_frame.setup.experiment.problem == "xor"
    qtbot.mouseClick(window.findChild(QPushButton, "remedy_targets_are"), left)
    qtbot.waitUntil(train.isEnabled)
    qtbot.mouseClick(train, left)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    experiment = window.current_frame.setup.experiment
    assert experiment.options == {"targets_are": "numbers"}
    assert experiment.output == "linear"
    # Later, its data are read otherwise: the experiment stays, with the output that suits.
    window.actions_by_name["data"].trigger()
    train = wait_for_preview(qtbot, window)
    combo = window.findChild(ChoiceEntry, "role_2")
    combo.setCurrentIndex(combo.findData("left out"))
    qtbot.waitUntil(train.isEnabled)
    qtbot.mouseClick(train, left)
    qtbot.waitUntil(lambda: window.current_frame.setup.patterns.n_inputs == 1)
    options = {"targets_are": "numbers", "leave_out": "y"}
    assert window.current_frame.setup.experiment == replace(experiment, options=options)


def test_a_recent_table_is_opened_and_reloaded(
    qtbot: QtBot, window: MainWindow, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a & b.csv"
    rows = [f"{n % 5 + 0.5},{n % 3 + 0.5},{'ab'[n % 2]}" for n in range(30)]
    path.write_text("\n".join(["x,y,kind", *rows]))
    recent = window.run_actions.tables.recent
    assert not recent.menuAction().isEnabled()
    window.run_actions.tables.open(str(path))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    assert Settings(settings.path).text("recent_tables") == str(path)
    window.run_actions.load_problem("xor")
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == "xor")
    recent.aboutToShow.emit()
    (action,) = recent.actions()
    assert action.text().startswith("a && b.csv")
    action.trigger()
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    n_train = len(window.current_frame.setup.patterns.train)
    path.write_text("\n".join(["x,y,kind", *rows, *rows]))
    window.actions_by_name["reload"].trigger()
    qtbot.waitUntil(lambda: len(window.current_frame.setup.patterns.train) == 2 * n_train)
    path.unlink()
    window.actions_by_name["reload"].trigger()
    qtbot.waitUntil(lambda: path.name in window.message.text)
    assert len(window.current_frame.setup.patterns.train) == 2 * n_train


def test_a_table_is_shown_before_it_is_trained_with_wherever_it_comes_from(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("\n".join(["x,y,kind", *(f"{n + 0.5},{n % 7},{n % 3}" for n in range(60))]))
    tables = window.run_actions.tables
    tables.open(str(path), {"standardise": True}, lambda found: replace(found, tolerance=0.3))
    qtbot.mouseClick(wait_for_preview(qtbot, window), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    assert window.current_frame.setup.experiment.tolerance == 0.3
    assert window.current_frame.setup.experiment.options == {"standardise": True}
    window.run_actions.load_problem("xor")
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == "xor")
    # Chosen again from the list: nothing in it is new, so that it trains at once.
    choice = window.findChild(ChoiceEntry, "field_problem")
    choice.setCurrentIndex(choice.findData(str(path)))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    assert window.current_frame.setup.experiment.options == {"standardise": True}
    path.write_text("\n".join(["x,y,kind", *(f"{n + 0.5},{n % 7},{n % 4}" for n in range(60))]))
    window.run_actions.load_problem(str(path))
    wait_for_preview(qtbot, window)
    qtbot.mouseClick(window.findChild(QPushButton, "preview_cancel"), Qt.MouseButton.LeftButton)
    assert len(window.current_frame.setup.patterns.class_names) == 3


def test_a_file_that_changes_or_vanishes_is_said_to_have(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path, other = tmp_path / "t.csv", tmp_path / "new"
    rows = [f"{n % 5 + 0.5},{n % 3 + 0.5},{'ab'[n % 2]}" for n in range(30)]
    path.write_text("\n".join(["x,y,kind", *rows]))
    window.run_actions.load_problem(str(path))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == str(path))
    n_train = len(window.current_frame.setup.patterns.train)
    for n in (2, 3):  # as editors save: another file takes its place
        other.write_text("\n".join(["x,y,kind", *rows * n]))
        other.replace(path)
        qtbot.waitUntil(lambda: "t.csv has changed" in window.message.text)
        qtbot.mouseClick(window.message.offer, Qt.MouseButton.LeftButton)
        wanted = n * n_train
        qtbot.waitUntil(lambda w=wanted: len(window.current_frame.setup.patterns.train) == w)
    path.unlink()
    qtbot.waitUntil(lambda: "t.csv is not there any more" in window.message.text)
    assert not window.message.offer.isVisible()
    window.run_actions.load_problem("xor")
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == "xor")
    path.write_text("x,y\n1,2\n")
    assert window.message.text == ""


def test_the_data_of_a_built_in_problem_are_not_from_a_file(window: MainWindow) -> None:
    window.actions_by_name["data"].trigger()
    assert "not from a file" in window.message.text


def wait_for_preview(qtbot: QtBot, window: MainWindow) -> QWidget:
    """The button Train with it of the preview, once it can be clicked."""
    train = wait_for(qtbot, window, QPushButton, "preview_train")
    qtbot.waitUntil(train.isEnabled)
    return train


def wait_for(qtbot: QtBot, window: MainWindow, kind: type, name: str) -> QWidget:
    """The part of the window of this name, once it is visible."""

    def is_shown() -> bool:
        part = window.findChild(kind, name)
        return part is not None and part.isVisible()

    qtbot.waitUntil(is_shown)
    return window.findChild(kind, name)


def test_large_numbers_of_a_csv_are_standardised_at_a_click(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "heights.csv"
    path.write_text("\n".join(["age,height", *(f"{n},{80 + 3.1 * n}" for n in range(40))]))
    window.run_actions.load_problem(str(path))
    offer = window.findChild(QPushButton, "message_offer")
    qtbot.waitUntil(offer.isVisible)
    assert "large" in window.message.text
    qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "standardise" in window.current_frame.setup.experiment.options)
    inputs = window.current_frame.setup.patterns.train.inputs
    assert abs(inputs.mean()) < 1e-9
    assert not offer.isVisible()


def test_space_runs_from_the_start_and_after_a_click_on_a_button(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(is_in(window, "running"))
    cycle = window.findChild(QAbstractButton, "pattern_cycle")
    qtbot.mouseClick(cycle, Qt.MouseButton.LeftButton)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(is_in(window, "paused"))
    assert cycle.isChecked()


def test_space_presses_a_button_that_was_reached_with_tab(qtbot: QtBot, window: MainWindow) -> None:
    cycle = window.findChild(QAbstractButton, "pattern_cycle")
    cycle.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(cycle.hasFocus)
    qtbot.keyClick(cycle, Qt.Key.Key_Space)
    assert cycle.isChecked()
    assert window.session.status.state == "paused"


def test_no_action_is_without_a_name(window: MainWindow) -> None:
    nameless = [
        action.text()
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.isSeparator() and not action.objectName() and action.menu() is None
    ]
    assert nameless == []


def test_run_on_a_step_network_says_why_not(qtbot: QtBot, open_main: OpenMain) -> None:
    window = open_main(replace(XOR, hidden=(Hidden(2, "step"),), output="step"))
    click(qtbot, window, "run")
    qtbot.waitUntil(lambda: "cannot train through it" in window.message.text)
    assert window.session.status.state == "paused"
    assert button(window, "run").text() == "Run"
    assert epoch(window) == 0


@pytest.mark.parametrize("key", ["responses", "loss", "compare"])
def test_a_view_that_becomes_a_window_is_enlarged_and_comes_back_in_front(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    dock = window.docks.by_key[key]
    window.docks.bring(key)
    before = dock.size()
    dock.setFloating(True)
    qtbot.waitUntil(
        lambda: dock.isFloating() and dock.width() >= min(760, window.screen().size().width())
    )
    assert dock.height() >= 500
    assert dock.width() > before.width()
    screen, own = dock.screen().availableGeometry(), dock.geometry()
    assert screen.contains(own)
    maximise = dock.findChild(QToolButton, f"dock_maximise_{key}")
    qtbot.mouseClick(maximise, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dock.frameGeometry() == screen)
    assert maximise.text() == "Restore size"
    qtbot.mouseClick(maximise, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dock.geometry() == own)
    dock.setFloating(False)
    assert not maximise.isVisible()
    qtbot.waitUntil(lambda: window.docks.in_front_beside(key) == key)
