"""Tables whose cells are values already: sheets and records as texts, arrays as columns."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpviz.core.interruption import note_progress
from bpviz.core.values import Integers, Matrix
from bpviz.problems.tables.layout import layout_of
from bpviz.problems.tables.model import BadTable, DataNote, RawColumn, RawTable, Reading
from bpviz.problems.tables.sampling import MAX_COLUMNS, Sampler, rows_at_most, sample_note
from bpviz.problems.tables.sheet_process import text_of
from bpviz.problems.tables.source import HEAD_BYTES, Source
from bpviz.problems.tables.text import TextReader


def table_of_cells(
    source: Source, rows: Iterable[Sequence[Any]], reading: Reading, total: int
) -> RawTable:
    """The table of rows of values, read as a text with tabs is, one line a row."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for at, row in enumerate(rows):
        if at % 1000 == 0:
            note_progress(0.5 * at / max(total, 1))
        writer.writerow([text_of(value) for value in row])
    plain = replace(reading, separator="tab", comments="none", decimal="auto", encoding="auto")
    out.seek(0)
    head = out.read(HEAD_BYTES)
    out.seek(0)
    layout = layout_of(head, plain, cut=len(head) == HEAD_BYTES)
    large = total > rows_at_most(plain, layout.width)
    reader = TextReader(source, "", out, layout, plain, total if large else 0)
    table = reader.read()
    return replace(table, separator="", encoding="", place="row", written=None)


def table_of_columns(
    source: Source,
    named: Sequence[tuple[str, NDArray[Any]]],
    reading: Reading,
    *,
    header: bool = True,
    notes: tuple[DataNote, ...] = (),
    image_shape: tuple[int, int] | None = None,
) -> RawTable:
    """The table of columns of one length; more rows than are read give a sample."""
    if len(named) > MAX_COLUMNS:
        raise BadTable(
            source.path, f"a file of at most {MAX_COLUMNS:,} columns", f"it has {len(named):,}"
        )
    if len(named) < 2 or len(named[0][1]) < 1:
        why = f"it has {len(named)} with {len(named[0][1]) if named else 0} rows"
        raise BadTable(source.path, "a table with two columns and a row", why)
    rows = len(named[0][1])
    kept = _kept(rows, rows_at_most(reading, len(named)), even=reading.sample == "even")
    columns = []
    for number, (name, values) in enumerate(named, 1):
        note_progress(number / len(named))
        columns.append(_column(source, number, name, values if len(kept) == rows else values[kept]))
    if len(kept) < rows:
        even = reading.sample == "even"
        notes = (*notes, sample_note(len(kept), rows, even=even))
    return RawTable(
        source.path, tuple(columns), kept + 1, header, notes=notes, place="row",
        sampled=len(kept) < rows, image_shape=image_shape,
    )  # fmt: skip


def columns_named(name: str, values: Matrix) -> list[tuple[str, NDArray[Any]]]:
    """The columns of a matrix, named by number."""
    return [(f"{name} {n}".strip(), column) for n, column in enumerate(values.T, 1)]


def _kept(rows: int, limit: int, *, even: bool) -> Integers:
    if rows <= limit or not even:
        return np.arange(min(rows, limit))
    sampler = Sampler(limit, rows, even=True)
    return np.flatnonzero([sampler.keep() for _ in range(rows)])


def _column(source: Source, number: int, name: str, values: NDArray[Any]) -> RawColumn:
    if values.dtype.kind in "biuf":
        return RawColumn(number, name, values.astype(np.float64))
    _check_letters(source, values)
    places: dict[str, int] = {}
    codes = [places.setdefault(text_of(value).strip(), len(places)) for value in values.tolist()]
    return RawColumn(number, name, None, tuple(places), np.array(codes, dtype=np.int32))


def _check_letters(source: Source, values: NDArray[Any]) -> None:
    """Refuse an array of texts with codes that are no letters: Python fails at them."""
    if values.dtype.kind == "U" and values.dtype.itemsize:
        plain = values.astype(values.dtype.newbyteorder("="))
        if np.frombuffer(plain.tobytes(), np.uint32).max(initial=0) > sys.maxunicode:
            raise BadTable(source.path, "an array of numbers or texts", "it is damaged")
