"""What every entry of a form has: an error or none, a pending state, and how both look.

All entries have the same interface: ``committed(value)`` is emitted when the user entered a valid
value, ``show_value`` sets a value without emitting it, ``sentence`` says what is wrong with it.
"""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme

PENDING_BAR = 3  # px


def sentence_of(error: Exception) -> str:
    """The text of an error as a sentence with a capital letter."""
    text = str(error)
    return text[:1].upper() + text[1:]


def field_height(widget: QWidget) -> int:
    """The height of every field, px: the same for lines and combos."""
    return widget.fontMetrics().height() + 6


class Entry:
    """What all entries have: an error or none, a pending state, and how both look."""

    theme: Theme = LIGHT
    pending: bool = False
    _refused: str = ""

    @property
    def invalid(self) -> bool:
        """Whether the entry is invalid regardless of the other fields."""
        return False

    @property
    def sentence(self) -> str:
        """What is wrong with the entry; empty if nothing is."""
        return self._refused

    def refuse(self, sentence: str) -> None:
        """Mark the entry as invalid in combination with the other fields."""
        if sentence != self._refused:
            self._refused = sentence
            self._sentence_changed()

    def set_pending(self, pending: bool) -> None:
        """Highlight an entry that is pending until a new run."""
        if pending != self.pending:
            self.pending = pending
            self.update()  # type: ignore[attr-defined]

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme
        self.update()  # type: ignore[attr-defined]

    def _sentence_changed(self) -> None:
        self.setAccessibleDescription(self.sentence)  # type: ignore[attr-defined]
        self.sentence_changed.emit()  # type: ignore[attr-defined]
        self.update()  # type: ignore[attr-defined]


def paint_outline(widget: QWidget, rect: QRectF, theme: Theme) -> None:
    """Paint the outline of a field; Fusion's is hardly visible on a dark panel."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("border"), 1.0))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)
    painter.end()


def paint_state(widget: QWidget, entry: Entry) -> None:
    """Paint a frame in the error colour, or a tint and a bar for a pending entry."""
    if not entry.sentence and not entry.pending:
        return
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = QRectF(widget.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
    role = "error" if entry.sentence else "accent"
    painter.setBrush(entry.theme.colour(role, 26))
    painter.setPen(QPen(entry.theme.colour(role), 1.5) if entry.sentence else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(whole, 2.5, 2.5)
    if not entry.sentence:
        bar = QRectF(0.0, 1.0, PENDING_BAR, widget.height() - 2.0)
        painter.fillRect(bar, entry.theme.colour(role))
    painter.end()
