"""Spreadsheets: .xlsx, .xls, .xlsb and .ods, read by python-calamine."""

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bpviz.core.number_grammar import parse_whole
from bpviz.core.values import BadValue, meant
from bpviz.problems.tables.cells import table_of_cells
from bpviz.problems.tables.model import BadTable, DataNote, RawTable, Reading, Remedy
from bpviz.problems.tables.source import MAX_BYTES, Source, too_large


def read_sheet(source: Source, reading: Reading) -> RawTable:
    """The table of one sheet: the one that was chosen, or the first that is not empty."""
    from python_calamine import CalamineError, CalamineWorkbook

    _check_size(source)
    try:
        book = CalamineWorkbook.from_path(source.path)
        name, rows = _chosen(source, book, reading.sheet)
    except (CalamineError, OSError) as error:
        why = str(error) or "it is damaged or protected by a password"
        raise BadTable(source.path, "a spreadsheet that can be read", why) from None
    names = tuple(book.sheet_names)
    table = table_of_cells(source, rows, reading, len(rows))
    notes = table.notes
    if len(names) > 1:
        others = [other for other in names if other != name]
        remedy = Remedy("sheet", others[0], f"Sheet {others[0]}")
        notes = (DataNote(f"Read from the sheet {name!r}, one of {len(names)}.", (remedy,)), *notes)
    return replace(table, notes=notes, sheets=names)


def _check_size(source: Source) -> None:
    """Refuse a file that would be too large when unpacked, by what it says of its parts."""
    if zipfile.is_zipfile(source.path):
        with zipfile.ZipFile(source.path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise too_large(source.path)


def _chosen(source: Source, book: Any, wanted: str) -> tuple[str, list[Sequence[Any]]]:
    names: list[str] = book.sheet_names
    if wanted and wanted not in names:
        number = parse_whole(wanted)
        if number is None or not 1 <= number <= len(names):
            allowed = f"a number from 1 to {len(names)} or one of {', '.join(names)}"
            raise BadValue("sheet", wanted, allowed, meant(wanted, names))
        wanted = names[number - 1]
    for name in [wanted] if wanted else names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if any(cell not in ("", None) for row in rows for cell in row):
            return name, rows
    raise BadTable(source.path, "a spreadsheet with a table", "its sheets are empty")
