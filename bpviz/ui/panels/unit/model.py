"""A unit's truth table: its net input and activation for every training pattern."""

from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtWidgets import QWidget

from bpviz.core.learning.backprop import forward
from bpviz.core.model.references import UnitRef
from bpviz.core.values import Matrix
from bpviz.session.frame import Frame
from bpviz.ui.panels.patterns.columns import PatternColumn as Given
from bpviz.ui.panels.patterns.columns import cell_text, columns_of
from bpviz.ui.panels.patterns.model import BLOCK, short, thousandths
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.widgets.data_table import (
    LEFT,
    RIGHT,
    CellTableModel,
    ColumnHeading,
    TableCell,
)
from bpviz.ui.views.network.labels import unit_name

MOST_INPUTS = 6
"""Patterns with more inputs are identified by their number only."""


class UnitColumn(NamedTuple):
    """A column; ``given`` is the column of the patterns that it shows, if it is one."""

    kind: Literal["given", "net", "activation"]
    heading: str
    tip: str
    given: Given | None = None


class TruthTable(CellTableModel):
    """A row for each training pattern; only visible numbers are computed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: list[UnitColumn] = []
        self.unit = UnitRef(0, 0)
        self._frame: Frame | None = None
        self._blocks: dict[int, Matrix] = {}
        self._theme = LIGHT

    def show(self, frame: Frame, unit: UnitRef) -> None:
        """Show this unit at this instant."""
        before = self._frame
        same = (
            before is not None
            and before.setup.patterns is frame.setup.patterns
            and before.setup.network is frame.setup.network
            and unit == self.unit
        )
        if not same:
            self.beginResetModel()
        self._frame, self.unit = frame, unit
        self._blocks.clear()
        if not same:
            self.columns = self._find_columns(frame)
            self.headings = [ColumnHeading(c.heading, c.tip, _side(c)) for c in self.columns]
            self.endResetModel()
        else:
            self.cells_changed()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.cells_changed()

    def _find_columns(self, frame: Frame) -> list[UnitColumn]:
        patterns = frame.setup.patterns
        name = unit_name(frame.setup, self.unit.group, self.unit.unit)
        given = [
            UnitColumn("given", column.heading, f"The pattern's {column.heading}", column)
            for column in columns_of(patterns)
            if column.is_given and (column.kind != "input" or patterns.n_inputs <= MOST_INPUTS)
        ]
        is_input = frame.setup.network.groups[self.unit.group].role == "input"
        net = [] if is_input else [UnitColumn("net", f"net of {name}", f"The net input of {name}")]
        said = UnitColumn(
            "activation", name, f"The activation of {name}: what it says to the pattern"
        )
        return [*given, *net, said]

    # -- computed values -------------------------------------------------------------------

    def net_and_act(self, row: int) -> tuple[float, float]:
        """The unit's net input (nan for an input) and activation for a pattern."""
        assert self._frame is not None
        block = row // BLOCK
        if block not in self._blocks:
            setup, snapshot = self._frame.setup, self._frame.snapshot
            inputs = setup.patterns.train.inputs[block * BLOCK : (block + 1) * BLOCK]
            with np.errstate(all="ignore"):
                nets, acts = forward(setup.network, snapshot.parameters, inputs, snapshot.clamps)
            group, unit = self.unit.group, self.unit.unit
            net = nets[group][:, unit] if len(nets[group]) else np.full(len(inputs), np.nan)
            self._blocks[block] = np.stack([net, acts[group][:, unit]], axis=1)
        net, act = self._blocks[block][row - block * BLOCK]
        return float(net), float(act)

    def n_rows(self) -> int:
        """The number of training patterns."""
        return 0 if self._frame is None else len(self._frame.setup.patterns.train)

    def cell(self, row: int, column: int) -> TableCell:
        """What is painted in a cell."""
        of = self.columns[column]
        ink = self._theme.colour("muted") if of.kind == "net" else None
        return TableCell(self._text(row, of), self.headings[column].side, ink)

    def _text(self, row: int, column: UnitColumn) -> str:
        assert self._frame is not None
        if column.given is not None:
            text = cell_text(self._frame.setup.patterns, row, column.given)
            return text if column.given.kind == "class" else short(float(text))
        net, act = self.net_and_act(row)
        value = net if column.kind == "net" else act
        return short(value) if self._is_step and column.kind != "net" else thousandths(value)

    @property
    def _is_step(self) -> bool:
        """Whether its values are 0 or 1, or given numbers, which need no fixed decimals."""
        assert self._frame is not None
        group = self._frame.setup.network.groups[self.unit.group]
        return group.role == "input" or group.activation == "step"


def _side(column: UnitColumn) -> int:
    words = column.given is not None and column.given.kind == "class"
    return LEFT if words else RIGHT
