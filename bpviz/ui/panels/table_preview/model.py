"""The first rows of a table as they are read."""

from typing import Any

import numpy as np
from PySide6.QtCore import Qt

from bpviz.core.text.number_words import ungrouped
from bpviz.problems.tables.model import Inspection, ReadColumn
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import (
    LEFT,
    RIGHT,
    CellTableModel,
    ColumnHeading,
    Role,
    TableCell,
)
from bpviz.ui.toolkit.widgets.naming import plain_tip

ROWS_SHOWN = 100
MISSING = "–"
CATEGORIES_NAMED = 12


def shown(column: ReadColumn, row: int) -> str:
    """A cell as it is read; "" where its value is missing."""
    if column.codes is not None:
        code = int(column.codes[row])
        return column.categories[code] if code >= 0 else ""
    assert column.numbers is not None
    number = float(column.numbers[row])
    if column.kind == "date" or column.bad_row == row:
        return column.raw.cell(row)
    return "" if np.isnan(number) else ungrouped(number, 7)


def values_of(column: ReadColumn) -> str:
    """The range or the categories of a column, and how many values are missing."""
    report = column.report()
    if "categories" in report:
        names = [str(name) for name in report["categories"]]
        more = len(names) - CATEGORIES_NAMED
        said = ", ".join(names[:CATEGORIES_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    else:
        ends = report.get("range", [])
        said = " to ".join(
            ungrouped(end, 6) if isinstance(end, float) else str(end) for end in ends
        )
    missing = f"{report['missing']:,} missing" if report["missing"] else ""
    return "\n".join(part for part in (column.name, said, missing) if part)


@guard_overrides
class PreviewModel(CellTableModel):
    """The first rows of an inspection; muted are columns left out, and all while out of date."""

    def __init__(self) -> None:
        super().__init__()
        self._inspection: Inspection | None = None
        self._theme, self._is_stale = LIGHT, False

    @property
    def columns(self) -> tuple[ReadColumn, ...]:
        """The columns shown."""
        return () if self._inspection is None else self._inspection.columns

    @property
    def names(self) -> list[str]:
        """The names of the columns shown."""
        return [column.name for column in self.columns]

    def show_inspection(self, inspection: Inspection) -> None:
        """Show this table."""
        self.beginResetModel()
        self._inspection, self._is_stale = inspection, False
        self.headings = [
            ColumnHeading(column.name, "", LEFT if column.codes is not None else RIGHT)
            for column in inspection.columns
        ]
        self.endResetModel()

    def set_look(self, theme: Theme, *, stale: bool) -> None:
        """Use these colours; ``stale``: a newer table is being read."""
        self._theme, self._is_stale = theme, stale
        self.cells_changed()

    def n_rows(self) -> int:
        """The number of rows shown."""
        return 0 if self._inspection is None else min(self._inspection.rows, ROWS_SHOWN)

    def cell(self, row: int, column: int) -> TableCell:
        """A cell as it is read."""
        read = self.columns[column]
        text, side = shown(read, row), self.headings[column].side
        muted = self._is_stale or not text or read.role == "left out"
        return TableCell(text or MISSING, side, self._theme.colour("muted") if muted else None)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The headings; the tooltip of a column has its range or its categories."""
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return plain_tip(values_of(self.columns[section]))
        return super().headerData(section, orientation, role)
