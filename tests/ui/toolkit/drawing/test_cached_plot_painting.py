"""Plots painted from what is kept look as the graphics view paints them, and follow changes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.drawing.cached_plot_painting import Points
from bpviz.ui.toolkit.drawing.plotting import Plot, PlotCanvas, PlotLine, label_axis, line_pen
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT

Make = Callable[[], tuple[PlotCanvas, Plot, PlotLine, Points]]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made() -> tuple[PlotCanvas, Plot, PlotLine, Points]:
        canvas = PlotCanvas(LIGHT, "quick", quick=True)
        plot = canvas.add_plot(0)
        plot.set_theme(LIGHT)
        plot.set_range((0.0, 10.0), (0.0, 1.0))
        line, points = PlotLine(), Points()
        line.setPen(line_pen(LIGHT, "train", 2.0))
        for item in (line, points):
            plot.box.addItem(item, ignoreBounds=True)
        line.draw(np.arange(11.0), np.linspace(0.1, 0.9, 11))
        points.setData(pos=np.array([[2.0, 0.5], [7.0, 0.2]]), size=9, brush="r")
        canvas.resize(400, 300)
        qtbot.addWidget(canvas)
        canvas.show()
        qtbot.waitExposed(canvas)
        return canvas, plot, line, points

    return made


def seen(canvas: PlotCanvas) -> np.ndarray[Any, Any]:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def slowly(canvas: PlotCanvas) -> np.ndarray[Any, Any]:
    """The same as the graphics view paints it by itself."""
    quick, canvas._quick = canvas._quick, None
    try:
        return seen(canvas)
    finally:
        canvas._quick = quick


def test_the_picture_is_that_of_the_graphics_view(make: Make) -> None:
    canvas, *_ = make()
    quick = seen(canvas)
    assert len(np.unique(quick)) > 10
    assert (quick == slowly(canvas)).all()


def test_axes_and_points_are_kept_while_a_line_grows(make: Make) -> None:
    canvas, _, line, _ = make()
    before = seen(canvas)
    assert canvas._quick is not None
    painted = canvas._quick.stills_painted
    line.draw(np.arange(11.0), np.linspace(0.9, 0.1, 11))
    after = seen(canvas)
    assert canvas._quick.stills_painted == painted
    assert (before != after).any()
    assert (after == slowly(canvas)).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda canvas, plot, points: plot.set_range((0.0, 20.0), (0.0, 2.0)),
        lambda canvas, plot, points: label_axis(plot.bottom, "epoch"),
        lambda canvas, plot, points: plot.bottom.set_log(True),
        lambda canvas, plot, points: (canvas.set_theme(DARK), plot.set_theme(DARK)),
        lambda canvas, plot, points: canvas.resize(500, 250),
        lambda canvas, plot, points: points.setData(pos=np.array([[5.0, 0.5]]), size=9),
        lambda canvas, plot, points: plot.left.hide(),
    ],
    ids=["range", "label", "log", "theme", "size", "points", "hidden"],
)
def test_what_changes_is_painted_anew(
    make: Make, qtbot: QtBot, change: Callable[[PlotCanvas, Plot, Points], object]
) -> None:
    canvas, plot, _, points = make()
    before = seen(canvas)
    seen(canvas)  # by now everything is kept
    change(canvas, plot, points)
    after = seen(canvas)
    assert before.shape != after.shape or (before != after).any()
    assert (after == slowly(canvas)).all()


def test_a_change_of_range_is_painted_without_being_asked(make: Make, qtbot: QtBot) -> None:
    canvas, plot, *_ = make()
    seen(canvas)
    assert canvas._quick is not None
    painted = canvas._quick.stills_painted
    plot.set_range((0.0, 20.0), (0.0, 2.0))
    qtbot.waitUntil(lambda: canvas._quick.stills_painted > painted)


def test_another_density_of_pixels_is_painted_in_full(make: Make) -> None:
    canvas, *_ = make()
    image = QImage(1200, 900, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(3.0)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as painter:
        canvas.render(painter)
    fine = np.frombuffer(image.constBits(), np.uint32).reshape(900, 1200)
    coarse = np.kron(seen(canvas), np.ones((3, 3), dtype=np.uint32))
    assert (fine != coarse).mean() > 0.002  # letters and lines have edges of their own


def test_points_that_move_in_every_frame_are_where_they_should_be(make: Make) -> None:
    canvas, plot, _, points = make()
    rng = np.random.default_rng(0)
    style = {"size": 7, "brush": "b"}
    for n, look in ((30, "a"), (30, "a"), (30, "a"), (12, "a"), (12, "b"), (12, "b"), (0, "b")):
        places = np.stack([rng.uniform(-3.0, 13.0, n), rng.uniform(-0.5, 1.5, n)], axis=1)
        points.put(places, (look,), lambda: style)
        canvas.redraw()
        quick = seen(canvas)
        assert (quick == slowly(canvas)).all()
        points.put(places + 1e-9, (look,), lambda: style)  # as when the next frame has come
    points.put(np.full((5, 2), 1e308), ("b",), lambda: style)
    points.put(np.full((5, 2), -1e308), ("b",), lambda: style)
    plot.set_range((0.0, 1.0), (0.0, 1.0))
    assert (seen(canvas) == slowly(canvas)).all()
