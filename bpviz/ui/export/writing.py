"""Makes the files of an export one after another, and writes those that could be made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from bpviz.core.values import BadValue
from bpviz.sharing.atomic_files import WriteFailed, make_folder, write_pieces
from bpviz.ui.toolkit.guard import report
from bpviz.ui.toolkit.time_sliced import SlicedWork
from bpviz.ui.toolkit.widgets.entry import sentence_of


class Job(NamedTuple):
    """One file to be written: where, what it is called, and the work that makes its bytes."""

    path: Path
    title: str
    make: Callable[[], SlicedWork]


def failure_text(what: str, error: Exception) -> str:
    """Why something could not be made, as a sentence; an unforeseen error goes to the log."""
    if isinstance(error, BadValue | WriteFailed):
        text = sentence_of(error)
        return text if text.endswith(".") else f"{text}."
    report(error, f"export of {what}")
    return f"{what} could not be made. Details are in the log (Help > About)."


def write_files(files: Sequence[tuple[Path, bytes | list[bytes]]], replace: bool) -> None:
    """Write files, whose bytes may be in pieces, each whole or not at all.

    Raises WriteFailed, which says how many were written.
    """
    make_folder(files[0][0].parent)
    for written, (path, data) in enumerate(files):
        try:
            pieces = data if isinstance(data, list) else [data]
            write_pieces(path, pieces, replace=replace)
        except WriteFailed as error:
            if not written:
                raise
            before = f"{written} of {len(files)} were written before"
            raise WriteFailed(error.path, f"{error.reason}. {before}") from error


def make_files(jobs: Sequence[Job], begins: Callable[[int, str], None]) -> SlicedWork:
    """Make all files: (path and bytes of each, sentences about those that could not be made).

    ``begins`` is called with the number of files done and the title of the next one.
    """
    made, failures = [], []
    for number, job in enumerate(jobs):
        begins(number, job.title)
        try:
            made.append((job.path, (yield from job.make())))
        except Exception as error:  # of one view or table: the others are still made
            failures.append(failure_text(job.title, error))
    return made, failures


def ask_about_existing(existing: list[Path], parent: QWidget) -> str:
    """Ask what to do with files that have these names: "replace", "keep" or "cancel"."""
    names = ", ".join(path.name for path in existing)
    there = "is" if len(existing) == 1 else "are"
    box = QMessageBox(parent)
    box.setObjectName("export_existing")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Replace files?")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{names} {there} already in {existing[0].parent}.")
    box.setInformativeText("If both are kept, the new files get a number.")
    answers = {
        "replace": box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole),
        "keep": box.addButton("Keep both", QMessageBox.ButtonRole.AcceptRole),
        "cancel": box.addButton(QMessageBox.StandardButton.Cancel),
    }
    for answer, button in answers.items():
        button.setObjectName(f"export_{answer}")
    box.setDefaultButton(answers["keep"])
    box.setEscapeButton(answers["cancel"])
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((answer for answer, button in answers.items() if button is clicked), "cancel")
