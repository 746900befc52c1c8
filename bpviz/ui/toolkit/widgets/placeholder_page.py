"""A page of a view, and the sentence that stands in its place while there is nothing on it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, Theme


class PlaceholderPage(QWidget):
    """Widgets side by side, each with its share of the width; at first, and at times, a hint."""

    def __init__(self, name: str, hint: str, *parts: tuple[QWidget, int]) -> None:
        super().__init__()
        self._hint = QLabel(hint)
        self._hint.setObjectName(name)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        for part, share in parts:
            line.addWidget(part, share)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(page)

    def say(self, hint: str = "") -> None:
        """Show a sentence, or the last one, instead of the page."""
        if hint:
            self._hint.setText(hint)
        self._stack.setCurrentIndex(0)

    def show_page(self) -> None:
        """Show the page."""
        self._stack.setCurrentIndex(1)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for the sentence from now on."""
        self._hint.setPalette(theme.hint_palette())
