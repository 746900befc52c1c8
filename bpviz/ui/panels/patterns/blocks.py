"""Blocks of cells, copied and pasted between the pattern table and a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import numpy as np

from bpviz.core.model.pattern_change import PatternChange, inserted, joined, replaced
from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.number_grammar import (
    has_comma,
    has_sure_comma,
    parse_many,
    parse_point,
    write_number,
)
from bpviz.core.values import BadValue, Unquoted
from bpviz.ui.panels.patterns.columns import LARGEST, PatternColumn, columns_of, read_cell
from bpviz.ui.toolkit.time_sliced import SlicedWork, at_once

SEPARATORS = "\t;,"
"""Separators of cells; the first that occurs in the text is used."""

MOST_ROWS = 100_000
"""The largest number of patterns of a problem that is edited."""

SOME = 64
"""Lines that are read or written before other work may run."""


def _separator(lines: str) -> str:
    return next((s for s in SEPARATORS if s in lines), "\t")


def _cells(lines: str, separator: str) -> Iterator[list[str]]:
    """The cells of each line."""
    return csv.reader(io.StringIO(lines), delimiter=separator, skipinitialspace=True)


OnProgress = Callable[[int, int], None]
"""on_progress(done, total): called as lines are read or written."""


def _ignore(done: int, of: int) -> None:
    """Ignore the progress."""


def given_columns(patterns: PatternSet) -> list[PatternColumn]:
    """The columns that can be edited, in the order of the table."""
    return [column for column in columns_of(patterns) if column.is_given]


def copying(
    patterns: PatternSet, rows: Sequence[int], progress: OnProgress = _ignore
) -> SlicedWork:
    """Work that returns these patterns as a block with headings, which can be pasted again."""
    columns, out, train = given_columns(patterns), io.StringIO(), patterns.train
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow([column.heading for column in columns])
    for begin in range(0, len(rows), SOME):
        some = np.asarray(rows[begin : begin + SOME])
        values = {
            "input": train.inputs[some].T.tolist(),
            "target": train.targets[some].T.tolist(),
            "class": [[patterns.class_names[c] for c in class_of(train.targets[some]).tolist()]]
            if patterns.kind == "classes"
            else [],
        }
        parts = [values[column.kind][column.index] for column in columns]
        cells = [p if isinstance(p[0], str) else list(map(write_number, p)) for p in parts]
        writer.writerows(zip(*cells, strict=True))
        progress(begin, len(rows))
        yield None
    return out.getvalue()


def copied(patterns: PatternSet, rows: Sequence[int]) -> str:
    """The block that ``copying`` returns, made at once."""
    return str(at_once(copying(patterns, rows)))


def pasting(
    patterns: PatternSet,
    text: str,
    top: int,
    first: PatternColumn,
    progress: OnProgress = _ignore,
) -> SlicedWork:
    """Work that returns the change of pasting a text at row ``top`` and column ``first``.

    The whole block is read before anything is changed. A first line of headings determines the
    columns of the block; computed columns are skipped. Without headings the block covers the
    editable columns from ``first`` on. Rows beyond the last pattern are added; they need every
    editable column.

    Raises BadValue, whose sentence names row, column, value and what is allowed.
    """
    lines = text.strip("\r\n")
    separator, commas = _manner(patterns, lines, first)
    most = lines.count("\n") + 1
    rows = (row for row in _cells(lines, separator) if any(cell.strip() for cell in row))
    head = next(rows, None)
    if head is None:
        raise BadValue(
            "the clipboard", Unquoted("empty"), "rows of numbers, as copied from a spreadsheet"
        )
    columns, is_heading = _columns_of_block(patterns, head, first)
    into = _Rows(patterns, columns, top, most, commas)
    for line, cells in enumerate(rows if is_heading else chain([head], rows)):
        into.read(line, cells)
        if line % SOME == 0:
            progress(line, most)
            yield None
    if not into.n:
        found = Unquoted("headings alone")
        raise BadValue("the clipboard", found, "headings with rows of numbers below them")
    return into.change()


def pasted(patterns: PatternSet, text: str, top: int, first: PatternColumn) -> PatternChange:
    """The change that ``pasting`` returns, made at once."""
    change: PatternChange = at_once(pasting(patterns, text, top, first))
    return change


class _Rows:
    """The patterns of a block, read line by line."""

    def __init__(
        self,
        patterns: PatternSet,
        columns: Sequence[PatternColumn | None],
        top: int,
        most: int,
        commas: bool,
    ) -> None:
        self._patterns, self._columns, self._top = patterns, columns, top
        self._commas = commas
        self.n = 0
        self._old = len(patterns.train)
        self._inputs = np.zeros((most, patterns.n_inputs))
        self._targets = np.zeros((most, patterns.n_outputs))
        self._numbers = [
            (at, column)
            for at, column in enumerate(columns)
            if column is not None and column.kind in ("input", "target")
        ]
        self._others = [
            (at, column)
            for at, column in enumerate(columns)
            if column is not None and column.kind == "class"
        ]
        inputs = [n for n, (_, column) in enumerate(self._numbers) if column.kind == "input"]
        targets = [n for n, (_, column) in enumerate(self._numbers) if column.kind == "target"]
        self._from = inputs, targets
        self._to = tuple([self._numbers[n][1].index for n in part] for part in self._from)

    def read(self, line: int, cells: list[str]) -> None:
        """Read a line. Raises BadValue."""
        row = self._top + line
        if len(cells) != len(self._columns):
            width = f"{_cells_of(len(self._columns))} wide, as the first one"
            raise BadValue(f"row {row + 1:,}", Unquoted(_cells_of(len(cells))), width)
        self._check_room(row)
        inputs, targets = self._inputs[line], self._targets[line]
        if row < self._old:
            inputs[:] = self._patterns.train.inputs[row]
            targets[:] = self._patterns.train.targets[row]
        texts = [cells[at] for at, _ in self._numbers]
        if self._commas:
            texts = [text.replace(",", ".", 1) for text in texts]
        numbers = parse_many(texts)
        if numbers is not None and max(map(abs, numbers), default=0.0) <= LARGEST:
            for values, some, columns in zip((inputs, targets), self._from, self._to, strict=True):
                if columns:
                    values[columns] = [numbers[n] for n in some]
        else:  # one has another notation, or is no number
            for text, (_, column) in zip(texts, self._numbers, strict=True):
                read_cell(self._patterns, column, text, row, inputs, targets)
        for at, column in self._others:
            read_cell(self._patterns, column, cells[at], row, inputs, targets)
        self.n = line + 1

    def _check_room(self, row: int) -> None:
        """Raise BadValue if a pattern cannot be in this row."""
        if row < self._old:
            return
        given = given_columns(self._patterns)
        if missing := [c for c in given if c not in self._columns]:
            raise BadValue(
                f"row {self._old + 1:,}, column {missing[0].heading}",
                Unquoted("missing"),
                "given where patterns are added",
                f"paste all {len(given)} columns, or no row below row {self._old:,}",
            )
        if row >= MOST_ROWS:
            raise BadValue("the number of patterns", row + 1, f"at most {MOST_ROWS:,}")

    def change(self) -> PatternChange:
        """The lines read so far, as one change."""
        train, top = self._patterns.train, self._top
        inputs, targets = self._inputs[: self.n], self._targets[: self.n]
        old = min(top + self.n, self._old) - top
        change = replaced(train, np.arange(top, top + old), inputs[:old], targets[:old])
        if old == self.n:
            return change
        return joined(change, inserted(train, self._old, inputs[old:], targets[old:]))


def _manner(patterns: PatternSet, lines: str, first: PatternColumn) -> tuple[str, bool]:
    """The separator of the cells of a text, and whether commas are decimal commas."""
    separator = _separator(lines)
    if separator != ",":
        return separator, "," in lines and has_sure_comma(lines)
    sample = [line for line in lines.split("\n", 200)[:200] if line.strip()]
    given = given_columns(patterns)
    single = first in given and given.index(first) == len(given) - 1
    if sample[0].strip() in [column.heading for column in columns_of(patterns)]:
        sample, single = sample[1:], True
    if not sample or not all(map(has_comma, sample)):
        return separator, False
    if single:
        return "\t", has_sure_comma(lines)  # one number in each line
    raise BadValue(
        "the clipboard",
        sample[0].strip(),
        "cells with tabs or semicolons between them, or numbers with a decimal point",
        "it could be one number or two cells",
    )


def _cells_of(n: int) -> str:
    return f"{n:,} cell" + ("" if n == 1 else "s")


def _columns_of_block(
    patterns: PatternSet, head: list[str], first: PatternColumn
) -> tuple[list[PatternColumn | None], bool]:
    """The table's column for each column of the block, None to skip it.

    Also whether the first line of the block contains headings.
    """
    # An input may have the name of a computed column: editable columns take precedence.
    table = sorted(columns_of(patterns), key=lambda column: column.is_given)
    every = {column.heading: column for column in table}
    names = [cell.strip() for cell in head]
    if all(name in every for name in names) and not _is_first_row(patterns, head, first):
        return [every[name] if every[name].is_given else None for name in names], True
    given = given_columns(patterns)
    start = given.index(first) if first in given else 0
    width = len(head)
    if width > len(given) - start:
        raise BadValue(
            "the width of the block",
            Unquoted(f"{width} columns"),
            f"at most {len(given) - start} from column {given[start].heading} on",
        )
    return list(given[start : start + width]), False


def _is_first_row(patterns: PatternSet, cells: Sequence[str], first: PatternColumn) -> bool:
    """Whether a line of headings could also be a pattern."""
    if all(parse_point(cell) is not None for cell in cells):
        return True
    return first.kind == "class" and len(cells) == 1 and cells[0].strip() in patterns.class_names
