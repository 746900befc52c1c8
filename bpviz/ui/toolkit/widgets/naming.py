"""Names for widgets."""

from typing import TypeVar

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget

from bpviz.core.values import shortened

LONGEST_WORD = 100

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, tip: str = "") -> W:
    """Set the widget's object name and, if ``tip`` is not empty, its tooltip; return the widget.

    A label shows its text letter for letter, unless it is told otherwise: what looks like HTML
    could load images.
    """
    widget.setObjectName(name)
    if isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.AutoText:
        widget.setTextFormat(Qt.TextFormat.PlainText)
    if tip:
        widget.setToolTip(tip)
    return widget


def plain_tip(text: str) -> str:
    """A text for a tooltip that Qt shows letter for letter, whatever file it is from.

    Qt takes a tooltip that looks like HTML for HTML, and would load the images in it.
    """
    text = broken(text)
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text


def broken(text: str) -> str:
    """The text with its longest words shortened: a word as wide as a screen cannot be wrapped."""
    if len(text) <= LONGEST_WORD:
        return text
    return " ".join(
        shortened(word) if len(word) > LONGEST_WORD else word for word in text.split(" ")
    )
