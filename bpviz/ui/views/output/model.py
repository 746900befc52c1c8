"""The rows and columns of the table of patterns, computed only for visible cells."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from bpviz.core.model.patterns import Patterns, PatternSet, class_of
from bpviz.core.text.number_words import signed
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale
from bpviz.ui.toolkit.drawing.output_colours import output_scale, right_rows
from bpviz.ui.toolkit.drawing.pattern_names import predicted_class
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.widgets.data_table import CENTRE, CellTableModel, ColumnHeading, TableCell

OutputColumnKind = Literal[
    "number", "input", "hidden", "target", "output", "class", "answer", "right"
]

MOST_INPUTS = 8
MOST_OUTPUTS = 12
MOST_HIDDEN = 6
CHANGING = ("hidden", "output", "answer", "right")
"""The kinds of columns that change while training."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of the table: its kind, and the number of its input, hidden unit or output.

    Hidden units are numbered across all hidden groups.
    """

    kind: OutputColumnKind
    heading: str
    index: int = 0


def columns_of(patterns: PatternSet) -> list[OutputColumn]:
    """The columns for these patterns: of many inputs only the first, classes by name.

    In a truth table inputs are on the left; elsewhere they are last, as there may be many.
    """
    inputs = [OutputColumn("input", name, i) for i, name in enumerate(patterns.input_names)]
    inputs = inputs if len(inputs) <= MOST_INPUTS else []
    targets, outputs = _target_columns(patterns), _output_columns(patterns)
    right = OutputColumn("right", "right")
    if patterns.kind == "table" and inputs:
        return [*inputs, *targets, *outputs, right]
    if patterns.kind == "classes":
        return [OutputColumn("number", "pattern"), *targets, right, *outputs, *inputs]
    return [OutputColumn("number", "pattern"), *targets, *outputs, right, *inputs]


def hidden_columns(setup: PreparedExperiment) -> list[OutputColumn]:
    """The columns of hidden activations, as a truth table of each unit; none if there are many."""
    groups = setup.network.hidden
    names = [name for group in groups for name in unit_names(setup, group)]
    listed = len(names) <= MOST_HIDDEN and len(setup.shown) == len(setup.patterns.train)
    return [OutputColumn("hidden", name, n) for n, name in enumerate(names)] if listed else []


def _target_columns(patterns: PatternSet) -> list[OutputColumn]:
    if patterns.kind == "classes":
        return [OutputColumn("class", "class"), OutputColumn("answer", "answer")]
    several = patterns.n_outputs > 1
    return [
        OutputColumn("target", f"target {name}" if several else "target", k)
        for k, name in enumerate(patterns.output_names)
    ]


def _output_columns(patterns: PatternSet) -> list[OutputColumn]:
    if patterns.n_outputs == 1:
        return [OutputColumn("output", "output")]
    if patterns.one_hot:
        names = patterns.class_names
    else:
        names = tuple(f"output {name}" for name in patterns.output_names)
    return [OutputColumn("output", name, k) for k, name in enumerate(names)][:MOST_OUTPUTS]


class PatternModel(CellTableModel):
    """A row for each pattern of a split, with the outputs of one snapshot.

    Cells are computed only when they are painted.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: list[OutputColumn] = []
        self._setup: PreparedExperiment | None = None
        self._part: Patterns | None = None
        self._decimals: dict[tuple[OutputColumnKind, int], int] = {}
        self._outputs: Matrix | None = None
        self._targets_shown: Matrix | None = None
        self._outputs_shown: Matrix | None = None
        self._hidden: Matrix | None = None
        self._hidden_places = 2
        self._right: NDArray[np.bool_] | None = None
        self.scales: list[ColourScale] = []
        self.given: tuple[Matrix, Matrix] = np.empty((0, 0)), np.empty((0, 0))
        """Inputs and targets of all training patterns, as they are written."""

    def show_patterns(
        self, setup: PreparedExperiment, part: Patterns, *, hidden: bool = False
    ) -> None:
        """List these patterns without outputs; ``hidden``: with columns of hidden activations."""
        self.beginResetModel()
        self._setup, self._part, self._outputs, self._hidden = setup, part, None, None
        self._targets_shown = setup.patterns.in_units(part.targets)
        self.columns = columns_of(setup.patterns)
        if hidden:
            target = next(n for n, c in enumerate(self.columns) if c.kind in ("target", "class"))
            self.columns[target:target] = hidden_columns(setup)
            of = [setup.network.groups[group].activation for group in setup.network.hidden]
            self._hidden_places = 0 if all(name == "step" for name in of) else 2
        self.headings = [ColumnHeading(c.heading, c.heading, CENTRE) for c in self.columns]
        self.scales = [output_scale(setup, k) for k in range(setup.patterns.n_outputs)]
        inputs, targets = self.given = given_numbers(setup.patterns)
        self._decimals = {
            (column.kind, column.index): _decimals(
                (inputs if column.kind == "input" else targets)[:, column.index]
            )
            for column in self.columns
            if column.kind in ("input", "target")
        }
        self.endResetModel()

    def show_outputs(self, outputs: Matrix, seen: range, hidden: Matrix | None = None) -> None:
        """Show these outputs (P, m); for the rows ``seen``, changed cells are announced.

        ``hidden`` are the activations (P, units) of all hidden groups, where they are listed.
        """
        columns = [c for c, column in enumerate(self.columns) if column.kind in CHANGING]
        cells = [(row, c) for row in seen for c in columns]
        before = [self._look(*cell) for cell in cells]
        self._outputs, self._hidden, self._right = outputs, hidden, None
        assert self._setup is not None
        self._outputs_shown = self._setup.patterns.in_units(outputs)
        for cell, look in zip(cells, before, strict=True):
            if self._look(*cell) != look:
                self.dataChanged.emit(index := self.index(*cell), index)

    def _look(self, row: int, c: int) -> tuple[str, int]:
        """The text of a cell, and the index of its number in the colour scale."""
        column = self.columns[c]
        value = self.value(row, column)
        if value is None or math.isnan(value):
            return self.text(row, column), -1
        return self.text(row, column), self.scales[column.index].code(value)

    def n_rows(self) -> int:
        """The number of patterns."""
        return 0 if self._part is None else len(self._part)

    def cell(self, row: int, column: int) -> TableCell:
        """The text of a cell; it is painted by the delegate."""
        return TableCell(self.text(row, self.columns[column]))

    def text(self, row: int, column: OutputColumn) -> str:
        """The text of a cell."""
        part, setup = self._part, self._setup
        if part is None or setup is None:
            return ""
        match column.kind:
            case "number":
                return f"{row + 1:,}"
            case "input":
                inputs = setup.patterns.inputs_in_units(part.inputs[row])
                return self.number(float(inputs[column.index]), column)
            case "target":
                assert self._targets_shown is not None
                return self.number(self._targets_shown[row, column.index], column)
            case "class":
                return setup.patterns.class_names[int(class_of(part.targets[row : row + 1])[0])]
        if self._outputs is None:
            return ""
        match column.kind:
            case "hidden":
                return self._hidden_text(row, column)
            case "answer":
                return predicted_class(setup.patterns, self._outputs[row : row + 1])
            case "output":
                assert self._outputs_shown is not None
                return self.scales[column.index].text(float(self._outputs_shown[row, column.index]))
        return "right" if self.right(row) else "wrong"

    @property
    def widest_hidden(self) -> str:
        """The widest text of a hidden activation."""
        return "−0.00" if self._hidden_places else "1"

    def _hidden_text(self, row: int, column: OutputColumn) -> str:
        if self._hidden is None:
            return ""
        value = float(self._hidden[row, column.index])
        return signed(f"{round(value, self._hidden_places) + 0.0:.{self._hidden_places}f}")

    def number(self, value: float, column: OutputColumn) -> str:
        """A number of the data, with as many decimals as all numbers of its column."""
        decimals = self._decimals[column.kind, column.index]
        return signed(f"{round(value, decimals) + 0.0:,.{decimals}f}")  # no "−0.00"

    def right(self, row: int) -> bool | None:
        """Whether the output for a pattern is right; None if it was not computed."""
        if self._part is None or self._outputs is None or self._setup is None:
            return None
        if self._right is None:
            self._right = right_rows(self._setup, self._part.targets, self._outputs)
        return bool(self._right[row])

    def value(self, row: int, column: OutputColumn) -> float | None:
        """The number of a target or output, which determines the colour of its chip."""
        source = None
        if column.kind == "target":
            source = self._targets_shown
        elif column.kind == "output" and self._outputs is not None:
            source = self._outputs_shown
        return None if source is None else float(source[row, column.index])


def given_numbers(patterns: PatternSet) -> tuple[Matrix, Matrix]:
    """Inputs and targets of the training patterns, in the units of the file.

    Many inputs, which are not listed, are left as they are.
    """
    train = patterns.train
    listed = patterns.n_inputs <= MOST_INPUTS
    inputs = patterns.inputs_in_units(train.inputs) if listed else train.inputs
    return inputs, patterns.in_units(train.targets)


def _decimals(values: Vector) -> int:
    """The number of decimals for a column of data, at most four."""
    if (values == values.round()).all():
        return 0
    largest = float(np.abs(values).max())
    return min(4, max(0, 2 - math.floor(math.log10(largest))))
