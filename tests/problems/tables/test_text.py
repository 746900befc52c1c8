"""Reading a CSV file: what is written comes back, in every form that CSV files have."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpviz.core.model.patterns import PatternSet
from bpviz.problems.table import find_problem
from bpviz.problems.tables.formats import read_table
from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.layout import SEPARATORS
from bpviz.problems.tables.model import Reading
from bpviz.problems.tables.number_blocks import has_codes
from bpviz.problems.tables.numbers import MISSING
from bpviz.problems.tables.problem import OPTIONS, looks_like_table

LoadCsv = Callable[..., PatternSet]
RAW = {"standardise": False, "standardise_targets": False, "test_share": 0.0}

numbers = st.floats(-1e100, 1e100, allow_nan=False)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=8).map(
    str.strip
)


def is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


words = texts.filter(lambda text: text not in MISSING and not is_number(text))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[Any]]]:
    """Names, and rows whose first columns are words and whose others are numbers."""
    n_words, n_numbers = draw(st.integers(0, 3)), draw(st.integers(2, 4))
    names = draw(st.lists(words.filter(lambda name: not name.startswith("column")),
                          min_size=n_words + n_numbers, max_size=n_words + n_numbers,
                          unique_by=lambda name: " ".join(name.split())))  # fmt: skip
    row = st.tuples(*[words] * n_words, *[numbers] * n_numbers).map(list)
    return names, draw(st.lists(row, min_size=2, max_size=12))


@given(
    tables(), st.sampled_from(sorted(set(SEPARATORS) - {"blanks"})), st.sampled_from(["\r\n", "\n"])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, table: tuple[list[str], list[list[Any]]], separator: str, end: str
) -> None:
    names, rows = table
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        # With other line ends than its own, the module leaves a \r in a text unquoted.
        quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_NONNUMERIC
        writer = csv.writer(
            file, delimiter=SEPARATORS[separator], lineterminator=end, quoting=quoting
        )
        writer.writerows([names, *rows])
    reading = Reading(separator=separator, header="yes", comments="none", extra_rows="keep")
    read_back = read_table(str(path), reading)
    assert [column.name for column in read_back.columns] == [" ".join(n.split()) for n in names]
    for column, cells in zip(read_back.columns, zip(*rows, strict=True), strict=True):
        if isinstance(cells[0], float) and column.numbers is not None:
            assert column.numbers.tolist() == list(cells)
        else:  # also 1.234, which may be a thousand
            there = [column.cell(row) for row in range(len(cells))]
            assert there == [str(cell) for cell in cells]


def test_numbers_come_back_to_the_bit_in_every_row(load_csv: LoadCsv) -> None:
    x = np.random.default_rng(1).normal(size=(9000, 3))  # more rows than one piece
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["a", "b", "c"], *x.tolist()])
    patterns = load_csv(buffer.getvalue(), **RAW)
    assert np.array_equal(patterns.train.inputs, x[:, :2])
    assert np.array_equal(patterns.train.targets, x[:, 2:])
    assert patterns.input_names == ("a", "b")
    assert patterns.output_names == ("c",)


PLAIN = "a,b\n1,2.5\n3,4\n-5,6e-1\n"

# Other ways to write PLAIN.
FORMS = {
    "no line end at the end": PLAIN.rstrip(),
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR": PLAIN.replace("\n", "\r"),
    "blank lines": "\n" + PLAIN.replace("\n", "\n\n") + "\n  \n\n",
    "rows of empty cells": PLAIN + ",\n,\n",
    "BOM": "\ufeff" + PLAIN,
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "semicolons and decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "tabs and decimal commas": PLAIN.replace(",", "\t").replace(".", ","),
    "quotes": '"a","b"\n"1","2.5"\n"3","4"\n"-5","6e-1"\n',
    "blanks": " a , b\n 1 ,  2.5\n3, 4 \n-5 ,\t6e-1\n",
    "blanks and quotes": '"a", "b"\n"1", "2.5"\n"3", "4"\n"-5", "6e-1"\n',
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_every_form_of_a_file_means_the_same(load_csv: LoadCsv, content: str) -> None:
    patterns = load_csv(content, **RAW)
    assert patterns.input_names == ("a",)
    assert patterns.output_names == ("b",)
    assert patterns.train.inputs.tolist() == [[1.0], [3.0], [-5.0]]
    assert patterns.train.targets.tolist() == [[2.5], [4.0], [0.6]]


def test_decimal_commas_without_names_are_no_separators(load_csv: LoadCsv) -> None:
    patterns = load_csv("1,5;2,5;3,25\n1,6;2,4;3,5\n1,7;2,3;3,1\n", **RAW)
    assert patterns.train.inputs.tolist() == [[1.5, 2.5], [1.6, 2.4], [1.7, 2.3]]


def test_a_quoted_comma_among_cells_with_commas_is_read_as_the_column_says(
    tmp_path: Path,
) -> None:
    """A quoted "1,500" is fifteen hundred, unless another cell has a sure decimal comma."""
    path = tmp_path / "table.csv"
    path.write_text('a,b,c\n"1,500",2.5,"1,500"\n"2,250",-1.25,"2,25"\n"3,125",6e-1,5\n')
    for separator in ("auto", "comma"):
        a, b, c = inspect(str(path), Reading(separator=separator)).columns
        for column, numbers in (
            (a, [1500, 2250, 3125]),
            (b, [2.5, -1.25, 0.6]),
            (c, [1.5, 2.25, 5]),
        ):
            assert column.numbers is not None
            assert column.numbers.tolist() == numbers


@pytest.mark.parametrize("separator", sorted(SEPARATORS))
def test_decimal_commas_are_read_with_every_separator(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "table.csv"
    mark = SEPARATORS[separator]
    rows = [["a", "b"], ['"1,25"', "2.5"], ['"-0,5"', "3"], ['"7"', "4.5"]]
    path.write_text("\n".join(mark.join(row) for row in rows))
    a, b = inspect(str(path), Reading(separator=separator)).columns
    assert a.numbers is not None
    assert a.numbers.tolist() == [1.25, -0.5, 7.0]
    assert b.numbers is not None
    assert b.numbers.tolist() == [2.5, 3.0, 4.5]


@pytest.mark.parametrize(
    ("content", "header", "n_rows"),
    [
        ("a,b\n1,2\n3,4\n", "auto", 2),
        ("1,2\n3,4\n5,6\n", "auto", 3),
        ("1990,1991\n1,2\n3,4\n", "auto", 2),
        ("1990,1991\n1,2\n3,4\n", "yes", 2),
        ("kind,1990\nu,2\nv,4\n", "yes", 2),
        ("p,q\nu,v\nu,w\nu,v\n", "auto", 3),  # texts only, none of the first row again
        ("u,v\nu,w\nu,v\nx,v\n", "auto", 4),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", "auto", 2),
        (",x,y\n1,2,3\n2,3,5\n", "auto", 2),
        ("a,b\nu,v\nu,w\n", "no", 3),
    ],
)
def test_names_in_the_first_row_are_told_from_data(
    tmp_path: Path, content: str, header: str, n_rows: int
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    assert len(read_table(str(path), Reading(separator="comma", header=header)).lines) == n_rows


def test_equal_and_missing_names_are_told_apart_with_a_note(load_csv: LoadCsv) -> None:
    patterns = load_csv("\nx,x,,y\n1,2,3,4\n2,3,4,5.5\n4,5,7,6\n")
    assert patterns.input_names == ("x", "x (2)", "column 3")
    assert patterns.notes[:2] == (
        "Line 2 has the name 'x' in column 1 and in column 2: the latter is called 'x (2)'.",
        "Line 2, column 3 has no name: it is called 'column 3'.",
    )


def test_a_changed_file_is_read_again(load_csv: LoadCsv) -> None:
    assert len(load_csv("a,b\n1,2\n3,4\n").train) == 2
    assert len(load_csv("a,b\n1,2\n3,4\n5,6\n").train) == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mine.csv", True), ("MINE.CSV", True), ("x.tsv", True), ("x.txt", True), ("x.data", True),
        ("folder/x", True), ("/etc/hostname", True), ("xor", False), ("", False), ("csv", False),
        ("x\0", False), ("x" * 5000, False),
    ],
)  # fmt: skip
def test_what_is_meant_as_a_file(name: str, expected: bool) -> None:
    assert looks_like_table(name) is expected


def test_a_file_without_a_suffix_is_found_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "measurements").write_text(PLAIN)
    assert len(find_problem("measurements").load().train) == 3


def test_nothing_is_read_before_it_is_loaded(tmp_path: Path) -> None:
    problem = find_problem(str(tmp_path / "later.csv"))
    (tmp_path / "later.csv").write_text(PLAIN)
    assert len(problem.load().train) == 3


def test_100_000_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    numbers = np.random.default_rng(0).normal(size=(1000, 20))
    block = "".join(",".join(f"{x:.6f}" for x in row) + "\n" for row in numbers)
    path.write_text(",".join(f"c{i}" for i in range(20)) + "\n" + block * 100)
    patterns = find_problem(str(path)).load({"test_share": 0.0})
    assert patterns.train.inputs.shape == (100_000, 19)


def test_every_separator_can_be_chosen() -> None:
    (option,) = (option for option in OPTIONS if option.name == "separator")
    assert set(option.choices) == {"auto", *SEPARATORS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,0.5,-0.25,1e-05,1E+05,0,100\n", False),
        ("1,007\n", True), ("01,2\n", True), ("1,-02\n", True), ("1,2\n03,4\n", True),
        ("1, 05\n", True), ("10,20.05\n", False),
    ],
)  # fmt: skip
def test_digits_that_begin_with_0_are_found_in_a_block(text: str, expected: bool) -> None:
    assert has_codes(text, ".") is expected


def test_codes_far_below_the_first_rows_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("zip,y\n" + "10115,1.5\n" * 300 + "01067,2\n" * 300)
    zips = inspect(str(path)).columns[0]
    assert zips.categories == ("01067", "10115")
