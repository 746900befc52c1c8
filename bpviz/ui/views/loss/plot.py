"""The plots of the loss view: the error, and optionally the share of right outputs below."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsLineItem,
    QWidget,
)

from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, Range
from bpviz.ui.toolkit.drawing.plotting import Plot, PlotCanvas, PlotLine, label_axis, line_pen
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.loss.marks import MarksItem

_RIGHT_RANGE = (-6.0, 106.0)  # per cent, and room for the width of a line at both ends
_DOT = 7
_ANY_HEIGHT = float(2**24 - 1)  # Qt's own largest size


LinePoints = tuple[Vector, Vector]
"""x and y of a line; nan makes a gap."""


class Style(NamedTuple):
    """The style of a curve: its colour role and its width in px."""

    role: str
    width: float


# The test curve is narrower and on top, so that both are visible where they coincide.
STYLES = {"train": Style("train", 2.0), "test": Style("test", 1.0)}

GHOSTS = {"train": Style("muted", 1.5), "test": Style("muted", 1.0)}
"""The curves after the current epoch, while an earlier one is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve in plotted coordinates: x with error, and x with the share right in percent."""

    name: str
    error: LinePoints
    right: LinePoints | None = None


@dataclass(frozen=True, slots=True)
class CurveMark:
    """One epoch in plotted coordinates: a dot on each curve, by name; nan: no dot."""

    x: float
    error: dict[str, float]
    right: dict[str, float]


@guard_overrides
class LossCanvas(PlotCanvas):
    """Draws lines and a mark, with signals for the mouse. Ranges are in plotted coordinates."""

    zoomed = Signal()
    """The user zoomed or panned."""

    pointed = Signal(object)
    """The plotted x under the mouse; None when the mouse has left."""

    resized = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(theme, "loss_canvas", parent)
        self.setAccessibleName("Loss curve")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it handles no keys
        self._error = self.add_plot(0, whole_x=True)
        self._right = self.add_plot(1, whole_x=True)
        self._plots = (self._error, self._right)
        self._ghosts = {name: [_line(plot) for plot in self._plots] for name in GHOSTS}
        self._curves = {name: [_line(plot) for plot in self._plots] for name in STYLES}
        self.marks = MarksItem(theme)
        self._error.box.addItem(self.marks, ignoreBounds=True)
        self._cross = [_cross(plot) for plot in self._plots]
        self._dots = [{name: _dot(plot) for name in STYLES} for plot in self._plots]
        self._right.box.setMouseEnabled(False, False)
        self._right.left.setTicks([[(0.0, "0 %"), (50.0, "50 %"), (100.0, "100 %")]])
        self._error.box.sigRangeChangedManually.connect(lambda *_: self.zoomed.emit())
        self._error.box.sigResized.connect(lambda *_: self.resized.emit())
        self.set_theme(theme)
        self.show_right(False)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for plot in self._plots:
            plot.set_theme(theme)
        label_axis(self._right.left, "right")
        for name, style in STYLES.items():
            for curve in self._curves[name]:
                curve.setPen(line_pen(theme, style.role, style.width))
        self.marks.set_theme(theme)
        for name, style in GHOSTS.items():
            for curve in self._ghosts[name]:
                curve.setPen(line_pen(theme, style.role, style.width))
        for cross in self._cross:
            cross.setPen(line_pen(theme, "muted"))
        for dots in self._dots:
            for name, dot in dots.items():
                dot.setBrush(theme.colour(STYLES[name].role))

    def show_right(self, shown: bool) -> None:
        """Show the share of right outputs over the same epochs, or only the error."""
        for axis in (self._right.left, self._right.bottom):
            axis.show() if shown else axis.hide()  # setVisible would leave no room for it
        self._right.box.setVisible(shown)
        for item in (self._right.left, self._right.box):  # a hidden item keeps its cell
            item.setMaximumHeight(_ANY_HEIGHT if shown else 0.0)
        self._error.bottom.setStyle(showValues=not shown)
        layout = self.ci.layout
        layout.setRowStretchFactor(0, 5)
        layout.setRowStretchFactor(2, 2 if shown else 0)
        layout.setRowSpacing(1, SPACE if shown else 0)
        layout.activate()  # at once: a picture may be made before events are processed

    def set_axes(self, axes: Axes) -> None:
        """Make the axes linear or logarithmic, and limit zooming accordingly."""
        for plot in self._plots:
            plot.bottom.set_log(axes.log_epochs)
        self._error.left.set_log(axes.log_error)
        x_min, x_max, x_least = (0.0, 12.5, 1e-4) if axes.log_epochs else (0.0, 2e12, 2.0)
        y_end, y_least = (320.0, 1e-4) if axes.log_error else (1e301, 1e-300)
        self._error.box.setLimits(
            xMin=x_min, xMax=x_max, minXRange=x_least,
            yMin=-y_end, yMax=y_end, minYRange=y_least,
        )  # fmt: skip

    def ranges(self) -> tuple[Range, Range]:
        """The visible ranges of x and y in the error plot."""
        x, y = self._error.box.viewRange()
        return (x[0], x[1]), (y[0], y[1])

    def set_ranges(self, x: Range, y: Range) -> None:
        """Show these ranges."""
        if (x, y) != self.ranges():
            self._error.set_range(x, y)
        x = self.ranges()[0]
        if [*x] != self._right.box.viewRange()[0]:
            self._right.set_range(x, _RIGHT_RANGE)

    def columns(self) -> int:
        """The number of pixel columns of the plots."""
        return max(1, int(self._error.box.width() * self.devicePixelRatioF()))

    def show_lines(self, lines: list[Line], ghosts: list[Line]) -> None:
        """Draw only these lines, and ``ghosts`` in a muted colour."""
        for shown, curves in ((lines, self._curves), (ghosts, self._ghosts)):
            by_name = {line.name: line for line in shown}
            for name, (error, right) in curves.items():
                line = by_name.get(name)
                _draw(error, line.error if line else None)
                _draw(right, line.right if line else None)

    def show_mark(self, mark: CurveMark | None, crossed: bool) -> None:
        """Put a dot on each curve at one epoch, and a line through them if ``crossed``."""
        for dots, cross, plot in zip(self._dots, self._cross, self._plots, strict=True):
            values = {} if mark is None else mark.error if plot is self._error else mark.right
            for name, dot in dots.items():
                y = values.get(name, math.nan)
                dot.setVisible(math.isfinite(y))
                if math.isfinite(y) and mark is not None:
                    dot.setPos(mark.x, y)
            cross.setVisible(crossed and mark is not None)
            if mark is not None and crossed:
                low, high = plot.box.viewRange()[1]
                cross.setLine(mark.x, low, mark.x, high)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Emit the x under the mouse."""
        super().mouseMoveEvent(event)
        point = self.mapToScene(event.position().toPoint())
        inside = any(plot.box.sceneBoundingRect().contains(point) for plot in self._plots)
        self.pointed.emit(self._x_at(point) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Emit that the mouse has left."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _x_at(self, point: QPointF) -> float:
        return float(self._error.box.mapSceneToView(point).x())


def _line(plot: Plot) -> PlotLine:
    line = PlotLine()
    plot.box.addItem(line, ignoreBounds=True)
    return line


def _draw(line: PlotLine, points: LinePoints | None) -> None:
    if points is None:
        line.clear()
    else:
        line.draw(*points)


def _dot(plot: Plot) -> QGraphicsEllipseItem:
    dot = QGraphicsEllipseItem(-_DOT / 2, -_DOT / 2, _DOT, _DOT)
    dot.setFlag(QGraphicsEllipseItem.GraphicsItemFlag.ItemIgnoresTransformations)
    dot.setPen(Qt.PenStyle.NoPen)
    dot.setVisible(False)
    plot.box.addItem(dot, ignoreBounds=True)
    return dot


def _cross(plot: Plot) -> QGraphicsLineItem:
    cross = QGraphicsLineItem()
    cross.setVisible(False)
    plot.box.addItem(cross, ignoreBounds=True)
    return cross
