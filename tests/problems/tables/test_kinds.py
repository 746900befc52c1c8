"""Nothing changes its meaning in silence: what a table says is read, and every guess is a note."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.model import Inspection, Reading, Remedy

InspectText = Any


@dataclass(frozen=True)
class Case:
    """A table, what each column is ("name: kind role"), the numbers of one, and part of a note.

    ``remedy`` is an option of that note; ``rows`` how many rows of data there are.
    """

    about: str
    content: str
    columns: str
    rows: int
    note: str = ""
    remedy: str = ""
    numbers: dict[str, list[float]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def counted(head: str, row: str, n: int) -> str:
    """A table of n rows; {i} is the row's number."""
    return lines(head, *(row.format(i=i, j=i % 3, k=(i * 7) % 5 + i / 8) for i in range(1, n + 1)))


CASES = [
    # -- names, titles, units, sums ---------------------------------------------------------
    Case("a header that counts the columns", lines("0,1,2", "5.1,3.5,a", "4.9,3.0,b", "6.1,2.9,a"),
         "0: number input; 1: number input; 2: categories target", 3, "read as the names",
         "header=no"),
    Case("a header of years", lines("1990,1991,1992", "3,4,5", "8,2,9", "7,7,1"),
         "1990: number input; 1991: number input; 1992: number target", 3, "read as the names",
         "header=no"),
    Case("a header of years beside a text", lines("land,1990,1991", "u,4,5", "v,2,9", "u,7,1"),
         "land: categories input; 1990: number input; 1991: number target", 3),
    Case("a title above the table", lines("Survey of 2024", "a,b,c", "1,2,3.5", "2,5,4", "3,7,1"),
         "a: number input; b: number input; c: number target", 3, "above the table"),
    Case("a title in a row of empty cells", lines("Survey;;", "a;b;c", "1;2;3,5", "2;5;4"),
         "a: number input; b: number input; c: number target", 2, "above the table"),
    Case("a row of units", lines("t,mass,y", "s,kg,m", "1,2,3.5", "2,5,4", "3,7,1"),
         "t: number input; mass: number input; y: number target", 3, "holds units",
         "extra_rows=keep"),
    Case("a footer", lines("site,x,y", "u,1,3.5", "v,2,4", "u,4,1", "Mean,2.3,2.8"),
         "site: categories input; x: number input; y: number target", 3, "below the table",
         "extra_rows=keep"),
    Case("a source below the table", lines("a,b,c", "1,2,3.5", "2,5,4", "", "Source: own survey"),
         "a: number input; b: number input; c: number target", 2, "below the table"),
    Case("names repeated in the middle", lines("a,b", "1,2.5", "2,4", "a,b", "3,1"),
         "a: number input; b: number target", 3, "repeats the names"),
    Case("names in a comment", lines("# a b c", "1 2 3.5", "2 5 4", "3 7 1"),
         "a: number input; b: number input; c: number target", 3, "in a comment", "header=no"),
    Case("one name less than cells", lines("a b y", "r1 1 2 3.5", "r2 2 5 4", "r3 3 7 1"),
         "column 1: text left out; a: number input; b: number input; y: number target", 3,
         "one name less", options={"texts": "1"}),
    # -- numbers in other notations -----------------------------------------------------------
    Case("points between thousands", lines("price;y", "1.234;1", "12.500;2,5", "946;3"),
         "price: number input; y: number target", 3, "between thousands", "decimal=point",
         {"price": [1234, 12500, 946]}),
    Case("the same without another column", lines("y;price", "1;1.234", "2;12.500", "3;946"),
         "y: number input; price: number target", 3, "between thousands", "decimal=point",
         {"price": [1234, 12500, 946]}, {"targets": "price"}),
    Case("quoted commas between thousands", lines("x,y", '1,"1,234"', "2,946", '4,"12,500"'),
         "x: number input; y: number target", 3, "between thousands", "decimal=comma",
         {"y": [1234, 946, 12500]}),
    Case("a currency", lines("x,y", "1,$450.00", "2,$89.50", '4,"$1,234.00"', "5,$12.00"),
         "x: number input; y: number target", 4, "'$'", "categories=y",
         {"y": [450, 89.5, 1234, 12]}),
    Case("apostrophes", lines("x,y", "1,450'000", "2,89'500", "4,946"),
         "x: number input; y: number target", 3, "between thousands", "",
         {"y": [450_000, 89_500, 946]}),
    Case("blanks between thousands", lines("x;y", "1;450 000", "2;89 500,5", "4;946"),
         "x: number input; y: number target", 3, "between thousands", "",
         {"y": [450_000, 89_500.5, 946]}),
    Case("a quoted decimal comma", lines("x,y", '1,"1,5"', '2,"0,25"', "4,3"),
         "x: number input; y: number target", 3, numbers={"y": [1.5, 0.25, 3]}),
    Case("percent", lines("x,y", "1,12%", "2,7.5%", "4,30 %"),
         "x: number input; y: number target", 3, "'%'", "categories=y", {"y": [12, 7.5, 30]}),
    Case("a unit behind every number", lines("x,y", "1,12 cm", "2,7.5 cm", "4,30 cm"),
         "x: number input; y: number target", 3, "'cm'", "categories=y", {"y": [12, 7.5, 30]}),
    Case("negative numbers in brackets", lines("x,y", "1,(12.5)", "2,7.5", "4,(3)"),
         "x: number input; y: number target", 3, "negative", "", {"y": [-12.5, 7.5, -3]}),
    Case("a mark among numbers", lines("x,y", "1,12.5", "-,7.5", "4,3", "5,1"),
         "x: number input; y: number target", 4, "'-' among numbers", "categories=x"),
    Case("-999 for what is missing", lines("x,y", "1,2.5", "-999,7.5", "4,3", "-999,1", "3,2"),
         "x: number input; y: number target", 5, "may stand for a missing value",
         "missing_marks=-999"),
    Case("a point that may be thousands", lines("x;y", "1.234;1", "2.500;2", "3.100;4"),
         "x: number input; y: number target", 3, "it could be thousands", "decimal=comma",
         {"x": [1.234, 2.5, 3.1]}),
    # -- codes and dates ----------------------------------------------------------------------
    Case("codes that begin with 0", lines("zip,y", "01067,1.5", "80331,2", "01067,4", "80331,3"),
         "zip: categories input; y: number target", 4, "read as codes", "numbers=zip"),
    Case("numbers too long for a float", counted("key2,x,y", "12345678901234567{i:02},{j},{k}", 12),
         "key2: text left out; x: number input; y: number target", 12, "read as codes"),
    Case("dates", lines("when,y", "2024-01-05,1.5", "2024-01-07,2", "2024-02-05,4"),
         "when: date input; y: number target", 3, "days since the first", "leave_out=when",
         {"when": [0, 2, 31]}),
    Case("dates with points", lines("when;y", "05.01.2024;1,5", "07.01.2024;2", "05.02.2024;4"),
         "when: date input; y: number target", 3, "days since the first", "",
         {"when": [0, 2, 31]}),
    Case("day or month first", lines("when,y", "5/1/2024,1.5", "7/1/2024,2", "5/2/2024,4"),
         "when: date input; y: number target", 3, "could be exchanged"),
    Case("dates without marks", lines("when,y", "20240105,1.5", "20240107,2", "20240205,4"),
         "when: date input; y: number target", 3, "read as dates", "numbers=when",
         {"when": [0, 2, 31]}),
    # -- columns that name the rows --------------------------------------------------------------
    Case("an unnamed column that counts", lines(",a,y", "0,2,3.5", "1,5,4", "2,7,1"),
         "column 1: row number left out; a: number input; y: number target", 3,
         "Numbers or names of rows", "inputs='column 1'"),
    Case("an Id that counts", lines("Id,a,y", "1,2,3.5", "2,5,4", "3,7,1"),
         "Id: row number left out; a: number input; y: number target", 3,
         "Numbers or names of rows", "inputs=Id"),
    Case("an id that does not count", counted("userId,x,y", "{i}{i}7,{j},{k}", 12),
         "userId: row number left out; x: number input; y: number target", 12,
         "Numbers or names of rows", "inputs=userId"),
    Case("a column that counts without names", lines("1,2,3.5", "2,5,4", "3,7,1"),
         "column 1: row number left out; column 2: number input; column 3: number target", 3,
         "Numbers or names of rows"),
    Case("a column that counts, whatever its name",
         lines("a,rank,y", *(f"{n % 3},{n + 1},{n % 4}.5" for n in range(12))),
         "a: number input; rank: row number left out; y: number target", 12,
         "Numbers or names of rows, left out: column 2 'rank'", "inputs=rank"),
    Case("an axis that counts", lines("t,a,y", *(f"{n},{n % 3},{n % 4}.5" for n in range(12))),
         "t: number input; a: number input; y: number target", 12),
    Case("an only input that counts under another name",
         lines("rank,y", *(f"{n},{n % 4}.5" for n in range(12))),
         "rank: number input; y: number target", 12),
    Case("few rows that count", lines("a,b,y", "1,2,3.5", "2,5,4", "3,7,1"),
         "a: number input; b: number input; y: number target", 3),
    Case("the only input counts", lines("Id,y", "1,3.5", "2,4", "3,1"),
         "Id: number input; y: number target", 3),
    Case("texts that differ from row to row", counted("remark,x,y", "text {i} of it,{j},{k}", 12),
         "remark: text left out; x: number input; y: number target", 12,
         "Texts that differ", "categories=remark"),
    # -- targets -------------------------------------------------------------------------------
    Case("the target is not last", lines("diagnosis,a,b", "M,1,2.5", "B,2,3", "M,3,1"),
         "diagnosis: categories target; a: number input; b: number input", 3, "by its name",
         "targets=b"),
    Case("label first, as pictures have it", lines("label,p0,p1", "5,0,2", "7,3,0", "5,1,1"),
         "label: categories target; p0: number input; p1: number input", 3, "by its name"),
    Case("coordinates are no target", lines("x,y,z", "1,2,3.5", "2,3,4", "3,5,1"),
         "x: number input; y: number input; z: number target", 3),
    Case("class codes with a gap", lines("x,Type", *(f"{i / 7},{(1, 2, 3, 5, 6, 7)[i % 6]}"
                                                     for i in range(36))),
         "x: number input; Type: number target", 36, "read as numbers", "targets_are=classes"),
    Case("few whole numbers", lines("x,q", *(f"{i / 7},{5 + i % 3}" for i in range(30))),
         "x: number input; q: number target", 30, "read as numbers", "targets_are=classes"),
    Case("whole numbers read as classes", lines("x,q", *(f"{i / 7},{i % 3}" for i in range(30))),
         "x: number input; q: categories target", 30, "read as classes", "targets_are=numbers"),
    Case("nearly every row a class", counted("x,y,name", "{j},{k},n{i}", 12),
         "x: number input; y: number input; name: categories target", 12,
         "a class of its own", "targets=y"),
    Case("categories among numbers",
         lines("doors,y", *(f"{('2', '3', '4', '5more')[i % 4]},{i / 7}" for i in range(24))),
         "doors: categories input; y: number target", 24, "among numbers", "missing_marks=5more"),
    Case("a column that tells the target",
         lines("x,code,kind", *(f"{i / 7},{'uvw'[i % 3]},{'abc'[i % 3]}" for i in range(24))),
         "x: number input; code: categories input; kind: categories target", 24,
         "tells the target", "leave_out=code"),
    Case("upper and lower case",
         lines("sex,y", "male,1.5", "Male,2", "female,4", "male,3", "female,1"),
         "sex: categories input; y: number target", 5, "tells 'male' from 'Male'",
         "ignore_case=yes"),
    # -- found by trying odd tables ---------------------------------------------------------
    Case("percent and bare shares in one column",
         lines("x,growth", "1,0.5%", "2.5,0.01", "4,1.5%", "5,0"),
         "x: number input; growth: number target", 4, "others, such as '0.01', do not",
         "leave_out=growth", {"growth": [0.5, 0.01, 1.5, 0]}),
    Case("exponents of Fortran", lines("x,y", "1.5D-03,2", "-2.0D+01,3.5", "4.0D00,1"),
         "x: number input; y: number target", 3, numbers={"x": [0.0015, -20, 4]}),
    Case("names that look like exponents of Fortran", lines("x,y", *["2D05,1.5", "1D02,2"] * 6),
         "x: categories input; y: number target", 12),
    Case("minus behind the number", lines("x,y", "1.5-,2", "20.25,3.5", "4.5-,1"),
         "x: number input; y: number target", 3, "read as a negative number",
         numbers={"x": [-1.5, 20.25, -4.5]}),
    Case("thousands as in India", lines("x,y", '"12,34,567",2', '"1,23,456",3.5', '"45,678",1'),
         "x: number input; y: number target", 3, "marks between thousands", "decimal=comma",
         {"x": [1234567, 123456, 45678]}),
    Case("dates that a spreadsheet made of names",
         lines("gene,x,y", *["2-Sep,1.5,3.5", "TP53,2,1"] * 6),
         "gene: categories input; x: number input; y: number target", 12,
         "what a spreadsheet has made", "missing_marks=2-Sep"),
    Case("codes by their name", lines("zip,x,y", "10115,1.5,3.5", "20095,2,1", "10117,4,2.5"),
         "zip: number input; x: number input; y: number target", 3, "codes such as 10115",
         "categories=zip"),
    Case("a few grades with a gap",
         lines("x,mark", *(f"{i / 7},{(1, 2, 3, 6)[i % 4]}" for i in range(12))),
         "x: number input; mark: number target", 12, "read as numbers", "targets_are=classes"),
    Case("classes in columns of 0 and 1",
         lines("x,red,green,blue",
               *(f"{i / 7},{('1,0,0', '0,1,0', '0,0,1')[i % 3]}" for i in range(24))),
         "x: number input; red: number input; green: number input; blue: categories target", 24,
         "together they may be the target", "targets=red,green,blue"),
    Case("sums and a source below two columns",
         lines("x,y", *(f"{i / 7},{i * 1.5}" for i in range(12)), "Total,99", "Source: WHO,"),
         "x: number input; y: number target", 12, "and 1 more", "extra_rows=keep"),
    Case("a mark of missing values is no percent sign", lines("x,y", "1.5,2", "-,3.5", "4,1"),
         "x: number input; y: number target", 3, "is read as a missing value", "categories=x"),
    Case("dates whose day and month could be exchanged",
         lines("d,y", "01/02/2024,1.5", "02/04/2024,2", "05/09/2024,4"),
         "d: date input; y: number target", 3, "the month comes first", "date_order=day first",
         {"d": [0, 33, 128]}),
    Case("dates with dashes whose day and month could be exchanged",
         lines("d,y", "01-02-2024,1.5", "02-04-2024,2", "05-09-2024,4"),
         "d: date input; y: number target", 3, "the day comes first", "date_order=month first",
         {"d": [0, 61, 217]}),
    Case("dates that can only be read in one way",
         lines("d,y", "01/02/2024,1.5", "13/04/2024,2", "05/06/2024,4"),
         "d: date input; y: number target", 3, numbers={"d": [0, 72, 125]}),
    Case("a number for every row is no leak",
         lines("x,y", *(f"{i + 0.5},{2 * i + 0.25}" for i in range(30))),
         "x: number input; y: number target", 30),
]  # fmt: skip


@pytest.fixture
def inspect_text(tmp_path: Path) -> InspectText:
    def read(content: str | bytes, **options: Any) -> Inspection:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return inspect(str(path), Reading(**options))

    return read


@pytest.mark.parametrize("case", CASES, ids=[case.about for case in CASES])
def test_a_table_is_read_as_it_is_meant(inspect_text: InspectText, case: Case) -> None:
    found = inspect_text(case.content, **case.options)
    said = "; ".join(f"{c.name}: {c.kind} {c.role}" for c in found.columns)
    assert said == case.columns
    assert found.rows == case.rows
    by_name = {column.name: column for column in found.columns}
    for name, numbers in case.numbers.items():
        assert by_name[name].numbers is not None
        assert np.allclose(by_name[name].numbers, numbers)
    notes = [note for note in found.notes if case.note and case.note in note.text]
    assert bool(notes) == bool(case.note), [note.text for note in found.notes]
    typed = " ".join(note.typed() for note in notes)
    assert case.remedy.replace("'", "") in typed.replace("'", "")


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.remedy], ids=[c.about for c in CASES if c.remedy]
)
def test_every_remedy_of_a_note_changes_the_reading(inspect_text: InspectText, case: Case) -> None:
    before = inspect_text(case.content, **case.options)
    (note, *_) = [note for note in before.notes if case.note in note.text]
    for remedy in note.remedies:
        after = inspect_text(case.content, **remedy.apply(before.reading).options())
        assert after.report() != before.report()


def test_kinds_and_roles_are_changed_one_column_at_a_time() -> None:
    reading = Reading().with_kind("a, b", "categories").with_role("c", "target")
    assert (reading.categories, reading.targets) == ('"a, b"', "c")
    again = reading.with_kind("a, b", "number").with_role("c", "left out")
    assert again.options() == {"numbers": '"a, b"', "leave_out": "c"}


def test_a_remedy_is_typed_as_a_shell_reads_it() -> None:
    assert Remedy("missing", "skip rows").typed() == "--option 'missing=skip rows'"
    assert Remedy("ignore_case", True).typed() == "--option ignore_case=yes"


@pytest.mark.parametrize(
    ("case", "unwanted"),
    [("a mark of missing values is no percent sign", "without it"),
     ("a number for every row is no leak", "tells the target")],
)  # fmt: skip
def test_what_is_not_so_is_not_said(inspect_text: InspectText, case: str, unwanted: str) -> None:
    (found,) = [one for one in CASES if one.about == case]
    assert not [note for note in inspect_text(found.content).notes if unwanted in note.text]


def test_names_from_right_to_left_do_not_reorder_the_sentence(inspect_text: InspectText) -> None:
    found = inspect_text(lines("גיל,x,y", "1,1.5,2", "א,2,3.5", "3,4,1", "4,2,2.5"))
    assert found.refusal is not None
    said = str(found.refusal)
    assert "'\u2068גיל\u2069'" in said
    assert "\u2068'א'\u2069" in said
    (note,) = (
        note.text
        for note in inspect_text(lines("x,y", "1,2", "א,3", "א,4", "2,1", "1,4", "2,5")).notes
        if "among numbers" in note.text
    )
    assert "\u2068'א'\u2069" in note
    assert "\u2068" not in str(inspect_text(lines("x,y", "1,2", "a,3", "2,4", "3,1")).refusal)
