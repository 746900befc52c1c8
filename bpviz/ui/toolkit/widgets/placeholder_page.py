"""A page of a view, and the hint that is shown in its place while it is empty."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from bpviz.ui.toolkit.drawing.plotting import AXIS_WIDTH, OVERHANG
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.widgets.naming import named

SHOWN, UNSHOWN = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
"""Policies of a page: behind the hint it needs no room, so that the hint does not scroll."""


def hint_over(plot: QWidget, name: str, hint: str) -> QLabel:
    """A hint in the middle of a plot that has nothing to show yet."""
    label = named(QLabel(hint, plot), name)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setAutoFillBackground(True)  # the grid must not cross the words
    label.setWordWrap(True)
    label.setMargin(SPACE)
    over = QVBoxLayout(plot)
    over.setContentsMargins(AXIS_WIDTH, 0, OVERHANG, 0)
    over.addWidget(label, 0, Qt.AlignmentFlag.AlignVCenter)
    return label


class PlaceholderPage(QWidget):
    """Widgets side by side, each with a share of the width; a hint is shown instead at first."""

    def __init__(self, name: str, hint: str, *parts: tuple[QWidget, int]) -> None:
        super().__init__()
        self._hint = named(QLabel(hint), name)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._page = QWidget()
        line = QHBoxLayout(self._page)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        for part, share in parts:
            line.addWidget(part, share)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self._page)
        self.say()

    def say(self, hint: str = "") -> None:
        """Show a hint instead of the page: this one, or if it is empty the last one."""
        if hint:
            self._hint.setText(hint)
        self._page.setSizePolicy(UNSHOWN, UNSHOWN)
        self._stack.setCurrentIndex(0)

    def show_page(self) -> None:
        """Show the page."""
        self._page.setSizePolicy(SHOWN, SHOWN)
        self._stack.setCurrentIndex(1)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme for the hint."""
        self._hint.setPalette(theme.hint_palette())
