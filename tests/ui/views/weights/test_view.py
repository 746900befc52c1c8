"""The Hinton diagram: squares by sign and area, numbers under mouse and keyboard."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetricsF
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef, WeightRef
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, Link
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import svg
from bpviz.ui.toolkit.drawing.cell_grid import BlockCell
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.views.weights import WeightsView
from bpviz.ui.views.weights.diagram import Diagram, squares
from bpviz.ui.views.weights.layout import SMALLEST, left_out, weights_of
from bpviz.ui.window.main_window import MainWindow
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def open_view(
    qtbot: QtBot, frame: Frame, theme: Theme = LIGHT, size: tuple[int, int] = (600, 240)
) -> WeightsView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = WeightsView(window, theme)
    view.resize(*size)
    view.kept_alive = window
    window.show()
    view.show_frame(frame)
    view.grab()
    return view


def diagram(view: WeightsView) -> Diagram:
    return view.findChild(Diagram)


def said(view: WeightsView) -> str:
    return view.findChild(QWidget, "weights_readout").text


def with_parameters(frame: Frame, parameters: Vector) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


def point_at(qtbot: QtBot, view: WeightsView, cell: BlockCell) -> None:
    move_mouse(qtbot, diagram(view), diagram(view).cell_rect(cell).center().toPoint())
    qtbot.waitUntil(lambda: diagram(view).cell == cell)


@pytest.mark.parametrize("share", [0.0, 0.04, 0.25, 0.5, 1.0, 3.0, -0.25, -1.0])
def test_the_area_of_a_square_is_its_share_and_its_colour_the_sign(share: float) -> None:
    side = 101
    pixels = squares(LIGHT, np.array([[share]]), side)
    role = "positive" if share > 0 else "negative"
    inked = (pixels == LIGHT.colour(role).rgb()).mean()
    assert inked == pytest.approx(min(abs(share), 1.0), abs=0.04)
    other = LIGHT.colour("negative" if share > 0 else "positive").rgb()
    assert not (pixels == other).any()


def test_where_no_weight_is_there_is_no_cell() -> None:
    pixels = squares(LIGHT, np.array([[np.nan, 0.0]]), 20)
    assert (pixels[:, :20] == LIGHT.colour("surface").rgb()).all()
    assert (pixels[:19, 20:39] == LIGHT.colour("grid").rgb()).all()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_weight_and_bias_stands_in_its_cell(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    parameters[network.weight_index(0, 1, 2)] = 2.0
    parameters[network.bias_index(2, 0)] = -2.0
    view = open_view(qtbot, with_parameters(frame, parameters), theme)
    image = diagram(view).grab().toImage()
    for block, at in ((0, (2, 1)), (1, (0, -1))):
        centre = diagram(view).cell_rect(BlockCell(block, *at)).center().toPoint()
        role = "positive" if block == 0 else "negative"
        assert image.pixelColor(centre) == theme.colour(role)
    elsewhere = diagram(view).cell_rect(BlockCell(0, 0, 0)).center().toPoint()
    assert image.pixelColor(elsewhere) == theme.colour("grid")


def test_hovering_tells_the_number_of_every_cell(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    view = open_view(qtbot, frame)
    network, parameters = frame.setup.network, frame.snapshot.parameters
    point_at(qtbot, view, BlockCell(0, 2, 1))
    weight = parameters[network.weight_index(0, 1, 2)]
    assert said(view) == f"weight x2 → h3: {weight:+.4f}".replace("-", "−")
    assert view.pointed_quantities() == (WeightRef(0, 1, 2),)
    point_at(qtbot, view, BlockCell(1, 0, -1))
    bias = parameters[network.bias_index(2, 0)]
    assert said(view) == f"bias of y: {bias:+.4f}".replace("-", "−")
    assert view.pointed_quantities() == (BiasRef(2, 0),)


def test_arrow_keys_go_through_all_cells(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=(Hidden(3),)))
    view.window().activateWindow()
    diagram(view).setFocus()
    qtbot.waitUntil(diagram(view).hasFocus)
    right, down, left = Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left
    for keys, cell in (
        ((right,), BlockCell(0, 0, 0)),
        ((left, left), BlockCell(0, 0, -1)),
        ((down, down, down, right, right), BlockCell(0, 2, 1)),
        ((right,), BlockCell(1, 0, -1)),
        ((left,), BlockCell(0, 0, 1)),
    ):
        for key in keys:
            qtbot.keyClick(diagram(view), key)
        assert diagram(view).cell == cell
    assert said(view).startswith("weight x2 → h1")


def test_masked_weights_are_absent(qtbot: QtBot, frame_for: FrameFor) -> None:
    links = (Link("input", "hidden 1", density=0.5),)
    frame = frame_for("iris", epochs=2, hidden=(Hidden(6),), links=links)
    mask = frame.setup.network.connections[0].mask
    assert mask is not None
    view = open_view(qtbot, frame)
    source, unit = np.argwhere(~mask)[0].tolist()
    point_at(qtbot, view, BlockCell(0, unit, source))
    assert said(view) == "no weight here"
    assert view.pointed_quantities() == ()


@pytest.mark.parametrize(
    ("sizes", "size", "whole"),
    [((32,), (600, 240), True), ((100,), (600, 240), False), ((200, 200), (300, 180), False)],
)
def test_what_has_no_room_is_sampled_and_said(
    qtbot: QtBot, frame_for: FrameFor, sizes: tuple[int, ...], size: tuple[int, int], whole: bool
) -> None:
    hidden = tuple(Hidden(units, "tanh") for units in sizes)
    frame = frame_for("digits", epochs=1, hidden=hidden)
    view = open_view(qtbot, frame, size=size)
    blocks = diagram(view).blocks
    assert all(block.cell >= SMALLEST for block in blocks)
    for block in blocks:
        assert block.right <= diagram(view).width()
        assert block.bottom <= diagram(view).height()
    words = left_out(frame.setup, blocks)
    assert said(view) == words
    assert (words == "") == whole
    if not whole:
        drawn = len(blocks[0].rows)
        assert f"{drawn} of {sizes[0]} units of hidden 1" in words
        assert (blocks[0].rows[0], blocks[0].rows[-1]) == (0, sizes[0] - 1)


@pytest.mark.parametrize("width", [260, 420, 900])
def test_titles_stand_whole_beside_each_other(
    qtbot: QtBot, frame_for: FrameFor, width: int
) -> None:
    frame = frame_for("sine", 0, hidden=(Hidden(1), Hidden(9), Hidden(1)))
    view = open_view(qtbot, frame, size=(width, 400))
    metrics = QFontMetricsF(plot_font())
    places = [
        QRectF(b.left - b.named, b.top, metrics.horizontalAdvance(b.title), 1.0)
        for b in diagram(view).blocks
    ]
    assert diagram(view).blocks[0].title == "input → hidden 1"
    assert all(place.right() <= width for place in places)
    assert not any(one.intersects(other) for one, other in combinations(places, 2))


def test_a_scale_keeps_still(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    shape = np.linspace(-1.0, 1.0, frame.setup.network.n_parameters)
    view = open_view(qtbot, with_parameters(frame, 1.9 * shape))
    limits = {view.choices()["limit"]}
    for size in (0.8, 1.5, 0.6, 1.99):
        view.show_frame(with_parameters(frame, size * shape))
        limits.add(view.choices()["limit"])
    assert limits == {2.0}


def test_a_picture_of_lines_shows_the_same_squares(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    view = open_view(qtbot, frame)
    text = svg(WeightsView, frame, LIGHT, view.choices()).decode()
    assert "<image" not in text
    signs = np.sign(frame.snapshot.parameters)
    assert text.count(f'fill="{LIGHT.positive}"') >= (signs > 0).sum()
    assert text.count(f'fill="{LIGHT.negative}"') >= (signs < 0).sum()
    assert "hidden 1 → output" in text


def test_a_cell_is_plotted_over_time(qtbot: QtBot, window: MainWindow) -> None:
    view = window.views["weights"]
    assert isinstance(view, WeightsView)
    assert not view.isVisible()
    window.findChild(QDockWidget, "dock_weights").raise_()
    qtbot.waitUntil(lambda: view.isVisible() and bool(diagram(view).blocks))
    view.grab()
    point_at(qtbot, view, BlockCell(0, 0, 1))
    place = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    menu = view.findChild(QMenu, "plot_menu")
    menu.findChild(QAction, "plot_weight").trigger()
    menu.close()
    expected = WeightRef(0, 1, 0)
    qtbot.waitUntil(lambda: [track.quantity for track in window.current_frame.tracks] == [expected])


# -- receptive fields ----------------------------------------------------------------------


def open_fields(qtbot: QtBot, frame: Frame) -> WeightsView:
    view = open_view(qtbot, frame, size=(700, 400))
    qtbot.mouseClick(view.findChild(QWidget, "weights_fields"), Qt.MouseButton.LeftButton)
    view.grab()
    return view


def test_a_receptive_field_has_each_weight_where_its_point_is_in_the_image(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("t-c")
    network = frame.setup.network
    view = open_fields(qtbot, frame)
    blocks = diagram(view).blocks
    assert [block.unit for block in blocks] == list(range(network.groups[1].size))
    rows, columns = frame.setup.patterns.image_shape
    mask = network.connections[0].mask
    for block in blocks:
        assert (len(block.rows), len(block.columns)) == (rows, columns)
        drawn = weights_of(frame.setup, block, frame.snapshot.parameters)
        expected = network.weights(frame.snapshot.parameters, 0)[:, block.unit]
        seen = mask[:, block.unit].reshape(rows, columns)
        assert (np.isnan(drawn) == ~seen).all()
        assert drawn[seen].tolist() == expected.reshape(rows, columns)[seen].tolist()
    row, column = np.argwhere(mask[:, 4].reshape(rows, columns))[0].tolist()
    point_at(qtbot, view, BlockCell(4, row, column))
    source = row * columns + column
    assert view.pointed_quantities() == (WeightRef(0, source, 4),)
    assert said(view).startswith(f"weight {frame.setup.patterns.input_names[source]} → h5: ")


def test_people_are_drawn_in_two_rows_and_relationships_in_one(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_fields(qtbot, frame_for("family-trees"))
    shapes = [(len(block.rows), len(block.columns)) for block in diagram(view).blocks]
    assert shapes == [(2, 12)] * 6 + [(1, 12)] * 6
    point_at(qtbot, view, BlockCell(3, 1, 0))
    assert said(view).startswith("weight Roberto → h1.4: ")


def test_receptive_fields_are_a_choice_that_another_instance_takes_over(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("t-c")
    view, other = open_fields(qtbot, frame), open_view(qtbot, frame)
    assert all(block.unit is None for block in diagram(other).blocks)
    other.set_choices(view.choices())
    other.grab()
    assert all(block.unit is not None for block in diagram(other).blocks)
    pictures = [svg(WeightsView, frame, LIGHT, chosen) for chosen in ({}, other.choices())]
    assert pictures[0] != pictures[1]
