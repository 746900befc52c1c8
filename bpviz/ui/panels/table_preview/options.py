"""How the whole table is read: separator, names, missing values, test rows and the like."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from bpviz.problems.base import Option
from bpviz.problems.tables.model import RawTable, Reading
from bpviz.problems.tables.problem import OPTIONS
from bpviz.ui.panels.experiment.problem import option_entry, title_of
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.widgets.choice_entries import SHORT, ChoiceEntry, Item
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.form_rows import FieldRow
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import box, dress

SHOWN = (
    "sheet", "separator", "decimal", "encoding", "header", "missing", "standardise",
    "standardise_targets", "test_share", "test_file",
)  # fmt: skip
"""The options that are fields here, from top to bottom."""

OF_TEXT = ("separator", "encoding", "decimal", "header")
"""Options that only files of text have."""

MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}


def found_by_itself(table: RawTable) -> dict[str, str]:
    """Option -> what was found where it is "auto"."""
    return {
        "separator": MARKS.get(table.separator, table.separator),
        "decimal": "comma" if table.decimal == "," else "point",
        "encoding": table.encoding,
        "header": "yes" if table.header else "no",
    }


class PreviewOptions(QWidget):
    """The fields of a Reading that are not about one column."""

    changed = Signal(str, object)
    """An option and the value that was entered."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview_options")
        self.rows: dict[str, FieldRow] = {}
        layout = QVBoxLayout(self)
        box(layout, SPACE // 2)
        known = {option.name: option for option in OPTIONS}
        for name in SHOWN:
            self.rows[name] = self._row(known[name])
            layout.addWidget(self.rows[name])
        self.rows["sheet"].hide()
        layout.addStretch(1)
        self.setFixedWidth(scaled(296))

    def _row(self, option: Option) -> FieldRow:
        entry = ChoiceEntry() if option.name == "sheet" else option_entry(option)
        entry.setObjectName(f"preview_{option.name}")
        entry.setAccessibleName(title_of(option))
        entry.setToolTip(option.help)
        entry.committed.connect(lambda value: self.changed.emit(option.name, value))
        trailing = self._choose_button() if option.name == "test_file" else None
        stretch = (10, 10) if trailing is not None else (10, 14)
        return FieldRow(
            title_of(option), (entry,), new_run=False, trailing=trailing, stretch=stretch
        )

    def _choose_button(self) -> QPushButton:
        button = named(QPushButton("…"), "preview_choose_test_file", "Choose the file")
        button.setAccessibleName("Choose the file of test rows")
        button.setFixedSize(scaled(28), field_height(button))
        button.setAutoDefault(False)
        button.clicked.connect(self._choose_test_file)
        return button

    def _choose_test_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open test rows", "")
        if path:
            self.changed.emit("test_file", path)

    def show_reading(self, reading: Reading) -> None:
        """Show the values of a reading."""
        for name, row in self.rows.items():
            row.entries[0].show_value(getattr(reading, name), force=True)
        self.rows["test_share"].setVisible(not reading.test_file)

    def show_table(self, table: RawTable, reading: Reading) -> None:
        """Show what was found in a table where an option is "auto"."""
        found = found_by_itself(table)
        for name in OF_TEXT:
            self.rows[name].setVisible(bool(table.encoding) or name == "header")
            self._name_first(self.rows[name].entries[0], f"auto: {found[name]}")
        sheet = self.rows["sheet"].entries[0]
        self.rows["sheet"].setVisible(len(table.sheets) > 1)
        if isinstance(sheet, ChoiceEntry):
            with QSignalBlocker(sheet):
                sheet.clear()
            for item in (Item("", "the first"), *(Item(name, name) for name in table.sheets)):
                sheet.add(item)
        self.show_reading(reading)

    @staticmethod
    def _name_first(entry: Any, text: str) -> None:
        entry.setItemText(0, text)
        entry.setItemData(0, text, SHORT)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        dress(self, theme)
