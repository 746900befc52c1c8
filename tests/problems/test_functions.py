"""Functions of x: values, ranges, noise, and the expression that a person types."""

from typing import Any

import numpy as np
import pytest

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue
from bpviz.problems.base import Problem
from bpviz.problems.table import PROBLEMS


def load(name: str, **options: Any) -> PatternSet:
    return PROBLEMS[name].load({"test_share": 0.0, **options})


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sine", np.sin),
        ("step", lambda x: np.where(x > 0, 1.0, 0.0)),
        ("abs", np.abs),
        ("expression", lambda x: np.sin(2 * x) + x / 2),
    ],
)
def test_values(name: str, function: Any) -> None:
    train = load(name).train
    assert np.allclose(train.targets, function(train.inputs), atol=1e-12)


def test_points_are_even_over_the_range_and_the_picture_goes_beyond_it() -> None:
    patterns = load("sine", **{"from": -1.0, "to": 3.0, "points": 9})
    assert np.allclose(patterns.train.inputs[:, 0], np.arange(-1.0, 3.5, 0.5))
    ((low, high),) = patterns.domain
    assert low < -1.0
    assert high > 3.0


def test_noise_has_the_deviation_asked_for() -> None:
    train = load("noisy-sine", noise=0.5, points=10_000).train
    assert (train.targets - np.sin(train.inputs)).std() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, -2.0)])
def test_an_empty_range_is_refused(low: float, high: float) -> None:
    with pytest.raises(BadValue, match=rf"to must be a number above {low:g}, .*, not {high}"):
        load("sine", **{"from": low, "to": high})


def test_a_typed_expression_is_learned_from() -> None:
    train = load("expression", expression="max(0, x)**2 - 1").train
    assert np.allclose(train.targets, np.maximum(0, train.inputs) ** 2 - 1)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/x", r"at x = 0 it is inf"),
        ("log(x)", r"at x = -3 it has no value"),
        ("sqrt(2 - x)", r"at x = 2\.\d+ it has no value"),
        ("exp(10*x)", r"at x = \d\.\d+ it is \d\.\d+e\+06"),
        ("9**9**9**9 + x", r"at x = -3 it is inf"),
    ],
)
def test_an_expression_must_have_a_value_all_over_the_range(expression: str, said: str) -> None:
    with pytest.raises(BadValue, match=said) as refusal:
        load("expression", expression=expression)
    assert refusal.value.field == "expression"
    assert expression in str(refusal.value)


def test_a_hole_between_the_points_is_found_too() -> None:
    # 60 points have none at 0.
    assert not (load("expression").train.inputs == 0.0).any()
    with pytest.raises(BadValue, match=r"at x = 0 it is inf"):
        load("expression", expression="1/abs(x)")


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_what_a_problem_is_about_is_a_sentence(problem: Problem) -> None:
    """Others follow it in the Experiment panel."""
    assert problem.about.endswith(".")
