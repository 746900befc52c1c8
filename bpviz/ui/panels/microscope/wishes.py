"""Each example's wish: a bar for every pattern's term, and one for their sum."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.core.values import Vector
from bpviz.ui.plotting import number_text, plot_font
from bpviz.ui.theme import LIGHT, SPACE, Theme

SUM_ROOM = 28
"""Px at the right for the bar of the sum."""

LEAST_BAR = 3.0
"""Px; with more patterns than fit, neighbouring ones share a bar that shows the extremes."""


class WishBars(QWidget):
    """Blue bars up for positive terms, orange ones down; the sum stands apart at the right."""

    pointed = Signal(int)
    """The pattern under the mouse (its place in the update), -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setObjectName("microscope_wishes")
        self.setAccessibleName("Each example's wish")
        self.setMouseTracking(True)
        self.setMinimumWidth(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wishes: Vector = np.empty(0)
        self.names: list[str] = []

    def show_wishes(self, wishes: Vector, names: list[str]) -> None:
        """Show these terms."""
        self.wishes, self.names = wishes, names
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            painter.setFont(plot_font())
            if len(self.wishes) and np.isfinite(self.wishes).all():
                self._paint_bars(painter)

    @property
    def _plot(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(
            4, line + 4, max(self.width() - SUM_ROOM - 8, 20), self.height() - 2 * line - 8
        )

    def _paint_bars(self, painter: QPainter) -> None:
        plot, line = self._plot, self.fontMetrics().height()
        total = float(self.wishes.sum())
        limit = max(float(np.abs(self.wishes).max()), abs(total), 1e-300)
        middle, half = plot.center().y(), plot.height() / 2
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(QPointF(4, line - 2), "Each example's wish")
        painter.drawLine(QPointF(plot.left(), middle), QPointF(self.width() - 4.0, middle))
        n = len(self.wishes)
        step = plot.width() / n
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, values in _shared(self.wishes, max(1, int(plot.width() / LEAST_BAR))):
            left, width = plot.left() + low * step, (high - low) * step
            gap = min(2.0, 0.2 * width)
            for value in values:
                self._bar(
                    painter, QRectF(left + gap / 2, middle, width - gap, 0), value / limit * half
                )
        x = plot.right() + SPACE
        self._bar(painter, QRectF(x, middle, 14.0, 0), total / limit * half)
        painter.setPen(self.theme.colour("text"))
        words = "sum " + number_text(total).replace("-", "−")
        below = QRectF(4, plot.bottom() + 2, self.width() - 8, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words)

    def _bar(self, painter: QPainter, base: QRectF, height: float) -> None:
        painter.setBrush(self.theme.colour("positive" if height >= 0 else "negative"))
        top = base.top() - max(height, 0.0)
        painter.drawRect(QRectF(base.left(), top, base.width(), abs(height)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which pattern is pointed at."""
        plot, n = self._plot, len(self.wishes)
        at = int((event.position().x() - plot.left()) / plot.width() * n) if n else -1
        at = at if 0 <= at < n else -1
        self.pointed.emit(at)
        if at >= 0:
            wish = number_text(float(self.wishes[at])).replace("-", "−")
            QToolTip.showText(event.globalPosition().toPoint(), f"{self.names[at]}: {wish}", self)


def _shared(values: Vector, most: int) -> list[tuple[float, float, list[float]]]:
    """From where to where each bar goes, and its values: one, or the two extremes of several."""
    n = len(values)
    if n <= most:
        return [(p, p + 1, [float(value)]) for p, value in enumerate(values)]
    bars = []
    for part in np.array_split(np.arange(n), most):
        inside = values[part]
        extremes = [float(inside.max()), float(inside.min())]
        bars.append((float(part[0]), float(part[-1] + 1), [v for v in extremes if v]))
    return bars
