"""Learning rules for a single trained layer, beside the reference and beside their formulas."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.learning.rules import BACKPROPAGATION, RULES, Rule
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.run import Run

from ..strategies import XOR, one_update, random_parameters, random_patterns, seeds, start_of

SQUARED = LOSSES["squared"]
SINGLE = [rule for rule in RULES.values() if not rule.backward]
every_single = pytest.mark.parametrize("rule", SINGLE, ids=[r.name for r in SINGLE])

OR = Patterns(XOR.inputs, np.array([[0], [1], [1], [1]], dtype=float))


def perceptron(n_inputs: int = 2, n_outputs: int = 1, output: str = "step") -> Network:
    return layered((n_inputs, n_outputs), (output,))


def mark_one(output: str, hidden: str = "step", size: int = 12) -> Network:
    """Fixed random wiring to hidden units, and trained response units behind them."""
    mask = np.random.default_rng(1).random((4, size)) < 0.5
    groups = (
        Group("input", 4, "input"),
        Group("A", size, "hidden", hidden),
        Group("R", 2, "output", output),
    )
    return Network(groups, (Connection(0, 1, mask, fixed=True), Connection(1, 2)))


@every_single
@given(seed=seeds, size=st.integers(1, 8), hidden=st.sampled_from(["step", "tanh"]))
def test_the_negative_gradient_is_the_rules_formula_and_nothing_else(
    rule: Rule, seed: int, size: int, hidden: str
) -> None:
    """sum_p (t_k - o_k) h_j for what leads into the output, 0 for all before it."""
    rng = np.random.default_rng(seed)
    network = mark_one(rule.outputs[0], hidden=hidden)
    parameters = random_parameters(network, rng)
    patterns = random_patterns(network, SQUARED, size, rng)
    _, acts = forward(network, parameters, patterns.inputs)
    deviation = patterns.targets - acts[-1]
    expected = np.zeros(network.n_parameters)
    network.biases(expected, 2)[:] = deviation.sum(axis=0)
    for p in range(size):
        network.weights(expected, 1)[:] += np.outer(acts[1][p], deviation[p])
    trace = backpropagate(network, SQUARED, parameters, patterns.inputs, patterns.targets, rule)
    kernel = NumpyKernel(network, SQUARED, Criterion(), parameters, rule)
    for _ in kernel.gradient(patterns, np.arange(size)):
        pass
    for found in (trace.neg_gradient, kernel.neg_gradient):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    assert not trace.delta[1].any()


def test_with_linear_units_the_delta_rule_is_backpropagation() -> None:
    network, rng = perceptron(3, 2, "linear"), np.random.default_rng(0)
    parameters, patterns = (
        random_parameters(network, rng),
        random_patterns(network, SQUARED, 9, rng),
    )
    by = [
        backpropagate(network, SQUARED, parameters, patterns.inputs, patterns.targets, rule)
        for rule in (RULES["delta"], BACKPROPAGATION)
    ]
    np.testing.assert_array_equal(by[0].neg_gradient, by[1].neg_gradient)


def test_the_perceptron_changes_nothing_where_the_answer_is_right() -> None:
    start = start_of(
        perceptron(), OR, initializer="zeros", optimizer="descent", rate=0.25, batch=1,
        order="fixed",
    )  # fmt: skip
    run = Run(replace(start, rule="perceptron"))
    seen = []
    for _ in range(4):
        one_update(run)
        seen.append(run.parameters.tolist())
    # Bias and both weights. Pattern 00 is right (0); 01 is wrong: + .25; the other two are right.
    assert seen == [[0, 0, 0], [0.25, 0, 0.25], [0.25, 0, 0.25], [0.25, 0, 0.25]]


@pytest.mark.parametrize(
    ("batch", "order"), [(1, "fixed"), (1, "permuted"), (3, "fixed"), ("all", "fixed")]
)
def test_it_learns_what_a_line_separates_and_never_xor(batch: int | str, order: str) -> None:
    for patterns, separable in ((OR, True), (XOR, False)):
        training = {"optimizer": "descent", "rate": 0.1, "batch": batch, "order": order}
        for seed in range(5):
            start = start_of(perceptron(), patterns, seed=seed, **training)
            run = Run(replace(start, rule="perceptron"))
            run.advance(400, done=lambda record: record.solved)
            assert run.record.solved == separable


def test_fixed_wiring_stays_and_the_responses_behind_it_learn() -> None:
    inputs = (np.arange(16)[:, None] >> np.arange(4) & 1).astype(float)
    ones = inputs.sum(axis=1)
    targets = np.stack([ones % 2, ones > 2], axis=1)  # the first no single layer could learn
    training = {"optimizer": "descent", "rate": 0.1, "batch": 1, "decay_l2": 1e-6}
    start = start_of(mark_one("step", size=80), Patterns(inputs, targets), spread=1.0, **training)
    run = Run(replace(start, rule="perceptron"))
    network, before = run.start.network, run.parameters.copy()
    run.advance(300, done=lambda record: record.solved)
    assert run.record.solved
    for view, at in ((network.weights, 0), (network.biases, 1)):
        np.testing.assert_array_equal(view(run.parameters, at), view(before, at))
    assert (network.weights(run.parameters, 1) != network.weights(before, 1)).any()


def test_which_networks_a_rule_can_train() -> None:
    deep = layered((2, 3, 1), ("step", "step"))
    assert RULES["perceptron"].why_not(perceptron()) == ""
    assert RULES["perceptron"].why_not(mark_one("step")) == ""
    assert "fix the weights from input to hidden 1" in RULES["perceptron"].why_not(deep)
    assert "step output units only" in RULES["perceptron"].why_not(perceptron(output="linear"))
    assert "linear output units only" in RULES["delta"].why_not(perceptron())
    assert RULES["delta"].why_not(mark_one("linear")) == ""
    assert "a slope" in BACKPROPAGATION.why_not(perceptron())
    assert "a slope" in BACKPROPAGATION.why_not(layered((2, 3, 1), ("step", "logistic")))
    # Nothing behind fixed weights is trained, so nothing there needs a slope.
    assert BACKPROPAGATION.why_not(mark_one("logistic")) == ""
    assert "a slope" in BACKPROPAGATION.why_not(
        layered((2, 2, 2, 1), ("logistic", "step", "logistic"))
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_people_can_read_what_a_rule_is(rule: Rule) -> None:
    assert rule.label
    assert rule.about
    assert r"\Delta w" in rule.tex
