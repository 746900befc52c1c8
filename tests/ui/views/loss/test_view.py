"""The loss view as a person uses it: hover, switch, zoom, and watch it follow the run."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QBuffer, QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.session.frame import Curve, Frame
from bpviz.session.recording.loss_log import LossLog
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, THEMES, Theme
from bpviz.ui.views.loss import LossView
from bpviz.ui.views.loss.plot import LossCanvas
from bpviz.ui.views.loss.readout import Footing, Heading
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]
SWITCHES = ["loss_log_error", "loss_log_epochs", "loss_show_right"]


def curve_of(error: object, test: object = None, epochs: object = None, thinned: int = 0) -> Curve:
    train = np.asarray(error, dtype=float)
    rows = np.arange(len(train)) if epochs is None else np.asarray(epochs)
    other = np.full(len(train), np.nan) if test is None else np.asarray(test, dtype=float)
    right = np.clip(1.0 - train / 4.0, 0.0, 1.0)
    return Curve(rows, train, right, other, np.clip(1.0 - other / 4.0, 0.0, 1.0), thinned)


def open_view(qtbot: QtBot, theme: Theme = LIGHT, **choices: object) -> LossView:
    """A view in a window; a window of its own would complain about the offscreen platform."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(420, 300)
    view = LossView(window, theme)
    view.resize(420, 300)
    view.set_choices(choices)
    view.kept_alive = window
    window.show()
    return view


@pytest.fixture
def view(qtbot: QtBot) -> LossView:
    return open_view(qtbot)


def heading(view: LossView) -> str:
    return view.findChild(Heading).text


def footing(view: LossView) -> str:
    return view.findChild(Footing).text


def canvas(view: LossView) -> LossCanvas:
    return view.findChild(LossCanvas)


def lines(view: LossView) -> list[tuple[np.ndarray, np.ndarray]]:
    """What is drawn: x and y of every line, in the order of drawing."""
    items = [i for i in canvas(view).scene().items() if isinstance(i, pg.PlotCurveItem)]
    data = [item.getData() for item in reversed(items)]
    return [(x, y) for x, y in data if x is not None and len(x)]


def press(qtbot: QtBot, view: LossView, name: str) -> QToolButton:
    button = view.findChild(QToolButton, name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return button


def place_of(view: LossView, x: float, y: float) -> QPoint:
    """Where a plotted coordinate is on the canvas' viewport."""
    boxes = [i for i in canvas(view).scene().items() if isinstance(i, pg.ViewBox) and i.isVisible()]
    box = max(boxes, key=lambda b: b.height())
    canvas(view).grab()  # the box knows its transform after it was painted
    return canvas(view).mapFromScene(box.mapViewToScene(QPointF(x, y)))


def hover(qtbot: QtBot, view: LossView, x: float) -> None:
    (_, _), (low, high) = canvas(view).ranges()
    move_mouse(qtbot, canvas(view).viewport(), place_of(view, x, 0.3 * low + 0.7 * high))


def mouse(view: LossView, kind: QEvent.Type, at: QPoint) -> None:
    """What a mouse with its left button down does; qtbot moves it with the button up."""
    viewport, left = canvas(view).viewport(), Qt.MouseButton.LeftButton
    down = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left
    event = QMouseEvent(
        kind, QPointF(at), QPointF(viewport.mapToGlobal(at)), button, down,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def leftmost(image: QImage, colour: str) -> int:
    """The first column with a pixel of this colour."""
    rows = range(image.height())
    columns = range(image.width())
    return next(x for x in columns for y in rows if image.pixelColor(x, y).name() == colour)


def wheel(view: LossView, steps: int) -> None:
    viewport = canvas(view).viewport()
    (left, right), (low, high) = canvas(view).ranges()
    at = QPointF(place_of(view, 0.5 * (left + right), 0.5 * (low + high)))
    event = QWheelEvent(
        at, QPointF(viewport.mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_before_the_first_frame_a_hint_stands_there(view: LossView, frame_for: FrameFor) -> None:
    hint = view.findChild(QLabel, "loss_hint")
    assert hint.isVisible()
    view.show_frame(frame_for("xor", 3))
    assert not hint.isVisible()
    assert canvas(view).isVisible()


def test_a_run_is_drawn_epoch_by_epoch(view: LossView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", 50)
    view.show_frame(frame)
    ((x, y),) = lines(view)
    assert np.array_equal(x, np.arange(51))
    assert np.array_equal(y, frame.curve.train_error)
    assert heading(view).startswith(
        "error E = Σ (t − o)², summed over 4 patterns · epoch 50 · train "
    )
    assert footing(view) == "epoch"


def test_train_and_test_are_compared_per_pattern(view: LossView, frame_for: FrameFor) -> None:
    frame = frame_for("iris", 10)
    view.show_frame(frame)
    (_, train), (_, test) = lines(view)
    assert np.allclose(train, frame.curve.train_error / 120)
    assert np.allclose(test, frame.curve.test_error / 30)
    assert "categorical cross-entropy per pattern, E / P in nats" in heading(view)
    assert " · train " in heading(view)
    assert " · test " in heading(view)


def test_the_scale_is_chosen(view: LossView, frame_for: FrameFor, qtbot: QtBot) -> None:
    frame = frame_for("iris", 10)
    view.show_frame(frame)
    box = view.findChild(QComboBox, "loss_scale")
    assert box.currentText() == "E/P"
    with qtbot.waitSignal(view.choices_changed):
        qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.currentText() == "E"
    assert np.array_equal(lines(view)[0][1], frame.curve.train_error)
    assert "summed over 120 patterns (test 30)" in heading(view)
    view.show_frame(frame_for("gauss", 2))
    assert box.currentText() == "E", "what a person chose stays"


@pytest.mark.parametrize("problem", ["xor", "iris", "gauss", "sine"])
def test_the_default_scale_follows_the_problem(
    view: LossView, frame_for: FrameFor, problem: str
) -> None:
    view.show_frame(frame_for("iris", 1))
    frame = frame_for(problem, 1)
    view.show_frame(frame)
    alone = frame.setup.patterns.test is None
    shown = view.findChild(QComboBox, "loss_scale").currentText()
    assert shown == ("E" if alone else "E/P")
    assert len(lines(view)) == (1 if alone else 2)


def test_logarithmic_axes(view: LossView, frame_for: FrameFor, qtbot: QtBot) -> None:
    frame = frame_for("xor", 40)
    view.show_frame(frame)
    with qtbot.waitSignal(view.choices_changed):
        press(qtbot, view, "loss_log_error")
    with qtbot.waitSignal(view.choices_changed):
        press(qtbot, view, "loss_log_epochs")
    ((x, y),) = lines(view)
    assert np.allclose(x, np.log10(np.arange(1, 41)))
    assert np.allclose(y, np.log10(frame.curve.train_error[1:]))
    assert "epoch 0 is left out" in footing(view)
    press(qtbot, view, "loss_log_epochs")
    assert lines(view)[0][0][0] == 0.0
    assert footing(view) == "epoch"


def test_the_share_right_is_a_second_plot_on_the_same_epochs(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = replace(frame_for("xor", 1), curve=curve_of(np.linspace(4.0, 0.0, 101)))
    view.show_frame(frame)
    assert "right" not in heading(view)
    alone = canvas(view).grab().toImage()
    with qtbot.waitSignal(view.choices_changed):
        press(qtbot, view, "loss_show_right")
    assert canvas(view).grab().toImage() != alone
    _, (x, right) = lines(view)
    assert np.array_equal(x, np.arange(101))
    assert np.allclose(right, np.linspace(0.0, 100.0, 101))
    assert "100.0 % right" in heading(view)
    press(qtbot, view, "loss_show_right")
    assert len(lines(view)) == 1
    assert canvas(view).grab().toImage() == alone, "everything is where it was"


def test_the_crosshair_reads_the_nearest_epoch(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    errors = np.linspace(4.0, 1.0, 1001)
    view.show_frame(replace(frame_for("xor", 1), curve=curve_of(errors)))
    assert "epoch 1,000 · train 1.00" in heading(view)
    hover(qtbot, view, 500.0)
    qtbot.waitUntil(lambda: "epoch 1,000" not in heading(view))
    epoch = int(heading(view).split("epoch ")[1].split(" ")[0])
    assert abs(epoch - 500) <= 3
    assert f"train {errors[epoch]:.2f}" in heading(view)
    QApplication.sendEvent(canvas(view), QEvent(QEvent.Type.Leave))
    assert "epoch 1,000 · train 1.00" in heading(view)


def test_the_crosshair_stays_while_the_run_goes_on(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = replace(frame_for("xor", 1), curve=curve_of(np.full(90, 2.0)))
    view.show_frame(frame)
    hover(qtbot, view, 20.0)
    qtbot.waitUntil(lambda: "epoch 89" not in heading(view))
    before = heading(view)
    view.show_frame(replace(frame, curve=curve_of(np.full(100, 2.0))))
    assert heading(view) == before


def test_reading_never_moves_anything(view: LossView, frame_for: FrameFor, qtbot: QtBot) -> None:
    frame = frame_for("iris", 1)
    places = set()
    for error in (1e-9, 0.5, 123_456.0, 1e12, 1e300):
        view.show_frame(replace(frame, curve=curve_of([error, error / 2], [error, error / 3])))
        places.add(place_of(view, 0.0, 0.0).x())
        parts = [canvas(view), *view.findChildren(Heading), *view.findChildren(QToolButton)]
        places.add(tuple(part.geometry().getRect() for part in parts))
        legend = view.findChild(Heading).grab().toImage()
        places.add(("test", leftmost(legend, LIGHT.test)))
    assert len(places) == 3, "one place of the origin, of all parts, of the legend's second line"


def test_the_axes_follow_in_round_steps(view: LossView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", 1)
    ends = []
    for n in range(100, 1_000, 10):
        view.show_frame(replace(frame, curve=curve_of(np.linspace(3.0, 1.0, n + 1))))
        ends.append(canvas(view).ranges()[0][1])
    assert ends == sorted(ends)
    assert len(set(ends)) <= 11
    assert all(n <= end <= 1.37 * n for n, end in zip(range(100, 1_000, 10), ends, strict=True))


def test_zooming_stops_following_until_auto(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = replace(frame_for("xor", 1), curve=curve_of(np.linspace(3.0, 1.0, 1_001)))
    view.show_frame(frame)
    whole = canvas(view).ranges()
    auto = view.findChild(QToolButton, "loss_auto")
    assert auto.isChecked()
    wheel(view, 5)
    assert not auto.isChecked()
    zoomed = canvas(view).ranges()
    assert zoomed[0][1] - zoomed[0][0] < 0.9 * (whole[0][1] - whole[0][0])
    longer = replace(frame, curve=curve_of(np.linspace(3.0, 1.0, 5_001)))
    view.show_frame(longer)
    assert canvas(view).ranges() == zoomed
    press(qtbot, view, "loss_auto")
    assert auto.isChecked()
    assert canvas(view).ranges()[0] == (0.0, pytest.approx(5_000.0, rel=0.02))


def test_dragging_pans(view: LossView, frame_for: FrameFor, qtbot: QtBot) -> None:
    view.show_frame(replace(frame_for("xor", 1), curve=curve_of(np.linspace(3.0, 1.0, 1_001))))
    wheel(view, 8)
    before = canvas(view).ranges()[0]
    middle = place_of(view, sum(before) / 2, sum(canvas(view).ranges()[1]) / 2)
    mouse(view, QEvent.Type.MouseButtonPress, middle)
    for step in (10, 30, 60):
        mouse(view, QEvent.Type.MouseMove, middle - QPoint(step, 0))
    mouse(view, QEvent.Type.MouseButtonRelease, middle - QPoint(60, 0))
    assert canvas(view).ranges()[0][0] > before[0]
    assert not view.findChild(QToolButton, "loss_auto").isChecked()


def test_auto_can_be_switched_off_to_hold_what_is_shown(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = frame_for("xor", 10)
    view.show_frame(frame)
    press(qtbot, view, "loss_auto")
    held = canvas(view).ranges()
    view.show_frame(replace(frame, curve=curve_of(np.linspace(9.0, 1.0, 500))))
    assert canvas(view).ranges() == held


def test_another_kind_of_axis_follows_again(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    view.show_frame(frame_for("xor", 100))
    wheel(view, 5)
    press(qtbot, view, "loss_log_epochs")
    assert view.findChild(QToolButton, "loss_auto").isChecked()
    assert canvas(view).ranges()[0] == (0.0, pytest.approx(2.0, rel=0.02))


def test_nothing_stale_is_shown_when_a_new_setup_arrives(
    view: LossView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("iris", 200))
    wheel(view, 5)
    frame = frame_for("xor", 0)
    view.show_frame(frame)
    assert view.findChild(QToolButton, "loss_auto").isChecked()
    ((x, y),) = lines(view)
    assert (x.tolist(), y.tolist()) == ([0.0], frame.curve.train_error.tolist())
    assert canvas(view).ranges()[0] == (0.0, pytest.approx(10.0, rel=0.02))
    assert "epoch 0 · train " in heading(view)
    assert "test" not in heading(view)


@pytest.mark.parametrize("log_epochs", [False, True])
@pytest.mark.parametrize("log_error", [False, True])
@pytest.mark.parametrize(
    "errors",
    [
        [], [1.0], [0.0], [0.0, 0.0, 0.0], [np.nan], [np.nan, 1.0, np.nan, 0.5],
        [1.0, 0.5, 0.0], [np.inf, 1.0], [1e308, 1e-308, 1e300], [5e-324, 1.0], [1e150] * 3,
        [3.0, np.nan],
    ],
)  # fmt: skip
def test_odd_curves_are_drawn_without_a_word(
    view: LossView, frame_for: FrameFor, errors: list[float], log_error: bool, log_epochs: bool
) -> None:
    view.set_choices({"log_error": log_error, "log_epochs": log_epochs, "show_right": True})
    frame = frame_for("iris", 1)
    view.show_frame(replace(frame, curve=curve_of(errors, errors)))
    view.grab()
    view.show_frame(replace(frame, curve=curve_of(errors * 700, errors * 700)))
    hover_at = canvas(view).ranges()[0][1] / 2
    canvas(view).pointed.emit(hover_at)
    view.grab()
    wheel(view, 3)
    view.grab()


def test_a_thinned_curve_says_so(view: LossView, frame_for: FrameFor) -> None:
    log = LossLog(1_024)
    errors = np.random.default_rng(0).random(5_000)
    log.extend(np.arange(5_000), errors, errors)
    view.show_frame(replace(frame_for("xor", 1), curve=log.curve()))
    until = log.curve().thinned_before + 1
    assert f"before epoch {until:,}: lowest and highest of several epochs" in footing(view)
    assert canvas(view).ranges()[0] == (0.0, pytest.approx(5_000.0, rel=0.02))


def test_a_spike_of_one_epoch_among_a_million_is_seen(view: LossView, frame_for: FrameFor) -> None:
    errors = np.full(1_000_000, 0.5)
    errors[123_456] = 0.9
    log = LossLog()
    log.extend(np.arange(len(errors)), errors, errors)
    view.show_frame(replace(frame_for("xor", 1), curve=log.curve()))
    ((x, y),) = lines(view)
    assert y.max() == 0.9
    assert abs(x[y.argmax()] - 123_456) < 4_000
    assert len(x) < 4_000


def test_zeros_on_a_logarithmic_axis_are_named(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    view.show_frame(replace(frame_for("and", 1), curve=curve_of([2.0, 1.0, 0.0, 0.0])))
    assert footing(view) == "epoch"
    press(qtbot, view, "loss_log_error")
    assert footing(view) == "epoch · errors of 0 are left out"
    assert "train 0" in heading(view), "the readout still knows"


def test_choices_make_a_second_view_look_the_same(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = frame_for("iris", 30)
    view.show_frame(frame)
    for name in SWITCHES:
        press(qtbot, view, name)
    qtbot.keyClick(view.findChild(QComboBox, "loss_scale"), Qt.Key.Key_Up)
    other = open_view(qtbot, **view.choices())
    other.show_frame(frame)
    wheel(view, 5)
    assert other.choices() == view.choices(), "a zoom is no choice"
    press(qtbot, view, "loss_auto")
    for part in (Heading, LossCanvas, Footing):
        pictures = [each.findChild(part).grab().toImage() for each in (view, other)]
        assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    "choices", [{}, {"log_error": "yes", "scale": 7}, {"unknown": 1}, {"scale": None}]
)
def test_unfit_choices_are_passed_over(
    view: LossView, choices: dict[str, object], qtbot: QtBot
) -> None:
    before = view.choices()
    with qtbot.assertNotEmitted(view.choices_changed):
        view.set_choices(choices)
        view.set_choices({"log_error": True})
    assert view.choices() == {**before, "log_error": True}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_colour_follows_the_theme(theme: Theme, frame_for: FrameFor, qtbot: QtBot) -> None:
    """A view that changes its theme looks like one that had it from the start."""
    frame = frame_for("iris", 30)
    changed, born = (
        open_view(qtbot, each, show_right=True, log_error=True)
        for each in (DARK if theme is LIGHT else LIGHT, theme)
    )
    for each in (changed, born):
        each.show_frame(frame)
    changed.set_theme(theme)
    assert changed.grab().toImage() == born.grab().toImage()
    image = born.grab().toImage()
    assert image.pixelColor(2, 298) == theme.colour("surface")
    colours = {image.pixelColor(x, y).name() for x in range(420) for y in range(300)}
    assert {theme.train, theme.test} <= colours


def test_every_control_is_named_and_explained(view: LossView) -> None:
    assert view.objectName() == "view_loss"
    controls = [*view.findChildren(QToolButton), *view.findChildren(QComboBox)]
    assert {c.objectName() for c in controls} == {*SWITCHES, "loss_scale", "loss_auto"}
    for control in controls:
        assert control.accessibleName()
        assert control.toolTip()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_picture_of_any_size_is_made_by_a_painter(view: LossView, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("iris", 30))
    for size, scale in ((QSize(420, 300), 1), (QSize(900, 500), 2)):
        view.resize(size)
        image = QImage(size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(Qt.GlobalColor.red)
        painter = QPainter(image)
        view.render(painter, QPoint())
        painter.end()
        seen = {image.pixelColor(x, size.height() * scale // 2).name()
                for x in range(size.width() * scale)}  # fmt: skip
        assert QImage.pixelColor(image, 3, 3).name() == LIGHT.surface
        assert len(seen) > 3


def test_the_svg_is_made_of_lines_and_text(view: LossView, frame_for: FrameFor) -> None:
    noise = np.random.default_rng(0).random(20_000)
    view.show_frame(replace(frame_for("xor", 1), curve=curve_of(noise)))
    view.findChild(QWidget, "loss_controls").hide()
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.size())
    generator.setViewBox(QRect(QPoint(), view.size()))
    painter = QPainter(generator)
    view.render(painter, QPoint())
    painter.end()
    svg = bytes(buffer.data().data()).decode()
    assert "<image" not in svg
    assert "summed over 4 patterns" in svg
    assert LIGHT.train in svg
    assert svg.count("<path") + svg.count("<polyline") < 200, "a curve is one line, not thousands"


@pytest.mark.parametrize("kind", ["smooth", "noisy"])
def test_a_full_log_is_drawn_with_a_few_points_for_each_column_of_pixels(
    view: LossView, frame_for: FrameFor, kind: str
) -> None:
    """So a frame takes 2 to 5 ms, however long the run is (see the benchmark of the window)."""
    frame = frame_for("gauss", 1)
    n = 65_536
    y = 1.0 / (1.0 + np.arange(n) / 5e3)
    if kind == "noisy":
        y = np.random.default_rng(0).random(n)
    view.show_frame(replace(frame, curve=curve_of(y, y * 1.2)))
    drawn = [len(x) for x, _ in lines(view)]
    assert canvas(view).columns() < max(drawn) < 5 * canvas(view).columns()


def test_a_closed_view_leaves_nothing_behind(frame_for: FrameFor, qtbot: QtBot) -> None:
    before = set(QApplication.topLevelWidgets())
    view = open_view(qtbot)
    view.show_frame(frame_for("xor", 3))
    view.parentWidget().close()
    view.parentWidget().deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert set(QApplication.topLevelWidgets()) <= before


FALL = np.r_[np.linspace(1.0, 0.01, 100), np.full(9_900, 0.01)]
"""An error that has fallen after 100 of 10,000 epochs."""


def epoch_axis_is_log(view: LossView) -> bool:
    return view.findChild(QToolButton, "loss_log_epochs").isChecked()


def test_the_epoch_axis_turns_logarithmic_where_a_linear_one_shows_a_vertical_line(
    view: LossView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", 1)
    for until, log in ((100, False), (1_000, False), (3_000, True), (10_000, True)):
        view.show_frame(replace(frame, curve=curve_of(FALL[:until])))
        assert epoch_axis_is_log(view) == log
    assert "logarithmic" in footing(view)
    assert lines(view)[0][0][-1] == pytest.approx(np.log10(9_999))
    view.show_frame(replace(frame, curve=curve_of(FALL[:1])))  # reset
    assert not epoch_axis_is_log(view)


def test_a_long_plateau_or_late_fall_stays_linear(view: LossView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", 1)
    plateau = np.r_[np.linspace(1.03, 1.0, 20), np.full(2_000, 1.0)]
    view.show_frame(replace(frame, curve=curve_of(plateau)))
    assert not epoch_axis_is_log(view)
    view.show_frame(replace(frame, curve=curve_of(FALL[::-1] * -1.0 + 1.0)))
    assert not epoch_axis_is_log(view)


def test_the_users_choice_of_the_epoch_axis_stays(
    qtbot: QtBot, view: LossView, frame_for: FrameFor
) -> None:
    frame = replace(frame_for("xor", 1), curve=curve_of(FALL))
    view.show_frame(frame)
    press(qtbot, view, "loss_log_epochs")
    view.show_frame(replace(frame, curve=curve_of(np.r_[FALL, FALL[-1]])))
    assert not epoch_axis_is_log(view)
    assert view.choices()["log_epochs"] is False


def test_a_picture_has_the_axis_of_the_screen(
    view: LossView, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = frame_for("xor", 1)
    view.show_frame(replace(frame, curve=curve_of(FALL)))
    late = np.r_[FALL, np.linspace(0.01, 5.0, 20_000)]  # alone, it would stay linear
    view.show_frame(replace(frame, curve=curve_of(late)))
    other = LossView()
    qtbot.addWidget(other)
    other.set_choices(view.choices())
    other.show_frame(view._frame)
    assert epoch_axis_is_log(other) == epoch_axis_is_log(view)
