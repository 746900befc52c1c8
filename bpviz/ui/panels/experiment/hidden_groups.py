"""The hidden groups: units, activation, dropout, and a button to remove the group."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from bpviz.core.model.network import MAX_HIDDEN_GROUPS
from bpviz.experiment.experiment import Experiment, Hidden
from bpviz.ui.panels.experiment.network_edit import with_group, with_new_group, without_group
from bpviz.ui.panels.experiment.settings import ACTIVATION_ITEMS, describe
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry
from bpviz.ui.toolkit.widgets.form_rows import FieldEntry, FieldRow
from bpviz.ui.toolkit.widgets.notes_and_marks import NEW_RUN, Note, box, flat_button, remove_row
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry

STRETCH = (10, 8, 17)
"""Shares of label, units and activation in the width of a row."""

NETWORK_STRETCH = (10, 29)
"""Shares of label and field that put the field below the units."""


class HiddenRow(FieldRow):
    """Hidden group number ``h``, from 1, counted from the input."""

    def __init__(self, h: int) -> None:
        self.h = h
        self.units = NumberEntry("whole", self._check_units)
        self.activation = ChoiceEntry(ACTIVATION_ITEMS)
        self.dropout = NumberEntry("number", self._check_dropout)
        self.remove = flat_button("", "close", "", "Remove this hidden group. " + NEW_RUN)
        self._name()
        super().__init__(
            f"Hidden {h}",
            (self.units, self.activation),
            new_run=True,
            trailing=self.remove,
            stretch=STRETCH,
        )
        self.remove.setFixedWidth(16)
        self.below = FieldRow("Dropout", (self.dropout,), new_run=True, stretch=NETWORK_STRETCH)

    def renumber(self, h: int) -> None:
        """Change the number of the group; the fields keep their contents."""
        self.h = h
        self._name()
        self.message.setObjectName(f"{self.units.objectName()}_message")
        self.below.message.setObjectName(f"{self.dropout.objectName()}_message")
        self.set_label(f"Hidden {h}")

    def show_group(self, group: Hidden, *, force: bool) -> None:
        """Show units, activation and dropout."""
        self.units.show_value(group.size, force=force)
        self.activation.show_value(group.activation)
        self.dropout.show_value(float(group.dropout), force=force)

    def show_pending(self, base: Experiment, entered: Experiment) -> None:
        """Highlight the differences from the run's experiment."""
        group = entered.hidden[self.h - 1]
        if self.h > len(base.hidden):
            self.set_pending(True, True)
            self.below.set_pending(True)
        else:
            before = base.hidden[self.h - 1]
            self.below.set_pending(group.dropout != before.dropout)
            self.set_pending(group.size != before.size, group.activation != before.activation)

    def _check_units(self, size: Any) -> None:
        groups = (*(Hidden(1),) * (self.h - 1), Hidden(size))
        Experiment(hidden=groups)

    def _check_dropout(self, share: Any) -> None:
        groups = (*(Hidden(1),) * (self.h - 1), Hidden(1, dropout=share))
        Experiment(hidden=groups)

    def _name(self) -> None:
        h = self.h
        describe(
            self.units,
            f"field_hidden_{h}_units",
            f"Units of hidden group {h}",
            f"How many units hidden group {h} has: 1 to 1,024. {NEW_RUN}",
        )
        describe(
            self.activation,
            f"field_hidden_{h}_activation",
            f"Activation of hidden group {h}",
            f"Activation of the units of hidden group {h}. {NEW_RUN}",
        )
        describe(
            self.dropout,
            f"field_hidden_{h}_dropout",
            f"Dropout of hidden group {h}",
            "The share of the units that are silent for each pattern of an update, drawn at random "
            f"by the seed; 0 for none. Errors are measured without it. {NEW_RUN}",
        )
        self.remove.setObjectName(f"hidden_{h}_remove")
        self.remove.setAccessibleName(f"Remove hidden group {h}")


class HiddenGroups(QWidget):
    """Edits Experiment.hidden, and the connections of groups that are added or removed."""

    entered = Signal(object)
    """The experiment with the hidden groups as entered."""

    rows_changed = Signal()
    """Rows were added or removed."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment, self._tests = Experiment(), False
        self.rows: list[HiddenRow] = []
        self.add_button: QToolButton = flat_button("hidden_add", "plus", "Add hidden group", "")
        self.add_button.clicked.connect(self._add)
        self._none = Note("muted")
        self._none.setContentsMargins(SPACE, 0, 0, 0)
        self._layout = QVBoxLayout(self)
        box(self._layout, SPACE // 2)
        self._layout.addWidget(self._none)

    def show_experiment(
        self, base: Experiment, entered: Experiment, *, tests: bool | None, force: bool
    ) -> None:
        """Show the entered groups; highlight the differences from the run.

        ``tests``: whether there are test patterns, without which dropout is not offered; None if
        the patterns are not known yet: then it stays as it is.
        """
        self._tests = self._tests if tests is None else tests
        self._experiment = entered
        wanted = len(entered.hidden)
        if wanted != len(self.rows):
            while len(self.rows) > wanted:
                self._drop(self.rows[-1])
            while len(self.rows) < wanted:
                self._append()
            self.rows_changed.emit()
        for row, group in zip(self.rows, entered.hidden, strict=True):
            row.show_group(group, force=force)
            row.show_pending(base, entered)
            row.below.setVisible(self._tests or group.dropout > 0.0)
        self._none.say("" if self.rows else "None: every input joins the output directly.")
        self._show_limit()

    def entry_for(self, field: str) -> FieldEntry | None:
        """The field that a BadValue is about."""
        for row in self.rows:
            if field in (f"units of hidden {row.h}", f"units of group hidden {row.h}"):
                return row.units
            if field in (f"activation of hidden {row.h}", f"activation of group hidden {row.h}"):
                return row.activation
            if field == f"dropout of hidden {row.h}":
                return row.dropout
        return None

    def _show_limit(self) -> None:
        full = len(self.rows) >= MAX_HIDDEN_GROUPS
        self.add_button.setEnabled(not full)
        self.add_button.setToolTip(
            f"A network has at most {MAX_HIDDEN_GROUPS} hidden groups"
            if full
            else "Add a hidden group before the output. " + NEW_RUN
        )

    def _append(self) -> None:
        row = HiddenRow(len(self.rows) + 1)
        row.units.committed.connect(lambda size, row=row: self._set(row, size=size))
        row.activation.committed.connect(lambda name, row=row: self._set(row, activation=name))
        row.dropout.committed.connect(lambda share, row=row: self._set(row, dropout=share))
        row.remove.clicked.connect(lambda _=False, row=row: self._remove(row))
        self.rows.append(row)
        self._layout.addWidget(row)
        self._layout.addWidget(row.below)

    def _drop(self, row: HiddenRow) -> None:
        self.rows.remove(row)
        for part in (row, row.below):
            self._layout.removeWidget(part)
            remove_row(part)

    def _set(self, row: HiddenRow, **changes: Any) -> None:
        group = replace(self._experiment.hidden[row.h - 1], **changes)
        self.entered.emit(with_group(self._experiment, row.h, group))

    def _add(self) -> None:
        self.entered.emit(with_new_group(self._experiment))
        self.rows[-1].units.setFocus(Qt.FocusReason.TabFocusReason)
        self.rows[-1].units.selectAll()

    def _remove(self, row: HiddenRow) -> None:
        """Remove this row object itself, so that the others keep the text typed in them."""
        h = row.h
        focus: QWidget = self.rows[h].remove if h < len(self.rows) else self.add_button
        focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._drop(row)
        for later in self.rows[h - 1 :]:
            later.renumber(later.h - 1)
        self.rows_changed.emit()
        self.entered.emit(without_group(self._experiment, h))
