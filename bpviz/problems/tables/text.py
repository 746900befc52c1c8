"""Reads a text with a row in every line into columns, and says what is wrong with it.

Blocks of lines that hold plain numbers only are read by NumPy, all others cell by cell. Every
refusal names the line (as an editor counts, from 1) and the column (its number, from 1).
"""

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from typing import IO

import numpy as np

from bpviz.core.interruption import note_progress
from bpviz.core.values import quoted
from bpviz.problems.tables.columns import ColumnBuilder
from bpviz.problems.tables.layout import (
    LOOKED_AT,
    Cells,
    Dialect,
    Layout,
    has_header,
    is_units_row,
    layout_of,
    looks_like_value,
    named,
)
from bpviz.problems.tables.model import (
    BadTable,
    DataNote,
    RawTable,
    Reading,
    Remedy,
)
from bpviz.problems.tables.number_blocks import is_plain, read_numbers
from bpviz.problems.tables.numbers import looks_like_number
from bpviz.problems.tables.others import refuse_binary
from bpviz.problems.tables.sampling import Sampler, rows_at_most, sample_note
from bpviz.problems.tables.skipped import MOST_LINES, Skipped
from bpviz.problems.tables.source import HEAD_BYTES, Source, encoding_name, encoding_of, share_read
from bpviz.problems.tables.text_rows import RowReader

TAIL = 5  # rows at the end that may be no data
FOOTERS = frozenset(
    ("mean", "average", "avg", "total", "totals", "sum", "grand total", "std", "sd", "stdev",
     "std dev", "standard deviation", "median", "min", "max", "minimum", "maximum", "count",
     "variance", "mittelwert", "durchschnitt", "summe", "gesamt", "moyenne", "somme", "media",
     "promedio", "suma", "totale", "gemiddelde", "n")
)  # fmt: skip
"""First words of rows that sum up the table above them."""

_CELLS_OF_A_BLOCK = 400_000
LINES_OF_A_BLOCK = 4096  # between two notes of progress


def read_text(source: Source, reading: Reading) -> RawTable:
    """The table of a text. Raises BadTable, and Cancelled; see note_progress."""
    encoding, notes = encoding_of(source, reading.encoding)
    try:
        with source.text(encoding) as file:
            head = file.read(HEAD_BYTES)
            refuse_binary(source, head)
        with source.text(encoding) as file:
            layout = layout_of(head, reading, cut=len(head) == HEAD_BYTES)
            layout.notes = [*notes, *layout.notes]
            total = _count_lines(source, reading, layout)
            reader = TextReader(source, encoding, file, layout, reading, total)
            table = reader.read()
    except UnicodeDecodeError as error:
        why = f"it has the byte 0x{error.object[error.start]:02X}, which no such text has there"
        remedy = Remedy("encoding", "auto")
        raise BadTable(
            source.path, f"text in the encoding {encoding_name(encoding)}", why, remedies=(remedy,)
        ) from None
    return table


def _count_lines(source: Source, reading: Reading, layout: Layout) -> int:
    """How many lines there are, as far as it matters for a sample: 0 if it does not."""
    limit = rows_at_most(reading, layout.width)
    if reading.sample == "first":
        return 0
    lines = 0
    with source.open() as file:
        while data := file.read(1 << 20):
            lines += data.count(b"\n") or data.count(b"\r")
            note_progress(0.0)
    lines -= layout.begins + 1  # names, or nothing behind the last line end
    return lines if lines > limit else 0


class TextReader:
    """Reads one open text."""

    def __init__(
        self,
        source: Source,
        encoding: str,
        file: IO[str],
        layout: Layout,
        reading: Reading,
        total: int,
    ) -> None:
        self.source, self.encoding, self.path = source, encoding, source.path
        self.layout, self.reading = layout, reading
        self.rows = RowReader(source, encoding, file, layout, reading)
        self.share = partial(share_read, file)
        self.notes = self.rows.notes
        self.skipped = list(layout.skipped)
        self._starts: list[np.ndarray] = []  # lines where rows begin
        self._tail: deque[tuple[Cells, int]] = deque()
        self._names: Cells = []
        self._total = total

    def read(self) -> RawTable:
        """The whole table. Raises BadTable, UnicodeDecodeError, Cancelled."""
        with closing(self.rows.rows()) as rows:
            first = list(islice(rows, LOOKED_AT + 1))
            if not first:
                why = "line 1, column 1 is empty and so is the rest"
                raise self.rows.refuse("a file with rows of cells", why)
            names = self._take_names(first)
            self._make_builders(names)
            for row, line in first:
                self._take(row, line)
            self._read_all(rows)
        self._finish_tail()
        return self._table()

    # -- names -----------------------------------------------------------------------------

    def _take_names(self, first: list[tuple[Cells, int]]) -> list[str]:
        """The names, taken with a row of units from the first rows."""
        rows = [row for row, _ in first]
        wanted = self.reading.header
        line = first[0][1]
        numbers = False
        if self.layout.names is not None and wanted != "no":
            self._header, cells = True, self.layout.names
        else:
            guess, numbers = has_header(rows) if wanted == "auto" else (wanted == "yes", False)
            self._header = guess
            cells = rows[0] if guess else [""] * self.rows.width
        if self._header and self.layout.names is None:
            self._names = first.pop(0)[0]
        if numbers:
            self.notes.append(
                DataNote(
                    f"The numbers in line {line} are read as the names of the columns.",
                    (Remedy("header", "no", "They are data"),), doubtful=True,
                )
            )  # fmt: skip
        names, notes = named(cells, line)
        self.notes += notes if self._header else []
        if self._header and self.reading.extra_rows == "leave out":
            self._leave_out_units(first)
        return names

    def _leave_out_units(self, first: list[tuple[Cells, int]]) -> None:
        if not is_units_row([row for row, _ in first]):
            return
        row, line = first.pop(0)
        self.skipped.append(Skipped(line, 1, "units"))
        units = ", ".join(cell.strip() for cell in row if cell.strip())
        self.notes.append(
            DataNote(
                f"Left out: line {line} holds units, not data ({units[:40]}).",
                (Remedy("extra_rows", "keep", "Keep it"),),
            )
        )

    def _make_builders(self, names: list[str]) -> None:
        layout = self.layout
        check = layout.delimiter != "," or layout.decimal != "."
        self.builders = [
            ColumnBuilder(number, name, layout.decimal, check)
            for number, name in enumerate(names, 1)
        ]
        limit = rows_at_most(self.reading, self.rows.width)
        self.sampler = Sampler(limit, self._total, self.reading.sample == "even")

    # -- rows ------------------------------------------------------------------------------

    def _take(self, row: Cells, line: int) -> None:
        """Take one row: it waits until it is sure that it does not stand below the table."""
        if row == self._names and not all(map(looks_like_number, row)):
            self._repeated(line)
            return
        self._tail.append((row, line))
        if len(self._tail) >= 4096 + TAIL:
            self._flush(len(self._tail) - TAIL)

    def _repeated(self, line: int) -> None:
        for at, skipped in enumerate(self.skipped):
            if skipped.why == "names again":
                lines = (*skipped.lines, line)[:MOST_LINES]
                self.skipped[at] = Skipped(skipped.line, skipped.rows + 1, skipped.why, lines)
                return
        self.skipped.append(Skipped(line, 1, "names again", (line,)))
        self.notes.append(DataNote(f"Left out: line {line} repeats the names of the columns."))

    def _flush(self, n: int) -> None:
        """Give the first n waiting rows to the columns."""
        some = [self._tail.popleft() for _ in range(n)]
        some = [pair for pair in some if self.sampler.keep()]
        if some:
            rows, lines = zip(*some, strict=True)
            for builder, cells in zip(self.builders, zip(*rows, strict=True), strict=True):
                note_progress(self.share())
                builder.add(cells)
            self._starts.append(np.array(lines))

    def _read_all(self, rows: Iterator[tuple[Cells, int]]) -> None:
        size = max(64, min(LINES_OF_A_BLOCK, _CELLS_OF_A_BLOCK // self.rows.width))
        while not self.sampler.full:
            note_progress(self.share())
            if self._read_numbers(size):
                continue
            some = list(islice(rows, size))
            if not some:
                return
            for row, line in some:
                self._take(row, line)

    # -- blocks of plain numbers -----------------------------------------------------------

    def _read_numbers(self, size: int) -> bool:
        """Read the next lines as plain numbers with NumPy; False, with nothing read, if some
        cell is none, or nothing is left."""
        begin = self.rows.lines.count + 1
        block = self.rows.lines.take(size)
        if (
            block
            and not self.rows.odd
            and not any(map(str.isspace, block))
            and is_plain(block, self.layout, all(b.sure for b in self.builders))
        ):
            waiting = len(self._tail)
            numbers = self._numbers(block, waiting, begin)
            if numbers:
                return True
        self.rows.lines.put_back(block)
        return False

    def _numbers(self, block: list[str], waiting: int, begin: int) -> bool:
        layout = self.layout
        delimiter = None if layout.delimiter == " " else layout.delimiter
        lines = block
        if layout.decimal == ",":
            lines = [line.replace(",", ".") for line in block]
        kept = np.ones(len(block), dtype=bool)
        before = (self.sampler.seen, self.sampler.kept)
        if (
            self.sampler.even and self.sampler.total > self.sampler.limit
        ) or self.sampler.kept + len(block) + waiting > self.sampler.limit:
            self._flush(waiting)
            waiting = 0
            before = (self.sampler.seen, self.sampler.kept)
            kept = np.array([self.sampler.keep() for _ in block])
            lines = [line for line, keep in zip(lines, kept, strict=True) if keep]
        table = read_numbers(lines, delimiter, self.rows.width)
        if table is None:
            self.sampler.seen, self.sampler.kept = before
            return False
        if waiting:
            self._flush(waiting)
        if kept.all():
            self.sampler.seen = before[0] + len(block) + waiting
            self.sampler.kept = before[1] + len(block) + waiting
        columns = np.ascontiguousarray(table.T)  # all at once: many short copies take longer
        for builder, numbers in zip(self.builders, columns, strict=True):
            builder.add_numbers(numbers)
        self._starts.append(begin + np.flatnonzero(kept))
        return True

    # -- the end ---------------------------------------------------------------------------

    def _finish_tail(self) -> None:
        """Leave out what stands below the table, and take the rows before it."""
        if len(self._tail) > TAIL:
            self._flush(len(self._tail) - TAIL)
        below = list(self.rows.odd)
        if self.reading.extra_rows == "leave out":
            while len(self._tail) and self._is_footer(*self._tail[-1]):
                below.insert(0, self._tail.pop())
        self._flush(len(self._tail))
        if below:
            row, line = below[0]
            self.skipped.append(Skipped(line, len(below), "below the table"))
            text = next(cell.strip() for cell in row if cell.strip())
            self.notes.append(
                DataNote(
                    f"Left out below the table: {quoted(text)} in line {line}"
                    + (f" and {len(below) - 1} more." if len(below) > 1 else "."),
                    (Remedy("extra_rows", "keep", "Keep it"),),
                )
            )

    def _is_footer(self, row: Cells, line: int) -> bool:
        """Whether a row at the end sums up or comments the table."""
        texts = [(at, cell.strip()) for at, cell in enumerate(row) if cell.strip()]
        at, text = texts[0]
        if looks_like_value(text):
            return False
        if len(texts) == 1 and (self.rows.width > 2 or self.builders[at].is_numeric):
            return not self._known(at, text)
        if text.lower().strip(" :.") not in FOOTERS:
            return False
        return not self._known(at, text)

    def _known(self, at: int, text: str) -> bool:
        """Whether a text stands in other rows of its column, too."""
        others = (row[at].strip() for row, _ in list(self._tail)[:-1])
        return self.builders[at].has_text(text) or text in others

    def _table(self) -> RawTable:
        lines = np.concatenate(self._starts) if self._starts else np.empty(0, dtype=np.int64)
        self._check_rows(lines)
        seen, kept = self.sampler.seen, len(lines)
        more = self.sampler.full and any(map(str.strip, islice(self.rows.lines, 10)))
        sampled = seen > kept or more
        if sampled:
            even = self.sampler.even and seen > kept
            self.notes.append(sample_note(kept, seen if even else None, even=even))
        columns = tuple(builder.column() for builder in self.builders)
        written = partial(written_cell, self.source, self.encoding, self.layout)
        return RawTable(
            self.path, columns, lines, self._header, self.layout.delimiter, self.layout.decimal,
            encoding_name(self.encoding), tuple(self.notes), tuple(self.skipped), sampled=sampled,
            written=written,
        )  # fmt: skip

    def _check_rows(self, lines: np.ndarray) -> None:
        n = len(lines)
        if n < 1:
            names = f" below the names in line {self.rows.first_line}" if self._header else ""
            raise self.rows.refuse(
                f"a file with at least one row of data{names}",
                f"there is none, in columns 1 to {self.rows.width}",
            )


def written_cell(source: Source, encoding: str, layout: Layout, line: int, number: int) -> str:
    """A cell as it is written in the file, "" if the file has changed meanwhile."""
    try:
        with source.text(encoding) as file:
            lines = map(layout.prepared, islice(file, line - 1, None))
            cells = next(csv.reader(lines, Dialect, delimiter=layout.delimiter))
            return cells[number - 1].strip()
    except (OSError, ValueError, csv.Error, StopIteration, IndexError):
        return ""
