"""A checkable button whose tint shows whether it is checked, on any background."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme

TINT = 0.3
"""Share of the accent colour in a checked button."""


class Toggle(QToolButton):
    """A checkable button with a text, tinted with the accent colour while it is checked."""

    def __init__(self, text: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.setText(text)
        self.setObjectName(name)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.toggled.connect(self._tint)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._tint()

    def _tint(self) -> None:
        palette = self._theme.palette()
        if self.isChecked():
            low, high = self._theme.colour("raised"), self._theme.colour("accent")
            mixed = (
                part(low) + TINT * (part(high) - part(low))
                for part in (QColor.redF, QColor.greenF, QColor.blueF)
            )
            palette.setColor(QPalette.ColorRole.Button, QColor.fromRgbF(*mixed))
        self.setPalette(palette)
