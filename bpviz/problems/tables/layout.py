"""What the first lines of a text say about a table: separator, comments, titles and names."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from bpviz.core.number_grammar import parse_whole
from bpviz.core.values import quoted
from bpviz.problems.tables.columns import is_missing
from bpviz.problems.tables.dates import days_of
from bpviz.problems.tables.model import DataNote, Reading, Remedy
from bpviz.problems.tables.numbers import Mark, looks_like_number, sure_decimals
from bpviz.problems.tables.skipped import Skipped

SEPARATORS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "blanks": " "}
"""By name, the less ambiguous first: a comma may also be a decimal comma."""

COMMENTS = ("#", "%")
LOOKED_AT = 100  # rows that decide separator and header

_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
YEARS = range(1500, 2151)
SURE_WIDTH = 6  # columns headed 0, 1, 2, ... that can hardly be a pattern

Cells = list[str]


class Dialect(csv.excel):
    """Quotes may follow a blank: "a", "b"."""

    skipinitialspace = True


@dataclass(slots=True)
class Layout:
    """How the lines of a text are divided.

    delimiter     between cells; " " stands for any blanks.
    width         cells of a row.
    comments      characters that begin a line which is left out.
    begins        number of lines before the table.
    names         the names, if they stand in a comment above the table.
    """

    delimiter: str = ","
    width: int = 0
    comments: str = ""
    begins: int = 0
    names: Cells | None = None
    decimal: Mark = "."
    notes: list[DataNote] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def prepared(self, line: str) -> str:
        """A line as the csv module is to read it: comments are blank."""
        if self.comments and line.lstrip()[:1] in self.comments and line.strip():
            return "\n"
        if self.delimiter == " ":
            return line.replace("\t", " ").strip() + "\n"
        return line

    def cells(self, line: str) -> Cells:
        """The cells of a single line."""
        return next(csv.reader([self.prepared(line)], Dialect, delimiter=self.delimiter), [])


def layout_of(head: str, reading: Reading, *, cut: bool) -> Layout:
    """The layout of a text that begins with ``head``; ``cut``: its last line is not whole."""
    lines = list(io.StringIO(head, newline=""))  # splitlines() has more line ends than a file
    if cut and len(lines) > 1:
        lines.pop()
    found = Layout(delimiter=SEPARATORS.get(reading.separator, ""))
    if lines and (match := _SEP_LINE.fullmatch(lines[0])):
        found.delimiter = found.delimiter or match[1]
        found.begins, lines[0] = 1, "\n"
    _find_comments(found, lines, reading)
    kept = [found.prepared(line) if found.comments else line for line in lines]
    found.delimiter = found.delimiter or separator_of(kept)
    rows = rows_of(kept, found)
    counts = Counter(len(row) for row, _ in rows)
    found.width = max(counts, key=lambda n: (counts[n], n), default=0)
    _find_names_in_comment(found, lines, rows)
    if reading.extra_rows == "leave out":
        _find_titles(found, rows)
    _find_decimal(found, [row for row, line in rows if line > found.begins], reading)
    return found


def rows_of(lines: Sequence[str], layout: Layout) -> list[tuple[Cells, int]]:
    """The first rows that are not blank, and the line where each begins."""
    reader = csv.reader(map(layout.prepared, lines), Dialect, delimiter=layout.delimiter)
    rows: list[tuple[Cells, int]] = []
    line = 1
    try:
        for row in reader:
            if not is_blank(row):
                rows.append((row, line))
            line = reader.line_num + 1
            if len(rows) > LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows


def is_blank(row: Cells) -> bool:
    """Whether a row has nothing in it."""
    return not any(row) or not any(cell.strip() for cell in row)


def separator_of(lines: Sequence[str]) -> str:
    """The separator that gives most of the first rows the same number of cells."""
    shares = {mark: _share(lines, mark) for mark in SEPARATORS.values()}
    blanks = shares.pop(" ")
    found = max(shares, key=lambda mark: shares[mark])
    if blanks >= 0.75 and _blanks_are_better(lines, found, shares[found]):
        return " "
    return found if shares[found] > 0.0 else ","


def _share(lines: Sequence[str], delimiter: str) -> float:
    rows = [row for row, _ in rows_of(lines, Layout(delimiter=delimiter))][:LOOKED_AT]
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count, default=1)
    return widths.count(usual) / len(widths) if usual > 1 else 0.0


def _blanks_are_better(lines: Sequence[str], other: str, share: float) -> bool:
    """Whether blanks divide rows into numbers, and the best other separator does not."""
    if _numeric_share(lines, " ") < 0.3:
        return False
    return share < 0.5 or (other == "," and _numeric_share(lines, ",") < _numeric_share(lines, " "))


def _numeric_share(lines: Sequence[str], delimiter: str) -> float:
    rows = [row for row, _ in rows_of(lines, Layout(delimiter=delimiter))]
    cells = [cell for row in rows[1:] or rows for cell in row if cell]
    return sum(map(looks_like_number, cells)) / len(cells) if cells else 0.0


def _find_comments(found: Layout, lines: list[str], reading: Reading) -> None:
    """Which characters begin comments: one that begins the text, or lines unlike the others."""
    if reading.comments != "auto":
        found.comments = "" if reading.comments == "none" else reading.comments
        return
    first = next((line.lstrip() for line in lines if line.strip()), "")
    found.comments = first[:1] if first.startswith(COMMENTS) else ""
    if found.comments:
        return
    delimiter = found.delimiter or separator_of(lines)
    layout = Layout(delimiter=delimiter)
    usual = Counter(len(row) for row, _ in rows_of(lines, layout)).most_common(1)
    for line in lines:
        mark = line.lstrip()[:1]
        if mark in COMMENTS and usual and len(layout.cells(line)) != usual[0][0]:
            found.comments += mark if mark not in found.comments else ""


def _find_names_in_comment(found: Layout, lines: list[str], rows: list[tuple[Cells, int]]) -> None:
    """Names that stand in the comment above the table: '# x y z' over rows of three cells."""
    if not found.comments or not rows:
        return
    above = lines[: rows[0][1] - 1]
    n = sum(1 for line in above if line.strip() and line.lstrip()[0] in found.comments)
    comments = [line for line in above if line.strip() and line.lstrip()[0] in found.comments]
    if n:
        first = next(at for at, line in enumerate(lines, 1) if line is comments[0])
        found.skipped.append(Skipped(first, n, "comments"))
    if not comments:
        return
    own = Layout(delimiter=found.delimiter)
    body = comments[-1].strip().lstrip("#%")
    if found.delimiter != " ":
        body = body.rstrip(found.delimiter) or body
    cells = [cell.strip() for cell in own.cells(body)]
    if found.delimiter == " " and len(cells) == 1 and "," in body:
        cells = [cell.strip() for cell in body.split(",")]
    values = not any(looks_like_number(cell) for cell in rows[0][0])
    if len(cells) != found.width or found.width < 2 or any(map(looks_like_number, cells)) or values:
        return
    found.names = cells
    found.notes.append(
        DataNote("The names of the columns stand in a comment above the table.",
                 (Remedy("header", "no", "No names"),))
    )  # fmt: skip


def _find_titles(found: Layout, rows: list[tuple[Cells, int]]) -> None:
    """Leave out what stands above the table: rows with a single text, or with fewer cells."""
    width = found.width
    titles = 0
    for (row, _), (below, _) in pairwise(rows):
        texts = [cell for cell in row if cell.strip()]
        alone = len(texts) == 1 and not looks_like_number(texts[0])
        short = len(row) < width and len(row) == 1
        if width < 2 or not alone or not (short or width > 2) or len(below) > width:
            break
        titles += 1
    if not titles or titles == len(rows) - 1:
        return
    line = rows[0][1]
    found.begins = rows[titles][1] - 1
    found.skipped.append(Skipped(line, titles, "titles above the table"))
    found.notes.append(
        DataNote(
            f"Left out above the table: {quoted(rows[0][0][0].strip())} in line {line}"
            + (f" and {titles - 1} more." if titles > 1 else "."),
            (Remedy("extra_rows", "keep", "Keep them"),) if len(rows[0][0]) == width else (),
        )
    )


def _find_decimal(found: Layout, rows: list[Cells], reading: Reading) -> None:
    """The decimal mark of the first rows; a comma that separates cells is none."""
    if reading.decimal != "auto":
        found.decimal = "," if reading.decimal == "comma" else "."
        return
    if found.delimiter == ",":
        return
    cells = [cell.strip() for row in rows for cell in row]
    commas = sum(1 for cell in cells if "," in cell and sure_decimals([cell]).get(","))
    points = sum(1 for cell in cells if "." in cell and sure_decimals([cell]).get("."))
    found.decimal = "," if commas > points else "."


# -- names ---------------------------------------------------------------------------------


def has_header(rows: Sequence[Cells]) -> tuple[bool, bool]:
    """Whether the first row looks like names, and whether it does although they are numbers.

    It does if it has texts above at least half of the columns of numbers and dates; in a file
    without such columns, if it holds no number and none of its texts occurs again in its column.
    Numbers are names if they count the columns or are years above other numbers.
    """
    first, rest = rows[0], list(rows[1:])
    if not rest:
        return not any(map(looks_like_value, first)), False
    columns = list(zip(*rest, strict=True))
    if _numbers_as_names(first, rest):
        return True, True
    heads = [
        not looks_like_value(name)
        for name, cells in zip(first, columns, strict=True)
        if (there := [cell for cell in cells if not is_missing(cell)]) and _mostly_values(there)
    ]
    if heads:
        return 2 * sum(heads) >= len(heads), False
    return not any(
        looks_like_value(cell) or cell in cells for cell, cells in zip(first, columns, strict=True)
    ), False


def _mostly_values(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers or dates, though a units row or a typing error may not."""
    some = list(islice(cells, 30))
    return sum(map(looks_like_value, some)) >= max(len(some) - 1, 1) and (
        looks_like_value(some[0]) or len(some) > 3
    )


def looks_like_value(cell: str) -> bool:
    """Whether a cell is a number in some notation, infinity, or a date."""
    cell = cell.strip()
    if looks_like_number(cell) or cell.lower().strip("+-") in ("inf", "infinity"):
        return True
    return len(cell) > 4 and cell[0].isdigit() and days_of([cell]) is not None


def _numbers_as_names(first: Cells, rest: Sequence[Cells]) -> bool:
    """Whether numbers in the first row are names: 0, 1, 2, ... or years."""
    numbers = _counting(first)
    if numbers is None:
        return False
    at = [n for n, cell in enumerate(first) if parse_whole(cell) is not None]
    below = [cell for row in rest for cell in (row[n] for n in at) if not is_missing(cell)]
    if not below:
        return False
    if numbers[0] in YEARS and numbers[-1] in YEARS:
        return not any((value := parse_whole(cell)) is not None and value in YEARS
                       for cell in below)  # fmt: skip
    if numbers[0] not in (0, 1) or len(numbers) < 3 or any(map(_counting, rest)):
        return False
    fractions = any(parse_whole(cell) is None for cell in below)
    return len(numbers) >= SURE_WIDTH or fractions


def _counting(row: Cells) -> list[int] | None:
    """The whole numbers of a row that count up by one; None if they do not or are too few."""
    cells = [cell.strip() for cell in row]
    numbers = [value for cell in cells if (value := parse_whole(cell)) is not None]
    others = [cell for cell in cells if parse_whole(cell) is None]
    if len(numbers) < 2 or any(map(looks_like_number, others)):
        return None
    first_is_other = len(others) <= max(2, len(cells) // 3)
    consecutive = all(b - a == 1 for a, b in pairwise(numbers))
    return numbers if consecutive and first_is_other else None


def is_units_row(rows: Sequence[Cells]) -> bool:
    """Whether the first row below the names holds units: texts above columns of numbers."""
    if len(rows) < 3:
        return False
    first, columns = rows[0], zip(*rows[1:], strict=True)
    heads = [
        bool(cell.strip()) and not is_missing(cell) and not looks_like_value(cell)
        for cell, cells in zip(first, columns, strict=True)
        if (there := [c for c in cells if not is_missing(c)]) and all(map(looks_like_number, there))
    ]
    return bool(heads) and 2 * sum(heads) > len(heads)


def named(row: Cells, line: int) -> tuple[list[str], list[DataNote]]:
    """A name for every column, each once, and notes on those that were changed."""
    names: list[str] = []
    notes: list[DataNote] = []
    taken: dict[str, int] = {}
    for number, cell in enumerate(row, 1):
        name = " ".join(cell.split()) or f"column {number}"
        if not cell.strip():
            said = f"Line {line}, column {number} has no name: it is called '{name}'."
            notes.append(DataNote(said))
        if name in taken:
            unique, count = name, 1
            while unique in taken:
                count += 1
                unique = f"{name} ({count})"
            notes.append(DataNote(
                f"Line {line} has the name '{name}' in column {taken[name]} and in column "
                f"{number}: the latter is called '{unique}'."
            ))  # fmt: skip
            name = unique
        taken[name] = number
        names.append(name)
    return names, notes
