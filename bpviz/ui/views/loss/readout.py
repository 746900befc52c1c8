"""The lines of text above and below the loss curve: what is drawn, and its values."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.plotting import line_pen, plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip

_WIDEST_VALUE = "9,999,999 "
_WIDEST_SHARE = "> 99.9 %"
_RIGHT = " right"
_SWATCH = 12
_LINE_SPACING = 1.25


def fitting(candidates: Sequence[str], metrics: QFontMetricsF, width: float) -> str:
    """The first text that fits into the width, or the last one, elided."""
    for text in candidates:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(candidates[-1], Qt.TextElideMode.ElideRight, width)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A curve in the legend: its colour role, the width of its pen, its name and values.

    ``share`` is the share of right outputs ('75.0 %'), '' if it is not shown.
    """

    role: str
    width: float
    name: str
    value: str
    share: str = ""

    @property
    def text(self) -> str:
        """'train 0.0123, 75.0 % right'."""
        return f"{self.name} {self.value}" + (f", {self.share} right" if self.share else "")

    def columns(self, with_right: bool) -> list[tuple[str, str, str]]:
        """(role, text, widest text) of the columns after the swatch."""
        name = ("muted", self.name, self.name + " ")
        value = ("text", self.value, _WIDEST_VALUE)
        right = _RIGHT if with_right else ""
        share = ("text", self.share + right, _WIDEST_SHARE + right)
        return [name, value, share] if self.share else [name, value]


@guard_overrides
class PaintedText(QWidget):
    """Lines of text at fixed places; the size does not depend on the text."""

    def __init__(self, parent: QWidget, theme: Theme, lines: int) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lines; any width."""
        return QSize(8 * SPACE, round(self._lines * self._line_height()))

    def minimumSizeHint(self) -> QSize:
        """As sizeHint."""
        return self.sizeHint()

    def _line_height(self) -> float:
        return plot_metrics().height() * _LINE_SPACING

    def _line(self, n: int) -> QRectF:
        height = self._line_height()
        return QRectF(0.0, n * height, self.width(), height)


@guard_overrides
class Heading(PaintedText):
    """The title of the error axis and the epoch (line 1), and the legend with values (line 2)."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, lines=2)
        self.setObjectName("loss_heading")
        self._titles: Sequence[str] = [""]
        self._epoch = ""
        self._entries: Sequence[LegendEntry] = ()

    def show_texts(self, titles: Sequence[str], epoch: str, entries: Sequence[LegendEntry]) -> None:
        """Show these texts; ``titles`` are alternatives, the longest first."""
        if (titles, epoch, entries) != (self._titles, self._epoch, self._entries):
            self._titles, self._epoch, self._entries = titles, epoch, entries
            if titles[0] != self.toolTip():
                self.setToolTip(plain_tip(titles[0]))
            self.setAccessibleName(self.text)
            self.update()

    @property
    def text(self) -> str:
        """All texts in one line."""
        return " · ".join((self._titles[0], self._epoch, *(e.text for e in self._entries)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both lines."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        metrics = plot_metrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        line = self._line(0)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, self._epoch)
        room = line.width() - metrics.horizontalAdvance(self._epoch) - SPACE
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(line, middle, fitting(self._titles, metrics, room))
        self._paint_legend(painter, metrics)
        painter.end()

    def _paint_legend(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        """Paint the entries in columns as wide as their widest texts."""
        line, gap = self._line(1), SPACE / 2
        widths = [_width(entry, metrics, with_right=True) for entry in self._entries]
        with_right = sum(widths) <= line.width()
        x = line.left()
        for entry in self._entries:
            painter.setPen(line_pen(self._theme, entry.role, entry.width + 1.0))
            y = round(line.center().y())
            painter.drawLine(round(x), y, round(x) + _SWATCH, y)
            at = x + _SWATCH + gap
            for role, text, widest in entry.columns(with_right):
                width = metrics.horizontalAdvance(widest)
                painter.setPen(self._theme.colour(role))
                rect = QRectF(at, line.top(), width, line.height())
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
                at += width
            x += _width(entry, metrics, with_right)


def _width(entry: LegendEntry, metrics: QFontMetricsF, with_right: bool) -> float:
    texts = [metrics.horizontalAdvance(widest) for _, _, widest in entry.columns(with_right)]
    return _SWATCH + 1.5 * SPACE + sum(texts)


@guard_overrides
class Footing(PaintedText):
    """The name of the epoch axis and what it does not show; ``indent`` px at the left are free."""

    def __init__(self, parent: QWidget, theme: Theme, indent: int) -> None:
        super().__init__(parent, theme, lines=1)
        self._indent = indent
        self.setObjectName("loss_footing")
        self._candidates: Sequence[str] = [""]
        self._shown = ""

    def show_texts(self, candidates: Sequence[str]) -> None:
        """Show one of these alternatives, the longest first."""
        if candidates != self._candidates:
            self._candidates = candidates
            self.setToolTip(plain_tip(candidates[0]))
            self.setAccessibleName(candidates[0])
            self._fit()
            self.update()

    @property
    def text(self) -> str:
        """The longest text."""
        return self._candidates[0]

    def _fit(self) -> None:
        self._shown = fitting(self._candidates, plot_metrics(), self.width() - self._indent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the text that fits."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, centred."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        painter.setPen(self._theme.colour("muted"))
        rect = self._line(0).adjusted(self._indent, 0, 0, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._shown)
        painter.end()
