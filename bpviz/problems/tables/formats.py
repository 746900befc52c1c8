"""The formats of tables, one row each, and the reading of any of them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bpviz.core.values import BadValue
from bpviz.problems.tables.model import BadTable, RawTable, Reading
from bpviz.problems.tables.others import refuse_others
from bpviz.problems.tables.source import Source, source_of
from bpviz.problems.tables.text import read_text

ReadFile = Callable[[Source, Reading], RawTable]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: endings of its name, the first bytes, and the function that reads it."""

    name: str
    endings: tuple[str, ...]
    read: ReadFile
    magic: tuple[bytes, ...] = ()


FORMATS: tuple[Format, ...] = (
    Format("text", (".csv", ".tsv", ".txt", ".data", ".dat", ".tab"), read_text),
)  # fmt: skip

PACKED = (".gz", ".zip")


def endings() -> tuple[str, ...]:
    """The endings of names of tables."""
    return (*(ending for row in FORMATS for ending in row.endings), *PACKED)


class _Last:
    """The table that was read last, with what it was read from and how."""

    def __init__(self) -> None:
        self.key: Any = None
        self.table: RawTable | None = None


_last = _Last()


def read_table(path: str, reading: Reading | None = None) -> RawTable:
    """The table of a file. The last one read is kept until the file or the reading changes.

    Raises BadValue for a file that is no table, and Cancelled; see note_progress.
    """
    reading = reading or Reading()
    try:
        source = source_of(path)
        state = os.stat(path)
        key = (path, state.st_mtime_ns, state.st_size, state.st_ino, *_how(reading))
        if _last.key != key or _last.table is None:
            _last.key, _last.table = None, None  # two tables at once may be too large
            _last.table = format_of(source).read(source, reading)
            _last.key = key
        return _last.table
    except FileNotFoundError:
        raise BadTable(path, "the path of a table that exists") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        if isinstance(error, BadValue):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise BadTable(path, "a file that can be read", reason) from None


def _how(reading: Reading) -> tuple[object, ...]:
    """The choices that decide which cells a file has."""
    return (
        reading.header, reading.separator, reading.decimal, reading.encoding, reading.comments,
        reading.extra_rows, reading.sheet, reading.rows, reading.sample,
        reading.missing == "refuse",
    )  # fmt: skip


def format_of(source: Source) -> Format:
    """The format of a file, by its first bytes or its name; a text if neither says more."""
    head = source.head()
    refuse_others(source, head)
    for row in FORMATS:
        if any(head.startswith(magic) for magic in row.magic):
            return row
    for row in FORMATS:
        if source.name.lower().endswith(row.endings):
            return row
    return FORMATS[0]
