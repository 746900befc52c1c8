"""A second table as test set: read like the first one, with the same kinds and categories."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from bpviz.core.values import quoted
from bpviz.problems.tables.formats import read_table
from bpviz.problems.tables.inspecting import described
from bpviz.problems.tables.model import (
    KIND_OPTIONS,
    BadTable,
    ColumnKind,
    Inspection,
    RawColumn,
    RawTable,
    ReadColumn,
    Reading,
    Remedy,
)
from bpviz.problems.tables.names import written_list


def second_table(first: Inspection) -> Inspection:
    """The table of ``test_file``, with the columns of the first one in their order.

    A path that is not absolute is looked for beside the first file, too. Categories have the
    places that they have in the first table; one that it lacks is refused, or missing where
    missing values are filled in. Raises BadValue.
    """
    path = first.reading.test_file
    beside = Path(first.table.path).parent / path
    path = path if os.path.exists(path) or not beside.exists() else str(beside)
    header = "yes" if first.table.header else "no"
    plain = replace(_plain(first.reading), header=header)
    table = read_table(path, plain)
    found = described(table, plain)
    used = [column for column in first.columns if column.role != "left out"]
    places = {column.name: _place(found.table, column, by_name=first.table.header)
              for column in used}  # fmt: skip
    reading = _like(first, used, places)
    again = described(table, reading)
    if again.refusal is not None:
        raise again.refusal
    by_number = {column.raw.number: column for column in again.columns}
    missing = reading.missing
    columns = [
        _recoded(again.table, by_number[places[column.name]], column, missing) for column in used
    ]
    return replace(again, columns=tuple(columns))


def _plain(reading: Reading) -> Reading:
    """A reading without choices about single columns."""
    lists = dict.fromkeys(("targets", "inputs", "leave_out", "names", "test_file"), "")
    kinds = dict.fromkeys(KIND_OPTIONS.values(), "")
    return replace(reading, **lists, **kinds)  # type: ignore[arg-type]


def _place(table: RawTable, column: ReadColumn, *, by_name: bool) -> int:
    """The number of a column in the second table."""
    if by_name:
        found = [other.number for other in table.columns if other.name == column.name]
    else:
        found = [column.raw.number] if column.raw.number <= len(table.columns) else []
    if not found:
        raise BadTable(table.path, f"a table with the column {quoted(column.name)}")
    return found[0]


def _like(first: Inspection, used: list[ReadColumn], places: dict[str, int]) -> Reading:
    """How the second table is read: every column as the same kind in the same role."""

    def numbers(kind: ColumnKind | None = None, role: str = "") -> str:
        some = [c for c in used if kind in (None, c.kind) and role in ("", c.role)]
        return written_list([str(places[column.name]) for column in some])

    kinds = {option: numbers(kind) for kind, option in KIND_OPTIONS.items()}
    codes = any(column.role == "target" and column.codes is not None for column in used)
    return replace(
        _plain(first.reading),
        **kinds,  # type: ignore[arg-type]
        targets=numbers(role="target"),
        inputs=numbers(role="input"),
        header="yes" if first.table.header else "no",
        targets_are="classes" if codes else "numbers",
    )


def _recoded(table: RawTable, column: ReadColumn, like: ReadColumn, missing: str) -> ReadColumn:
    raw: RawColumn = replace(column.raw, name=like.name)
    if like.codes is None:
        assert column.numbers is not None
        shift = column.origin - like.origin
        return replace(column, raw=raw, role=like.role, numbers=column.numbers + shift)
    assert column.codes is not None
    place = {name: at for at, name in enumerate(like.categories)}
    codes = np.array([place.get(name, -1) for name in column.categories] + [-1], dtype=np.int32)
    unknown = [name for name in column.categories if name not in place]
    if unknown and (like.role == "target" or missing == "refuse"):
        what = "classes" if like.role == "target" else "categories"
        raise BadTable(
            table.path, f"a table with the {what} of the first one in {raw.place}",
            f"{quoted(unknown[0])} is none of them",
            remedies=() if like.role == "target" else (Remedy("missing", "most frequent"),),
        )  # fmt: skip
    return replace(
        column, raw=raw, role=like.role, categories=like.categories, codes=codes[column.codes]
    )
