"""Legends: colour scales with their numbers, and keys to marks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.text.number_words import plain
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, to_image
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides


@dataclass(frozen=True, slots=True)
class LegendKey:
    """A line of a legend: a mark and what it stands for.

    ``mark`` is "dot" (a filled point), "ring" (an outlined one), "line", "dashes" or "area".
    """

    mark: str
    colour: QColor
    text: str


@guard_overrides
class Legend(QWidget):
    """Colour scales with their numbers, and the keys to marks, one below the other.

    Its width allows for the usual numbers of a scale, so nothing moves when a number changes.
    """

    BAR = 14
    TALLEST = 132

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scales: tuple[ColourScale, ...] = ()
        self._keys: tuple[LegendKey, ...] = ()
        self._top = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Legend")
        self._fit()

    @property
    def scales(self) -> tuple[ColourScale, ...]:
        """The scales shown."""
        return self._scales

    @property
    def keys(self) -> tuple[LegendKey, ...]:
        """The keys shown."""
        return self._keys

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme; the keys must be set again, in colours of this theme."""
        self._theme = theme
        self.update()

    def set_content(
        self, scales: Sequence[ColourScale] = (), keys: Sequence[LegendKey] = (), top: int = 0
    ) -> None:
        """Show these scales and keys; ``top`` px above them stay free."""
        content = tuple(scales), tuple(keys), top
        if content != (self._scales, self._keys, self._top):
            self._scales, self._keys, self._top = content
            self.setAccessibleDescription("; ".join(self._sentences()))
            self._fit()
            self.update()

    def _sentences(self) -> list[str]:
        scales = [
            f"{s.title}: colours from {plain(s.low, 6)} to {plain(s.high, 6)}, "
            f"no colour at {plain(s.centre, 6)}"
            for s in self._scales
        ]
        return scales + [f"{key.mark}: {key.text}" for key in self._keys]

    def _fit(self) -> None:
        metrics = plot_metrics()
        # Limits of unbounded scales change while training: reserve room for the usual ones.
        texts = ["≤ −0.05"] + [s.tick_text(value) for s in self._scales for value in s.ticks()]
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        numbers = self.BAR + 5 + widest if self._scales else 0
        titles = [metrics.horizontalAdvance(scale.title) for scale in self._scales]
        keys = [metrics.horizontalAdvance(key.text) + self.BAR + 6 for key in self._keys]
        width = max([numbers, *titles, *keys], default=0.0)
        self.setFixedWidth(min(scaled(120), math.ceil(width)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scales from the top, then keys."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        line = QFontMetricsF(painter.font()).height()
        n = len(self._scales)
        room = self.height() - self._top - len(self._keys) * (line + 2)
        y = float(self._top)
        for scale in self._scales:
            bar = min(self.TALLEST, room / n - 1.5 * line - SPACE - 4)
            y = self._paint_scale(painter, scale, y, max(bar, 2 * line), line)
        for key in self._keys:
            if y + line <= self.height() + 1:
                self._paint_key(painter, key, y, line)
            y += line + 2
        painter.end()

    def _paint_scale(
        self, painter: QPainter, scale: ColourScale, y: float, height: float, line: float
    ) -> float:
        """Paint one scale from y down; return the y below it."""
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(QPointF(0, y + QFontMetricsF(painter.font()).ascent()), scale.title)
        bar = QRectF(0.5, round(y + line) + 4.5, self.BAR - 1, round(height))
        steps = np.linspace(scale.high, scale.low, 128)[:, None]
        pixels = scale.pixels(self._theme, steps)
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:
            painter.drawImage(bar, to_image(pixels))
        else:  # no bitmaps in a vector file
            for n, pixel in enumerate(pixels[:, 0].tolist()):
                strip = QRectF(bar.left(), 0, bar.width(), bar.bottom())
                strip.setTop(bar.top() + n * bar.height() / len(pixels))
                painter.fillRect(strip, QColor.fromRgb(pixel))
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        span = scale.high - scale.low
        ticks = scale.ticks()
        if height < 1.2 * line * (len(ticks) - 1):
            ticks = [scale.low, scale.high]
        for value in ticks:
            at = bar.bottom() - (value - scale.low) / span * bar.height()
            painter.setPen(self._theme.colour("border"))
            painter.drawLine(QPointF(bar.right(), at), QPointF(bar.right() + 2, at))
            painter.setPen(self._theme.colour("text"))
            box = QRectF(bar.right() + 5, at - line / 2, 200, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, scale.tick_text(value))
        return bar.bottom() + line / 2 + SPACE

    def _paint_key(self, painter: QPainter, key: LegendKey, y: float, line: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_mark(painter, key, QRectF(0, y, self.BAR, line), self._theme)
        painter.setPen(self._theme.colour("text"))
        room = self.width() - self.BAR - 6
        metrics = QFontMetricsF(painter.font())
        text = elided_name(metrics, key.text, room + 1)
        painter.drawText(QPointF(self.BAR + 6, y + metrics.ascent()), text)


def paint_mark(painter: QPainter, key: LegendKey, box: QRectF, theme: Theme) -> None:
    """Paint the mark of a key into the middle of a box."""
    centre = box.center()
    if key.mark in ("line", "dashes"):
        pen = QPen(key.colour, 2)
        if key.mark == "dashes":
            pen.setDashPattern([2.0, 1.0])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), centre.y()), QPointF(box.right(), centre.y()))
        return
    if key.mark == "area":
        painter.fillRect(box.adjusted(1, 3, -1, -3).toRect(), key.colour)  # whole px: sharp edges
        return
    ring = key.mark == "ring"
    painter.setPen(QPen(key.colour if ring else theme.colour("surface"), 1.6 if ring else 1.0))
    painter.setBrush(theme.colour("surface") if ring else key.colour)
    radius = 3.6 if ring else 4.2
    painter.drawEllipse(centre, radius, radius)


@guard_overrides
class KeyRow(QWidget):
    """Keys one after the other, in as many lines as the width requires."""

    MARK = 14
    GAP = 2 * SPACE

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys: tuple[LegendKey, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Legend")

    @property
    def keys(self) -> tuple[LegendKey, ...]:
        """The keys shown."""
        return self._keys

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme; the keys must be set again, in colours of this theme."""
        self._theme = theme
        self.update()

    def set_keys(self, keys: Sequence[LegendKey]) -> None:
        """Show these keys."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.setAccessibleDescription("; ".join(f"{k.mark}: {k.text}" for k in keys))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """All keys in one line."""
        width = sum(self._width(key) + self.GAP for key in self._keys)
        return QSize(math.ceil(width), self.heightForWidth(math.ceil(width)))

    def minimumSizeHint(self) -> QSize:
        """One line, of any width."""
        return QSize(8, self.heightForWidth(100_000))

    def heightForWidth(self, width: int) -> int:
        """The height of all lines."""
        if not self._keys:
            return 0
        return math.ceil(self._placed(width)[-1].y() + plot_metrics().height())

    def _width(self, key: LegendKey) -> float:
        return self.MARK + 5 + plot_metrics().horizontalAdvance(key.text)

    def _placed(self, width: float) -> list[QPointF]:
        """The upper left corner of every key."""
        x, y, corners = 0.0, 0.0, []
        for key in self._keys:
            if x > 0.0 and x + self._width(key) > width:
                x, y = 0.0, y + plot_metrics().height()
            corners.append(QPointF(x, y))
            x += self._width(key) + self.GAP
        return corners

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every mark with its text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(plot_font())
        metrics = QFontMetricsF(painter.font())
        for key, corner in zip(self._keys, self._placed(self.width()), strict=True):
            box = QRectF(corner.x(), corner.y(), self.MARK, metrics.height())
            paint_mark(painter, key, box, self._theme)
            painter.setPen(self._theme.colour("text"))
            painter.drawText(corner + QPointF(self.MARK + 5, metrics.ascent()), key.text)
        painter.end()
