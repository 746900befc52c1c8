"""What is to be learned, and how right an answer is."""

from typing import Any

import numpy as np
import pytest

from bpviz.core.model.patterns import Criterion, Patterns, PatternSet, class_of
from bpviz.core.values import BadValue

from ..strategies import XOR


def pattern_set(**changes: Any) -> PatternSet:
    fields = {"input_names": ("x1", "x2"), "output_names": ("y",), **changes}
    return PatternSet("xor", fields.pop("kind", "table"), fields.pop("train", XOR), **fields)


def test_numbers_become_read_only_float64() -> None:
    patterns = Patterns(np.array([[1, 2], [3, 4]]), np.array([[True], [False]]))
    assert len(patterns) == 2
    for array in (patterns.inputs, patterns.targets):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 9.0


TABLE = "a table of at least one row and one column"


@pytest.mark.parametrize(
    ("inputs", "targets", "field", "value", "allowed"),
    [
        (np.ones((2, 3)), np.ones((3, 1)), "targets", 3, "2, as many as inputs"),
        (np.ones((0, 3)), np.ones((0, 1)), "inputs", (0, 3), TABLE),
        (np.ones((2, 0)), np.ones((2, 1)), "inputs", (2, 0), TABLE),
        (np.ones((2, 1)), np.ones((2, 0)), "targets", (2, 0), TABLE),
        (np.ones((2, 1)), np.ones(2), "targets", (2,), TABLE),
        (np.array([[np.nan]]), np.ones((1, 1)), "inputs", "inf or nan", "finite numbers"),
        (np.ones((1, 1)), np.array([[np.inf]]), "targets", "inf or nan", "finite numbers"),
    ],
)
def test_patterns_refused(
    inputs: np.ndarray, targets: np.ndarray, field: str, value: object, allowed: str
) -> None:
    with pytest.raises(BadValue) as refusal:
        Patterns(inputs, targets)
    error = refusal.value
    assert (error.field, error.value, error.allowed) == (field, value, allowed)


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"input_names": ("x",)}, "input names", "2"),
        ({"output_names": ("y", "z")}, "output names", "1"),
        ({"kind": "classes", "class_names": ("a",)}, "class names", "2"),
        ({"kind": "classes", "class_names": ("a", "b", "c")}, "class names", "2"),
        ({"kind": "classes"}, "class names", "2"),
    ],
    ids=str,
)
def test_pattern_sets_refused(changes: dict[str, Any], field: str, allowed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        pattern_set(**changes)
    assert (refusal.value.field, refusal.value.allowed) == (field, allowed)
    assert str(refusal.value).startswith(f"number of {field} must be {allowed}, not ")


def test_a_set_knows_its_columns_and_whether_targets_are_one_hot() -> None:
    table = pattern_set()
    assert (table.n_inputs, table.n_outputs, table.one_hot) == (2, 1, False)
    assert not pattern_set(kind="classes", class_names=("no", "yes")).one_hot
    hot = Patterns(np.ones((3, 1)), np.eye(3))
    names = ("a", "b", "c")
    three = pattern_set(
        kind="classes", train=hot, input_names=("x",), output_names=names, class_names=names
    )
    assert (three.n_inputs, three.n_outputs, three.one_hot) == (1, 3, True)
    regression = pattern_set(kind="regression", train=hot, input_names=("x",), output_names=names)
    assert not regression.one_hot


def test_the_class_that_outputs_stand_for() -> None:
    np.testing.assert_array_equal(class_of(np.array([[0.1, 0.7, 0.2], [5, -1, 4]])), [1, 0])
    np.testing.assert_array_equal(class_of(np.array([[0.49], [0.5], [0.51], [-3]])), [0, 0, 1, 0])
    assert class_of(np.zeros((2, 1))).dtype == np.int64


def test_within_counts_patterns_whose_every_output_is_closer_than_the_tolerance() -> None:
    targets = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    outputs = np.array([[0.1, 0.9], [0.1, 0.5], [0.25, 0.75], [0.8, -0.2]])
    assert Criterion("within", 0.25).count(targets, outputs) == 2
    assert Criterion("within", 0.26).count(targets, outputs) == 3
    assert Criterion("within", 0.6).count(targets, outputs) == 4
    assert Criterion("within", 0.25).count(targets[:, :1], outputs[:, :1]) == 3


def test_argmax_counts_patterns_whose_largest_output_is_the_target() -> None:
    targets = np.eye(3)
    outputs = np.array([[0.4, 0.3, 0.3], [0.9, 0.05, 0.05], [-3.0, -2.0, -1.0]])
    assert Criterion("argmax", 1e-9).count(targets, outputs) == 2


def test_the_lectures_criterion_is_the_default() -> None:
    assert Criterion() == Criterion("within", 0.4)
