"""The buttons in the corner of the diagram that choose what its lines show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.network.overlays import OVERLAYS, WEIGHT, Overlay

ROOMY = 520
"""The smallest width, px, of a diagram with room for the full texts of the buttons."""


class OverlayBar(QWidget):
    """A button for each overlay, one of them checked."""

    chosen = Signal(object)
    """The Overlay that the user chose."""

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
        """Check the button of this overlay, without a signal."""
        self._buttons[overlay.key].setChecked(True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for button in self._buttons.values():
            button.set_theme(theme)

    def fit(self, width: int) -> None:
        """Move to the upper right corner of a diagram of this width."""
        for overlay in OVERLAYS.values():
            words = overlay.button if width >= scaled(ROOMY) else overlay.brief
            self._buttons[overlay.key].setText(words)
        self._row.activate()
        self.resize(self.sizeHint())
        self.move(width - self.width() - SPACE, SPACE // 2)

    def _button(self, overlay: Overlay) -> Toggle:
        button = Toggle(overlay.button, f"overlay_{overlay.key}", overlay.tip, self)
        button.setAccessibleName(f"Show {overlay.button}")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(overlay))  # not toggled: clicks only
        return button
