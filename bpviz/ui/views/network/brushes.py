"""What units and their texts are painted with, and how a line of text is written among them."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.output_tones import OutputTones


class Brushes(NamedTuple):
    """What all units are painted with; ``names`` are those of all units, by group, ``outputs``
    the colours of the outputs.
    """

    painter: QPainter
    theme: Theme
    letters: Lettering
    names: tuple[tuple[str, ...], ...]
    vector: bool
    outputs: OutputTones


def write(
    brushes: Brushes,
    x: float,
    y: float,
    text: str,
    role: str,
    align: float = 0.0,
    clear: bool = False,
) -> None:
    """Write a line like ``Lettering.write``; with ``clear``, on a background that covers lines."""
    painter, theme, letters, *_ = brushes
    if clear:
        ground(painter, theme, letters, x - (align - 0.5) * letters.width(text), y, text)
    painter.setPen(theme.colour(role))
    letters.write(painter, x, y, text, align)


def ground(
    painter: QPainter, theme: Theme, letters: Lettering, x: float, y: float, text: str
) -> None:
    """Cover the lines around x, y with the surface colour, for a text."""
    width, height = letters.width(text) + 6.0, letters.line - 3.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(QRectF(x - width / 2, y - height / 2, width, height), 4.0, 4.0)
