"""The Patterns panel: the training patterns to edit, and the network's outputs for them."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.pattern_change import PatternChange, inserted, removed
from bpviz.session.frame import Frame
from bpviz.ui.panels.patterns.blocks import MOST_ROWS, copying, pasting
from bpviz.ui.panels.patterns.columns import PatternColumn
from bpviz.ui.panels.patterns.model import PatternTable
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.time_sliced import SlicedWork, TimeSliced
from bpviz.ui.toolkit.widgets.data_table import PICTURED_ROWS, DataTable, ModelIndex
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.toolkit.widgets.progress_line import ProgressLine
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table, tool_button

NARROWEST, WIDEST = 56, 140


class PatternsPanel(Pictured):
    """Shows and edits the training patterns of the run."""

    key: ClassVar[str] = "patterns"
    vector: ClassVar[bool] = True
    title: ClassVar[str] = "Patterns"
    about: ClassVar[str] = "The training patterns: inputs, targets, outputs and errors, to edit."

    changed_by_hand = Signal(object, str)
    """A PatternChange, and its name."""

    restored = Signal()
    """The user asks for the problem's original patterns."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.model = PatternTable(self)
        self.table = _Table(self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(_Delegate(self))
        self._count = named(QLabel(), "patterns_count")
        self.note = Note("error", "patterns_note")
        self.progress = ProgressLine("patterns")
        self._slowly = TimeSliced(self)
        self._frame: Frame | None = None
        self._row = 0
        self._wanted: int | None = None
        self._build()
        self.model.refused.connect(self.note.say)
        self.model.changed_by_hand.connect(self._change)
        self.model.modelReset.connect(self._arrange)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.copy_pressed.connect(self.copy)
        self.table.paste_pressed.connect(self.paste)
        self.table.remove_pressed.connect(self._remove)
        self.progress.cancelled.connect(self._give_up)
        self.set_theme(theme)

    def _build(self) -> None:
        rows = (
            ("patterns_add", "Add", "Add a pattern like the chosen one below it", self._add),
            ("patterns_remove", "Remove", "Remove the chosen patterns (Delete)", self._remove),
            ("patterns_copy", "Copy", "Copy the chosen patterns, with headings, for a spreadsheet "
             "(Ctrl+C)", self.copy),
            ("patterns_paste", "Paste", "Paste cells of a spreadsheet over the chosen cell and on "
             "(Ctrl+V); rows beyond the last one are added", self.paste),
            ("patterns_restore", "Restore", "Bring back the problem's own patterns",
             self.restored.emit),
        )  # fmt: skip
        self.part = named(QComboBox(), "patterns_part", "The patterns that it is trained with, "
                          "or those that only test it (to look at)")  # fmt: skip
        self.part.setAccessibleName("Training or test patterns")
        self.part.addItems(["Training", "Test"])
        self.part.activated.connect(lambda at: self._show_part(at == 1))
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        bar.setSpacing(SPACE // 2)
        bar.addWidget(self.part)
        self.buttons = {}
        for name, text, tip, handler in rows:
            button = self.buttons[name] = tool_button(name, text, tip)
            button.clicked.connect(lambda _=False, h=handler: h())
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.note)
        column.addWidget(self.progress)
        column.addWidget(self.table, 1)

    # -- showing ---------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        self._frame = frame
        self.model.show_frame(frame)
        patterns, of_test = frame.setup.patterns, self.model.of_test
        n = self.model.rowCount()
        self.part.setEnabled(patterns.test is not None)
        self.part.setCurrentIndex(int(of_test))
        self._count.setText(f"{_some(n)}, to look at" if of_test else _some(n))
        self.buttons["patterns_restore"].setEnabled(patterns.original is not None and not of_test)
        self.buttons["patterns_remove"].setEnabled(n > 1 and not of_test)
        for name in ("patterns_add", "patterns_paste"):
            self.buttons[name].setEnabled(not of_test)

    def _show_part(self, of_test: bool) -> None:
        self.note.say("")
        self.model.set_part(of_test)
        if self._frame is not None:
            self.show_frame(self._frame)

    # -- pictures --------------------------------------------------------------------------

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether a picture holds all patterns."""
        return len(frame.setup.patterns.train) <= PICTURED_ROWS

    def is_empty(self, frame: Frame) -> bool:
        """Never: there are patterns."""
        return False

    def choices(self) -> dict[str, Any]:
        """The part, the pattern, and the first row that is seen."""
        return {"test": self.model.of_test, "pattern": self._row, "top": self.table.first_row}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show the same rows."""
        if choices.get("test"):
            self._show_part(True)
        self.select_pattern(int(choices.get("pattern", 0)))
        self.table.show_from(int(choices.get("top", 0)))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        colour_table(self.table, theme)
        self.model.set_theme(theme)
        self.note.set_theme(theme)
        self._count.setStyleSheet(f"color: {theme.muted}")

    def select_pattern(self, row: int) -> None:
        """Select this row."""
        self._row = row
        if self.model.of_test:  # rows are of training patterns
            return
        if row != self.table.currentIndex().row() and row < self.model.rowCount():
            column = max(self.table.currentIndex().column(), 0)
            with QSignalBlocker(self):
                self.table.setCurrentIndex(self.model.index(row, column))

    def _arrange(self) -> None:
        """Set the column widths of a reset model, and select the row again."""
        metrics = self.table.fontMetrics()
        for number, column in enumerate(self.model.columns):
            texts = (column.heading, *self.model.widest_texts(column))
            width = max(metrics.horizontalAdvance(text) for text in texts) + 2 * SPACE
            self.table.setColumnWidth(number, max(NARROWEST, min(width, WIDEST)))
        last = self.model.rowCount() - 1
        self.select_pattern(min(self._row, last))
        if self._wanted is not None:
            wanted, self._wanted = min(self._wanted, last), None
            self.pattern_selected.emit(wanted)

    # -- actions ---------------------------------------------------------------------------

    def _choose(self, now: ModelIndex) -> None:
        if now.isValid() and now.row() != self._row and not self.model.of_test:
            self._row = now.row()
            self.pattern_selected.emit(now.row())

    def _change(self, change: PatternChange, text: str) -> None:
        self.note.say("")
        self.changed_by_hand.emit(change, text)

    def _rows(self) -> np.ndarray:
        """The selected rows, increasing; read as ranges: a long table may be selected whole."""
        chosen = np.zeros(self.model.rowCount(), dtype=bool)
        for part in self.table.selectionModel().selection().toList():
            chosen[part.top() : part.bottom() + 1] = True
        if not chosen.any():
            chosen[self._row : self._row + 1] = True
        return np.flatnonzero(chosen)

    def _add(self) -> None:
        patterns = self.model.patterns
        if patterns is None or self._is_locked():
            return
        if len(patterns.train) >= MOST_ROWS:
            self.note.say(f"There are {MOST_ROWS:,} patterns, which is the most allowed.")
            return
        row = int(self._rows()[-1])
        like = slice(row, row + 1)
        train = patterns.train
        change = inserted(train, row + 1, train.inputs[like], train.targets[like])
        self._wanted = row + 1
        self._change(change, f"adding pattern {row + 2:,}")

    def _is_locked(self) -> bool:
        """Whether the patterns shown cannot be edited; then a note says so."""
        if self.model.of_test:
            self.note.say("Test patterns stay as they are: what tests must not be fitted.")
        return self.model.of_test

    def _remove(self) -> None:
        patterns, rows = self.model.patterns, self._rows()
        if patterns is None or self._is_locked():
            return
        if len(rows) >= len(patterns.train):
            self.note.say("At least one pattern must stay: choose fewer to remove.")
            return
        self._wanted = int(rows[0])
        what = f"pattern {rows[0] + 1:,}" if len(rows) == 1 else _some(len(rows))
        self._change(removed(patterns.train, rows), f"removing {what}")

    @property
    def is_busy(self) -> bool:
        """Whether cells are being read from or written to the clipboard."""
        return self._slowly.is_busy

    def copy(self) -> None:
        """Put the selected patterns on the clipboard, with headings."""
        patterns = self.model.patterns
        if patterns is not None:
            rows = self._rows().tolist()
            work = copying(patterns, rows, self.progress.advance)
            self._begin(f"Copying {_some(len(rows))}", work, QGuiApplication.clipboard().setText)

    def paste(self) -> None:
        """Paste the clipboard at the current cell: all cells or none."""
        patterns = self.model.patterns
        if patterns is None or self._is_locked():
            return
        index = self.table.currentIndex()
        first = self.model.columns[max(index.column(), 0)]
        text, top = QGuiApplication.clipboard().text(), max(index.row(), 0)
        work = pasting(patterns, text, top, first, self.progress.advance)
        self._begin("Reading the clipboard", work, self._put)

    def _put(self, change: PatternChange) -> None:
        self._change(change, f"pasting {_some(len(change.into))}")

    def _begin(self, words: str, work: SlicedWork, done: Callable[[Any], None]) -> None:
        """Run this work in time slices; work in progress is cancelled."""

        def end(result: object) -> None:
            self.progress.end()
            done(result)

        def say(error: Exception) -> None:
            self.progress.end()
            self.note.say(f"Nothing was pasted: {error}")

        self.note.say("")
        self.progress.begin(words)
        self._slowly.begin(work, end, say)

    def _give_up(self) -> None:
        self._slowly.give_up()
        self.progress.end()


def _some(n: int) -> str:
    return f"{n:,} pattern{'' if n == 1 else 's'}"


@guard_overrides
class _Table(DataTable):
    """A table with a spreadsheet's keys for copy, paste and delete."""

    copy_pressed = Signal()
    paste_pressed = Signal()
    remove_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        dress_table(self, "patterns_table", "Training patterns")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste or remove rows; Qt handles other keys."""
        signals = {
            QKeySequence.StandardKey.Copy: self.copy_pressed,
            QKeySequence.StandardKey.Paste: self.paste_pressed,
            QKeySequence.StandardKey.Delete: self.remove_pressed,
        }
        for keys, signal in signals.items():
            if event.matches(keys):
                signal.emit()
                return
        super().keyPressEvent(event)


@guard_overrides
class _Delegate(QStyledItemDelegate):
    """Edits classes with a list of their names, and numbers with a text field."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: ModelIndex
    ) -> QWidget:
        """The editor of a cell."""
        model = index.model()
        assert isinstance(model, PatternTable)
        if self._column(index).kind != "class" or model.patterns is None:
            return super().createEditor(parent, option, index)
        box = named(QComboBox(parent), "patterns_class_box")
        box.addItems(model.patterns.class_names)
        box.setAccessibleName("Class")
        box.activated.connect(lambda: self._finish(box))
        return box

    def setEditorData(self, editor: QWidget, index: ModelIndex) -> None:
        """Show the value of the cell in its editor."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(index.data(Qt.ItemDataRole.EditRole))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: ModelIndex) -> None:
        """Pass the chosen or typed text to the model."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)

    def _finish(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    @staticmethod
    def _column(index: ModelIndex) -> PatternColumn:
        model = index.model()
        assert isinstance(model, PatternTable)
        return model.columns[index.column()]
