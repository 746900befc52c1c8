"""The choice of the problem, and the fields of its options."""

import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from bpviz.core.model.patterns import PatternSet
from bpviz.core.text.number_words import counted
from bpviz.experiment.experiment import Experiment
from bpviz.problems.base import Option
from bpviz.problems.table import PROBLEMS
from bpviz.ui.panels.experiment.draft import all_options, changed_options, problem_of
from bpviz.ui.panels.experiment.settings import describe
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry, Item, SetEntry
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.form_rows import FieldEntry, FieldRow
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.toolkit.widgets.notes_and_marks import MARK, NEW_RUN, Note, box, remove_row
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry

CSV_FAMILY = "CSV files"

PAUSE = 1.0
"""Seconds without a key after which typing begins another search."""


@guard_overrides
class ProblemList(QListView):
    """A list in which typed text finds the beginning of any word of a row."""

    def __init__(self) -> None:
        super().__init__()
        self._typed, self._since = "", -PAUSE

    def keyboardSearch(self, search: str) -> None:
        """Go to the next row one of whose words begins with what was typed without a pause."""
        now = monotonic()
        begins = now > self._since + PAUSE
        self._typed, self._since = (search if begins else self._typed + search), now
        model, here = self.model(), self.currentIndex().row()
        n = model.rowCount()
        first = here + 1 if begins else max(here, 0)
        for row in ((first + k) % n for k in range(n)):
            index = model.index(row, 0)
            is_row = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
            if is_row and has_word(str(index.data()), self._typed):
                self.setCurrentIndex(index)
                return


def has_word(text: str, beginning: str) -> bool:
    """Whether a word of a text, or the words from it on, begin so; capitals do not matter."""
    text, beginning = text.casefold(), beginning.casefold().strip()
    starts = [0, *(match.end() for match in re.finditer(r"[^\w]+", text))]
    return any(text.startswith(beginning, start) for start in starts)


@guard_overrides
class ProblemChoice(ChoiceEntry):
    """All problems by family, and the CSV files that were opened.

    Typing opens the list and goes to a problem by any word of its name; Enter chooses it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setView(ProblemList())
        family = ""
        for row in PROBLEMS.values():
            if row.family != family:
                family = row.family
                self._add_heading(family)
            self._add_row(row.name, row.label, row.about)

    def show_value(self, value: Any, *, force: bool = False) -> None:
        """Select this problem; a new file is added."""
        if value not in PROBLEMS and self.findData(value) < 0:
            if self.findText(CSV_FAMILY) < 0:
                self._add_heading(CSV_FAMILY)
            self._add_row(value, Path(value).name, value)
        super().show_value(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list with what is typed: a choice starts a new run, half a word must not."""
        text, keys = event.text(), Qt.KeyboardModifier
        held = event.modifiers() & (keys.ControlModifier | keys.AltModifier | keys.MetaModifier)
        if text.strip() and text.isprintable() and not held:
            self.showPopup()
            self.view().keyboardSearch(text)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignore the wheel: it must not start a new run."""
        event.ignore()

    def _add_heading(self, text: str) -> None:
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        with QSignalBlocker(self):
            self._model().appendRow(item)

    def _add_row(self, name: str, label: str, about: str) -> None:
        self.add(Item(name, label))
        indent = QPixmap(SPACE, 1)  # spaces before the text would break the search by first letters
        indent.fill(Qt.GlobalColor.transparent)
        self.setItemData(self.count() - 1, indent, Qt.ItemDataRole.DecorationRole)
        self.setItemData(self.count() - 1, plain_tip(about), Qt.ItemDataRole.ToolTipRole)

    def _model(self) -> QStandardItemModel:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        return model


class ProblemSection(QWidget):
    """Edits Experiment.problem and Experiment.options."""

    chosen = Signal(str)
    """The problem that was chosen: its name, or the path of a CSV file."""

    option_entered = Signal(str, object)
    """An option of the present problem, and the value that was entered."""

    csv_wanted = Signal()
    """The user asks to open a CSV file."""

    data_wanted = Signal()
    """The user asks how the table of the present problem is read."""

    rows_changed = Signal()
    """Rows were added or removed."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = ProblemChoice()
        describe(
            self.choice,
            "field_problem",
            "Problem",
            "What the network learns. Choosing another problem starts a new run at once, with "
            "the network and training that suit it.",
        )
        self.choice.committed.connect(self.chosen.emit)
        self.csv_button = named(QPushButton("Open…"), "open_csv")
        self.csv_button.setToolTip("Learn the patterns of a CSV file")
        self.csv_button.setAccessibleName("Open a CSV file")
        words = self.csv_button.fontMetrics().horizontalAdvance(self.csv_button.text())
        self.csv_button.setFixedSize(words + 2 * SPACE, field_height(self.csv_button))
        self.csv_button.clicked.connect(lambda: self.csv_wanted.emit())
        self._data_button = named(
            QPushButton("Data…"), "open_data", "See how the table is read, and read it otherwise"
        )
        self._data_button.setAccessibleName("Data")
        self._data_button.setFixedHeight(field_height(self._data_button))
        self._data_button.clicked.connect(lambda: self.data_wanted.emit())
        self.row = FieldRow(
            "Problem", (self.choice,), new_run=True, trailing=self.csv_button, stretch=(0, 1)
        )
        self.row.label.hide()  # the heading above has the same text
        self._about = Note("muted", "problem_about")
        self._about.setContentsMargins(MARK + SPACE // 2, 0, 0, 0)
        self._made_for: str | None = None
        self.options: dict[str, FieldRow] = {}
        self._layout = QVBoxLayout(self)
        box(self._layout, SPACE // 2)
        self._layout.addWidget(self.row)
        self._layout.addWidget(self._about)
        data = QHBoxLayout()
        data.addSpacing(MARK + SPACE // 2)
        data.addWidget(self._data_button)
        data.addStretch(1)
        self._layout.addLayout(data)

    def show_experiment(
        self, base: Experiment, entered: Experiment, patterns: PatternSet | None, *, force: bool
    ) -> None:
        """Show problem and options; ``patterns`` are those of the run (None: not loaded)."""
        self.choice.show_value(entered.problem)
        self._data_button.setVisible(entered.problem not in PROBLEMS)
        same = base.problem == entered.problem
        self.row.set_pending(not same)
        self._describe_problem(entered, patterns if same else None)
        if entered.problem != self._made_for:
            self._rebuild(entered)
            self.rows_changed.emit()
        values = all_options(entered)
        changed = changed_options(base, entered) if same else tuple(values)
        for name, row in self.options.items():
            row.entries[0].show_value(values[name], force=force)
            row.set_pending(name in changed)

    def entry_for(self, field: str) -> FieldEntry | None:
        """The field that a BadValue is about."""
        if field == "problem":
            return self.choice
        for row in self.options.values():
            if field in (row.entries[0].accessibleName(), row.property("refusal")):
                return row.entries[0]
        return None

    def title(self, option: str) -> str:
        """The label of an option."""
        return self.options[option].label.text() if option in self.options else option

    def _describe_problem(self, entered: Experiment, patterns: PatternSet | None) -> None:
        problem = problem_of(entered)
        parts = [problem.about if problem else "This file is not there any more."]
        if patterns is not None and patterns.original is not None:
            label = problem.label if problem else patterns.original.name
            parts = [f"Changed by hand: no longer the patterns of {label}."]
        if patterns is not None:
            parts.append(_counts(patterns))
        self._about.say(" ".join(parts))
        source = patterns.source if patterns is not None else ""
        about = source or (entered.problem if problem is None else "")
        self._about.setToolTip(plain_tip(about))

    def _rebuild(self, entered: Experiment) -> None:
        self._made_for = entered.problem
        for row in self.options.values():
            self._layout.removeWidget(row)
            remove_row(row)
        problem = problem_of(entered)
        self.options = {}
        shown = [o for o in problem.options if o.in_panel] if problem else []
        for option in shown:
            entry = option_entry(option)
            row = FieldRow(
                title_of(option), (entry,), new_run=True, stacked=option.kind in ("text", "set")
            )
            row.setProperty("refusal", option.label)
            entry.committed.connect(
                lambda value, name=option.name: self.option_entered.emit(name, value)
            )
            self.options[option.name] = row
            self._layout.addWidget(row)


def title_of(option: Option) -> str:
    """An option's label, capitalized."""
    return option.label[:1].upper() + option.label[1:]


def option_entry(option: Option) -> FieldEntry:
    """The field of a problem's option, by its kind."""
    entry: FieldEntry
    if option.kind == "choice":
        entry = ChoiceEntry([Item(choice, choice) for choice in option.choices])
    elif option.kind == "set":
        labels = option.labels or option.choices
        entry = SetEntry([Item(*pair) for pair in zip(option.choices, labels, strict=True)])
    elif option.kind == "bool":
        entry = CheckEntry()
    elif option.kind == "text":
        entry = LineEntry(_checked_text(option), str)
    else:
        entry = NumberEntry("whole" if option.kind == "int" else "number", option.check)
    tip = f"{option.help} {NEW_RUN}".strip()
    describe(entry, f"field_option_{option.name}", title_of(option), tip)
    return entry


def _checked_text(option: Option) -> Callable[[str], Any]:
    def read(text: str) -> str:
        option.check(text.strip())
        return text.strip()

    return read


def _counts(patterns: PatternSet) -> str:
    n_train = len(patterns.train)
    n_test = len(patterns.test) if patterns.test is not None else 0
    said = f"{n_train:,} patterns" if not n_test else f"{n_train:,} training + {n_test:,} test"
    return (
        f"{said}, {counted(patterns.n_inputs, 'input')}, {counted(patterns.n_outputs, 'output')}."
    )
