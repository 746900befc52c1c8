"""What Qt asks a table model is answered from its cells and headings."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.widgets.data_table import (
    LEFT,
    RIGHT,
    CellTableModel,
    ColumnHeading,
    DataTable,
    Role,
    TableCell,
)

ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class Squares(CellTableModel):
    """The numbers from 0, and their squares, which can be edited."""

    headings = (ColumnHeading("number", "From 0", LEFT), ColumnHeading("square"))

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.asked: list[tuple[int, int]] = []

    def n_rows(self) -> int:
        return self.rows

    def is_editable(self, column: int) -> bool:
        return column == 1

    def cell(self, row: int, column: int) -> TableCell:
        self.asked.append((row, column))
        return TableCell(str(row ** (column + 1)), self.headings[column].side)


def test_qt_is_told_what_cells_and_headings_say() -> None:
    model = Squares(5)
    assert (model.rowCount(), model.columnCount()) == (5, 2)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.index(3, 1).data() == "9"
    assert model.index(3, 1).data(Role.TextAlignmentRole) == RIGHT
    assert model.index(3, 1).data(Role.BackgroundRole) is None
    assert model.headerData(0, ACROSS) == "number"
    assert model.headerData(0, ACROSS, Role.ToolTipRole) == "From 0"
    assert model.headerData(0, ACROSS, Role.TextAlignmentRole) == LEFT
    assert model.headerData(4, DOWN) == "5"
    assert model.headerData(4, DOWN, Role.ToolTipRole) is None
    assert model.data(QModelIndex(), Role.DisplayRole) is None


@pytest.mark.parametrize(("column", "editable"), [(0, False), (1, True)])
def test_only_editable_columns_can_be_edited(column: int, editable: bool) -> None:
    model = Squares(5)  # an index does not keep its model
    flags = model.index(0, column).flags()
    assert bool(flags & Qt.ItemFlag.ItemIsEditable) == editable
    assert flags & Qt.ItemFlag.ItemIsSelectable


def test_a_change_is_told_of_the_columns_that_changed(qtbot: QtBot) -> None:
    model = Squares(5)
    for columns, expected in (((), (0, 1)), ((1, 1), (1, 1))):
        with qtbot.waitSignal(model.dataChanged) as told:
            model.cells_changed(*columns)
        first, last = told.args[:2]
        assert ((first.row(), last.row()), (first.column(), last.column())) == ((0, 4), expected)
    model.rows = 0
    with qtbot.assertNotEmitted(model.dataChanged):
        model.cells_changed()


def test_each_cell_in_sight_is_asked_for_once_and_no_other(qtbot: QtBot) -> None:
    model, table = Squares(10_000), DataTable()
    qtbot.addWidget(table)
    table.setModel(model)
    table.resize(300, 200)
    table.grab()
    model.asked.clear()
    table.viewport().grab()
    assert 4 < len(model.asked) < 40
    assert len(set(model.asked)) == len(model.asked)


@pytest.mark.parametrize(
    ("text", "side", "shown"),
    [("0.000642", RIGHT, "…"), ("1.23×10⁻⁴⁵", RIGHT, "…"), ("✓", RIGHT, "✓")],
)
def test_a_number_is_shown_whole_or_not_at_all(
    qtbot: QtBot, text: str, side: int, shown: str
) -> None:
    table = DataTable()
    qtbot.addWidget(table)
    assert table.fitted(TableCell(text, side), 24) == shown
    assert table.fitted(TableCell(text, side), 240) == text


def test_names_lose_their_middle(qtbot: QtBot) -> None:
    table = DataTable()
    qtbot.addWidget(table)
    shown = table.fitted(TableCell("Iris setosa", LEFT), 40)
    assert shown.startswith("Ir")
    assert "…" in shown
