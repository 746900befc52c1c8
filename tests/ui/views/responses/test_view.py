"""Each hidden unit's map over the input plane."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import forward
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.response_maps import response_maps, why_not
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.responses import ResponsesView
from bpviz.ui.views.responses.canvas import ResponsesCanvas
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def tanh(*sizes: int) -> tuple[Hidden, ...]:
    return tuple(Hidden(size, "tanh") for size in sizes)


def test_a_map_is_the_activation_at_the_points_of_the_plane(frame_for: FrameFor) -> None:
    frame = frame_for("spiral", 5, hidden=tanh(3, 2))
    first, second = response_maps(frame.setup, frame.snapshot)
    (left, right), (low, high) = frame.setup.patterns.domain
    corners = np.array([[left, low], [right, low], [left, high], [right, high]])
    acts = forward(frame.setup.network, frame.snapshot.parameters, corners)[1]
    for response, act in ((first, acts[1]), (second, acts[2])):
        maps = response.maps
        found = np.stack([maps[:, 0, 0], maps[:, 0, -1], maps[:, -1, 0], maps[:, -1, -1]])
        assert np.allclose(found, act)


def test_the_line_of_a_unit_is_where_its_net_input_is_0(frame_for: FrameFor) -> None:
    frame = frame_for("xor", 200, hidden=(Hidden(4),))
    (response,) = response_maps(frame.setup, frame.snapshot)
    network, parameters = frame.setup.network, frame.snapshot.parameters
    low, high = frame.setup.patterns.domain[0]
    for unit, lines in enumerate(response.lines):
        places = low + lines.reshape(-1, 2) * (high - low) / (response.side - 1)
        weights = network.weights(parameters, 0)[:, unit]
        nets = places @ weights + network.biases(parameters, 1)[unit]
        assert np.abs(nets).max(initial=0.0) < 0.02 * np.abs(weights).sum()
        assert (lines >= 0).all()
        assert (lines <= response.side - 1).all()
    assert any(len(lines) for lines in response.lines)


@pytest.mark.parametrize("units", [4, 12, 40])
@pytest.mark.parametrize("problem", ["xor", "circle", "spiral"])
def test_lines_of_the_first_hidden_group_are_single_straight_ones(
    frame_for: FrameFor, problem: str, units: int
) -> None:
    """With more units the maps are coarser: the lines are as exact."""
    frame = frame_for(problem, 30, hidden=(Hidden(units, "tanh"), Hidden(2, "tanh")))
    first, second = response_maps(frame.setup, frame.snapshot)
    plane = frame.setup.patterns.in_plane
    low, high = np.transpose(plane.domain)
    network, parameters = frame.setup.network, frame.snapshot.parameters
    for unit, lines in enumerate(first.lines):
        assert len(lines) <= 1
        places = low + lines.reshape(-1, 2) * (high - low) / (first.side - 1)
        nets = plane.expand(places) @ network.weights(parameters, 0)[:, unit]
        nets += network.biases(parameters, 1)[unit]
        np.testing.assert_allclose(nets, 0.0, atol=1e-9 * np.abs(parameters).max() * 10)
    assert sum(map(len, first.lines)) > units // 3
    assert all(len(lines) != 1 for lines in second.lines)  # curves are drawn cell by cell


@pytest.mark.parametrize(
    ("problem", "hidden", "words"),
    [("iris", tanh(4), "two inputs"), ("and", (), "no hidden units"),
     ("xor", tanh(300), "up to 200"), ("sine", tanh(4), "two inputs")],
)  # fmt: skip
def test_where_there_is_no_plane_it_is_said(
    qtbot: QtBot, frame_for: FrameFor, problem: str, hidden: tuple[Hidden, ...], words: str
) -> None:
    frame = frame_for(problem, 0, hidden=hidden)
    assert words in why_not(frame.setup)
    view = ResponsesView()
    qtbot.addWidget(view)
    view.show_frame(frame)
    assert words in view.findChild(QLabel, "responses_hint").text()


@pytest.mark.parametrize("hidden", [(1,), (3,), (4, 2), (8,) * 6, (100,)])
@pytest.mark.parametrize("size", [(300, 180), (600, 240), (1000, 500)])
def test_all_maps_fit_and_keep_clear_of_each_other(
    qtbot: QtBot, frame_for: FrameFor, hidden: tuple[int, ...], size: tuple[int, int]
) -> None:
    view = ResponsesView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.show_frame(frame_for("circle", 0, hidden=tanh(*hidden)))
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    canvas = view.findChild(ResponsesCanvas)
    boxes = [cell.box for cell in canvas.cells]
    assert len(boxes) == sum(hidden)
    if sum(hidden) < 40 or size[0] > 300:
        assert all(canvas.rect().toRectF().contains(box) for box in boxes)
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[max(0, n - 9) : n])


def test_the_mouse_says_what_a_unit_answers(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = ResponsesView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    frame = frame_for("circle", 3, hidden=tanh(3))
    view.show_frame(frame)
    canvas = view.findChild(ResponsesCanvas)
    move_mouse(qtbot, canvas, canvas.cells[1].box.center().toPoint())
    text = view.findChild(TextLine, "responses_readout").text
    act = forward(frame.setup.network, frame.snapshot.parameters, np.zeros((1, 2)))[1][1][0, 1]
    assert text.startswith("h2: x1 ")
    assert abs(float(text.split("→ ")[1].replace("−", "-")) - act) < 0.15


def test_features_leave_the_plane_of_the_coordinates(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = ResponsesView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    frame = frame_for("circle", 3, hidden=tanh(3), options={"features": "x2^2"})
    view.show_frame(frame)
    readout = view.findChild(TextLine, "responses_readout")
    assert readout.text == "x1 (right) and x2 (up): −6 to 6"
    canvas = view.findChild(ResponsesCanvas)
    move_mouse(qtbot, canvas, canvas.cells[2].box.center().toPoint())
    assert re.match("h3: x1 [^ ]+, x2 [^ ]+ → ", readout.text)


def test_the_networks_units_can_be_filled_with_their_responses(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_frame(frame_for("circle", 5, hidden=tanh(3)))
    switch = view.findChild(Toggle, "network_responses")
    plain = QImage(view.canvas.size(), QImage.Format.Format_RGB32)
    view.canvas.render(plain)
    with qtbot.waitSignal(view.choices_changed):
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    filled = QImage(plain.size(), plain.format())
    view.canvas.render(filled)
    assert filled != plain
    assert view.choices()["responses"]
    view.show_frame(frame_for("iris", 1, run_id=2))
    assert not switch.isVisibleTo(view)  # there is no plane
    view.canvas.render(filled)


@pytest.mark.parametrize("size", [(640, 440), (960, 540), (960, 720), (400, 700)])
@pytest.mark.parametrize("units", [(1,), (3,), (8,), (4, 2)])
def test_maps_fill_the_picture(
    qtbot: QtBot, frame_for: FrameFor, size: tuple[int, int], units: tuple[int, ...]
) -> None:
    """No larger side would fit, and all maps are inside."""
    view = ResponsesView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show_frame(frame_for("circle", hidden=tanh(*units)))
    view.show()
    canvas = view.findChild(ResponsesCanvas)
    boxes = [cell.box for cell in canvas.cells]
    assert len(boxes) == sum(units)
    right, bottom = max(b.right() for b in boxes), max(b.bottom() for b in boxes)
    assert right <= canvas.width() + 1
    assert bottom <= canvas.height() + 1
    assert right > 0.6 * canvas.width() or bottom > 0.8 * canvas.height()
