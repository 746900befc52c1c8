"""The strip shown at the first start: begin with a lesson, or just play."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.naming import named

KEY = "welcomed"


class Welcome(QFrame):
    """A strip above the network, shown until one of its buttons is pressed."""

    lesson_wanted = Signal()

    def __init__(self, settings: Settings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._settings = settings
        self._text = TextLine(role="text")
        self._text.set_text("Watch a network learn, or be shown round.")
        self._lesson = named(
            QPushButton("Start with a lesson"),
            "welcome_lesson",
            "Open the first lesson: from the perceptron to backpropagation",
        )
        self._play = named(
            QPushButton("Just play"), "welcome_play", "Close this and use the window as you like"
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(QLabel("<b>Welcome.</b>"))
        layout.addWidget(self._text, 1)
        layout.addWidget(self._lesson)
        layout.addWidget(self._play)
        self._lesson.clicked.connect(self._take_lesson)
        self._play.clicked.connect(self.dismiss)
        self.set_theme(theme)
        self.setVisible(not settings.whole(KEY))

    def _take_lesson(self) -> None:
        self.dismiss()
        self.lesson_wanted.emit()

    def dismiss(self) -> None:
        """Hide the strip, also at later starts."""
        self._settings.set(KEY, True)
        self._settings.save()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._text.set_theme(theme)
        self.setStyleSheet(
            f"#welcome {{ background: {theme.surface}; border: none;"
            f" border-left: 4px solid {theme.accent}; border-bottom: 1px solid {theme.border}; }}"
        )
