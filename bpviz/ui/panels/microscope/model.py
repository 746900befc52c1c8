"""The table of the microscope: one row a pattern, and below it one row a path. Virtual."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bpviz.core.microscope import Path
from bpviz.core.values import Vector
from bpviz.ui.panels.microscope.subject import Subject
from bpviz.ui.plotting import number_text
from bpviz.ui.unit_names import unit_name
from bpviz.ui.views.network.hover import EdgeAt, Target, UnitAt

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ROOT = 0


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One factor: its heading, what it is, its numbers, and the part of the network it is of."""

    heading: str
    tip: str
    values: Vector
    target: Target | None


def columns_of(subject: Subject) -> list[Column]:
    """The factors of a pattern's term, from left to right, and their product."""
    unit, change = subject.unit, subject.change
    here = UnitAt(unit.group, unit.unit)
    columns = []
    if change is None:
        columns += [
            Column("net", "net input", unit.net, here),
            Column("o = f(net)", "activation", unit.act, here),
            Column("f′(net)", "derivative of the activation", unit.derivative, here),
        ]
        if subject.scene.network.groups[unit.group].role == "input":
            return columns[1:2]
    if unit.deviation is not None:
        columns.append(Column("t − o", "teacher minus output", unit.deviation, here))
    else:
        tip = "the error that comes back: sum over k of delta k times weight (open a row for each)"
        columns.append(Column("Σ δₖ wⱼₖ", tip, unit.signal, here))
    if change is not None and not unit.plain:
        columns.append(Column("f′(net)", "slope of the unit's activation", unit.slope, here))
    columns.append(Column("δ", "delta: the product so far", unit.delta, here))
    if change is not None:
        if change.place.kind == "weight":
            link = subject.scene.network.connections[change.place.connection]
            source = UnitAt(link.source, change.place.source)
            columns.append(Column("input", "what the weight carries", change.source, source))
        columns.append(
            Column("term", "this pattern's wish: the product", change.wishes, _edge(subject))
        )
    return columns


def _edge(subject: Subject) -> Target:
    place = subject.place
    if place.kind == "weight":
        return EdgeAt(place.connection, place.source, place.unit)
    return UnitAt(place.group, place.unit)


class TermsModel(QAbstractItemModel):
    """Answers for the rows that are seen; nothing is made for the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.subject: Subject | None = None
        self.columns: list[Column] = []

    def show(self, subject: Subject | None) -> None:
        """List the terms of this subject."""
        new = columns_of(subject) if subject is not None else []
        before = self.subject
        same = (
            subject is not None
            and before is not None
            and [c.heading for c in new] == [c.heading for c in self.columns]
            and len(before.scene.rows) == len(subject.scene.rows)
            and len(before.unit.paths) == len(subject.unit.paths)
        )
        if same:
            self.subject, self.columns = subject, new
            if n := self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(n - 1, len(new)))
            return
        self.beginResetModel()
        self.subject, self.columns = subject, new
        self.endResetModel()

    def target_at(self, index: Index) -> Target | None:
        """The part of the network that a cell is about."""
        if self.subject is None or not index.isValid() or not self.columns:
            return None
        if index.internalId() != ROOT:
            path = self.subject.unit.paths[index.row()]
            return EdgeAt(path.connection, self.subject.unit.unit, path.unit)
        return self.columns[index.column() - 1].target if index.column() else None

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A pattern's cell, or one of a path below it: its internal id is the pattern's row + 1."""
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else ROOT)

    def parent(self, index: Index | None = None) -> Any:
        """The pattern of a path."""
        if index is None:
            return super().parent()
        if not index.isValid() or index.internalId() == ROOT:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, ROOT)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Patterns, and paths below each."""
        if self.subject is None or not self.columns:
            return 0
        if not parent.isValid():
            return len(self.subject.scene.rows)
        if parent.internalId() != ROOT or parent.column():
            return 0
        return len(self.subject.unit.paths)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The pattern's name and its factors."""
        return len(self.columns) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """What the columns are."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section else Qt.AlignmentFlag.AlignLeft
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section - 1].heading if section else "pattern"
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return self.columns[section - 1].tip
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """One number."""
        if self.subject is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.internalId() != ROOT:
            path = self.subject.unit.paths[index.row()]
            return self._of_path(path, index.internalId() - 1, index.column())
        if not index.column():
            return self.subject.name_of(index.row())
        return _number(float(self.columns[index.column() - 1].values[index.row()]))

    def _of_path(self, path: Path, p: int, column: int) -> str:
        """'via o1', under the sum what it comes to, and beside that its factors."""
        assert self.subject is not None
        if column == 0:
            name = unit_name(self.subject.frame.setup, path.group, path.unit)
            return f"via {name}"
        at = next((c for c, col in enumerate(self.columns, 1) if col.heading.startswith("Σ")), 0)
        if column == at + 1:
            return f"δ {_number(float(path.delta[p]))}"
        if column == at + 2:
            return f"× {_number(path.weight)}"
        return _number(float(path.product[p])) if column == at else ""


def _number(value: float) -> str:
    return number_text(value).replace("-", "−")
