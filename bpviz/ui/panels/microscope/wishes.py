"""Each example's wish: a bar for every pattern's term, and beside them what they sum to."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.core.values import Integers, Vector
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import number_words
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides

LEAST_BAR = 3.0
"""Px; where more patterns than fit share bars, they stand in the order of their wishes."""

SUM_BAR = 10.0
SAME_SCALE = 3.0
"""Times the largest wish up to which the sums are drawn on the scale of the wishes."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """What is drawn: the wishes in their order, and what they come to.

    ``order`` holds places in the update; ``up`` and ``down`` are the sums of the positive and
    the negative wishes.
    """

    wishes: Vector
    order: Integers
    up: float
    down: float
    is_sorted: bool

    @property
    def total(self) -> float:
        """The sum of all wishes."""
        return float(self.wishes.sum())

    @property
    def limit(self) -> float:
        """The largest wish, in size."""
        return max(float(np.abs(self.wishes).max()), 1e-300)

    @property
    def sum_limit(self) -> float:
        """The end of the scale of the sums: that of the wishes if they fit there."""
        largest = max(self.up, -self.down)
        return max(self.limit, largest) if largest <= SAME_SCALE * self.limit else largest

    @property
    def wish_limit(self) -> float:
        """The end of the scale of the wishes."""
        return self.sum_limit if self.has_one_scale else self.limit

    @property
    def has_one_scale(self) -> bool:
        """Whether wishes and sums are drawn on the same scale."""
        return self.sum_limit <= SAME_SCALE * self.limit


def bars_of(wishes: Vector, room: float) -> Bars:
    """The bars of these wishes in so many px; more than fit are sorted, the largest first."""
    is_sorted = len(wishes) * LEAST_BAR > room
    order = np.argsort(-wishes, kind="stable") if is_sorted else np.arange(len(wishes))
    up, down = float(wishes[wishes > 0].sum()), float(wishes[wishes < 0].sum())
    return Bars(wishes, order, up, down, is_sorted)


@guard_overrides
class WishBars(QWidget):
    """Blue bars up for positive wishes, orange ones down.

    At the right, apart: what all positive ones come to, all negative ones, and (strong) the sum.
    """

    pointed = Signal(int)
    """The pattern under the mouse (its position in the update), -1 for none."""

    chosen = Signal(int)
    """The pattern that was clicked (its position in the update)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setObjectName("microscope_wishes")
        self.setAccessibleName("Each example's wish")
        self.setMouseTracking(True)
        self.setMinimumWidth(134)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wishes: Vector = np.empty(0)
        self.bars: Bars | None = None
        self.marked = -1
        self._subject: NamedReading | None = None
        self._stale = False

    def show_subject(self, subject: NamedReading | None, *, stale: bool = False) -> None:
        """Show the terms of this subject; ``stale``: pale, as those of an earlier instant."""
        self._subject, self._stale = subject, stale
        self.wishes = np.empty(0)
        if subject is not None and not subject.is_input:
            self.wishes = subject.unit.delta if subject.change is None else subject.change.wishes
        self._arrange()

    def mark(self, p: int) -> None:
        """Mark this pattern's bar (its position in the update), or none."""
        if p != self.marked:
            self.marked = p
            self.update()

    def _arrange(self) -> None:
        known = len(self.wishes) and bool(np.isfinite(self.wishes).all())
        self.bars = bars_of(self.wishes, self._plot.width()) if known else None
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
        """Where the three bars of the sums stand."""
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
        """What the bars are: wishes of a weight, or deltas of a unit."""
        unit = self._subject is not None and self._subject.change is None
        if self.bars is not None and self.bars.is_sorted:
            return "Deltas, sorted" if unit else "Wishes, sorted"
        return "Each example's δ" if unit else "Each example's wish"

    def _paint_words(self, painter: QPainter, bars: Bars) -> None:
        metrics, line = plot_metrics(), plot_metrics().height()
        painter.setPen(self.theme.colour("muted"))
        title = metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, self.width() - 8)
        painter.drawText(QPointF(4, line - 2), title)
        below = QRectF(4, self._plot.bottom() + 2, self.width() - 8, line)
        scale = f"±{number_words(bars.wish_limit)}"
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, scale)
        painter.setPen(self.theme.colour("muted" if self._stale else "text"))
        words = f"Σ {number_words(bars.total)}"
        room = below.width() - metrics.horizontalAdvance(scale) - SPACE
        if metrics.horizontalAdvance(words) > room:  # the table's foot says it, too
            words = number_words(bars.total)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words)

    def _paint_bars(self, painter: QPainter, bars: Bars) -> None:
        plot = self._plot
        middle = plot.center().y()
        painter.setPen(self.theme.colour("muted"))
        painter.drawLine(QPointF(plot.left(), middle), QPointF(plot.right(), middle))
        values = bars.wishes[bars.order]
        step = plot.width() / len(values)
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, value in _shared(values, max(1, int(plot.width() / LEAST_BAR))):
            left, width = plot.left() + low * step, (high - low) * step
            gap = min(2.0, 0.2 * width) if not bars.is_sorted else 0.0
            base = QRectF(left + gap / 2, middle, width - gap, 0)
            self._bar(painter, base, value / bars.wish_limit * plot.height() / 2)
        self._paint_mark(painter, bars, step)

    def _paint_mark(self, painter: QPainter, bars: Bars, step: float) -> None:
        """A tick at the chosen pattern's bar."""
        if not 0 <= self.marked < len(bars.order):
            return
        at = int(np.flatnonzero(bars.order == self.marked)[0])
        plot = self._plot
        x = plot.left() + (at + 0.5) * step
        painter.setPen(QPen(self.theme.colour("selection"), 1.5))
        below = bars.wishes[self.marked] >= 0
        y = plot.center().y() + (2 if below else -2)
        painter.drawLine(QPointF(x, y), QPointF(x, y + (5 if below else -5)))

    def _paint_sums(self, painter: QPainter, bars: Bars) -> None:
        area = self._sums
        middle = area.center().y()
        painter.setPen(self.theme.colour("muted"))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        for place, (value, strong) in enumerate(
            ((bars.up, False), (bars.down, False), (bars.total, True))
        ):
            base = QRectF(area.left() + place * (SUM_BAR + 4), middle, SUM_BAR, 0)
            self._bar(painter, base, value / bars.sum_limit * area.height() / 2, pale=not strong)
        if not bars.has_one_scale:  # apart from the wishes, a scale of its own begins
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
        """The pattern whose bar is at this place, -1 for none."""
        plot, bars = self._plot, self.bars
        if bars is None or not plot.left() <= x < plot.right():
            return -1
        return int(bars.order[int((x - plot.left()) / plot.width() * len(bars.order))])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which pattern is pointed at."""
        at = self.pattern_at(event.position().x())
        self.pointed.emit(at)
        words = self._words_at(at, event.position().x())
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), words, self)
        else:
            QToolTip.hideText()

    def _words_at(self, at: int, x: float) -> str:
        if self.bars is None or self._subject is None:
            return ""
        if at >= 0:
            return f"pattern {self._subject.name_of(at)}: {number_words(float(self.wishes[at]))}"
        if x < self._sums.left():
            return ""
        bars = self.bars
        scale = (
            "" if bars.has_one_scale else f"\nscale of these bars: ±{number_words(bars.sum_limit)}"
        )
        return (
            f"all positive: {number_words(bars.up)}\nall negative: {number_words(bars.down)}"
            f"\nsum: {number_words(bars.total)}{scale}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pattern whose bar is clicked."""
        at = self.pattern_at(event.position().x())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(at)

    def resizeEvent(self, event: object) -> None:
        """Find out anew how many bars fit."""
        self._arrange()


def _shared(values: Vector, most: int) -> list[tuple[float, float, float]]:
    """From where to where each bar goes, and its value: of several neighbours, their mean."""
    n = len(values)
    if n <= most:
        return [(p, p + 1, value) for p, value in enumerate(values.tolist())]
    edges = np.linspace(0, n, most + 1).astype(np.int64)
    means = np.add.reduceat(values, edges[:-1]) / np.diff(edges)
    lows, highs = edges[:-1].tolist(), edges[1:].tolist()
    return list(zip(map(float, lows), map(float, highs), means.tolist(), strict=True))
