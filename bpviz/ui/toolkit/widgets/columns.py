"""The layout that views share: rows of parts, one below the other."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE

LayoutPart = QWidget | QLayout | tuple[QWidget | QLayout, int]
"""What is laid out, alone or with its share of the room that is left over."""


def row_of(*parts: LayoutPart) -> QHBoxLayout:
    """The parts side by side."""
    layout = QHBoxLayout()
    layout.setSpacing(SPACE)
    _add(layout, parts)
    return layout


def fill_column(view: QWidget, *parts: LayoutPart) -> None:
    """Fill a view with the parts, from top to bottom, within the margins that views have."""
    layout = QVBoxLayout(view)
    layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
    layout.setSpacing(SPACE // 2)
    _add(layout, parts)


def _add(layout: QBoxLayout, parts: tuple[LayoutPart, ...]) -> None:
    for part in parts:
        what, stretch = part if isinstance(part, tuple) else (part, 0)
        if isinstance(what, QWidget):
            layout.addWidget(what, stretch)
        else:
            layout.addLayout(what, stretch)
