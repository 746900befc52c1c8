"""What widgets everywhere need."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, tip: str = "") -> W:
    """The widget, with an objectName and, if there is one, a tooltip."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    return widget
