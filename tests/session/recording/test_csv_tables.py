"""Cells of CSV files: numbers to the last digit, names that no spreadsheet computes."""

import csv
import io
import math

import pytest

from bpviz.session.recording.csv_tables import line_of


def read(line: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(line))
    return row


def test_numbers_are_exact_and_what_is_missing_is_empty() -> None:
    assert line_of((1, 0.1, -2.5e-300, math.nan, None, math.inf)) == "1,0.1,-2.5e-300,,,inf\n"


@pytest.mark.parametrize("name", ["a,b", 'say "x"', "two\nlines", "a;b", "ß", "''"])
def test_names_come_back_as_they_are(name: str) -> None:
    assert read(line_of((name, 1))) == [name, "1"]


@pytest.mark.parametrize(
    "name",
    ["=1+1", '=HYPERLINK("http://x","y")', "+x", "-x", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c'!A1"],
)
def test_names_that_a_spreadsheet_would_compute_are_texts(name: str) -> None:
    assert read(line_of((name,))) == ["'" + name]


@pytest.mark.parametrize("name", ["-1", "+0.5", "-1e3"])
def test_classes_that_are_numbers_stay_numbers(name: str) -> None:
    assert read(line_of((name,))) == [name]
