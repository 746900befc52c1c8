"""`bpviz reproduce`: the published runs beside many seeds."""

import json

import pytest

from bpviz.cli import main
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import prepare
from bpviz.experiment.published import PUBLISHED, Published, published_run_of

KEYS = {
    "problem", "network", "published", "said", "source", "seeds", "solved", "interval", "median",
    "low", "high", "slower", "conditions",
}  # fmt: skip


def test_it_prints_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "xor", "--seeds", "20", "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    rows = json.loads(out)
    assert [row["published"] for row in rows] == [558, 247, 214, 181, 148, 115]
    for row in rows:
        assert set(row) == KEYS
        assert row["seeds"] == 20
        assert 0.0 <= row["interval"][0] <= row["solved"] <= row["interval"][1] <= 1.0
        assert row["low"] <= row["median"] <= row["high"]
        assert 0 <= row["slower"] <= 20
    assert rows[0]["conditions"] == "ε 0.5, α 0.9, batch all, weights ±0.5, right within 0.1"
    medians = [row["median"] for row in rows[1:]]
    assert medians == sorted(medians, reverse=True)  # more hidden units solve XOR sooner


def test_the_table_has_the_published_number_beside_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "graded-code", "--seeds", "5"]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split()[:3] == ["problem", "network", "published"]
    assert row.split()[:4] == ["graded-code", "2-1-4-4", "–", "100.0"]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["spiral"], "problem must be one of xor, parity"),
        (["xor", "--seeds", "0"], "--seeds must be a whole number from 1"),
        (["xor", "--seeds", "x"], "--seeds must be a whole number"),
    ],
)
def test_it_refuses_with_a_sentence(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", *argv]) == 2
    assert words in capsys.readouterr().err


def test_a_race_of_the_same_experiment_says_where_the_published_run_lies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = ["race", "xor", "--hidden", "1,2", "--link", "input>output", "--rate", "0.5"]
    argv += ["--tolerance", "0.1", "--seeds", "20", "--epochs", "3000", "--workers", "1"]
    assert main(argv) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "published" in line]
    assert len(said) == 1  # two hidden units with a shortcut were not published
    assert "558 sweeps with 2-1-1 with input>output, faster than" in said[0]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row.problem} {row.network}")
def test_every_published_run_is_an_experiment(row: Published) -> None:
    experiment = row.experiment()
    setup = prepare(experiment)
    sizes = "-".join(str(group.size) for group in setup.network.groups if group.role != "input")
    inputs = "+".join(str(group.size) for group in setup.network.groups if group.role == "input")
    groups = f"{inputs}-{sizes}"
    stated = row.network.split()[0]
    assert stated in (groups, "24+12-6+6-12-6-24" if groups == "24+12-6-6-12-6-24" else groups)
    assert published_run_of(experiment) is row
    assert published_run_of(experiment_for("spiral")) is None
