"""Tables in every format are the same table; what is none is told what it is."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.core.interruption import Cancelled, watched
from bpviz.core.values import BadValue
from bpviz.problems.tables import formats, sampling, sheets, source
from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.model import Inspection, Reading
from bpviz.problems.tables.problem import SUFFIXES

NAMES = ("size", "site", "y")
ROWS = [(1.5, "u", 2.25), (2.0, "v", 4.0), (3.25, "u", -1.0)]
PLAIN = "size,site,y\n1.5,u,2.25\n2,v,4\n3.25,u,-1\n"
ARFF = """% a comment
@relation test
@attribute size numeric
@attribute 'site' {u, v, w}
@attribute y real
@data
1.5,u,2.25
2,v,4
% another
3.25,u,-1
"""


def zipped(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def xlsx(*sheets: list[tuple[Any, ...]]) -> bytes:
    """A workbook as spreadsheets write it, with texts in the cells."""
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>' + "".join(
            f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers
        ) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">' + "".join(
            f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in numbers
        ) + "</Relationships>",
    }  # fmt: skip
    for n, rows in zip(numbers, sheets, strict=True):
        body = "".join(
            f'<row r="{r}">'
            + "".join(_cell("ABCDEF"[c], r, v) for c, v in enumerate(row))
            + "</row>"
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _cell(column: str, row: int, value: Any) -> str:
    if isinstance(value, str):
        return f'<c r="{column}{row}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{column}{row}"><v>{value}</v></c>'


def ods(rows: list[tuple[Any, ...]]) -> bytes:
    """A sheet of LibreOffice."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    words = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return (f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
                    "</table:table-cell>")  # fmt: skip
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
        f'xmlns:text="{words}"><office:body><office:spreadsheet><table:table table:name="S1">'
        f"{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<m/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


def npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, size=[row[0] for row in ROWS], site=["u", "v", "u"], y=[2.25, 4.0, -1.0])
    return out.getvalue()


def parquet() -> bytes:
    import pyarrow
    from pyarrow.parquet import write_table

    out = io.BytesIO()
    columns = zip(*ROWS, strict=True)
    write_table(pyarrow.table(dict(zip(NAMES, map(list, columns), strict=True))), out)
    return out.getvalue()


RECORDS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]

# name of the file -> its content; each is the table of PLAIN
FILES: dict[str, Callable[[], bytes]] = {
    "t.csv": PLAIN.encode,
    "t.tsv": PLAIN.replace(",", "\t").encode,
    "bar.txt": PLAIN.replace(",", "|").encode,
    "blanks.dat": PLAIN.replace(",", "   ").encode,
    "sep.csv": ("sep=;\r\n" + PLAIN.replace(",", ";")).encode,
    "comment.data": ("# measured\n" + PLAIN + "# end\n").encode,
    "percent.data": ("% measured\n" + PLAIN).encode,
    "bom.csv": ("\ufeff" + PLAIN).encode,
    "utf16.csv": lambda: PLAIN.encode("utf-16"),
    "utf16be.csv": lambda: PLAIN.encode("utf-16-be"),
    "t.csv.gz": lambda: gzip.compress(PLAIN.encode()),
    "t.zip": lambda: zipped(t_dot_csv=PLAIN),
    "t.xlsx": lambda: xlsx([NAMES, *ROWS]),
    "t.ods": lambda: ods([NAMES, *ROWS]),
    "t.arff": ARFF.encode,
    "t.npz": npz,
    "t.parquet": parquet,
    "records.json": lambda: json.dumps(RECORDS).encode(),
    "lines.jsonl": lambda: "\n".join(map(json.dumps, RECORDS)).encode(),
    "columns.json": lambda: json.dumps(
        {name: [row[n] for row in ROWS] for n, name in enumerate(NAMES)}
    ).encode(),
    "rows.json": lambda: json.dumps([NAMES, *ROWS]).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_holds_the_same_table(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    found = inspect(str(path))
    assert [(c.name.split()[0], c.kind, c.role) for c in found.columns] == [
        ("size", "number", "input"), ("site", "categories", "input"), ("y", "number", "target"),
    ]  # fmt: skip
    size, site, y = found.columns
    assert size.numbers is not None
    assert site.codes is not None
    assert y.numbers is not None
    assert size.numbers.tolist() == [1.5, 2.0, 3.25]
    assert [site.categories[code] for code in site.codes] == ["u", "v", "u"]
    assert y.numbers.tolist() == [2.25, 4.0, -1.0]
    assert found.refusal is None


def read(tmp_path: Path, name: str, content: str | bytes, **options: Any) -> Inspection:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return inspect(str(path), Reading(**options))


def test_windows_1252_is_read_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", "größe,y\n1,2.5\n3,4\n5,6\n".encode("cp1252"))
    assert found.columns[0].name == "größe"
    assert found.report()["encoding"] == "windows-1252"
    assert any("no UTF-8 text (byte 0xF6)" in note.text for note in found.notes)
    other = read(tmp_path, "t.csv", "größe,y\n1,2.5\n3,4\n", encoding="utf-8")
    assert other.columns[0].name == "größe"


def test_a_sheet_is_chosen_by_name_or_number(tmp_path: Path) -> None:
    book = xlsx([], [NAMES, *ROWS], [("a", "b"), (1, 2.5), (2, 4)])
    assert [c.name for c in read(tmp_path, "t.xlsx", book).columns] == list(NAMES)
    for sheet in ("S3", "3"):
        found = read(tmp_path, "t.xlsx", book, sheet=sheet)
        assert [c.name for c in found.columns] == ["a", "b"]
    assert found.table.sheets == ("S1", "S2", "S3")
    with pytest.raises(BadValue, match="sheet must be a number from 1 to 3 or one of S1, S2, S3"):
        read(tmp_path, "t.xlsx", book, sheet="S9")


SNNS = """SNNS pattern definition file V3.2
generated at Mon Apr 25 18:08:50 1994

No. of patterns     : 2
No. of input units  : 2
No. of output units : 1

# Input pattern 1:
0 1
# Output pattern 1:
1
# Input pattern 2:
1 1
0
"""


@pytest.mark.parametrize(
    ("name", "content"), [("t.pat", SNNS), ("t.data", "2 2 1\n0 1\n1\n1 1\n0\n")]
)
def test_pattern_files_of_other_simulators(tmp_path: Path, name: str, content: str) -> None:
    found = read(tmp_path, name, content)
    assert [(c.name, c.role) for c in found.columns][1:] == [
        ("input 2", "input" if found.columns[1].role == "input" else "left out"),
        ("output 1", "target"),
    ]
    with pytest.raises(BadValue, match=r"2 patterns with 2 \+ 1 numbers"):
        read(tmp_path, name, content.replace("1 1\n", "1 1 1\n"))


def test_arff_keeps_the_order_of_its_categories(tmp_path: Path) -> None:
    content = "@relation r\n@attribute x real\n@attribute c {low, mid, high}\n@data\n"
    found = read(tmp_path, "t.arff", content + "1,high\n2,low\n?,mid\n{1 high}\n")
    assert found.columns[1].categories == ("low", "mid", "high")
    assert found.columns[0].missing.tolist() == [2]
    assert found.columns[0].numbers is not None
    assert found.columns[0].numbers[3] == 0.0
    with pytest.raises(BadValue, match="line 5 has 1, there are 2 attributes"):
        read(tmp_path, "t.arff", content + "7\n")


def test_a_category_that_arff_does_not_declare_is_one_more(tmp_path: Path) -> None:
    content = "@relation r\n@attribute x real\n@attribute c {low, high, low}\n@data\n"
    found = read(tmp_path, "t.arff", content + "1,high\n2,mid\n3,low\n")
    assert found.columns[1].categories == ("low", "high", "mid")


def with_cell_at(place: str) -> bytes:
    """A workbook whose second row is elsewhere."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([NAMES, *ROWS]))) as book,
        zipfile.ZipFile(out, "w") as changed,
    ):
        for info in book.infolist():
            changed.writestr(
                info.filename, book.read(info).replace(b'"A2"', b'"%s"' % place.encode())
            )
    return out.getvalue()


def damaged_array() -> bytes:
    """A text with a code that is no letter."""
    out = io.BytesIO()
    np.save(out, np.array([["ab", "cd"]] * 3))
    return out.getvalue()[:-4] + b"\xff\xff\xff\x7f"


# (name, content of a damaged or hostile file)
DAMAGED: list[tuple[str, Callable[[], bytes]]] = [
    ("head.npy", lambda: b"\x93NUMPY\x01\x00\x12\x00{'descr': '<f8']]}\n" + bytes(8)),
    ("letters.npy", damaged_array),
    ("member.npz", lambda: zipped(x_dot_npy="no array")),
    ("end.xlsx", lambda: xlsx([NAMES, *ROWS]).replace(b"PK\x01\x02", b"PK\x01\x09", 1)),
    ("far.xlsx", lambda: with_cell_at("XFD1048576")),
    ("chain.xls", lambda: OLD.read_bytes()[:2000] + OLD.read_bytes()[3000:]),
    ("cut.xls", lambda: OLD.read_bytes()[:1200]),
    ("long.data", lambda: b"2 2 1\n0 1\n1\n1 1\n" + b"a" * 5000),
]
OLD = Path(__file__).parents[2] / "campaigns" / "examples" / "old.xls"


@pytest.mark.parametrize(("name", "content"), DAMAGED, ids=[name for name, _ in DAMAGED])
def test_a_damaged_file_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadValue) as refusal:
        read(tmp_path, name, content())
    assert len(str(refusal.value)) < 700
    assert capfd.readouterr().err == ""


def test_a_spreadsheet_whose_last_cell_is_far_away_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 70_000)
    with pytest.raises(BadValue, match=r"at most 70,000 cells.* row 101, column 702"):
        read(tmp_path, "t.xlsx", with_cell_at("ZZ101"))


def test_reading_a_spreadsheet_can_be_cancelled(tmp_path: Path) -> None:
    with watched(lambda share: True), pytest.raises(Cancelled):
        read(tmp_path, "t.xlsx", xlsx([NAMES, *ROWS]))


def test_what_lies_beside_the_file_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "marshal.py").write_text("1 / 0")
    (tmp_path / "python_calamine.py").write_text("1 / 0")
    assert read(tmp_path, "t.xlsx", xlsx([NAMES, *ROWS])).rows == 3


def test_objects_in_arrays_are_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.npy"
    np.save(path, np.array([{"a": 1}, 2], dtype=object), allow_pickle=True)
    with pytest.raises(BadValue, match="Python objects, which are never opened"):
        inspect(str(path))


# (what it is, content)
NO_TABLES = [
    ("a picture (PNG)", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("a picture (JPEG)", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("a PDF document", b"%PDF-1.7\n"),
    ("a web page", b"<!DOCTYPE html><html><body>1,2</body></html>"),
    ("an XML file", b"<?xml version='1.0'?><a/>"),
    ("a program", b"\x7fELF\x02\x01\x01\0"),
    ("a data base (SQLite)", b"SQLite format 3\0"),
    ("a Python pickle", b"\x80\x04\x95\x10\0\0\0"),
    ("compressed with xz", b"\xfd7zXZ\0\0"),
    ("compressed twice", gzip.compress(gzip.compress(b"a,b\n1,2\n"))),
    ("there is nothing in it", zipped()),
    ("there is 2 files in it", zipped(a_dot_csv="a,b\n", b_dot_csv="a,b\n")),
    ("line 3, column 1 holds binary data", b"a,b\n1,2\n\0\x01\x02\n"),
    ("it is JSON, but no list of records", b'{"a": 1, "b": {"c": 2}}'),
    ("it is damaged or encrypted", gzip.compress(PLAIN.encode() * 50)[:60]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "content"), NO_TABLES, ids=[row[0] for row in NO_TABLES])
def test_what_is_no_table_is_told_what_it_is(tmp_path: Path, what: str, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BadValue) as refusal:
        inspect(str(path))
    assert what in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_bomb_is_refused_once_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)
    for name, content in {
        "b.csv.gz": gzip.compress(b"1,2\n" * 1_000_000),
        "b.zip": zipped(b_dot_csv="1,2\n" * 1_000_000),
    }.items():
        with pytest.raises(BadValue, match=r"at most 1 MB, not .*: it is larger when unpacked"):
            read(tmp_path, name, content)


@pytest.mark.parametrize("sample", ["even", "first"])
def test_of_a_large_table_a_sample_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: str
) -> None:
    monkeypatch.setattr(sampling, "MAX_CELLS", 200)
    content = "x,y\n" + "".join(f"{n},{n / 2}\n" for n in range(1000))
    for table in (content, content.replace("\n7,", "\n7 ,")):  # by NumPy and cell by cell
        found = read(tmp_path, "t.csv", table, sample=sample, inputs="x")
        numbers = found.columns[0].numbers
        assert numbers is not None
        assert found.rows == 100
        assert numbers.tolist() == [n * (10 if sample == "even" else 1) for n in range(100)]
        assert "read in part" in found.notes[0].text
    assert read(tmp_path, "t.csv", content, rows=10, inputs="x").rows == 10


def test_the_endings_of_files_are_those_of_the_formats() -> None:
    assert set(SUFFIXES) == set(formats.endings())


def test_an_old_spreadsheet_is_read() -> None:
    """Written by xlwt: an empty sheet, and one with numbers, dates and texts."""
    table = formats.read_table(str(Path(__file__).with_name("trees.xls")))
    assert table.sheets == ("Notes", "Trees")
    width, planted, kind = table.columns
    assert width.numbers is not None
    assert width.numbers.tolist() == [1.5, 1.75, 2.0, 2.25, 2.5, 2.75]
    assert [planted.cell(row) for row in (0, 5)] == ["2020-01-01", "2020-01-06"]
    assert kind.values == ("Eiche", "Bücher")
