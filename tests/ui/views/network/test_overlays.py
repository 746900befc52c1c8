"""What the lines of the network's picture show: chosen with buttons, each with its own scale."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.model.losses import LOSSES
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden
from bpviz.session.commands import StepEpochs
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import svg
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.overlays import OVERLAYS
from bpviz.ui.window.main_window import MainWindow
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def open_view(qtbot: QtBot, frame: Frame, size: tuple[int, int] = (620, 430)) -> NetworkView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = NetworkView(window, LIGHT)
    view.resize(*size)
    view.kept_alive = window
    view.show_frame(frame)
    window.show()
    view.grab()
    return view


def choose(qtbot: QtBot, view: NetworkView, overlay: str) -> None:
    button = view.findChild(QToolButton, f"overlay_{overlay}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    view.grab()


def expected(frame: Frame, overlay: str, row: int) -> Vector:
    """The numbers of every parameter, by other means than the view's."""
    setup, parameters = frame.setup, frame.snapshot.parameters
    network, train = setup.network, setup.patterns.train
    if overlay == "weight":
        return parameters
    if overlay == "gradient":
        loss = LOSSES[setup.experiment.error]
        return backpropagate(network, loss, parameters, train.inputs, train.targets).neg_gradient
    if overlay == "change":
        assert frame.snapshot.change is not None
        return frame.snapshot.change
    acts = forward(network, parameters, train.inputs[row : row + 1])[1]
    signal = parameters.copy()
    for c, link in enumerate(network.connections):
        for i in range(network.groups[link.source].size):
            network.weights(signal, c)[i] = (
                network.weights(parameters, c)[i] * acts[link.source][0, i]
            )
    return signal


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_lines_show_what_was_chosen(qtbot: QtBot, frame_for: FrameFor, overlay: str) -> None:
    frame = frame_for("iris", epochs=5, hidden=(Hidden(4, "tanh"), Hidden(3, "logistic")))
    view = open_view(qtbot, frame)
    view.select_pattern(77)
    choose(qtbot, view, overlay)
    numbers = expected(frame, overlay, 77)
    network = frame.setup.network
    for c, shown in enumerate(view.canvas.lines_shown):
        np.testing.assert_allclose(shown, network.weights(numbers, c).ravel(), rtol=1e-12)
    assert view.canvas.lacking == ""
    assert view.snapshot_request().neg_gradient == (overlay == "gradient")
    assert view.snapshot_request().change == (overlay == "change")


def test_every_overlay_keeps_a_scale_of_its_own(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", epochs=300, hidden=(Hidden(3),))
    view = open_view(qtbot, frame)
    scales: dict[str, float] = {}
    for _ in range(2):
        for overlay in OVERLAYS:
            choose(qtbot, view, overlay)
            limits = view.canvas.limits
            assert limits is not None
            assert scales.setdefault(overlay, limits.weight) == limits.weight
    assert scales["gradient"] < 0.1 * scales["weight"]
    sizes = np.abs(np.concatenate(view.canvas.lines_shown))  # the signals
    assert np.mean(sizes <= scales["signal"]) >= 0.9


def test_a_scale_keeps_still_while_a_gradient_wavers(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    view = open_view(qtbot, frame)
    choose(qtbot, view, "gradient")
    neg_gradient = frame.snapshot.neg_gradient
    assert neg_gradient is not None
    largest = float(np.abs(neg_gradient).max())
    held = set()
    for factor in (1.9, 0.8, 1.5, 0.7, 1.8):
        scaled = neg_gradient * (factor / largest)
        view.show_frame(replace(frame, snapshot=replace(frame.snapshot, neg_gradient=scaled)))
        view.grab()
        assert view.canvas.limits is not None
        held.add(view.canvas.limits.weight)
    assert held == {2.0}


def test_before_the_first_update_no_change_is_shown_as_none(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", epochs=0, hidden=(Hidden(3),))
    assert frame.snapshot.change is None
    view = open_view(qtbot, frame)
    choose(qtbot, view, "change")
    assert "no update yet" in view.canvas.lacking
    assert np.isnan(np.concatenate(view.canvas.lines_shown)).all()
    image = view.canvas.grab().toImage()
    layout = view.canvas.layout_shown
    assert layout is not None
    x = int(layout.blocks[0].box.right) + 40
    column = [image.pixelColor(x, y) for y in range(60, int(layout.legend.top) - 4)]
    lines = [colour for colour in column if colour != LIGHT.colour("surface")]
    assert len(lines) >= 6
    assert all(abs(colour.red() - colour.blue()) < 20 for colour in lines)  # of no sign


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_of_many_weights_the_strongest_by_the_overlay_are_drawn(
    qtbot: QtBot, frame_for: FrameFor, overlay: str
) -> None:
    frame = frame_for("digits", epochs=1, hidden=(Hidden(60, "tanh"),))
    view = open_view(qtbot, frame)
    view.select_pattern(5)
    choose(qtbot, view, overlay)
    numbers = np.abs(frame.setup.network.weights(expected(frame, overlay, 5), 0)).ravel()
    shown = np.abs(view.canvas.lines_shown[0])
    assert len(shown) < len(numbers)
    np.testing.assert_allclose(np.sort(shown), np.sort(numbers)[-len(shown) :], rtol=1e-9)


def test_a_picture_shows_the_same_overlay(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    view = open_view(qtbot, frame)
    for overlay, words in (("change", "last change"), ("gradient", "downhill"), ("weight", "")):
        choose(qtbot, view, overlay)
        bare = replace(frame, snapshot=replace(frame.snapshot, neg_gradient=None))
        text = svg(NetworkView, bare, LIGHT, view.choices()).decode()
        assert words in text
        assert "not computed" not in text
        assert ("last change" in text) == (overlay == "change")


def test_buttons_are_reached_with_the_keyboard_and_fit_a_small_view(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("xor"))
    view.window().activateWindow()
    button = view.findChild(QToolButton, "overlay_signal")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert view.choices()["overlay"] == "signal"
    for width in (1200, 620, 300):
        view.resize(width, 400)
        view.grab()
        bar = view.overlays
        assert view.rect().contains(bar.geometry())
        for other in bar.findChildren(QToolButton):
            assert bar.rect().contains(other.geometry())
            assert other.width() >= other.minimumSizeHint().width()


def test_the_window_computes_what_is_looked_at(qtbot: QtBot, window: MainWindow) -> None:
    view = window.views["network"]
    assert isinstance(view, NetworkView)
    window.session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 3)
    assert window.current_frame.snapshot.neg_gradient is None
    choose(qtbot, view, "gradient")
    qtbot.waitUntil(lambda: window.current_frame.snapshot.neg_gradient is not None)
    choose(qtbot, view, "weight")
    qtbot.waitUntil(lambda: window.current_frame.snapshot.neg_gradient is None)


def test_pointing_at_a_weight_at_rest_has_its_numbers_computed(
    qtbot: QtBot, window: MainWindow
) -> None:
    view = window.views["network"]
    assert isinstance(view, NetworkView)
    window.session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 3)
    view.grab()
    blocks = view.canvas.layout_shown.blocks
    start, end = (QPoint(int(b.x[0]), int(b.y[0])) for b in blocks[:2])
    move_mouse(qtbot, view.canvas, start + (end - start) * 0.6)

    def said() -> str:
        info = view.canvas.info()
        return " ".join(number for _, number in info.rows) if info else "not computed"

    qtbot.waitUntil(lambda: (view.grab(), "not computed" not in said())[1])
    assert (
        view.snapshot_request() | SnapshotRequest(neg_gradient=True, change=True)
        == view.snapshot_request()
    )
