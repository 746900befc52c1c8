"""The rows of an open text: cells of every line, with as many in each as in the first one."""

import csv
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from bpviz.core.values import quoted
from bpviz.problems.tables.columns import is_missing
from bpviz.problems.tables.layout import (
    LOOKED_AT,
    Cells,
    Dialect,
    Layout,
    is_blank,
    looks_like_value,
)
from bpviz.problems.tables.model import BadTable, DataNote, Reading, Remedy
from bpviz.problems.tables.sampling import MAX_COLUMNS
from bpviz.problems.tables.source import Source


@dataclass(slots=True)
class _Lines(Iterator[str]):
    """The prepared lines of a file, counted; lines can be put back."""

    file: Iterator[str]
    layout: Layout
    count: int = 0
    _back: deque[str] = field(default_factory=deque)

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self.file)
        self.count += 1
        if self.count <= self.layout.begins:
            return "\n"
        return self.layout.prepared(line)

    def take(self, n: int) -> list[str]:
        """The next n lines; fewer at the end."""
        layout = self.layout
        if self._back or self.count < layout.begins or layout.comments or layout.delimiter == " ":
            return list(islice(self, n))
        some = list(islice(self.file, n))  # as they stand in the file
        self.count += len(some)
        return some

    def put_back(self, lines: Iterable[str]) -> None:
        """Put lines back that were just taken."""
        some = list(lines)
        self._back.extendleft(reversed(some))
        self.count -= len(some)


class RowReader:
    """Reads the rows of an open text.

    width, first_line   the number of cells in a row, and the line of the first row.
    odd                 rows at the end with a single text, and their lines.
    notes               what the reader has to say.
    """

    def __init__(
        self, source: Source, encoding: str, file: IO[str], layout: Layout, reading: Reading
    ) -> None:
        self.lines = _Lines(iter(file), layout)
        self.width = self.first_line = 0
        self.odd: list[tuple[Cells, int]] = []
        self.notes = list(layout.notes)
        self._source, self._encoding = source, encoding
        self._layout, self._reading = layout, reading

    def rows(self) -> Generator[tuple[Cells, int], None, None]:
        """The rows that are not blank, and the line where each begins."""
        reader = csv.reader(self.lines, Dialect, delimiter=self._layout.delimiter, strict=True)
        line = self.lines.count + 1
        try:
            for row in reader:
                if not is_blank(row):
                    checked = self._checked(row, line)
                    if checked is not None:
                        yield checked, line
                line = self.lines.count + 1
        except csv.Error:
            raise self._bad_quotes(line) from None

    def _checked(self, row: Cells, line: int) -> Cells | None:
        """The row with ``width`` cells; None for one that can only stand below the table."""
        if not self.width:
            row = self._check_first(row, line)
            self.width, self.first_line = len(row), line
        if self.odd and len(row) == self.width:
            raise self._ragged(*self.odd[0])
        if len(row) == self.width:
            return row
        if len(row) > self.width and not any(cell.strip() for cell in row[self.width :]):
            return row[: self.width]
        texts = [cell for cell in row if cell.strip()]
        if len(texts) == 1 and not looks_like_value(texts[0]) and not is_missing(texts[0]) \
                and self._reading.extra_rows == "leave out":  # fmt: skip
            self.odd.append((row, line))
            return None
        if len(row) < self.width and self._reading.missing != "refuse":
            return row + [""] * (self.width - len(row))
        raise self._ragged(row, line)

    def _check_first(self, row: Cells, line: int) -> Cells:
        width = self._layout.width
        if len(row) == 1 and width < 2:
            raise self.refuse(
                "a file with at least two columns, separated by commas, semicolons or tabs",
                f"line {line}, column 1 is all there is, {quoted(row[0])}",
                Remedy("separator", "auto") if self._reading.separator != "auto" else None,
            )
        if len(row) > MAX_COLUMNS:
            raise self.refuse(
                f"a file of at most {MAX_COLUMNS:,} columns",
                f"line {line} goes on to column {len(row):,}",
            )
        if len(row) == width - 1 and width > 2 and not any(map(looks_like_value, row)):
            return self._one_name_short(row, line)
        return row

    def _one_name_short(self, row: Cells, line: int) -> Cells:
        """Names above rows with one more cell: row names come first, or each row ends with a
        separator."""
        below = list(islice(self.lines, LOOKED_AT))
        self.lines.put_back(below)
        rows = [cells for cells in map(self._layout.cells, below) if len(cells) == len(row) + 1]
        if rows and not any(cells[-1].strip() for cells in rows):
            return [*row, ""]
        self.notes.append(
            DataNote(
                f"Line {line} has one name less than the rows have cells: the first column has "
                "none.",
                doubtful=True,
            )
        )
        return ["", *row]

    def refuse(self, allowed: str, why: str, *remedies: Remedy | None) -> BadTable:
        """The refusal of this file; see BadTable."""
        return BadTable(self._source.path, allowed, why, remedies=tuple(r for r in remedies if r))

    def _ragged(self, row: Cells, line: int) -> BadTable:
        n, width = len(row), self.width
        remedies: tuple[Remedy, ...] = ()
        if n < width:
            odd = (
                f"column {n + 1} is missing"
                if n + 1 == width
                else (f"columns {n + 1} to {width} are missing")
            )
            remedies = (Remedy("missing", "skip rows"),)
        else:
            odd = f"column {width + 1} is {quoted(row[width])}"
            if n == 2 * width and width > 2 and self._layout.delimiter == ",":
                odd += "; decimal commas need another separator than the comma"
        return self.refuse(
            "a file with the same number of cells in every row",
            f"line {line} has {n}, line {self.first_line} has {width} ({odd})",
            *remedies,
        )

    def _bad_quotes(self, line: int) -> BadTable:
        with self._source.text(self._encoding) as file:
            text = self._layout.prepared(next(islice(file, line - 1, None), ""))
        reader = csv.reader([text[:100_000]], Dialect, delimiter=self._layout.delimiter)
        cells = next(reader, [])
        return self.refuse(
            "a file whose quotes are closed, and doubled inside a cell",
            f"the row that begins in line {line} breaks this, from column {max(len(cells), 1)} on",
        )
