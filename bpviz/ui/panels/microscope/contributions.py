"""A bar for every pattern's contribution, and bars of their sums."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.core.text.number_words import number_text
from bpviz.core.values import Integers, Vector
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import cell_words
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip

LEAST_BAR = 3.0
"""Px of a bar at least; if the patterns do not fit, they are sorted and share bars."""

LEAST_LIMIT = 1e-300
"""The end of the scale where all values are 0."""

SUM_BAR = 10.0
SAME_SCALE = 3.0
"""Sums up to this many times the largest contribution are drawn on the same scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The values that are drawn, one for each pattern of the update, and their sums.

    ``order`` are the positions in the update from left to right; ``up`` and ``down`` the sums
    of the positive and of the negative values.
    """

    values: Vector
    order: Integers
    up: float
    down: float
    is_sorted: bool

    @property
    def total(self) -> float:
        """The sum of all values."""
        return float(self.values.sum())

    @property
    def limit(self) -> float:
        """The largest magnitude of a value."""
        return max(float(np.abs(self.values).max()), LEAST_LIMIT)

    @property
    def sum_limit(self) -> float:
        """The end of the scale of the sums: that of the values if the sums fit."""
        largest = max(self.up, -self.down)
        return max(self.limit, largest) if largest <= SAME_SCALE * self.limit else largest

    @property
    def bar_limit(self) -> float:
        """The end of the scale of the values."""
        return self.sum_limit if self.has_one_scale else self.limit

    @property
    def has_one_scale(self) -> bool:
        """Whether values and sums are drawn on the same scale."""
        return self.sum_limit <= SAME_SCALE * self.limit


def bars_of(values: Vector, room: float) -> Bars:
    """The bars of these values in ``room`` px; more than fit are sorted, the largest first."""
    is_sorted = len(values) * LEAST_BAR > room
    order = np.argsort(-values, kind="stable") if is_sorted else np.arange(len(values))
    up, down = float(values[values > 0].sum()), float(values[values < 0].sum())
    return Bars(values, order, up, down, is_sorted)


def words_below(bars: Bars, width: float, metrics: QFontMetricsF) -> tuple[str, str]:
    """The scale of the bars and their sum, as exact as both fit side by side into a width."""
    if bars.bar_limit <= LEAST_LIMIT:
        return "", "Σ 0"
    scale, total = f"±{number_text(bars.bar_limit)}", number_text(bars.total)
    short = f"±{cell_words(bars.bar_limit)}", cell_words(bars.total)
    for pair in ((scale, f"Σ {total}"), (scale, total), (short[0], total), short):
        if sum(map(metrics.horizontalAdvance, pair)) + SPACE <= width:
            return pair
    return "", short[1]


@guard_overrides
class ContributionBars(QWidget):
    """Blue bars upwards for positive values, orange bars downwards for negative ones.

    At the right: the sum of the positive ones, of the negative ones, and (strong) of all.
    """

    pointed = Signal(int)
    """The pattern under the mouse (its position in the update), -1 for none."""

    chosen = Signal(int)
    """The pattern that was clicked (its position in the update)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setObjectName("microscope_contributions")
        self.setAccessibleName("Contributions")
        self.setMouseTracking(True)
        self.setMinimumWidth(scaled(134))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.values: Vector = np.empty(0)
        self.bars: Bars | None = None
        self.marked = -1
        self._reading: NamedReading | None = None
        self._stale = False

    def show_reading(self, reading: NamedReading | None, *, stale: bool = False) -> None:
        """Show the contributions of a reading; ``stale``: pale, as of an earlier instant."""
        self._reading, self._stale = reading, stale
        self.values = np.empty(0)
        if reading is not None and not reading.is_input:
            values = reading.unit.delta if reading.change is None else reading.change.contributions
            known = [reading.has(p) for p in range(len(values))]
            if any(known):
                self.values = values if all(known) else np.where(known, values, 0.0)
        self._arrange()

    def mark(self, p: int) -> None:
        """Mark this pattern's bar (its position in the update), or none."""
        if p != self.marked:
            self.marked = p
            self.update()

    def _arrange(self) -> None:
        known = len(self.values) and bool(np.isfinite(self.values).all())
        self.bars = bars_of(self.values, self._plot.width()) if known else None
        self.update()

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            painter.setFont(plot_font())
            if self.bars is not None:
                self._paint_words(painter, self.bars)
                self._paint_bars(painter, self.bars)
                self._paint_sums(painter, self.bars)

    @property
    def _sums(self) -> QRectF:
        """The rectangle of the three bars of the sums."""
        width = 3 * SUM_BAR + 2 * 4.0
        plot = self._plot
        return QRectF(self.width() - width - 4, plot.top(), width, plot.height())

    @property
    def _plot(self) -> QRectF:
        line = plot_metrics().height()
        width = self.width() - 3 * SUM_BAR - 8 - 2 * SPACE - 8
        return QRectF(4, line + 4, max(width, 20), max(self.height() - 2 * line - 8, 8))

    @property
    def title(self) -> str:
        """The title: contributions to a weight, or deltas of a unit."""
        unit = self._reading is not None and self._reading.change is None
        if self.bars is not None and self.bars.is_sorted:
            return "Deltas, sorted" if unit else "Contributions, sorted"
        return "Deltas" if unit else "Contributions"

    def _paint_words(self, painter: QPainter, bars: Bars) -> None:
        metrics, line = plot_metrics(), plot_metrics().height()
        painter.setPen(self.theme.colour("muted"))
        title = metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, self.width() - 8)
        painter.drawText(QPointF(4, line - 2), title)
        below = QRectF(4, self._plot.bottom() + 2, self.width() - 8, line)
        scale, total = words_below(bars, below.width(), metrics)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, scale)
        painter.setPen(self.theme.colour("muted" if self._stale else "text"))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, total)

    def _paint_bars(self, painter: QPainter, bars: Bars) -> None:
        plot = self._plot
        middle = plot.center().y()
        painter.setPen(self.theme.colour("muted"))
        painter.drawLine(QPointF(plot.left(), middle), QPointF(plot.right(), middle))
        values = bars.values[bars.order]
        step = plot.width() / len(values)
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, value in _shared(values, max(1, int(plot.width() / LEAST_BAR))):
            left, width = plot.left() + low * step, (high - low) * step
            gap = min(2.0, 0.2 * width) if not bars.is_sorted else 0.0
            base = QRectF(left + gap / 2, middle, width - gap, 0)
            self._bar(painter, base, value / bars.bar_limit * plot.height() / 2)
        self._paint_mark(painter, bars, step)

    def _paint_mark(self, painter: QPainter, bars: Bars, step: float) -> None:
        """Mark the chosen pattern's bar with a tick."""
        if not 0 <= self.marked < len(bars.order):
            return
        at = int(np.flatnonzero(bars.order == self.marked)[0])
        plot = self._plot
        x = plot.left() + (at + 0.5) * step
        painter.setPen(QPen(self.theme.colour("selection"), 1.5))
        below = bars.values[self.marked] >= 0
        y = plot.center().y() + (2 if below else -2)
        painter.drawLine(QPointF(x, y), QPointF(x, y + (5 if below else -5)))

    def _paint_sums(self, painter: QPainter, bars: Bars) -> None:
        area = self._sums
        middle = area.center().y()
        painter.setPen(self.theme.colour("muted"))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        for bar, (value, strong) in enumerate(
            ((bars.up, False), (bars.down, False), (bars.total, True))
        ):
            base = QRectF(area.left() + bar * (SUM_BAR + 4), middle, SUM_BAR, 0)
            self._bar(painter, base, value / bars.sum_limit * area.height() / 2, pale=not strong)
        if not bars.has_one_scale:  # a line separates the two scales
            x = area.left() - SPACE
            painter.setPen(QPen(self.theme.colour("border"), 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _bar(self, painter: QPainter, base: QRectF, height: float, *, pale: bool = False) -> None:
        alpha = 110 if pale or self._stale else 255
        painter.setBrush(self.theme.colour("positive" if height >= 0 else "negative", alpha))
        top = base.top() - max(height, 0.0)
        painter.drawRect(QRectF(base.left(), top, base.width(), abs(height)))

    # -- the mouse ---------------------------------------------------------------------------

    def pattern_at(self, x: float) -> int:
        """The pattern whose bar is at this x, -1 for none."""
        plot, bars = self._plot, self.bars
        if bars is None or not plot.left() <= x < plot.right():
            return -1
        return int(bars.order[int((x - plot.left()) / plot.width() * len(bars.order))])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Emit ``pointed``, and show the number in a tool tip."""
        at = self.pattern_at(event.position().x())
        self.pointed.emit(at)
        words = self._words_at(at, event.position().x())
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), plain_tip(words), self)
        else:
            QToolTip.hideText()

    def _words_at(self, at: int, x: float) -> str:
        if self.bars is None or self._reading is None:
            return ""
        if at >= 0 and not self._reading.has(at):
            return f"pattern {self._reading.name_of(at)}: not computed yet"
        if at >= 0:
            return f"pattern {self._reading.name_of(at)}: {number_text(float(self.values[at]))}"
        if x < self._sums.left():
            return ""
        bars = self.bars
        scale = (
            "" if bars.has_one_scale else f"\nscale of these bars: ±{number_text(bars.sum_limit)}"
        )
        return (
            f"all positive: {number_text(bars.up)}\nall negative: {number_text(bars.down)}"
            f"\nsum: {number_text(bars.total)}{scale}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit ``chosen`` for the pattern of the clicked bar."""
        at = self.pattern_at(event.position().x())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(at)

    def resizeEvent(self, event: object) -> None:
        """Fit the bars to the new width."""
        self._arrange()


def _shared(values: Vector, most: int) -> list[tuple[float, float, float]]:
    """(start, end, value) of each bar; the value of a shared bar is the mean."""
    n = len(values)
    if n <= most:
        return [(p, p + 1, value) for p, value in enumerate(values.tolist())]
    edges = np.linspace(0, n, most + 1).astype(np.int64)
    means = np.add.reduceat(values, edges[:-1]) / np.diff(edges)
    lows, highs = edges[:-1].tolist(), edges[1:].tolist()
    return list(zip(map(float, lows), map(float, highs), means.tolist(), strict=True))
