"""Drawing an image by hand, and the network's answer to it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import forward, outputs
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.model.references import UnitRef
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Pause
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.toolkit.drawing.colour_scale import Pixels
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, Theme
from bpviz.ui.views.draw import DrawView
from bpviz.ui.views.draw.answer import answer_to, output_range
from bpviz.ui.views.draw.drawing import Ink, ink_of, shifted, stroke, with_noise
from bpviz.ui.views.draw.pad import Pad
from bpviz.ui.views.draw.response import NARROWEST, ResponsePicture, cells_of, fitting
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.window.main_window import MainWindow

FrameFor = Callable[..., Frame]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
GREY, BLACK = Ink(0.0, 1.0, False), Ink(-1.0, 1.0, True)


def open_view(
    qtbot: QtBot, frame: Frame, theme: Theme = LIGHT, size: tuple[int, int] = (620, 260)
) -> DrawView:
    view = DrawView(theme=theme)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.show_frame(frame)
    view.grab()
    return view


def pad(view: QWidget) -> Pad:
    return view.findChild(Pad)


def at(view: QWidget, row: int, column: int) -> QPoint:
    return pad(view).cell_rect(row, column).center().toPoint()


def press(qtbot: QtBot, view: QWidget, name: str) -> None:
    qtbot.mouseClick(view.findChild(QAbstractButton, f"draw_{name}"), LEFT)


def drag(
    qtbot: QtBot,
    view: QWidget,
    *cells: tuple[int, int],
    button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.mousePress(pad(view), button, keys, at(view, *cells[0]))
    for cell in cells[1:]:
        send_move(view, at(view, *cell), button, keys)
    qtbot.mouseRelease(pad(view), button, keys, at(view, *cells[-1]))


def send_move(
    view: QWidget, place: QPoint, button: Qt.MouseButton, keys: Qt.KeyboardModifier
) -> None:
    """QTest's own moves hold no button."""
    where = QPointF(place)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, QPointF(pad(view).mapToGlobal(place)),
        Qt.MouseButton.NoButton, button, keys,
    )  # fmt: skip
    QApplication.sendEvent(pad(view), moved)


def words(view: DrawView) -> str:
    return view.findChild(ResponsePicture).accessibleName()


def with_parameters(frame: Frame, parameters: Vector) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


def step_frame(frame_for: FrameFor, biases: dict[int, float]) -> Frame:
    """A single layer of step units for digits: those with a positive bias answer 1."""
    frame = frame_for(
        "digits", epochs=0, hidden=(), output="step", error="squared", rule="perceptron"
    )
    parameters = np.zeros(frame.setup.network.n_parameters)
    for unit, bias in biases.items():
        parameters[frame.setup.network.bias_index(1, unit)] = bias
    return with_parameters(frame, parameters)


# -- drawings ------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8, 20, 28])
@pytest.mark.parametrize("ink", [GREY, BLACK])
def test_a_stroke_has_no_gap_and_stays_in_range(side: int, ink: Ink) -> None:
    image = stroke(ink.blank((side, side)), ink, (1.2, 1.4), (side - 1.3, side - 2.1))
    assert ink.within(image)
    half = (ink.low + ink.high) / 2
    inked = np.argwhere(image >= half)
    assert set(inked[:, 0]) >= set(range(2, side - 2))
    assert set(inked[:, 1]) >= set(range(2, side - 2))
    assert (len(np.unique(image)) > 2) == (ink is GREY)
    assert (image >= half).sum() < side**2 / 2
    rubbed = stroke(image, ink, (0.0, 0.0), (float(side), float(side)), erase=True)
    assert rubbed.sum() < image.sum()
    assert ink.within(rubbed)


def test_the_ink_is_the_problems_own() -> None:
    def inputs(values: Matrix) -> PatternSet:
        patterns = Patterns(values, np.zeros((len(values), 1)))
        return PatternSet("p", "regression", patterns, tuple("abcd"), ("y",), image_shape=(2, 2))

    assert ink_of(inputs(np.array([[-1.0, 1, 1, -1]]))) == BLACK
    assert ink_of(inputs(np.array([[0.0, 16, 3, 0]]))) == Ink(0.0, 16.0, False)
    assert ink_of(inputs(np.array([[2.0, 2, 2, 2]]))) == Ink(2.0, 3.0, True)


def test_a_shift_moves_and_leaves_ground_behind() -> None:
    image = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(
        shifted(image, BLACK, 1, -1), [[-1, -1, -1, -1], [1, 2, 3, -1], [5, 6, 7, -1]]
    )
    np.testing.assert_array_equal(
        shifted(image, BLACK, -1, 1), [[-1, 4, 5, 6], [-1, 8, 9, 10], [-1, -1, -1, -1]]
    )


def test_noise_turns_over_its_share_of_cells() -> None:
    image = BLACK.blank((20, 20))
    noisy = with_noise(image, BLACK, 0.1, np.random.default_rng(3))
    assert (noisy == 1.0).sum() == 40
    again = with_noise(image, BLACK, 0.1, np.random.default_rng(3))
    np.testing.assert_array_equal(noisy, again)
    assert (with_noise(image, BLACK, 0.1, np.random.default_rng(4)) != noisy).any()


# -- mouse and keys ------------------------------------------------------------------------


def test_a_click_sets_one_cell_and_right_or_shift_clears_it(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("digits", epochs=1))
    for row, column in ((2, 5), (3, 1)):
        qtbot.mouseClick(pad(view), LEFT, pos=at(view, row, column))
    expected = np.zeros((8, 8))
    expected[2, 5] = expected[3, 1] = 1.0
    np.testing.assert_array_equal(pad(view).image, expected)
    qtbot.mouseClick(pad(view), RIGHT, pos=at(view, 2, 5))
    qtbot.mouseClick(pad(view), LEFT, SHIFT, pos=at(view, 3, 1))
    assert not pad(view).image.any()


def test_a_drag_draws_and_a_drag_with_the_right_button_erases(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("digits", epochs=1))
    drag(qtbot, view, (1, 1), (1, 6), (6, 6))
    drawn = pad(view).image
    assert (drawn[1, 1:7] == 1.0).all()
    assert (drawn[1:7, 6] == 1.0).all()
    assert not drawn[4:, :4].any()
    assert ((drawn > 0.0) & (drawn < 1.0)).any(), "the brush is soft"
    drag(qtbot, view, (1, 1), (1, 6), button=RIGHT)
    assert not pad(view).image[1, 1:7].any()
    assert pad(view).image[5, 6] == 1.0
    drag(qtbot, view, (2, 6), (6, 6), keys=SHIFT)
    assert pad(view).image.sum() < 0.2 * drawn.sum()


def test_the_keyboard_draws_and_space_is_the_windows_after_a_click(
    qtbot: QtBot, open_main: Callable[..., MainWindow]
) -> None:
    window = open_main(replace(experiment_for("digits"), stop=Stop()))
    window.docks.bring("draw")
    view = window.views["draw"]
    qtbot.waitUntil(lambda: view.isVisible() and pad(view).image.shape == (8, 8))
    window.activateWindow()
    pad(view).setFocus()
    qtbot.waitUntil(pad(view).hasFocus)
    right, down, space = Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space
    for key in (right, right, down, space):
        qtbot.keyClick(pad(view), key)
    assert np.argwhere(pad(view).image).tolist() == [[5, 5]]
    qtbot.keyClick(pad(view), Qt.Key.Key_Left, SHIFT)
    assert np.argwhere(pad(view).image).tolist() == [[5, 4]]
    press(qtbot, view, "up")
    assert np.argwhere(pad(view).image).tolist() == [[4, 4]]
    assert window.session.status.state == "paused"
    assert window.current_frame.snapshot.epoch == 0
    qtbot.mouseClick(pad(view), LEFT, pos=at(view, 1, 1))
    before = pad(view).image
    qtbot.keyClick(pad(view), space)
    qtbot.waitUntil(lambda: window.session.status.state == "running")
    np.testing.assert_array_equal(pad(view).image, before)
    window.session.send(Pause())
    qtbot.waitUntil(lambda: window.session.status.state == "paused")
    assert_tabs_are_narrow(window)
    # The diagram shows what the network does with the drawing, and says so.
    network = window.views["network"]

    def pattern_pass() -> PatternPass:
        network.grab()
        return network.canvas._picture.pattern_pass

    assert pattern_pass().drawn
    snapshot, setup = window.current_frame.snapshot, window.current_frame.setup
    act = forward(setup.network, snapshot.parameters, before.reshape(1, -1))[1]
    for shown, expected in zip(pattern_pass().act, act, strict=True):
        np.testing.assert_array_equal(shown, expected.ravel())
    assert np.isnan(pattern_pass().targets).all()
    drawn = svg(type(network), window.current_frame, choices=network.choices())
    assert b"units filled by the drawing" in drawn
    qtbot.mouseClick(network.findChild(QToolButton, "pattern_next"), LEFT)
    assert not pattern_pass().drawn
    np.testing.assert_array_equal(pattern_pass().act[0], setup.patterns.train.inputs[1])
    press(qtbot, view, "up")
    assert pattern_pass().drawn
    window.docks.bring("output")  # what cannot be seen any more does not fill the diagram
    qtbot.waitUntil(lambda: not pattern_pass().drawn)


def assert_tabs_are_narrow(window: MainWindow) -> None:
    """Tabs of docks take little more room than their names, so that many have room."""
    bars = [bar for bar in window.findChildren(QTabBar) if bar.count() > 1 and bar.isVisible()]
    assert bars
    for bar in bars:
        for tab in range(bar.count()):
            name = bar.fontMetrics().horizontalAdvance(bar.tabText(tab))
            assert bar.tabRect(tab).width() <= name + 18, bar.tabText(tab)


# -- what the buttons do -------------------------------------------------------------------


def test_a_pattern_is_taken_with_noise_and_cleared(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("digits", epochs=3)
    view = open_view(qtbot, frame)
    view.select_pattern(41)
    press(qtbot, view, "take")
    inputs = frame.setup.patterns.train.inputs[41]
    np.testing.assert_array_equal(pad(view).image.ravel(), inputs)
    shown = frame.snapshot.train_outputs[41]
    np.testing.assert_allclose(view.answer.outputs, shown, rtol=1e-12)
    view.findChild(QSlider, "draw_noise_share").setValue(25)
    press(qtbot, view, "noise")
    noisy = pad(view).image
    turned = noisy.ravel() != inputs
    assert 10 < turned.sum() <= 16  # of 64; a cell that is half grey stays so
    np.testing.assert_array_equal(noisy.ravel()[turned], 1.0 - inputs[turned])
    press(qtbot, view, "take")
    press(qtbot, view, "noise")
    np.testing.assert_array_equal(pad(view).image, noisy)
    press(qtbot, view, "noise")
    assert (pad(view).image != noisy).any()
    assert frame.setup.patterns.train.inputs[41] is not pad(view).image
    press(qtbot, view, "clear")
    assert not pad(view).image.any()


# -- the answer ----------------------------------------------------------------------------


def test_the_answer_is_the_networks_and_follows_training(qtbot: QtBot, frame_for: FrameFor) -> None:
    first, later = frame_for("digits", epochs=0), frame_for("digits", epochs=5)
    view = open_view(qtbot, first)
    drag(qtbot, view, (1, 2), (1, 5), (6, 3))
    said = []
    for frame in (first, later):
        view.show_frame(replace(frame, setup=first.setup))
        network, parameters = first.setup.network, frame.snapshot.parameters
        expected = outputs(network, parameters, pad(view).image.reshape(1, -1))[0]
        np.testing.assert_array_equal(view.answer.outputs, expected)
        assert view.answer.marked == (int(expected.argmax()),)
        assert view.findChild(QWidget, "draw_instant").text == frame.snapshot.instant
        assert words(view) == f"Answer: class {expected.argmax()}, {expected.max():.2f}"
        said.append(words(view))
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("ones", "sentence"),
    [
        ((), "No class: no output unit answers 1"),
        ((7,), "Answer: class 7"),
        ((2, 5), "No single class: class 2 and class 5 answer 1"),
        ((0, 1, 2, 3), "No single class: 4 classes answer 1"),
    ],
)
def test_step_units_may_answer_no_class_or_several(
    qtbot: QtBot, frame_for: FrameFor, ones: tuple[int, ...], sentence: str
) -> None:
    frame = step_frame(frame_for, dict.fromkeys(ones, 1.0))
    view = open_view(qtbot, frame)
    assert words(view) == sentence
    assert view.answer.marked == ones


@pytest.mark.parametrize(
    ("bias", "sentence"), [(1.0, "O (output 1.00)"), (-1.0, "X (output 0.00)")]
)
def test_a_single_output_unit_answers_one_of_two_classes(
    qtbot: QtBot, frame_for: FrameFor, bias: float, sentence: str
) -> None:
    frame = frame_for("letters", epochs=0, options={"letters": "XO"})
    parameters = np.zeros(frame.setup.network.n_parameters)
    parameters[frame.setup.network.bias_index(2, 0)] = bias
    view = open_view(qtbot, with_parameters(frame, parameters))
    assert words(view) == f"Answer: {sentence}"
    assert pad(view).accessibleName() == "Drawing of 20 by 20 cells"
    drag(qtbot, view, (3, 3), (16, 16))
    assert set(np.unique(pad(view).image)) == {0.0, 1.0}, "letters know no grey"


def test_ties_doubts_and_broken_numbers_are_said(frame_for: FrameFor) -> None:
    frame = frame_for("digits", epochs=0, output="logistic", error="squared")
    setup, blank = frame.setup, np.zeros((8, 8))
    network = setup.network

    def said(parameters: Vector) -> str:
        return answer_to(setup, with_parameters(frame, parameters).snapshot, blank).words

    zeros = np.zeros(network.n_parameters)
    assert said(zeros) == "A tie at 0.50: 10 classes"
    low = zeros.copy()
    network.biases(low, network.output)[:] = -5.0
    low[network.bias_index(network.output, 4)] = -1.0
    assert said(low) == "Answer: class 4, 0.27, but no output is above ½"
    broken = zeros.copy()
    network.biases(broken, network.output)[3] = np.nan
    assert said(broken).startswith("No answer")


def test_clamped_units_count(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("digits", epochs=2)
    output = frame.setup.network.output
    held = replace(frame, snapshot=replace(frame.snapshot, clamps={UnitRef(output, 3): 9.0}))
    view = open_view(qtbot, held)
    assert view.answer.outputs[3] == 9.0
    assert words(view) == "Answer: class 3, 9.00"
    assert view.findChild(QWidget, "draw_instant").text == "epoch 2 · 1 unit clamped"


def test_a_problem_of_no_image_gets_a_sentence(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("iris", epochs=1)
    assert not DrawView.has_content(frame)
    view = open_view(qtbot, frame)
    assert view.answer is None
    assert view.findChild(QWidget, "draw_said").isVisible()
    assert not pad(view).isVisible()
    view.show_frame(frame_for("digits", epochs=1))
    assert pad(view).isVisible()
    assert view.answer is not None


def test_a_drawing_outlives_a_new_seed_but_no_other_range(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("digits", epochs=1)
    view = open_view(qtbot, frame)
    drag(qtbot, view, (1, 2), (1, 5), (6, 3))
    drawn = pad(view).image
    view.show_frame(frame_for("digits", epochs=1, run_id=2, seed=1))
    np.testing.assert_array_equal(pad(view).image, drawn)
    patterns = frame.setup.patterns
    fainter = Patterns(patterns.train.inputs / 2, patterns.train.targets)
    setup: PreparedExperiment = replace(frame.setup, patterns=replace(patterns, train=fainter))
    view.show_frame(replace(frame, setup=setup))
    assert not pad(view).image.any()


# -- the picture ---------------------------------------------------------------------------


def test_all_outputs_have_a_bar_or_the_largest_ones_do() -> None:
    values = np.linspace(0.0, 1.0, 26)
    units, columns, rows = fitting(values, QRectF(0, 0, 4 * NARROWEST, 140), 17)
    assert list(units) == list(range(26))
    assert columns * rows >= 26
    units, columns, rows = fitting(values, QRectF(0, 0, 2 * NARROWEST, 100), 17)
    assert list(units) == list(range(26 - columns * rows, 26))
    assert (rows + 1) * 17 <= 100


def test_many_hidden_units_get_small_cells_or_none() -> None:
    assert cells_of(32, 400, 60) == (14, 28)
    side, per_line = cells_of(512, 360, 60)
    assert side * per_line <= 360
    assert -(-512 // per_line) * side <= 60
    assert cells_of(5000, 360, 60) is None


def test_a_linear_output_has_bars_on_both_sides(frame_for: FrameFor) -> None:
    frame = frame_for("digits", epochs=0, output="tanh", error="squared")
    assert output_range(frame.setup) == (-1.0, 1.0)
    frame = frame_for("digits", epochs=0, output="linear", error="squared")
    assert output_range(frame.setup) == (0.0, 1.0)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_picture_shows_what_was_drawn(qtbot: QtBot, frame_for: FrameFor, theme: Theme) -> None:
    frame = frame_for("digits", epochs=1)
    view = open_view(qtbot, frame, theme)

    def ink(choices: dict[str, object]) -> int:
        image = picture(DrawView, frame, theme, choices, view.size())
        width, height = image.width() // 2, image.height()
        pixels: Pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(height, -1)
        return int((pixels[:, :width] == theme.colour("positive").rgb()).sum())

    blank = ink(view.choices())
    drag(qtbot, view, (1, 2), (1, 5), (6, 3))
    assert ink(view.choices()) - blank > 5 * pad(view).cell ** 2
    view.set_choices({"drawing": [1.0], "shape": (9, 9)})  # unfit: passed over
    view.set_choices({"drawing": "x"})
    assert pad(view).image.sum() > 5


def test_every_control_is_named_and_told_about(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("digits", epochs=1))
    assert pad(view).accessibleName() == "Drawing of 8 by 8 cells"
    controls = [*view.findChildren(QAbstractButton), *view.findChildren(QSlider), pad(view)]
    for control in controls:
        assert control.objectName().startswith("draw_")
        assert control.accessibleName()
        assert control.toolTip()
    assert "pattern 1 (class" in view.findChild(QAbstractButton, "draw_take").toolTip()
