"""`bpviz race`: variants from lists, a table or JSON, files, refusals."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from bpviz.cli import main
from tests.waiting import DEADLINE

Said = tuple[int, str, str]
Call = Callable[..., Said]


@pytest.fixture
def race(capsys: pytest.CaptureFixture[str]) -> Call:
    """race("xor", ...) -> (exit code, stdout, stderr), without worker processes."""

    def run(*argv: str) -> Said:
        code = main(["race", *argv, "--workers", "1"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def raced(race: Call, *argv: str) -> dict[str, Any]:
    code, out, err = race(*argv, "--json")
    assert code == 0, err
    assert out.count("\n") == 1
    return dict(json.loads(out))


def test_more_hidden_units_solve_xor_more_often(race: Call) -> None:
    found = raced(race, "xor", "--hidden", "2,4", "--seeds", "200", "--epochs", "600",
                  "--spread", "1", "--until-solved")  # fmt: skip
    two, four = found["variants"]
    assert (two["hidden"], four["hidden"]) == ([2], [4])
    assert two["networks"] == found["seeds"] == 200
    assert two["share"] < 0.95 < four["share"]
    assert two["share_low"] < two["share"] < two["share_high"]
    assert two["median_low"] <= two["median"] <= two["median_high"]
    assert found["network_epochs_per_second"] > 0


def test_variants_are_all_combinations(race: Call) -> None:
    found = raced(race, "xor", "--hidden", "2,4x2", "--activation", "tanh,relu", "--rate",
                  "0.1,0.2", "--seeds", "2", "--epochs", "5")  # fmt: skip
    labels = [variant["label"] for variant in found["variants"]]
    assert len(labels) == 8
    assert labels[0] == "2 hidden, tanh, rate 0.1"
    assert found["variants"][-1]["activations"] == ["relu", "relu"]


def test_the_table(race: Call) -> None:
    code, out, err = race("xor", "--hidden", "2,3", "--seeds", "20", "--epochs", "50")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "xor: seeds 0 to 19, 50 epochs"
    assert lines[1].split()[:3] == ["network", "networks", "solved"]
    assert lines[2].split()[:3] == ["2", "hidden", "20"]
    assert len({len(line) for line in lines[1:4]}) == 1


def test_files(race: Call, tmp_path: Path) -> None:
    where = "--export", str(tmp_path / "out")
    code, out, _ = race("xor", "--hidden", "2,3", "--seeds", "5", "--epochs", "20", *where)
    assert code == 0
    assert "race.csv, race_networks.csv, race_curves.csv, race.png" in out
    image = QImage(str(tmp_path / "out" / "race.png"))
    assert (image.width(), image.height()) == (3600, 2400)
    assert image.text("Title") == "Race: xor"
    table, networks, curves = (
        list(csv.DictReader((tmp_path / "out" / name).read_text().splitlines()))
        for name in ("race.csv", "race_networks.csv", "race_curves.csv")
    )
    assert [row["hidden"] for row in table] == ["2", "3"]
    assert [row["seed"] for row in networks] == [*"01234", *"01234"]
    assert [row["epoch"] for row in curves] == [str(e) for e in range(21)] * 2
    assert float(curves[0]["error_5%"]) <= float(curves[0]["error_50%"])
    code, _, err = race("xor", "--seeds", "5", "--epochs", "20", *where)
    assert code == 1
    assert "--force replaces it" in err
    code, _, _ = race("xor", "--seeds", "5", "--epochs", "20", *where, "--force")
    assert code == 0


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("xor", "--hidden", "2,,3"), "--hidden must be shapes with commas between them"),
        (
            ("xor", "--rate", "0.1,fast"),
            "--rate must be numbers with commas between them, such as 0.1,0.5, not '0.1,fast'",
        ),
        (("xor", "--activation", "tanh,sine"), "--activation must be one of logistic, tanh"),
        (("xor", "--seeds", "0"), "--seeds must be a whole number from 1 to 100,000, not '0'"),
        (
            ("xor", "--seeds", "many"),
            "--seeds must be a whole number from 1 to 100,000, not 'many'",
        ),
        (("xor", "--activation", "step"), "slope"),
        (("nothing",), "nothing"),
    ],
)
def test_refusals(race: Call, argv: tuple[str, ...], words: str) -> None:
    code, out, err = race(*argv)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "tcp://127.0.0.1:1",
            "no dask scheduler at tcp://127.0.0.1:1: connection refused.",
        ),
        ("nonsense://1.2.3.4:5", "must be HOST:PORT, such as tcp://localhost:8786, not 'nonsense:"),
        ("here", "must be HOST:PORT, such as tcp://localhost:8786, not 'here'."),
        ("here:99999", "must be HOST:PORT"),
        ("x" * 5000, "must be HOST:PORT"),
    ],
)
def test_no_scheduler_there(race: Call, address: str, words: str) -> None:
    code, _, err = race("xor", "--seeds", "2", "--scheduler", address)
    assert code == 1
    assert words in err
    assert err.count("\n") == 1
    assert len(err) < 300


def test_ctrl_c_reports_what_came_in(tmp_path: Path) -> None:
    """With worker processes, which a Ctrl+C on the terminal reaches, too."""
    argv = "race", "xor", "--hidden", "2,3", "--seeds", "9", "--epochs", "10000000"
    code = (
        "import os, signal, threading, bpviz.cli.race as race\n"
        "run = race.run_race\n"
        "def slow(shards, standings, executor, interrupted, show):\n"
        "    def shown(progress):\n"
        "        if progress.done: os.killpg(0, signal.SIGINT)\n"
        "        show(progress)\n"
        "    run(shards, standings, executor, interrupted, shown)\n"
        "race.run_race = slow\n"
        f"from bpviz.cli import main\nif __name__ == '__main__': raise SystemExit(main({argv!r}))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=DEADLINE,
        start_new_session=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr == "bpviz: The race was interrupted; what is shown is what had come in.\n"
    assert done.stdout.startswith("xor: seeds 0 to 8")
