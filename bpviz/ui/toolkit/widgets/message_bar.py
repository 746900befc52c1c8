"""An important sentence, shown until it is closed."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.widgets.naming import broken, named

KINDS = {
    "error": ("error", "alert-circle"),
    "warning": ("warning", "alert-triangle"),
    "done": ("test", "check-circle"),
}
"""Kind -> (colour role, icon)."""


class MessageBar(QFrame):
    """Shows one sentence at a time; hidden while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._kind = "error"
        self._icon = QLabel()
        self._text = named(QLabel(), "message_text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._accept: Callable[[], None] | None = None
        self.offer = named(QPushButton(), "message_offer")
        self.offer.clicked.connect(self._take_offer)
        self._close = named(QToolButton(), "message_close", "Close this message")
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Close this message")
        self._close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE)
        for widget in (self._icon, self._text, self.offer, self._close):
            layout.addWidget(widget)
        self.set_theme(theme)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown; empty if there is none."""
        return self._text.text() if not self.isHidden() else ""

    def say(
        self,
        sentence: str,
        kind: str = "error",
        offer: str = "",
        accept: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence of a kind ("error", "warning" or "done"), with a button for an offer."""
        self._kind, self._accept = kind, accept
        self.offer.setText(offer)
        self.offer.setVisible(bool(offer))
        sentence = broken(sentence)
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._dress()
        self.show()

    def clear(self) -> None:
        """Hide the bar."""
        self.hide()

    def _take_offer(self) -> None:
        accept, self._accept = self._accept, None
        self.clear()
        if accept is not None:
            accept()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        role, icon = KINDS[self._kind]
        colour, theme = getattr(self._theme, role), self._theme
        self._icon.setPixmap(icons.icon(icon, colour=colour).pixmap(QSize(18, 18)))
        self._close.setIcon(icons.icon("close", colour=theme.muted))
        self.setStyleSheet(
            f"#message_bar {{ background: {theme.surface}; border: none;"
            f" border-left: 4px solid {colour}; border-top: 1px solid {theme.border}; }}"
        )
