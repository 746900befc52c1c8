"""The three plots of a race: density of the curves, share solved, epochs to solve."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsPolygonItem, QWidget

from bpviz.core.race.plan import Outcomes
from bpviz.core.race.statistics import solved_over_epochs
from bpviz.core.values import Vector
from bpviz.ui.race.density import Density, DensityScales
from bpviz.ui.toolkit.drawing.plotting import PlotCanvas, PlotLine, label_axis, nice_ceiling
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides

BINS = 40
BAND = 45
"""Opacity of a band, of 255."""


def variant_colour(theme: Theme, variant: int) -> QColor:
    """The colour of a variant in all plots and the table."""
    return QColor(theme.classes[variant % len(theme.classes)])


def _pen(colour: QColor, width: float = 2.0) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _dashed(colour: QColor) -> QPen:
    pen = _pen(colour)
    pen.setStyle(Qt.PenStyle.DashLine)
    return pen


@guard_overrides
class DensityPlot(PlotCanvas):
    """All loss curves as an image of counts, and the chosen one as a line."""

    clicked = Signal(float, float)
    """Plot coordinates of a click."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "race_density", parent)
        self.setAccessibleName("Loss curves of all networks")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._plot = self.add_plot(0, whole_x=True)
        self._plot.box.setMouseEnabled(False, False)
        self._image = pg.ImageItem()
        self._line = PlotLine()
        self._plot.box.addItem(self._image)
        self._plot.box.addItem(self._line)
        label_axis(self._plot.bottom, "epoch")
        label_axis(self._plot.left, "error E")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours; the image must be shown again afterwards."""
        super().set_theme(theme)
        self._theme = theme
        if hasattr(self, "_plot"):
            self._plot.set_theme(theme, grid=False)
            self._line.setPen(_pen(theme.colour("negative")))

    def show_density(self, density: Density) -> None:
        """Show these counts."""
        scales = density.scales
        (left, right), (bottom, top) = scales.x_range, scales.y_range
        self._plot.bottom.set_log(scales.log_epochs)
        self._plot.left.set_log(scales.log_error)
        self._image.setImage(self._theme.sequential(density.shares()), levels=(0, 255))
        self._image.setRect(QRectF(left, bottom, right - left, top - bottom))
        self._plot.set_range((left, right), (density.lowest, top))

    def clear_density(self) -> None:
        """Show nothing."""
        self._image.clear()
        self.show_curve(np.zeros(0), np.zeros(0))

    def show_curve(self, x: Vector, y: Vector) -> None:
        """Show one network's curve; empty arrays for none."""
        self._line.draw(x, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit ``clicked``."""
        if event.button() == Qt.MouseButton.LeftButton:
            point = self._plot.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            if self._plot.box.viewRect().contains(point):
                self.clicked.emit(point.x(), point.y())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Ignore the mouse except for clicks: no panning and no wheel."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            event.accept()
            return True
        return bool(super().viewportEvent(event))


class LinePlot(PlotCanvas):
    """A line for every variant, some with a band."""

    def __init__(self, theme: Theme, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self.plot = self.add_plot(0, whole_x=True)
        self.plot.box.setMouseEnabled(False, False)
        self._lines: dict[int, PlotLine] = {}
        self._bands: dict[int, QGraphicsPolygonItem] = {}
        self._marks: dict[int, PlotLine] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._theme = theme
        if not hasattr(self, "plot"):
            return
        self.plot.set_theme(theme)
        for variant, line in self._lines.items():
            line.setPen(_pen(variant_colour(theme, variant)))
        for variant, band in self._bands.items():
            band.setBrush(self._shade(variant))
        for variant, mark in self._marks.items():
            mark.setPen(_dashed(variant_colour(theme, variant)))

    def clear_lines(self) -> None:
        """Show nothing."""
        for items in (self._lines, self._bands, self._marks):
            for item in items.values():
                self.plot.box.removeItem(item)
            items.clear()

    def draw_line(self, variant: int, x: Vector, y: Vector) -> None:
        """Draw the line of a variant."""
        if variant not in self._lines:
            line = self._lines[variant] = PlotLine()
            line.setPen(_pen(variant_colour(self._theme, variant)))
            self.plot.box.addItem(line)
        self._lines[variant].draw(x, y)

    def draw_mark(self, variant: int, x: float) -> None:
        """Draw a dashed line across the plot, where the published run of a variant lies."""
        if variant not in self._marks:
            mark = self._marks[variant] = PlotLine()
            mark.setPen(_dashed(variant_colour(self._theme, variant)))
            self.plot.box.addItem(mark)
        low, high = self.plot.box.viewRange()[1]
        self._marks[variant].draw(np.array([x, x]), np.array([low, high]))

    def draw_band(self, variant: int, x: Vector, low: Vector, high: Vector) -> None:
        """Shade the area between two lines of a variant."""
        if variant not in self._bands:
            band = self._bands[variant] = QGraphicsPolygonItem()
            band.setPen(QPen(Qt.PenStyle.NoPen))
            band.setBrush(self._shade(variant))
            self.plot.box.addItem(band)
        outline = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        self._bands[variant].setPolygon(pg.functions.arrayToQPolygonF(*outline))

    def _shade(self, variant: int) -> QColor:
        colour = variant_colour(self._theme, variant)
        colour.setAlpha(BAND)
        return colour


class SolvedPlot(LinePlot):
    """The share of solved networks over the epochs, with its confidence interval."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "race_solved", "Share solved over the epochs", parent)
        label_axis(self.plot.bottom, "epoch")
        label_axis(self.plot.left, "solved, %")

    def show_outcomes(
        self, variants: Mapping[int, Outcomes], scales: DensityScales, published: Mapping[int, int]
    ) -> None:
        """Update the lines of these variants, and mark the epochs of published runs."""
        self.plot.bottom.set_log(scales.log_epochs)
        self.plot.set_range(scales.x_range, (-3.0, 103.0))
        x = np.linspace(*scales.x_range, 300)
        epochs = 10.0**x if scales.log_epochs else x
        for variant, outcomes in variants.items():
            share, low, high = (100 * part for part in solved_over_epochs(outcomes, epochs))
            self.draw_band(variant, x, low, high)
            self.draw_line(variant, x, share)
        for variant, at in published.items():
            self.draw_mark(variant, float(scales.x(np.array([at]))[0]))


class SolvePlot(LinePlot):
    """Histograms of the epochs to solve, one outline for each variant."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "race_histogram", "Epochs to solve", parent)
        label_axis(self.plot.bottom, "epochs to solve")
        label_axis(self.plot.left, "networks")
        self.plot.left.whole = True

    def show_outcomes(
        self, variants: Mapping[int, Outcomes], scales: DensityScales, published: Mapping[int, int]
    ) -> None:
        """Show the histograms of all variants, with the same bins, and mark published runs."""
        solved = [outcomes.epochs_to_solve for outcomes in variants.values()]
        everything = np.concatenate(solved)
        longest = float(np.quantile(everything, 0.99)) if len(everything) else scales.epochs
        longest = max(longest, *published.values(), 0.0)
        if scales.log_epochs:
            edges = np.linspace(scales.x_range[0], np.log10(max(2.0, longest * 1.5)), BINS + 1)
        else:
            edges = np.linspace(0.0, nice_ceiling(max(1.0, longest * 1.05)), BINS + 1)
        # Epochs beyond the axis are counted in its last bin.
        xs = [np.minimum(scales.x(epochs), edges[-1]) for epochs in solved]
        counts = [np.histogram(x, edges)[0] for x in xs]
        most = max(1, max(int(count.max()) for count in counts))
        self.plot.bottom.set_log(scales.log_epochs)
        self.plot.set_range((edges[0], edges[-1]), (0.0, 1.05 * most))
        for variant, count in zip(variants, counts, strict=True):
            outline = np.concatenate([[0], np.repeat(count, 2), [0]]).astype(float)
            self.draw_line(variant, np.repeat(edges, 2), outline)
        for variant, at in published.items():
            self.draw_mark(variant, float(scales.x(np.array([at]))[0]))
