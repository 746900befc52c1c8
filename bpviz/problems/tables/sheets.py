"""Spreadsheets: .xlsx, .xls, .xlsb and .ods, read by python-calamine in a process of its own."""

import marshal
import subprocess
import zipfile
from dataclasses import replace
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Any

from bpviz.core.interruption import note_progress
from bpviz.core.values import BadValue, meant, quoted
from bpviz.problems.tables.cells import table_of_cells
from bpviz.problems.tables.model import BadTable, DataNote, RawTable, Reading, Remedy
from bpviz.problems.tables.source import MAX_BYTES, Source, too_large
from bpviz.resources import command_of, environment_of

DAMAGED = "it is damaged or protected by a password, or some of its cells are far from the others"

MOST_CELLS = 30_000_000
"""Of a sheet, up to the last one that is not empty."""

SECONDS, SECONDS_PER_BYTE = 5, 2e-6
"""Of the processor, within which a sound file is read several times over."""

PATIENCE = 20
"""Times as many seconds after which it is given up where a system has no such limit."""


def read_sheet(source: Source, reading: Reading) -> RawTable:
    """The table of one sheet: the one that was chosen, or the first that is not empty."""
    seconds = SECONDS + round(SECONDS_PER_BYTE * _unpacked_size(source))
    with TemporaryFile() as file:
        _run(source, reading.sheet, seconds, file)
        file.seek(0)
        found = _loaded(source, file)
        name = _chosen(source, found, reading.sheet)
        rows: list[list[str]] = []
        while True:
            try:
                rows.append(marshal.load(file))
            except EOFError:
                break
    names = tuple(found["names"])
    table = table_of_cells(source, rows, reading, len(rows))
    notes = table.notes
    if len(names) > 1:
        others = [other for other in names if other != name]
        remedy = Remedy("sheet", others[0], f"Sheet {others[0]}")
        notes = (
            DataNote(f"Read from the sheet {quoted(name)}, one of {len(names)}.", (remedy,)),
            *notes,
        )
    return replace(table, notes=notes, sheets=names)


def _unpacked_size(source: Source) -> int:
    """Bytes, by what the file says of its parts; refuses one that would be too large."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # .xls, or damaged
        return source.size()
    if size > MAX_BYTES:
        raise too_large(source.path)
    return size


def _run(source: Source, wanted: str, seconds: int, out: IO[bytes]) -> None:
    """Have the file read into ``out``. Raises BadTable and Cancelled."""
    module = "bpviz.problems.tables.sheet_process"
    command = command_of(module, source.path, wanted, str(seconds), str(MOST_CELLS))
    process = subprocess.Popen(
        command, env=environment_of(),
        stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = monotonic() + PATIENCE * seconds
    try:
        while process.poll() is None and monotonic() < end:
            note_progress(0.0)
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise BadTable(source.path, "a spreadsheet that can be read", DAMAGED)


def _loaded(source: Source, file: IO[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = marshal.load(file)
    if "refusal" in found:
        why = found["refusal"] or DAMAGED
        raise BadTable(source.path, "a spreadsheet that can be read", why)
    if "size" in found:
        rows, columns = found["size"]
        allowed = f"a spreadsheet of at most {MOST_CELLS:,} cells"
        why = f"the last one is in row {rows:,}, column {columns:,}"
        raise BadTable(source.path, allowed, why)
    return found


def _chosen(source: Source, found: dict[str, Any], wanted: str) -> str:
    names: list[str] = found["names"]
    name: str | None = found["sheet"]
    if name is not None:
        return name
    if wanted and wanted not in names and not (wanted.isdigit() and 0 < int(wanted) <= len(names)):
        allowed = f"a number from 1 to {len(names)} or one of {', '.join(names)}"
        raise BadValue("sheet", wanted, allowed, meant(wanted, names))
    raise BadTable(source.path, "a spreadsheet with a table", "its sheets are empty")
