"""Stepping and scrubbing through the real window: toolbar, keys, timeline."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import Play, Seek, StepEpochs
from bpviz.ui.panels.timeline.slider import EpochSlider
from bpviz.ui.views.loss.view import LossView
from bpviz.ui.window.main_window import MainWindow

XOR = replace(experiment_for("xor"), stop=Stop())


def instant(window: MainWindow) -> str:
    assert window.current_frame is not None
    return window.current_frame.snapshot.instant


def shows(qtbot: QtBot, window: MainWindow, words: str) -> None:
    qtbot.waitUntil(lambda: instant(window) == words)
    qtbot.waitUntil(lambda: window.session.status.state == "paused")


def trained(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    window.session.send(StepEpochs(epochs))
    shows(qtbot, window, f"epoch {epochs:,}")


def press(window: MainWindow, name: str) -> None:
    window.actions_by_name[name].trigger()


def choose(window: MainWindow, grain: str) -> None:
    box = window.findChild(QComboBox, "step_grain")
    assert box is not None
    box.setCurrentText(grain)


def ghosts_in(loss: LossView) -> list[str]:
    """The names of the curves whose ghost is drawn."""
    shown = {name: error.getData()[0] for name, (error, _) in loss._canvas._ghosts.items()}
    return [name for name, x in shown.items() if x is not None and len(x)]


def test_one_epoch_of_xor_phase_by_phase_and_back(qtbot: QtBot, window: MainWindow) -> None:
    """Every phase of the first pattern, seen in the picture's own numbers; then all back."""
    choose(window, "phase")
    words = [
        "present", "forward, hidden 1", "forward, output", "compare with the target",
        "backward, output", "backward, hidden 1", "add to the gradient",
    ]  # fmt: skip
    canvas = window.parts.network.canvas
    for word in words:
        press(window, "step")
        shows(qtbot, window, f"epoch 0, pattern 1 of 4: {word}")
        window.grab()  # paints the picture
        pattern_pass = canvas._picture.pattern_pass
        known = [bool(np.isfinite(act).all()) for act in pattern_pass.act]
        wanted = 1 if word == "present" else 2 if word == "forward, hidden 1" else 3
        assert known == [g < wanted for g in range(3)]
        assert pattern_pass.instant == instant(window)
    assert canvas.overlay.key == "weight"  # as chosen, in every phase
    for word in reversed(words[:-1]):
        press(window, "back")
        shows(qtbot, window, f"epoch 0, pattern 1 of 4: {word}")
    press(window, "back")
    shows(qtbot, window, "epoch 0")
    qtbot.waitUntil(lambda: not window.actions_by_name["back"].isEnabled())


@pytest.mark.parametrize(("grain", "steps"), [("pattern", 4), ("update", 1), ("epoch", 1)])
def test_a_step_of_each_grain_leads_through_the_epoch(
    qtbot: QtBot, window: MainWindow, grain: str, steps: int
) -> None:
    choose(window, grain)
    assert window.actions_by_name["step"].text() == f"&Step one {grain}"
    for _ in range(steps):
        press(window, "step")
    shows(qtbot, window, "epoch 1")
    run = new_run(prepare(XOR))
    run.advance(1)
    assert np.array_equal(window.current_frame.snapshot.parameters, run.parameters)


def test_the_arrow_keys_go_both_ways(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 5)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    shows(qtbot, window, "epoch 4")
    qtbot.keyClick(window, Qt.Key.Key_Right)
    shows(qtbot, window, "epoch 5")


def test_playing_slowly_shows_phases_until_it_is_pressed_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.speed.slider.setValue(4)
    press(window, "play_slowly")
    qtbot.waitUntil(lambda: "backward, output" in instant(window))
    label = window.findChild(QLabel, "speed_label")
    assert label is not None
    assert label.text() == "25 phases/s"
    assert window.actions_by_name["play_slowly"].isChecked()
    press(window, "play_slowly")
    qtbot.waitUntil(lambda: window.session.status.state == "paused")
    assert label.text() == "25 epochs/s"


def test_dragging_the_timeline_shows_an_earlier_epoch_everywhere(
    qtbot: QtBot, window: MainWindow
) -> None:
    trained(qtbot, window, 400)
    slider = window.findChild(QSlider, "timeline_slider")
    assert slider is not None
    assert (slider.maximum(), slider.value()) == (400, 400)
    place = QPoint(slider.place_of(100), slider.height() // 2)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch < 400)
    qtbot.waitUntil(lambda: window.session.status.state == "paused")
    epoch = window.current_frame.snapshot.epoch
    assert abs(epoch - 100) <= 3
    run = new_run(prepare(XOR))
    run.advance(epoch)
    assert np.array_equal(window.current_frame.snapshot.parameters, run.parameters)
    loss = window.views["loss"]
    assert isinstance(loss, LossView)
    assert ghosts_in(loss) == ["train"]
    assert loss._frame is window.current_frame
    words = window.findChild(QLabel, "timeline_words")
    assert words is not None
    assert words.text() == f"epoch {epoch} of 400: the past"
    latest = window.findChild(QToolButton, "timeline_latest")
    assert latest is not None
    qtbot.mouseClick(latest, Qt.MouseButton.LeftButton)
    shows(qtbot, window, "epoch 400")
    assert ghosts_in(loss) == []


def test_running_on_from_an_earlier_epoch_keeps_the_ghost_until_it_is_overwritten(
    qtbot: QtBot, window: MainWindow
) -> None:
    trained(qtbot, window, 60)
    window.session.send(Seek(20))
    shows(qtbot, window, "epoch 20")
    loss = window.views["loss"]
    window.panel.configured.emit(
        replace(XOR, training=replace(XOR.training, rate=0.05), stop=Stop(epochs=40))
    )
    window.session.send(Play())
    qtbot.waitUntil(lambda: window.session.status.state == "finished")
    qtbot.waitUntil(lambda: instant(window) == "epoch 40")
    assert ghosts_in(loss) == ["train"]
    window.session.send(StepEpochs(30))
    qtbot.waitUntil(lambda: instant(window) == "epoch 70")
    assert ghosts_in(loss) == []


def test_the_panel_shows_the_settings_of_the_instant(
    qtbot: QtBot, window: MainWindow, open_main: Callable[..., MainWindow]
) -> None:
    trained(qtbot, window, 10)
    window.panel.configured.emit(replace(XOR, training=replace(XOR.training, rate=0.125)))
    window.session.send(StepEpochs(10))
    shows(qtbot, window, "epoch 20")
    window.session.send(Seek(5))
    shows(qtbot, window, "epoch 5")
    assert window.panel.experiment().training.rate == XOR.training.rate
    window.session.send(Seek(15))
    shows(qtbot, window, "epoch 15")
    assert window.panel.experiment().training.rate == 0.125


def on_screen(window: EpochSlider) -> QImage:
    shown = window.backingStore().paintDevice().copy()
    return shown.convertToFormat(QImage.Format.Format_RGB32)


def test_the_slider_is_painted_where_it_stands_at_any_width(qtbot: QtBot) -> None:
    """It is not painted anew where nothing moves; what is moved may be its width."""
    slider = EpochSlider()
    qtbot.addWidget(slider)
    slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its ring would move with it
    slider.setRange(0, 100)
    slider.show()
    places = []
    for width, epoch in ((400, 20), (208, 20), (208, 40)):
        slider.resize(width, 30)
        slider.setValue(epoch)
        places.append(slider.place_of(epoch))
        anew = slider.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        qtbot.waitUntil(lambda anew=anew: on_screen(slider) == anew)
    assert places[0] == places[2] != places[1]
