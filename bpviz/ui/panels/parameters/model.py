"""All weights, biases and thresholds as a table; only visible cells are computed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.model.network import Network
from bpviz.core.model.references import (
    BiasRef,
    ParameterRef,
    WeightRef,
    index_of,
    parameter_at,
)
from bpviz.core.number_grammar import read_number, write_number
from bpviz.core.text.number_words import signed
from bpviz.core.values import BadValue, Integers
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.panels.undoable_edits import has_threshold, parameter_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import (
    LEFT,
    RIGHT,
    CellTableModel,
    ColumnHeading,
    ModelIndex,
    Role,
    TableCell,
)
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.views.network.labels import unit_names

HEADINGS = (
    ColumnHeading(
        "from", "The unit that the weight leads from; a bias or threshold has none", LEFT
    ),
    ColumnHeading(
        "to", "The unit that the weight leads to, or that the bias or threshold belongs to", LEFT
    ),
    ColumnHeading("value", "The number now: double-click to change it"),
    ColumnHeading("", "What is special about it", LEFT),
)
FROM, TO, VALUE, REMARK = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class ParameterPart:
    """A part of the table: the biases of a group, or the weights of a connection."""

    title: str
    indices: Integers


def parts_of(network: Network) -> list[ParameterPart]:
    """All parts, group by group from the first hidden one: biases, then the weights into it."""
    parts = []
    for g, group in enumerate(network.groups):
        if group.role == "input":
            continue
        kind = "thresholds" if group.activation == "step" else "biases"
        parts.append(ParameterPart(f"{kind} of {group.name}", _indices(network.biases_at(g))))
        for c in network.incoming(g):
            link = network.connections[c]
            indices = _indices(network.weights_at(c))
            if link.mask is not None:
                indices = indices[link.mask.ravel()]
            source = network.groups[link.source].name
            parts.append(ParameterPart(f"{source} → {group.name}", indices))
    return parts


def _indices(part: slice) -> Integers:
    return np.arange(part.start, part.stop)


@guard_overrides
class ParameterTable(CellTableModel):
    """A row for each existing weight, each bias and each threshold."""

    refused = Signal(str)
    """A sentence: why the typed text is refused."""

    changed_by_hand = Signal(object, float)
    """The ParameterRef of a weight or bias, and its new value (of a threshold: of the bias)."""

    headings = HEADINGS

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts: list[ParameterPart] = []
        self._frame: Frame | None = None
        self._part: int | None = None
        self._indices: Integers = np.empty(0, dtype=np.int64)
        self._names: tuple[tuple[str, ...], ...] = ()
        self._theme = LIGHT

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of this instant."""
        before, self._frame = self._frame, frame
        network = frame.setup.network
        if before is None or before.setup.network is not network:
            self.beginResetModel()
            self.parts, self._part = parts_of(network), None
            self._names = tuple(unit_names(frame.setup, g) for g in range(len(network.groups)))
            self._choose()
            self.endResetModel()
        else:
            self.cells_changed(VALUE, VALUE)

    def set_part(self, part: int | None) -> None:
        """Show one of ``parts`` only, or all."""
        if part != self._part:
            self.beginResetModel()
            self._part = part
            self._choose()
            self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.cells_changed()

    def _choose(self) -> None:
        chosen = self.parts if self._part is None else [self.parts[self._part]]
        self._indices = np.concatenate([part.indices for part in chosen])

    def row_of(self, ref: ParameterRef) -> int | None:
        """The row that shows a weight or bias; None if there is none."""
        if self._frame is None:
            return None
        rows = np.flatnonzero(self._indices == index_of(self._frame.setup.network, ref))
        return int(rows[0]) if len(rows) else None

    def parameter_at(self, row: int) -> ParameterRef:
        """The weight or bias in a row."""
        return parameter_at(self._setup.network, int(self._indices[row]))

    @property
    def _setup(self) -> PreparedExperiment:
        assert self._frame is not None
        return self._frame.setup

    # -- answers to Qt ---------------------------------------------------------------------

    def n_rows(self) -> int:
        """The number of weights, biases and thresholds shown."""
        return len(self._indices)

    def is_editable(self, column: int) -> bool:
        """True for the column of values."""
        return column == VALUE

    def data(self, index: ModelIndex, role: int = Role.DisplayRole) -> Any:
        """As the base, and the exact value for editing and the name of the row as its tool tip."""
        if role == Role.EditRole and index.column() == VALUE:
            return write_number(self.value(index.row()))
        if role == Role.ToolTipRole and index.isValid():
            return plain_tip(parameter_name(self._setup, self.parameter_at(index.row())))
        return super().data(index, role)

    def cell(self, row: int, column: int) -> TableCell:
        """What is painted in a cell."""
        ref = self.parameter_at(row)
        if column == VALUE:
            value = self._value(row, ref)
            role = "text" if value == 0.0 else "positive" if value > 0.0 else "negative"
            return TableCell(signed(f"{value + 0.0:.4f}"), RIGHT, self._theme.colour(role))
        muted = column == REMARK or (column == FROM and isinstance(ref, BiasRef))
        ink = self._theme.colour("muted") if muted else None
        return TableCell(self._words(ref, column), LEFT, ink)

    def _words(self, ref: ParameterRef, column: int) -> str:
        if column == REMARK:
            return _remark(self._setup, ref)
        if isinstance(ref, BiasRef):
            kind = "threshold" if has_threshold(self._setup, ref) else "bias"
            return kind if column == FROM else self._names[ref.group][ref.unit]
        link = self._setup.network.connections[ref.connection]
        if column == FROM:
            return self._names[link.source][ref.source]
        return self._names[link.target][ref.target]

    def value(self, row: int) -> float:
        """The weight or bias in a row; of a step unit the threshold."""
        return self._value(row, self.parameter_at(row))

    def _value(self, row: int, ref: ParameterRef) -> float:
        assert self._frame is not None
        value = float(self._frame.snapshot.parameters[self._indices[row]])
        return -value if has_threshold(self._setup, ref) else value

    def setData(self, index: ModelIndex, value: Any, role: int = Role.EditRole) -> bool:
        """Emit ``changed_by_hand``; the cell shows the new number with the next frame."""
        if self._frame is None or role != Role.EditRole or index.column() != VALUE:
            return False
        ref = self.parameter_at(index.row())
        try:
            number = read_number(parameter_name(self._setup, ref), str(value))
        except BadValue as refusal:
            self.refused.emit(str(refusal))
            return False
        if number != self.value(index.row()):
            sign = -1.0 if has_threshold(self._setup, ref) else 1.0
            self.changed_by_hand.emit(ref, sign * number)
        return True


def _remark(setup: PreparedExperiment, ref: ParameterRef) -> str:
    if not isinstance(ref, WeightRef):
        return ""
    link = setup.network.connections[ref.connection]
    shared = link.ties is not None and link.ties[ref.source, ref.target] >= 0
    return ", ".join((["not trained"] if link.fixed else []) + (["shared"] if shared else []))
