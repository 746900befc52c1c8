"""ARFF, the format of Weka: names and kinds of columns, then rows with commas.

A reader of our own, as SciPy's refuses columns of texts and names no line.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from bpviz.core.values import quoted
from bpviz.problems.tables.columns import ColumnBuilder
from bpviz.problems.tables.layout import Dialect
from bpviz.problems.tables.model import BadTable, ColumnKind, RawColumn, RawTable, Reading
from bpviz.problems.tables.sampling import Sampler, rows_at_most
from bpviz.problems.tables.source import Source, encoding_name, encoding_of

_ATTRIBUTE = re.compile(
    r"@attribute\s+(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|(\S+))\s+(.+)", re.IGNORECASE
)
_KINDS: dict[str, ColumnKind] = {
    "numeric": "number", "real": "number", "integer": "number", "string": "text", "date": "date",
}  # fmt: skip


class _SingleQuotes(Dialect):
    """Cells in single quotes, as Weka writes them."""

    quotechar = "'"
    escapechar = "\\"


def read_arff(source: Source, reading: Reading) -> RawTable:
    """The table of an ARFF file. Raises BadTable with the line."""
    encoding, notes = encoding_of(source, reading.encoding)
    with source.text(encoding) as file:
        lines = enumerate(file, 1)
        columns = _attributes(source, lines)
        builders = [ColumnBuilder(c.number, c.name, ".", check_marks=False) for c in columns]
        starts = _read_rows(source, lines, builders, reading)
    if not starts:
        raise BadTable(source.path, "an ARFF file with rows below @data", "there is none")
    read = tuple(
        replace(builder.column(), declared=like.declared, order=like.order)
        for builder, like in zip(builders, columns, strict=True)
    )
    return RawTable(
        source.path, read, np.array(starts), True, ",", ".", encoding_name(encoding), notes
    )


def _attributes(source: Source, lines: Iterator[tuple[int, str]]) -> list[RawColumn]:
    columns: list[RawColumn] = []
    number = count(1)
    for line, text in lines:
        words = text.strip()
        if words.lower().startswith("@data"):
            return columns
        if words.lower().startswith("@attribute"):
            columns.append(_attribute(source, line, words, next(number)))
    raise BadTable(source.path, "an ARFF file with a line @data", "there is none")


def _attribute(source: Source, line: int, text: str, number: int) -> RawColumn:
    match = _ATTRIBUTE.match(text)
    if match is None:
        why = f"line {line}, column {number} is {quoted(text[:40])}"
        raise BadTable(source.path, "an ARFF file with a name and a kind in every @attribute", why)
    name = next(part for part in match.groups()[:3] if part is not None).replace("\\", "")
    kind = match[4].strip()
    if kind.startswith("{"):
        order = tuple(_cells(kind.strip("{}")))
        return RawColumn(number, name, None, declared="categories", order=order)
    return RawColumn(number, name, None, declared=_KINDS.get(kind.split()[0].lower()))


def _cells(text: str) -> list[str]:
    dialect = _SingleQuotes if "'" in text else Dialect
    return [cell.strip() for cell in next(csv.reader([text], dialect), [])]


def _read_rows(
    source: Source,
    lines: Iterator[tuple[int, str]],
    builders: list[ColumnBuilder],
    reading: Reading,
) -> list[int]:
    sampler = Sampler(rows_at_most(reading, len(builders)), 0, even=False)
    starts: list[int] = []
    block: list[list[str]] = []
    for line, text in lines:
        if not text.strip() or text.lstrip().startswith("%"):
            continue
        cells = _sparse(text, len(builders)) if text.lstrip().startswith("{") else _cells(text)
        if len(cells) != len(builders):
            why = f"line {line} has {len(cells)}, there are {len(builders)} attributes"
            raise BadTable(source.path, "a file with the same number of cells in every row", why)
        if not sampler.keep():
            break
        starts.append(line)
        block.append(cells)
        if len(block) == 4096:
            _add(builders, block)
    _add(builders, block)
    return starts


def _sparse(text: str, width: int) -> list[str]:
    """The cells of a row that lists only those which are not 0: {1 5.5, 3 yes}."""
    cells = ["0"] * width
    for part in _cells(text.strip().strip("{}")):
        place, _, value = part.partition(" ")
        if place.isdigit() and int(place) < width:
            cells[int(place)] = value.strip()
    return cells


def _add(builders: list[ColumnBuilder], block: list[list[str]]) -> None:
    if block:
        for builder, cells in zip(builders, zip(*block, strict=True), strict=True):
            builder.add(cells)
        block.clear()
