"""The entries of the experiment panel, whatever rows it has at present."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.widgets.form_rows import FieldEntry
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.notes_and_marks import Note


class Entries:
    """Iterates over the entries in a widget."""

    def __init__(self, panel: QWidget) -> None:
        self._panel = panel

    def __iter__(self) -> Iterator[FieldEntry]:
        parts = self._panel.findChildren(QWidget)
        return (part for part in parts if isinstance(part, FieldEntry))

    def watch(self, changed: Callable[[], None]) -> None:
        """Connect each entry once: call this when it becomes invalid or valid."""
        for entry in self:
            if not entry.property("watched"):
                entry.setProperty("watched", True)
                entry.sentence_changed.connect(changed)

    def finish(self) -> None:
        """Commit what is being typed: a click may leave the focus, and so the entry unfinished."""
        for entry in self:
            if isinstance(entry, LineEntry):
                entry.commit()

    def clear_refusals(self, message: Note) -> None:
        """Remove the marks of a refusal, and the message about it."""
        message.say("")
        for entry in self:
            entry.refuse("")
