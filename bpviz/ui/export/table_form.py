"""The part of the export dialog that is about numbers: which tables, how one looks, its file."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGroupBox, QLabel, QVBoxLayout

from bpviz.session.compare import ComparedRun
from bpviz.session.frame import Frame
from bpviz.session.race.runner import Standings
from bpviz.session.recording.csv_tables import BOM, COMMAS, CsvMarks, Row, line_of
from bpviz.ui.export.tables import TABLES, ExportTable, Rows, TableSource
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.time_sliced import SlicedWork
from bpviz.ui.toolkit.widgets.naming import named

PIECE = 500
"""Cells that are written at a time."""

LOOK = 10
"""Rows of a table that the dialog shows."""


def numbers_of(frame: Frame, views: Sequence[Pictured]) -> TableSource:
    """The numbers behind a frame and the views that show more than the frame does."""
    choices = {view.key: view.choices() for view in views if view.key in ("compare", "race")}
    runs = choices.get("compare", {}).get("runs", ())
    standings = choices.get("race", {}).get("standings")
    return TableSource(
        frame,
        tuple(run for run in runs if isinstance(run, ComparedRun)),
        # A race may go on: the tables are of now.
        standings.as_now() if isinstance(standings, Standings) else None,
    )


def csv_slowly(rows: Rows, told: Callable[[int], None], marks: CsvMarks = COMMAS) -> SlicedWork:
    """The rows as a CSV file, bit by bit: a list of bytes, to be written one after another.

    ``told`` hears how many rows there are so far. The bytes are never put together: who copies
    some ten megabytes at once holds the interpreter, and the window, for several frames.
    """
    pieces: list[bytes] = [BOM.encode()]
    lines: list[str] = []
    cells = done = 0

    def take(row: Row) -> bool:
        """Add a row; whether that was enough for now."""
        nonlocal cells, done
        lines.append(line_of(row, marks))
        cells += len(row)
        if cells < PIECE:
            return False
        pieces.append("".join(lines).encode())
        done += len(lines)
        cells = 0
        lines.clear()
        told(done)
        return True

    yield from _each(rows, take)
    pieces.append("".join(lines).encode())
    return pieces


def look_slowly(rows: Rows, marks: CsvMarks = COMMAS) -> SlicedWork:
    """The first rows of a table as text, to be read in the dialog."""
    lines: list[str] = []

    def take(row: Row) -> bool:
        lines.append(line_of(row[:LOOK], marks))
        if len(lines) == LOOK:
            rows.close()
        return False

    yield from _each(rows, take)
    return "".join(lines)


def _each(rows: Rows, take: Callable[[Row], bool]) -> SlicedWork:
    """Hand over every row; functions among them are called in the other thread."""
    heard: Any = None
    while True:
        try:
            item = rows.send(heard)
        except StopIteration:
            return
        heard = None
        if callable(item):
            heard = yield item
        elif take(item):
            yield None


class TableChoice(QGroupBox):
    """Which tables: a box for each one there is."""

    changed = Signal()

    def __init__(self, numbers: TableSource) -> None:
        super().__init__("Tables")
        self.setObjectName("export_tables")
        self._tables = [table for table in TABLES if table.is_available(numbers)]
        self._all = named(
            QCheckBox("All tables"), "export_all_tables", "Every table below, or none"
        )
        self._checks = {
            table.key: named(QCheckBox(table.title), f"export_table_{table.key}", table.about)
            for table in self._tables
        }
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(self._all)
        for check in self._checks.values():
            check.setStyleSheet(f"margin-left: {2 * SPACE}px")
            column.addWidget(check)
        column.addStretch(1)
        tip = "Training may go on meanwhile; the numbers do not change"
        instant = numbers.frame.snapshot.instant
        column.addWidget(named(QLabel(f"All of {instant}"), "export_tables_instant", tip))
        self._all.clicked.connect(self._toggle_all)
        for check in self._checks.values():
            check.toggled.connect(self._on_toggled)

    def set_chosen(self, keys: Sequence[str]) -> None:
        """Check the tables with these keys."""
        for key, check in self._checks.items():
            check.setChecked(key in keys)

    @property
    def wanted(self) -> list[ExportTable]:
        """The checked tables."""
        return [table for table in self._tables if self._checks[table.key].isChecked()]

    def _toggle_all(self) -> None:
        every = all(check.isChecked() for check in self._checks.values())
        for check in self._checks.values():
            check.setChecked(not every)

    def _on_toggled(self) -> None:
        self._all.setChecked(len(self.wanted) == len(self._tables))
        self.changed.emit()
