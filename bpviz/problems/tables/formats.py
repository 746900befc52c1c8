"""The formats of tables, one row each, and the reading of any of them."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bpviz.core.values import BadValue
from bpviz.problems.tables.model import BadTable, RawTable, Reading
from bpviz.problems.tables.nets import is_fann
from bpviz.problems.tables.others import refuse_others
from bpviz.problems.tables.source import Source, source_of
from bpviz.problems.tables.text import read_text

ReadFile = Callable[[Source, Reading], RawTable]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: endings of its name, whether its first bytes are such a file's (None: the
    name says), and the function that reads it, which is imported on first use."""

    name: str
    endings: tuple[str, ...]
    read: ReadFile
    begins: Callable[[bytes], bool] | None = None


def _later(module: str, function: str) -> ReadFile:
    """A reader that is imported when it is needed."""

    def read(source: Source, reading: Reading) -> RawTable:
        found = import_module(f"bpviz.problems.tables.{module}")
        table: RawTable = getattr(found, function)(source, reading)
        return table

    return read


def _is_sheet(head: bytes) -> bool:
    old = head.startswith(b"\xd0\xcf\x11\xe0")  # the container of .xls; an .xls may be a text
    parts = (b"xl/", b"opendocument.spreadsheet", b"[Content_Types].xml")
    return old or (head.startswith(b"PK") and any(part in head for part in parts))


def _is_arff(head: bytes) -> bool:
    lines = (line.strip().lower() for line in head.splitlines())
    return next((line for line in lines if line and line[:1] != b"%"), b"").startswith(b"@relation")


def _is_json(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(re.match(rb'\[\s*[\[{]|\{\s*"', start))


FORMATS: tuple[Format, ...] = (
    Format("spreadsheet", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
           _later("sheets", "read_sheet"), _is_sheet),
    Format("ARFF", (".arff",), _later("arff", "read_arff"), _is_arff),
    Format("NumPy", (".npz", ".npy"), _later("arrays", "read_numpy"),
           lambda head: head.startswith(b"\x93NUMPY") or b".npy" in head[:64]),
    Format("Parquet", (".parquet", ".pq"), _later("arrays", "read_parquet"),
           lambda head: head.startswith(b"PAR1")),
    Format("SNNS", (".pat",), _later("nets", "read_snns"),
           lambda head: head.startswith(b"SNNS pattern")),
    Format("FANN", (".train",), _later("nets", "read_fann"), is_fann),
    Format("JSON", (".json", ".jsonl", ".ndjson"), _later("arrays", "read_records"), _is_json),
    Format("text", (".csv", ".tsv", ".txt", ".data", ".dat", ".tab"), read_text),
)  # fmt: skip
"""Every format by its first bytes; what none of them begins is a text."""

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
    with _refusals(path):
        source = source_of(path)
        state = os.stat(path)
        key = (path, state.st_mtime_ns, state.st_size, state.st_ino, *_how(reading))
        if _last.key != key or _last.table is None:
            _last.key, _last.table = None, None  # two tables at once may be too large
            _last.table = _read(source, reading)
            _last.key = key
        return _last.table


def check_format(path: str) -> None:
    """Raise BadValue if a file is no table, as far as its first bytes tell."""
    with _refusals(path):
        format_of(source_of(path))


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Raise BadTable for a file that cannot be opened."""
    try:
        yield
    except FileNotFoundError:
        raise BadTable(path, "the path of a table that exists") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        if isinstance(error, BadValue):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise BadTable(path, "a file that can be read", reason) from None


def _read(source: Source, reading: Reading) -> RawTable:
    found = format_of(source)
    if source.pack and found.name in ("spreadsheet", "NumPy", "Parquet"):
        raise BadTable(source.path, "a compressed text", f"there is a {found.name} file in it")
    return found.read(source, reading)


def _how(reading: Reading) -> tuple[object, ...]:
    """The choices that decide which cells a file has."""
    return (
        reading.header, reading.separator, reading.decimal, reading.encoding, reading.comments,
        reading.extra_rows, reading.sheet, reading.rows, reading.sample,
        reading.missing == "refuse",
    )  # fmt: skip


def format_of(source: Source) -> Format:
    """The format of a file, by its first bytes; a text if they do not say more."""
    head = source.head()
    refuse_others(source, head)
    for row in FORMATS:
        if row.begins is not None and row.begins(head):
            return row
    return FORMATS[-1]
