"""The training patterns as a table; only visible cells are computed."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.learning.backprop import answered
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.pattern_change import PatternChange, replaced
from bpviz.core.model.patterns import PatternSet
from bpviz.core.run.snapshot import shown_rows
from bpviz.core.text.number_words import number_text, plain, signed
from bpviz.core.values import BadValue, Matrix, Vector
from bpviz.session.frame import Frame
from bpviz.ui.panels.patterns.columns import PatternColumn, cell_text, columns_of, read_cell
from bpviz.ui.toolkit.drawing.pattern_names import NO_CLASS, predicted_class, short_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import (
    CENTRE,
    LEFT,
    RIGHT,
    CellTableModel,
    ColumnHeading,
    ModelIndex,
    Role,
    TableCell,
)

BLOCK = 64
"""Patterns whose outputs are computed together, when one of them is visible."""

MEASURED = 2_000
"""So many given numbers decide how wide the columns are; of more, evenly spaced rows do."""

WIDEST_COMPUTED = {"output": ("−999.999",), "error": ("0.0001234", "1.23×10⁻¹²³")}

TIPS = {
    "name": "The pattern's inputs that are 1",
    "input": "Input {}: double-click to change it",
    "target": "What the output should be: double-click to change it",
    "class": "The class of the pattern: double-click to choose another",
    "output": "What the network answers now",
    "answer": "The class that the network answers now",
    "error": "This pattern's share of the error E",
    "right": "Whether the answer counts as right",
}


@guard_overrides
class PatternTable(CellTableModel):
    """A row for each training pattern, with the outputs of one instant."""

    refused = Signal(str)
    """A sentence: why the typed text is refused."""

    changed_by_hand = Signal(object, str)
    """A PatternChange that was entered, and its name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: tuple[PatternColumn, ...] = ()
        self._frame: Frame | None = None
        self._patterns: PatternSet | None = None
        self._of_test = False
        self._test: PatternSet | None = None
        self._answered: dict[int, tuple[Matrix, Vector]] = {}
        self._theme = LIGHT

    # -- showing ---------------------------------------------------------------------------

    @property
    def patterns(self) -> PatternSet | None:
        """The patterns shown; test patterns are a set whose ``train`` they are."""
        return self._patterns

    @property
    def of_test(self) -> bool:
        """Whether test patterns are shown, which cannot be edited."""
        return self._of_test

    def set_part(self, of_test: bool) -> None:
        """Show the test patterns, or the training patterns."""
        self._of_test = of_test
        if self._frame is not None:
            self.show_frame(self._frame)

    def _part_of(self, patterns: PatternSet) -> PatternSet:
        if not self._of_test or patterns.test is None:
            return patterns
        test = self._test
        if test is None or test.train is not patterns.test:
            part = patterns.test
            test = replace(patterns, train=part, test=None, plane=None, original=None)
            self._test = test
        return test

    def show_frame(self, frame: Frame) -> None:
        """Show the patterns and the outputs of this instant."""
        self._of_test = self._of_test and frame.setup.patterns.test is not None
        before, now = self._patterns, self._part_of(frame.setup.patterns)
        columns = columns_of(now) if before is not now else self.columns
        same_shape = (
            before is not None and columns == self.columns and len(before.train) == len(now.train)
        )
        if not same_shape:
            self.beginResetModel()
            self.headings = [_heading(column) for column in columns]
        self._frame, self._patterns, self.columns = frame, now, columns
        self._answered.clear()
        if not same_shape:
            self.endResetModel()
        else:
            self.cells_changed()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.cells_changed()

    def n_rows(self) -> int:
        """The number of patterns."""
        return 0 if self._patterns is None else len(self._patterns.train)

    def is_editable(self, column: int) -> bool:
        """True for given columns, unless test patterns are shown."""
        return not self._of_test and self.columns[column].is_given

    def data(self, index: ModelIndex, role: int = Role.DisplayRole) -> Any:
        """As the base, and the exact text for editing, and a word for a tick or a cross."""
        if self._patterns is not None and index.isValid():
            row, column = index.row(), self.columns[index.column()]
            if role == Role.EditRole and column.is_given:
                return cell_text(self._patterns, row, column)
            if role == Role.AccessibleTextRole and column.kind == "right":
                return "right" if self.is_right(row) else "wrong"
        return super().data(index, role)

    def cell(self, row: int, column: int) -> TableCell:
        """What is painted in a cell."""
        of, ink = self.columns[column], None
        if of.kind == "right":
            ink = self._theme.colour("test" if self.is_right(row) else "error")
        ground = None if of.is_given else self._theme.colour("panel")
        return TableCell(self.text(row, of), self.headings[column].side, ink, ground)

    def text(self, row: int, column: PatternColumn) -> str:
        """The text of a cell; given numbers are rounded here, and exact for editing."""
        patterns = self._patterns
        assert patterns is not None
        match column.kind:
            case "name":
                return short_name(patterns, row)
            case "input":
                inputs = patterns.inputs_in_units(patterns.train.inputs[row])
                return short(float(inputs[column.index]))
            case "target":
                return short(float(patterns.in_units(self._targets(row))[0, column.index]))
            case "class":
                return cell_text(patterns, row, column)
            case "output":
                return thousandths(float(patterns.in_units(self.answers(row))[0, column.index]))
            case "answer":
                return predicted_class(patterns, self.answers(row))
            case "error":
                return number_text(self.error(row))
            case "right":
                return "✓" if self.is_right(row) else "✗"

    def widest_texts(self, column: PatternColumn) -> tuple[str, ...]:
        """Texts as wide as those of a column: given ones of some rows, or usual computed ones."""
        patterns = self._patterns
        assert patterns is not None
        if column.kind in ("class", "answer"):
            return (*(patterns.class_names or ()), NO_CLASS)
        if column.kind in ("name", "input", "target"):
            rows = shown_rows(len(patterns.train), max(MEASURED // len(self.columns), 4))
            return tuple(self.text(row, column) for row in rows.tolist())
        return WIDEST_COMPUTED.get(column.kind, ())

    # -- computed values -------------------------------------------------------------------

    def answers(self, row: int) -> Matrix:
        """The outputs for a pattern, (1, outputs)."""
        index = row % BLOCK
        return self._block(row)[0][index : index + 1]

    def _block(self, row: int) -> tuple[Matrix, Vector]:
        """The outputs and errors of the block of patterns that a row belongs to."""
        first = row - row % BLOCK
        if first not in self._answered:
            assert self._frame is not None
            assert self._patterns is not None
            setup, snapshot = self._frame.setup, self._frame.snapshot
            train = self._patterns.train
            inputs, targets = (a[first : first + BLOCK] for a in (train.inputs, train.targets))
            loss = LOSSES[setup.experiment.error]
            with np.errstate(all="ignore"):
                self._answered[first] = answered(
                    setup.network, loss, snapshot.parameters, inputs, targets, snapshot.clamps
                )
        return self._answered[first]

    def _targets(self, row: int) -> Matrix:
        assert self._patterns is not None
        return self._patterns.train.targets[row : row + 1]

    def error(self, row: int) -> float:
        """A pattern's share of E."""
        return float(self._block(row)[1][row % BLOCK])

    def is_right(self, row: int) -> bool:
        """Whether the outputs for a pattern count as right."""
        assert self._frame is not None
        setup = self._frame.setup
        targets = self._targets(row)
        return setup.criterion.count(targets, self.answers(row)) == 1

    # -- editing ---------------------------------------------------------------------------

    def setData(self, index: ModelIndex, value: Any, role: int = Role.EditRole) -> bool:
        """Emit ``changed_by_hand``; the cell shows the new value with the next frame."""
        patterns = self.patterns
        if patterns is None or role != Role.EditRole:
            return False
        row, column = index.row(), self.columns[index.column()]
        if str(value).strip() == cell_text(patterns, row, column):
            return False
        try:
            change = cell_change(patterns, row, column, str(value))
        except BadValue as error:
            self.refused.emit(str(error))
            return False
        self.changed_by_hand.emit(change, f"change of {column.heading} of pattern {row + 1:,}")
        return True


def cell_change(patterns: PatternSet, row: int, column: PatternColumn, text: str) -> PatternChange:
    """The change of typing a text into a given cell. Raises BadValue."""
    inputs = patterns.train.inputs[row].copy()
    targets = patterns.train.targets[row].copy()
    read_cell(patterns, column, text, row, inputs, targets)
    return replaced(patterns.train, np.array([row]), inputs[None], targets[None])


def short(value: float) -> str:
    """A given number in a cell: '0', '0.25', '0.873', '−12.4'."""
    text = f"{value:.4g}"
    if float(text) == value or not 1e-3 <= abs(value) < 1e5:
        return plain(value)
    return thousandths(value)


def thousandths(value: float) -> str:
    """A computed number in a cell, always with as many places: '0.000', '−1.250'."""
    if not abs(value) < 1e5:
        return number_text(value)
    return signed(f"{round(value, 3) + 0.0:.3f}")


def _heading(column: PatternColumn) -> ColumnHeading:
    side = {"class": LEFT, "answer": LEFT, "right": CENTRE}.get(column.kind, RIGHT)
    return ColumnHeading(column.heading, TIPS[column.kind].format(column.heading), side)
