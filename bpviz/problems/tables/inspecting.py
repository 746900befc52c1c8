"""Inspects a table: reads it, finds the kind and role of every column, and says what it did."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bpviz.core.interruption import note_progress
from bpviz.core.number_grammar import parse_point
from bpviz.core.values import BadValue
from bpviz.problems.tables.checking import check, incomplete_rows
from bpviz.problems.tables.formats import read_table
from bpviz.problems.tables.images import image_columns
from bpviz.problems.tables.kinds import FROM_ROWS, KindFinder, as_categories, evidence_of
from bpviz.problems.tables.model import (
    KIND_OPTIONS,
    ColumnKind,
    DataNote,
    Inspection,
    RawColumn,
    RawTable,
    ReadColumn,
    Reading,
    Remedy,
)
from bpviz.problems.tables.names import list_of, written_list
from bpviz.problems.tables.roles import RoleFinder, columns_named, listed, same_as_target

MAX_CODES = 20  # whole numbers 0, 1, 2, ... up to so many may be codes of classes
ROWS_PER_CODE = 5

CLASS_NAMES = frozenset(
    ("class", "label", "labels", "classes", "klasse", "classe", "clase", "category", "species",
     "diagnosis", "digit", "letter", "variety", "survived")
)  # fmt: skip
"""Names of targets whose whole numbers are codes of classes."""


def inspect(path: str, reading: Reading | None = None) -> Inspection:
    """Read a table, and say what came of it; what no patterns can be made of is its ``refusal``.

    Raises BadValue for a file that is no table and for options that do not fit it, and
    Cancelled; see note_progress.
    """
    reading = reading or Reading()
    return described(read_table(path, reading), reading)


def described(table: RawTable, reading: Reading) -> Inspection:
    """What came of reading a table that is read already; see ``inspect``."""
    table = _renamed(table, reading)
    found = _Describer(table, reading)
    columns = tuple(found.columns())
    table = replace(found.table, decimal=found.decimal)
    inspection = Inspection(reading, table, columns, tuple(found.notes))
    try:
        check(inspection)
    except BadValue as refusal:
        return replace(inspection, refusal=refusal)
    return replace(inspection, incomplete=incomplete_rows(inspection))


def _renamed(table: RawTable, reading: Reading) -> RawTable:
    names = list_of(reading.names)
    if not names:
        return table
    if len(names) != len(table.columns):
        raise BadValue(
            "names of columns", reading.names, f"{len(table.columns)} names, one for each column"
        )
    if len(set(names)) != len(names):
        raise BadValue("names of columns", reading.names, "names that differ")
    columns = (replace(c, name=name) for c, name in zip(table.columns, names, strict=True))
    return replace(table, columns=tuple(columns))


@dataclass(slots=True)
class _Describer:
    """One table on its way to an inspection; ``notes`` says what was done to it."""

    table: RawTable
    reading: Reading
    notes: list[DataNote] = field(init=False)
    decimal: str = field(init=False)

    def __post_init__(self) -> None:
        self.notes = list(self.table.notes)
        self.decimal = self.table.decimal
        if self.reading.images == "no":
            self.table = replace(self.table, image_shape=None)
        elif self.table.image_shape is None:
            self._find_images()

    def _find_images(self) -> None:
        found = image_columns(self.table)
        if found is None:
            return
        targets = self.table.targets or (found.label.name,)
        self.table = replace(self.table, image_shape=found.shape, targets=targets)
        rows, columns = found.shape
        remedies = () if found.named else (Remedy("images", "no", "No images"),)
        said = f"Each row is an image of {rows} × {columns} pixels."
        self.notes.append(DataNote(said, remedies))

    def columns(self) -> list[ReadColumn]:
        table, reading = self.table, self.reading
        wanted = self._wanted_kinds()
        evidence = evidence_of(table.columns, table.separator, reading.decimal, table.decimal)
        marks = frozenset(list_of(reading.missing_marks))
        finder = KindFinder(evidence, marks, reading.ignore_case, reading.date_order)
        named = set(columns_named(table.columns, reading.targets, "target columns"))
        named |= set(table.columns[-1:]) if not named else set()
        found = [self._read(finder, raw, wanted.get(raw), raw in named) for raw in table.columns]
        if finder.decimals:
            self.decimal = "," if "," in finder.decimals else "."
        roles = RoleFinder(table, reading, found)
        found = roles.find()
        used = {column.name for column in found if column.role != "left out"}
        self.notes += [n for n in finder.notes if self._matters(n, found, used)]
        self.notes += roles.notes
        return self._with_target_kinds(found, wanted)

    def _read(
        self, finder: KindFinder, raw: RawColumn, wanted: ColumnKind | None, target: bool
    ) -> ReadColumn:
        note_progress(0.0)
        return finder.read(raw, wanted, target=target)

    @staticmethod
    def _matters(note: DataNote, columns: Sequence[ReadColumn], used: set[str]) -> bool:
        """Whether the column that a note is about is used."""
        about = [c for c in columns if note.text.lower().startswith(c.raw.place.lower())]
        return not about or about[-1].name in used or about[-1].kind == "text"

    def _wanted_kinds(self) -> dict[RawColumn, ColumnKind]:
        wanted: dict[RawColumn, ColumnKind] = {}
        for kind, option in KIND_OPTIONS.items():
            label = f"columns of {option}"
            for column in columns_named(self.table.columns, getattr(self.reading, option), label):
                wanted[column] = kind
        return wanted

    # -- targets ---------------------------------------------------------------------------

    def _with_target_kinds(
        self, columns: list[ReadColumn], wanted: dict[RawColumn, ColumnKind]
    ) -> list[ReadColumn]:
        """The columns, with targets as classes or as numbers."""
        targets = [column for column in columns if column.role == "target"]
        if len(targets) == 1:
            (target,) = targets
            columns[target.raw.number - 1] = self._target(target, wanted.get(target.raw))
        else:
            for target in targets:  # a text among them is refused in its cell
                if target.codes is not None:
                    columns[target.raw.number - 1] = self._as_number(target)
        self._note_one_hot(columns)
        self._note_same(columns)
        self._note_equal_rows(columns)
        return columns

    def _note_one_hot(self, columns: Sequence[ReadColumn]) -> None:
        """Note that the target, and columns before it, code one class each row together."""
        at = next((n for n, c in enumerate(columns) if c.role == "target"), -1)
        if self.reading.targets or at < 2:
            return
        group: list[ReadColumn] = []
        for column in reversed(columns[: at + 1]):
            values = column.raw.numbers
            if values is None or not np.isin(values, (0.0, 1.0)).all():
                break
            group.insert(0, column)
        ones = sum((c.raw.numbers for c in group if c.raw.numbers is not None), np.zeros(1))
        if len(group) > 2 and bool((ones == 1.0).all()):
            names = written_list([column.name for column in group])
            first, last = group[0].raw.place, group[-1].raw.place
            self.notes.append(
                DataNote(
                    f"From {first} to {last}, one is 1 and the others are 0 in every row: together "
                    "they may be the target.",
                    (Remedy("targets", names, "All of them"),), doubtful=True,
                )
            )  # fmt: skip

    def _note_equal_rows(self, columns: Sequence[ReadColumn]) -> None:
        used = [column for column in columns if column.role != "left out"]
        if used and all(column.constant for column in used):
            n = len(self.table.lines)
            what = "There is one pattern only" if n == 1 else f"All {n:,} rows are the same pattern"
            self.notes.append(DataNote(f"{what}: a network can learn it, but nothing from it."))

    def _as_number(self, target: ReadColumn) -> ReadColumn:
        finder = KindFinder(evidence_of([target.raw], self.table.separator,
                                        self.reading.decimal, self.table.decimal))  # fmt: skip
        return replace(finder.read(target.raw, "number"), role="target")

    def _target(self, target: ReadColumn, wanted: ColumnKind | None) -> ReadColumn:
        are = self.reading.targets_are
        if are == "numbers" or (are == "auto" and wanted == "number"):
            return target if target.kind == "number" else self._as_number(target)
        if are == "classes" or wanted == "categories" or target.codes is not None:
            return self._classes(target)
        if target.kind == "number" and target.bad_row < 0 and self._looks_like_codes(target):
            if not self._are_sure_codes(target):
                self._note_codes("Few whole numbers, read as classes", target, "numbers")
            return self._classes(target)
        return target

    def _classes(self, target: ReadColumn) -> ReadColumn:
        found = replace(as_categories(target), kind="categories", role="target")
        n, rows = len(found.categories), len(found.raw) - len(found.missing)
        if rows >= FROM_ROWS and 2 * n > rows:
            numeric = all(parse_point(name) is not None for name in found.categories)
            remedies = [Remedy("targets_are", "numbers", "As numbers")] if numeric else []
            others = [c.name for c in self.table.columns if c is not target.raw]
            remedies += [Remedy("targets", written_list([others[-1]]), "Another target")]
            self.notes.append(
                DataNote(
                    f"Target {target.raw.place}: nearly every row is a class of its own "
                    f"({n:,} classes in {rows:,} rows); a network can learn them by heart only.",
                    tuple(remedies), doubtful=True,
                )
            )  # fmt: skip
        return found

    def _looks_like_codes(self, target: ReadColumn) -> bool:
        """Whether target numbers look like codes of classes.

        Codes are two whole numbers, or all of 0, 1, 2, ... or 1, 2, 3, ... up to MAX_CODES of
        them with several rows each. A few whole numbers that are not are noted.
        """
        assert target.numbers is not None
        values = np.unique(target.numbers[~np.isnan(target.numbers)])
        rows = len(target.raw) - len(target.missing)
        if (values != np.round(values)).any() or len(values) > MAX_CODES or len(values) < 2:
            return False
        if not np.isfinite(values).all():
            return False
        if len(values) == 2:
            return True
        several = rows >= ROWS_PER_CODE * len(values)
        gapless = values[0] in (0.0, 1.0) and values[-1] - values[0] == len(values) - 1
        repeated = rows >= 2 * len(values)
        if repeated and not (gapless and several):
            self._note_codes("Few whole numbers, read as numbers", target, "classes")
        return bool(gapless and several)

    def _are_sure_codes(self, target: ReadColumn) -> bool:
        """Whether codes need no question: 0 and 1, or 0, 1, 2, ... in a column named as classes."""
        assert target.numbers is not None
        if np.isin(target.numbers[~np.isnan(target.numbers)], (0.0, 1.0)).all():
            return True
        return target.name.strip().casefold() in CLASS_NAMES

    def _note_codes(self, what: str, target: ReadColumn, other: str) -> None:
        self.notes.append(
            DataNote(listed(what, [target.raw]), (Remedy("targets_are", other, f"As {other}"),),
                     doubtful=True)
        )  # fmt: skip

    def _note_same(self, columns: Sequence[ReadColumn]) -> None:
        for raw in same_as_target(columns):
            self.notes.append(
                DataNote(
                    f"Input {raw.place} tells the target of every row.",
                    (Remedy("leave_out", written_list([raw.name]), "Leave it out"),), doubtful=True,
                )
            )  # fmt: skip
