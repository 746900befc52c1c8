"""Every row of the table of errors."""

import math
from functools import partial

import numpy as np
import pytest

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES, Loss

TERMS = {
    "squared": lambda t, o: (t - o) ** 2,
    "squared-beyond": lambda t, o: max((t - o) ** 2 - 0.04, 0.0),
    "binary": lambda t, o: -(t * math.log(o) + (1 - t) * math.log(1 - o)),
    "categorical": lambda t, o: -t * math.log(o),
}
"""The printed formulas; any other row is held to its compiled function."""

rows = pytest.mark.parametrize("row", LOSSES.values(), ids=LOSSES)


def some(row: Loss) -> tuple[np.ndarray, np.ndarray]:
    """Targets and outputs (7 patterns, 3 units) such as the error is made for."""
    rng = np.random.default_rng(5)
    if not row.only_canonical:
        return rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    if row.canonical == "logistic":
        return rng.random((7, 3)), rng.uniform(0.02, 0.98, (7, 3))
    return rng.dirichlet(np.ones(3), 7), rng.dirichlet(np.ones(3) * 4, 7)


def total(row: Loss, target: np.ndarray, output: np.ndarray) -> float:
    return row.total(target, basis(row, output), np.empty_like(output))


def basis(row: Loss, output: np.ndarray) -> np.ndarray:
    with np.errstate(divide="raise"):
        return output if row.basis is None else row.basis.of_output(output)


@rows
def test_the_total_is_the_sum_of_its_terms(row: Loss) -> None:
    target, output = some(row)
    before = target.copy(), output.copy()
    term, read = partial(row.compiled.add, 0.0), basis(row, output)
    if row.name in TERMS:
        term, read = TERMS[row.name], output
    pairs = zip(target.ravel().tolist(), read.ravel().tolist(), strict=True)
    expected = math.fsum(term(t, o) for t, o in pairs)
    assert total(row, target, output) == pytest.approx(expected, rel=1e-13)
    np.testing.assert_array_equal((target, output), before)


@rows
def test_the_deviation_is_minus_the_derivative(row: Loss) -> None:
    target, output = some(row)
    deviation, h = np.empty_like(output), 1e-6
    row.deviation(target, output, deviation)
    for index in np.ndindex(output.shape):
        nudge = np.zeros_like(output)
        nudge[index] = h
        slope = (total(row, target, output + nudge) - total(row, target, output - nudge)) / (2 * h)
        assert deviation[index] == pytest.approx(-slope / row.scale, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("row", [row for row in LOSSES.values() if row.canonical])
def test_with_the_canonical_activation_delta_is_target_minus_output(row: Loss) -> None:
    target, output = some(row)
    err, delta = np.empty_like(output), np.empty_like(output)
    row.deviation(target, output, err)
    ACTIVATIONS[row.canonical].delta(output, err, delta)
    np.testing.assert_allclose(delta, target - output, rtol=1e-12, atol=1e-14)


@rows
def test_saturated_outputs_give_a_finite_error(row: Loss) -> None:
    right = np.eye(3)[[0, 1, 2, 0]]
    wrong = np.eye(3)[[1, 2, 0, 2]]
    deviation = np.empty_like(right)
    row.deviation(right, wrong, deviation)
    assert np.isfinite(deviation).all()
    assert math.isfinite(total(row, right, wrong))
    assert total(row, right, wrong) > 1.0


@rows
@pytest.mark.parametrize("n_patterns", [1, 4, 33, 1000])
def test_the_error_of_a_perfect_answer_is_exactly_0(row: Loss, n_patterns: int) -> None:
    right = np.eye(3)[np.arange(n_patterns) % 3]
    assert total(row, right, right.copy()) == 0.0


@rows
def test_a_row_is_found_by_its_name_and_says_what_it_is(row: Loss) -> None:
    assert LOSSES[row.name] is row
    assert row.label
    assert row.tex.startswith("E=")
    assert row.canonical in ACTIVATIONS or not row.canonical


def test_answers_within_a_fifth_of_the_target_count_nothing_and_are_not_trained() -> None:
    row = LOSSES["squared-beyond"]
    target, output = np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[0.81, 0.19, 0.7, 0.5]])
    deviation, terms = np.empty((1, 4)), np.empty((1, 4))
    row.deviation(target, output, deviation)
    row.terms(target, output, terms)
    np.testing.assert_allclose(deviation, [[0.0, 0.0, 0.3, -0.5]], atol=1e-15)
    np.testing.assert_allclose(terms, [[0.0, 0.0, 0.05, 0.21]], atol=1e-15)


EXACT = {
    "binary": lambda t, net: t * softplus(-net) + (1.0 - t) * softplus(net),
    "categorical": lambda t, net: float(t @ (softplus_of_sum(net) - net)),
}


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def softplus_of_sum(net: np.ndarray) -> float:
    """ln sum e^net."""
    return float(net.max()) + math.log(math.fsum(np.exp(net - net.max())))


@pytest.mark.parametrize("net", [0.0, 0.3, -5.0, 36.0, 37.0, -37.0, 800.0, -800.0, 1e6])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.1])
def test_binary_cross_entropy_is_exact_where_outputs_round_to_0_or_1(
    net: float, target: float
) -> None:
    row, nets = LOSSES["binary"], np.array([[net]])
    expected = EXACT["binary"](target, net)
    assert found_for(row, np.array([[target]]), nets) == pytest.approx(expected, rel=1e-14)
    assert row.compiled.add(0.0, target, net) == pytest.approx(expected, rel=1e-14)
    if (net, target) in ((37.0, 0.0), (800.0, 0.0), (-800.0, 1.0)):
        assert found_for(row, np.array([[target]]), nets) == abs(net)


@pytest.mark.parametrize("net", [(0.0, 1.0, -1.0), (800.0, 0.0, -800.0), (-1e6, 0.0, 40.0)])
@pytest.mark.parametrize("target", [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.2, 0.3, 0.5)])
def test_categorical_cross_entropy_is_exact_where_outputs_round_to_0(
    net: tuple[float, ...], target: tuple[float, ...]
) -> None:
    row, nets, t = LOSSES["categorical"], np.array([net]), np.array([target])
    expected = EXACT["categorical"](t[0], nets[0])
    assert found_for(row, t, nets) == pytest.approx(expected, rel=1e-14, abs=1e-15)
    column = nets.T.copy()
    assert row.basis is not None
    row.basis.column(column, 3, 0)
    error = 0.0
    for teacher, seen in zip(target, column[:, 0].tolist(), strict=True):
        error = row.compiled.add(error, teacher, seen)
    assert error == pytest.approx(expected, rel=1e-14, abs=1e-15)


def found_for(row: Loss, target: np.ndarray, net: np.ndarray) -> float:
    assert row.basis is not None
    found = np.empty_like(net)
    row.basis.of_net(net, found)
    return row.total(target, found, np.empty_like(net))
