"""Reads a CSV file into named columns of numbers or texts, and says what is wrong with it.

Every refusal is a BadValue of the field "problem" whose sentence names the line (as an
editor counts, from 1) and the column (its number, from 1, and its name).
"""

import csv
import os
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import numpy as np

from bpviz.core.interruption import note_progress
from bpviz.core.values import BadValue, Integers, Unquoted, quoted
from bpviz.problems.csv_columns import ColumnBuilder, CsvColumn, is_missing, numbers_of

MAX_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 10_000
MAX_CELLS = 20_000_000  # 160 MB of float64

SEPARATORS = {"tab": "\t", "semicolon": ";", "comma": ","}
"""By name, the less ambiguous first: a comma may also be a decimal comma."""

_HEAD_BYTES = 65_536
_LOOKED_AT = 100  # rows that decide separator and header
_CHUNK = 4096  # rows converted at a time, so that few cells exist as strings at once


class _Dialect(csv.excel):
    """Quotes may follow a blank: "a", "b"."""

    skipinitialspace = True


@dataclass(frozen=True, slots=True, eq=False)
class CsvTable:
    """A file's columns, all of one length; ``lines`` (rows,) is where each row begins.

    ``notes`` are sentences about what was read differently from what stands there.
    """

    path: str
    delimiter: str
    columns: tuple[CsvColumn, ...]
    lines: Integers
    notes: tuple[str, ...] = ()

    def refuse(self, allowed: str, why: str) -> BadValue:
        """The refusal of this file."""
        return BadValue("problem", self.path, allowed, why)

    def refuse_cell(self, row: int, column: CsvColumn, allowed: str, why: str = "") -> BadValue:
        """The refusal of one cell."""
        place = f"line {self.lines[row]}, {column.place} of {Path(self.path).name}"
        cell = self._written(row, column) or Unquoted("empty")
        return BadValue("problem", cell, allowed, why, name=place)

    def example(self, row: int, column: CsvColumn) -> str:
        """A cell and its line, for a sentence about its column."""
        return f"{quoted(self._written(row, column))} in line {self.lines[row]}"

    def _written(self, row: int, column: CsvColumn) -> str:
        """A cell as it is written in the file: a column of numbers has forgotten it."""
        try:
            with open(self.path, encoding="utf-8-sig", newline="") as file:
                lines = islice(file, int(self.lines[row]) - 1, None)
                cells = next(csv.reader(lines, _Dialect, delimiter=self.delimiter))
                return cells[column.number - 1].strip()
        except (OSError, ValueError, csv.Error, StopIteration, IndexError):
            return column.cell(row)  # the file has changed meanwhile


def read_table(path: str, separator: str = "auto", header: str = "auto") -> CsvTable:
    """The table of a file, UTF-8 with or without BOM.

    ``separator`` is "auto" or a name in SEPARATORS, ``header`` "auto", "yes" or "no". The last
    file read is kept until it changes. Raises BadValue, and Cancelled; see note_progress.
    """
    try:
        state = os.stat(path)
        _check_kind(path)
        _check_size(path, state.st_size)
        return _read(path, separator, header, (state.st_mtime_ns, state.st_size, state.st_ino))
    except FileNotFoundError:
        raise BadValue("problem", path, "the path of a CSV file that exists") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        if isinstance(error, BadValue):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise BadValue("problem", path, "a file that can be read", reason) from None


@lru_cache(maxsize=1)
def _read(path: str, separator: str, header: str, state: tuple[int, int, int]) -> CsvTable:
    _check_head(path)
    try:
        # newline="": the csv module itself understands every kind of line end.
        with open(path, encoding="utf-8-sig", newline="") as file:
            delimiter = SEPARATORS.get(separator) or _separator_of(file.read(_HEAD_BYTES))
            file.seek(0)
            return _TableReader(path, file, delimiter).read(header)
    except UnicodeDecodeError:
        raise _wrong_encoding(path) from None


def _check_kind(path: str) -> None:
    if os.path.isdir(path):
        raise BadValue("problem", path, "a CSV file", "it is a folder")
    if not os.path.isfile(path):
        raise BadValue("problem", path, "a CSV file", "it is a device or a pipe")


def _check_size(path: str, size: int) -> None:
    if size > MAX_BYTES:
        allowed = f"a file of at most {MAX_BYTES / 1e6:,.0f} MB"
        raise BadValue("problem", path, allowed, f"it has {size / 1e6:,.0f} MB")


def _check_head(path: str) -> None:
    """Refuse a file that is no UTF-8 text at first sight."""
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    if why := _what_is_wrong(head):
        raise BadValue("problem", path, "UTF-8 text with a row in every line", why)


def _what_is_wrong(head: bytes) -> str:
    """Why a file with this beginning is no UTF-8 text, or ''."""
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        return "line 1, column 1 is empty and so is the rest"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "from line 1, column 1 on it is UTF-16 text; save it as CSV UTF-8"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "from line 1, column 1 on it is a spreadsheet or an archive; save the sheet as CSV"
    if b"\0" in head:
        line, column = _place_of(head, head.index(b"\0"))
        return f"line {line}, column {column} holds binary data or UTF-16"
    return ""


def _place_of(data: bytes, at: int) -> tuple[int, int]:
    """Line and column, as far as the first lines show, of byte number ``at``."""
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.count(b"\n") + 1
    delimiter = _separator_of(data[:_HEAD_BYTES].decode("utf-8", errors="replace"))
    return line, before.rpartition(b"\n")[2].count(delimiter.encode()) + 1


def _wrong_encoding(path: str) -> BadValue:
    data = Path(path).read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place_of(data, error.start)
        return BadValue(
            "problem",
            path,
            "text in the encoding UTF-8",
            f"line {line}, column {column} has the byte 0x{data[error.start]:02X}, which no UTF-8 "
            "text has there; save it as CSV UTF-8",
        )
    return BadValue("problem", path, "a file that stays as it is while it is read")


def _separator_of(head: str) -> str:
    """The separator that gives most of the first rows the same number of cells."""
    lines = head.splitlines(keepends=True)
    if len(head) >= _HEAD_BYTES and len(lines) > 1:
        lines.pop()  # the last line may be cut

    def share(delimiter: str) -> float:
        widths = []
        reader = csv.reader(lines, _Dialect, delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(filter(None, reader), _LOOKED_AT)]
        except csv.Error:
            return 0.0
        usual = max(set(widths), key=widths.count, default=1)
        return widths.count(usual) / len(widths) if usual > 1 else 0.0

    found = max(SEPARATORS.values(), key=share)
    return found if share(found) > 0.0 else ","


class _TableReader:
    """Reads one open file."""

    def __init__(self, path: str, file: TextIO, delimiter: str) -> None:
        self.path, self.file, self.delimiter = path, file, delimiter
        self.bytes = max(os.fstat(file.fileno()).st_size, 1)
        self.lines: list[int] = []
        self.width = self.first_line = 0

    def read(self, header: str) -> CsvTable:
        with closing(self._rows()) as rows:
            first = list(islice(rows, _LOOKED_AT))
            if not first:
                why = "line 1, column 1 is empty and so is the rest"
                raise self._refuse("a file with rows of cells", why)
            # A comma between digits can only be a decimal comma where it separates no cells.
            decimal_comma = self.delimiter != ","
            has_header = header == "yes" or (header == "auto" and _has_header(first, decimal_comma))
            names, notes = _names(first[0] if has_header else [""] * self.width, self.lines[0])
            if has_header:
                del first[0], self.lines[0]
            builders = [ColumnBuilder(n, name, decimal_comma) for n, name in enumerate(names, 1)]
            everything = chain(first, rows)
            while chunk := list(islice(everything, _CHUNK)):
                for builder, cells in zip(builders, zip(*chunk, strict=True), strict=True):
                    self._note_progress()
                    builder.add(cells)
        self._check_rows(has_header)
        columns = tuple(builder.column() for builder in builders)
        return CsvTable(
            self.path, self.delimiter, columns, np.array(self.lines),
            tuple(notes if has_header else ()),
        )  # fmt: skip

    def _note_progress(self) -> None:
        note_progress(min(self.file.buffer.tell() / self.bytes, 1.0))

    def _refuse(self, allowed: str, why: str) -> BadValue:
        return BadValue("problem", self.path, allowed, why)

    def _rows(self) -> Generator[list[str], None, None]:
        """The rows that are not blank; ``lines`` grows by the line where each begins."""
        reader = csv.reader(self.file, _Dialect, delimiter=self.delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                self._note_progress()
                if any(row) and not (len(row) == 1 and row[0].isspace()):
                    self._check_row(row, line)
                    self.lines.append(line)
                    yield row
                line = reader.line_num + 1
        except csv.Error:
            raise self._bad_quotes(line) from None

    def _check_row(self, row: list[str], line: int) -> None:
        if not self.width:
            self._check_first(row, line)
            self.width, self.first_line = len(row), line
        if len(row) != self.width:
            raise self._ragged(row, line)
        if len(self.lines) > MAX_ROWS:  # one of them is the header, if there is one
            raise self._too_many(line)
        if (len(self.lines) + 1) * self.width > MAX_CELLS:
            raise self._refuse(
                f"a file of at most {MAX_CELLS:,} cells",
                f"with {self.width:,} columns that is before line {line:,}, column 1",
            )

    def _check_first(self, row: list[str], line: int) -> None:
        if len(row) == 1:
            raise self._refuse(
                "a file with at least two columns, separated by commas, semicolons or tabs",
                f"line {line}, column 1 is all there is, {quoted(row[0])}",
            )
        if len(row) > MAX_COLUMNS:
            raise self._refuse(
                f"a file of at most {MAX_COLUMNS:,} columns",
                f"line {line} goes on to column {len(row):,}",
            )

    def _ragged(self, row: list[str], line: int) -> BadValue:
        n, width = len(row), self.width
        if n < width:
            odd = (
                f"column {n + 1} is missing"
                if n + 1 == width
                else (f"columns {n + 1} to {width} are missing")
            )
        else:
            odd = f"column {width + 1} is {quoted(row[width])}"
        return self._refuse(
            "a file with the same number of cells in every row",
            f"line {line} has {n}, line {self.first_line} has {width} ({odd})",
        )

    def _too_many(self, line: int) -> BadValue:
        why = f"line {line:,}, column 1 begins one more"
        return self._refuse(f"a file of at most {MAX_ROWS:,} rows", why)

    def _check_rows(self, has_header: bool) -> None:
        n = len(self.lines)
        if n > MAX_ROWS:
            raise self._too_many(self.lines[-1])
        if n < 2:
            names = f" below the names in line {self.first_line}" if has_header else ""
            there = f"only line {self.lines[0]}" if n else "none"
            raise self._refuse(
                f"a file with at least two rows of data{names}",
                f"there is {there}, in columns 1 to {self.width}",
            )

    def _bad_quotes(self, line: int) -> BadValue:
        with open(self.path, encoding="utf-8-sig", errors="replace", newline="") as file:
            text = next(islice(file, line - 1, None), "")
        cells = next(csv.reader([text[:100_000]], _Dialect, delimiter=self.delimiter), [])
        return self._refuse(
            "a file whose quotes are closed, and doubled inside a cell",
            f"the row that begins in line {line} breaks this, from column {max(len(cells), 1)} on",
        )


def _has_header(rows: list[list[str]], decimal_comma: bool) -> bool:
    """Whether the first row looks like names.

    It does if it has texts above at least half of the columns of numbers; in a file without
    such columns, if it holds no number and none of its texts occurs again in its column.
    """
    first, rest = rows[0], rows[1:]

    def is_text(cell: str) -> bool:
        return numbers_of([cell], decimal_comma) is None

    if not rest:
        return all(map(is_text, first))
    columns = list(zip(*rest, strict=True))
    heads = [
        is_text(name)
        for name, cells in zip(first, columns, strict=True)
        if not all(map(is_missing, cells)) and numbers_of(cells, decimal_comma) is not None
    ]
    if heads:
        return 2 * sum(heads) >= len(heads)
    return not any(
        not is_text(cell) or cell in cells for cell, cells in zip(first, columns, strict=True)
    )


def _names(row: list[str], line: int) -> tuple[list[str], list[str]]:
    """A name for every column, each once, and notes on those that were changed."""
    names: list[str] = []
    notes: list[str] = []
    taken: dict[str, int] = {}
    for number, cell in enumerate(row, 1):
        name = " ".join(cell.split()) or f"column {number}"
        if not cell.strip():
            notes.append(f"Line {line}, column {number} has no name: it is called '{name}'.")
        if name in taken:
            unique, count = name, 1
            while unique in taken:
                count += 1
                unique = f"{name} ({count})"
            notes.append(
                f"Line {line} has the name '{name}' in column {taken[name]} and in column "
                f"{number}: the latter is called '{unique}'."
            )
            name = unique
        taken[name] = number
        names.append(name)
    return names, notes
