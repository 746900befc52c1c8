"""Text in the network view: fonts, widths, and readable colours."""

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QStaticText

from bpviz.ui.toolkit.drawing.colour_scale import ink_on
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics, elided_name
from bpviz.ui.toolkit.drawing.theme import Theme

REMEMBERED = 20_000
"""The most widths of texts that are cached: measuring a text takes as long as painting it."""


class Lettering:
    """The font of the view in two weights, and the widths of texts."""

    def __init__(self) -> None:
        self.font = in_pixels(plot_font())
        self.bold = in_pixels(plot_font(bold=True))
        self._widths: dict[tuple[str, bool], float] = {}
        self._widest: dict[tuple[str, ...], float] = {}
        self._metrics = {False: QFontMetricsF(self.font), True: QFontMetricsF(self.bold)}
        metrics = self._metrics[False]
        self.line = metrics.height()
        self.text = TextMetrics(self.line, self.width)
        # From the middle of a line down to its base line, so that capitals and figures are centred.
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
        """The width of the widest of these texts, px."""
        width = self._widest.get(texts)
        if width is None:
            width = self._widest[texts] = max(map(self.width, texts))
        return width

    def elide(self, text: str, width: float, bold: bool = False) -> str:
        """The text, elided to this width."""
        if self.width(text, bold) <= width:
            return text
        return self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))

    def elide_name(self, name: str, width: float) -> str:
        """The name, without its middle if it is wider than this."""
        if self.width(name) <= width:
            return name
        return elided_name(self._metrics[False], name, max(width, 0.0))

    def fit(self, texts: tuple[str, ...], width: float) -> str:
        """The first text that is no wider, or else the last one, elided."""
        fitting = next((t for t in texts if self.width(t) <= width), None)
        return self.elide(texts[-1], width) if fitting is None else fitting

    def write(self, painter: QPainter, x: float, y: float, text: str, align: float = 0.0) -> None:
        """Write a line of text with its middle at y.

        x is its left end (align 0), its middle (align 0.5) or its right end (align 1).
        """
        if align:
            x -= align * self.width(text)
        painter.drawStaticText(QPointF(x, y + self.drop - self._ascent), _laid_out(text))


@lru_cache(maxsize=512)
def _laid_out(text: str) -> QStaticText:
    """A text that is laid out only once, when it is first painted; a frame has some hundred."""
    laid_out = QStaticText(text)
    laid_out.setTextFormat(Qt.TextFormat.PlainText)
    laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return laid_out


def in_pixels(font: QFont) -> QFont:
    """The same font with its size in px: points have another size in an SVG of 72 dpi."""
    font.setPixelSize(QFontInfo(font).pixelSize())
    return font


@cache
def inks(theme: Theme) -> tuple[QColor, ...]:
    """A readable text colour for each of the 256 colours of the diverging map."""
    return tuple(ink_on(QColor(*map(int, rgb))) for rgb in theme.diverging_table())
