"""CSV files and options that cannot be used: each gets one sentence with line and column."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpviz.core.values import BadValue
from bpviz.problems import csv_read
from bpviz.problems.table import find_problem

LoadCsv = Callable[..., Any]
LATIN = "größe,y\n1,2\n3,4\n".encode("latin-1")
LINES = "a,b\n" + "1,2\n" * 50

# (what is wrong, content, options, what the sentence says)
FILES: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("empty", "", {}, "line 1, column 1 is empty"),
    ("only blank lines", "\n\r\n  \n", {}, "line 1, column 1 is empty"),
    ("only a BOM", b"\xef\xbb\xbf", {}, "line 1, column 1 is empty"),
    ("only names", "a,b,c\n", {},
     "two rows of data below the names in line 1: there is none, in columns 1 to 3"),
    ("one row", "a,b\n\n1,2\n", {},
     "two rows of data below the names in line 1: there is only line 3"),
    ("short row", "a,b,c\n1,2,3\n4,5\n", {}, "line 3 has 2, line 1 has 3 (column 3 is missing)"),
    ("very short row", "a,b,c\n\n1,2,3\n4\n", {},
     "line 4 has 1, line 1 has 3 (columns 2 to 3 are missing)"),
    ("long row", "a,b\n1,2\n\n3,4,5,6\n", {}, "line 4 has 4, line 1 has 2 (column 3 is '5')"),
    ("empty cell", "a,b,c\n1,2,3\n4,,6\n", {},
     "a value in every cell, or the choice to skip rows without one: line 3, column 2 "
     "'b' is empty"),
    ("NA", "a,b,c\n1,2,3\n4,NA,6\n", {}, "line 3, column 2 'b' is 'NA'"),
    ("?", "a,b,c\nx,2,3\n?,4,6\n", {}, "line 3, column 1 'a' is '?'"),
    ("nan", "a,b\n1,2\n3,4\n5,nan\n", {}, "line 4, column 2 'b' is 'nan'"),
    ("all rows miss something", "a,b\n1,\n,4\n", {"missing": "skip rows"},
     "two rows with a value in every column: line 2, column 2 'b' is empty"),
    ("inf", "a,b\n1,2\ninf,4\n", {},
     "a number from -1e+100 to 1e+100: line 3, column 1 'a' is 'inf'"),
    ("a huge whole number", "a,b\n1,2\n" + "9" * 400 + ",4\n", {},
     "line 3, column 1 'a' is '99999"),
    ("a huge exponent", "a,b\n1,2\n3,-1E300\n", {}, "line 3, column 2 'b' is '-1E300'"),
    ("no numbers", "name,town\nAnn,Rome\nBob,Oslo\nCid,Bern\n", {},
     "a column of numbers, or only texts that repeat, among the inputs; column 1 "
     "'name' has 3 different texts in 3 rows: line 2, column 1 'name' is 'Ann'"),
    ("prose", "This is a text.\nIt has no cells.\n", {},
     "two columns, separated by commas, semicolons or tabs: line 1, column 1 is all "
     "there is, 'This is a text.'"),
    ("one column", "x\n1\n2\n", {}, "line 1, column 1 is all there is, 'x'"),
    ("another separator", "a;b\n1;2\n3;4\n", {"separator": "comma"},
     "line 1, column 1 is all there is, 'a;b'"),
    ("constant target", "a,b\n1,7\n2,7\n", {},
     "a target that is not the same in every row: line 2, column 2 'b' is '7'"),
    ("constant inputs", "a,b\n1,2\n1,3\n", {},
     "an input column that is not the same in every row: line 2, column 1 'a' is '1'"),
    ("Latin-1 names", LATIN, {}, "text in the encoding UTF-8: line 1, column 1 has the byte 0xF6"),
    ("Latin-1 far below", (LINES + "3,é\n").encode("latin-1"), {},
     "line 52, column 2 has the byte 0xE9"),
    ("UTF-16 with BOM", "a,b\n1,2\n".encode("utf-16"), {},
     "from line 1, column 1 on it is UTF-16 text"),
    ("UTF-16 without BOM", "a,b\n1,2\n".encode("utf-16-le"), {},
     "line 1, column 1 holds binary data or UTF-16"),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {}, "line 3, column 1 holds binary data"),
    ("a spreadsheet", b"PK\x03\x04\x14\0\6\0", {}, "from line 1, column 1 on it is a spreadsheet"),
    ("an open quote", 'a,b\n1,2\n3,"4\n5,6\n', {},
     "quotes that are closed, and doubled inside a cell: the row that begins in line 3"
     " breaks this, from column 2 on"),
    ("an open quote in a long file", 'a,b\n"1,2\n' + "3,4\n" * 50_000, {},
     "the row that begins in line 2 breaks this, from column 1 on"),
    ("a quote inside quotes", 'a,b\n1,2\n"3"x,4\n', {}, "the row that begins in line 3"),
    ("an error below a cell of three lines", 'a,b\n"u\n\nv",2\nw,?\n', {},
     "line 5, column 2 'b' is '?'"),
    ("a typing error in an input", "a,b\n1,2\n3,4\n5x,6\n7,8\n", {},
     "a number, as in most rows of the column: line 4, column 1 'a' is '5x'"),
    ("a typing error in the target", "a,b\n1,2\n3,4.5\n5,6..\n7,8\n", {},
     "a number as in most other rows of the target (or choose that targets are "
     "classes): line 4, column 2 'b' is '6..'"),
    ("a text where numbers are wanted", "a,b\n1,u\n3,v\n", {"targets_are": "numbers"},
     "a number where the targets are numbers: line 2, column 2 'b' is 'u'"),
    ("a text among several targets", "a,b,c\n1,u,2\n3,v,4\n", {"targets": "2,3"},
     "a number in each of several targets: line 2, column 2 'b' is 'u'"),
    ("too many categories", "id,x,y\n" + "".join(f"n{i},{i},{i % 7}\n" for i in range(60)), {},
     "at most 50 different texts, in an input column; there are 60 in column 1 'id', "
     "which you may leave out: line 2, column 1 'id' is 'n0'"),
    ("too many classes", "x,y\n" + "".join(f"{i},n{i}\n" for i in range(120)), {},
     "at most 100 classes; there are 120 in column 2 'y': line 2, column 2 'y' is 'n0'"),
    ("two kinds of decimals", "a;b\n1,5;2\n1.5;3\n2;4\n", {},
     "either decimal commas or decimal points in a column: in column 1 'a', line 2 has"
     " a comma and line 3 a point"),
    ("a row too many", "a,b\n" + "1,2\n3,4\n" * 50_000 + "\n5,6\n", {},
     "at most 100,000 rows: line 100,003, column 1 begins one more"),
    ("a row too many, no names", "1,2\n" * 100_001, {},
     "at most 100,000 rows: line 100,001, column 1 begins one more"),
    ("too many columns", ",".join(["x"] * 10_001) + "\n", {},
     "at most 10,000 columns: line 1 goes on to column 10,001"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "options", "said"), [row[1:] for row in FILES], ids=[row[0] for row in FILES]
)
def test_a_bad_file_gets_a_sentence_with_line_and_column(
    load_csv: LoadCsv, content: str | bytes, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadValue) as refusal:
        load_csv(content, **options)
    sentence = str(refusal.value)
    assert said in sentence
    assert re.search(r"\bline \d", sentence)
    assert re.search(r"\bcolumns? \d", sentence)
    assert refusal.value.field == "problem"
    assert sentence.startswith("problem is '")
    assert "\n" not in sentence
    assert len(sentence) < 500


# (options, the whole sentence)
CHOICES = [
    ({"targets": "z"}, "target columns is 'z': allowed is a number from 1 to 3 or one of a, b, c."),
    ({"targets": "4"}, "target columns is '4': allowed is a number from 1 to 3 or one of a, b, c."),
    ({"targets": "c, 0"},
     "target columns is '0': allowed is a number from 1 to 3 or one of a, b, c."),
    ({"leave_out": "q"},
     "columns left out is 'q': allowed is a number from 1 to 3 or one of a, b, c."),
    ({"targets": "b", "leave_out": "2"},
     "target columns is 'b': allowed is a column with values that is not left out."),
    ({"targets": "b,c", "targets_are": "classes"},
     "targets are is 'classes': allowed is classes only if there is one target column,"
     " or if in every row one target column is 1 and the others are 0."),
]  # fmt: skip


@pytest.mark.parametrize(("options", "sentence"), CHOICES)
def test_a_choice_that_does_not_fit_the_file_is_refused(
    load_csv: LoadCsv, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadValue) as refusal:
        load_csv("a,b,c\n1,2,3\n3,4.5,5\n6,7,8\n", **options)
    assert str(refusal.value) == sentence


def test_every_column_a_target_leaves_no_input(load_csv: LoadCsv) -> None:
    with pytest.raises(BadValue, match="one target column and one input column at least"):
        load_csv("a,b\n1,2\n3,4\n", targets="a,b")


def refusal_of(path: object) -> str:
    with pytest.raises(BadValue) as refusal:
        find_problem(str(path)).load()
    assert refusal.value.field == "problem"
    return str(refusal.value)


def test_a_file_of_2_gb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # a hole: it takes no space
    assert "a file of at most 200 MB: this has 2,000 MB" in refusal_of(path)


def test_too_many_cells_are_refused_before_they_fill_the_memory(
    load_csv: LoadCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_read, "MAX_CELLS", 20)
    with pytest.raises(BadValue, match=r"at most 20 cells: .* before line 11, column 1"):
        load_csv("a,b\n" + "1,2\n" * 50)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "allowed is the path of a CSV file that exists" in refusal_of(tmp_path / "no.csv")
    assert "a CSV file, not a folder" in refusal_of(tmp_path)
    assert "a file that can be read" in refusal_of(f"{tmp_path}/{'x' * 300}.csv")
    assert "a file that can be read" in refusal_of("nul\0.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a device or a pipe" in refusal_of(tmp_path / "pipe.csv")


def test_a_file_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n3,4\n")

    def forbidden(*args: object, **keywords: object) -> None:
        raise PermissionError(13, "Permission denied")

    # chmod does not keep an administrator out.
    monkeypatch.setattr(csv_read, "open", forbidden, raising=False)
    assert "a file that can be read: Permission denied" in refusal_of(path)


pieces = st.sampled_from(
    [",", ";", "\t", "\n", "\r\n", "\r", '"', " ", "1", "2.5", "-3", "1,5", "nan", "inf", "?", "NA",
     "a", "b", "é", "_", "1e999", "0x1", "\ufeff", "\0", "yes", "no"]
)  # fmt: skip
soup = st.lists(pieces, max_size=60).map(lambda parts: "".join(parts).encode())
grids = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from(["1", "2", "0", "3.5", "u", "v", "", "?", "inf"]),
                 min_size=width, max_size=width),
        min_size=1, max_size=30,
    )
)  # fmt: skip
rows_of_cells = grids.map(lambda rows: "\n".join(",".join(row) for row in rows).encode())


@given(
    st.binary(max_size=60) | soup | rows_of_cells,
    st.sampled_from(["auto", "yes", "no"]),
    st.sampled_from(["auto", "numbers", "classes"]),
    st.sampled_from(["refuse", "skip rows"]),
    st.sampled_from(["", "1", "1,2", "a", '"']),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_gives_patterns_or_a_sentence(
    load_csv: LoadCsv, content: bytes, header: str, targets_are: str, missing: str, targets: str
) -> None:
    said = ""
    try:
        patterns = load_csv(
            content, header=header, targets_are=targets_are, missing=missing, targets=targets
        )
    except BadValue as refusal:
        said = str(refusal)
    assert "allowed is" in said or len(patterns.train) >= 2
