"""The trajectory view's drawing area: a line for each quantity against epochs."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsLineItem, QWidget

from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.epoch_axis import Range
from bpviz.ui.toolkit.drawing.line_styles import style
from bpviz.ui.toolkit.drawing.plotting import PlotCanvas, PlotLine, label_axis, line_pen
from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.trajectory.model import LARGEST, SMALLEST

WIDTH, STRONG, FINE = 1.6, 3.0, 1.0
"""Px of a line: usually, pointed at in the list, and among more than ``MANY``."""

MANY = 8


@guard_overrides
class TrajectoryCanvas(PlotCanvas):
    """Draws lines and a mark at one epoch, and emits mouse events in plotted coordinates."""

    zoomed = Signal()
    """The user zoomed or panned."""

    pointed = Signal(object)
    """The plotted x under the mouse; None when the mouse has left."""

    resized = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(theme, "trajectory_canvas", parent)
        self.setAccessibleName("Chosen quantities against epochs")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has no keys
        self.setMinimumSize(scaled(160), scaled(90))
        self.theme = theme
        self._plot = self.add_plot(0, whole_x=True)
        self._lines: list[PlotLine] = []
        self._mark = QGraphicsLineItem()
        self._plot.box.addItem(self._mark, ignoreBounds=True)
        self._plot.box.setLimits(yMin=-2 * LARGEST, yMax=2 * LARGEST, minYRange=SMALLEST)
        self._plot.box.sigRangeChangedManually.connect(lambda *_: self.zoomed.emit())
        self._plot.box.sigResized.connect(lambda *_: self.resized.emit())
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.theme = theme
        self._plot.set_theme(theme)
        label_axis(self._plot.left, "value")
        self._mark.setPen(line_pen(theme, "muted"))

    def set_log(self, log: bool) -> None:
        """Number the epochs on a linear or a logarithmic axis."""
        self._plot.bottom.set_log(log)
        low, high, least = (0.0, 12.5, 1e-4) if log else (0.0, 2e12, 2.0)
        self._plot.box.setLimits(xMin=low, xMax=high, minXRange=least)

    def ranges(self) -> tuple[Range, Range]:
        """What is visible: x and y."""
        x, y = self._plot.box.viewRange()
        return (x[0], x[1]), (y[0], y[1])

    def set_ranges(self, x: Range, y: Range) -> None:
        """Show this part."""
        if (x, y) != self.ranges():
            self._plot.set_range(x, y)

    def columns(self) -> int:
        """How many columns of pixels the plot has."""
        return max(1, int(self._plot.box.width() * self.devicePixelRatioF()))

    def show_lines(self, lines: Sequence[tuple[Vector, Vector]], strong: int | None) -> None:
        """Draw these lines, and no others; ``strong`` is the index of one to stand out."""
        while len(self._lines) > len(lines):
            self._plot.box.removeItem(self._lines.pop())
        while len(self._lines) < len(lines):
            line = PlotLine()
            self._plot.box.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        for index, (line, (x, y)) in enumerate(zip(self._lines, lines, strict=True)):
            line.setPen(self._pen(index, len(lines), index == strong))
            line.setZValue(index == strong)
            line.draw(x, y)

    def _pen(self, index: int, n_lines: int, strong: bool) -> QPen:
        colour, dashes = style(self.theme, index)
        width = STRONG if strong else WIDTH if n_lines <= MANY else FINE
        pen = QPen(QColor(colour), width, dashes)
        pen.setCosmetic(True)
        return pen

    def show_mark(self, x: float | None) -> None:
        """Mark one epoch, or none."""
        self._mark.setVisible(x is not None)
        if x is not None:
            low, high = self.ranges()[1]
            self._mark.setLine(x, low, x, high)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which x is under the mouse."""
        super().mouseMoveEvent(event)
        point = self.mapToScene(event.position().toPoint())
        inside = self._plot.box.sceneBoundingRect().contains(point)
        self.pointed.emit(float(self._plot.box.mapSceneToView(point).x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse has left."""
        super().leaveEvent(event)
        self.pointed.emit(None)
