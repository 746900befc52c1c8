"""A frameless scroll area, for what may get less room than it needs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from bpviz.ui.toolkit.guard import guard_overrides


@guard_overrides
class Scrolling(QScrollArea):
    """Shows a widget as large as there is room, or scrolls where that is less than it needs.

    The scroll area itself needs no more than ``least``.
    """

    def __init__(self, least: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._least = least
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """The room that is enough."""
        return self._least
