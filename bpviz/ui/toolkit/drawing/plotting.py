"""What all plots share: surfaces, axes, fonts and pens.

A ``PlotCanvas`` (a widget) holds one or more ``Plot``s (a pyqtgraph ViewBox with two axes) in a
grid. pyqtgraph's PlotItem is not used: it builds a context menu of about forty widgets per plot,
and the width of its axes changes while training.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPaintEngine, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget

from bpviz.core.text.number_words import number_text, power_of_ten
from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.line_clipping import clip_line
from bpviz.ui.toolkit.drawing.pixels import pixel_ratio
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides

SMALLEST_TEXT = 9.0
"""The smallest size of a plot's text, in points."""

OVERHANG = 4 * SPACE
"""Px by which a number may extend beyond the end of a horizontal axis."""

AXIS_WIDTH = 7 * SPACE
"""Default width of a vertical axis, px."""

_BELOW_BOXES = -200
Ticks = list[tuple[float | None, list[float]]]


def plot_font(bold: bool = False) -> QFont:
    """The application's font, at least 9 pt, with figures of equal width."""
    return QFont(_lettering(QApplication.font(), bold)[0])


def plot_metrics(bold: bool = False) -> QFontMetricsF:
    """The metrics of ``plot_font``; do not modify them."""
    return _lettering(QApplication.font(), bold)[1]


@lru_cache(maxsize=8)
def _lettering(font: QFont, bold: bool) -> tuple[QFont, QFontMetricsF]:
    font = QFont(font)
    if font.pointSizeF() < SMALLEST_TEXT:
        font.setPointSizeF(SMALLEST_TEXT)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setBold(bold)
    return font, QFontMetricsF(font)


def line_pen(
    theme: Theme, role: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> QPen:
    """A pen whose width is in pixels, whatever the zoom."""
    pen = QPen(theme.colour(role), width, style)
    pen.setCosmetic(True)
    return pen


def nice_step(span: float, most: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides ``span`` at most ``most`` times."""
    least = span / max(most, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    return next((m * power for m in (1.0, 2.0, 5.0) if m * power >= least * (1 - 1e-9)), 10 * power)


def nice_ceiling(value: float) -> float:
    """The smallest round number that is not below ``value`` (> 0): 1, 1.25, 1.5, 2, ... 8, 10."""
    power = 10.0 ** math.floor(math.log10(value))
    rounds = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next((m * power for m in rounds if m * power >= value * (1 - 1e-12)), 10.0 * power)


@guard_overrides
class NumberAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of fixed width with numbers in steps of 1, 2 or 5; it can be logarithmic.

    ``log``: the plotted coordinate is log10 of the value; the data are transformed by the
    caller (pyqtgraph's log mode is not used). ``whole``: values are integers, and so are ticks.
    """

    def __init__(self, side: str, whole: bool = False) -> None:
        self.log = False
        self.whole = whole
        self._units = 0.0, 1.0
        self.look: tuple[Theme, bool, QFont] | None = None  # applied last
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.setStyle(autoExpandTextSpace=False, tickTextOffset=4)

    def set_log(self, log: bool) -> None:
        """Set whether the plotted coordinate is log10 of the value."""
        if log != self.log:
            self.log = log
            self.picture = None
            self.update()

    def set_units(self, mean: float, unit: float) -> None:
        """Write ``mean`` + ``unit`` times the plotted coordinate; for an axis that is not log."""
        if (mean, unit) != self._units:
            self._units = mean, unit
            self.picture = None
            self.update()

    def in_units(self, values: Sequence[float]) -> list[float]:
        """What is written for plotted coordinates."""
        mean, unit = self._units
        return [mean + unit * value for value in values]

    def boundingRect(self) -> QRectF:
        """The axis, its grid, and room for numbers beyond its ends (0 at the corner)."""
        sideways = self.orientation in ("top", "bottom")
        x, y = (OVERHANG, 0) if sideways else (0, SPACE)
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-x, -y, x, y)

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        """The values of the ticks: those with a number first, then those without."""
        low, high = min(low, high), max(low, high)
        if not high > low:
            return []
        most = size / self._room()
        if self.log:
            return self._log_ticks(low, high, most)
        mean, unit = self._units
        levels = self._ticks(mean + unit * low, mean + unit * high, most)
        return [(step, [(value - mean) / unit for value in values]) for step, values in levels]

    def tickStrings(
        self, values: Sequence[float], scale: float, spacing: float | None
    ) -> list[str]:
        """The texts of one level of ticks; '' for the level without numbers (spacing None)."""
        if spacing is None or not values:
            return [""] * len(values)
        if self.log:
            texts = self._log_strings(values)
        else:
            texts = _linear_strings(self.in_units(values), spacing)
        return [text.replace("-", "−") for text in texts]

    def _room(self) -> float:
        """The px that the number of a tick needs along the axis."""
        font = self.style["tickFont"]
        metrics = QFontMetricsF(font) if font else plot_metrics()
        if self.orientation in ("left", "right"):
            return metrics.height() * 1.8
        numbers = _linear_strings(self.in_units(self.range), 1.0)
        widest = "10⁻¹⁰" if self.log else max(numbers, key=len)
        return metrics.horizontalAdvance(widest) + 3 * SPACE

    def _ticks(self, low: float, high: float, most: float) -> Ticks:
        step = nice_step(high - low, most)
        if self.whole:
            step = max(1.0, step)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return [(step, [n * step for n in range(first, last + 1)])]

    def _log_ticks(self, low: float, high: float, most: float) -> Ticks:
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        if last - first < 1 and high - low < 1.0:  # less than a decade: plain numbers
            step = nice_step(10.0**high - 10.0**low, most)
            step = max(1.0, step) if self.whole else step
            values = self._ticks(10.0**low, 10.0**high, (10.0**high - 10.0**low) / step)[0][1]
            return [(1.0, [math.log10(value) for value in values if value > 0.0])]
        every = max(1, math.ceil((high - low) / max(most, 1.0)))
        numbered = [float(n) for n in range(first, last + 1) if n % every == 0]
        if every > 1:
            return [(1.0, numbered), (None, [float(n) for n in range(first, last + 1)])]
        parts = [
            n + math.log10(m)
            for n in range(first - 1, last + 1)
            for m in range(2, 10)
            if low <= n + math.log10(m) <= high
        ]
        return [(1.0, numbered), (None, parts)]

    def _log_strings(self, values: Sequence[float]) -> list[str]:
        decades = all(abs(value - round(value)) < 1e-9 for value in values)
        if decades and (min(values) < -3.5 or max(values) > 5.5):
            return [power_of_ten(round(value)) for value in values]
        return [_plain(10.0**value) for value in values]


def _plain(value: float) -> str:
    text = number_text(float(f"{value:.6g}"))
    if "×" in text or "⁰" in text or "." not in text:
        return text
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _linear_strings(values: Sequence[float], spacing: float) -> list[str]:
    largest = max(abs(value) for value in values)
    if largest >= 1e9 or (0.0 < largest < 1e-3):
        return [number_text(float(f"{value:.6g}")) if value else "0" for value in values]
    places = max(0, -math.floor(math.log10(spacing) + 1e-9))
    return [f"{value:,.{places}f}" for value in values]


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A plotting area: ``box`` holds the items, ``left`` and ``bottom`` are the axes."""

    box: pg.ViewBox
    left: NumberAxis
    bottom: NumberAxis

    def set_theme(self, theme: Theme, grid: bool = True) -> None:
        """Colour both axes; with ``grid``, a line crosses the area at every tick."""
        look = theme, grid, plot_font()
        for axis in (self.left, self.bottom):
            if axis.look != look:  # applying one takes a ms
                dress_axis(axis, theme, grid)
                axis.look = look

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this range, in plotted coordinates."""
        self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def fit_left(self, least: int) -> None:
        """Give the vertical axis room for the numbers of its range, px at 100 % text at least."""
        low, high = self.left.in_units(self.box.viewRange()[1])
        metrics = plot_metrics()
        numbers = _linear_strings([low, high], nice_step(high - low, 5.0))
        width = max(map(metrics.horizontalAdvance, numbers)) + metrics.height() + 2 * SPACE
        self.left.setWidth(max(scaled(least), math.ceil(width)))


@guard_overrides
class PlotCanvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """The widget that holds plots in a grid; it paints itself into any QPainter."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        # A cached background would be a bitmap in vector pictures.
        self.setCacheMode(PlotCanvas.CacheModeFlag.CacheNone)
        self.ci.layout.setContentsMargins(0, SPACE, OVERHANG, 0)
        self.ci.layout.setSpacing(0)
        PlotCanvas.set_theme(self, theme)  # not an override: its parts do not exist yet

    def set_theme(self, theme: Theme) -> None:
        """Use the surface colour of this theme."""
        self.setBackground(theme.surface)

    def add_plot(
        self, row: int, column: int = 0, *, axis_width: int = AXIS_WIDTH, whole_x: bool = False
    ) -> Plot:
        """A new plot in a cell of the grid (each cell takes two rows and two columns).

        ``axis_width`` is the width of the vertical axis in px; ``whole_x``: x values are integers.
        Zooming and panning with the mouse are enabled; there is no automatic range.
        """
        box = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
        box.disableAutoRange()
        left, bottom = NumberAxis("left"), NumberAxis("bottom", whole_x)
        left.setWidth(scaled(axis_width))
        for axis in (left, bottom):
            axis.linkToView(box)
            axis.setZValue(_BELOW_BOXES)  # the grid is below the curves
        r, c = 2 * row, 2 * column
        self.addItem(left, r, c)
        self.addItem(box, r, c + 1)
        self.addItem(bottom, r + 1, c + 1)
        return Plot(box, left, bottom)


def dress_axis(axis: pg.AxisItem, theme: Theme, grid: bool = True) -> None:
    """Apply the theme's colours and the plots' font to any AxisItem."""
    font = plot_font()
    axis.setPen(line_pen(theme, "border"))
    axis.setTextPen(line_pen(theme, "muted"))
    axis.setTickPen(line_pen(theme, "grid"))
    axis.setStyle(
        tickFont=font,
        tickAlpha=255,
        tickLength=0,
        tickTextHeight=math.ceil(QFontMetricsF(font).height()),
        textFillLimits=[(0, 10.0)],
    )
    axis.label.setFont(font)
    axis.setGrid(255 if grid else False)


def label_axis(axis: pg.AxisItem, text: str) -> None:
    """Set the label of an axis; an equal label causes no new layout."""
    if axis.labelText != text:
        axis.setLabel(text)


@guard_overrides
class PlotLine(pg.PlotCurveItem):  # type: ignore[misc]
    """A line of a plot with the width of its pen on screens of any resolution, painted fast.

    Painted as one path, a noisy line 2 px wide takes 100 ms; as single segments, 5 ms. So a line
    that goes up and down much is painted as segments, and a very noisy one without antialiasing,
    which makes no visible difference there. In a vector picture it is always one path.
    """

    _PATH, _SMOOTH = 3.0, 10.0  # total ups and downs of the line, in heights of the plot

    def __init__(self) -> None:
        super().__init__(connect="finite")
        self._ink = 0.0

    def draw(self, x: Vector, y: Vector) -> None:
        """Draw this line, in plotted coordinates; nan makes a gap."""
        low, high = self.getViewBox().viewRange()[1]
        rises = np.diff(y)
        self._ink = float(np.nansum(np.abs(rises))) / (high - low)
        new = np.append((rises != 0.0) | (np.diff(x) != 0.0), True)  # without repeated points
        self.setData(x[new[: len(x)]], y[new[: len(y)]], antialias=self._ink < self._SMOOTH)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the line."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            self._paint_into_file(painter)
            return
        self.opts["segmentedLineMode"] = "on" if self._ink > self._PATH else "off"
        pen = self.opts["pen"]
        dense = QPen(pen)
        # The width of a cosmetic pen is in device pixels, which are smaller on a dense screen.
        dense.setWidthF(pen.widthF() * pixel_ratio(painter))
        self.opts["pen"] = dense
        super().paint(painter, option, widget)
        self.opts["pen"] = pen

    def _paint_into_file(self, painter: QPainter) -> None:
        """Paint in px and clip at the edges: some SVG readers ignore cosmetic pens, and Qt writes
        no clipping into an SVG."""
        x, y = self.getData()
        if x is None:
            return
        to_px = painter.transform()
        place = to_px.mapRect(self.getViewBox().viewRect())
        points = np.stack([to_px.m11() * x + to_px.dx(), to_px.m22() * y + to_px.dy()], axis=1)
        low, high = (place.left(), place.top()), (place.right(), place.bottom())
        pen = QPen(self.opts["pen"])
        pen.setCosmetic(False)
        painter.save()
        painter.resetTransform()
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in clip_line(points, low, high):
            painter.drawPolyline([QPointF(*point) for point in part.tolist()])
        painter.restore()
