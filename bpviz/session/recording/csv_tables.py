"""Numbers as CSV: full precision, names in the first row, and marks that a spreadsheet expects."""

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from bpviz.core.run.records import EpochRecord
from bpviz.session.frame import Curve

Row = tuple[Any, ...]


class CsvMarks(NamedTuple):
    """What stands between cells, and before decimals."""

    separator: str
    decimal: str


COMMAS, SEMICOLONS = CsvMarks(",", "."), CsvMarks(";", ",")
CSV_MARKS = {"comma": COMMAS, "semicolon": SEMICOLONS}
"""By name; spreadsheets of countries with a decimal comma expect semicolons."""

BOM = "\ufeff"
"""Begins a file, so that spreadsheets read it as UTF-8."""

LOSS_COLUMNS = (
    "epoch",
    "error",
    "error_per_pattern",
    "accuracy",
    "test_error",
    "test_error_per_pattern",
    "test_accuracy",
)
"""The columns of a loss curve; test columns are empty where the problem has no test patterns."""

_ROWS = 1_024

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets compute a cell that begins so; an apostrophe before it makes it a text."""


def line_of(row: Iterable[Any], marks: CsvMarks = COMMAS) -> str:
    """A row as a line. None and nan are empty cells."""
    return marks.separator.join(_cell(value, marks) for value in row) + "\n"


def _cell(value: Any, marks: CsvMarks) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value)).replace(".", marks.decimal)
    text = "" if value is None else str(value)
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) and not _is_number(value):
        text = "'" + text
    if any(mark in text for mark in (marks.separator, '"', "\n", "\r", ",")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def loss_row(record: EpochRecord, n_train: int, n_test: int) -> Row:
    """The row of an epoch for LOSS_COLUMNS, with so many training and test patterns."""
    epoch, error, right, test_error, test_right = record
    per_pattern = test_error / n_test if n_test else math.nan
    return epoch, error, error / n_train, right, test_error, per_pattern, test_right


def curve_rows(curve: Curve, n_train: int, n_test: int) -> Iterator[Row]:
    """The rows of a curve for LOSS_COLUMNS."""
    columns = (
        curve.epochs, curve.train_error, curve.train_right, curve.test_error, curve.test_right,
    )  # fmt: skip
    for at in range(0, len(curve.epochs), _ROWS):
        part: list[np.ndarray[Any, Any]] = [column[at : at + _ROWS] for column in columns]
        for record in zip(*(column.tolist() for column in part), strict=True):
            yield loss_row(EpochRecord(*record), n_train, n_test)
