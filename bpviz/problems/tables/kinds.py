"""What kind a column is of: numbers, categories, dates, texts or row numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bpviz.core.number_grammar import parse_point
from bpviz.core.text.number_words import plain
from bpviz.core.values import Vector, quoted
from bpviz.problems.tables.dates import compact_days, days_of
from bpviz.problems.tables.model import (
    CategoryCodes,
    ColumnKind,
    DataNote,
    RawColumn,
    ReadColumn,
    Remedy,
)
from bpviz.problems.tables.names import written_list
from bpviz.problems.tables.numbers import (
    MISSING,
    MISSING_AMONG_NUMBERS,
    Evidence,
    Notation,
    notation_of,
    sure_decimals,
)

MAX_CATEGORIES = 50
MAX_CLASSES = 100
FEW = 20  # different values that may be a kind each, if rows repeat them
FROM_ROWS = 10  # rows; in smaller tables different texts are categories all the same
CODE_NAMES = frozenset(
    ("zip", "zipcode", "zip code", "zip_code", "postcode", "postal code", "postal_code", "plz",
     "area code", "area_code", "phone", "telephone", "telefon", "code", "code postal")
)  # fmt: skip
"""Names of columns whose whole numbers are no amounts."""

CODE_DIGITS = 15  # a float64 has so many

_SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
_MADE_DATE = re.compile(
    r"[0-9]{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", re.IGNORECASE
)
_LEADING_ZERO = re.compile(r"0[0-9]+")
_LONG = re.compile(rf"[0-9]{{{CODE_DIGITS + 1},}}")


@dataclass(slots=True)
class KindFinder:
    """Finds the kind of columns; ``evidence`` is what the file says of marks in numbers.

    ``marks`` are texts that stand for missing values; ``decimals`` grows by the decimal marks
    of the columns read.
    """

    evidence: Evidence
    marks: frozenset[str] = frozenset()
    ignore_case: bool = False
    date_order: str = "auto"
    decimals: set[str] = field(default_factory=set)
    notes: list[DataNote] = field(default_factory=list)

    def read(
        self, raw: RawColumn, wanted: ColumnKind | None, *, target: bool = False
    ) -> ReadColumn:
        """The column as the kind that is wanted, or as the one that it looks like."""
        wanted = wanted or raw.declared
        if raw.numbers is not None:
            return self._of_numbers(raw, wanted)
        counts = self._counts(raw)
        if wanted in ("categories", "text"):
            return self._of_categories(raw, counts, wanted)
        notation = notation_of(counts, self.evidence)
        there = notation.values if notation is not None else {}
        may_be_date = wanted == "date" or (wanted is None and 0 < len(counts) > len(there))
        if may_be_date and (dated := self._of_dates(raw, counts)) is not None:
            return dated
        if wanted == "number":
            return self._with_numbers(raw, counts, notation or Notation())
        return self._guessed(raw, counts, notation, target=target)

    # -- plain numbers ---------------------------------------------------------------------

    def _of_numbers(self, raw: RawColumn, wanted: ColumnKind | None) -> ReadColumn:
        assert raw.numbers is not None
        numbers = raw.numbers
        for mark in self.marks:
            if (value := parse_point(mark)) is not None:
                numbers = np.where(numbers == value, np.nan, numbers)
        if wanted in ("categories", "text"):
            return _numbers_as_categories(raw, numbers, wanted)
        days = compact_days(numbers) if wanted in (None, "date") else None
        if days is not None and wanted is None:
            self._say(
                f"{_place(raw)}: whole numbers such as {raw.cell(0)} are read as dates, in days "
                "since the first.", Remedy("numbers", _ref(raw), "As numbers"),
            )  # fmt: skip
        if days is not None:
            origin = float(np.nanmin(days))
            return ReadColumn(raw, "date", "input", days - origin, origin=origin)
        self._note_sentinel(raw, numbers)
        if raw.name.strip().casefold() in CODE_NAMES and wanted is None:
            self._doubt(
                f"{_place(raw)}: codes such as {raw.cell(0)} are read as numbers.",
                Remedy("categories", _ref(raw), "As categories"),
                Remedy("leave_out", _ref(raw), "Leave it out"),
            )
        return ReadColumn(raw, "number", "input", numbers)

    def _note_sentinel(self, raw: RawColumn, numbers: Vector) -> None:
        """Note values such as -999 far away from the others: they often mean 'missing'."""
        finite = numbers[np.isfinite(numbers)]
        if len(finite) < 3:
            return
        ends = {float(finite.min()), float(finite.max())}
        for value in ends.intersection(_SENTINELS):
            others = finite[finite != value]
            if len(finite) - len(others) >= 2 and len(others):
                far = 5.0 * float(np.abs(others).max())
                if abs(value) > far or (value < 0 <= others.min() and len(others) > 2):
                    self._doubt(
                        f"{_place(raw)} has {plain(value, 12)} in {len(finite) - len(others):,} "
                        "rows, far from all other values: it may stand for a missing value.",
                        Remedy("missing_marks", f"{value:g}", f"{plain(value, 12)} is missing"),
                    )

    # -- texts -----------------------------------------------------------------------------

    def _counts(self, raw: RawColumn) -> Counter[str]:
        """How many rows have each text; missing values are not counted."""
        rows = np.bincount(raw.codes, minlength=len(raw.values)).tolist()
        return Counter({
            text: n for text, n in zip(raw.values, rows, strict=True)
            if n and text not in MISSING and text not in self.marks
        })  # fmt: skip

    def _guessed(
        self, raw: RawColumn, counts: Counter[str], notation: Notation | None, *, target: bool
    ) -> ReadColumn:
        if notation is None:
            return self._of_categories(raw, counts, None, target=target)
        words = [text for text in counts if text not in notation.values]
        if not words and _are_codes(counts):
            self._say(
                f"{_place(raw)}: digits such as {quoted(next(iter(counts)))} are read as codes, "
                "not as numbers.", Remedy("numbers", _ref(raw), "As numbers"),
            )  # fmt: skip
            return self._of_categories(raw, counts, None, target=target)
        if words and all(word in MISSING_AMONG_NUMBERS for word in words):
            self._say(
                f"{_place(raw)}: {quoted(words[0])} among numbers is read as a missing value.",
                Remedy("categories", _ref(raw), "As categories"),
            )
            return self._with_numbers(raw, counts, notation, frozenset(words))
        n_numbers = sum(n for text, n in counts.items() if text in notation.values)
        if 2 * n_numbers <= counts.total():
            return self._of_categories(raw, counts, None, target=target)
        few = len(counts) <= FEW and counts.total() >= 2 * len(counts)
        if words and few and any(counts[word] > 1 for word in words):
            self._doubt(
                f"{_place(raw)} has the texts {_some(words)} among numbers: its "
                f"{len(counts)} different values are read as categories.",
                Remedy("missing_marks", ",".join(words), "Those texts are missing values"),
            )
            return self._of_categories(raw, counts, "categories", target=target)
        return self._with_numbers(raw, counts, notation)

    def _with_numbers(
        self,
        raw: RawColumn,
        counts: Counter[str],
        notation: Notation,
        missing: frozenset[str] = frozenset(),
    ) -> ReadColumn:
        self._note_notation(raw, notation)
        table = np.array([notation.values.get(text, np.nan) for text in raw.values] or [np.nan])
        bad = {
            code for code, text in enumerate(raw.values)
            if text in counts and text not in notation.values and text not in missing
        }  # fmt: skip
        row = int(np.flatnonzero(np.isin(raw.codes, list(bad)))[0]) if bad else -1
        conflict = None
        if notation.conflict is not None:
            rows = [_first_row(raw, text) for text in notation.conflict]
            conflict = (rows[0], rows[1])
        return ReadColumn(raw, "number", "input", table[raw.codes], bad_row=row, conflict=conflict)

    def _note_notation(self, raw: RawColumn, notation: Notation) -> None:
        if notation.marked:
            self.decimals.add(notation.decimal)
        other = "comma" if notation.decimal == "." else "point"
        otherwise = Remedy("decimal", other, f"Decimal {other}")
        if notation.thousands:
            value = notation.values[notation.thousands]
            self._say(
                f"{_place(raw)}: {quoted(notation.thousands)} is read as {plain(value, 12)}, with "
                "marks between thousands.", otherwise,
            )  # fmt: skip
        if notation.doubtful:
            value = notation.values[notation.doubtful]
            self._doubt(
                f"{_place(raw)}: {quoted(notation.doubtful)} is read as {plain(value, 12)}; it "
                "could be thousands.", otherwise,
            )  # fmt: skip
        ignored = [quoted(mark) for mark in (notation.money, notation.unit) if mark]
        if ignored:
            self._say(
                f"{_place(raw)}: numbers with {' and '.join(ignored)} are read without it.",
                Remedy("categories", _ref(raw), "As categories"),
            )
        if notation.bare:
            self._doubt(
                f"{_place(raw)}: some numbers have {quoted(notation.unit)} and others, such as "
                f"{quoted(notation.bare)}, do not; all are read as they are written.",
                Remedy("leave_out", _ref(raw), "Leave it out"),
            )
        if notation.negative:
            self._say(f"{_place(raw)}: {quoted(notation.negative)} is read as a negative number.")

    def _of_dates(self, raw: RawColumn, counts: Counter[str]) -> ReadColumn | None:
        texts = list(counts)
        found = days_of(texts, self.date_order)
        if found is None:
            return None
        days, either = found
        by_text = dict(zip(texts, days, strict=True))
        table = np.array([by_text.get(text, np.nan) for text in raw.values])
        numbers = table[raw.codes]
        origin = float(np.nanmin(numbers))
        self._say(
            f"{_place(raw)} holds dates: they are read as days since the first.",
            Remedy("leave_out", _ref(raw), "Leave it out"),
        )
        if either:
            other = "day" if either == "month" else "month"
            self._doubt(
                f"{_place(raw)}: day and month could be exchanged; the {either} comes first.",
                Remedy("date_order", f"{other} first", f"{other.capitalize()} first"),
            )
        return ReadColumn(raw, "date", "input", numbers - origin, origin=origin)

    def _of_categories(
        self,
        raw: RawColumn,
        counts: Counter[str],
        wanted: ColumnKind | None,
        *,
        target: bool = False,
    ) -> ReadColumn:
        self._note_made_dates(raw, counts)
        merged = self._merged(raw, counts)
        every = set(merged.values())
        declared = [name for name in dict.fromkeys(raw.order) if name in every]
        names = [*declared, *in_order(every.difference(declared))]
        place = {name: at for at, name in enumerate(names)}
        table = np.array([place[merged[t]] if t in merged else -1 for t in raw.values] or [-1])
        codes: CategoryCodes = table.astype(np.int32)[raw.codes]
        kind = wanted or ("text" if _is_text(len(names), counts.total(), target) else "categories")
        return ReadColumn(raw, kind, "input", None, tuple(names), codes)

    def _note_made_dates(self, raw: RawColumn, counts: Counter[str]) -> None:
        """Note dates among other texts: spreadsheets make them of names and ranges."""
        made = [text for text in counts if _MADE_DATE.fullmatch(text)]
        if made and len(made) < len(counts):
            self._doubt(
                f"{_place(raw)}: {quoted(made[0])} among other texts may be what a spreadsheet has "
                "made of a name or a range.",
                Remedy("missing_marks", written_list(made), "Missing"),
            )

    def _merged(self, raw: RawColumn, counts: Counter[str]) -> dict[str, str]:
        """The category of each text: itself, or the usual spelling if case is ignored."""
        usual: dict[str, str] = {}
        variants = []
        for text, _ in counts.most_common():
            spelled = usual.setdefault(text.casefold(), text)
            if spelled != text:
                variants.append((spelled, text))
        if self.ignore_case:
            return {text: usual[text.casefold()] for text in counts}
        if variants and len(usual) <= MAX_CATEGORIES:
            one, other = variants[0]
            self._doubt(
                f"{_place(raw)} tells {quoted(one)} from {quoted(other)}.",
                Remedy("ignore_case", True, "Ignore upper and lower case"),
            )
        return {text: text for text in counts}

    def _say(self, text: str, *remedies: Remedy) -> None:
        self.notes.append(DataNote(text, remedies))

    def _doubt(self, text: str, *remedies: Remedy) -> None:
        self.notes.append(DataNote(text, remedies, doubtful=True))


def evidence_of(columns: Sequence[RawColumn], separator: str, decimal: str, plain: str) -> Evidence:
    """What the columns say of the decimal mark; ``decimal`` is the option, ``plain`` the mark
    of columns that hold plain numbers."""
    if decimal != "auto":
        return Evidence(separator, chosen="," if decimal == "comma" else ".")
    sure: Counter[str] = Counter()
    for column in columns:
        if column.numbers is not None:
            some = column.numbers[:1000]
            sure[plain] += bool((some[np.isfinite(some)] % 1 != 0).any())
        else:
            for mark in sure_decimals(column.values[:1000]):
                sure[mark] += 1
    if sure["."] == sure[","]:
        return Evidence(separator)
    return Evidence(separator, "," if sure[","] > sure["."] else ".")


def _are_codes(counts: Counter[str]) -> bool:
    """Whether digits are codes rather than numbers: 01067 among others of one length, or more
    digits than a number holds in most rows."""
    same_length = all(map(str.isdigit, counts)) and len(set(map(len, counts))) == 1
    if same_length and any(map(_LEADING_ZERO.fullmatch, counts)):
        return True
    long = sum(n for text, n in counts.items() if _LONG.fullmatch(text))
    return 2 * long > counts.total() and all(len(text) < 40 for text in counts)


def _is_text(n_names: int, n_rows: int, target: bool) -> bool:
    """Whether texts are too many to be categories."""
    if target:
        return n_names > MAX_CLASSES
    return n_names > MAX_CATEGORIES or (n_rows >= FROM_ROWS and 2 * n_names > n_rows)


def _numbers_as_categories(raw: RawColumn, numbers: Vector, kind: ColumnKind | None) -> ReadColumn:
    values, inverse = np.unique(numbers, return_inverse=True)
    n = int(np.count_nonzero(~np.isnan(values)))
    codes = np.where(np.isnan(numbers), -1, inverse).astype(np.int32)
    names = tuple(f"{value:.15g}" for value in values[:n].tolist())
    return ReadColumn(raw, kind or "categories", "input", None, names, codes)


def as_categories(column: ReadColumn) -> ReadColumn:
    """A column of plain numbers with a category for each of them."""
    if column.codes is not None:
        return column
    assert column.numbers is not None
    if column.raw.numbers is None:  # as the texts stand in the file
        return KindFinder(Evidence()).read(column.raw, "categories")
    return _numbers_as_categories(column.raw, column.numbers, "categories")


def in_order(names: set[str]) -> list[str]:
    """Numbers by size, then texts by the alphabet."""

    def key(name: str) -> tuple[int, float, str]:
        number = parse_point(name)
        return (1, 0.0, name) if number is None else (0, number, name)

    return sorted(names, key=key)


def _first_row(raw: RawColumn, text: str) -> int:
    return int(np.flatnonzero(raw.codes == raw.values.index(text))[0])


def _place(raw: RawColumn) -> str:
    return raw.place[:1].upper() + raw.place[1:]


def _some(words: Sequence[str]) -> str:
    return ", ".join(map(quoted, words[:3])) + (", …" if len(words) > 3 else "")


def _ref(raw: RawColumn) -> str:
    """The column as a list of one."""
    return written_list([raw.name])
