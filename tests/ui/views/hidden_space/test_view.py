"""The hidden space as a person uses it: places, decision, trails, turning and choosing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.core.text.number_words import percent
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.toolkit.drawing.legend import Legend
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.hidden_space.camera import Angles, Camera
from bpviz.ui.views.hidden_space.canvas import SpaceCanvas, SpacePicture
from bpviz.ui.views.hidden_space.trail import STEPS, Trail
from bpviz.ui.views.hidden_space.view import NO_HIDDEN, HiddenSpaceView
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


@pytest.fixture
def view(qtbot: QtBot) -> HiddenSpaceView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(560, 320)
    view = HiddenSpaceView(window)
    view.resize(560, 320)
    view.kept_alive = window
    window.show()
    return view


def canvas(view: HiddenSpaceView) -> SpaceCanvas:
    return view.findChild(SpaceCanvas, "hidden_space_canvas")


def scene(view: HiddenSpaceView) -> SpacePicture:
    QApplication.processEvents()
    return canvas(view)._scene


def box(view: HiddenSpaceView, name: str) -> QComboBox:
    return view.findChild(QComboBox, f"hidden_space_{name}")


def readout(view: HiddenSpaceView) -> str:
    return view.findChild(TextLine, "hidden_space_readout").text


def choose(qtbot: QtBot, view: HiddenSpaceView, name: str, data: object) -> None:
    combo = box(view, name)
    assert combo.isVisibleTo(view)
    target = combo.findData(data)
    while combo.currentIndex() != target:
        key = Qt.Key.Key_Down if combo.currentIndex() < target else Qt.Key.Key_Up
        with qtbot.waitSignal(view.choices_changed):
            qtbot.keyClick(combo, key)


def point(view: HiddenSpaceView, place: int) -> QPoint:
    return canvas(view).place_of(place).toPoint()


def test_two_units_are_the_axes_and_the_line_parts_the_answers(
    view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", 400, hidden=(Hidden(2),))
    view.show_frame(frame)
    drawn = scene(view)
    assert np.array_equal(drawn.points, frame.snapshot.activations[1])
    assert drawn.space.labels == ("h1", "h2")
    assert drawn.names == ("0 0", "0 1", "1 0", "1 1")
    network, parameters = frame.setup.network, frame.snapshot.parameters
    weights, bias = network.weights(parameters, 1)[:, 0], network.biases(parameters, 2)[0]
    ends = drawn.decision.segments.reshape(-1, 2)
    assert len(ends) >= 2
    assert np.allclose(ends @ weights + bias, 0.0, atol=1e-9)
    assert not box(view, "mode").isVisibleTo(view)


def test_wrong_answers_are_told_from_right_ones(view: HiddenSpaceView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", 0, hidden=(Hidden(2),))
    view.show_frame(frame)
    answers, targets = frame.snapshot.train_outputs, frame.setup.patterns.train.targets
    assert scene(view).wrong.tolist() == (np.abs(answers - targets)[:, 0] >= 0.4).tolist()
    assert "answered wrongly" in readout(view)


@pytest.mark.parametrize(
    ("problem", "hidden", "modes", "dimensions"),
    [
        ("xor", (3,), ["3d", "pair"], 3),
        ("spiral", (8, 8), ["pca", "pca3d", "pair"], 2),
        ("iris", (6,), ["pca", "pca3d", "pair"], 2),
        ("sine", (1,), [], 2),
        ("digits", (32,), ["pca", "pca3d", "pair"], 2),
    ],
)
def test_every_number_of_units_has_its_ways(
    qtbot: QtBot, view: HiddenSpaceView, frame_for: FrameFor,
    problem: str, hidden: tuple[int, ...], modes: list[str], dimensions: int,
) -> None:  # fmt: skip
    view.show_frame(frame_for(problem, 2, hidden=tuple(Hidden(h, "tanh") for h in hidden)))
    combo = box(view, "mode")
    assert [combo.itemData(i) for i in range(combo.count())] == modes
    assert scene(view).space.dimensions == dimensions
    for mode in modes:
        choose(qtbot, view, "mode", mode)
        image = QImage(view.size(), QImage.Format.Format_RGB32)
        view.render(image)
        low, high = np.array(scene(view).space.spans).T
        assert (scene(view).points >= low - 1e-9).all()
        assert (scene(view).points <= high + 1e-9).all()
    if "pca" in modes:
        choose(qtbot, view, "mode", "pca")
        assert f"{percent(scene(view).space.share)} of the variance" in readout(view)


def test_of_a_single_unit_classes_change_where_the_winner_does(
    view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    frame = frame_for("iris", 30, hidden=(Hidden(1, "tanh"),))
    view.show_frame(frame)
    segments = scene(view).decision.segments
    network, parameters = frame.setup.network, frame.snapshot.parameters
    weights = network.weights(parameters, next(iter(network.incoming(network.output))))
    biases = network.biases(parameters, network.output)
    assert len(segments) > 1
    assert np.allclose(segments[:, 0, 0], segments[:, 1, 0])  # whatever the output is
    for at in np.unique(segments[:, 0, 0].round(6)):
        best = np.sort(at * weights[0] + biases)
        assert best[-1] - best[-2] < 0.05 * np.abs(weights).max()


def test_a_line_that_would_lie_is_not_drawn_and_the_reason_is_said(
    qtbot: QtBot, view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("spiral", 30, hidden=(Hidden(8, "tanh"),)))
    choose(qtbot, view, "mode", "pair")
    assert not scene(view).decision.is_drawn
    assert "wrong side" in readout(view)
    assert all("output" not in key.text for key in view.findChild(Legend).keys)


def test_a_hidden_group_that_the_outputs_do_not_read_alone_has_no_line(
    qtbot: QtBot, view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    two = (Hidden(2), Hidden(2))
    view.show_frame(frame_for("xor", 1, hidden=two))
    assert scene(view).decision.is_drawn
    choose(qtbot, view, "group", 0)
    assert "read hidden 2" in readout(view)
    view.show_frame(
        frame_for("xor", 1, run_id=2, hidden=(Hidden(2),), links=(Link("input", "output"),))
    )
    assert "read input as well" in readout(view)


def test_the_plane_of_three_units_stands_where_the_net_input_passes_the_threshold(
    view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", 300, hidden=(Hidden(3),))
    view.show_frame(frame)
    drawn = scene(view)
    camera = Camera(drawn.space.spans, canvas(view).geometry().toRectF(), Angles())
    corners = camera.plane(drawn.decision.normal, drawn.decision.offset)
    assert len(corners) >= 3
    network, parameters = frame.setup.network, frame.snapshot.parameters
    nets = corners @ network.weights(parameters, 1)[:, 0] + network.biases(parameters, 2)[0]
    assert np.allclose(nets, 0.0, atol=1e-9)


def test_dragging_turns_a_cube_and_a_click_chooses(
    qtbot: QtBot, view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor", 300, hidden=(Hidden(3),)))
    area = canvas(view)
    before, points = area.angles, scene(view).points
    qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    move_mouse(qtbot, area, QPoint(70, 50))
    qtbot.mouseRelease(area, Qt.MouseButton.LeftButton, pos=QPoint(70, 50))
    assert area.angles != before
    assert scene(view).points is points
    area.setFocus()
    turned = area.angles
    qtbot.keyClick(area, Qt.Key.Key_Left)
    assert area.angles != turned
    with qtbot.waitSignal(view.pattern_selected) as chosen:
        qtbot.mouseClick(area, Qt.MouseButton.LeftButton, pos=point(view, 2))
    assert chosen.args == [2]
    qtbot.mouseDClick(area, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert area.angles == Angles()


def test_the_mouse_names_a_pattern_and_its_activations(
    qtbot: QtBot, view: HiddenSpaceView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", 400, hidden=(Hidden(2),))
    view.show_frame(frame)
    scene(view)
    move_mouse(qtbot, canvas(view), point(view, 1))
    acts = frame.snapshot.activations[1][1]
    assert readout(view).startswith(f"pattern 0 1: h1 {acts[0]:.2f}")
    assert readout(view).endswith("right")


def test_trails_grow_while_it_learns_and_a_new_run_has_none(qtbot: QtBot) -> None:
    setup = prepare(experiment_for("xor", hidden=(Hidden(2),)), 1)
    run = new_run(setup)

    def frame() -> Frame:
        shot = observe(run, EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=1)
        return Frame(setup, shot, curve=None)

    view = HiddenSpaceView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    for _ in range(80):
        view.show_frame(frame())
        run.advance(5)
    assert len(scene(view).trails) == STEPS + 1
    assert np.array_equal(scene(view).trails[-1], scene(view).points)
    view.hide()
    view.show()
    run.advance(40)
    view.show_frame(frame())
    run.advance(5)
    assert np.isnan(scene(view).trails).any()  # what lies between was not shown
    other = prepare(experiment_for("xor", hidden=(Hidden(2),), seed=3), 2)
    snapshot = observe(new_run(other), EVERYTHING, shown=other.shown, run_id=2)
    view.show_frame(Frame(other, snapshot, curve=None))
    assert len(scene(view).trails) == 2


def test_going_back_forgets_what_comes_after() -> None:
    trail = Trail()
    for epoch in range(10):
        trail.add(epoch, 0, np.full((4, 2), float(epoch)))
    trail.add(3, 0, np.full((4, 2), 3.5))
    assert [step.epoch for step in trail.steps] == [0, 1, 2, 3]


def test_a_network_without_hidden_units_says_so(view: HiddenSpaceView, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("and", 1, hidden=()))
    assert NO_HIDDEN in [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def test_a_picture_shows_what_the_screen_shows(view: HiddenSpaceView, frame_for: FrameFor) -> None:
    frame = frame_for("spiral", 3, hidden=(Hidden(6, "tanh"),))
    view.show_frame(frame)
    view.set_choices({"like": -scene(view).space.basis, "mode": "pca", "setup": frame.setup})
    choices = view.choices()
    second = HiddenSpaceView()
    second.show_frame(frame)
    second.set_choices(choices)
    second.show_frame(replace(frame))
    assert np.allclose(second._scene.points, scene(view).points)
    assert b"<image" not in svg(HiddenSpaceView, frame, LIGHT, choices)
    assert not picture(HiddenSpaceView, frame, LIGHT, choices).isNull()


def test_a_picture_has_no_trail_of_another_run(view: HiddenSpaceView, frame_for: FrameFor) -> None:
    """A view behind another dock still has the steps of the run before."""
    before = frame_for("xor", 0)
    for epochs in (0, 200, 400):
        snapshot = frame_for("xor", epochs).snapshot
        view.show_frame(replace(before, snapshot=snapshot))
    assert len(view.choices()["trail"]) > 1
    other = frame_for("and", 5, hidden=(Hidden(3, "logistic"),))
    second = HiddenSpaceView()
    second.show_frame(other)
    second.set_choices(view.choices())
    assert [step.epoch for step in second.choices()["trail"]] == [5]
