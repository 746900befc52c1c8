"""Copies what the microscope shows as text, and saves it as a picture or as text."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from bpviz.core.microscope.latex import latex
from bpviz.core.microscope.text import markdown
from bpviz.sharing.atomic_files import WriteFailed, write_bytes
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.toolkit.widgets.table_style import tool_button


class FileKind(NamedTuple):
    """A kind of file."""

    key: str
    name: str
    suffix: str

    @property
    def filter(self) -> str:
        """Its filter in a file dialog."""
        return f"{self.name} (*{self.suffix})"


PNG = FileKind("png", "PNG picture", ".png")
MARKDOWN, LATEX = FileKind("markdown", "Markdown", ".md"), FileKind("latex", "LaTeX", ".tex")
KINDS = (PNG, MARKDOWN, LATEX)


class CopyAndSave(QObject):
    """The panel's buttons to copy and to save; ``picture`` renders what the panel shows."""

    failed = Signal(str)
    """Why a file could not be written."""

    said = Signal(str)
    """What was copied or saved."""

    def __init__(self, panel: QWidget, picture: Callable[[], QImage]) -> None:
        super().__init__(panel)
        self._panel, self._picture = panel, picture
        self._reading: NamedReading | None = None
        self._copy = tool_button("microscope_copy", "Copy", "Copy as text, for homework and slides")
        self._save = tool_button("microscope_save", "Save…", "Save as a picture or as text")
        self.buttons: tuple[QToolButton, ...] = (self._copy, self._save)
        for button, verb, do in ((self._copy, "copy", self.copy), (self._save, "save", self.save)):
            menu = QMenu(button)
            for kind in KINDS if verb == "save" else (MARKDOWN, LATEX):
                action = menu.addAction(f"{verb.capitalize()} as {kind.name}")
                action.setObjectName(f"microscope_{verb}_{kind.key}")
                action.triggered.connect(lambda _=False, kind=kind, do=do: do(kind))
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.show_reading(None)

    def show_reading(self, reading: NamedReading | None) -> None:
        """Set the reading to copy and save; None disables the buttons."""
        self._reading = reading
        for button in self.buttons:
            button.setEnabled(reading is not None)

    def text(self, kind: FileKind) -> str:
        """The reading as Markdown or LaTeX."""
        reading = self._reading
        if reading is None:
            return ""
        frame = reading.frame
        title = f"{reading.title}, {frame.setup.patterns.name}, {frame.snapshot.instant}"
        write = markdown if kind is MARKDOWN else latex
        return write(reading.values, title, reading.names)

    def copy(self, kind: FileKind) -> None:
        """Put the text on the clipboard."""
        QGuiApplication.clipboard().setText(self.text(kind))
        self.said.emit(f"Copied as {kind.name}.")

    def save(self, kind: FileKind) -> None:
        """Ask for a path, and write the file there, completely or not at all."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._panel, f"Save as {kind.name}", f"microscope{kind.suffix}", kind.filter
        )
        if not chosen:
            return
        path = Path(chosen)
        asked = path.suffix == kind.suffix  # the dialog asked before replacing a file
        path = path if asked else path.with_name(path.name + kind.suffix)
        try:
            write_bytes(path, self._content(kind), replace=asked)
        except WriteFailed as error:
            self.failed.emit(str(error))
        else:
            self.said.emit(f"{path.name} written to {path.parent}.")

    def _content(self, kind: FileKind) -> bytes:
        if kind is not PNG:
            return self.text(kind).encode()
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        self._picture().save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())
