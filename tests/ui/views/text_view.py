"""A view of text only, in one file, as a newcomer would write it first."""

from typing import ClassVar

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.views.base import View


class TextView(View):
    """The weights of the network, a line each."""

    key: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    about: ClassVar[str] = "All weights and biases, a line each"
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.text = QPlainTextEdit(readOnly=True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)

    def show_frame(self, frame: Frame) -> None:
        """List the parameters."""
        lines = (f"{value:.4f}" for value in frame.snapshot.parameters)
        self.text.setPlainText("\n".join((f"Epoch {frame.snapshot.epoch}", *lines)))
