"""Colours and dashes that tell many lines of one plot apart."""

from PySide6.QtCore import Qt

from bpviz.ui.toolkit.drawing.theme import Theme

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


def style(theme: Theme, index: int) -> tuple[str, Qt.PenStyle]:
    """The colour (#rrggbb) and the pen style of the line at this index of the list."""
    colours = theme.classes
    return colours[index % len(colours)], _STYLES[index // len(colours) % len(_STYLES)]
