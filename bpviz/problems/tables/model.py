"""How a table is read, and what came of it: frozen records, without files and without a screen.

``Reading`` holds every choice; ``Inspection`` is what ``inspecting.inspect`` found with it, and
``encoding.patterns_of`` makes the patterns of an Inspection.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bpviz.core.values import (
    BadValue,
    Integers,
    Unquoted,
    Vector,
    isolated,
    quoted,
    shortened,
)
from bpviz.problems.tables.names import list_of, written_list
from bpviz.problems.tables.skipped import Skipped

ColumnKind = Literal["number", "categories", "date", "text", "row number"]
ColumnRole = Literal["input", "target", "left out"]
CategoryCodes = NDArray[np.int32]

KIND_OPTIONS: dict[ColumnKind, str] = {
    "number": "numbers", "categories": "categories", "date": "dates", "text": "texts",
}  # fmt: skip
"""Kind of a column -> the option that names the columns to be read so."""

ROLE_OPTIONS: dict[ColumnRole, str] = {
    "input": "inputs",
    "target": "targets",
    "left out": "leave_out",
}
"""Role of a column -> the option that names the columns that have it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read; each field is an option of the problem of the same name.

    "auto", "" and 0 leave a choice to what the file looks like. Lists of columns are texts:
    names or numbers (from 1), with commas between them.
    """

    targets: str = ""
    targets_are: str = "auto"
    leave_out: str = ""
    inputs: str = ""
    numbers: str = ""
    categories: str = ""
    dates: str = ""
    texts: str = ""
    names: str = ""
    header: str = "auto"
    separator: str = "auto"
    decimal: str = "auto"
    encoding: str = "auto"
    comments: str = "auto"
    extra_rows: str = "leave out"
    sheet: str = ""
    rows: int = 0
    sample: str = "even"
    missing: str = "refuse"
    missing_marks: str = ""
    ignore_case: bool = False
    date_order: str = "auto"
    images: str = "auto"
    standardise: bool = False
    standardise_targets: bool = False
    test_share: float = 0.2
    test_file: str = ""
    data_seed: int = 0

    def options(self) -> dict[str, Any]:
        """The options of the problem that differ from their defaults."""
        default = Reading()
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in pairs if value != getattr(default, name)}

    def with_kind(self, column: str, kind: ColumnKind) -> "Reading":
        """The reading with another kind of a column."""
        lists = {name: self._without(name, column) for name in KIND_OPTIONS.values()}
        if kind in KIND_OPTIONS:
            name = KIND_OPTIONS[kind]
            lists[name] = written_list([*list_of(lists[name]), column])
        return replace(self, **lists)  # type: ignore[arg-type]

    def with_role(self, column: str, role: ColumnRole) -> "Reading":
        """The reading with another role of a column."""
        lists = {name: self._without(name, column) for name in ROLE_OPTIONS.values()}
        name = ROLE_OPTIONS[role]
        lists[name] = written_list([*list_of(lists[name]), column])
        return replace(self, **lists)  # type: ignore[arg-type]

    def with_name(self, columns: Sequence[str], number: int, name: str) -> "Reading":
        """The reading with another name of a column, number from 0; ``columns`` are all names.

        Raises BadValue for a name that another column has.
        """
        old, others = columns[number], [*columns[:number], *columns[number + 1 :]]
        if not name or name in others:
            raise BadValue("name of a column", name, "a name that no other column has")
        named = (*KIND_OPTIONS.values(), *ROLE_OPTIONS.values())
        lists = {
            option: written_list(name if c == old else c for c in list_of(getattr(self, option)))
            for option in named
        }
        names = written_list([*columns[:number], name, *columns[number + 1 :]])
        return replace(self, names=names, **lists)  # type: ignore[arg-type]

    def _without(self, name: str, column: str) -> str:
        return written_list([c for c in list_of(getattr(self, name)) if c != column])


@dataclass(frozen=True, slots=True)
class Remedy:
    """An option and the value that would change a reading; ``label`` is for a button."""

    option: str
    value: Any
    label: str = ""

    def typed(self) -> str:
        """The option as it is typed: --option 'missing=skip rows'."""
        value = ("no", "yes")[self.value] if isinstance(self.value, bool) else self.value
        return f"--option {shlex.quote(f'{self.option}={value}')}"

    def apply(self, reading: Reading) -> Reading:
        """The reading with this option; a list of columns gets one more column."""
        value = self.value
        if self.option in (*KIND_OPTIONS.values(), "leave_out", "inputs", "missing_marks"):
            value = written_list([*list_of(getattr(reading, self.option)), *list_of(value)])
        return replace(reading, **{self.option: value})


@dataclass(frozen=True, slots=True)
class DataNote:
    """A sentence about how a table was read, and the options that would read it otherwise.

    ``doubtful`` marks a guess that may well be wrong.
    """

    text: str
    remedies: tuple[Remedy, ...] = ()
    doubtful: bool = False

    def typed(self) -> str:
        """The sentence with the options as they are typed on a command line."""
        return with_remedies(self.text, self.remedies)


def with_remedies(sentence: str, remedies: tuple[Remedy, ...]) -> str:
    """The sentence, with the options that help behind it."""
    if not remedies:
        return sentence
    return f"{sentence} To change this: {' or '.join(r.typed() for r in remedies)}."


class BadTable(BadValue):
    """The refusal of a file, with the options that help."""

    def __init__(
        self,
        value: object,
        allowed: str,
        why: str = "",
        *,
        name: str = "",
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        super().__init__("problem", value, allowed, why, name=name)
        self.remedies = remedies

    def typed(self, value: object, name: str = "") -> "BadTable":
        """The same refusal under the name of what was typed."""
        return BadTable(
            value, self.allowed, self.why, name=name or self.name, remedies=self.remedies
        )


@dataclass(frozen=True, slots=True, eq=False)
class RawColumn:
    """A column as it stands in the file: ``numbers`` (rows,), nan where missing, if every cell
    is plainly one; else ``values``, each text once, and ``codes`` (rows,), its place there.

    ``order`` holds the categories where the file lists them, ``declared`` the kind it says.
    """

    number: int
    name: str
    numbers: Vector | None
    values: tuple[str, ...] = ()
    codes: CategoryCodes = field(default_factory=lambda: np.empty(0, np.int32))
    declared: ColumnKind | None = None
    order: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The column in a sentence: its number and its name."""
        own_name = self.name != f"column {self.number}"
        return f"column {self.number}" + (
            f" '{isolated(shortened(self.name))}'" if own_name else ""
        )

    @property
    def unnamed(self) -> bool:
        """Whether the file has no name for it."""
        return self.name == f"column {self.number}"

    def cell(self, row: int) -> str:
        """What stands in a row."""
        if self.numbers is None:
            return self.values[int(self.codes[row])]
        number = float(self.numbers[row])
        return "" if np.isnan(number) else f"{number:.15g}"

    def __len__(self) -> int:
        return len(self.codes if self.numbers is None else self.numbers)


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """The columns of a file, all of one length; ``lines`` (rows,) is where each row begins.

    ``separator`` and ``encoding`` are "" where the format has none. ``place`` is what its rows
    are called: line, or row of a spreadsheet. ``written(line, column)`` is a cell as it stands
    in the file. ``targets`` are columns that the file calls so.
    """

    path: str
    columns: tuple[RawColumn, ...]
    lines: Integers
    header: bool = True
    separator: str = ""
    decimal: str = "."
    encoding: str = ""
    notes: tuple[DataNote, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    sheets: tuple[str, ...] = ()
    place: str = "line"
    sampled: bool = False
    image_shape: tuple[int, int] | None = None
    targets: tuple[str, ...] = ()
    written: Callable[[int, int], str] | None = None

    def refuse(self, allowed: str, why: str, *remedies: Remedy) -> BadTable:
        """The refusal of this file."""
        return BadTable(self.path, allowed, why, remedies=remedies)

    def refuse_cell(
        self, row: int, column: RawColumn, allowed: str, why: str = "", *remedies: Remedy
    ) -> BadTable:
        """The refusal of one cell."""
        place = (
            f"{self.place} {self.lines[row]}, {column.place} of {isolated(Path(self.path).name)}"
        )
        cell = self.text_at(row, column) or Unquoted("empty")
        return BadTable(cell, allowed, why, name=place, remedies=remedies)

    def example(self, row: int, column: RawColumn) -> str:
        """A cell and its line, for a sentence about its column."""
        return f"{quoted(self.text_at(row, column))} in {self.place} {self.lines[row]}"

    def text_at(self, row: int, column: RawColumn) -> str:
        """A cell as it is written in the file: a column of numbers has forgotten it."""
        if self.written is None or column.numbers is None:
            return column.cell(row)
        text: str = self.written(int(self.lines[row]), column.number)
        return text or column.cell(row)


@dataclass(frozen=True, eq=False)
class ReadColumn:
    """A column with its kind and role.

    numbers     (rows,) of numbers and dates (days since the first); nan where there is none.
    codes       (rows,) of categories: the place in ``categories``, -1 where there is none.
    bad_row     the first row whose cell is no number although the kind says so; -1: none.
    conflict    rows with a decimal comma and with a decimal point, if there are both.
    origin      of dates: the first of them, in days since 1970.
    """

    raw: RawColumn
    kind: ColumnKind
    role: ColumnRole
    numbers: Vector | None = None
    categories: tuple[str, ...] = ()
    codes: CategoryCodes | None = None
    bad_row: int = -1
    conflict: tuple[int, int] | None = None
    origin: float = 0.0

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.raw.name

    @cached_property
    def missing(self) -> Integers:
        """The rows without a value."""
        if self.codes is not None:
            return np.flatnonzero(self.codes < 0)
        assert self.numbers is not None
        return np.flatnonzero(np.isnan(self.numbers))

    @cached_property
    def constant(self) -> bool:
        """Whether all values are the same."""
        if self.codes is not None:
            there = self.codes[self.codes >= 0]
            return bool(len(there) and (there == there[0]).all())
        assert self.numbers is not None
        values = self.numbers[~np.isnan(self.numbers)]
        return bool(len(values) and (values == values[0]).all())

    @property
    def empty(self) -> bool:
        """Whether there is no value at all."""
        return len(self.missing) == len(self.raw)

    def report(self) -> dict[str, Any]:
        """Name, kind, role, missing values, and the range or the categories, as plain values."""
        said: dict[str, Any] = {"name": self.name, "kind": self.kind, "role": self.role}
        if self.codes is not None:
            said["categories"] = list(self.categories)
        elif not self.empty and self.numbers is not None and self.kind != "date":
            finite = self.numbers[np.isfinite(self.numbers)]
            said["range"] = [float(finite.min()), float(finite.max())] if len(finite) else []
        elif self.numbers is not None and not self.empty:
            ends = np.nanargmin(self.numbers), np.nanargmax(self.numbers)
            said["range"] = [self.raw.cell(int(row)) for row in ends]
        return {**said, "missing": len(self.missing)}


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What came of reading a table.

    ``refusal`` is why no patterns can be made of it, if so. ``incomplete`` are rows that are left
    out because a value is missing.
    """

    reading: Reading
    table: RawTable
    columns: tuple[ReadColumn, ...]
    notes: tuple[DataNote, ...]
    refusal: BadValue | None = None
    incomplete: tuple[Skipped, ...] = ()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """All rows that are left out."""
        return self.table.skipped + self.incomplete

    @property
    def rows(self) -> int:
        """The number of rows of data."""
        return len(self.table.lines)

    @property
    def doubtful(self) -> bool:
        """Whether something was guessed that may be wrong, or is refused."""
        return self.refusal is not None or any(note.doubtful for note in self.notes)

    def with_role(self, role: ColumnRole) -> tuple[ReadColumn, ...]:
        """The columns of a role."""
        return tuple(column for column in self.columns if column.role == role)

    def report(self) -> Mapping[str, Any]:
        """All of it as plain values, for JSON."""
        table = self.table
        return {
            "rows": self.rows,
            "skipped": [part.report() for part in self.skipped],
            "columns": [column.report() for column in self.columns],
            "header": table.header,
            "separator": table.separator or None,
            "decimal": table.decimal,
            "encoding": table.encoding or None,
            "notes": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """The notes, and the refusal if there is one, with the options that help."""
        said = [note.typed() for note in self.notes]
        if self.refusal is not None:
            remedies = getattr(self.refusal, "remedies", ())
            said.append(with_remedies(str(self.refusal), remedies))
        return said
