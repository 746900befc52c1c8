"""Texts that are numbers in some notation: decimal and thousands marks, currencies, units.

One notation holds for a whole column: whether '1.234' is 1.234 or 1234 follows from its other
cells, and from the other columns where those do not tell.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bpviz.core.number_grammar import parse_point

MISSING = frozenset(
    ("", "?", "NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "<NA>", "NaT")
)
"""What counts as a missing value; "none" does not: it may well be a class."""

MISSING_AMONG_NUMBERS = frozenset(
    ("-", "--", "---", "–", "—", ".", "..", "...", "*", "n.a.", "N.A.", "k.A.", "missing",
     "unknown", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "none", "nil", "NONE")
)  # fmt: skip
"""What counts as missing where all other cells of the column are numbers."""

INFINITE = frozenset(("inf", "infinity"))

_BLANKS = " \u00a0\u2009\u202f'’"
_MONEY = r"(?:[$€£¥₹]|US\$|(?:USD|EUR|GBP|CHF|JPY|INR|CNY|Fr\.|Rs\.?)(?![A-Za-z]))"
_SHAPE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+\-−]?)\s*(?P<money>{_MONEY})?\s*(?P<sign2>[+\-−]?)"
    rf"(?P<core>[0-9.,{_BLANKS}]*[0-9][.,]?)(?P<exp>[eEdD][+\-−]?[0-9]+)?(?P<after>[\-−](?![^)\s]))?"
    rf"\s*(?P<unit>{_MONEY}|%|‰|[^\d\s.,+\-−()'’:/;|][^\d]{{0,11}})?(?P<close>\))?"
)
_GROUPED = re.compile(
    rf"[0-9]{{1,3}}([.,{_BLANKS}])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}"
)
"""Digits in threes, or as in India: 12,34,567."""
_PLAIN = re.compile(r"[ \t]*[+-]?[0-9]+(?:\.[0-9]+)?[ \t\r\n]*")
_EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")

Mark = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class Shape:
    """One cell taken apart; ``core`` holds digits and marks, ``unit`` is what follows them."""

    text: str
    negative: bool
    core: str
    exponent: str
    unit: str
    money: str

    def decimal(self) -> Mark | None:
        """The mark that can only be a decimal mark here."""
        marks = [c for c in self.core if c in ".,"]
        if not marks or _EITHER.fullmatch(self.core):
            return None
        last: Mark = "." if marks[-1] == "." else ","
        return last if marks.count(last) == 1 else None

    def thousands(self) -> Mark | None:
        """The mark that can only stand between thousands here."""
        marks = [c for c in self.core if c in ".,"]
        if not marks or (len(marks) == 1 and not self._blanks()):
            return None
        first: Mark = "." if marks[0] == "." else ","
        return first if marks[0] != marks[-1] or len(marks) > 1 else None

    def _blanks(self) -> bool:
        return any(c in _BLANKS for c in self.core)

    def value(self, decimal: Mark) -> float | None:
        """The number, with this decimal mark; None if the marks do not fit."""
        whole, _, fraction = self.core.partition(decimal)
        if not (whole.isdigit() or not whole or _GROUPED.fullmatch(whole)):
            return None
        if fraction and not fraction.isdigit():
            return None
        digits = "".join(c for c in whole if c.isdigit())
        number = parse_point(f"{digits or '0'}.{fraction or '0'}{self.exponent}")
        return number if number is None or not self.negative else -number


def shape_of(text: str) -> Shape | None:
    """A cell taken apart; None if it does not look like a number."""
    match = _SHAPE.fullmatch(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    core = match["core"].strip()
    if "," not in core and "." not in core and not core.isdigit() and not _GROUPED.fullmatch(core):
        return None
    if (match["exp"] or "")[:1] in ("d", "D") and "." not in core:
        return None  # Fortran's 1.5D-03 has a point; 2D05 is a name
    signs = match["sign"] + match["sign2"] + (match["after"] or "")
    negative = bool(match["open"]) or "-" in signs or "−" in signs
    unit = (match["unit"] or "").strip()
    exponent = (match["exp"] or "").replace("−", "-").lower().replace("d", "e")
    money = match["money"] or ""
    if re.fullmatch(_MONEY, unit):
        money, unit = unit, ""
    return Shape(text, negative, core, exponent, unit, money)


def looks_like_number(text: str) -> bool:
    """Whether a single cell is a number in some notation without a unit."""
    if _PLAIN.fullmatch(text) is not None:  # most are
        return True
    shape = shape_of(text)
    if shape is None or (shape.unit and shape.unit not in "%‰"):
        return False
    return shape.value(".") is not None or shape.value(",") is not None


@dataclass(frozen=True, slots=True)
class Notation:
    """How the numbers of a column are written: the decimal mark, and what else stands there.

    ``thousands`` is an example of a number with marks between thousands, ``doubtful`` one that
    could be read otherwise; ``unit`` and ``money`` are what was ignored, ``bare`` is a number
    without the unit of others.
    """

    decimal: Mark = "."
    thousands: str = ""
    doubtful: str = ""
    unit: str = ""
    money: str = ""
    negative: str = ""
    bare: str = ""
    marked: bool = False
    conflict: tuple[str, str] | None = None
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rest of the file says: its separator, and its decimal mark if that is sure."""

    separator: str = ","
    decimal: Mark | None = None
    chosen: Mark | None = None


def sure_decimals(values: Iterable[str]) -> dict[Mark, str]:
    """The marks that can only be decimal marks in these cells, each with an example."""
    found: dict[Mark, str] = {}
    for text in values:
        shape = shape_of(text)
        mark = shape.decimal() if shape is not None else None
        if mark is not None:
            found.setdefault(mark, text)
            if len(found) == 2:
                break
    return found


def notation_of(counts: Counter[str], evidence: Evidence) -> Notation | None:
    """The notation of the cells of a column (each with its number of rows); None: no numbers.

    Cells that are missing are not among them. ``values`` maps every cell that is a number to it.
    """
    shapes = {text: shape for text in counts if (shape := shape_of(text)) is not None}
    unit = _common_unit(shapes, counts)
    shapes = {text: shape for text, shape in shapes.items() if shape.unit in ("", unit)}
    if not shapes:
        return None
    decimal, doubtful, conflict = _decimal(list(shapes.values()), evidence)
    values = {t: v for t, shape in shapes.items() if (v := shape.value(decimal)) is not None}
    for text in counts:
        if text.strip("+- ").lower() in INFINITE:
            values[text] = float("-inf") if text.startswith("-") else float("inf")
    if not values:
        return None
    other = "," if decimal == "." else "."
    known = [t for t in values if t in shapes]
    in_groups = (t for t in known if other in shapes[t].core or shapes[t]._blanks())
    return Notation(
        decimal,
        next(in_groups, ""),
        doubtful,
        unit,
        next((shapes[t].money for t in known if shapes[t].money), ""),
        next(
            (t for t in values if t.strip().startswith("(") or t.rstrip().endswith(("-", "−"))), ""
        ),
        next((t for t in known if unit and not shapes[t].unit and values[t] != 0.0), ""),
        any(mark in shapes[t].core for t in known for mark in ".,"),
        conflict,
        values,
    )


def _common_unit(shapes: dict[str, Shape], counts: Counter[str]) -> str:
    """The unit behind the numbers: one that all of them have, or percent."""
    units = {shape.unit for shape in shapes.values()}
    if len(units) == 1 and len(shapes) == len(counts):
        return units.pop()
    return "%" if units == {"", "%"} else ""


def _decimal(
    shapes: Sequence[Shape], evidence: Evidence
) -> tuple[Mark, str, tuple[str, str] | None]:
    """The decimal mark of a column, an example that could be read otherwise, and a conflict."""
    if evidence.chosen is not None:
        return evidence.chosen, "", None
    sure = sure_decimals(shape.text for shape in shapes)
    if len(sure) == 2:
        return ".", "", (sure[","], sure["."])
    if sure:
        return next(iter(sure)), "", None
    groups = {mark for shape in shapes if (mark := shape.thousands()) is not None}
    if len(groups) == 1:
        return ("," if "." in groups else "."), "", None
    return _unsure(shapes, evidence)


def _unsure(shapes: Sequence[Shape], evidence: Evidence) -> tuple[Mark, str, None]:
    """The decimal mark where every number with a mark could be one with thousands."""
    either = [shape for shape in shapes if _EITHER.fullmatch(shape.core)]
    if not either:
        return evidence.decimal or ".", "", None
    mark: Mark = "." if "." in either[0].core else ","
    other: Mark = "," if mark == "." else "."
    example = either[0].text
    if evidence.decimal is not None:
        return evidence.decimal, "", None
    money = any(shape.money for shape in shapes)
    bare = any(shape.core.isdigit() for shape in shapes)
    several = len(either) > 1 or money
    if mark == "," and evidence.separator == ",":
        return ".", "", None  # such a comma is in quotes, as programs write thousands
    if several and (bare or money) and (mark == "." or evidence.separator != ";"):
        if mark == "." and evidence.separator == ",":
            return ".", "", None
        return other, "", None
    return mark, example if evidence.separator != "," else "", None
