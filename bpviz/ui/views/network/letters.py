"""Text of the network view: its fonts, how much room they take, and ink that can be read."""

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QStaticText

from bpviz.ui.toolkit.drawing.colour_scale import ink_on
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.toolkit.drawing.theme import Theme

REMEMBERED = 20_000
"""Widths of so many texts are kept: measuring one takes as long as writing it."""


class Lettering:
    """The view's font in two weights, and how much room its text takes."""

    def __init__(self) -> None:
        self.font = in_pixels(plot_font())
        self.bold = in_pixels(plot_font(bold=True))
        self._widths: dict[tuple[str, bool], float] = {}
        self._widest: dict[tuple[str, ...], float] = {}
        self._metrics = {False: QFontMetricsF(self.font), True: QFontMetricsF(self.bold)}
        metrics = self._metrics[False]
        self.line = metrics.height()
        self.text = TextMetrics(self.line, self.width)
        # From the middle of a line down to its baseline: capitals and figures look centred.
        self.drop = metrics.capHeight() / 2
        self._ascent = metrics.ascent()

    def width(self, text: str, bold: bool = False) -> float:
        """The width of a text, px."""
        width = self._widths.get((text, bold))
        if width is None:
            if len(self._widths) > REMEMBERED:
                self._widths.clear()
            width = self._widths[text, bold] = self._metrics[bold].horizontalAdvance(text)
        return width

    def widest(self, texts: tuple[str, ...]) -> float:
        """The width of the widest of some names, px."""
        width = self._widest.get(texts)
        if width is None:
            width = self._widest[texts] = max(map(self.width, texts))
        return width

    def elide(self, text: str, width: float, bold: bool = False) -> str:
        """The text, cut with an ellipsis so that it is no wider."""
        if self.width(text, bold) <= width:
            return text
        return self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))

    def fit(self, texts: tuple[str, ...], width: float) -> str:
        """The first text that is no wider, or else the last one, cut."""
        fitting = next((t for t in texts if self.width(t) <= width), None)
        return self.elide(texts[-1], width) if fitting is None else fitting

    def write(self, painter: QPainter, x: float, y: float, text: str, align: float = 0.0) -> None:
        """Write a line whose middle is at height y.

        x is its left end (align 0), its middle (align 0.5) or its right end (align 1).
        """
        if align:
            x -= align * self.width(text)
        painter.drawStaticText(QPointF(x, y + self.drop - self._ascent), _laid_out(text))


@lru_cache(maxsize=4096)
def _laid_out(text: str) -> QStaticText:
    """A text that is laid out once, when it is first painted."""
    laid_out = QStaticText(text)
    laid_out.setTextFormat(Qt.TextFormat.PlainText)
    laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return laid_out


def in_pixels(font: QFont) -> QFont:
    """The same font, its size in px: points would mean another size in an SVG's 72 dpi."""
    font.setPixelSize(QFontInfo(font).pixelSize())
    return font


@cache
def inks(theme: Theme) -> tuple[QColor, ...]:
    """For each of the 256 colours of the diverging map a colour in which text on it is read."""
    return tuple(ink_on(QColor(*map(int, rgb))) for rgb in theme.diverging_table())
