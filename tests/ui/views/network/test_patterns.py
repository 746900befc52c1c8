"""Choosing a pattern in the network view, and pictures made of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.model.patterns import Patterns
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, Link
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.views.network import NetworkView

FrameFor = Callable[..., Frame]


def hidden(*sizes: int, activation: str = "logistic") -> tuple[Hidden, ...]:
    return tuple(Hidden(size, activation) for size in sizes)


def open_view(qtbot: QtBot, frame: Frame) -> NetworkView:
    """A view in a window; a window of its own would complain about the offscreen platform."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(620, 430)
    view = NetworkView(window)
    view.resize(620, 430)
    view.kept_alive = window
    view.show_frame(frame)
    window.show()
    view.grab()
    return view


def changed(frame: Frame, parameters: Vector) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


# -- choosing a pattern --------------------------------------------------------------------


def button(view: NetworkView, name: str) -> QToolButton:
    return view.findChild(QToolButton, name)


def test_next_and_previous_go_around(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor"))
    chosen: list[int] = []
    view.pattern_selected.connect(chosen.append)
    for name in ("pattern_next", "pattern_next", "pattern_previous", "pattern_previous"):
        qtbot.mouseClick(button(view, name), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(view, "pattern_previous"), Qt.MouseButton.LeftButton)
    assert chosen == [1, 2, 1, 0, 3]
    assert view.choices()["pattern"] == 3


def test_a_pattern_is_chosen_from_the_list_with_the_keys(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("iris", epochs=1))
    box = view.findChild(QComboBox, "pattern_box")
    assert box.count() == len(view._setup.patterns.train)
    box.setFocus()
    with qtbot.waitSignal(view.pattern_selected) as told:
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert told.args == [1]
    assert box.currentText().startswith("2: ")


def test_choosing_for_the_view_does_not_tell_it_back(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor"))
    with qtbot.assertNotEmitted(view.pattern_selected):
        view.select_pattern(2)
        view.select_pattern(99)
        view.select_pattern(-1)
    assert view.choices()["pattern"] == 2
    assert view.findChild(QComboBox, "pattern_box").currentText() == "1 0 → 1"


def test_cycling_goes_on_until_it_is_switched_off(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bpviz.ui.views.network.strip.CYCLE_MS", 10)
    view = open_view(qtbot, frame_for("xor"))
    cycle, chosen = button(view, "pattern_cycle"), list[int]()
    view.pattern_selected.connect(chosen.append)
    qtbot.mouseClick(cycle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(chosen) >= 5)
    assert chosen[:5] == [1, 2, 3, 0, 1]
    qtbot.mouseClick(cycle, Qt.MouseButton.LeftButton)
    assert view.choices()["pattern"] == chosen[-1]
    with qtbot.assertNotEmitted(view.pattern_selected, wait=100):
        pass


def test_a_single_pattern_leaves_nothing_to_choose(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor")
    train = frame.setup.patterns.train
    one = replace(frame.setup.patterns, train=Patterns(train.inputs[:1], train.targets[:1]))
    view = open_view(qtbot, replace(frame, setup=replace(frame.setup, patterns=one)))
    assert not button(view, "pattern_next").isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_hundred_thousand_patterns_are_listed_at_once(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = frame_for("iris", epochs=0)
    rng = np.random.default_rng(0)
    inputs, kinds = rng.random((100_000, 4)), rng.integers(0, 3, 100_000)
    many = replace(frame.setup.patterns, train=Patterns(inputs, np.eye(3)[kinds]))
    view = open_view(qtbot, replace(frame, setup=replace(frame.setup, patterns=many)))
    asked: list[int] = []
    model = view.strip.box.model()
    data = type(model).data
    monkeypatch.setattr(
        type(model), "data", lambda self, i, role=0: asked.append(i.row()) or data(self, i, role)
    )
    view.strip.box.showPopup()
    qtbot.waitUntil(lambda: view.strip.box.view().isVisible())
    view.strip.box.hidePopup()
    assert len(set(asked)) < 200
    option = QStyleOptionComboBox()
    view.strip.box.initStyleOption(option)
    hint = QStyle.StyleHint.SH_ComboBox_Popup  # a popup that is as long as its list
    assert not view.strip.box.style().styleHint(hint, option, view.strip.box)
    view.select_pattern(99_999)
    assert view.strip.box.currentText().startswith("100,000: ")


@pytest.mark.parametrize(
    "name", ["pattern_box", "pattern_previous", "pattern_next", "pattern_cycle"]
)
def test_controls_have_names_and_can_be_reached(
    qtbot: QtBot, frame_for: FrameFor, name: str
) -> None:
    view = open_view(qtbot, frame_for("xor"))
    control = view.findChild(QWidget, name)
    assert control.accessibleName()
    assert control.toolTip()
    assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


# -- frames and pictures -------------------------------------------------------------------


def test_the_view_wants_activations_only_for_unbounded_groups(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("xor"))
    assert not view.snapshot_request().activations
    with qtbot.waitSignal(view.choices_changed):
        view.show_frame(frame_for("xor", hidden=hidden(3, activation="relu")))
    assert view.snapshot_request().activations
    assert not view.snapshot_request().outputs


def test_a_pattern_that_the_new_problem_lacks_is_given_up(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("iris", epochs=0))
    view.select_pattern(50)
    view.show_frame(frame_for("xor"))
    view.grab()
    assert view.choices()["pattern"] == 0


FIELDS = (Link("input", "hidden 1", field=(3, 3), shared=True), Link("input", "output"))


@pytest.mark.parametrize(
    ("problem", "sizes", "links"),
    [("xor", (3,), ()), ("digits", (32,), ()), ("digits", (36, 5), FIELDS)],
)
def test_a_picture_of_the_view_shows_the_same(
    qtbot: QtBot, frame_for: FrameFor, problem: str, sizes: tuple[int, ...], links: tuple[Link, ...]
) -> None:
    frame = frame_for(problem, epochs=2, hidden=hidden(*sizes), links=links)
    view = open_view(qtbot, frame)
    view.show_frame(changed(frame, frame.snapshot.parameters * 40.0))
    view.grab()
    view.show_frame(changed(frame, frame.snapshot.parameters * 9.0))  # the scale stays wide
    view.select_pattern(3)
    qtbot.waitUntil(lambda: view.canvas.is_at_rest)
    shown = view.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    size = QSize(view.canvas.width(), view.canvas.height())
    last = changed(frame, frame.snapshot.parameters * 9.0)
    made = picture(NetworkView, last, LIGHT, view.choices(), size, 1.0)
    assert made.copy() == shown


def test_an_svg_is_made_of_lines_and_text(frame_for: FrameFor, qapp: QApplication) -> None:
    document = svg(NetworkView, frame_for("digits", epochs=1, hidden=hidden(32))).decode()
    assert "<image" not in document
    assert document.count("<polyline") + document.count("<path") + document.count("<line") > 1000
    assert "The strongest 2,000" in document


def test_a_fine_picture_is_painted_fine(frame_for: FrameFor, qapp: QApplication) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    coarse = picture(NetworkView, frame, LIGHT, {}, QSize(620, 400), 1.0)
    fine = picture(NetworkView, frame, LIGHT, {}, QSize(620, 400), 2.0)
    doubled = coarse.scaled(fine.size())
    same = np.frombuffer(fine.constBits(), np.uint32) == np.frombuffer(
        doubled.constBits(), np.uint32
    )
    assert 0.8 < same.mean() < 0.995
    pairs = np.frombuffer(fine.constBits(), np.uint32).reshape(fine.height(), -1)
    assert (pairs[:, ::2] != pairs[:, 1::2]).any()


def test_crowded_lines_are_smoothed_once_frames_stop(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("digits", epochs=1, hidden=hidden(32))
    view = open_view(qtbot, frame)
    fine = view.canvas.grab().toImage()
    view.show_frame(frame)
    assert not view.canvas.is_at_rest
    assert view.canvas.grab().toImage() != fine
    qtbot.waitUntil(lambda: view.canvas.is_at_rest)
    assert view.canvas.grab().toImage() == fine
