"""A button that stays down: it shows by its tint whether it is on, on every surface."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme

TINT = 0.3
"""Share of the accent in a button that is on."""


class Toggle(QToolButton):
    """A checkable button with a text, tinted with the accent while it is on."""

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
