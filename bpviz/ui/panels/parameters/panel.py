"""The Weights panel: a table of weights, biases and thresholds to read and edit."""

from typing import Any, ClassVar

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.references import ParameterRef
from bpviz.session.frame import Frame
from bpviz.ui.panels.parameters.model import VALUE, ParameterTable
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.widgets.data_table import PICTURED_ROWS, DataTable
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table

EVERYTHING = "All weights, biases and thresholds"
UNIT_WIDTH, VALUE_WIDTH = 120, 104


class ParametersPanel(Pictured):
    """Shows and edits every weight, bias and threshold of the present instant."""

    key: ClassVar[str] = "parameters"
    vector: ClassVar[bool] = True
    title: ClassVar[str] = "Weights"
    about: ClassVar[str] = "Every weight, bias and threshold of the network as a number, to edit."

    changed_by_hand = Signal(object, float)
    """The ParameterRef of a weight or bias, and its new value."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.model = ParameterTable(self)
        self.table = DataTable(self)
        self.table.setModel(self.model)
        self._dress()
        self.choice = named(QComboBox(), "parameters_part", "Which of them the table shows")
        self.choice.setAccessibleName("Part of the network")
        self.choice.addItem(EVERYTHING)
        self.choice.activated.connect(self._show_part)
        self.note = Note("error", "parameters_note")
        self.model.refused.connect(self.note.say)
        self.model.changed_by_hand.connect(self._change)
        self.model.modelReset.connect(self._list_parts)
        label = QLabel("&Show")
        label.setBuddy(self.choice)
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        bar.setSpacing(SPACE)
        bar.addWidget(label)
        bar.addWidget(self.choice)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        self.set_theme(theme)

    def _dress(self) -> None:
        dress_table(self.table, "parameters_table", "Weights, biases and thresholds")
        self.table.verticalHeader().hide()
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        across = self.table.horizontalHeader()
        for column, width in enumerate((UNIT_WIDTH, UNIT_WIDTH, VALUE_WIDTH)):
            self.table.setColumnWidth(column, width)
        across.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        self.model.show_frame(frame)

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether a picture holds all weights."""
        return frame.setup.network.n_parameters <= PICTURED_ROWS

    def is_empty(self, frame: Frame) -> bool:
        """Never: every network has weights or biases."""
        return False

    def choices(self) -> dict[str, Any]:
        """The part of the network, and the first row that is seen."""
        return {"part": self.choice.currentIndex(), "top": self.table.first_row}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show the same rows."""
        part = int(choices.get("part", 0))
        if 0 <= part < self.choice.count():
            self.choice.setCurrentIndex(part)
            self._show_part(part)
        self.table.show_from(int(choices.get("top", 0)))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        colour_table(self.table, theme)
        self.model.set_theme(theme)
        self.note.set_theme(theme)

    def reveal(self, ref: ParameterRef) -> None:
        """Select the row of this weight or bias, and scroll to it."""
        row = self.model.row_of(ref)
        if row is not None:
            index = self.model.index(row, VALUE)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)

    def _show_part(self, at: int) -> None:
        self.model.set_part(at - 1 if at else None)

    def _change(self, ref: ParameterRef, value: float) -> None:
        self.note.say("")
        self.changed_by_hand.emit(ref, value)

    def _list_parts(self) -> None:
        titles = [EVERYTHING, *(part.title for part in self.model.parts)]
        if titles != [self.choice.itemText(i) for i in range(self.choice.count())]:
            with QSignalBlocker(self.choice):
                self.choice.clear()
                self.choice.addItems(titles)
