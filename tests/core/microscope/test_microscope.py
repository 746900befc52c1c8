"""The microscope's numbers are what training then does."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.optimizers import EPSILON, OPTIMIZERS
from bpviz.core.microscope import microscope
from bpviz.core.microscope.error_paths import PathTree
from bpviz.core.microscope.microscope import (
    ParameterChange,
    parameter_change,
    read_terms,
    unit_terms,
)
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.references import UnitRef, WeightRef, parameter_at
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run

from ..strategies import PAIRS, SMOOTH, XOR, networks, random_patterns, seeds, start_of


def amplification(change: ParameterChange) -> float:
    """How much a change of the direction changes the step: up to rate / 1e-8 for some."""
    squares = [step.value for step in change.steps if step.tex in ("v", r"\hat{v}")]
    return 10.0 / (np.sqrt(squares[-1]) + EPSILON) if squares else 0.0


def check(run: Run) -> None:
    """Every weight and bias of the next update, against what the update then does."""
    update = next_update(run)
    trace, network = update.trace(), update.network
    looked = [
        parameter_change(update, trace, parameter_at(network, i))
        for i in range(network.n_parameters)
    ]
    before = run.parameters.copy()
    run.advance(1, until=run.update + 1)
    size = max(np.abs(run.change).max(), 1.0)
    for change in looked:
        # Where all that is left of a sum is its rounding, dividing by its size makes it large.
        rounding = 1e-16 * np.abs(update.trace().delta[-1]).sum() * amplification(change)
        assert abs(change.change - run.change[change.index]) <= 1e-12 * size + rounding
        assert change.value == before[change.index]
        # The terms are what they are said to be: each level follows from the one below.
        target = change.target
        assert np.allclose(change.own, target.delta * change.source, rtol=1e-12, atol=1e-15)
        if not target.clamped and network.groups[target.group].role != "input":
            assert np.allclose(target.delta, target.slope * target.signal, rtol=1e-9, atol=1e-13)
        if all(step.adds for step in change.steps):
            total = sum(step.value for step in change.steps) - change.lost
            assert change.change == pytest.approx(total, rel=1e-12, abs=1e-15)
        if change.still:
            assert run.change[change.index] == 0.0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("error", "output"), PAIRS)
@settings(max_examples=8)
@given(
    data=st.data(), seed=seeds, batch=st.sampled_from(["all", 2]),
    reduction=st.sampled_from(["sum", "mean"]), decay=st.sampled_from([0.0, 0.01]),
    clamped=st.booleans(),
)  # fmt: skip
def test_it_says_what_training_then_does(
    error: str, output: str, optimizer: str, data: st.DataObject, seed: int, batch: Any,
    reduction: Any, decay: float, clamped: bool,
) -> None:  # fmt: skip
    """Random networks: several inputs, any depth and activations, shortcuts, masks, ties."""
    rng = np.random.default_rng(seed)
    network = data.draw(networks(output))
    patterns = random_patterns(network, LOSSES[error], 5, rng)
    run = Run(
        start_of(
            network, patterns, error=error, seed=seed, optimizer=optimizer, rate=0.01, batch=batch,
            reduction=reduction, decay_l1=decay / 3, decay_l2=decay, decay_share=decay / 5,
        )
    )  # fmt: skip
    run.advance(2)
    if clamped:
        group = int(rng.integers(len(network.groups)))
        apply_edit(
            run, SetClamps({UnitRef(group, int(rng.integers(network.groups[group].size))): 0.4})
        )
        run.advance(1)
    for _ in range(2):
        check(run)


@pytest.mark.parametrize("hidden", SMOOTH)
def test_the_lecture_s_formula_for_a_hidden_weight(hidden: str) -> None:
    """dw_ij = eps sum_p [ sum_k (t_k - o_k) o_k (1 - o_k) w_jk ] f'(net_j) i_i, by factors."""
    network = layered((2, 3, 1), (hidden, "logistic"))
    run = Run(start_of(network, optimizer="descent", rate=0.5))
    run.advance(7)
    update = next_update(run)
    change = parameter_change(update, update.trace(), WeightRef(0, 1, 2))
    w1, w2 = network.weights(run.parameters, 0), network.weights(run.parameters, 1)
    net = XOR.inputs @ w1 + network.biases(run.parameters, 1)
    h, slope = np.empty_like(net), np.empty_like(net)
    ACTIVATIONS[hidden].function(net, h)
    ACTIVATIONS[hidden].derivative(h, slope)
    o = 1 / (1 + np.exp(-(h @ w2 + network.biases(run.parameters, 2))))
    delta = ((XOR.targets - o) * o * (1 - o))[:, 0]
    if hidden == "softmax":
        assert change.target.shared is not None
        return
    for p in range(4):
        (path,) = PathTree(update, p).of(1, 2)
        assert (path.group, path.unit, path.gain) == (2, 0, w2[2, 0])
        assert path.product == pytest.approx(delta[p] * w2[2, 0], rel=1e-12)
    np.testing.assert_allclose(change.target.slope, slope[:, 2], rtol=1e-12)
    np.testing.assert_array_equal(change.source, XOR.inputs[:, 1])
    expected = 0.5 * (delta * w2[2, 0] * slope[:, 2] * XOR.inputs[:, 1]).sum()
    assert change.change == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(change.contributions.sum() * 0.5, change.change, rtol=1e-12)


def test_a_unit_has_its_share_of_the_error() -> None:
    network = layered((2, 3, 2), ("tanh", "logistic"))
    patterns = random_patterns(network, LOSSES["squared"], 6, np.random.default_rng(1))
    run = Run(start_of(network, patterns))
    update = next_update(run)
    trace = update.trace()
    units = [unit_terms(update, trace, 2, k) for k in range(2)]
    assert sum(unit.share for unit in units) == pytest.approx(1.0)
    own = float((units[0].deviation ** 2).sum())
    assert units[0].share == pytest.approx(own / trace.error)
    assert sum(unit_terms(update, trace, 1, j).share for j in range(3)) == pytest.approx(1.0)


def test_a_reading_piece_by_piece_is_the_reading_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = layered((2, 3, 2), ("softmax", "logistic"))
    patterns = random_patterns(network, LOSSES["squared"], 7, np.random.default_rng(1))
    update = next_update(Run(start_of(network, patterns, optimizer="adam")))
    refs = (WeightRef(0, 1, 2), UnitRef(2, 1))
    at_once = [read_terms(update, ref) for ref in refs]
    monkeypatch.setattr(microscope, "PIECE", 2 * network.n_parameters)
    for ref, before in zip(refs, at_once, strict=True):
        after = read_terms(update, ref)
        assert after is not None
        assert after.unit.share == pytest.approx(before.unit.share, rel=1e-12)
        for name in microscope.PER_PATTERN:
            one, other = getattr(after.unit, name), getattr(before.unit, name)
            assert (one is None) == (other is None)
            if one is not None:
                np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)
        assert (after.change is None) == isinstance(ref, UnitRef)
        if after.change is not None:
            ours, theirs = after.change.contributions, before.change.contributions
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)
            assert after.change.change == pytest.approx(before.change.change, rel=1e-12)
    assert read_terms(update, refs[0], lambda: True) is None
