"""A column of a CSV file: cells as numbers or texts, and how they become inputs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpviz.core.number_grammar import parse_many
from bpviz.core.values import Integers, Vector

MISSING = frozenset(
    ("", "?", "NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None")
)
"""What counts as a missing value; "none" does not: it may well be a class."""

INFINITE = frozenset(("inf", "infinity"))
DIGITS = "0123456789"


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


def _text(number: float) -> str:
    return "" if np.isnan(number) else f"{number:.15g}"


@dataclass(frozen=True, slots=True, eq=False)
class CsvColumn:
    """One column: ``numbers`` (rows,), nan where missing, if every cell is one; else ``texts``.

    ``text_row`` is the first row whose cell is a text (-1: none), and ``mostly_numbers`` says
    whether more than half of the cells are numbers all the same. ``comma_row`` and
    ``point_row`` are the first rows with a decimal comma and with a point (-1: none).
    """

    number: int
    name: str
    numbers: Vector | None
    texts: tuple[str, ...] = ()
    text_row: int = -1
    mostly_numbers: bool = False
    comma_row: int = -1
    point_row: int = -1

    @property
    def place(self) -> str:
        """The column in a sentence: its number and its name."""
        own_name = self.name != f"column {self.number}"
        return f"column {self.number}" + (f" '{self.name}'" if own_name else "")

    def cell(self, row: int) -> str:
        """What stands in a row."""
        return self.texts[row] if self.numbers is None else _text(float(self.numbers[row]))

    def missing(self) -> Integers:
        """The rows without a value."""
        if self.numbers is not None:
            return np.flatnonzero(np.isnan(self.numbers))
        gaps = {text for text in set(self.texts) if is_missing(text)}
        rows = [row for row, text in enumerate(self.texts) if text in gaps] if gaps else []
        return np.array(rows, dtype=np.int64)

    def as_texts(self, rows: Integers) -> list[str]:
        """The cells of these rows as texts."""
        if self.numbers is not None:
            return [_text(number) for number in self.numbers[rows].tolist()]
        if len(rows) == len(self.texts):
            return list(self.texts)
        return [self.texts[row] for row in rows.tolist()]


class ColumnBuilder:
    """Collects the cells of a column, piece by piece; pieces of numbers do not stay texts."""

    def __init__(self, number: int, name: str, decimal_comma: bool) -> None:
        self.number, self.name, self.decimal_comma = number, name, decimal_comma
        self._pieces: list[Vector | list[str]] = []
        self._rows = 0
        self._first = {",": -1, ".": -1}

    def add(self, cells: Sequence[str]) -> None:
        """Add the cells of the next rows."""
        numbers = numbers_of(cells, self.decimal_comma)
        self._pieces.append([c.strip() for c in cells] if numbers is None else numbers)
        if self.decimal_comma:
            self._note_marks(cells)
        self._rows += len(cells)

    def _note_marks(self, cells: Sequence[str]) -> None:
        for mark, row in self._first.items():
            if row < 0:
                found = (at for at, cell in enumerate(cells, self._rows) if mark in cell)
                self._first[mark] = next(found, -1)

    def column(self) -> CsvColumn:
        """The column of all cells added."""
        numbers = [piece for piece in self._pieces if isinstance(piece, np.ndarray)]
        if len(numbers) == len(self._pieces):
            return CsvColumn(
                self.number, self.name, np.concatenate(numbers or [np.empty(0)]),
                comma_row=self._first[","], point_row=self._first["."],
            )  # fmt: skip
        texts: list[str] = []
        for piece in self._pieces:
            texts += map(_text, piece.tolist()) if isinstance(piece, np.ndarray) else piece
        counts = Counter(text for text in texts if not is_missing(text))
        words = {text for text in counts if numbers_of([text], self.decimal_comma) is None}
        n_words = sum(counts[word] for word in words)
        row = next((row for row, text in enumerate(texts) if text in words), -1)
        return CsvColumn(
            self.number, self.name, None, tuple(texts), row, counts.total() > 2 * n_words
        )
