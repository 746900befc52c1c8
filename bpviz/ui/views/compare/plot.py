"""The comparison's drawing area: a line for each run, or the errors against hidden units."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.drawing.epoch_axis import Axes, error_range
from bpviz.ui.toolkit.drawing.plotting import PlotCanvas, PlotLine, label_axis
from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.views.compare.lines import Series, x_range


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A line with its colour and width in px; ``dots`` marks every point of it."""

    line: Series
    colour: QColor
    width: float = 1.8
    dots: bool = False
    dashed: bool = False


class ComparePlot(PlotCanvas):
    """Draws lines on axes that hold all of them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "compare_canvas", parent)
        self.setAccessibleName("Errors of the compared runs")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot = self.add_plot(0, whole_x=True)
        self._plot.box.setMouseEnabled(False, False)
        self._curves: list[PlotLine] = []
        self._drawn: list[Drawn | None] = []
        self._axes = Axes()
        self._dots = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._dots.setZValue(5)
        self._plot.box.addItem(self._dots)
        self.setMinimumSize(scaled(200), scaled(90))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._plot.set_theme(theme)

    def show_lines(self, drawn: list[Drawn], axes: Axes, x_label: str, y_label: str) -> None:
        """Draw these and no others; ``axes`` says which coordinates are logarithmic."""
        lines = [each.line for each in drawn]
        self._plot.bottom.set_log(axes.log_epochs)
        self._plot.left.set_log(axes.log_error)
        label_axis(self._plot.bottom, x_label)
        label_axis(self._plot.left, y_label)
        x, y = x_range(lines, axes), error_range([line.error for line in lines], axes)
        if [*x] != self._plot.box.viewRange()[0] or [*y] != self._plot.box.viewRange()[1]:
            self._plot.set_range(x, y)
            self._drawn = []  # how a line is painted depends on the range
        if axes != self._axes:
            self._axes, self._drawn = axes, []
        while len(self._curves) < len(drawn):
            curve = PlotLine()
            self._plot.box.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
        for n, curve in enumerate(self._curves):
            each = drawn[n] if n < len(drawn) else None
            old = self._drawn[n] if n < len(self._drawn) else None
            if each is None or not len(each.line.x):
                curve.clear()
            elif old is None or not _same(old, each):
                self._draw(curve, each, axes)
        self._drawn = [*drawn]
        self._draw_dots([each for each in drawn if each.dots], axes)

    def _draw(self, curve: PlotLine, each: Drawn, axes: Axes) -> None:
        style = Qt.PenStyle.DashLine if each.dashed else Qt.PenStyle.SolidLine
        pen = QPen(each.colour, each.width, style)
        pen.setCosmetic(True)
        curve.setPen(pen)
        curve.draw(axes.x_of(each.line.x), axes.y_of(axes.shown(each.line.error)))

    def _draw_dots(self, drawn: list[Drawn], axes: Axes) -> None:
        if not drawn and not len(self._dots.data):
            return
        points = [
            np.stack([axes.x_of(d.line.x), axes.y_of(axes.shown(d.line.error))], axis=1)
            for d in drawn
        ]
        brushes = [pg.mkBrush(d.colour) for d in drawn for _ in d.line.x]
        pos = np.concatenate([np.empty((0, 2)), *points])
        self._dots.setData(pos=pos, size=8.0, brush=brushes, pen=pg.mkPen(None))


def _same(old: Drawn, new: Drawn) -> bool:
    return old.line is new.line and (old.colour, old.width) == (new.colour, new.width)
