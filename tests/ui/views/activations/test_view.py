"""The heatmap of hidden activations as a person uses it: look, point, click, sort, choose."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import forward
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.cell_grid import BlockCell, cells
from bpviz.ui.toolkit.drawing.legend import Legend
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, THEMES, Theme
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.activations.heatmap import Heatmap
from bpviz.ui.views.activations.layout import block_widths, labelled, rows_of
from bpviz.ui.views.activations.view import NO_HIDDEN, NOT_COMPUTED, ActivationsView
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def hidden(*sizes: int, activation: str = "tanh") -> tuple[Hidden, ...]:
    return tuple(Hidden(size, activation) for size in sizes)


def open_view(qtbot: QtBot, theme: Theme = LIGHT, size: tuple[int, int] = (420, 300)):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = ActivationsView(window, theme)
    view.resize(*size)
    view.kept_alive = window
    window.show()
    return view


@pytest.fixture
def view(qtbot: QtBot) -> ActivationsView:
    return open_view(qtbot)


def picture(view: ActivationsView) -> QImage:
    QApplication.processEvents()  # lays out what has changed
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    image.fill(0)
    view.render(image)
    return image


def content(view: ActivationsView) -> list[QImage]:
    """What a picture shows, without the buttons (which show the focus)."""
    QApplication.processEvents()
    images = []
    for part in (heatmap(view), view.findChild(Legend), *view.findChildren(TextLine)):
        image = QImage(part.size(), QImage.Format.Format_RGB32)
        image.fill(0)
        part.render(image)
        images.append(image)
    return images


def heatmap(view: ActivationsView) -> Heatmap:
    return view.findChild(Heatmap, "activations_heatmap")


def sort_button(view: ActivationsView) -> QToolButton:
    return view.findChild(QToolButton, "activations_sort")


def group_box(view: ActivationsView) -> QComboBox:
    return view.findChild(QComboBox, "activations_group")


def readout(view: ActivationsView) -> str:
    return view.findChild(TextLine, "activations_readout").text


def centre(view: ActivationsView, row: int, column: int, block: int = 0) -> QPoint:
    picture(view)  # lays it out
    middle = heatmap(view).cell_rect(BlockCell(block, row, column)).center()
    return QPoint(int(middle.x()), int(middle.y()))


def point_at(qtbot: QtBot, view: ActivationsView, row: int, column: int, block: int = 0) -> None:
    place = centre(view, row, column, block)
    move_mouse(qtbot, heatmap(view), place)


def shown_colour(view: ActivationsView, row: int, column: int, block: int = 0) -> QColor:
    """The colour of a cell near its corner, where no number is written."""
    rect = heatmap(view).cell_rect(BlockCell(block, row, column))
    corner = heatmap(view).mapTo(view, rect.topLeft().toPoint()) + QPoint(3, 3)
    return picture(view).pixelColor(corner)


def colour_of(theme: Theme, value: float, limit: float) -> QColor:
    return QColor(*(int(c) for c in theme.diverging(np.array(value), limit)))


def without(frame: Frame, **parts: object) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, **parts))


# -- what is seen --------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_cell_has_the_colour_of_its_activation(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    view = open_view(qtbot, theme)
    frame = frame_for("xor", hidden=hidden(3))
    view.show_frame(frame)
    values = frame.snapshot.activations[1]
    picture(view)
    for (row, column), value in np.ndenumerate(values):
        assert shown_colour(view, row, column) == colour_of(theme, value, 1.0)


def test_a_later_frame_replaces_the_earlier_one(view: ActivationsView, frame_for: FrameFor) -> None:
    early = frame_for("xor", epochs=1, hidden=hidden(3))
    late = Frame(early.setup, frame_for("xor", 500, hidden=hidden(3)).snapshot, early.curve)
    view.show_frame(early)
    picture(view)
    view.show_frame(late)
    value = late.snapshot.activations[1][1, 2]
    assert shown_colour(view, 1, 2) == colour_of(LIGHT, value, 1.0)


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("logistic", 0.0, 1.0), ("tanh", -1.0, 1.0), ("softmax", 0.0, 1.0)],
)
def test_bounded_activations_have_their_bounds_as_the_scale(
    view: ActivationsView, frame_for: FrameFor, activation: str, low: float, high: float
) -> None:
    view.show_frame(frame_for("xor", hidden=hidden(3, activation=activation)))
    (scale,) = view.findChild(Legend).scales
    assert (scale.low, scale.centre, scale.high) == (low, 0.0, high)


@pytest.mark.parametrize(("activation", "low"), [("relu", 0.0), ("linear", -1.0)])
def test_unbounded_activations_share_a_round_limit_that_does_not_jump(
    view: ActivationsView, frame_for: FrameFor, activation: str, low: float
) -> None:
    frame = frame_for("xor", hidden=hidden(3, activation=activation))
    limits = []
    for size in (0.6, 0.9, 0.4, 0.21, 1.1, 0.9, 0.3, 0.1):
        acts = list(frame.snapshot.activations)
        acts[1] = np.full((4, 3), size)
        view.show_frame(without(frame, activations=tuple(acts)))
        (scale,) = view.findChild(Legend).scales
        assert scale.low == low * scale.high
        limits.append(scale.high)
    assert limits == [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 0.5, 0.5]


def test_few_strong_units_do_not_take_the_colour_of_all_others(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("iris", epochs=1, hidden=hidden(10, activation="relu"))
    acts = list(frame.snapshot.activations)
    acts[1] = np.full_like(acts[1], 0.9)
    acts[1][0, 0] = 1e6
    view.show_frame(without(frame, activations=tuple(acts)))
    (scale,) = view.findChild(Legend).scales
    assert (scale.high, scale.tick_text(scale.high)) == (1.0, "≥ 1")


def test_nan_is_never_the_colour_of_a_zero(view: ActivationsView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=hidden(2, activation="relu"))
    acts = list(frame.snapshot.activations)
    acts[1] = np.array([[np.nan, 0.0], [np.inf, 1.0], [0.5, 0.5], [0.0, 0.0]])
    view.show_frame(without(frame, activations=tuple(acts)))
    picture(view)
    assert shown_colour(view, 0, 0) == QColor(LIGHT.muted)
    assert shown_colour(view, 0, 1) == colour_of(LIGHT, 0.0, 1.0)
    assert shown_colour(view, 1, 0) == QColor(LIGHT.positive)


def test_each_group_says_its_name_and_activation(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    mixed = (Hidden(2, "tanh"), Hidden(3, "logistic"), Hidden(2, "relu"), Hidden(2, "linear"))
    view.show_frame(frame_for("xor", hidden=mixed))
    titles = [block.titles[0] for block in heatmap(view).blocks]
    assert titles == [
        "hidden 1 · tanh", "hidden 2 · logistic", "hidden 3 · ReLU", "hidden 4 · linear",
    ]  # fmt: skip
    # Groups whose numbers have the same colours share a scale.
    assert [s.title for s in view.findChild(Legend).scales] == ["tanh, logistic", "ReLU, linear"]


@pytest.mark.parametrize("count", [1, 2, 8])
def test_every_group_can_be_seen_alone(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor, count: int
) -> None:
    frame = frame_for("xor", hidden=hidden(*range(1, count + 1)))
    view.show_frame(frame)
    assert len(heatmap(view).blocks) == count
    box = group_box(view)
    assert box.isVisibleTo(view) == (count > 1)
    for place in range(count if count > 1 else 0):
        with qtbot.waitSignal(view.choices_changed):
            qtbot.keyClick(box, Qt.Key.Key_Down)
        (block,) = heatmap(view).blocks
        assert block.values is frame.snapshot.activations[place + 1]
        value = block.values[3, place]
        assert shown_colour(view, 3, place) == colour_of(LIGHT, value, 1.0)


def test_without_hidden_units_a_sentence_says_so(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor", hidden=()))
    assert heatmap(view).message == NO_HIDDEN
    assert not sort_button(view).isVisibleTo(view)
    assert not group_box(view).isVisibleTo(view)
    assert readout(view) == ""


def test_what_was_not_computed_is_never_old_data(
    view: ActivationsView, qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    missing = without(frame, activations=())
    view.show_frame(frame)
    picture(view)
    view.show_frame(missing)
    fresh = open_view(qtbot)
    fresh.show_frame(missing)
    assert heatmap(view).message == NOT_COMPUTED
    assert content(view) == content(fresh)
    view.show_frame(frame)
    assert heatmap(view).message == ""


def test_before_the_first_frame_there_is_a_quiet_hint(view: ActivationsView) -> None:
    assert "appear here" in heatmap(view).message
    assert view.snapshot_request() == SnapshotRequest(activations=True)
    picture(view)


def test_the_instant_is_said(view: ActivationsView, frame_for: FrameFor) -> None:
    frame = frame_for("xor", epochs=12)
    view.show_frame(frame)
    assert "epoch 12" in [line.text for line in view.findChildren(TextLine)]


# -- order of the rows ---------------------------------------------------------------------


def test_classes_are_sorted_until_a_person_says_otherwise(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("spiral", epochs=1)
    view.show_frame(frame)
    rows = heatmap(view).rows
    assert sort_button(view).isChecked()
    assert (np.diff(rows.classes) >= 0).all()
    assert [name for _, _, name in rows.runs] == list(frame.setup.patterns.class_names)
    with qtbot.waitSignal(view.choices_changed):
        qtbot.mouseClick(sort_button(view), Qt.MouseButton.LeftButton)
    assert (heatmap(view).rows.training == frame.setup.shown).all()
    assert heatmap(view).rows.runs == ()
    assert view.choices()["sort"] is False


def test_truth_tables_come_in_their_order_and_can_be_sorted_by_target(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    view.show_frame(frame)
    assert heatmap(view).rows.names == ("0 0", "0 1", "1 0", "1 1")
    assert heatmap(view).rows.heading == "x1 x2"
    qtbot.mouseClick(sort_button(view), Qt.MouseButton.LeftButton)
    assert heatmap(view).rows.names == ("0 0", "1 1", "0 1", "1 0")
    value = frame.snapshot.activations[1][3, 0]  # 1 1 now stands second
    picture(view)
    assert shown_colour(view, 1, 0) == colour_of(LIGHT, value, 1.0)


def test_numbers_are_sorted_by_target(frame_for: FrameFor) -> None:
    patterns = frame_for("sine", epochs=0).setup.patterns
    rows = rows_of(patterns, np.arange(len(patterns.train)), by_target=True)
    assert (np.diff(patterns.train.targets[rows.training, 0]) >= 0).all()


def test_many_patterns_are_sampled_and_it_says_so(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("digits", epochs=0)
    view.show_frame(frame)
    picture(view)
    every = len(frame.setup.patterns.train)
    drawn = heatmap(view).drawn[0]
    assert 0 < drawn < 500
    assert readout(view).startswith(f"{drawn} of {every:,} patterns")


def test_a_thousand_units_stay_readable(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, DARK)
    frame = frame_for("digits", epochs=0, hidden=hidden(1024, activation="relu"))
    view.show_frame(frame)
    first = picture(view)
    rows, columns = heatmap(view).drawn
    assert (rows, columns) < (500, 1024)
    assert f"{columns} of 1,024 units" in readout(view)
    view.resize(1400, 700)
    assert picture(view) != first
    assert heatmap(view).drawn == (500, 1024)


# -- mouse, keys and the selected pattern --------------------------------------------------


def test_the_value_under_the_mouse_is_said_and_follows_the_training(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    view.show_frame(frame)
    point_at(qtbot, view, 1, 2)
    value = frame.snapshot.activations[1][1, 2]
    number = f"{value:.2f}".replace("-", "−")
    assert readout(view) == f"pattern 0 1, h3: {number}"
    acts = list(frame.snapshot.activations)
    acts[1] = np.full((4, 3), -0.25)
    view.show_frame(without(frame, activations=tuple(acts)))
    assert readout(view).endswith("−0.25")
    move_mouse(qtbot, heatmap(view), QPoint(1, 1))
    assert "hidden 1" not in readout(view)


@pytest.mark.parametrize("is_sorted", [True, False], ids=["sorted", "as they come"])
def test_every_cell_is_read_as_the_pattern_whose_row_it_stands_in(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor, is_sorted: bool
) -> None:
    """Name, number, colour and the pattern that a click selects belong together."""
    frame = frame_for("iris", epochs=1, hidden=hidden(2, 3))
    setup = frame.setup
    train = setup.patterns.train
    shown = np.array([101, 3, 77, 10, 60])
    acts = forward(setup.network, frame.snapshot.parameters, train.inputs[shown])[1]
    frame = without(replace(frame, setup=replace(setup, shown=shown)), activations=tuple(acts))
    view.show_frame(frame)
    if not is_sorted:
        qtbot.mouseClick(sort_button(view), Qt.MouseButton.LeftButton)
    of_class = train.targets[shown].argmax(axis=1)
    order = of_class.argsort(kind="stable") if is_sorted else np.arange(len(shown))
    assert is_sorted == (np.diff(of_class[order]) >= 0).all()
    for row, place in enumerate(order):
        class_name = setup.patterns.class_names[of_class[place]]
        name = f"pattern {shown[place] + 1} ({class_name})"
        for block, group in enumerate(setup.network.hidden):
            for column, value in enumerate(acts[group][place]):
                point_at(qtbot, view, row, column, block)
                number = f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
                assert readout(view) == f"{name}, h{block + 1}.{column + 1}: {number}"
                assert shown_colour(view, row, column, block) == colour_of(LIGHT, value, 1.0)
        with qtbot.waitSignal(view.pattern_selected) as chosen:
            qtbot.mouseClick(heatmap(view), Qt.MouseButton.LeftButton, pos=centre(view, row, 0))
        assert chosen.args == [shown[place]]


def test_clicking_a_row_selects_that_training_pattern(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("digits", epochs=0, hidden=hidden(4)))
    rows = heatmap(view).rows
    row = 123
    with qtbot.waitSignal(view.pattern_selected) as chosen:
        qtbot.mouseClick(heatmap(view), Qt.MouseButton.LeftButton, pos=centre(view, row, 0))
    clicked = chosen.args[0]
    place = rows.place_of(clicked)
    assert place is not None
    assert abs(place - row) <= 3  # rows are thinner than a pixel here
    assert heatmap(view).marked == place


def test_up_and_down_go_to_the_neighbouring_row(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor"))
    view.select_pattern(2)
    with qtbot.waitSignal(view.pattern_selected, check_params_cb=lambda row: row == 3):
        qtbot.keyClick(heatmap(view), Qt.Key.Key_Down)
    with qtbot.waitSignal(view.pattern_selected, check_params_cb=lambda row: row == 2):
        qtbot.keyClick(heatmap(view), Qt.Key.Key_Up)


def test_the_selected_pattern_is_marked_wherever_its_row_stands(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor"))
    before = picture(view)
    view.select_pattern(3)
    assert heatmap(view).marked == 3
    assert readout(view) == "▸ pattern 1 1"
    assert picture(view) != before
    qtbot.mouseClick(sort_button(view), Qt.MouseButton.LeftButton)
    assert heatmap(view).marked == 1


def test_a_selected_pattern_outside_the_sample_is_said(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("digits", epochs=0)
    view.show_frame(frame)
    missing = int(np.setdiff1d(np.arange(len(frame.setup.patterns.train)), frame.setup.shown)[0])
    view.select_pattern(missing)
    assert heatmap(view).marked is None
    assert "is not among them" in readout(view)


# -- pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_second_instance_makes_the_same_picture(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor, theme: Theme
) -> None:
    relu = tuple(Hidden(4, "relu") for _ in range(3))
    frame = frame_for("spiral", epochs=1, hidden=relu)
    view.set_theme(theme)
    view.show_frame(frame)
    qtbot.mouseClick(sort_button(view), Qt.MouseButton.LeftButton)
    group_box(view).setCurrentIndex(2)
    group_box(view).activated.emit(2)
    view.select_pattern(7)
    second = ActivationsView(theme=theme)
    qtbot.addWidget(second)
    second.set_choices(view.choices())
    second.resize(view.size())
    second.show_frame(frame)
    picture(view)
    picture(second)
    assert content(second) == content(view)


def test_the_limit_of_the_colours_belongs_to_the_picture(
    qtbot: QtBot, view: ActivationsView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=hidden(3, activation="relu"))
    for size in (0.9, 0.3):
        acts = list(frame.snapshot.activations)
        acts[1] = np.full((4, 3), size)
        shown = without(frame, activations=tuple(acts))
        view.show_frame(shown)
    second = ActivationsView()
    qtbot.addWidget(second)
    second.set_choices(view.choices())
    second.show_frame(shown)
    assert second.findChild(Legend).scales == view.findChild(Legend).scales
    assert second.findChild(Legend).scales[0].high == 1.0


@pytest.mark.parametrize(
    "choices",
    [{}, {"sort": 3, "group": "all", "limit": "x"}, {"group": 99}, {"limit": float("nan")},
     {"what": 1}],
)  # fmt: skip
def test_unfit_choices_are_passed_over(
    view: ActivationsView, frame_for: FrameFor, choices: dict[str, object]
) -> None:
    frame = frame_for("xor", hidden=hidden(2, 2))
    view.set_choices(choices)
    view.show_frame(frame)
    assert len(heatmap(view).blocks) == 2
    picture(view)


def test_another_run_brings_its_own_rows_and_groups(
    view: ActivationsView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("iris", epochs=1, hidden=hidden(4, 4, 4)))
    group_box(view).setCurrentIndex(3)
    group_box(view).activated.emit(3)
    view.show_frame(frame_for("xor", hidden=hidden(2)))
    picture(view)
    assert len(heatmap(view).rows) == 4
    assert [block.units for block in heatmap(view).blocks] == [2]


# -- layout --------------------------------------------------------------------------------


@given(st.integers(1, 1500), st.integers(1, 1500), st.integers(1, 200))
def test_cells_tile_their_room(count: int, room: int, largest: int) -> None:
    part = cells(count, room, largest)
    assert part.pixels <= max(room, count * largest)
    assert part.pixels <= room or part.count > room
    drawn = part.index
    assert part.drawn == min(count, max(room, 1))
    edges = [0, *part.edges(), part.pixels]
    assert all(low < high for low, high in pairwise(edges))
    for place in (0, len(drawn) // 2, len(drawn) - 1):
        cell = int(drawn[place])
        assert part.span(cell) == (edges[place], edges[place + 1])
        assert part.at((edges[place] + edges[place + 1]) / 2) == cell
    assert part.at(-1) is None
    assert part.at(part.pixels) is None
    assert drawn[0] == 0
    assert drawn[-1] == (count - 1 if room > 1 or count == 1 else 0)


@given(st.lists(st.integers(1, 1024), min_size=1, max_size=8), st.integers(50, 2000))
def test_blocks_share_the_room(sizes: list[int], room: int) -> None:
    widths = block_widths(sizes, room, 12, 44)
    free = max(room - 12 * (len(sizes) - 1), len(sizes))
    assert sum(widths) <= free
    assert min(widths) >= min(44, free // len(sizes)) - 1
    order = np.argsort(sizes)
    assert (np.diff(np.array(widths)[order]) >= 0).all()


@given(st.integers(1, 2000), st.floats(0.05, 60.0))
def test_labels_never_run_into_each_other(count: int, pitch: float) -> None:
    places = labelled(count, pitch, 20.0)
    assert places[0] == 1
    assert all((b - a) * pitch >= 20.0 for a, b in pairwise(places))
