"""Blocks of cells between the pattern table and a spreadsheet: all of a block, or none of it."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from bpviz.core.pattern_change import PatternChange, inserted, joined, replaced
from bpviz.core.patterns import PatternSet
from bpviz.core.values import BadValue
from bpviz.ui.panels.numbers import parse_number
from bpviz.ui.panels.patterns.columns import Column, cell_text, columns_of, read_cell

SEPARATORS = "\t;,"
"""What may stand between cells; the first that occurs in the text is taken."""

MOST_ROWS = 100_000
"""So many patterns a problem has at most, however they are put in."""

Block = list[list[str]]


def read_block(text: str) -> Block:
    """The cells of a text as a spreadsheet puts it on the clipboard; empty lines are left out."""
    lines = text.strip("\r\n")
    separator = next((s for s in SEPARATORS if s in lines), "\t")
    rows = csv.reader(io.StringIO(lines), delimiter=separator, skipinitialspace=True)
    return [row for row in rows if any(cell.strip() for cell in row)]


def write_block(rows: Sequence[Sequence[str]]) -> str:
    """A block as spreadsheets read it: tabs between cells, a line for each row."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue()


def given_columns(patterns: PatternSet) -> list[Column]:
    """The columns that can be edited, in the order in which they stand in the table."""
    return [column for column in columns_of(patterns) if column.is_given]


def copied(patterns: PatternSet, rows: Sequence[int]) -> str:
    """These patterns with their headings, as a block that can be pasted again."""
    columns = given_columns(patterns)
    heading = [column.heading for column in columns]
    return write_block(
        [heading, *([cell_text(patterns, row, column) for column in columns] for row in rows)]
    )


def pasted(patterns: PatternSet, block: Block, top: int, first: Column) -> PatternChange:
    """The change that a block makes, its first cell at row ``top`` and column ``first``.

    A first line of headings says which columns the block has; columns that are computed are
    passed over. Without it the block covers the editable columns from ``first`` on. Rows beyond
    the last pattern are added, for which every editable column is needed.

    Raises BadValue, whose sentence names row, column, value and what is allowed.
    """
    if not block:
        raise BadValue("the clipboard", "empty", "rows of numbers, as copied from a spreadsheet")
    columns, block = _columns_of_block(patterns, block, first)
    if not block:
        raise BadValue("the clipboard", "a line of headings", "rows of numbers below them")
    n = len(patterns.train)
    last = top + len(block)
    if last > MOST_ROWS:
        raise BadValue("the number of patterns", last, f"at most {MOST_ROWS:,}")
    missing = [c for c in given_columns(patterns) if c not in columns]
    if last > n and missing:
        raise BadValue(
            f"row {n + 1:,}, column {missing[0].heading}",
            "missing",
            f"a block with all {len(given_columns(patterns))} columns where patterns are added, "
            f"or one of at most {n - top} rows from here",
        )
    inputs = np.zeros((len(block), patterns.n_inputs))
    targets = np.zeros((len(block), patterns.n_outputs))
    old = min(last, n) - top
    inputs[:old] = patterns.train.inputs[top : top + old]
    targets[:old] = patterns.train.targets[top : top + old]
    for line, cells in enumerate(block):
        _read_line(patterns, columns, cells, top + line, (inputs[line], targets[line]))
    at = np.arange(top, top + old)
    change = replaced(patterns.train, at, inputs[:old], targets[:old])
    added = inserted(patterns.train, n, inputs[old:], targets[old:])
    return joined(change, added) if last > n else change


def _read_line(
    patterns: PatternSet,
    columns: Sequence[Column | None],
    cells: Sequence[str],
    row: int,
    pattern: tuple[np.ndarray, np.ndarray],
) -> None:
    if len(cells) != len(columns):
        raise BadValue(f"row {row + 1:,}", f"{len(cells)} cells", f"{len(columns)} in every row")
    for column, text in zip(columns, cells, strict=True):
        if column is not None:
            read_cell(patterns, column, text, row, *pattern)


def _columns_of_block(
    patterns: PatternSet, block: Block, first: Column
) -> tuple[list[Column | None], Block]:
    """For each column of the block that of the table, None to pass it over; and the cells."""
    # An input may have the name of a computed column: what can be pasted goes first.
    table = sorted(columns_of(patterns), key=lambda column: column.is_given)
    every = {column.heading: column for column in table}
    names = [cell.strip() for cell in block[0]]
    if all(name in every for name in names) and not _is_first_row(patterns, block[0], first):
        found = [every[name] if every[name].is_given else None for name in names]
        return found, block[1:]
    given = given_columns(patterns)
    start = given.index(first) if first in given else 0
    width = len(block[0])
    if width > len(given) - start:
        raise BadValue(
            "the width of the block",
            f"{width} columns",
            f"at most {len(given) - start} from column {given[start].heading} on",
        )
    return list(given[start : start + width]), block


def _is_first_row(patterns: PatternSet, cells: Sequence[str], first: Column) -> bool:
    """Whether a line whose cells are all headings could as well be a pattern."""
    if all(parse_number(cell) is not None for cell in cells):
        return True
    return first.kind == "class" and len(cells) == 1 and cells[0].strip() in patterns.class_names
