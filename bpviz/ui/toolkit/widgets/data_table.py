"""A table that paints its own cells, and the model that it shows.

A live table must be painted within a frame. Qt's own asks a model in Python several times about
every cell and its flags, which takes longer than painting the whole network. This one asks once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QTableView

from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip

ModelIndex = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

PAD = 6
"""Padding at the left and right of a cell's text, px."""

PICTURED_ROWS = 16
"""So many rows of a table a picture of the usual size holds whole."""

ELLIPSIS = "…"
"""Stands for a number that does not fit into its cell."""

MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT = int(MIDDLE | Qt.AlignmentFlag.AlignLeft)
RIGHT = int(MIDDLE | Qt.AlignmentFlag.AlignRight)
CENTRE = int(MIDDLE | Qt.AlignmentFlag.AlignHCenter)


class TableCell(NamedTuple):
    """The look of a cell; where ``ink`` or ``ground`` is None, the table's colour is used."""

    text: str
    side: int = RIGHT
    ink: QColor | None = None
    ground: QColor | None = None


class ColumnHeading(NamedTuple):
    """The heading of a column, its tool tip, and the alignment of the whole column."""

    text: str
    tip: str = ""
    side: int = RIGHT


@guard_overrides
class CellTableModel(QAbstractTableModel):
    """A table model whose cells are asked for as a whole; what Qt asks is answered from them.

    A subclass sets ``headings`` between beginResetModel and endResetModel, and defines ``n_rows``
    and ``cell``. Row headings are the row numbers, from 1.
    """

    headings: Sequence[ColumnHeading] = ()

    def n_rows(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def cell(self, row: int, column: int) -> TableCell:
        """What is painted in a cell."""
        raise NotImplementedError

    def is_editable(self, column: int) -> bool:
        """Whether the cells of a column can be edited."""
        return False

    def cells_changed(self, first: int = 0, last: int | None = None) -> None:
        """Emit dataChanged for these columns, by default for all."""
        if rows := self.n_rows():
            last = len(self.headings) - 1 if last is None else last
            self.dataChanged.emit(self.index(0, first), self.index(rows - 1, last))

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """The number of rows."""
        return 0 if parent.isValid() else self.n_rows()

    def columnCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of columns."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Headings of columns, numbers of rows."""
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == Role.DisplayRole else None
        heading = self.headings[section]
        match role:
            case Role.DisplayRole:
                return heading.text
            case Role.ToolTipRole:
                return plain_tip(heading.tip)
            case Role.TextAlignmentRole:
                return heading.side
        return None

    def data(self, index: ModelIndex, role: int = Role.DisplayRole) -> Any:
        """The text of a cell, and its side."""
        if index.isValid() and role == Role.DisplayRole:
            return self.cell(index.row(), index.column()).text
        if index.isValid() and role == Role.TextAlignmentRole:
            return self.headings[index.column()].side
        return None

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Qt's own, and whether the cell can be edited."""
        flags = super().flags(index)
        can_edit = index.isValid() and self.is_editable(index.column())
        return flags | Qt.ItemFlag.ItemIsEditable if can_edit else flags


@guard_overrides
class DataTable(QTableView):
    """Paints the cells of a CellTableModel, with room at both sides of each."""

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show this model.

        Headings do not show the selection: to know whether a column is selected, Qt reads the
        flags of all of its cells, which takes seconds in a long table.
        """
        super().setModel(model)
        if model is not None:
            across = self.horizontalHeader()
            across.setSelectionModel(QItemSelectionModel(model, across))

    def dataChanged(self, first: ModelIndex, last: ModelIndex, roles: Sequence[int] = ()) -> None:
        """Show changed numbers, but keep what is being typed, which Qt would overwrite."""
        if self.state() == QTableView.State.EditingState:
            self.viewport().update()
        else:
            super().dataChanged(first, last, roles)

    @property
    def first_row(self) -> int:
        """The first row that is seen; 0 of an empty table."""
        return max(self.rowAt(0), 0)

    def show_from(self, row: int) -> None:
        """Scroll so that this row is the first one that is seen, as far as that is possible."""
        model = self.model()
        if model is not None and 0 <= row < model.rowCount():
            self.scrollTo(model.index(row, 0), QTableView.ScrollHint.PositionAtTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in the event's region."""
        with QPainter(self.viewport()) as painter:
            painter.setFont(self.font())
            self._paint_cells(painter, event.rect())
            self._paint_focus(painter)

    def _paint_cells(self, painter: QPainter, wanted: QRect) -> None:
        model = cast(CellTableModel, self.model())
        ink = self.palette().color(QPalette.ColorRole.Text)
        chosen = self._chosen(wanted)
        columns = [
            (c, self.columnViewportPosition(c), self.columnWidth(c))
            for c in self._seen(wanted.left(), wanted.right(), across=True)
        ]
        for row in self._seen(wanted.top(), wanted.bottom(), across=False):
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            for column, left, width in columns:
                cell = model.cell(row, column)
                if any(box.contains(column, row) for box in chosen):
                    painter.fillRect(left, top, width, height, self.palette().highlight())
                elif cell.ground is not None:
                    painter.fillRect(left, top, width, height, cell.ground)
                painter.setPen(cell.ink or ink)
                room = width - 2 * PAD
                text = self.fitted(cell, room)
                painter.drawText(left + PAD, top, room, height, cell.side, text)

    def fitted(self, cell: TableCell, room: int) -> str:
        """The text of a cell as far as ``room`` px show it.

        Names are elided. A number without its first or last digits would be
        another number: an ellipsis stands for it.
        """
        text, metrics = cell.text, self.fontMetrics()
        if cell.side == LEFT:
            return elided_name(metrics, text, room)
        return text if metrics.horizontalAdvance(text) <= room else ELLIPSIS

    def _seen(self, first: int, last: int, *, across: bool) -> range:
        """The columns, or rows, between two coordinates of the viewport, px."""
        at = self.columnAt if across else self.rowAt
        model, begin = self.model(), at(max(first, 0))
        count = model.columnCount() if across else model.rowCount()
        end = at(last)
        return range(begin, (count if end < 0 else end + 1)) if begin >= 0 else range(0)

    def _chosen(self, wanted: QRect) -> list[QRect]:
        """The selection in the visible rows, as rectangles of columns and rows."""
        rows = self._seen(wanted.top(), wanted.bottom(), across=False)
        return [
            QRect(part.left(), part.top(), part.width(), part.height())
            for part in self.selectionModel().selection().toList()
            if part.top() < rows.stop and part.bottom() >= rows.start
        ]

    def _paint_focus(self, painter: QPainter) -> None:
        """Paint a frame around the current cell."""
        index = self.currentIndex()
        if self.hasFocus() and index.isValid():
            painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRect(self.visualRect(index).adjusted(0, 0, -1, -1))
