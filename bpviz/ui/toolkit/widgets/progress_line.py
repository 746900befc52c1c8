"""A line with the progress of some work, and Cancel."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.table_style import tool_button

SOON_MS = 150
"""The line appears only for work that takes longer than this."""


STEPS = 50
"""The number of steps of the bar."""


class ProgressLine(QWidget):
    """A text, a bar and Cancel; hidden until the work has taken ``SOON_MS``."""

    cancelled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words = named(QLabel(), f"{name}_words")
        self.bar = named(QProgressBar(), f"{name}_progress")
        self.bar.setMaximumHeight(2 * SPACE)
        self.cancel = tool_button(f"{name}_cancel", "Cancel", "Give it up; nothing is changed")
        self.cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, 0, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        for widget in (self._words, self.bar, self.cancel):
            row.addWidget(widget)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.show)
        self.hide()

    def begin(self, words: str) -> None:
        """Work has begun; its amount is not known yet."""
        self._words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, 0)
        self._soon.start()

    def advance(self, done: int, of: int) -> None:
        """``done`` of ``of`` parts of the work are done."""
        if done * STEPS // of != self.bar.value() * STEPS // of or self.bar.maximum() != of:
            self.bar.setRange(0, of)
            self.bar.setValue(done)  # paints at once

    def end(self) -> None:
        """The work has ended: hide the line."""
        self._soon.stop()
        self.hide()
