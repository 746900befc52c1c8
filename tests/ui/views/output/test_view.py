"""The output view as a person uses it: every way to show every problem, and what it says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import outputs
from bpviz.core.model.patterns import Patterns, PatternSet, class_of
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden
from bpviz.problems.table import PROBLEMS
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.contours import contour_segments
from bpviz.ui.toolkit.drawing.legend import KeyRow, Legend
from bpviz.ui.toolkit.drawing.output_colours import decision_level, output_scale
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.output.confusion import ConfusionPart, confusion
from bpviz.ui.views.output.line import LinePart
from bpviz.ui.views.output.model import PatternModel
from bpviz.ui.views.output.modes import MODES, SWITCHES, modes_for
from bpviz.ui.views.output.plane import PlanePart
from bpviz.ui.views.output.scatter import ScatterPart
from bpviz.ui.views.output.table_and_plane import TableAndPlanePart
from bpviz.ui.views.output.view import NOT_COMPUTED, OutputView
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def open_view(
    qtbot: QtBot, theme: Theme = LIGHT, size: tuple[int, int] = (420, 300), **choices: object
) -> OutputView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = OutputView(window, theme)
    view.set_choices(choices)
    view.resize(*size)
    view.kept_alive = window
    window.show()
    return view


@pytest.fixture
def view(qtbot: QtBot) -> OutputView:
    return open_view(qtbot)


def picture(view: QWidget) -> QImage:
    QApplication.processEvents()  # lays out what has changed
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    image.fill(0)
    view.render(image)
    return image


def box(view: OutputView, name: str) -> QComboBox:
    return view.findChild(QComboBox, name)


def choose(qtbot: QtBot, view: OutputView, name: str, data: object) -> None:
    """Go to an entry with the keys, as a person would."""
    combo = box(view, name)
    assert combo.isVisibleTo(view)
    target = [combo.itemData(i) for i in range(combo.count())].index(data)
    while combo.currentIndex() != target:
        down = combo.currentIndex() < target
        with qtbot.waitSignal(view.choices_changed):
            qtbot.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def readout(view: OutputView) -> str:
    return view.findChild(TextLine, "output_readout").text


def without(frame: Frame, **parts: object) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, **parts))


def with_parameters(frame: Frame, parameters: np.ndarray) -> Frame:
    """The same run with other weights, and all outputs that belong to them."""
    setup = frame.setup

    def answer(inputs: np.ndarray | None) -> np.ndarray | None:
        return None if inputs is None else outputs(setup.network, parameters, inputs)

    test = setup.patterns.test
    return without(
        frame,
        parameters=parameters,
        train_outputs=answer(setup.patterns.train.inputs),
        test_outputs=answer(None if test is None else test.inputs),
        probe_outputs=answer(setup.probe),
    )


@pytest.fixture
def trees(tmp_path: Path) -> str:
    """A CSV file with two numbers and one of three classes in each row."""
    rng = np.random.default_rng(5)
    rows = [
        f"{rng.normal(x, 0.4):.3f},{rng.normal(y, 0.4):.3f},{kind}"
        for kind, x, y in (("ash", 0, 0), ("oak", 3, 0), ("yew", 1, 3))
        for _ in range(30)
    ]
    path = tmp_path / "trees.csv"
    path.write_text("width,height,kind\n" + "\n".join(rows) + "\n")
    return str(path)


# -- every problem, every way --------------------------------------------------------------

DEFAULTS = {
    "xor": "both", "not": "table", "majority": "table", "spiral": "plane", "plane": "plane",
    "sine": "function", "iris": "confusion", "digits": "confusion",
}  # fmt: skip


@pytest.mark.parametrize(("problem", "mode"), DEFAULTS.items())
def test_a_problem_is_first_shown_in_the_way_that_suits_it(
    view: OutputView, frame_for: FrameFor, problem: str, mode: str
) -> None:
    view.show_frame(frame_for(problem, epochs=1))
    assert box(view, "output_mode").currentData() == mode


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_way_shows_every_problem_that_it_fits(
    qtbot: QtBot, frame_for: FrameFor, problem: str
) -> None:
    frame = frame_for(problem, epochs=1)
    modes = modes_for(frame.setup.patterns, hidden=bool(frame.setup.network.hidden))
    assert modes
    for mode in modes:
        view = open_view(qtbot, mode=mode.key)
        empty = picture(view)
        view.show_frame(frame)
        picture(view)
        assert box(view, "output_mode").currentData() == mode.key
        assert view.snapshot_request() != SnapshotRequest()
        # Without what it wants there is nothing to show, and with just that there is.
        bare = without(
            frame, train_outputs=None, test_outputs=None, probe_outputs=None, activations=()
        )
        view.show_frame(bare)
        assert NOT_COMPUTED in [label.text() for label in view.findChildren(QLabel)]
        wanted = view.snapshot_request()
        given = {
            name: getattr(frame.snapshot, name)
            for name, wants in (
                ("train_outputs", wanted.outputs),
                ("test_outputs", wanted.outputs),
                ("probe_outputs", wanted.probe),
                ("activations", wanted.activations),
            )
            if wants
        }
        view.show_frame(without(bare, **given))
        assert picture(view) != empty


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("mode", [mode.key for mode in MODES])
def test_a_second_instance_makes_the_same_picture(
    qtbot: QtBot, frame_for: FrameFor, mode: str, theme: Theme
) -> None:
    problem = {"both": "xor", "function": "noisy-sine", "scatter": "plane"}.get(mode, "moons")
    frame = frame_for(problem, epochs=2)
    view = open_view(qtbot, LIGHT)
    view.show_frame(frame)
    view.set_theme(theme)
    if box(view, "output_mode").currentData() != mode:
        choose(qtbot, view, "output_mode", mode)
    if mode in ("confusion", "table"):
        choose(qtbot, view, "output_split", "test")
    view.select_pattern(3)
    second = OutputView(theme=theme)
    qtbot.addWidget(second)
    second.set_choices(view.choices())
    second.resize(view.size())
    second.show_frame(frame)
    images = []
    for each in (view, second):
        picture(each)
        each.findChild(QTableView) and each.findChild(QTableView).clearFocus()
        area = box(each, "output_mode").geometry().bottom() + 1
        images.append(picture(each).copy(0, area, each.width(), each.height() - area))
    assert images[0] == images[1]


def test_before_the_first_frame_there_is_a_quiet_hint(view: OutputView) -> None:
    assert "appear here" in view.findChild(QLabel).text()
    assert not box(view, "output_mode").isVisibleTo(view)
    picture(view)


def test_the_instant_is_said(view: OutputView, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("xor", epochs=12))
    assert "epoch 12" in [line.text for line in view.findChildren(TextLine)]


@pytest.mark.parametrize(
    "choices",
    [{"mode": "pie"}, {"mode": "confusion"}, {"split": "all"}, {"unit": 9}, {"unit": "x"},
     {"selected": -1}, {"selected": 10**9}, {"what": 1}],
)  # fmt: skip
def test_unfit_choices_are_passed_over(
    qtbot: QtBot, frame_for: FrameFor, choices: dict[str, object]
) -> None:
    view = open_view(qtbot, **choices)
    view.show_frame(frame_for("xor", epochs=1))
    assert box(view, "output_mode").currentData() == "both"
    picture(view)


def test_a_chosen_way_comes_back_with_a_problem_that_it_fits(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("spiral", epochs=0))
    choose(qtbot, view, "output_mode", "confusion")
    view.show_frame(frame_for("xor", epochs=0))
    assert box(view, "output_mode").currentData() == "both"
    view.show_frame(frame_for("iris", epochs=0))
    assert box(view, "output_mode").currentData() == "confusion"


# -- the plane -----------------------------------------------------------------------------


def plane(view: OutputView) -> PlanePart:
    return view.findChild(PlanePart)


def place_of(part: PlanePart | LinePart | ScatterPart, x: float, y: float) -> QPoint:
    """Where a point of the plot lies in the canvas's viewport."""
    scene = part.plot.box.mapViewToScene(QPointF(x, y))
    return part.canvas.mapFromScene(scene)


def colour_on(part: PlanePart, x: float, y: float) -> QColor:
    return part.canvas.grab().toImage().pixelColor(place_of(part, x, y))


def alike(a: QColor, b: QColor, within: int) -> bool:
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return all(abs(x - y) <= within for x, y in pairs)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_plane_has_the_colour_of_the_output_everywhere(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    view = open_view(qtbot, theme, size=(640, 420), mode="plane")
    frame = frame_for("gauss", epochs=3)
    view.show_frame(frame)
    picture(view)
    part = plane(view)
    scale = output_scale(frame.setup, 0)
    assert (scale.low, scale.centre, scale.high) == (0.0, 0.5, 1.0)
    for x, y in ((-5.5, 5.5), (5.6, -5.0), (-5.5, -5.8), (5.8, 5.8), (5.0, -5.8)):
        output = outputs(frame.setup.network, frame.snapshot.parameters, np.array([[x, y]]))[0]
        expected = QColor.fromRgb(int(scale.pixels(theme, output)[0]))
        assert alike(colour_on(part, x, y), expected, 6)


def test_the_plane_is_right_where_its_sides_have_other_ranges(
    qtbot: QtBot, frame_for: FrameFor, tmp_path: Path
) -> None:
    """A steep answer, so that a picture that is shifted by half a cell is seen."""
    path = tmp_path / "wide.csv"
    rows = [f"{x},{y},{int(x > 5)}" for x in range(11) for y in (100, 200, 300)]
    path.write_text("\n".join(["x,y,z", *rows]))
    view = open_view(qtbot, size=(640, 420), mode="plane")
    frame = frame_for(str(path), epochs=0, hidden=(), options={"test_share": 0.0})
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[:, 0] = 0.6, 0.03
    network.biases(parameters, 1)[:] = -3.0 - 6.0
    view.show_frame(with_parameters(frame, parameters))
    picture(view)
    image, part = plane(view).canvas.grab().toImage(), plane(view)
    scale = output_scale(frame.setup, 0)
    right = []
    for x, y in np.random.default_rng(0).uniform((0.5, 110.0), (9.5, 290.0), (300, 2)):
        if part.point_near(QPointF(place_of(part, x, y))) is not None:
            continue
        exact = part.coordinates(QPointF(place_of(part, x, y)))
        inputs = np.array([[exact.x(), exact.y()]])
        answer = outputs(network, parameters, inputs)[0]
        if abs(answer[0] - 0.5) < 0.05:  # on the line
            continue
        expected = QColor.fromRgb(int(scale.pixels(LIGHT, answer)[0]))
        right.append(alike(image.pixelColor(place_of(part, x, y)), expected, 8))
    assert len(right) > 200
    assert np.mean(right) > 0.98


def test_the_line_lies_where_the_output_is_one_half(view: OutputView, frame_for: FrameFor) -> None:
    frame = frame_for("gauss", epochs=5, hidden=())
    view.show_frame(frame)
    path = plane(view).line.path()
    points = np.array([[path.elementAt(i).x, path.elementAt(i).y]
                       for i in range(path.elementCount())])  # fmt: skip
    assert len(points) == 2  # the ends of one straight line
    answers = outputs(frame.setup.network, frame.snapshot.parameters, points)
    assert np.abs(answers - 0.5).max() < 0.01


def test_numbers_have_no_decision_and_zero_is_the_surface(
    view: OutputView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("plane", epochs=5))
    assert plane(view).line.path().isEmpty()
    (scale,) = view.findChild(Legend).scales
    assert scale.centre == 0.0
    assert scale.high == -scale.low >= 1.0


@pytest.mark.parametrize("field", ["circle", "saddle", "flat"])
def test_contours_follow_the_level(field: str) -> None:
    y, x = np.mgrid[0:41, 0:51].astype(float)
    values = {
        "circle": np.hypot(x - 25, y - 20),
        "saddle": (x - 25.2) * (y - 19.7) + 10.0,
        "flat": np.full(x.shape, 3.0),
    }[field]
    lines = contour_segments(values, 10.0)
    assert (len(lines) == 0) == (field == "flat")
    if field == "circle":
        away = np.hypot(lines[..., 0] - 25, lines[..., 1] - 20)
        assert np.abs(away - 10.0).max() < 0.02
        length = np.hypot(*np.moveaxis(lines[:, 1] - lines[:, 0], -1, 0)).sum()
        assert length == pytest.approx(2 * np.pi * 10, rel=0.01)
    if field == "saddle":
        off = np.minimum(np.abs(lines[..., 0] - 25.2), np.abs(lines[..., 1] - 19.7))
        assert off.max() < 0.6
    # Lines end only at the border, or where another one goes on.
    ends, count = np.unique(lines.reshape(-1, 2).round(9), axis=0, return_counts=True)
    loose = ends[count % 2 == 1]
    border = (loose == 0) | (loose == [50, 40])
    assert border.any(axis=1).all()


@pytest.mark.parametrize(("corner", "joined"), [(1.0, True), (0.4, False)])
def test_a_saddle_is_cut_so_that_its_middle_stays_on_its_side(corner: float, joined: bool) -> None:
    # Both high corners lie at (0, 0) and (1, 1); with high ones the middle is above the level.
    lines = contour_segments(np.array([[corner, 0.0], [0.0, corner]]), 0.3)
    assert lines.shape == (2, 2, 2)
    middles = lines.mean(axis=1)
    highs, lows = np.array([[0, 0], [1, 1]]), np.array([[1, 0], [0, 1]])
    to_high = np.linalg.norm(middles[:, None] - highs, axis=2).min(axis=1)
    to_low = np.linalg.norm(middles[:, None] - lows, axis=2).min(axis=1)
    assert (to_low < to_high).all() == joined


def test_contours_of_numbers_that_are_not_there() -> None:
    values = np.full((5, 5), np.nan)
    assert contour_segments(values, 0.5).shape == (0, 2, 2)


def test_a_diverged_run_still_has_a_picture(view: OutputView, frame_for: FrameFor) -> None:
    frame = frame_for("spiral", epochs=0)
    broken = np.full_like(frame.snapshot.probe_outputs, np.nan)
    view.show_frame(without(frame, probe_outputs=broken))
    picture(view)
    assert colour_on(plane(view), 5.7, 5.7) == QColor(LIGHT.muted)


def test_training_points_are_filled_and_test_points_outlined_by_target(
    view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("gauss", epochs=0)
    view.show_frame(frame)
    part, patterns = plane(view), frame.setup.patterns
    for item, points, colour in (
        (part.dots, patterns.train, lambda spot: spot.brush().color()),
        (part.rings, patterns.test, lambda spot: spot.pen().color()),
    ):
        spots = item.points()
        assert len(spots) == len(points)
        for row in (0, 5, len(points) - 1):
            spot = spots[row]
            assert (spot.pos().x(), spot.pos().y()) == tuple(points.inputs[row])
            sign = LIGHT.positive if points.targets[row, 0] == 1 else LIGHT.negative
            assert colour(spot) == QColor(sign)
    texts = [key.text for key in view.findChild(Legend).keys]
    assert texts == ["upper right", "lower left", "train", "test", "output 0.5"]


def test_the_readout_gives_the_exact_output_under_the_mouse(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("gauss", epochs=2)
    view.show_frame(frame)
    picture(view)
    part = plane(view)
    place = place_of(part, -5.6, 5.6)
    move_mouse(qtbot, part.canvas.viewport(), place)
    at = part.coordinates(QPointF(place))
    exact = float(outputs(frame.setup.network, frame.snapshot.parameters,
                          np.array([[at.x(), at.y()]]))[0, 0])  # fmt: skip
    said = readout(view)
    assert said.startswith("x1 −5.")
    assert float(said.split("y ")[1].split()[0]) == pytest.approx(exact, rel=6e-3)
    name = frame.setup.patterns.class_names[int(exact > 0.5)]
    assert said.endswith(f"({name})")
    other = with_parameters(frame, np.zeros_like(frame.snapshot.parameters))
    view.show_frame(other)
    assert "y 0.500" in readout(view)
    move_mouse(qtbot, view, QPoint(2, view.height() - 2))
    qtbot.waitUntil(lambda: readout(view) == "")


def test_clicking_a_point_selects_its_pattern(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("gauss", epochs=0)
    view.show_frame(frame)
    picture(view)
    part, inputs = plane(view), frame.setup.patterns.train.inputs
    alone = int(np.argmax(np.sort(np.linalg.norm(inputs[:, None] - inputs, axis=2))[:, 1]))
    with qtbot.waitSignal(view.pattern_selected, check_params_cb=lambda row: row == alone):
        qtbot.mouseClick(
            part.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(part, *inputs[alone])
        )
    (ring,) = part.marked.points()
    assert (ring.pos().x(), ring.pos().y()) == tuple(inputs[alone])


def test_points_are_painted_where_they_are_after_every_change_of_the_range(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    """Zoomed, moved and put back, each time painted more than once, as on a screen."""
    view = open_view(qtbot, size=(640, 480), mode="plane")
    frame = frame_for("gauss", epochs=0)
    view.show_frame(with_parameters(frame, np.zeros_like(frame.snapshot.parameters)))
    picture(view)
    part, train = plane(view), frame.setup.patterns.train
    colours = [QColor(LIGHT.positive if t == 1 else LIGHT.negative) for t in train.targets[:, 0]]
    (left, right), (low, high) = part.plot.box.viewRange()
    ranges = ((left, right), (low, high)), ((-3.0, 3.0), (-2.0, 4.0)), ((-1.0, 5.0), (-5.0, 1.0))
    for x, y in (*ranges, ranges[0]):
        part.plot.set_range(x, y)
        for _ in range(3):
            image = part.canvas.grab().toImage()
        inside = [
            (place_of(part, *at), colour)
            for at, colour in zip(train.inputs, colours, strict=True)
            if x[0] + 0.3 < at[0] < x[1] - 0.3 and y[0] + 0.3 < at[1] < y[1] - 0.3
        ]
        assert len(inside) > 20
        right_ones = sum(alike(image.pixelColor(place), c, 12) for place, c in inside)
        assert right_ones > 0.9 * len(inside)  # a point may lie on another


def test_several_classes_show_the_winner_or_one_output(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor, trees: str
) -> None:
    frame = frame_for(trees, epochs=30)
    view.show_frame(frame)
    picture(view)
    part, units = plane(view), box(view, "output_unit")
    assert [units.itemText(i) for i in range(units.count())] == [
        "winning class", "ash", "oak", "yew",
    ]  # fmt: skip
    (left, right), (low, high) = frame.setup.patterns.domain
    x, y = left + 0.02 * (right - left), low + 0.03 * (high - low)
    output = outputs(frame.setup.network, frame.snapshot.parameters, np.array([[x, y]]))
    strong = LIGHT.class_colours(3)[int(class_of(output)[0])].astype(float)
    tint = QColor(*(int(c) for c in (255 + 0.45 * (strong - 255)).round()))
    assert alike(colour_on(part, x, y), tint, 6)
    choose(qtbot, view, "output_unit", 1)
    assert view.findChild(Legend).scales[0].title == "oak"
    expected = output_scale(frame.setup, 1).pixels(LIGHT, output[0, 1:2])[0]
    assert alike(colour_on(part, x, y), QColor.fromRgb(int(expected)), 6)


# -- the function --------------------------------------------------------------------------


def line(view: OutputView) -> LinePart:
    return view.findChild(LinePart)


def test_the_curve_is_the_network_and_the_truth_is_dashed(
    view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("noisy-sine", epochs=5)
    view.show_frame(frame)
    part = line(view)
    (curve,) = part.curves
    x, y = curve.getData()
    assert (x == frame.setup.probe[:, 0]).all()
    assert (y == frame.snapshot.probe_outputs[:, 0]).all()
    x, y = part.truth.getData()
    assert np.abs(y - np.sin(x)).max() < 1e-12
    texts = [key.text for key in view.findChild(KeyRow).keys]
    assert texts == ["network", "true function", "train", "test", "not trained here"]


def test_where_nothing_was_trained_there_is_a_shade(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("sine", epochs=5)
    view.show_frame(frame)
    picture(view)
    part, inputs = line(view), frame.setup.patterns.train.inputs
    (left, right), *_ = frame.setup.patterns.domain
    spans = [(shade.rect().left(), shade.rect().right()) for shade in part.shades]
    assert spans == [
        (pytest.approx(left), pytest.approx(inputs.min())),
        (pytest.approx(inputs.max()), pytest.approx(right)),
    ]
    for x, beyond in ((left + 0.2, True), (0.0, False)):
        place = place_of(part, x, 1.3)
        move_mouse(qtbot, part.canvas.viewport(), place)
        assert ("not trained here" in readout(view)) == beyond


def test_the_axes_do_not_move_while_training(view: OutputView, frame_for: FrameFor) -> None:
    frame = frame_for("sine", epochs=0)
    view.show_frame(frame)
    before = line(view).plot.box.viewRange()
    view.show_frame(with_parameters(frame, frame.snapshot.parameters * 50.0))
    assert line(view).plot.box.viewRange() == before


def test_a_curve_for_each_of_several_outputs(
    view: OutputView, frame_for: FrameFor, tmp_path: Path
) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{x / 10},{np.sin(x / 10):.4f},{x / 20}" for x in range(40)]
    path.write_text("x,a,b\n" + "\n".join(rows))
    frame = frame_for(str(path), epochs=1, options={"targets": "a, b"})
    view.show_frame(frame)
    picture(view)
    assert len(line(view).curves) == 2
    assert len(line(view).dots.points()) == 2 * len(frame.setup.patterns.train)


# -- the confusion table -------------------------------------------------------------------


def test_the_confusion_table_counts_every_pattern_once(frame_for: FrameFor) -> None:
    frame = frame_for("iris", epochs=1)
    targets, answers = frame.setup.patterns.train.targets, frame.snapshot.train_outputs
    table = confusion(frame.setup, targets, answers)
    for true in range(3):
        for answered in range(3):
            both = (targets.argmax(axis=1) == true) & (answers.argmax(axis=1) == answered)
            assert table.counts[true, answered] == both.sum()
    assert table.total == len(targets)
    assert table.right == table.diagonal == frame.setup.criterion.count(targets, answers)
    assert table.shares.sum(axis=1) == pytest.approx(1.0)


def test_what_no_single_step_unit_claims_is_no_answer(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("letters", epochs=1, options={"letters": "ABC", "size": 60})
    targets, answers = frame.setup.patterns.train.targets, frame.snapshot.train_outputs
    claims = (answers == 1.0).sum(axis=1)
    assert (claims != 1).any()
    table = confusion(frame.setup, targets, answers)
    assert table.counts.shape == (3, 4)
    assert table.counts[:, 3].sum() == (claims != 1).sum()
    assert table.total == len(targets)
    assert table.right == table.diagonal
    view.show_frame(frame)
    choose(qtbot, view, "output_mode", "confusion")
    part = view.findChild(ConfusionPart)
    move_mouse(qtbot, part, part.cell_rect(0, 3).center().toPoint())
    assert "answered no class, or several" in view.findChild(TextLine, "output_readout").text
    choose(qtbot, view, "output_mode", "table")
    model = view.findChild(QTableView, "output_table").model()
    column = [c.kind for c in model.columns].index("answer")
    silent = int(np.flatnonzero(claims != 1)[0])
    assert model.index(silent, column).data() == "no answer"


def test_the_split_switches_the_table_and_its_headline(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("digits", epochs=1)
    view.show_frame(frame)
    part, patterns = view.findChild(ConfusionPart), frame.setup.patterns
    for split, points, answers in (
        ("test", patterns.test, frame.snapshot.test_outputs),  # the first
        ("train", patterns.train, frame.snapshot.train_outputs),
    ):
        if split == "train":
            choose(qtbot, view, "output_split", "train")
        right = int((answers.argmax(axis=1) == points.targets.argmax(axis=1)).sum())
        said = part.accessibleDescription()
        assert said.startswith(f"{100 * right / len(points):.1f} % right")
        assert f"{right:,} of {len(points):,} {split} patterns" in said


def test_a_cell_of_the_confusion_table_says_what_it_counts(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("iris", epochs=1)
    view.show_frame(frame)
    picture(view)
    part = view.findChild(ConfusionPart)
    counts = part.table.counts
    for true, answered in ((0, 0), (1, 2)):
        place = part.cell_rect(true, answered).center().toPoint()
        move_mouse(qtbot, part, place)
        names = frame.setup.patterns.class_names
        said = "right" if true == answered else f"answered {names[answered]}"
        expected = f"{names[true]}: {counts[true, answered]} of {counts[true].sum()} {said}"
        assert readout(view).startswith(expected)
    colours = picture(part)
    for true, answered in np.ndindex(3, 3):
        corner = part.cell_rect(true, answered).topLeft().toPoint() + QPoint(4, 4)
        share = LIGHT.sequential(np.array(part.table.shares[true, answered]))
        assert alike(colours.pixelColor(corner), QColor(*(int(c) for c in share)), 1)


def test_two_classes_in_one_output_also_say_what_the_criterion_says(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, mode="confusion")
    frame = frame_for("moons", epochs=3, tolerance=0.1)
    view.show_frame(frame)
    right = frame.setup.criterion.count(
        frame.setup.patterns.test.targets, frame.snapshot.test_outputs
    )
    share = 100 * right / len(frame.setup.patterns.test)
    assert readout(view) == f"closer than 0.1 to the target: {share:.1f} %"


# -- the table -----------------------------------------------------------------------------


def cells_of(view: OutputView, row: int) -> dict[str, str]:
    model = view.findChild(QTableView).model()
    return {
        model.headerData(c, Qt.Orientation.Horizontal): model.index(row, c).data()
        for c in range(model.columnCount())
    }


def test_a_truth_table_lists_targets_outputs_and_what_is_right(
    view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", epochs=150)
    view.show_frame(frame)
    picture(view)
    answers, targets = frame.snapshot.train_outputs, frame.setup.patterns.train.targets
    for row, names in enumerate(("00", "01", "10", "11")):
        output = answers[row, 0]
        right = abs(output - targets[row, 0]) < frame.setup.criterion.tolerance
        assert cells_of(view, row) == {
            "x1": names[0], "x2": names[1], "target": f"{targets[row, 0]:.0f}",
            "output": f"{output:.3f}", "right": "right" if right else "wrong",
        }  # fmt: skip


def test_the_criterion_decides_what_is_right(view: OutputView, frame_for: FrameFor) -> None:
    for tolerance, word in ((0.6, "right"), (0.4, "wrong")):
        frame = frame_for("xor", epochs=0, tolerance=tolerance)
        halves = np.full((4, 1), 0.5)
        view.show_frame(without(frame, train_outputs=halves))
        assert {cells_of(view, row)["right"] for row in range(4)} == {word}


def test_a_table_of_classes_names_them(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, mode="table")
    frame = frame_for("iris", epochs=1)
    view.show_frame(frame)
    names = frame.setup.patterns.class_names
    for row in (0, 40, 100):
        cells = cells_of(view, row)
        target = int(class_of(frame.setup.patterns.train.targets[row : row + 1])[0])
        answer = int(class_of(frame.snapshot.train_outputs[row : row + 1])[0])
        assert (cells["class"], cells["answer"]) == (names[target], names[answer])
        assert cells["right"] == ("right" if target == answer else "wrong")
        output = frame.snapshot.train_outputs[row, 1]
        assert float(cells["versicolor"].replace("−", "-")) == pytest.approx(output, abs=6e-4)


def test_a_table_says_which_patterns_it_lists_and_what_it_leaves_out(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, mode="table", split="test")
    frame = frame_for("digits", epochs=0)
    view.show_frame(frame)
    count = len(frame.setup.patterns.test)
    assert view.findChild(QTableView).model().rowCount() == count
    assert readout(view) == f"{count} test patterns · the 64 inputs are not listed"


def test_clicking_a_row_selects_that_pattern_and_follows_the_others(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor"))
    picture(view)
    table = view.findChild(QTableView)
    place = table.visualRect(table.model().index(2, 1)).center()
    with qtbot.waitSignal(view.pattern_selected, check_params_cb=lambda row: row == 2):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(plane(view).marked.points()) == 1
    with qtbot.assertNotEmitted(view.pattern_selected):
        view.select_pattern(1)
    assert table.currentIndex().row() == 1


def test_a_table_stays_where_it_was_scrolled_to_while_training(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, mode="table")
    frame = frame_for("iris", epochs=1)
    view.show_frame(frame)
    view.select_pattern(0)
    picture(view)
    bar = view.findChild(QTableView).verticalScrollBar()
    bar.setValue(40)
    widths = [view.findChild(QTableView).columnWidth(c) for c in range(5)]
    view.show_frame(with_parameters(frame, frame.snapshot.parameters * -3.0))
    picture(view)
    assert bar.value() == 40
    assert [view.findChild(QTableView).columnWidth(c) for c in range(5)] == widths


def test_a_hundred_thousand_rows_are_only_made_where_they_are_seen(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = frame_for("plane", epochs=0)
    rng = np.random.default_rng(0)
    many = Patterns(rng.normal(size=(100_000, 2)), rng.normal(size=(100_000, 1)))
    patterns = PatternSet(
        "many", "regression", many, ("a", "b"), ("y",), domain=((-3.0, 3.0), (-3.0, 3.0))
    )
    setup = replace(frame.setup, patterns=patterns)
    frame = with_parameters(replace(frame, setup=setup), frame.snapshot.parameters)
    asked = []
    text = PatternModel.text
    monkeypatch.setattr(
        PatternModel, "text", lambda self, row, column: asked.append(row) or text(self, row, column)
    )
    view = open_view(qtbot, mode="table")
    view.show_frame(frame)
    picture(view)
    assert view.findChild(QTableView).model().rowCount() == 100_000
    assert set(asked) <= set(range(60))
    # The plane says how many of them it draws.
    choose(qtbot, view, "output_mode", "plane")
    picture(view)
    assert readout(view) == "500 of 100,000 patterns drawn, evenly spaced"


# -- target against output -----------------------------------------------------------------


def test_points_stand_at_target_and_output(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, mode="scatter")
    frame = frame_for("plane", epochs=2)
    view.show_frame(frame)
    part, patterns = view.findChild(ScatterPart), frame.setup.patterns
    for item, points, answers in (
        (part.dots, patterns.train, frame.snapshot.train_outputs),
        (part.rings, patterns.test, frame.snapshot.test_outputs),
    ):
        x, y = item.getData()
        assert (x == points.targets[:, 0]).all()
        assert (y == answers[:, 0]).all()


def test_each_of_several_outputs_has_its_points_and_its_range(
    qtbot: QtBot, frame_for: FrameFor, tmp_path: Path
) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{x / 10},{x / 100},{40 - x}" for x in range(40)]
    path.write_text("\n".join(["x,small,large", *rows]))
    options = {"targets": "small, large", "targets_are": "numbers"}
    frame = frame_for(str(path), epochs=1, options=options)
    train, test = frame.setup.patterns.train, frame.setup.patterns.test
    for unit in (0, 1):
        view = open_view(qtbot, mode="scatter", unit=unit)
        view.show_frame(frame)
        part = view.findChild(ScatterPart)
        x, y = part.dots.getData()
        assert (x == train.targets[:, unit]).all()
        assert (y == frame.snapshot.train_outputs[:, unit]).all()
        for low, high in part.plot.box.viewRange():
            assert low < train.targets[:, unit].min() <= train.targets[:, unit].max() < high
            assert high - low < 2.0 * np.ptp(train.targets[:, unit])
        view.show_frame(without(frame, test_outputs=None))
        assert NOT_COMPUTED in [label.text() for label in view.findChildren(QLabel)]
    assert test is not None


def test_points_of_both_sets_have_the_colours_of_their_keys(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot)
    for problem, kind, mode in (
        ("noisy-sine", LinePart, "function"),
        ("plane", ScatterPart, "scatter"),
    ):
        view.set_choices({"mode": mode})
        view.show_frame(frame_for(problem, epochs=1))
        part = view.findChild(kind)
        keys = {key.text: key.colour for key in part.keys.keys}
        assert (keys["train"], keys["test"]) == (LIGHT.colour("train"), LIGHT.colour("test"))
        assert {spot.brush().color().rgb() for spot in part.dots.points()} == {keys["train"].rgb()}
        assert {spot.pen().color().rgb() for spot in part.rings.points()} == {keys["test"].rgb()}


def test_only_what_the_present_way_needs_is_wanted(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("spiral", epochs=0))
    assert view.snapshot_request() == SnapshotRequest(probe=True)
    choose(qtbot, view, "output_mode", "confusion")
    assert view.snapshot_request() == SnapshotRequest(outputs=True)
    view.show_frame(frame_for("xor", epochs=0, hidden=(Hidden(2),)))
    assert view.snapshot_request() == SnapshotRequest(outputs=True, probe=True)


# -- switches ------------------------------------------------------------------------------


def flip(qtbot: QtBot, view: OutputView, name: str) -> None:
    button = view.findChild(Toggle, f"output_{name}")
    assert button.isVisibleTo(view)
    with qtbot.waitSignal(view.choices_changed):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_switch_shows_where_it_changes_something(view: OutputView, frame_for: FrameFor) -> None:
    def shown() -> set[str]:
        found = {s.name: view.findChild(Toggle, f"output_{s.name}") for s in SWITCHES}
        return {name for name, button in found.items() if button.isVisibleTo(view)}

    view.show_frame(frame_for("circle", epochs=1))
    assert shown() == {"tests", "discrete"}
    view.show_frame(frame_for("xor", epochs=1, hidden=()))
    assert shown() == {"discrete", "separation"}
    view.show_frame(frame_for("iris", epochs=1))
    assert shown() == set()


def test_test_points_and_shades_can_be_switched_off(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("circle", epochs=3)
    view.show_frame(frame)
    part = view.findChild(PlanePart)
    assert len(part.rings.getData()[0]) == len(frame.setup.patterns.test)
    flip(qtbot, view, "tests")
    assert len(part.rings.getData()[0]) == 0
    assert "test" not in [key.text for key in part.legend.keys]
    shades = set(part._pixels(frame.setup, frame.snapshot.probe_outputs).tolist())
    flip(qtbot, view, "discrete")
    two = set(part._pixels(frame.setup, frame.snapshot.probe_outputs).tolist())
    assert len(two) <= 2 < len(shades)
    other = open_view(qtbot, **view.choices())
    assert other.choices() == view.choices()


@pytest.mark.parametrize(
    ("problem", "words", "n_points"),
    [("xor", "between patterns of one class", 1), ("and", "x1 + x2 − 1.5 = 0", 0)],
)
def test_the_proof_of_separability_is_drawn_and_said(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor, problem: str, words: str, n_points: int
) -> None:
    frame = frame_for(problem, epochs=1, hidden=())
    view.show_frame(frame)
    part = view.findChild(PlanePart)
    assert part.proof.line.path().isEmpty()
    flip(qtbot, view, "separation")
    path = part.proof.line.path()
    ends = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
    if problem == "and":
        assert all(x + y == pytest.approx(1.5, abs=1e-6) for x, y in ends)
    else:
        assert {(0, 0), (1, 1), (0, 1), (1, 0)} == set(ends)
    assert len(part.proof.point.getData()[0]) == n_points
    assert words in view.findChild(TableAndPlanePart).note  # what is said unless the mouse is there
    flip(qtbot, view, "separation")
    assert part.proof.line.path().isEmpty()


@pytest.mark.parametrize("output", ["step", "logistic", "tanh"])
def test_the_line_of_a_single_unit_is_straight(
    view: OutputView, frame_for: FrameFor, output: str
) -> None:
    """Nearly everywhere the output is at its bounds: a line through it would have stairs."""
    rule = "perceptron" if output == "step" else "backpropagation"
    training = {"optimizer": "descent", "rate": 0.1, "batch": 1}
    changes = {"hidden": (), "output": output, "error": "squared", "rule": rule}
    frame = frame_for("gauss", epochs=1, training=training, **changes)
    steep = np.asarray(frame.snapshot.parameters * (1.0 if output == "step" else 200.0))
    frame = replace(frame, snapshot=replace(frame.snapshot, parameters=steep))
    view.show_frame(frame)
    path = view.findChild(PlanePart).line.path()
    ends = np.array(
        [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
    )
    network, parameters = frame.setup.network, frame.snapshot.parameters
    net = ends @ network.weights(parameters, 0)[:, 0] + network.biases(parameters, 1)[0]
    assert len(ends) == 2
    np.testing.assert_allclose(net, net[0], atol=1e-9)
    level = np.arctanh(decision_level(frame.setup, 0)) if output == "tanh" else 0.0
    np.testing.assert_allclose(net, level, atol=1e-6)


def test_a_network_with_hidden_units_is_not_judged_by_lines(frame_for: FrameFor) -> None:
    for problem, changes, judged in (
        ("xor", {}, False),
        ("xor", {"hidden": ()}, True),
        ("xor", {"hidden": (Hidden(2, "linear"),)}, True),
        ("iris", {"hidden": ()}, False),
        ("plane", {"hidden": ()}, False),
    ):
        setup = frame_for(problem, epochs=0, **changes).setup
        assert (setup.separation is not None) == judged
        said = any("Not linearly separable" in remark for remark in setup.remarks)
        assert said == judged


def test_features_leave_the_plane_of_the_coordinates(
    qtbot: QtBot, view: OutputView, frame_for: FrameFor
) -> None:
    frame = frame_for("circle", epochs=30, options={"features": "x1^2,x2^2"}, hidden=())
    view.show_frame(frame)
    part = view.findChild(PlanePart)
    patterns = frame.setup.patterns
    xs, ys = part.dots.getData()
    np.testing.assert_array_equal(np.stack([xs, ys], axis=1), patterns.points(patterns.train))
    assert part.plot.box.viewRange()[0] == pytest.approx([-6.0, 6.0])
    said = part.text_at(QPointF(1.5, -2.0), None)
    inputs = np.array([[2.25, 4.0]])
    (answer,) = outputs(frame.setup.network, frame.snapshot.parameters, inputs)[0]
    assert said == f"x1 1.50, x2 −2.00 → y {answer:.3f} (disc)"
    flip(qtbot, view, "separation")  # a line among the squares is an ellipse in the plane
    path = part.proof.line.path()
    points = [path.elementAt(i) for i in range(path.elementCount())]
    assert len(points) > 50
    radii = np.hypot([p.x for p in points], [p.y for p in points])
    assert radii.min() > 2.0
    assert radii.max() < 4.5


@pytest.mark.parametrize("size", [(421, 166), (330, 150), (560, 200), (300, 160)])
def test_the_plane_is_large_enough_where_there_is_little_height(
    qtbot: QtBot, frame_for: FrameFor, size: tuple[int, int]
) -> None:
    """The table, the numbers on the axes and the line below give way."""
    view = open_view(qtbot, size=size)
    view.show_frame(frame_for("xor"))
    picture(view)
    plane = view.findChild(PlanePart)
    area = plane.plot.box.sceneBoundingRect()
    assert min(area.width(), area.height()) >= 0.5 * size[1]
    readout = view.findChild(QWidget, "output_readout")
    assert readout.isVisible() == (size[1] >= 200)
    plane.hovered.emit("x1 0, x2 1 → 0.5")
    instants = [line.text for line in view.findChildren(TextLine) if line.isVisible()]
    assert "x1 0, x2 1 → 0.5" in instants
    plane.hovered.emit("")
    assert frame_for("xor").snapshot.instant in [line.text for line in view.findChildren(TextLine)]
