"""The buttons in the corner of the network's picture that say what its lines show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.network.overlays import OVERLAYS, WEIGHT, Overlay

ROOMY = 520
"""Px of width from which a picture has room for the buttons' whole words."""


class OverlayBar(QWidget):
    """One button an overlay, of which one is down."""

    chosen = Signal(object)
    """The Overlay that a person chose."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay_bar")
        self.setAccessibleName("What lines and rings show")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Toggle] = {}
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for overlay in OVERLAYS.values():
            button = self._buttons[overlay.key] = self._button(overlay)
            self._group.addButton(button)
            row.addWidget(button)
        self.set_overlay(WEIGHT)

    def set_overlay(self, overlay: Overlay) -> None:
        """Show this one as chosen, without telling anybody."""
        self._buttons[overlay.key].setChecked(True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for button in self._buttons.values():
            button.set_theme(theme)

    def fit(self, width: int) -> None:
        """Stand in the upper right corner of a picture of this width."""
        for overlay in OVERLAYS.values():
            words = overlay.button if width >= ROOMY else overlay.brief
            self._buttons[overlay.key].setText(words)
        self._row.activate()
        self.resize(self.sizeHint())
        self.move(width - self.width() - SPACE, SPACE // 2)

    def _button(self, overlay: Overlay) -> Toggle:
        button = Toggle(overlay.button, f"overlay_{overlay.key}", overlay.tip, self)
        button.setAccessibleName(f"Show {overlay.button}")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(overlay))  # not toggled: only a person
        return button
