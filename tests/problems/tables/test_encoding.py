"""From columns to patterns: coding, classes or numbers, missing values, standardised numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import open_problem
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.table import PROBLEMS
from bpviz.problems.tables.problem import suits_for
from bpviz.resources import resource

LoadCsv = Callable[..., PatternSet]
RAW = {"standardise": False, "standardise_targets": False, "test_share": 0.0}

FLOWERS = "colour,size,kind\nred,1,b\nblue,2,c\nred,3.5,a\ngreen,1,b\n"


def column(*cells: object) -> str:
    """A file with a running number and these targets."""
    return "x,y\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))


def test_texts_become_columns_and_classes(load_csv: LoadCsv) -> None:
    patterns = load_csv(FLOWERS, **RAW)
    assert patterns.kind == "classes"
    assert patterns.input_names == ("colour=blue", "colour=green", "colour=red", "size")
    assert patterns.train.inputs.tolist() == [
        [0, 0, 1, 1], [1, 0, 0, 2], [0, 0, 1, 3.5], [0, 1, 0, 1],
    ]  # fmt: skip
    assert patterns.class_names == patterns.output_names == ("a", "b", "c")
    assert class_of(patterns.train.targets).tolist() == [1, 2, 0, 1]
    assert patterns.notes == (
        "One output for each of 3 classes (one-hot).",
        "Texts, one input for each value: column 1 'colour'.",
    )


def test_two_classes_share_one_output(load_csv: LoadCsv) -> None:
    patterns = load_csv(column("yes", "no", "no", "yes"), **RAW)
    assert patterns.class_names == ("no", "yes")
    assert patterns.output_names == ("y",)
    assert patterns.train.targets[:, 0].tolist() == [1, 0, 0, 1]
    assert "One output for two classes: 0 is 'no', 1 'yes'." in patterns.notes


def test_what_only_python_reads_as_a_number_is_a_text(load_csv: LoadCsv) -> None:
    assert load_csv(column("1_0", "2_0", "1_0"), **RAW).class_names == ("1_0", "2_0")


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        ((0, 1, 1, 0), ("0", "1")),
        ((-1, 1, 1, -1), ("-1", "1")),
        ((2, 4, 6, 8), ()),
        ((1, 2, 3, 1), ()),  # too few rows of each to be codes
        ((1, 2, 3) * 5, ("1", "2", "3")),
        ((0, 1, 2) * 5, ("0", "1", "2")),
        ((0, 1, 3) * 5, ()),  # a gap
        ((5, 6, 7) * 5, ()),  # such as marks
        ((0.5, 1, 1, 0.5), ()),
        (tuple(range(21)) * 5, ()),
        (tuple(range(20)) * 5, tuple(str(n) for n in range(20))),
        (("u", "v", 1, "u"), ("1", "u", "v")),
    ],
)
def test_whole_numbers_may_be_codes_of_classes(
    load_csv: LoadCsv, cells: tuple[object, ...], classes: tuple[str, ...]
) -> None:
    patterns = load_csv(column(*cells), **RAW)
    assert patterns.kind == ("classes" if classes else "regression")
    assert patterns.class_names == classes


def test_a_person_can_say_what_the_targets_are(load_csv: LoadCsv) -> None:
    codes = column(*(1, 2, 3) * 5)
    assert load_csv(codes, targets_are="numbers").kind == "regression"
    assert load_csv(column(2, 4, 10, 4), targets_are="classes").class_names == ("2", "4", "10")
    ages = column(1, 2, 2, 1, "3+")
    assert load_csv(ages, targets_are="classes").class_names == ("1", "2", "3+")


def test_targets_are_chosen_by_name_or_number(load_csv: LoadCsv) -> None:
    content = 'a,"b, c",d\n1,2.5,3\n4,5,6.5\n7,8,9\n'
    for targets in ('"b, c"', "2", " 2 ", "2,2"):
        assert load_csv(content, targets=targets).output_names == ("b, c",)
    patterns = load_csv(content, targets="a,3", **RAW)
    assert patterns.output_names == ("a", "d")
    assert patterns.train.targets.tolist() == [[1, 3], [4, 6.5], [7, 9]]
    assert patterns.train.inputs.tolist() == [[2.5], [5], [8]]


def test_a_name_goes_before_a_number(load_csv: LoadCsv) -> None:
    assert load_csv("2,1\n1,2.5\n3,4\n5,7\n", header="yes", targets="1").output_names == ("1",)
    assert load_csv("2,1\n1,2.5\n3,4\n5,7\n", header="yes", targets="1").input_names == ("2",)


def test_targets_that_are_one_hot_already_stay_so(load_csv: LoadCsv) -> None:
    content = "x,p,q,r\n1,1,0,0\n2,0,0,1\n3,0,1,0\n"
    patterns = load_csv(content, targets="p,q,r", **RAW)
    assert patterns.one_hot
    assert patterns.class_names == ("p", "q", "r")
    assert load_csv(content, targets="p,q,r", targets_are="numbers").kind == "regression"


def test_columns_are_left_out(load_csv: LoadCsv) -> None:
    content = "id,x,unit,gap,y\nn1,1,cm,,2\nn2,3,cm,,4.5\nn3,4,cm,,5\n"
    patterns = load_csv(content, leave_out="id")
    assert patterns.input_names == ("x",)
    assert "Without any value, left out: column 4 'gap'." in patterns.notes
    assert "The same in every row, left out: column 3 'unit'." in patterns.notes


def test_the_last_column_with_values_is_the_target(load_csv: LoadCsv) -> None:
    assert load_csv("a,b,\n1,2.5,\n3,4,\n5,7,\n").output_names == ("b",)


def test_rows_without_a_value_are_skipped_if_asked(load_csv: LoadCsv) -> None:
    content = "kind,x,y\nu,1,2\nv,?,3\n,3,4\nv,4,5.5\nu,5,NA\nu,6,7\n"
    patterns = load_csv(content, missing="skip rows", **RAW)
    assert patterns.train.inputs[:, 2].tolist() == [1, 4, 6]
    assert patterns.train.targets[:, 0].tolist() == [2, 5.5, 7]
    assert "3 rows with missing values left out, the first in line 3." in patterns.notes


def test_missing_values_in_a_column_that_is_left_out_do_not_matter(load_csv: LoadCsv) -> None:
    assert len(load_csv("a,b,c\n1,,2\n3,x,4.5\n5,,6\n", leave_out="b").train) == 3


def test_numbers_are_standardised_by_the_training_rows(load_csv: LoadCsv) -> None:
    rng = np.random.default_rng(0)
    rows = zip(rng.normal(50, 7, 200), rng.choice(["u", "v", "w"], 200), rng.normal(0, 3e5, 200),
               strict=True)  # fmt: skip
    content = "x,kind,y\n" + "".join(f"{x},{kind},{y}\n" for x, kind, y in rows)
    patterns = load_csv(content, test_share=0.25, standardise=True, standardise_targets=True)
    assert patterns.test is not None
    assert (len(patterns.train), len(patterns.test)) == (150, 50)
    x, y = patterns.train.inputs[:, 0], patterns.train.targets
    assert np.allclose([x.mean(), x.std(), y.mean(), y.std()], [0, 1, 0, 1])
    assert abs(patterns.test.inputs[:, 0].mean()) > 1e-6  # measured with the training rows'
    assert set(patterns.train.inputs[:, 1:].ravel()) == {0.0, 1.0}
    assert any(
        note.startswith("Targets are standardised, counted y from ") for note in patterns.notes
    )
    raw = load_csv(content, test_share=0.0)  # only if asked
    assert raw.train.inputs[:, 0].mean() == pytest.approx(50, abs=2)
    assert any("try 'standardise inputs'" in note for note in raw.notes)
    assert any("try 'standardise targets'" in note for note in raw.notes)


def test_a_few_rows_are_all_trained_with(load_csv: LoadCsv) -> None:
    patterns = load_csv("a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", test_share=0.5)
    assert len(patterns.train) == 4
    assert patterns.test is None
    assert "Fewer than 20 rows: none is kept for testing." in patterns.notes


def test_classes_keep_their_shares_in_the_test_rows(load_csv: LoadCsv) -> None:
    patterns = load_csv(column(*["u"] * 80 + ["v"] * 20), test_share=0.25)
    assert patterns.test is not None
    assert patterns.test.targets.sum() == 5
    assert len(patterns.test) == 25


def test_the_shipped_iris_is_a_csv_like_any_other() -> None:
    _, patterns = open_problem(
        str(resource("problems", "iris.csv")), options={"standardise": False, "test_share": 0.0}
    )
    built_in = PROBLEMS["iris"].load({"standardise": False, "test_share": 0.0})
    assert np.array_equal(patterns.train.inputs, built_in.train.inputs)
    assert np.array_equal(patterns.train.targets, built_in.train.targets)
    assert patterns.class_names == built_in.class_names


@pytest.mark.parametrize(
    ("content", "output", "error"),
    [
        (column("u", "v", "w", "u"), "softmax", "categorical"),
        (column("u", "v", "v", "u"), "logistic", "binary"),
        (column(1.5, 2, 7, 4), "linear", "squared"),
    ],
)
def test_what_suits_follows_from_the_targets(
    load_csv: LoadCsv, content: str, output: str, error: str
) -> None:
    suits = suits_for(load_csv(content))
    assert (suits["output"], suits["error"]) == (output, error)


def test_small_and_large_tables_see_about_the_same_number_of_patterns(load_csv: LoadCsv) -> None:
    small, large = (
        suits_for(load_csv(column(*range(n)), **RAW))["stop"]["epochs"] for n in (1000, 100_000)
    )
    assert (small, large) == (200, 20)


def surface(rng: np.random.Generator) -> str:
    x = rng.normal(size=(400, 2)) * [1.0, 100.0] + [0.0, 1000.0]
    y = 3e5 + 1e4 * np.sin(2 * x[:, 0]) + 200 * (x[:, 1] - 1000)
    return "a,b,price\n" + "".join(f"{p},{q},{r}\n" for (p, q), r in zip(x, y, strict=True))


LEARNABLE: dict[str, Callable[[np.random.Generator], str]] = {
    "xor": lambda rng: "a,b,y\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n",
    "surface": surface,
    "iris": lambda rng: resource("problems", "iris.csv").read_text(),
}


@pytest.mark.parametrize("name", LEARNABLE)
def test_what_suits_a_table_learns_it(load_csv: LoadCsv, tmp_path: Any, name: str) -> None:
    (tmp_path / "own.csv").write_text(LEARNABLE[name](np.random.default_rng(0)))
    experiment, _ = open_problem(
        str(tmp_path / "own.csv"), options={"standardise": True, "standardise_targets": True}
    )
    assert experiment.stop.epochs is not None
    record = new_run(prepare(experiment)).advance(experiment.stop.epochs)[-1]
    assert record.train_right > 0.97
    assert not record.test_right < 0.9


GAPS = "kind,x,y\n" + "".join(
    f"{('u', 'v', '')[i % 3]},{i if i % 4 else ''},{i / 7}\n" for i in range(24)
)


@pytest.mark.parametrize(
    ("way", "number"),
    [("mean", 12.0), ("median", 12.0), ("most frequent", 1.0), ("category", 12.0)],
)
def test_missing_values_are_filled_in(load_csv: LoadCsv, way: str, number: float) -> None:
    patterns = load_csv(GAPS, missing=way, test_share=0.0)
    inputs = dict(zip(patterns.input_names, patterns.train.inputs.T, strict=True))
    assert len(patterns.train) == 24
    assert inputs["x"][0] == pytest.approx(number, abs=0.5)
    own = way == "category"
    assert ("x missing" in inputs) == ("kind=missing" in inputs) == own
    if own:
        assert inputs["x missing"].sum() == 6
        assert inputs["kind=missing"].sum() == 8
    else:
        assert (inputs["kind=u"] + inputs["kind=v"] == 1.0).all()


def test_a_row_without_a_target_is_never_filled_in(load_csv: LoadCsv) -> None:
    patterns = load_csv("x,y\n1,2.5\n2,\n3,4\n5,1\n", missing="mean")
    assert patterns.train.inputs[:, 0].tolist() == [1, 3, 5]


def test_a_second_file_is_the_test_set(load_csv: LoadCsv, tmp_path: Path) -> None:
    (tmp_path / "tests.csv").write_text("y,when,kind\n4.5,2024-01-09,v\n5.5,2024-01-03,w\n")
    first = "kind,when,y\nu,2024-01-05,1.5\nv,2024-01-07,2\nu,2024-01-08,4\n"
    with pytest.raises(BadValue, match="'w' is none of them"):
        load_csv(first, test_file="tests.csv")
    patterns = load_csv(first, test_file="tests.csv", missing="most frequent")
    assert patterns.test is not None
    assert patterns.test.inputs.tolist() == [[0, 1, 4], [1, 0, -2]]
    assert patterns.test.targets.tolist() == [[4.5], [5.5]]
    assert len(patterns.train) == 3


def test_classes_of_a_second_file_are_those_of_the_first(load_csv: LoadCsv, tmp_path: Path) -> None:
    tests = tmp_path / "tests.csv"
    tests.write_text("x,y\n1,c\n2,a\n")
    patterns = load_csv(column("a", "b", "c", "a"), test_file=str(tests))
    assert patterns.test is not None
    assert patterns.test.targets.tolist() == [[0, 0, 1], [1, 0, 0]]
    tests.write_text("x,y\n1,d\n")
    with pytest.raises(BadValue, match="'d' is none of them"):
        load_csv(column("a", "b", "c", "a"), test_file=str(tests))
    tests.write_text("z,y\n1,a\n")
    with pytest.raises(BadValue, match="a table with the column 'x'"):
        load_csv(column("a", "b", "c", "a"), test_file=str(tests))


@pytest.mark.parametrize("content", ["a,b,y\n.05,.1,.01\n", "a,b,y\n.05,.1,.01\n.05,.1,.01\n"])
def test_one_pattern_is_enough(load_csv: LoadCsv, content: str) -> None:
    patterns = load_csv(content)
    assert patterns.train.inputs[0].tolist() == [0.05, 0.1]
    assert patterns.train.targets[0].tolist() == [0.01]
    assert any("a network can learn it" in note for note in patterns.notes)
