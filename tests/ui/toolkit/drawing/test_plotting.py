"""Axes, numbers and canvases that all plots share."""

import math

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.text.number_words import number_text
from bpviz.ui.toolkit.drawing.plotting import (
    AXIS_WIDTH,
    NumberAxis,
    PlotCanvas,
    PlotLine,
    label_axis,
    line_pen,
    nice_ceiling,
    nice_step,
    plot_font,
)
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, THEMES


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1.00"), (0.05, "0.0500"), (0.000912, "0.000912"), (1204.0, "1,204"),
        (-3.14159, "−3.14"), (2.5e-7, "2.5×10⁻⁷"), (1e-9, "10⁻⁹"), (12_345_678.0, "1.23×10⁷"),
        (math.nan, "–"), (math.inf, "–"),
    ],
)  # fmt: skip
def test_numbers_are_written_shortly(value: float, text: str) -> None:
    assert number_text(value) == text


def test_places_are_kept_when_asked_for() -> None:
    assert [number_text(x, 3) for x in (0.0, 0.5, 12.3456)] == ["0.000", "0.500", "12.346"]


@given(st.floats(1e-200, 1e200))
def test_a_nice_ceiling_is_close_above(value: float) -> None:
    ceiling = nice_ceiling(value)
    assert value * (1 - 1e-9) <= ceiling <= value * 1.34


@given(st.floats(1e-200, 1e200), st.floats(1.0, 30.0))
def test_a_nice_step_divides_seldom_enough(span: float, most: float) -> None:
    step = nice_step(span, most)
    assert span / step <= most * (1 + 1e-6)
    assert span / step >= most / 2.6
    assert float(f"{step:e}".split("e")[0]) in (1.0, 2.0, 5.0)


def ticks(low: float, high: float, size: float, **kind: bool) -> list[str]:
    axis = NumberAxis("bottom", kind.get("whole", False))
    axis.set_log(kind.get("log", False))
    axis.setRange(low, high)
    return [
        text
        for spacing, values in axis.tickValues(low, high, size)
        for text in axis.tickStrings(values, 1.0, spacing)
        if text
    ]


@pytest.mark.parametrize(
    ("low", "high", "size", "kind", "texts"),
    [
        (0, 5000, 400, {}, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
        (0, 1, 300, {}, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0, 3, 600, {"whole": True}, ["0", "1", "2", "3"]),
        (0, 3.0969, 400, {"log": True}, ["1", "10", "100", "1,000"]),
        (0, 6, 400, {"log": True}, [f"10{n}" for n in "⁰¹²³⁴⁵⁶"]),
        (0, 0.9031, 400, {"log": True, "whole": True}, ["1", "2", "3", "4", "5", "6", "7", "8"]),
    ],
)
def test_ticks_stand_at_round_numbers(
    low: float, high: float, size: float, kind: dict[str, bool], texts: list[str], qtbot: QtBot
) -> None:
    assert ticks(low, high, size, **kind) == texts


@given(st.floats(-300.0, 300.0), st.floats(1e-6, 600.0), st.floats(20.0, 2000.0), st.booleans())
def test_a_log_axis_always_has_ticks_that_fit(
    low: float, width: float, size: float, whole: bool
) -> None:
    high = min(low + width, 305.0)
    axis = NumberAxis("left", whole)
    axis.set_log(True)
    levels = axis.tickValues(low, high, size)
    numbered = [v for spacing, values in levels if spacing is not None for v in values]
    assert all(low - 1e-6 <= v <= high + 1e-6 for _, values in levels for v in values)
    assert len(numbered) <= max(3.0, size / 12)
    assert len(axis.tickStrings(numbered, 1.0, 1.0)) == len(numbered)


def test_no_range_no_ticks(qtbot: QtBot) -> None:
    assert NumberAxis("left").tickValues(1.0, 1.0, 100.0) == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_canvas_wears_the_theme(theme: object, qtbot: QtBot) -> None:
    canvas = PlotCanvas(DARK if theme is LIGHT else LIGHT, "some_canvas")
    qtbot.addWidget(canvas)
    plot = canvas.add_plot(0)
    canvas.set_theme(theme)
    plot.set_theme(theme)
    canvas.resize(200, 150)
    image = QImage(200, 150, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()
    assert image.pixelColor(198, 2) == theme.colour("surface")
    assert canvas.objectName() == "some_canvas"


def test_an_axis_keeps_its_width_whatever_the_numbers(qtbot: QtBot) -> None:
    canvas = PlotCanvas(LIGHT, "c")
    qtbot.addWidget(canvas)
    plot = canvas.add_plot(0)
    plot.set_theme(LIGHT)
    label_axis(plot.bottom, "epoch")
    plot.box.addItem(pg.PlotCurveItem(np.arange(3.0), np.arange(3.0)))
    canvas.resize(300, 200)
    canvas.show()
    places = set()
    for top in (1.0, 1e3, 1e7, 1e-7, 1e250):
        plot.set_range((0.0, top), (0.0, top))
        canvas.grab()
        places.add(plot.box.sceneBoundingRect().getRect())
    assert len(places) == 1
    assert plot.left.width() == AXIS_WIDTH


def test_text_is_never_small(qtbot: QtBot) -> None:
    assert plot_font().pointSizeF() >= 9.0


@pytest.mark.parametrize("density", [1, 2, 3])
@pytest.mark.parametrize("rises", [0, 10, 100])
def test_a_line_is_as_wide_as_its_pen_says(density: int, rises: int, qtbot: QtBot) -> None:
    """However dense the pixels are, and whichever way the line is painted."""
    canvas = PlotCanvas(LIGHT, "c")
    qtbot.addWidget(canvas)
    plot = canvas.add_plot(0)
    line = PlotLine()
    line.setPen(line_pen(LIGHT, "train", 4.0))
    plot.box.addItem(line)
    plot.set_range((0.0, 10.0), (0.0, 1.0))
    canvas.resize(400, 300)
    canvas.show()
    zigzag = np.tile([0.1, 0.9], rises)
    y = np.concatenate([np.full(2, 0.5), [np.nan], zigzag])
    x = np.concatenate([[1.0, 9.0], [9.1], np.linspace(9.2, 9.9, len(zigzag))])
    line.draw(x, y)
    image = QImage(400 * density, 300 * density, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(density)
    painter = QPainter(image)
    QWidget.render(canvas, painter, QPoint())
    painter.end()
    column = [image.pixelColor(200 * density, row) for row in range(300 * density)]
    strength = sum(255 - colour.red() for colour in column) / (255 - LIGHT.colour("train").red())
    assert strength == pytest.approx(4 * density, abs=1.1)


def test_a_line_may_be_empty_or_all_gaps(qtbot: QtBot) -> None:
    canvas = PlotCanvas(LIGHT, "c")
    qtbot.addWidget(canvas)
    line = PlotLine()
    canvas.add_plot(0).box.addItem(line)
    for points in ([], [1.0], [np.nan, np.nan], [2.0, 2.0, 2.0]):
        line.draw(np.arange(float(len(points))), np.array(points))
        canvas.grab()
