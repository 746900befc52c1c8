"""The table of the microscope: a row for each pattern, and the paths of its error below it.

Paths are computed level by level, when a row is opened.
"""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from bpviz.core.microscope.error_paths import Path, PathTree, has_paths
from bpviz.ui.panels.microscope.columns import MicroscopeColumn, columns_of
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import cell_words
from bpviz.ui.panels.microscope.path_words import elements_of, path_name, path_tip
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex, Role
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.views.network.hover import Highlight

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ROOT = 0

NOT_YET = "·"
"""Stands for a number that is not computed at the phase of the diagram."""

FETCHED = 100
"""Patterns listed at a time; the next ones are added when the table is scrolled to its end."""


@dataclass(slots=True, eq=False)
class PathRow:
    """A path's row below pattern ``p``: number ``at`` below ``parent`` (None: the pattern)."""

    p: int
    at: int
    parent: "PathRow | None"
    path: Path
    version: int
    number: int = 0
    below: "list[PathRow] | None" = None


@guard_overrides
class TermsModel(QAbstractItemModel):
    """The tree of patterns and paths; an index's internal id is the number of its path row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reading: NamedReading | None = None
        self.columns: list[MicroscopeColumn] = []
        self.theme: Theme = LIGHT
        self._stale = self._opens = False
        self._fetched = 0
        self._version = 0
        self._trees: dict[int, PathTree] = {}
        self._open: dict[int, list[PathRow]] = {}
        self._rows: list[PathRow] = []

    def show(self, reading: NamedReading | None, *, stale: bool = False) -> None:
        """List the terms of a reading; ``stale``: in grey, as of an earlier instant."""
        same = reading is not None and self._has_shape_of(reading)
        if not same:
            self.beginResetModel()
            self._open, self._rows = {}, []
        self.reading, self._stale = reading, stale
        self.columns = columns_of(reading) if reading is not None else []
        self._version += 1
        self._trees = {}
        if same:
            self.repaint()
            return
        patterns = 0 if reading is None else len(reading.update.rows)
        self._fetched = min(patterns, FETCHED)
        self._opens = reading is not None and has_paths(
            reading.update, reading.unit.group, reading.unit.unit
        )
        self.endResetModel()

    def repaint(self) -> None:
        """Emit dataChanged for all patterns."""
        if n := self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(n - 1, len(self.columns)))

    @property
    def opens(self) -> bool:
        """Whether patterns can be opened to see paths."""
        return self._opens

    def _has_shape_of(self, new: NamedReading) -> bool:
        old = self.reading
        return (
            old is not None
            and old.ref == new.ref
            and old.update.network is new.update.network
            and old.update.clamps.keys() == new.update.clamps.keys()
            and len(old.update.rows) == len(new.update.rows)
        )

    # -- paths -------------------------------------------------------------------------------

    def path_at(self, index: ModelIndex) -> Path | None:
        """The path of a row; None for a pattern's."""
        if not index.isValid() or index.internalId() == ROOT:
            return None
        return self._path(self._rows[index.internalId() - 1])

    def pattern_at(self, index: ModelIndex) -> int:
        """The position in the update of the pattern that a row belongs to."""
        if index.internalId() == ROOT:
            return index.row()
        return self._rows[index.internalId() - 1].p

    def target_at(self, index: ModelIndex) -> Highlight | None:
        """The part of the network that a cell belongs to."""
        if self.reading is None or not index.isValid() or not self.columns:
            return None
        path = self.path_at(index)
        if path is not None:
            return elements_of(self.reading, path)
        return self.columns[index.column() - 1].target if index.column() else None

    def kind_at(self, index: ModelIndex) -> str | None:
        """The kind of a cell's column; None for the names."""
        known = index.isValid() and 0 < index.column() <= len(self.columns)
        return self.columns[index.column() - 1].kind if known else None

    def _tree(self, p: int) -> PathTree:
        assert self.reading is not None
        if p not in self._trees:
            self._trees[p] = PathTree(self.reading.update, p)
        return self._trees[p]

    def _paths_below(self, p: int, row: PathRow | None) -> tuple[Path, ...]:
        assert self.reading is not None
        if row is None:
            return self._tree(p).of(self.reading.unit.group, self.reading.unit.unit)
        return self._tree(p).beyond(self._path(row))

    def _path(self, row: PathRow) -> Path:
        """The path of a row at this instant; updated for all its siblings together."""
        if row.version != self._version:
            beside = self._below(row.p, row.parent)
            for other, path in zip(beside, self._paths_below(row.p, row.parent), strict=True):
                other.path, other.version = path, self._version
        return row.path

    def _below(self, p: int, row: PathRow | None) -> list[PathRow]:
        """The rows below a pattern's or a path's row, made on first use."""
        known = self._open.get(p) if row is None else row.below
        if known is None:
            known = [
                PathRow(p, at, row, path, self._version)
                for at, path in enumerate(self._paths_below(p, row))
            ]
            for new in known:
                self._rows.append(new)
                new.number = len(self._rows)
            if row is None:
                self._open[p] = known
            else:
                row.below = known
        return known

    def _rows_below(self, index: ModelIndex) -> list[PathRow]:
        if index.internalId() == ROOT:
            return self._below(index.row(), None) if self._opens else []
        row = self._rows[index.internalId() - 1]
        return self._below(row.p, row) if self._tree(row.p).opens(self._path(row)) else []

    # -- answers to Qt -----------------------------------------------------------------------

    def index(self, row: int, column: int, parent: ModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A pattern's cell, or one of a path below its parent."""
        if not parent.isValid():
            return self.createIndex(row, column, ROOT)
        below = self._rows_below(parent)
        if row >= len(below):
            return QModelIndex()
        return self.createIndex(row, column, below[row].number)

    def parent(self, index: ModelIndex | None = None) -> Any:
        """The row of the pattern or of the shorter path."""
        if index is None:
            return super().parent()
        if not index.isValid() or index.internalId() == ROOT:
            return QModelIndex()
        row = self._rows[index.internalId() - 1]
        if row.parent is None:
            return self.createIndex(row.p, 0, ROOT)
        return self.createIndex(row.parent.at, 0, row.parent.number)

    def hasChildren(self, parent: ModelIndex = QModelIndex()) -> bool:  # noqa: B008
        """Whether a row can be opened; this does not compute its paths."""
        if self.reading is None or not parent.isValid():
            return self.reading is not None
        if parent.column():
            return False
        if parent.internalId() == ROOT:
            return self._opens
        row = self._rows[parent.internalId() - 1]
        return self._tree(row.p).opens(self._path(row))

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of patterns, or of paths below a row."""
        if self.reading is None or not self.columns:
            return 0
        if not parent.isValid():
            return self._fetched
        return 0 if parent.column() else len(self._rows_below(parent))

    def canFetchMore(self, parent: ModelIndex = QModelIndex()) -> bool:  # noqa: B008
        """Whether there are patterns that are not listed yet."""
        return (
            not parent.isValid()
            and self.reading is not None
            and self._fetched < len(self.reading.update.rows)
        )

    def fetchMore(self, parent: ModelIndex = QModelIndex()) -> None:  # noqa: B008
        """Add the next patterns."""
        if self.reading is not None and self.canFetchMore(parent):
            more = min(FETCHED, len(self.reading.update.rows) - self._fetched)
            self.beginInsertRows(QModelIndex(), self._fetched, self._fetched + more - 1)
            self._fetched += more
            self.endInsertRows()

    def columnCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of columns: the name and the factors."""
        return len(self.columns) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Headings and tool tips of the columns."""
        if orientation != Qt.Orientation.Horizontal or section > len(self.columns):
            return None
        if role == Role.TextAlignmentRole:
            return RIGHT if section else LEFT
        if role == Role.DisplayRole:
            return self.columns[section - 1].heading if section else "pattern"
        if role == Role.ToolTipRole and section:
            return plain_tip(self.columns[section - 1].tip)
        return None

    def data(self, index: ModelIndex, role: int = 0) -> Any:
        """A number, or the name of a row."""
        if self.reading is None or not index.isValid():
            return None
        if role == Role.TextAlignmentRole:
            return RIGHT if index.column() else LEFT
        if role == Role.ForegroundRole:
            return self._ink(index)
        if role == Role.ToolTipRole:
            return plain_tip(self._tip(index) or "")
        return self._text(index) if role == Role.DisplayRole else None

    def _tip(self, index: ModelIndex) -> str | None:
        """The factors of a path, or a number in full precision."""
        assert self.reading is not None
        path = self.path_at(index)
        if not self.reading.has(self.pattern_at(index)):
            return "not computed yet" if index.column() else None
        if path is not None:
            return path_tip(self.reading, path)
        if not index.column():
            return full_name(self.reading.frame.setup.patterns, self._row_of(index.row()))
        values = self.columns[index.column() - 1].values
        return f"{float(values[index.row()]):.12g}" if len(values) else None

    def _row_of(self, p: int) -> int:
        assert self.reading is not None
        return int(self.reading.update.rows[p])

    def _ink(self, index: ModelIndex) -> Any:
        """Muted: stale numbers, and those of paths that do not sum to the number above."""
        parts = not index.column() or self.columns[index.column() - 1].kind in (
            "back",
            "contribution",
        )
        is_path = index.internalId() != ROOT
        return self.theme.colour("muted") if self._stale or (is_path and not parts) else None

    def _text(self, index: ModelIndex) -> str:
        assert self.reading is not None
        path = self.path_at(index)
        if path is not None:
            return self._text_of_path(path, index)
        if not index.column():
            return self.reading.name_of(index.row())
        column = self.columns[index.column() - 1]
        if not self.reading.knows(index.row(), column.kind):
            return NOT_YET
        return cell_words(float(column.values[index.row()])) if len(column.values) else ""

    def _text_of_path(self, path: Path, index: ModelIndex) -> str:
        """Of a path: its part of the sums; net, o, f' and delta of the unit at its end."""
        assert self.reading is not None
        if not index.column():
            return path_name(self.reading, path)
        kind, p = self.columns[index.column() - 1].kind, self.pattern_at(index)
        if not self.reading.knows(p, kind):
            return NOT_YET
        if kind == "back":
            return cell_words(path.product)
        change, unit = self.reading.change, self.reading.unit
        if kind in ("own", "contribution") and change is not None:
            tied = kind == "contribution" and len(change.tied) > 1
            part = path.product * float(unit.slope[p]) * float(change.source[p])
            return "" if tied else cell_words(part)
        if kind == "weight":
            return cell_words(path.factors[-1].value)
        if kind == "source" or path.sideways:
            return ""
        if kind == "delta":
            return cell_words(path.end)
        return cell_words(self._tree(p).unit(path.group, path.unit)[kind])
