"""The bar that is shown while changes are pending that need a new run."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note

BAR = 4  # px


@guard_overrides
class PendingBar(QWidget):
    """Names the pending changes, with buttons to apply and discard them."""

    apply_clicked = Signal()
    discard_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pending_bar")
        self.text = Note("text", "pending_text")
        self.apply_button = named(QPushButton("Apply and reset"), "apply_button")
        self.apply_button.setAccessibleName("Apply the changes and reset to epoch 0")
        self.discard_button = named(QPushButton("Discard"), "discard_button")
        self.discard_button.setAccessibleName("Discard the changes")
        self.discard_button.setToolTip("Show the experiment of the present run again")
        self.apply_button.clicked.connect(lambda: self.apply_clicked.emit())
        self.discard_button.clicked.connect(lambda: self.discard_clicked.emit())
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for button, share in ((self.apply_button, 3), (self.discard_button, 2)):
            button.setFixedHeight(field_height(button) + 2)
            buttons.addWidget(button, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE + BAR, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.set_theme(LIGHT)
        self.hide()

    def show_changes(self, changes: Sequence[str], wrong: Sequence[str], *, busy: bool) -> None:
        """Name the changes; with ``wrong`` entries, or while ``busy``, Apply is disabled."""
        self.setVisible(bool(changes))
        n = len(changes)
        needs = "change needs" if n == 1 else "changes need"
        sentence = f"{n} {needs} a new run (epoch 0): {', '.join(changes)}"
        if wrong:
            sentence += f". First correct: {', '.join(wrong)}"
        self.text.say(sentence if changes else "")
        self.apply_button.setEnabled(not wrong and not busy)
        self.apply_button.setToolTip(
            "Entries that are not allowed must be mended first"
            if wrong
            else "Start a new run at epoch 0 with these changes"
        )

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.apply_button.setStyleSheet(
            "QPushButton {"
            f" background: {theme.accent}; color: {theme.on_accent};"
            f" border: 1px solid {theme.accent}; border-radius: 3px; padding: 0 4px; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.text}; }}"
            f"QPushButton:hover {{ border-color: {theme.text}; }}"
            "QPushButton:disabled {"
            f" background: {theme.raised}; color: {theme.muted}; border-color: {theme.border}; }}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tint of the accent colour, with a line above and a bar at the left."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("accent", 24))
        painter.fillRect(0, 0, self.width(), 1, self._theme.colour("border"))
        painter.fillRect(0, 0, BAR, self.height(), self._theme.colour("accent"))
        painter.end()
