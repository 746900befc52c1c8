"""All weights, biases and thresholds as a table: nothing is made for rows nobody looks at."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.model.network import Network
from bpviz.core.model.references import (
    BiasRef,
    ParameterRef,
    WeightRef,
    index_of,
    parameter_at,
)
from bpviz.core.values import BadValue, Integers
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.panels.undoable_edits import has_threshold, parameter_name
from bpviz.ui.toolkit.drawing.colour_scale import signed
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.widgets.data_table import LEFT, RIGHT, ModelIndex, Role, TableCell
from bpviz.ui.toolkit.widgets.number_text import (
    decimal_wish,
    parse_decimal,
    shortened,
    write_number,
)
from bpviz.ui.views.network.labels import unit_names

HEADINGS = ("from", "to", "value", "")
TIPS = (
    "The unit that the weight leads from; a bias or threshold has none",
    "The unit that the weight leads to, or that the bias or threshold belongs to",
    "The number now: double-click to change it",
    "What is special about it",
)
VALUE = 2


@dataclass(frozen=True, slots=True, eq=False)
class ParameterPart:
    """A stretch of the table: the biases of a group, or the weights of a connection."""

    title: str
    indices: Integers


def parts_of(network: Network) -> list[ParameterPart]:
    """All that exists, group by group from the first hidden one: biases, then weights into it."""
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


class ParameterTable(QAbstractTableModel):
    """A row for each weight that exists, each bias and each threshold."""

    refused = Signal(str)
    """What was typed is not allowed: the sentence."""

    changed_by_hand = Signal(object, float)
    """The ParameterRef of a weight or bias, and its new value (of a threshold: of the bias)."""

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
            self._values_changed()

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
        self._values_changed()

    def _choose(self) -> None:
        chosen = self.parts if self._part is None else [self.parts[self._part]]
        self._indices = np.concatenate([part.indices for part in chosen])

    def _values_changed(self) -> None:
        if len(self._indices):
            last = self.index(len(self._indices) - 1, VALUE)
            self.dataChanged.emit(self.index(0, VALUE), last)

    def row_of(self, ref: ParameterRef) -> int | None:
        """The row that shows a weight or bias, None if it is not on show."""
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

    # -- what Qt asks ----------------------------------------------------------------------

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """The number of weights, biases and thresholds on show."""
        return 0 if parent.isValid() else len(self._indices)

    def columnCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The headings."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.TextAlignmentRole:
            return _side(section)
        if role == Role.ToolTipRole:
            return TIPS[section]
        return HEADINGS[section] if role == Role.DisplayRole else None

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Values can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == VALUE else flags

    def data(self, index: ModelIndex, role: int = Role.DisplayRole) -> Any:
        """What a cell says, and how."""
        if self._frame is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Role.DisplayRole:
                return self.text(row, column)
            case Role.EditRole if column == VALUE:
                return write_number(self.value(row))
            case Role.ToolTipRole:
                return parameter_name(self._setup, self.parameter_at(row))
            case Role.TextAlignmentRole:
                return _side(column)
        return None

    def cell(self, row: int, column: int) -> TableCell:
        """What is painted in a cell."""
        return TableCell(self.text(row, column), _side(column), self._ink(row, column))

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        ref = self.parameter_at(row)
        if column == VALUE:
            return signed(f"{self.value(row) + 0.0:.4f}")
        if column == 3:
            return _remark(self._setup, ref)
        if isinstance(ref, BiasRef):
            kind = "threshold" if has_threshold(self._setup, ref) else "bias"
            return kind if column == 0 else self._names[ref.group][ref.unit]
        link = self._setup.network.connections[ref.connection]
        if column == 0:
            return self._names[link.source][ref.source]
        return self._names[link.target][ref.target]

    def value(self, row: int) -> float:
        """The weight or bias in a row; of a step unit the threshold."""
        assert self._frame is not None
        value = float(self._frame.snapshot.parameters[self._indices[row]])
        return -value if has_threshold(self._setup, self.parameter_at(row)) else value

    def _ink(self, row: int, column: int) -> Any:
        if column == VALUE:
            value = self.value(row)
            role = "text" if value == 0.0 else "positive" if value > 0.0 else "negative"
            return self._theme.colour(role)
        bias = column == 0 and isinstance(self.parameter_at(row), BiasRef)
        return self._theme.colour("muted") if bias or column == 3 else None

    def setData(self, index: ModelIndex, value: Any, role: int = Role.EditRole) -> bool:
        """Ask for another number; the cell shows it once it is so."""
        if self._frame is None or role != Role.EditRole or index.column() != VALUE:
            return False
        ref = self.parameter_at(index.row())
        number = parse_decimal(str(value))
        if number is None:
            name = parameter_name(self._setup, ref)
            refusal = BadValue(name, shortened(str(value)), decimal_wish(str(value)))
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


def _side(column: int) -> int:
    return RIGHT if column == VALUE else LEFT
