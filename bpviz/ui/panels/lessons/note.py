"""The note above the buttons of a lesson: whether the window shows the step."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.widgets.naming import broken, named


class LessonNote(QFrame):
    """Says that a step is not set up, or that an own run is kept; hidden without a word."""

    def __init__(self) -> None:
        super().__init__()
        self._text = named(QLabel(), "lesson_note_text")
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = named(
            QPushButton("Bring it back"), "lesson_own_run", "Show this run again where it was left"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE // 2, SPACE // 2)
        row.setSpacing(SPACE)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self._is_warning = False
        self.set_theme(LIGHT)
        self.hide()

    def say(self, warning: str, own_run: str) -> None:
        """Say why the step is not set up, or else that a run of this name is kept."""
        kept = f"Your {own_run}, is kept." if own_run else ""
        text = broken(warning or kept)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.button.setVisible(bool(own_run) and not warning)
        self.setVisible(bool(text))
        self._is_warning = bool(warning)
        self._dress()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        theme = self._theme
        colour = theme.warning if self._is_warning else theme.accent
        self.setStyleSheet(
            f"#lesson_note {{ background: {theme.surface}; border: none;"
            f" border-left: 4px solid {colour}; }}"
        )
