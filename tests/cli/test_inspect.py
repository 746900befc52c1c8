"""`bpviz inspect`, and refusals that name the option that helps."""

import json
import shlex
from pathlib import Path

import pytest

from bpviz.cli import main

TABLE = "Id,size,kind\n1,2.5,a\n2,4,b\n3,1,a\n"


def test_json_has_the_promised_fields(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    assert main(["inspect", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    notes = said.pop("notes")
    assert said == {
        "rows": 3,
        "skipped": [],
        "columns": [
            {"name": "Id", "kind": "row number", "role": "left out", "range": [1, 3],
             "missing": 0},
            {"name": "size", "kind": "number", "role": "input", "range": [1, 4], "missing": 0},
            {"name": "kind", "kind": "categories", "role": "target", "categories": ["a", "b"],
             "missing": 0},
        ],
        "header": True, "separator": ",", "decimal": ".", "encoding": "utf-8",
    }  # fmt: skip
    assert any("--option inputs=Id" in note for note in notes)


def test_the_table_is_printed_with_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    assert main(["inspect", str(path), "--option", "inputs=Id"]) == 0
    out = capsys.readouterr().out
    assert "3 rows, separator comma, decimal point, utf-8, names in the file" in out
    assert [line.split()[:3] for line in out.splitlines()[2:5]] == [
        ["Id", "number", "input"], ["size", "number", "input"], ["kind", "categories", "target"],
    ]  # fmt: skip


def test_rows_that_are_left_out_are_listed_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n % 7},{n},{n * n % 5}.5" for n in range(30)]
    rows[4] = ",4,1.5"
    rows[9] = "1,9,"
    rows[5:5] = ["a,b,y"]
    path.write_text("\n".join(["My table", "a,b,y", *rows, *[",1,2.5"] * 25, "Mean,,2.25", ""]))
    assert main(["inspect", str(path), "--option", "missing=skip rows", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [(part["rows"], part["why"], part["lines"][:2]) for part in said["skipped"]] == [
        (1, "titles above the table", [1]),
        (1, "names again", [8]),
        (1, "below the table", [59]),
        (1, "no value in column 3 'y'", [13]),
        (26, "no value in column 1 'a'", [7, 34]),
    ]
    assert [len(part["lines"]) for part in said["skipped"]] == [1, 1, 1, 1, 20]
    assert main(["inspect", str(path), "--option", "missing=skip rows"]) == 0
    out = capsys.readouterr().out
    assert "  skipped: 1 row (line 13): no value in column 3 'y'\n" in out
    assert "  skipped: 26 rows (lines 7, 34, 35," in out
    assert " and 6 more): no value in column 1 'a'\n" in out


# (what, content)
REFUSED = [
    ("a gap", "a,b,y\n1,2,3.5\n1,,4\n2,5,6\n"),
    ("a typing error", "a,b,y\n1,2,3.5\n2x,4,4\n2,5,6\n5,6,1\n"),
    ("two decimal marks", "a;b;y\n1,5;3;1\n12.5;1;2\n9;2;3\n"),
    ("a short row", "a,b,y\n1,2,3.5\n1,2\n2,5,6\n3,3,3\n"),
    ("a text among targets", "a,y\n1,2\n2,4.5\n5,6..\n7,8\n"),
]


@pytest.mark.parametrize("content", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_the_option_that_a_refusal_names_helps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    train = ["train", str(path), "--epochs", "1"]
    assert main(train) == 2
    sentence = capsys.readouterr().err.strip()
    assert " To change this: --option " in sentence
    helps = sentence.rpartition("To change this: ")[2].removesuffix(".").split(" or --option ")
    for part in helps:
        option = shlex.split(part.removeprefix("--option "))
        assert len(option) == 1
        code = main([*train, "--option", option[0]])
        said = capsys.readouterr().err
        marked = option[0].startswith("missing_marks") and "'missing=skip rows'" in said
        assert code == 0 or marked, (option, said)


def test_a_table_that_cannot_be_trained_with_is_inspected_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(REFUSED[0][1])
    assert main(["inspect", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [column["missing"] for column in said["columns"]] == [0, 1, 0]
    assert "'missing=skip rows'" in said["notes"][-1]


def test_what_is_no_table_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"%PDF-1.7\n")
    assert main(["inspect", str(path)]) == 2
    assert "it is a PDF document" in capsys.readouterr().err
    assert main(["inspect", str(tmp_path / "no.csv")]) == 2
    assert main(["inspect", str(path), "--option", "sheat=1"]) == 2
    assert "did you mean sheet?" in capsys.readouterr().err
