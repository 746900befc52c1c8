"""A drawn proof that a line separates two classes in the plane, or that none does."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from bpviz.core.analysis.separability import Inseparable, Separable, Separation
from bpviz.core.model.patterns import Plane
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.contours import straight_or_contour
from bpviz.ui.toolkit.drawing.legend import LegendKey
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides


@guard_overrides
class LineItem(QGraphicsPathItem):
    """A path with antialiasing."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the path."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().paint(painter, option, widget)


def plane_of(setup: PreparedExperiment) -> Plane:
    """The plane of the patterns, which must have one."""
    plane = setup.patterns.in_plane
    assert plane is not None
    return plane


def grid_path(setup: PreparedExperiment, ends: Matrix) -> QPainterPath:
    """Segments with ends (n, 2) at (column, row) of the probe's grid, in plotted coordinates."""
    (left, right), (low, high) = plane_of(setup).domain
    rows, columns = setup.probe_shape
    x = left + ends[:, 0] * (right - left) / (columns - 1)
    y = low + ends[:, 1] * (high - low) / (rows - 1)
    path: QPainterPath = pg.arrayToQPath(x, y, connect="pairs")
    return path


class Proof:
    """A separating line, or a point between patterns of one class and of the other."""

    def __init__(self, box: pg.ViewBox) -> None:
        self.line = LineItem()
        self.point = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self.line.setZValue(6)
        self.point.setZValue(20)
        box.addItem(self.line)
        box.addItem(self.point)
        self.keys: list[LegendKey] = []

    def show(self, setup: PreparedExperiment, found: Separation | None, theme: Theme) -> None:
        """Draw this proof, or with None nothing."""
        path, points = QPainterPath(), np.empty((0, 2))
        self.keys = []
        colour = theme.colour("selection")
        if isinstance(found, Separable) and setup.probe is not None:
            path = _line(setup, found)
            self.keys = [LegendKey("dashes", colour, "separates them")]
        elif isinstance(found, Inseparable) and setup.patterns.plane is None:
            path, points = _hulls(setup, found), found.point[None]
            self.keys = [
                LegendKey("dashes", colour, "between one class"),
                LegendKey("ring", colour, "between both"),
            ]
        pen = QPen(colour, 2.0)
        pen.setCosmetic(True)
        pen.setDashPattern([4.0, 3.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.line.setPen(pen)
        self.line.setPath(path)
        ring = pg.mkPen(colour, width=2.4)
        self.point.setData(pos=points, size=13, pen=ring, brush=theme.colour("surface"))


def _line(setup: PreparedExperiment, found: Separable) -> QPainterPath:
    """The line in the plane where the net input of these weights and this bias is 0."""
    assert setup.probe is not None
    field = (setup.probe @ found.weights + found.bias).reshape(setup.probe_shape)
    return grid_path(setup, straight_or_contour(field, 0.0).reshape(-1, 2))


def _hulls(setup: PreparedExperiment, found: Inseparable) -> QPainterPath:
    """For each class the hull of the patterns around the point: a point, a line or a triangle."""
    path = QPainterPath()
    for label in (0, 1):
        corners = setup.patterns.train.inputs[found.rows[found.classes == label]]
        path.moveTo(QPointF(*corners[-1]))
        for corner in corners:
            path.lineTo(QPointF(*corner))
    return path
