"""Labels of fixed size, whose changes cause no new layout."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip


@guard_overrides
class TextLine(QWidget):
    """One line of text that is elided if it is too long, so that its neighbours never move.

    Its size does not depend on the text; the whole text is its accessible name, and its tooltip
    if something else is shown: a shorter text with the same meaning, or a part of it.
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
        self._shorter: tuple[str, ...] = ()
        self._theme = LIGHT
        self._align = align
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    @property
    def shown_text(self) -> str:
        """What there is room for."""
        return self._shown

    @property
    def shorter_texts(self) -> tuple[str, ...]:
        """Texts with the same meaning, of which one is shown if the whole one does not fit."""
        return self._shorter

    def set_text(self, text: str, *shorter: str) -> None:
        """Show this text, or the first of the shorter ones that fits, or a part of the last."""
        if (text, shorter) != (self._text, self._shorter):
            self._text, self._shorter = text, shorter
            self.setAccessibleName(text)
            self._cut()
            self.update()

    def set_role(self, role: str) -> None:
        """Use the theme's colour of this role."""
        self._role = role
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """One line high; any width."""
        return QSize(8, round(plot_metrics().height()))

    def minimumSizeHint(self) -> QSize:
        """As sizeHint: the text may be elided."""
        return self.sizeHint()

    def _cut(self) -> None:
        metrics, texts = plot_metrics(), (self._text, *self._shorter)
        fits = (text for text in texts if metrics.horizontalAdvance(text) <= self.width())
        last = metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, self.width())
        self._shown = next(fits, last)
        tip = self._text if self._shown != self._text else ""
        if tip != self.toolTip():
            self.setToolTip(plain_tip(tip))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide the text for the new width."""
        self._cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the elided text."""
        painter = QPainter(self)
        painter.setFont(plot_font())
        painter.setPen(self._theme.colour(self._role))
        flags = self._align | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()), flags, self._shown)
        painter.end()


@guard_overrides
class Figure(QLabel):
    """A number that changes in every frame: its width is that of its widest text.

    A QLabel would trigger a new layout of the whole window with every new text.
    """

    def __init__(
        self,
        widest: str,
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(widest)
        self.setFont(plot_font(bold))
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedSize(self.sizeHint())
        self._shown = ""

    def text(self) -> str:
        """The text shown."""
        return self._shown

    def setText(self, text: str) -> None:
        """Show this text, without a new layout."""
        if text != self._shown:
            self._shown = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment(), self._shown)
        painter.end()
