"""What was done to a table: a line for each note, with buttons that read it otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bpviz.problems.tables.model import Reading, Remedy
from bpviz.problems.tables.problem import OPTIONS
from bpviz.session.table_inspector import InspectedTable
from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme, scaled
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.toolkit.widgets.notes_and_marks import MARK, Note, box, remove_row

KINDS = {
    "refused": ("alert-circle", "error"),
    "doubtful": ("alert-triangle", "warning"),
    "note": ("information", "muted"),
}
"""Kind of a line -> (icon, colour role)."""

MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line below the table."""

    kind: str
    text: str
    remedies: tuple[Remedy, ...] = ()


def lines_of(found: InspectedTable) -> list[PreviewLine]:
    """The refusal, doubtful guesses, other notes and rows left out, in this order."""
    refusal = found.refusal[:1].upper() + found.refusal[1:]
    lines = [PreviewLine("refused", refusal, found.remedies)] if refusal else []
    if found.inspection is None:
        return lines
    notes = sorted(found.inspection.notes, key=lambda note: not note.doubtful)
    lines += [PreviewLine("doubtful" if n.doubtful else "note", n.text, n.remedies) for n in notes]
    place = found.inspection.table.place
    lines += [
        PreviewLine("note", f"Left out: {part.sentence(place)}.")
        for part in found.inspection.skipped
    ]
    more = len(lines) - MOST_LINES
    last = [PreviewLine("note", f"And {more:,} more; bpviz inspect lists them all.")]
    return lines[:MOST_LINES] + (last if more > 0 else [])


def button_text(remedy: Remedy) -> str:
    """What the button of a remedy says: its label, or the option and its value."""
    if remedy.label:
        return remedy.label
    labels = {option.name: option.label for option in OPTIONS}
    return f"{labels[remedy.option].capitalize()}: {remedy.value}"


class PreviewNotes(QScrollArea):
    """The lines of an inspected table."""

    remedy_chosen = Signal(object)
    """The Remedy whose button was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview_notes")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content, self._theme = QWidget(), LIGHT
        self._rows: list[PreviewNoteRow] = []
        self._layout = QVBoxLayout(self._content)
        box(self._layout, SPACE // 2)
        self._layout.addStretch(1)
        self.setWidget(self._content)

    @property
    def sentences(self) -> list[str]:
        """The texts of the lines."""
        return [row.note.sentence for row in self._rows]

    def show_lines(self, lines: Sequence[PreviewLine], reading: Reading) -> None:
        """Show these lines; a remedy that would not change the reading has no button."""
        for row in self._rows:
            self._layout.removeWidget(row)
            remove_row(row)
        self._rows = [PreviewNoteRow(line, reading, self) for line in lines]
        for at, row in enumerate(self._rows):
            self._layout.insertWidget(at, row)
        self.set_theme(self._theme)
        self.setVisible(bool(lines))
        self.setFixedHeight(min(self._wanted(), scaled(112)))
        self.verticalScrollBar().setValue(0)

    def _wanted(self) -> int:
        """The height of all lines, px."""
        width = max(self.viewport().width(), 300)
        rows = [row.height_for(width) for row in self._rows]
        return sum(rows) + (SPACE // 2) * max(len(rows) - 1, 0)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        for row in self._rows:
            row.set_theme(theme)


class PreviewNoteRow(QWidget):
    """An icon, a sentence and the buttons of its remedies."""

    def __init__(self, line: PreviewLine, reading: Reading, notes: PreviewNotes) -> None:
        super().__init__()
        self._kind = line.kind
        self._icon = QLabel()
        self._icon.setFixedSize(MARK + 2, MARK + 2)
        self.note = Note("error" if line.kind == "refused" else "text")
        self.note.say(line.text)
        row = QHBoxLayout(self)
        box(row, SPACE)
        row.addWidget(self._icon)
        row.addWidget(self.note, 1)
        self._buttons_width = 0
        for remedy in line.remedies:
            if remedy.apply(reading) != reading:
                button = self._button(remedy, notes)
                row.addWidget(button)
                self._buttons_width += button.sizeHint().width() + SPACE

    def _button(self, remedy: Remedy, notes: PreviewNotes) -> QPushButton:
        text = button_text(remedy)
        button = named(QPushButton(), f"remedy_{remedy.option}", plain_tip(remedy.typed()))
        button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, 220))
        button.setAccessibleName(text)
        button.setFixedHeight(field_height(button))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: notes.remedy_chosen.emit(remedy))
        return button

    def height_for(self, width: int) -> int:
        """The height of the row at this width, px."""
        room = max(width - self._icon.width() - 2 * SPACE - self._buttons_width, 80)
        return max(self.note.heightForWidth(room), field_height(self))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        icon, role = KINDS[self._kind]
        size = QSize(MARK + 2, MARK + 2)
        self._icon.setPixmap(icons.icon(icon, colour=theme.colour(role)).pixmap(size))
        self.note.set_theme(theme)
