"""RMSE, R², precision, recall and F1 against their definitions, by hand and pattern by pattern."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.analysis.quality import (
    ClassQuality,
    RegressionQuality,
    class_quality,
    quality_of,
    regression_quality,
)
from bpviz.core.model.patterns import Patterns, PatternSet


def test_a_worked_example_of_numbers() -> None:
    targets = np.array([[1.0], [2.0], [3.0], [6.0]])
    found = regression_quality(targets, np.array([[1.0], [3.0], [3.0], [4.0]]))
    assert found.rmse == pytest.approx(np.sqrt(5 / 4))
    assert found.r2 == pytest.approx(1 - 5 / 14)
    assert np.isnan(regression_quality(np.ones((3, 1)), np.zeros((3, 1))).r2).all()


def test_a_worked_example_of_classes() -> None:
    targets = np.eye(3)[[0, 0, 0, 1, 1, 2]]
    outputs = np.eye(3)[[0, 0, 1, 1, 0, 1]]
    outputs[5] = 0.5  # no single largest output: no answer
    found = class_quality(targets, outputs, ("a", "b", "c"))
    assert found.precision[:2].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert np.isnan(found.precision[2])  # c is never answered
    assert found.recall.tolist() == pytest.approx([2 / 3, 1 / 2, 0])
    assert found.f1.tolist() == pytest.approx([2 / 3, 1 / 2, 0])
    assert found.support.tolist() == [3, 2, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_classes_are_counted_one_by_one(pairs: list[tuple[int, int]]) -> None:
    wanted, said = zip(*pairs, strict=True)
    found = class_quality(np.eye(3)[list(wanted)], np.eye(3)[list(said)], ("a", "b", "c"))
    for k in range(3):
        hits = sum(1 for w, s in pairs if w == s == k)
        parts = (
            (found.precision, said.count(k)),
            (found.recall, wanted.count(k)),
        )
        for values, whole in parts:
            expected = hits / whole if whole else np.nan
            assert values[k] == pytest.approx(expected, nan_ok=True)
        p, r = found.precision[k], found.recall[k]
        if p + r > 0.0:
            assert found.f1[k] == pytest.approx(2 * p * r / (p + r))


def test_standardised_targets_are_measured_in_the_units_of_the_file() -> None:
    y = np.array([[-1.0], [0.0], [1.0]])
    scale = (np.array([500.0]), np.array([20.0]))
    some = PatternSet("t", "regression", Patterns(y, y), ("x",), ("y",), target_scale=scale)
    found = quality_of(some, y, y + 0.5)
    assert isinstance(found, RegressionQuality)
    assert found.rmse == pytest.approx(10.0)
    assert some.in_units(y).tolist() == [[480.0], [500.0], [520.0]]


def test_two_classes_share_an_output() -> None:
    y = np.array([[0.0], [1.0], [1.0]])
    some = PatternSet("t", "classes", Patterns(y, y), ("x",), ("y",), class_names=("no", "yes"))
    found = quality_of(some, y, np.array([[0.2], [0.4], [0.9]]))
    assert isinstance(found, ClassQuality)
    assert found.recall.tolist() == [1.0, 0.5]
