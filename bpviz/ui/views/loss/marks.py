"""Marks on the loss curve: plateaus as bands, and the least test error."""

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from bpviz.core.analysis.plateau import Plateau, plateaus
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Curve
from bpviz.ui.toolkit.drawing.epoch_axis import Axes
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides

PASSED = 1.02
"""The least test error is marked once the test error has grown by this factor again,"""

AFTER = 0.1
"""and at least this fraction of its epoch, and ten epochs, have passed since."""

MOST_ROWS = 8_000
"""Longer curves are sampled: plateaus are longer than the steps."""


@dataclass(frozen=True, slots=True)
class CurveMarks:
    """The marks of a curve; ``least_test`` is an epoch."""

    plateaus: tuple[Plateau, ...] = ()
    least_test: int | None = None


def marks_of(curve: Curve, reference: float = math.inf) -> CurveMarks:
    """Find the marks of a curve; the cost does not grow with its length beyond MOST_ROWS."""
    if len(curve.epochs) < 3:
        return CurveMarks()
    rows = slice(None, None, max(1, len(curve.epochs) // MOST_ROWS))
    errors, rights = curve.train_error[rows], curve.train_right[rows]
    found = plateaus(curve.epochs[rows], errors, rights, reference)
    return CurveMarks(found, least_test(curve))


def reference_error(setup: PreparedExperiment) -> float:
    """The squared error of the mean target as constant output; infinite for other errors."""
    if setup.experiment.error != "squared":
        return math.inf
    targets = setup.patterns.train.targets
    return float(np.square(targets - targets.mean(axis=0)).sum())


def least_test(curve: Curve) -> int | None:
    """The epoch of the least test error once it has been passed, see PASSED; otherwise None."""
    errors = curve.test_error
    if not np.isfinite(errors).any():
        return None
    row = int(np.nanargmin(errors))
    epoch, last = int(curve.epochs[row]), int(curve.epochs[-1])
    waited = last - epoch >= max(10.0, AFTER * epoch)
    return epoch if waited and errors[-1] > PASSED * errors[row] else None


@guard_overrides
class MarksItem(pg.GraphicsObject):  # type: ignore[misc]
    """Paints the marks over the whole height of a plot, behind its curves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._marks, self._axes = CurveMarks(), Axes()
        self.setZValue(-50)

    @property
    def marks(self) -> CurveMarks:
        """The marks shown."""
        return self._marks

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_marks(self, marks: CurveMarks, axes: Axes) -> None:
        """Show these marks on these axes."""
        self._marks, self._axes = marks, axes
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """The visible part of the plot."""
        box = self.getViewBox()
        return QRectF() if box is None else QRectF(box.viewRect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint in px, so that widths and letters are not scaled with the axes."""
        to_px = painter.transform()
        rect = to_px.mapRect(self.boundingRect())

        def x_of(epoch: float) -> float:
            at = self._axes.x_of(np.array([max(epoch, 1.0 if self._axes.log_epochs else 0.0)]))
            x = to_px.m11() * float(at[0]) + to_px.dx()
            return min(max(x, rect.left()), rect.right())

        painter.save()
        painter.resetTransform()
        painter.setFont(plot_font())
        for plateau in self._marks.plateaus:
            band = QRectF(rect)
            band.setLeft(x_of(plateau.first))
            band.setRight(x_of(plateau.last))
            self._paint_band(painter, band)
        if self._marks.least_test is not None:
            self._paint_least(painter, rect, x_of(self._marks.least_test), self._marks.least_test)
        painter.restore()

    def _paint_band(self, painter: QPainter, band: QRectF) -> None:
        if band.width() < 2.0:
            return
        metrics, text = QFontMetricsF(painter.font()), "plateau"
        painter.fillRect(band, self._theme.colour("warning", 40))
        painter.setPen(self._theme.colour("warning"))
        if band.width() >= metrics.horizontalAdvance(text) + 6:
            at = QPointF(band.left() + 4, band.bottom() - 5)
            painter.drawText(at, text)
        elif band.width() >= metrics.height():
            painter.save()
            painter.translate(band.center().x() + metrics.capHeight() / 2, band.bottom() - 5)
            painter.rotate(-90)
            painter.drawText(QPointF(0, 0), text)
            painter.restore()

    def _paint_least(self, painter: QPainter, rect: QRectF, x: float, epoch: int) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QPen(self._theme.colour("test"), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        text = f"least test error at epoch {epoch:,}"
        width = metrics.horizontalAdvance(text)
        left = x + 5 if x + 5 + width <= rect.right() else x - 5 - width
        left = max(left, rect.left() + 2)
        painter.setPen(self._theme.colour("test"))
        painter.drawText(QPointF(left, rect.top() + metrics.ascent() + 3), text)
