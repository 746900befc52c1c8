"""Which columns are targets and inputs, and which are left out: proposals, and what was chosen."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bpviz.core.number_grammar import parse_whole
from bpviz.core.values import BadValue, Vector, meant
from bpviz.problems.tables.kinds import MAX_CATEGORIES
from bpviz.problems.tables.model import (
    ColumnRole,
    DataNote,
    RawColumn,
    RawTable,
    ReadColumn,
    Reading,
    Remedy,
)
from bpviz.problems.tables.names import list_of, written_list

TARGET_NAMES: tuple[tuple[str, ...], ...] = (
    ("class", "target", "label", "targets", "labels", "classes", "klasse", "classe", "clase",
     "y_true", "ground truth", "output"),
    ("species", "diagnosis", "outcome", "result", "survived", "category", "churn", "default",
     "income", "quality", "grade", "medv", "saleprice", "price", "response", "variety", "type",
     "digit", "letter", "art", "ziel", "zielgrösse", "zielgröße"),
    ("y",),
)  # fmt: skip
"""Names that a target often has, the surest first."""

ID_NAMES = frozenset(
    ("id", "ids", "index", "idx", "nr", "no", "no.", "nr.", "#", "row", "rows", "rowid",
     "rownum", "row number", "row_number", "row.names", "rowname", "rownames", "sno", "s.no",
     "s.no.", "sr no", "sl no", "serial", "serial no", "obs", "observation", "case", "instance",
     "sample", "record", "lfd", "lfd. nr.", "lfd nr", "unnamed: 0", "uid", "uuid", "key", "num",
     "number", "nummer", "n°")
)  # fmt: skip
AXIS_NAMES = frozenset(
    ("x", "t", "time", "zeit", "temps", "tiempo", "year", "jahr", "month", "monat", "week", "day",
     "tag", "hour", "minute", "second", "step", "epoch", "age", "position", "distance", "dose")
)  # fmt: skip
"""Names of inputs whose values may well be 1, 2, 3, ... in order."""

_ID_ENDS = re.compile(r"(?:^|[_\s.\-])(?:id|ID|Id|nr|no)$|[a-z](?:Id|ID)$")

NOTED = 5  # columns that a note names
ONE_TO_ONE_FROM = 20  # rows
COUNTED_FROM = 10  # rows from which 1, 2, 3, ... are taken for row numbers whatever the name


def columns_named(columns: Sequence[RawColumn], text: str, label: str) -> list[RawColumn]:
    """The columns that a text lists by name or number, each once. Raises BadValue."""
    try:
        words = list_of(text)
    except csv.Error:
        raise BadValue(label, text, "names or numbers separated by commas") from None
    return list({_column_named(columns, word, label): None for word in words})


def _column_named(columns: Sequence[RawColumn], word: str, label: str) -> RawColumn:
    for column in columns:
        if column.name == word:
            return column
    number = parse_whole(word)
    if number is not None and 1 <= number <= len(columns):
        return columns[number - 1]
    names = [column.name for column in columns]
    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    allowed = f"numbers from 1 to {len(names)} or names out of {listed}"
    raise BadValue(label, word, allowed, meant(word, names))


@dataclass(slots=True)
class RoleFinder:
    """Gives every column its role; ``notes`` grows by what was guessed."""

    table: RawTable
    reading: Reading
    columns: list[ReadColumn]
    notes: list[DataNote] = field(default_factory=list)

    def find(self) -> list[ReadColumn]:
        """The columns with their roles. Raises BadValue for options that name none."""
        raws = self.table.columns
        left_out = set(columns_named(raws, self.reading.leave_out, "columns left out"))
        forced = set(columns_named(raws, self.reading.inputs, "input columns"))
        targets = columns_named(raws, self.reading.targets, "target columns")
        targets = targets or [raw for raw in raws if raw.name in self.table.targets]
        self._check_targets(targets, left_out)
        chosen = left_out | forced | set(targets)
        counting = [c for c in self.columns if self._counts_rows(c) and c.raw not in chosen]
        useless = {c.raw for c in self.columns if c.empty} | left_out
        texts = [c for c in self.columns if c.kind == "text" and c.raw not in chosen]
        away = useless | {c.raw for c in (*counting, *texts)}
        if not targets:
            targets = self._proposed([c for c in self.columns if c.raw not in away | forced])
        if not targets:  # nothing but row numbers and texts
            targets = self._proposed([c for c in self.columns if c.raw not in useless | forced])
        constant = self._constant(away, set(targets), forced)
        inputs = [c.raw for c in self.columns if c.raw not in away | constant | set(targets)]
        if not inputs and texts and not self.reading.targets:
            inputs, targets = targets, [texts[-1].raw]
        if not inputs and (kept := [c for c in counting if c.raw not in targets][:1]):
            counting.remove(kept[0])
            inputs = [kept[0].raw]
        self._note_left_out(counting, texts, constant, set(targets), left_out)
        return [self._with_role(c, targets, inputs, counting) for c in self.columns]

    def _check_targets(self, targets: list[RawColumn], left_out: set[RawColumn]) -> None:
        for column in targets:
            if column in left_out or self._read(column).empty:
                raise BadValue(
                    "target columns", column.name, "columns with values that are not left out"
                )

    def _read(self, raw: RawColumn) -> ReadColumn:
        return self.columns[raw.number - 1]

    def _proposed(self, usable: list[ReadColumn]) -> list[RawColumn]:
        """The target: a column with the name of one, else the last that varies."""
        last = usable[-1:]
        named_last = any(c.name.strip().casefold() in names for names in TARGET_NAMES for c in last)
        for names in TARGET_NAMES:
            if named_last and names is not TARGET_NAMES[0]:
                break
            found = [c for c in usable if c.name.strip().casefold() in names]
            if names == ("y",) and _are_coordinates(self.table.columns):
                found = []
            if found and found[-1] not in last:
                self.notes.append(
                    DataNote(
                        f"The target is {found[-1].raw.place}, by its name.",
                        (Remedy("targets", written_list([c.name for c in last]), "The last one"),),
                    )
                )
            if found:
                return [found[-1].raw]
        return [column.raw for column in last]

    def _counts_rows(self, column: ReadColumn) -> bool:
        """Whether a column counts the rows, or gives each a name of its own as an id does."""
        if column.empty or len(column.missing) or len(column.raw) < 3:
            return False
        name = column.name.strip()
        is_id = name.casefold() in ID_NAMES or _ID_ENDS.search(name) is not None
        if column.kind == "number" and column.numbers is not None:
            if not (column.numbers == np.round(column.numbers)).all():
                return False
            if column.raw.unnamed and column.raw.number == 1:
                return _counts(column.numbers, self.table.sampled) and len(self.columns) > 2
            if self._numbers_rows(column.numbers) and name.casefold() not in AXIS_NAMES:
                return True
            return is_id and (
                _counts(column.numbers, self.table.sampled)
                or (len(column.raw) >= 10 and _all_different(column.numbers))
            )
        if column.codes is not None and column.kind in ("categories", "text"):
            return is_id and len(column.categories) == len(column.raw)
        return False

    def _numbers_rows(self, numbers: Vector) -> bool:
        """Whether numbers are 0, 1, 2, ... or 1, 2, 3, ... in the order of many rows."""
        if len(numbers) < COUNTED_FROM or numbers[0] not in (0.0, 1.0):
            return False
        rows = np.diff(self.table.lines) if self.table.sampled else 1
        return bool((np.diff(numbers) == rows).all())

    def _constant(
        self, away: set[RawColumn], targets: set[RawColumn], forced: set[RawColumn]
    ) -> set[RawColumn]:
        """The input columns that are the same in every row; none in a table of equal rows."""
        rest = [c for c in self.columns if c.raw not in away]
        if len(self.table.lines) < 2 or all(c.constant for c in rest):
            return set()
        keep = targets | forced
        if self.table.image_shape is not None:
            return set()
        gaps_count = self.reading.missing in ("refuse", "category")  # a gap is another value
        constant = {
            c.raw for c in rest
            if c.constant and c.raw not in keep and not (gaps_count and len(c.missing))
        }  # fmt: skip
        inputs = [c for c in rest if c.raw not in targets and c.raw not in constant]
        return constant if inputs else set()

    def _note_left_out(
        self,
        counting: list[ReadColumn],
        texts: list[ReadColumn],
        constant: set[RawColumn],
        targets: set[RawColumn],
        left_out: set[RawColumn],
    ) -> None:
        empty = [c.raw for c in self.columns if c.empty and c.raw not in left_out]
        rows = [c.raw for c in counting if c.raw not in targets]
        prose = [c.raw for c in texts if c.raw not in targets and c not in counting]
        self._note("Without any value, left out", empty)
        self._note("Numbers or names of rows, left out", rows, "inputs")
        self._note("Texts that differ from row to row, left out", prose, "categories")
        self._note("The same in every row, left out", sorted(constant, key=lambda c: c.number))

    def _note(self, what: str, columns: Iterable[RawColumn], option: str = "") -> None:
        some = list(columns)
        if some:
            value = written_list([column.name for column in some])
            remedies = (Remedy(option, value, "Use them"),) if option else ()
            self.notes.append(DataNote(listed(what, some), remedies))

    def _with_role(
        self,
        column: ReadColumn,
        targets: list[RawColumn],
        inputs: list[RawColumn],
        counting: list[ReadColumn],
    ) -> ReadColumn:
        role: ColumnRole = "left out"
        if column.raw in targets:
            role = "target"
        elif column.raw in inputs:
            role = "input"
        kind = "row number" if column in counting and role == "left out" else column.kind
        return replace(column, kind=kind, role=role)


def listed(what: str, columns: Sequence[RawColumn]) -> str:
    """'What: column 1, column 2 and 3 more.'"""
    places = ", ".join(column.place for column in columns[:NOTED])
    more = f" and {len(columns) - NOTED} more" if len(columns) > NOTED else ""
    return f"{what}: {places}{more}."


def same_as_target(columns: Sequence[ReadColumn]) -> list[RawColumn]:
    """Input columns that tell the class of every row: each value stands for one class."""
    targets = [c for c in columns if c.role == "target"]
    if len(targets) != 1 or len(columns[0].raw) < ONE_TO_ONE_FROM:
        return []
    classes = _coded(targets[0])
    if classes is None:
        return []
    return [
        c.raw for c in columns
        if c.role == "input" and (codes := _coded(c)) is not None
        and _one_to_one(codes, classes)
    ]  # fmt: skip


def _coded(column: ReadColumn) -> Vector | None:
    values = column.numbers if column.codes is None else column.codes.astype(np.float64)
    if values is None or len(column.missing):
        return None
    n = len(np.unique(values[:2000]))  # where each row has its own, any two columns fit together
    return values if 2 <= n <= MAX_CATEGORIES and 2 * n <= len(values) else None


def _one_to_one(one: Vector, other: Vector) -> bool:
    pairs = len(np.unique(np.stack([one, other], axis=1), axis=0))
    return bool(pairs == len(np.unique(one)) == len(np.unique(other)))


def _counts(numbers: Vector, sampled: bool) -> bool:
    steps = np.diff(numbers)
    return bool((steps > 0).all() if sampled else (steps == 1).all())


def _all_different(numbers: Vector) -> bool:
    return len(np.unique(numbers)) == len(numbers)


def _are_coordinates(columns: Sequence[RawColumn]) -> bool:
    """Whether y stands beside x or z, as coordinates do."""
    return bool({column.name.strip().casefold() for column in columns} & {"x", "z"})
