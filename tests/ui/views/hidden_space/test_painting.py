"""What the hidden space looks like: colours and places of dots, trails, numbers and names."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import svg
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.views.hidden_space.camera import Angles
from bpviz.ui.views.hidden_space.canvas import SpaceCanvas
from bpviz.ui.views.hidden_space.trail import LEAST_MOVE, MOST_NUMBERS, Trail
from bpviz.ui.views.hidden_space.view import NO_FRAME, NOT_COMPUTED, HiddenSpaceView

FrameFor = Callable[..., Frame]


def open_view(qtbot: QtBot, theme: Theme = LIGHT) -> HiddenSpaceView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 480)
    view = HiddenSpaceView(window, theme)
    view.resize(640, 480)
    view.kept_alive = window
    window.show()
    return view


def canvas(view: HiddenSpaceView) -> SpaceCanvas:
    return view.findChild(SpaceCanvas, "hidden_space_canvas")


def at_places(frame: Frame, places: object, epoch: int) -> Frame:
    """The same run at a later epoch, with these activations of its two hidden units."""
    acts = list(frame.snapshot.activations)
    acts[1] = np.array(places, dtype=float)
    snapshot = replace(frame.snapshot, activations=tuple(acts), epoch=epoch, neg_gradient=None)
    return replace(frame, snapshot=snapshot)


def colour_of_target(theme: Theme, target: float) -> QColor:
    """Of an output between 0 and 1: blue where it should be 1, orange where it should be 0."""
    return theme.colour("positive" if target == 1.0 else "negative")


CORNERS = [[0.1, 0.2], [0.9, 0.1], [0.2, 0.9], [0.8, 0.7]]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_dots_stand_at_their_activations_in_the_colour_of_their_target(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    """The first unit to the right, the second upwards, both from 0 to 1."""
    view = open_view(qtbot, theme)
    frame = frame_for("xor", 1, hidden=(Hidden(2),))
    view.show_frame(at_places(frame, CORNERS, 2))
    image = canvas(view).grab().toImage()
    dots = np.array([canvas(view).place_of(i).toTuple() for i in range(4)])
    (x0, y0), (x1, y1) = dots[0], dots[1]
    side = (x1 - x0) / 0.8
    assert side > 200.0
    np.testing.assert_allclose(y1 - y0, 0.1 * side)
    for place, acts, target in zip(dots, CORNERS, frame.setup.patterns.train.targets, strict=True):
        np.testing.assert_allclose(place, [x0 + (acts[0] - 0.1) * side,
                                           y0 - (acts[1] - 0.2) * side])  # fmt: skip
        seen = image.pixelColor(QPointF(*place).toPoint())
        assert seen == colour_of_target(theme, float(target[0]))


def test_trails_lead_to_their_dots_in_their_colour_and_fade(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot)
    frame = frame_for("xor", 1, hidden=(Hidden(2),))
    for epoch, x in enumerate((0.1, 0.3, 0.5, 0.7, 0.9), 2):
        view.show_frame(at_places(frame, [[x, 0.3], [x, 0.7], [0.02, 0.02], [0.02, 0.02]], epoch))
    image = canvas(view).grab().toImage()
    unit = (canvas(view).place_of(0).x() - canvas(view).place_of(2).x()) / 0.88
    for pattern, sign in ((0, 1), (1, -1)):  # redder than blue, bluer than red
        end = canvas(view).place_of(pattern)
        # Between its last two places, and between its first two.
        new, old = (
            image.pixelColor(round(end.x() - back * unit), round(end.y())) for back in (0.1, 0.7)
        )
        assert sign * (new.red() - new.blue()) > 40
        assert 5 < sign * (old.red() - old.blue()) < 30


def test_numbers_stand_at_their_own_axis(frame_for: FrameFor, qapp: object) -> None:
    """One tanh unit, from −1 to 1, to the right; the answer, from 0 to 1, upwards."""
    frame = frame_for("xor", 5, hidden=(Hidden(1, "tanh"),))
    texts = texts_of(svg(HiddenSpaceView, frame, size=QSize(640, 400)))
    numbers = [(float(text), x, y) for text, x, y in texts if is_number(text)]
    bottom = max(y for _, _, y in numbers)
    below = sorted((x, number) for number, x, y in numbers if abs(y - bottom) < 3)
    # Those of the legend stand at the right of the square.
    beside = sorted((y, n) for n, x, y in numbers if abs(y - bottom) >= 3 and x < below[0][0])
    for places, (first, last) in ((below, (-1.0, 1.0)), (beside, (1.0, 0.0))):
        ordered = [number for _, number in places]
        assert (ordered[0], ordered[-1]) == (first, last)
        assert ordered == sorted(ordered, reverse=first > last)


def test_axes_have_their_names(frame_for: FrameFor, qapp: object) -> None:
    """The first unit's below, the second one's beside, turned."""
    document = svg(HiddenSpaceView, frame_for("xor", 5, hidden=(Hidden(2),)), size=QSize(640, 400))
    assert [text for text, *_ in texts_of(document) if text in ("h1", "h2")] == ["h1"]
    assert b">h2<" in document


@pytest.mark.parametrize("azimuth", [35.0, 160.0, 215.0, 340.0])
def test_the_decision_plane_stands_before_what_is_behind_it(
    qtbot: QtBot, frame_for: FrameFor, azimuth: float
) -> None:
    """It tints the dots behind it, and leaves those in front as they are."""
    view = open_view(qtbot)
    frame = frame_for("xor", 1, hidden=(Hidden(3),))
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 1)[:] = [[4.0], [1.0], [1.0]]
    network.biases(parameters, 2)[:] = -3.0  # through the middle of the cube
    places = [[0.2, 0.5, 0.4], [0.8, 0.5, 0.4], [0.3, 0.4, 0.6], [0.7, 0.6, 0.6]]
    frame = replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))
    view.show_frame(at_places(frame, places, 2))
    canvas(view).set_angles(Angles(azimuth, 12.0))
    image = canvas(view).grab().toImage()
    a = np.radians(azimuth)
    before = [x * np.cos(a) * 4.0 > 0.0 for x in (-0.3, 0.3, -0.2, 0.2)]
    assert sorted(before) == [False, False, True, True]
    for index, (in_front, target) in enumerate(
        zip(before, frame.setup.patterns.train.targets[:, 0], strict=True)
    ):
        seen = image.pixelColor(canvas(view).place_of(index).toPoint())
        assert (seen == colour_of_target(LIGHT, target)) == in_front


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def texts_of(document: bytes) -> list[tuple[str, float, float]]:
    """Every text of an SVG that is not turned, and where it begins."""
    found = []
    for group in ET.fromstring(document).iter("{http://www.w3.org/2000/svg}g"):
        numbers = group.get("transform", "matrix(1,0,0,1,0,0)")[7:-1].split(",")
        a, b, _, _, dx, dy = map(float, numbers)
        for node in group.findall("{http://www.w3.org/2000/svg}text"):
            if (a, b) == (1.0, 0.0):
                words = (node.text or "").replace("−", "-")
                found.append((words, float(node.get("x", 0)) + dx, float(node.get("y", 0)) + dy))
    return found


def test_a_trail_remembers_what_moves_and_not_what_rests() -> None:
    trail = Trail()
    rest = np.full((3, 2), 0.5)
    for epoch, places in enumerate((rest, rest, rest + 0.5 * LEAST_MOVE, rest + 2 * LEAST_MOVE)):
        trail.add(epoch, 0, places)
    assert [step.epoch for step in trail.steps] == [0, 3]


def test_a_wide_group_has_a_shorter_trail() -> None:
    trail = Trail()
    units = MOST_NUMBERS // 40
    for epoch in range(30):
        trail.add(epoch, 0, np.full((4, units), float(epoch)))
    assert [step.epoch for step in trail.steps] == list(range(20, 30))


def test_a_hint_says_what_is_missing(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot)
    assert NO_FRAME in hints(view)
    frame = frame_for("xor", 1, hidden=(Hidden(2),))
    view.show_frame(replace(frame, snapshot=replace(frame.snapshot, activations=())))
    assert NOT_COMPUTED in hints(view)
    view.show_frame(frame)
    assert hints(view) == []


def hints(view: HiddenSpaceView) -> list[str]:
    return [
        label.text()
        for label in view.findChildren(QLabel)
        if label.isVisible() and label.text() in (NO_FRAME, NOT_COMPUTED)
    ]
