"""RMSE, R², precision, recall and F1 in what `bpviz train` prints and writes."""

import csv
import json
from pathlib import Path

import pytest

from bpviz.cli import main
from bpviz.cli.quality import quality_table
from bpviz.experiment.experiment import open_problem
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.tables.formats import read_table


def table(tmp_path: Path) -> str:
    path = tmp_path / "t.csv"
    rows = "".join(f"{n / 10},{500 + 40 * (n / 10)}\n" for n in range(40))
    path.write_text("x,price\n" + rows)
    return str(path)


def test_numbers_are_judged_in_the_units_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = ["train", table(tmp_path), "--epochs", "2"]
    found = []
    for standardised in ("yes", "no"):
        options = ["--option", f"standardise_targets={standardised}"]
        assert main([*train, *options, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    for figures in found:
        assert figures["classes"] is figures["test_classes"] is None
        assert set(figures["rmse"]) == set(figures["test_r2"]) == {"price"}
    assert 10 < found[0]["rmse"]["price"] < 200 < found[1]["rmse"]["price"] < 700
    assert found[0]["r2"]["price"] < 1.0


def test_classes_are_judged_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "iris", "--epochs", "60"]) == 0
    out = capsys.readouterr().out
    assert "test virginica" in out
    assert main(["train", "iris", "--epochs", "60", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["rmse"] is None
    assert list(figures["classes"]) == ["setosa", "versicolor", "virginica"]
    assert sum(one["support"] for one in figures["classes"].values()) == 120
    right = sum(one["recall"] * one["support"] for one in figures["classes"].values())
    assert right == pytest.approx(figures["accuracy"] * 120)


def test_the_exported_table_has_a_row_for_each_class_and_set() -> None:
    setup = prepare(*open_problem("iris")[:1])
    head, *rows = quality_table(setup, new_run(setup))
    assert head[:3] == ("patterns", "of", "rmse")
    assert [row[:2] for row in rows] == [
        (which, name) for which in ("training", "test")
        for name in ("setosa", "versicolor", "virginica")
    ]  # fmt: skip


@pytest.mark.parametrize("unit", [0.2, 1.0, 1e5])
def test_right_is_a_share_of_the_standard_deviation(tmp_path: Path, unit: float) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{n},{unit * (n % 7)}\n" for n in range(70)))
    experiment, patterns = open_problem(str(path), options={"targets_are": "numbers"})
    assert experiment.tolerance == pytest.approx(0.25 * patterns.train.targets.std(), rel=0.01)


def test_the_table_is_written_beside_the_loss(tmp_path: Path) -> None:
    assert main(["train", "iris", "--epochs", "2", "--export", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "quality.csv").read_text("utf-8-sig")
    assert [row[1] for row in csv.reader(text.splitlines())][1:4] == [
        "setosa", "versicolor", "virginica"
    ]  # fmt: skip


def test_tables_open_in_spreadsheets_of_every_country(tmp_path: Path) -> None:
    train = ["train", "iris", "--epochs", "2", "--force", "--export", str(tmp_path)]
    for marks, separator, decimal in (("comma", ",", "."), ("semicolon", ";", ",")):
        assert main([*train, "--csv", marks]) == 0
        data = (tmp_path / "loss.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbfepoch" + separator.encode())
        table = read_table(str(tmp_path / "loss.csv"))
        assert (table.separator, table.decimal) == (separator, decimal)
        numbers = table.columns[1].numbers
        assert numbers is not None
        assert numbers.min() > 1.0
    assert main([*train, "--csv", "tab"]) == 2
