"""Every row of the table of activations."""

import math

import numpy as np
import pytest

from bpviz.core.model.activations import ACTIVATIONS, Activation

FORMULAS = {
    "logistic": lambda net: [1 / (1 + math.exp(-x)) for x in net],
    "tanh": lambda net: [math.tanh(x) for x in net],
    "relu": lambda net: [max(0.0, x) for x in net],
    "leaky-relu": lambda net: [max(0.01 * x, x) for x in net],
    "elu": lambda net: [x if x > 0 else math.expm1(x) for x in net],
    "softplus": lambda net: [math.log1p(math.exp(x)) for x in net],
    "linear": lambda net: list(net),
    "step": lambda net: [1.0 if x > 0 else 0.0 for x in net],
    "softmax": lambda net: [math.exp(x) / sum(math.exp(y) for y in net) for x in net],
}

rows = pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=ACTIVATIONS)


def net_inputs() -> np.ndarray:
    """Net inputs (patterns, units) from -5 to 5, none of them near the kink at 0."""
    net = np.random.default_rng(3).uniform(0.1, 5.0, (6, 4))
    net[:, ::2] *= -1
    return net


def answer(row: Activation, net: np.ndarray) -> np.ndarray:
    act = np.empty_like(net)
    with np.errstate(over="ignore"):  # as Run and forward have it
        row.function(net, act)
    return act


@pytest.mark.parametrize("name", FORMULAS)
def test_the_output_is_the_formula(name: str) -> None:
    net, row = net_inputs(), ACTIVATIONS[name]
    before = net.copy()
    expected = [FORMULAS[row.name](line) for line in net.tolist()]
    np.testing.assert_allclose(answer(row, net), expected, rtol=1e-14)
    np.testing.assert_array_equal(net, before)


@rows
def test_delta_is_the_slope_times_the_error(row: Activation) -> None:
    """Against central differences of sum(err f(net)), which holds for softmax too."""
    net = net_inputs()
    err = np.random.default_rng(4).normal(size=net.shape)
    expected = np.zeros_like(net)
    h = 1e-5
    for index in np.ndindex(net.shape):
        nudge = np.zeros_like(net)
        nudge[index] = h
        rise = answer(row, net + nudge) - answer(row, net - nudge)
        expected[index] = (rise * err).sum() / (2 * h)
    delta = np.empty_like(net)
    row.delta(answer(row, net), err, delta)
    np.testing.assert_allclose(delta, expected, rtol=1e-7, atol=1e-9)


@rows
def test_the_derivative_is_the_units_own_slope(row: Activation) -> None:
    net, h = net_inputs(), 1e-5
    expected = np.zeros_like(net)
    for k in range(net.shape[1]):
        nudge = np.zeros_like(net)
        nudge[:, k] = h
        expected[:, k] = (answer(row, net + nudge) - answer(row, net - nudge))[:, k] / (2 * h)
    slope = np.empty_like(net)
    row.derivative(answer(row, net), slope)
    np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-9)


@rows
def test_the_output_may_overwrite_the_net_input(row: Activation) -> None:
    net = net_inputs()
    act = answer(row, net)
    if row.in_place:
        row.function(net, net)
        np.testing.assert_array_equal(net, act)


@rows
def test_extreme_net_inputs_give_finite_answers_within_the_bounds(row: Activation) -> None:
    net = np.array([[-1000.0, 1000.0], [1000.0, 1000.0], [-1000.0, -1000.0], [0.0, -0.0]])
    act = answer(row, net)
    delta = np.empty_like(act)
    row.delta(act, np.ones_like(act), delta)
    assert np.isfinite(act).all()
    assert np.isfinite(delta).all()
    assert row.low <= act.min()
    assert act.max() <= row.high


@rows
def test_the_bounds_are_tight(row: Activation) -> None:
    act = answer(row, np.array([[-1e9, 1e9]]))
    for bound, reached in ((row.low, act.min()), (row.high, act.max())):
        assert reached == pytest.approx(bound, abs=1e-12) or abs(reached) >= 1e6


@pytest.mark.parametrize("name", FORMULAS)
def test_a_unit_at_rest(name: str) -> None:
    """At net input 0: a threshold is not yet passed, and a ReLU's slope there counts as 0."""
    row = ACTIVATIONS[name]
    expected = {"logistic": 0.5, "softmax": 0.5, "softplus": math.log(2.0)}.get(name, 0.0)
    act = answer(row, np.zeros((1, 2)))
    np.testing.assert_array_equal(act, [[expected, expected]])
    if row.name == "relu":
        slope = np.ones_like(act)
        row.derivative(act, slope)
        assert not slope.any()


@rows
def test_a_row_is_found_by_its_name_and_says_what_it_is(row: Activation) -> None:
    assert ACTIVATIONS[row.name] is row
    assert row.label
    assert row.tex
    assert row.derivative_tex
    assert row.differentiable == (row.name != "step")


def test_softmax_sums_to_one_and_ignores_a_shift() -> None:
    net = net_inputs()
    act = answer(ACTIVATIONS["softmax"], net)
    np.testing.assert_allclose(act.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(answer(ACTIVATIONS["softmax"], net + 700), act, rtol=1e-12)
