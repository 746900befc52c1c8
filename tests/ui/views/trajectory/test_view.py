"""Plot this over time: choose in the diagram or by typing, watch, take away."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.observe import observe
from bpviz.core.run.quantities import Quantity, UnitValue
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import PublishFrame, StepEpochs, Watch
from bpviz.session.frame import Frame, Track
from bpviz.session.recording.backfill import Backfill
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.ui.export.pictures import svg
from bpviz.ui.toolkit.drawing.epoch_axis import Axes
from bpviz.ui.toolkit.drawing.line_styles import style
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.trajectory import TrajectoryView
from bpviz.ui.views.trajectory.legend import TrackList
from bpviz.ui.views.trajectory.model import notes, value_at, value_range
from bpviz.ui.views.trajectory.parse import parse_quantity
from bpviz.ui.views.trajectory.plot import TrajectoryCanvas
from bpviz.ui.window.main_window import MainWindow
from tests.ui.mouse import move_mouse

XOR = replace(experiment_for("xor"), stop=Stop())

FrameFor = Callable[..., Frame]

WEIGHT = WeightRef(0, 1, 2)
BIAS = BiasRef(1, 0)
UNIT = UnitValue(UnitRef(1, 1), "activation", 1)
DELTA = UnitValue(UnitRef(2, 0), "delta", 3)
ALL = (WEIGHT, BIAS, UNIT, DELTA)


def followed(frame: Frame, epochs: int = 60, chosen_at: int = 0) -> Frame:
    """The frame of a real run that was recorded from an epoch on."""
    run, recorder = new_run(frame.setup), QuantityRecorder()
    for epoch in range(epochs + 1):
        if epoch == chosen_at:
            recorder.add(ALL, run)
        recorder.note(run, trained=True)
        if epoch < epochs:
            run.advance(1)
    return Frame(frame.setup, observe(run), frame.curve, 0.0, recorder.tracks())


def open_view(
    qtbot: QtBot, frame: Frame, theme: Theme = LIGHT, size: tuple[int, int] = (600, 240)
) -> TrajectoryView:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = TrajectoryView(window, theme)
    view.resize(*size)
    view.kept_alive = window
    window.show()
    view.show_frame(frame)
    view.grab()
    return view


def focus(qtbot: QtBot, widget: QWidget) -> None:
    widget.window().activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def drawn(view: TrajectoryView) -> list[tuple[np.ndarray, np.ndarray]]:
    canvas = view.findChild(TrajectoryCanvas)
    return [line.getData() for line in canvas._lines]


def listed(view: TrajectoryView) -> TrackList:
    return view.findChild(TrackList)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_quantity_is_a_line_with_its_name_and_value(
    qtbot: QtBot, frame_for: FrameFor, theme: Theme
) -> None:
    frame = followed(frame_for("xor", hidden=(Hidden(3),)))
    view = open_view(qtbot, frame, theme)
    for (x, y), track in zip(drawn(view), frame.tracks, strict=True):
        assert x.tolist() == track.epochs.tolist()
        assert y.tolist() == track.values.tolist()
    entries = listed(view).entries
    assert [entry.name for entry in entries] == [
        "w x2 → h3", "b h1", "h2, pattern 0 1", "δ y, pattern 1 1",
    ]  # fmt: skip
    assert [entry.value for entry in entries] == [t.values[-1] for t in frame.tracks]
    image = view.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in (60, 90, 120)}
    assert len(seen) > 5


def test_epochs_can_be_logarithmic_and_the_choice_goes_into_pictures(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = followed(frame_for("xor", hidden=(Hidden(3),)))
    view = open_view(qtbot, frame)
    button = view.findChild(QToolButton, "trajectory_log_epochs")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    x, y = drawn(view)[0]
    assert 10.0**x == pytest.approx(np.arange(1, 61))
    assert y.tolist() == frame.tracks[0].values[1:].tolist()
    text = svg(TrajectoryView, frame, LIGHT, view.choices()).decode()
    assert "epoch 0 is left out" in text
    for words in ("w x2 → h3", "y, pattern 1 1", "b h1"):
        assert words in text


def test_a_line_is_taken_away_by_its_cross_or_with_delete(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, followed(frame_for("xor", hidden=(Hidden(3),))))
    listing = listed(view)
    dropped: list[tuple[Quantity, ...]] = []
    view.quantities_dropped.connect(dropped.append)
    middle = listing.rect().center().x()
    beside = QPoint(middle, int(listing.cross(1).center().y()))
    move_mouse(qtbot, listing, beside)
    qtbot.mouseClick(listing, Qt.MouseButton.LeftButton, pos=beside)
    assert dropped == []
    cross = listing.cross(1).center().toPoint()
    qtbot.mouseClick(listing, Qt.MouseButton.LeftButton, pos=cross)
    assert dropped == [(BIAS,)]
    focus(qtbot, listing)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Delete):
        qtbot.keyClick(listing, key)
    assert dropped[1:] == [(UNIT,)]
    qtbot.mouseClick(view.findChild(QPushButton, "trajectory_clear"), Qt.MouseButton.LeftButton)
    assert dropped[2:] == [ALL]


def test_a_list_that_is_too_long_is_scrolled(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = followed(frame_for("xor", hidden=(Hidden(3),)))
    many = tuple(replace(frame.tracks[0], quantity=BiasRef(1, n % 3)) for n in range(24))
    view = open_view(qtbot, replace(frame, tracks=many))
    listing = listed(view)
    focus(qtbot, listing)
    for _ in range(23):
        qtbot.keyClick(listing, Qt.Key.Key_Down)
    assert listing.index == 23
    assert listing.rect().contains(listing.cross(23).toRect())
    assert len({style(LIGHT, place) for place in range(24)}) == 24


def test_what_is_typed_is_plotted_or_refused_with_a_sentence(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, followed(frame_for("xor", hidden=(Hidden(3),))))
    view.select_pattern(2)
    chosen: list[Quantity] = []
    view.quantity_chosen.connect(chosen.append)
    field = view.findChild(QLineEdit, "trajectory_add")
    for text in ("x2 h3", "b h1", "h2"):
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen == [WEIGHT, BIAS, replace(UNIT, row=2)]
    assert field.text() == ""
    field.setText("x9 h3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert len(chosen) == 3
    footing = view.findChild(QWidget, "trajectory_footing")
    assert "'x9'" in footing.text
    assert "x1" in footing.text


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("w x1 → h2", WeightRef(0, 0, 1)),
        ("h3->y", WeightRef(1, 2, 0)),
        ("d y", UnitValue(UnitRef(2, 0), "delta", 1)),
        ("δ h1", UnitValue(UnitRef(1, 0), "delta", 1)),
        ("a h1", UnitValue(UnitRef(1, 0), "activation", 1)),
        ("x1", "input"),
        ("y x1", "weight must be one of a connection, from source to target, not y → x1"),
        ("a b c d", "plot over time must be two units for a weight .*, not 'a b c d'"),
        ("", "plot over time must be .*, not ''"),
    ],
)
def test_ways_to_type_a_quantity(text: str, quantity: Quantity | str) -> None:
    setup = prepare(experiment_for("xor", hidden=(Hidden(3),)))
    if isinstance(quantity, str):
        with pytest.raises(ValueError, match=quantity):
            parse_quantity(setup, text, 1)
    else:
        assert parse_quantity(setup, text, 1) == quantity


def test_it_says_since_when_and_what_is_left_out(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    assert notes(followed(frame).tracks, Axes()) == "epoch"
    late = followed(frame, chosen_at=35).tracks
    lacking = replace(late[0], chosen=35, missing=(7, 34), filling=True)
    assert "epochs 7 to 34 are being filled in (20 % are)" in notes((lacking,), Axes())
    left = replace(lacking, filling=False)
    assert "not filled in: epochs 7 to 34" in notes((*late[1:], left), Axes())
    some = Track(BIAS, np.array([0, 10, 20, 35]), np.zeros(4), chosen=30)
    assert "before epoch 30: 3 epochs of them" in notes((some,), Axes(log_epochs=True))
    thinned = replace(late[0], thinned_before=999)
    assert "before epoch 1,000: lowest and highest" in notes((thinned,), Axes())


def test_values_are_those_of_the_epoch_and_axes_hold_them() -> None:
    track = Track(BIAS, np.array([5, 6, 9]), np.array([0.3, np.nan, -7.2]))
    assert np.isnan(value_at(track, 4.0))
    assert [value_at(track, epoch) for epoch in (5.0, 8.0, 20.0)] == pytest.approx(
        [0.3, np.nan, -7.2], nan_ok=True
    )
    low, high = value_range([track])
    assert -9.0 < low < -8.0
    assert 0.3 < high < 1.0
    assert value_range([]) == (-1.0, 1.0)


# -- in the window -------------------------------------------------------------------------


def tracks(window: MainWindow) -> list[Quantity]:
    return [track.quantity for track in window.current_frame.tracks]


def point_at_unit(qtbot: QtBot, window: MainWindow, group: int, unit: int) -> NetworkView:
    view = window.views["network"]
    assert isinstance(view, NetworkView)
    view.grab()
    block = view.canvas.layout_shown.blocks[group]
    move_mouse(qtbot, view.canvas, QPoint(int(block.x[unit]), int(block.y[unit])))
    qtbot.waitUntil(lambda: view.canvas.target is not None)
    return view


def menu_of(view: NetworkView) -> QMenu:
    canvas = view.canvas
    place = canvas._mouse.toPoint()
    mouse = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(canvas, QContextMenuEvent(mouse, place, canvas.mapToGlobal(place)))
    return canvas.findChildren(QMenu, "network_menu")[-1]


def test_a_unit_is_plotted_over_time_by_key_and_by_menu(qtbot: QtBot, window: MainWindow) -> None:
    view = window.views["trajectory"]
    assert not view.isVisible()
    point_at_unit(qtbot, window, 1, 0)
    window.actions_by_name["plot"].trigger()
    qtbot.waitUntil(lambda: len(tracks(window)) == 1)
    assert tracks(window) == [UnitValue(UnitRef(1, 0), "activation", 0)]
    qtbot.waitUntil(view.isVisible)
    menu = menu_of(point_at_unit(qtbot, window, 1, 1))
    offered = [action.objectName() for action in menu.actions()]
    plots = [name for name in offered if name.startswith("plot_")]
    assert plots == ["plot_activation", "plot_delta", "plot_bias"]
    menu.findChild(QAction, "plot_delta").trigger()
    menu.close()
    qtbot.waitUntil(lambda: len(tracks(window)) == 2)
    window.session.send(StepEpochs(25))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 25)
    for track in window.current_frame.tracks:
        assert track.epochs.tolist() == list(range(26))
    entries = listed(window.views["trajectory"]).entries
    assert [entry.name for entry in entries] == ["h1, pattern 0 0", "δ h2, pattern 0 0"]
    window.actions_by_name["reset"].trigger()
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 0)
    assert [track.epochs.tolist() for track in window.current_frame.tracks] == [[0], [0]]
    listing = listed(window.views["trajectory"])
    window.views["trajectory"].grab()
    cross = listing.cross(0).center().toPoint()
    qtbot.mouseClick(listing, Qt.MouseButton.LeftButton, pos=cross)
    qtbot.waitUntil(lambda: len(tracks(window)) == 1)


def test_a_weight_is_plotted_over_time_and_nothing_of_an_input(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = point_at_unit(qtbot, window, 0, 0)
    assert view.pointed_quantities() == ()
    blocks = view.canvas.layout_shown.blocks
    start, end = (QPoint(int(b.x[0]), int(b.y[0])) for b in blocks[:2])
    move_mouse(qtbot, view.canvas, start + (end - start) * 0.6)
    expected = WeightRef(0, 0, 0)
    qtbot.waitUntil(lambda: view.pointed_quantities() == (expected,))
    menu = menu_of(view)
    action = menu.findChild(QAction, "plot_weight")
    assert "weight x1 → h1" in action.text()
    window.session.send(StepEpochs(40))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 40)
    held = Backfill.advance
    monkeypatch.setattr(Backfill, "advance", lambda *given: None)  # as if it took long
    action.trigger()
    menu.close()
    qtbot.waitUntil(lambda: tracks(window) == [expected])
    # What it was before is filled in, which is said, shown as a gap, and can be stopped.
    view = window.parts.view("trajectory")
    stop = view.findChild(QPushButton, "trajectory_stop")
    footing = view.findChild(QWidget, "trajectory_footing")
    qtbot.waitUntil(stop.isVisible)
    assert "epochs 0 to 39 are being filled in" in footing.text
    monkeypatch.setattr(Backfill, "advance", held)
    window.session.send(PublishFrame(SnapshotRequest()))
    qtbot.waitUntil(stop.isHidden)
    assert footing.text == "epoch"
    assert window.current_frame.tracks[0].epochs.tolist() == list(range(41))


def test_a_view_behind_a_tab_costs_nothing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Frame] = []
    monkeypatch.setattr(TrajectoryView, "show_frame", lambda self, frame: shown.append(frame))
    window.session.send(StepEpochs(2))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 2)
    assert shown == []
    window.findChild(QDockWidget, "dock_trajectory").raise_()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown[-1].snapshot.epoch == 2


def test_a_network_of_another_shape_begins_with_nothing(
    qtbot: QtBot, open_main: Callable[..., MainWindow]
) -> None:
    window = open_main()
    window.session.send(Watch((WEIGHT,)))
    qtbot.waitUntil(lambda: len(tracks(window)) == 1)
    window.load(replace(XOR, hidden=(Hidden(5),)))
    qtbot.waitUntil(lambda: len(tracks(window)) == 0)


@pytest.mark.parametrize("size", [(312, 260), (420, 260), (900, 300)])
def test_the_list_leaves_the_plot_its_width(
    qtbot: QtBot, frame_for: FrameFor, size: tuple[int, int]
) -> None:
    view = open_view(qtbot, followed(frame_for("xor", hidden=(Hidden(3),))), size=size)
    canvas, footing = (
        view.findChild(TrajectoryCanvas),
        view.findChild(QWidget, "trajectory_footing"),
    )
    assert canvas.width() > 0.6 * size[0]
    assert canvas.height() > 0.35 * size[1]
    assert 0 <= footing.y() - canvas.geometry().bottom() < 8  # the name of the axis
    assert not listed(view).geometry().intersects(footing.geometry() | canvas.geometry())
