"""A line of text with a place of its own: what is under the mouse, and which instant it is."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.plotting import plot_font
from bpviz.ui.theme import LIGHT, Theme


class TextLine(QWidget):
    """One line of text that is cut with an ellipsis rather than ever moving what is beside it.

    Its size does not depend on the text; the whole text is its accessible name, and its
    tooltip where it was cut.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        role: str = "muted",
    ) -> None:
        super().__init__(parent)
        self._text = self._shown = ""
        self._theme = LIGHT
        self._align = align
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._cut()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """One line high; as wide as it is given."""
        return QSize(8, round(QFontMetricsF(plot_font()).height()))

    def minimumSizeHint(self) -> QSize:
        """As sizeHint: the text may be cut."""
        return self.sizeHint()

    def _cut(self) -> None:
        metrics = QFontMetricsF(plot_font())
        self._shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._text if self._shown != self._text else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        self._cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, cut to the width."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        painter.setPen(self._theme.colour(self._role))
        flags = self._align | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()), flags, self._shown)
        painter.end()
