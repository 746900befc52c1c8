"""Networks with linear hidden groups are single layers, in numbers and in algebra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.analysis.collapse import collapse, expression, why_not
from bpviz.core.learning.backprop import outputs
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.references import UnitRef
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue

from ..strategies import networks, random_parameters, seeds, start_of


@given(
    data=st.data(), seed=seeds, output=st.sampled_from(sorted(ACTIVATIONS)), clamped=st.booleans()
)
def test_both_networks_answer_the_same(
    data: st.DataObject, seed: int, output: str, clamped: bool
) -> None:
    """Any depth, shortcuts, several input groups, masks, ties, clamped units."""
    rng, network = np.random.default_rng(seed), data.draw(networks(output, hidden="linear"))
    parameters = random_parameters(network, rng)
    inputs = rng.normal(0.0, 1.0, (6, network.n_inputs))
    clamps = {}
    if clamped and output != "softmax":
        for g, group in enumerate(network.groups):
            clamps[UnitRef(g, int(rng.integers(group.size)))] = float(rng.normal())
    found = collapse(network, parameters, clamps)
    expected = outputs(network, parameters, inputs, clamps)
    scale = max(1.0, float(np.abs(expected).max()))
    near_step = output == "step" and np.abs(inputs @ found.weights + found.biases).min() < 1e-9
    if not near_step:
        np.testing.assert_allclose(found.outputs(inputs), expected, rtol=0, atol=1e-12 * scale)


@given(data=st.data(), seed=seeds)
def test_the_terms_of_every_weight_and_bias_sum_to_it(data: st.DataObject, seed: int) -> None:
    network = data.draw(networks("linear", hidden="linear"))
    parameters = random_parameters(network, np.random.default_rng(seed))
    found = collapse(network, parameters)
    for k in range(network.n_outputs):
        for i in (None, *range(network.n_inputs)):
            whole = expression(network, i, k, limit=100_000)
            assert len(whole.terms) == whole.count
            total = sum(
                np.prod([whole._value(factor, parameters) for factor in term])
                for term in whole.terms
            )
            expected = found.biases[k] if i is None else found.weights[i, k]
            assert total == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_algebra_is_the_lectures() -> None:
    network = layered((2, 2, 1), ("linear", "logistic"))
    parameters = np.arange(1.0, 10.0)
    # Biases 1 2 | 3, input to hidden [[4 5] [6 7]], hidden to output [8 9].
    first = expression(network, 0, 0)
    assert first.text() == "w*11 = w11(1) w11(2) + w12(1) w21(2)"
    assert first.tex() == r"w^*_{11}=w^{(1)}_{11}\,w^{(2)}_{11}+w^{(1)}_{12}\,w^{(2)}_{21}"
    found = collapse(network, parameters)
    assert found.weights.tolist() == [[4 * 8 + 5 * 9], [6 * 8 + 7 * 9]]
    assert found.biases.tolist() == [3 + 1 * 8 + 2 * 9]
    numbers = first.numbers(parameters, found.weights[0, 0], places=0)
    assert numbers == "w*11 = 4·8 + 5·9 = 77"
    bias = expression(network, None, 0)
    assert bias.text() == "b*1 = b1(2) + b1(1) w11(2) + b2(1) w21(2)"
    parameters[3] = -4.0
    assert first.numbers(parameters, 13.0, places=1) == "w*11 = (−4.0)·8.0 + 5.0·9.0 = 13.0"


def test_shortcuts_and_absent_weights_have_their_terms() -> None:
    mask = np.array([[True, False], [True, True]])
    groups = (Group("i", 2, "input"), Group("h", 2, "hidden"), Group("o", 1, "output"))
    network = Network(groups, (Connection(0, 1, mask), Connection(0, 2), Connection(1, 2)))
    assert expression(network, 0, 0).text() == "w*11 = w11(0,1) w11(1,2) + w11(0,2)"
    assert expression(network, 1, 0).count == 3


def test_long_sums_are_cut_and_say_so() -> None:
    network = layered((12, 20, 20, 11), ("linear", "linear", "linear"))
    long = expression(network, 11, 10)
    assert long.count == 400
    assert len(long.terms) == 8
    assert long.text().startswith("w*12,11 = w12,1(1) w11(2) w1,11(3) + ")
    assert long.text().endswith(" + …")
    assert long.tex().endswith(r"+\cdots")


def test_a_nonlinear_group_in_between_is_the_reason_against_it() -> None:
    network = layered((2, 3, 2, 1), ("linear", "tanh", "logistic"))
    assert "the units of hidden 2 are tanh" in why_not(network)
    with pytest.raises(BadValue, match="hidden 2 are tanh"):
        collapse(network, np.zeros(network.n_parameters))
    assert why_not(layered((2, 3, 2, 1), ("linear", "linear", "logistic"))) == ""


def test_it_stays_true_while_the_network_trains() -> None:
    run = Run(start_of(layered((2, 3, 2, 1), ("linear", "linear", "logistic"))))
    inputs = run.start.train.inputs
    for _ in range(5):
        run.advance(20)
        found = collapse(run.start.network, run.parameters)
        answers = outputs(run.start.network, run.parameters, inputs)
        np.testing.assert_allclose(found.outputs(inputs), answers, rtol=0, atol=1e-12)
