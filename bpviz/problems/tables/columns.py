"""Collects the cells of a column piece by piece: numbers stay no texts, texts are kept once."""

import re
from collections.abc import Sequence

import numpy as np

from bpviz.core.number_grammar import parse_many
from bpviz.core.values import Vector
from bpviz.problems.tables.model import CategoryCodes, RawColumn
from bpviz.problems.tables.numbers import INFINITE, MISSING, Mark

DIGITS = "0123456789"

_CODE = re.compile(r"^[ \t\"]*[+-]?(?:0[0-9]|[0-9]{16,}[ \t\"]*$)", re.MULTILINE)
_IN_GROUPS = {
    mark: re.compile(rf"^\s*[+-]?[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})+\s*$") for mark in ".,"
}


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a value that is not there."""
    return cell.strip() in MISSING


def numbers_of(cells: Sequence[str], decimal_comma: bool) -> Vector | None:
    """The cells as numbers, nan where a value is missing, or None if one is a text.

    What programs write for infinity is infinite, so that it is refused in its cell and not taken
    for a category.
    """
    numbers = parse_many(cells, decimal_comma)
    if numbers is not None:
        return np.array(numbers, dtype=np.float64)
    first = next((cell for cell in cells if _value_without_digits(cell) == 0.0), "0")
    if parse_many([first], decimal_comma) is None:  # most texts stand among texts
        return None
    values = np.array([
        np.nan if cell in MISSING else 0.0 if cell[-1] in DIGITS else _value_without_digits(cell)
        for cell in cells
    ])  # fmt: skip
    there = np.flatnonzero(values == 0.0)
    numbers = parse_many([cells[at] for at in there.tolist()], decimal_comma)
    if numbers is None:
        return None
    values[there] = numbers
    return values


def _value_without_digits(cell: str) -> float:
    """nan for a missing value, infinity for 'inf' and its like, 0 for any other text."""
    if is_missing(cell):
        return np.nan
    return np.inf if cell.strip().lstrip("+-").lower() in INFINITE else 0.0


class ColumnBuilder:
    """Collects the cells of a column; ``decimal`` is the decimal mark of plain numbers.

    Cells whose meaning another cell may decide stay texts: 1.234 where no decimal point is sure
    yet, and codes such as 0123. ``check_marks``: whether 1.234 can be such a cell.
    """

    def __init__(self, number: int, name: str, decimal: Mark, check_marks: bool) -> None:
        self.number, self.name, self.decimal = number, name, decimal
        self.sure = not check_marks
        self._pieces: list[Vector | CategoryCodes] = []
        self._values: dict[str, int] = {}
        self._rows = 0

    def add(self, cells: Sequence[str]) -> None:
        """Add the cells of the next rows."""
        numbers = self._plain_numbers(cells)
        if numbers is None:
            values = self._values
            codes = [values.setdefault(cell.strip(), len(values)) for cell in cells]
            self._pieces.append(np.array(codes, dtype=np.int32))
        else:
            self._pieces.append(numbers)
        self._rows += len(cells)

    def add_numbers(self, numbers: Vector) -> None:
        """Add rows that were found to be plain numbers."""
        self._pieces.append(numbers)
        self._rows += len(numbers)

    def _plain_numbers(self, cells: Sequence[str]) -> Vector | None:
        other = "," if self.decimal == "." else "."
        joined = "\n".join(cells)
        if (other in joined) or _CODE.search(joined):
            return None
        if not self.sure and self.decimal in joined:
            pointed = [cell for cell in cells if self.decimal in cell]
            if all(map(_IN_GROUPS[self.decimal].match, pointed)):
                return None
            self.sure = numbers_of(pointed, self.decimal == ",") is not None
        return numbers_of(cells, self.decimal == ",")

    @property
    def is_numeric(self) -> bool:
        """Whether rows were added, and all of them are plain numbers."""
        return self._rows > 0 and not self._values

    def has_text(self, text: str) -> bool:
        """Whether a cell that was added is this text."""
        return text in self._values

    def column(self) -> RawColumn:
        """The column of all cells added."""
        if not self._values:
            numbers = [piece for piece in self._pieces if piece.dtype == np.float64]
            whole = np.concatenate(numbers) if numbers else np.empty(0)
            self._pieces.clear()
            return RawColumn(self.number, self.name, whole.astype(np.float64, copy=False))
        codes = [self._codes_of(piece) for piece in self._pieces]
        return RawColumn(self.number, self.name, None, tuple(self._values), np.concatenate(codes))

    def _codes_of(self, piece: Vector | CategoryCodes) -> CategoryCodes:
        if piece.dtype == np.int32:
            return piece.astype(np.int32, copy=False)
        values = self._values
        texts = [self._text(number) for number in piece.tolist()]
        return np.array([values.setdefault(text, len(values)) for text in texts], dtype=np.int32)

    def _text(self, number: float) -> str:
        if number != number:  # nan
            return ""
        return repr(float(number)).removesuffix(".0").replace(".", self.decimal)
