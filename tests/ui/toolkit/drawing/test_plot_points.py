"""Points painted from what is kept look as pyqtgraph paints them, and plots follow changes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.drawing.plot_points import Points
from bpviz.ui.toolkit.drawing.plotting import Plot, PlotCanvas, PlotLine, label_axis, line_pen
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT


class PlainPoints(pg.ScatterPlotItem):
    """The same points as pyqtgraph paints them."""

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True)

    def put(self, places: Any, look: object, style: Callable[[], dict[str, Any]]) -> None:
        self.setData(pos=places, **style())


Made = tuple[PlotCanvas, Plot, PlotLine, Points | PlainPoints]
Make = Callable[..., Made]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(points_class: type[Points] | type[PlainPoints] = Points) -> Made:
        canvas = PlotCanvas(LIGHT, "canvas")
        plot = canvas.add_plot(0)
        plot.set_theme(LIGHT)
        plot.set_range((0.0, 10.0), (0.0, 1.0))
        line, points = PlotLine(), points_class()
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


def array_of(image: QImage) -> np.ndarray[Any, Any]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def seen(canvas: PlotCanvas) -> np.ndarray[Any, Any]:
    return array_of(canvas.grab().toImage())


def on_screen(canvas: PlotCanvas) -> np.ndarray[Any, Any]:
    """What the window has on screen, if it was painted yet: nothing is painted for this."""
    shown = canvas.window().backingStore().paintDevice().copy()
    return np.zeros((0, 0)) if shown.isNull() else array_of(shown)


def test_the_picture_is_that_of_pyqtgraph(make: Make) -> None:
    canvas, plain = make()[0], make(PlainPoints)[0]
    assert len(np.unique(seen(canvas))) > 10
    for _ in range(3):  # moved points, points that are kept from then on, and those kept
        assert (seen(canvas) == seen(plain)).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda canvas, plot, line, points: line.draw(np.arange(11.0), np.linspace(0.9, 0.1, 11)),
        lambda canvas, plot, line, points: plot.set_range((0.0, 20.0), (0.0, 2.0)),
        lambda canvas, plot, line, points: label_axis(plot.bottom, "epoch"),
        lambda canvas, plot, line, points: plot.bottom.set_log(True),
        lambda canvas, plot, line, points: (canvas.set_theme(DARK), plot.set_theme(DARK)),
        lambda canvas, plot, line, points: canvas.resize(500, 250),
        lambda canvas, plot, line, points: points.setData(pos=np.array([[5.0, 0.5]]), size=9),
        lambda canvas, plot, line, points: plot.left.hide(),
    ],
    ids=["line", "range", "label", "log", "theme", "size", "points", "hidden"],
)
def test_what_changes_is_painted_anew(
    make: Make, qtbot: QtBot, change: Callable[..., object]
) -> None:
    made, plain = make(), make(PlainPoints)
    canvas = made[0]
    before = seen(canvas)
    seen(canvas)  # by now the points are kept
    qtbot.waitUntil(lambda: np.array_equal(on_screen(canvas), before))
    change(*made)
    change(*plain)
    qtbot.waitUntil(lambda: not np.array_equal(on_screen(canvas), before))  # without being asked
    qtbot.waitUntil(lambda: np.array_equal(on_screen(canvas), seen(plain[0])))
    assert (seen(canvas) == seen(plain[0])).all()


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


def test_points_that_move_in_every_frame_are_where_they_should_be(make: Make, qtbot: QtBot) -> None:
    canvas, plot, _, points = make()
    plain_canvas, plain_plot, _, plain = make(PlainPoints)
    rng = np.random.default_rng(0)
    style = {"size": 7, "brush": "b"}
    for n, look in ((30, "a"), (30, "a"), (30, "a"), (12, "a"), (12, "b"), (12, "b"), (0, "b")):
        places = np.stack([rng.uniform(-3.0, 13.0, n), rng.uniform(-0.5, 1.5, n)], axis=1)
        for item in (points, plain):
            item.put(places, (look,), lambda: style)
        expected = seen(plain_canvas)
        qtbot.waitUntil(lambda now=expected: np.array_equal(on_screen(canvas), now))
        assert (seen(canvas) == expected).all()
        points.put(places + 1e-9, (look,), lambda: style)  # as when the next frame has come
    for item, plots in ((points, plot), (plain, plain_plot)):
        item.put(np.full((5, 2), 1e308), ("b",), lambda: style)
        item.put(np.full((5, 2), -1e308), ("b",), lambda: style)
        plots.set_range((0.0, 1.0), (0.0, 1.0))
    assert (seen(canvas) == seen(plain_canvas)).all()


def test_points_and_lines_can_be_painted_in_a_plot_without_width(make: Make) -> None:
    canvas, _, line, points = make()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.scale(0.0, 1.0)  # as pyqtgraph's views scale what they hold until they have a width
        for item in (line, points):
            item.paint(painter, QStyleOptionGraphicsItem(), canvas)
