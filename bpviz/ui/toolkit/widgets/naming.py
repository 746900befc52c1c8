"""Names for widgets."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, tip: str = "") -> W:
    """Set the widget's object name and, if ``tip`` is not empty, its tooltip; return the widget."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    return widget
