"""Blue is positive and orange negative: on lines of every form, and in the legend below them."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Hidden, Link
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.output_colours import output_scale
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.views.network import NetworkView

FrameFor = Callable[..., Frame]

both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def open_view(qtbot: QtBot, theme: Theme, width: int = 1000) -> NetworkView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, 430)
    view = NetworkView(window, theme)
    view.resize(width, 430)
    view.kept_alive = window
    window.show()
    return view


def with_weights(frame: Frame, value: float, connection: int | None = None) -> Frame:
    """All weights of a connection (None: of every one) are this number; all others are 0."""
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    for c in range(len(network.connections)):
        if connection in (None, c):
            network.weights(parameters, c)[:] = value
    network.constrain(parameters)
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


def picture(view: NetworkView) -> np.ndarray:
    """The diagram as painted, (height, width, 3)."""
    image = view.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return pixels[..., 2::-1].astype(int)


def is_near(pixels: np.ndarray, colour: str, reach: int = 12) -> np.ndarray:
    """Which pixels have a colour, but for what antialiasing makes of it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return np.abs(pixels - rgb).max(axis=-1) <= reach


def drawing(view: NetworkView) -> np.ndarray:
    """The part of the picture above the legend and below the header."""
    pixels, layout = picture(view), view.canvas.layout_shown
    return pixels[int(layout.header.bottom) : int(layout.legend.top)]


# -- lines ---------------------------------------------------------------------------------

SHORTCUT = Link("input", "output")
FIXED = Link("input", "hidden 1", fixed=True)
LINES: dict[str, tuple[str, Link | None]] = {
    "straight": ("xor", None),
    "curved": ("xor", SHORTCUT),
    "dashed": ("xor", FIXED),
    "curved and dashed": ("xor", replace(SHORTCUT, fixed=True)),
    "many curved": ("digits", SHORTCUT),
}


def frame_of(frame_for: FrameFor, form: str) -> tuple[Frame, int]:
    """A frame whose network has lines of this form, and the connection that is drawn so."""
    problem, link = LINES[form]
    links = () if link is None else (link,)
    frame = frame_for(problem, epochs=0, hidden=(Hidden(2),), links=links)
    groups = frame.setup.network.groups
    ends = [(groups[c.source].name, groups[c.target].name) for c in frame.setup.network.connections]
    return frame, 0 if link is None else ends.index((link.source, link.target))


def added(before: np.ndarray, after: np.ndarray, theme: Theme) -> tuple[int, int]:
    """How many pixels became positive, and how many negative."""
    return tuple(
        int(is_near(after, colour).sum()) - int(is_near(before, colour).sum())
        for colour in (theme.positive, theme.negative)
    )


@both_themes
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["positive", "negative"])
@pytest.mark.parametrize("form", LINES)
def test_lines_of_every_form_have_the_colour_of_their_sign(
    qtbot: QtBot, frame_for: FrameFor, form: str, sign: float, theme: Theme
) -> None:
    frame, connection = frame_of(frame_for, form)
    view = open_view(qtbot, theme)
    view.show_frame(with_weights(frame, 0.0))
    before = drawing(view)
    view.show_frame(with_weights(frame, 2.0 * sign, connection))
    counts = added(before, drawing(view), theme)
    assert counts[sign < 0.0] > 100
    assert counts[sign > 0.0] <= 0


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["positive", "negative"])
@pytest.mark.parametrize("form", LINES)
def test_lines_of_a_unit_that_is_pointed_at_keep_their_colour(
    qtbot: QtBot, frame_for: FrameFor, form: str, sign: float
) -> None:
    frame, connection = frame_of(frame_for, form)
    view = open_view(qtbot, LIGHT)
    view.show_frame(with_weights(frame, 0.0))
    drawing(view)
    block = view.canvas.layout_shown.blocks[frame.setup.network.connections[connection].target]
    point_at(view, QPointF(block.x[0], block.y[0]))
    before = drawing(view)
    view.show_frame(with_weights(frame, 2.0 * sign, connection))
    counts = added(before, drawing(view), LIGHT)
    assert counts[sign < 0.0] > 50
    assert counts[sign > 0.0] <= 0


def point_at(view: NetworkView, place: QPointF) -> None:
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there = view.canvas.mapToGlobal(place)
    event = QMouseEvent(QEvent.Type.MouseMove, place, there, none, none, no_key)
    QApplication.sendEvent(view.canvas, event)


# -- legend --------------------------------------------------------------------------------


@both_themes
def test_the_legend_goes_from_negative_on_the_left_to_positive_on_the_right(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    """So do its four drawings: the wedge of the lines, the bars of units and outputs, the ring."""
    view = open_view(qtbot, theme)
    view.show_frame(frame_for("xor", epochs=0, hidden=(Hidden(3, "tanh"),)))
    pixels, box = picture(view), view.canvas.layout_shown.legend
    legend = pixels[int(box.top) : int(box.bottom) + 1]
    signs = is_near(legend, theme.positive, 40).any(axis=0).astype(int)
    signs -= is_near(legend, theme.negative, 40).any(axis=0)
    assert [sign for sign, _ in groupby(signs[signs != 0].tolist())] == [-1, 1] * 4


@both_themes
def test_rings_in_the_legend_are_as_those_of_the_units(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    """A positive bias is a ring on the right side, a negative one on the left, in both."""
    frame = frame_for("xor", epochs=0, hidden=(Hidden(1),))
    network = frame.setup.network
    sides = []
    for bias in (1.0, -1.0):
        parameters = np.zeros(network.n_parameters)
        network.biases(parameters, 1)[:] = bias
        view = open_view(qtbot, theme)
        view.show_frame(replace(frame, snapshot=replace(frame.snapshot, parameters=parameters)))
        pixels = picture(view)
        block = view.canvas.layout_shown.blocks[1]
        x, y, reach = int(block.x[0]), int(block.y[0]), int(block.radius) + 6
        around = pixels[y - reach : y + reach, x - reach : x + reach]
        colour = theme.positive if bias > 0.0 else theme.negative
        at = np.nonzero(is_near(around, colour))[1]
        sides.append(at.mean() - reach)
    assert sides[0] > 5.0
    assert sides[1] < -5.0


@both_themes
@pytest.mark.parametrize("problem", ["xor", "and", "iris", "abs", "digits"])
def test_outputs_and_targets_have_the_colours_of_the_output_view(
    qtbot: QtBot, frame_for: FrameFor, problem: str, theme: Theme
) -> None:
    """An output of 0 looks the same in the diagram, the table and the plane."""
    view = open_view(qtbot, theme)
    frame = frame_for(problem, epochs=3)
    setup = frame.setup
    view.show_frame(frame)
    pixels, block = picture(view), view.canvas.layout_shown.blocks[-1]
    act = view.canvas._picture.pattern_pass.act[-1]
    given = setup.patterns.in_units(act[None])[0]
    for unit in range(min(block.shown, 3)):
        x, y = round(float(block.x[unit])), round(float(block.y[unit]))
        down = round(0.7 * block.radius)  # below the number
        colour = output_scale(setup, unit).colour(theme, float(given[unit]))
        assert is_near(pixels[y + down, x], colour.name())
    scale = output_scale(setup, 0)
    target = scale.colour(theme, float(setup.patterns.in_units(setup.patterns.train.targets)[0, 0]))
    label = pixels[:, round(block.x[0] + block.radius + 4) :]
    rows = slice(round(block.y[0]) - 16, round(block.y[0]) + 20)
    assert is_near(label[rows], target.name()).sum() > 30


def test_the_legend_shows_the_range_of_inputs_and_hidden_units_and_that_of_outputs(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, LIGHT)
    for hidden, output, ends in (
        ("logistic", "tanh", ("0", "1")), ("tanh", "logistic", ("−1", "1")),
    ):  # fmt: skip
        view.show_frame(frame_for("xor", epochs=0, hidden=(Hidden(2, hidden),), output=output))
        view.canvas.grab()
        legend = view.canvas._sketch.legend
        activation = next(item for item in legend if item.words == "activation")
        assert activation.ends(view.canvas.limits) == ends
        assert "output" in [item.words for item in legend]
