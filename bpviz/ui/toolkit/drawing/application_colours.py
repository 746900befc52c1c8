"""The colours of the whole application, with tick boxes that can be seen."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from bpviz.ui.toolkit.drawing.theme import Theme

FUSION_DARKER = 140
"""Fusion outlines tick boxes in the window's colour, darker by this percentage."""


def colour_application(theme: Theme) -> None:
    """Give the application the colours of this theme.

    On a dark window the outline of a tick box would not be seen: boxes get a window colour whose
    darker shade is that of muted text.
    """
    QApplication.setPalette(theme.palette())
    boxes = theme.palette()
    boxes.setColor(QPalette.ColorRole.Window, theme.colour("muted").lighter(FUSION_DARKER))
    for kind in ("QCheckBox", "QRadioButton"):
        QApplication.setPalette(boxes, kind)  # type: ignore[arg-type]  # bytes are refused
