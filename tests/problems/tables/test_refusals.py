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
from bpviz.problems.table import find_problem
from bpviz.problems.tables import source

LoadCsv = Callable[..., Any]

# (what is wrong, content, options, what the sentence says)
FILES: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("empty", "", {}, "line 1, column 1 is empty"),
    ("only blank lines", "\n\r\n  \n", {}, "line 1, column 1 is empty"),
    ("only a BOM", b"\xef\xbb\xbf", {}, "line 1, column 1 is empty"),
    ("only names", "a,b,c\n", {},
     "there is none, in columns 1 to 3."),
    ("short row", "a,b,c\n1,2,3\n4,5\n", {}, "line 3 has 2, line 1 has 3 (column 3 is missing)"),
    ("very short row", "a,b,c\n\n1,2,3\n4\n", {},
     "line 4 has 1, line 1 has 3 (columns 2 to 3 are missing)"),
    ("long row", "a,b\n1,2\n\n3,4,5,6\n", {}, "line 4 has 4, line 1 has 2 (column 3 is '5')"),
    ("empty cell", "a,b,c\n1,2,3\n4,,6\n", {},
     "line 3, column 2 'b' of table.csv must be a value, not empty: you may choose to skip rows "
     "without one."),
    ("NA", "a,b,c\n1,2,3\n4,NA,6\n", {},
     "line 3, column 2 'b' of table.csv must be a value, not 'NA'"),
    ("?", "a,b,c\nx,2,3\n?,4,6\n", {},
     "line 3, column 1 'a' of table.csv must be a value, not '?'"),
    ("nan", "a,b\n1,2\n3,4\n5,nan\n", {},
     "line 4, column 2 'b' of table.csv must be a value, not 'nan'"),
    ("all rows miss something", "a,b\n1,\n,4\n", {"missing": "skip rows"},
     "line 2, column 2 'b' of table.csv must be a value, not empty: at least one row needs one in "
     "every column."),
    ("inf", "a,b\n1,2\ninf,4\n", {},
     "line 3, column 1 'a' of table.csv must be a number from -1e+100 to 1e+100, not 'inf'."),
    ("a huge whole number", "a,b\n1,2\n" + "9" * 400 + ",4\n", {},
     "line 3, column 1 'a' of table.csv must be a number from -1e+100 to 1e+100, not '99999"),
    ("a huge exponent", "a,b\n1,2\n3,-1E300\n", {},
     "line 3, column 2 'b' of table.csv must be a number from -1e+100 to 1e+100, not '-1E300'."),
    ("no numbers", "name,town\nAnn,Rome\nBob,Oslo\nCid,Bern\n", {},
     "column 1 'name' has 3 different texts in 3 rows, such as 'Ann' in line 2."),
    ("prose", "This is a text.\nIt has no cells.\n", {},
     "a file with at least two columns, separated by commas, semicolons or tabs, not "),
    ("one column", "x\n1\n2\n", {}, "line 1, column 1 is all there is, 'x'"),
    ("another separator", "a;b\n1;2\n3;4\n", {"separator": "comma"},
     "line 1, column 1 is all there is, 'a;b'"),
    ("constant target", "a,b\n1,7\n2,7\n", {},
     "column 2 'b' has no other value than '7' in line 2."),
    ("constant inputs", "a,b\n1,2\n1,3\n", {},
     "column 1 'a' has no other value than '1' in line 2."),
    ("an open quote", 'a,b\n1,2\n3,"4\n5,6\n', {},
     "the row that begins in line 3 breaks this, from column 2 on."),
    ("an open quote in a long file", 'a,b\n"1,2\n' + "3,4\n" * 50_000, {},
     "the row that begins in line 2 breaks this, from column 1 on"),
    ("a quote inside quotes", 'a,b\n1,2\n"3"x,4\n', {}, "the row that begins in line 3"),
    ("an error below a cell of three lines", 'a,b\n"u\n\nv",2\nw,?\n', {},
     "line 5, column 2 'b' of table.csv must be a value, not '?'"),
    ("a typing error in an input", "a,b\n1,2\n3,4\n5x,6\n7,8\n", {},
     "line 4, column 1 'a' of table.csv must be a number, as in most rows of the column, not "
     "'5x'."),
    ("a typing error in the target", "a,b\n1,2\n3,4.5\n5,6..\n7,8\n", {},
     "line 4, column 2 'b' of table.csv must be a number, not '6..': most other targets are; "
     "you may "
     "choose that targets are classes."),
    ("a text where numbers are wanted", "a,b\n1,u\n3,v\n", {"targets_are": "numbers"},
     "line 2, column 2 'b' of table.csv must be a number, not 'u': the targets are to be numbers."),
    ("a text among several targets", "a,b,c\n1,u,2\n3,v,4\n", {"targets": "2,3"},
     "line 2, column 2 'b' of table.csv must be a number, not 'u': several targets are numbers."),
    ("too many classes", "x,y\n" + "".join(f"{i},n{i}\n" for i in range(120)), {},
     "column 2 'y' has 120, such as 'n0' in line 2."),
    ("two kinds of decimals", "a;b\n1,5;2\n1.5;3\n2;4\n", {},
     "in column 1 'a', line 2 has a comma and line 3 a point."),
    ("too many columns", ",".join(["x"] * 10_001) + "\n", {},
     "line 1 goes on to column 10,001"),
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
    assert re.match(
        r"problem must be .*, not '.*table\.csv': |line .* of table\.csv must be ", sentence
    )
    assert "\n" not in sentence
    assert len(sentence) < 500


# (options, the whole sentence)
CHOICES = [
    ({"targets": "z"},
     "target columns must be numbers from 1 to 3 or names out of a, b, c, not 'z'."),
    ({"targets": "4"},
     "target columns must be numbers from 1 to 3 or names out of a, b, c, not '4'."),
    ({"targets": "c, 0"},
     "target columns must be numbers from 1 to 3 or names out of a, b, c, not '0'."),
    ({"leave_out": "q"},
     "columns left out must be numbers from 1 to 3 or names out of a, b, c, not 'q'."),
    ({"targets": "b", "leave_out": "2"},
     "target columns must be columns with values that are not left out, not 'b'."),
    ({"targets": "b,c", "targets_are": "classes"},
     "the kind of the targets must be numbers or auto, not 'classes': several target columns are "
     "classes only if in every row one of them is 1 and the others are 0."),
]  # fmt: skip


@pytest.mark.parametrize(("options", "sentence"), CHOICES)
def test_a_choice_that_does_not_fit_the_file_is_refused(
    load_csv: LoadCsv, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadValue) as refusal:
        load_csv("a,b,c\n1,2,3\n3,4.5,5\n6,7,8\n", **options)
    assert str(refusal.value) == sentence


def test_every_column_a_target_leaves_no_input(load_csv: LoadCsv) -> None:
    with pytest.raises(BadValue, match="at least one target column and one input column"):
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
    assert ": it has 2,000 MB." in refusal_of(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "must be the path of a table that exists, not " in refusal_of(tmp_path / "no.csv")
    assert "it is a folder" in refusal_of(tmp_path)
    assert "a file that can be read" in refusal_of(f"{tmp_path}/{'x' * 300}.csv")
    assert "a file that can be read" in refusal_of("nul\0.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "it is a device or a pipe" in refusal_of(tmp_path / "pipe.csv")


def test_a_file_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n3,4\n")

    def forbidden(*args: object, **keywords: object) -> None:
        raise PermissionError(13, "Permission denied")

    # chmod does not keep an administrator out.
    monkeypatch.setattr(source, "open", forbidden, raising=False)
    assert ": Permission denied." in refusal_of(path)


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
    assert " must be " in said or len(patterns.train) >= 1
