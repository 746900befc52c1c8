"""The settings of training do what they say, from the start and when changed on the way."""

from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.kernels import numpy_kernel
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import Patterns
from bpviz.core.run.run import Run

from ..strategies import (
    XOR,
    after,
    assert_same_state,
    free_directions,
    neg_gradient,
    networks,
    one_update,
    random_patterns,
    same_bits,
    some_start,
    start_of,
)

optimizers = pytest.mark.parametrize("optimizer", OPTIMIZERS)


# -- from the start ------------------------------------------------------------------------------


@pytest.mark.parametrize("initializer", ["uniform", "xavier"])
def test_momentum_with_all_patterns_is_rumelhart_hinton_and_williams(initializer: str) -> None:
    """Eq. 16 for 200 epochs of XOR, written out for 2-3-1 logistic units."""
    start = start_of(initializer=initializer, seed=3, rate=0.5, momentum=0.9)
    run = Run(start)
    network = start.network
    w1, w2 = (network.weights(run.parameters, c).copy() for c in (0, 1))
    b1, b2 = (network.biases(run.parameters, g).copy() for g in (1, 2))
    last = [0.0, 0.0, 0.0, 0.0]
    for _ in range(200):
        h = 1 / (1 + np.exp(-(XOR.inputs @ w1 + b1)))
        o = 1 / (1 + np.exp(-(h @ w2 + b2)))
        delta_o = (XOR.targets - o) * o * (1 - o)
        delta_h = (delta_o @ w2.T) * h * (1 - h)
        steps = XOR.inputs.T @ delta_h, h.T @ delta_o, delta_h.sum(0), delta_o.sum(0)
        last = [0.5 * step + 0.9 * before for step, before in zip(steps, last, strict=True)]
        w1, w2, b1, b2 = (w + dw for w, dw in zip((w1, w2, b1, b2), last, strict=True))
    run.advance(200)
    expected = np.concatenate([b1, b2, w1.ravel(), w2.ravel()])
    np.testing.assert_allclose(run.parameters, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("batch", [1, 5, 11])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_updates_take_the_patterns_in_turn(batch: int, reduction: Any) -> None:
    """In their fixed order; the last update of an epoch takes what is left."""
    start = some_start(batch=batch, order="fixed", optimizer="descent", reduction=reduction)
    run = Run(start)
    for _ in range(2):
        for update, first in enumerate(range(0, 12, batch)):
            assert (run.update, run.updates) == (update, -(-12 // batch))
            rows = np.arange(first, min(first + batch, 12))
            before = run.parameters.copy()
            one_update(run)
            n = len(rows) if reduction == "mean" else 1
            expected = 0.02 * neg_gradient(start, before, rows) / n
            np.testing.assert_allclose(run.change, expected, rtol=1e-11, atol=1e-15)
            np.testing.assert_array_equal(run.parameters, before + run.change)


def test_a_permuted_epoch_takes_every_pattern_once_in_another_order_each_time() -> None:
    start = some_start(batch=1, order="permuted", optimizer="descent", rate=1e-12)
    run, orders = Run(start), []
    for _ in range(3):
        order = []
        for _ in range(12):
            each = np.array([neg_gradient(start, run.parameters, [p]) for p in range(12)])
            one_update(run)
            order.append(int(np.abs(each - run.change / 1e-12).sum(axis=1).argmin()))
        orders.append(order)
    assert all(sorted(order) == list(range(12)) for order in orders)
    assert orders[0] != orders[1] != orders[2]
    assert list(range(12)) not in orders


def test_the_mean_is_the_sum_with_a_rate_divided_by_the_patterns() -> None:
    summed = Run(some_start(optimizer="descent", reduction="sum", rate=0.05))
    averaged = Run(some_start(optimizer="descent", reduction="mean", rate=0.05 * 12))
    summed.advance(20)
    averaged.advance(20)
    np.testing.assert_allclose(averaged.parameters, summed.parameters, rtol=1e-12)


def test_batches_take_different_ways() -> None:
    ends = []
    for batch in ("all", 6, 1):
        run = Run(some_start(batch=batch, order="fixed", optimizer="descent"))
        run.advance(10)
        ends.append(run.parameters.copy())
    assert np.abs(ends[0] - ends[1]).max() > 1e-4
    assert np.abs(ends[1] - ends[2]).max() > 1e-4


def test_a_batch_of_as_many_as_there_are_is_all_patterns() -> None:
    runs = [Run(some_start(batch=batch)) for batch in ("all", 12, 100)]
    records = [run.advance(5) for run in runs]
    assert records[0] == records[1] == records[2]


@pytest.mark.parametrize("batch", ["all", 5])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_weights_decay_and_biases_do_not(batch: Any, reduction: Any) -> None:
    settings = {"optimizer": "descent", "rate": 0.1, "order": "fixed", "reduction": reduction}
    start = some_start(batch=batch, decay_l1=0.03, decay_l2=0.2, **settings)
    run = Run(start)
    before = run.parameters.copy()
    rows = np.arange(12)[: 5 if batch == 5 else 12]
    one_update(run)
    n = len(rows) if reduction == "mean" else 1
    plain = neg_gradient(start, before, rows) / n
    pull = np.zeros_like(plain)
    for c in range(2):
        w = start.network.weights(before, c)
        start.network.weights(pull, c)[:] = 0.03 * np.sign(w) + 0.2 * w
    np.testing.assert_allclose(run.change, 0.1 * (plain - pull), rtol=1e-11, atol=1e-15)
    assert np.count_nonzero(pull) == 9


@optimizers
@pytest.mark.parametrize("batch", ["all", 2])
@settings(max_examples=6)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_absent_weights_stay_0_tied_ones_equal_and_fixed_ones_fixed(
    batch: Any, optimizer: str, data: st.DataObject, seed: int
) -> None:
    """Through 100 epochs, with decay, to the bit."""
    network = data.draw(networks("logistic", "tanh"))
    patterns = random_patterns(network, LOSSES["binary"], 5, np.random.default_rng(seed))
    run = Run(
        start_of(
            network, patterns, batch=batch, optimizer=optimizer, rate=0.01, momentum=0.5,
            decay_l1=1e-3, decay_l2=1e-2, decay_share=1e-3, seed=seed,
        )
    )  # fmt: skip
    first = run.parameters.copy()
    run.advance(100)
    untrained = ~network.trainable
    assert same_bits(run.parameters[untrained], first[untrained])
    for members in free_directions(network):
        assert len(np.unique(run.parameters[members])) == 1
    for c, link in enumerate(network.connections):
        if link.mask is not None:
            assert not network.weights(run.parameters, c)[~link.mask].any()
    assert not np.array_equal(run.parameters, first)


# -- settings changed on the way -----------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"rate": 0.5}, {"decay_l2": 0.3}, {"decay_share": 0.01}, {"reduction": "mean"}, {"rate": 0.0}],
    ids=str,
)
@pytest.mark.parametrize("batch", ["all", 5])
def test_new_settings_hold_from_the_next_update_on(batch: Any, changes: dict[str, Any]) -> None:
    start = some_start(batch=batch, optimizer="descent", order="fixed")
    run = Run(start)
    run.advance(3)
    if batch == 5:
        one_update(run)
    new = replace(run.training, **changes)
    run.set_training(new)
    before = run.parameters.copy()
    one_update(run)
    rows = np.arange(5, 10) if batch == 5 else np.arange(12)
    step = neg_gradient(start, before, rows) / (len(rows) if new.reduction == "mean" else 1)
    step -= new.decay_l2 * np.where(start.network.decays, before, 0.0)
    lost = new.decay_share * np.where(start.network.decays, before, 0.0)
    np.testing.assert_allclose(run.change, new.rate * step - lost, rtol=1e-11, atol=1e-15)


@optimizers
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_every_weight_loses_a_share_of_itself_beside_the_step(optimizer: str, engine: str) -> None:
    """Without an error to learn from a step is 0, and the share is all that is left."""
    patterns = Patterns(np.zeros((3, 2)), np.zeros((3, 1)))
    settings = {"optimizer": optimizer, "rate": 0.0, "decay_share": 0.002}
    run = Run(some_start(patterns=patterns, test=None, **settings))
    run.use(engine)
    before = run.parameters.copy()
    run.advance(10)
    assert run.engine == engine
    decays = run.start.network.decays
    np.testing.assert_allclose(run.parameters[decays], before[decays] * 0.998**10, rtol=1e-14)
    assert same_bits(run.parameters[~decays], before[~decays])


def test_momentum_may_change_on_the_way_and_keeps_what_it_gathered() -> None:
    start = some_start(momentum=0.9)
    run = Run(start)
    run.advance(3)
    last, before = run.change.copy(), run.parameters.copy()
    run.set_training(replace(run.training, momentum=0.5))
    run.advance(1)
    expected = 0.02 * neg_gradient(start, before, np.arange(12)) + 0.5 * last
    np.testing.assert_allclose(run.change, expected, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_another_optimizer_starts_with_an_empty_memory(optimizer: str) -> None:
    """Its first change is that of a run that begins with the present weights."""
    other = "adam" if optimizer != "adam" else "momentum"
    start = some_start(optimizer=other)
    run = Run(start)
    run.advance(3)
    before = run.parameters.copy()
    run.set_training(replace(run.training, optimizer=optimizer))
    run.advance(1)
    change, parameters = np.zeros_like(before), before.copy()
    OPTIMIZERS[optimizer].step(
        run.training, parameters, neg_gradient(start, before, np.arange(12)),
        np.zeros((2, len(before))), change, 1,
    )  # fmt: skip
    np.testing.assert_allclose(run.change, change, rtol=1e-9, atol=1e-12)


def test_a_new_batch_size_waits_for_the_next_epoch() -> None:
    run = Run(some_start(batch=5))
    one_update(run)
    run.set_training(replace(run.training, batch=2))
    assert (run.update, run.updates) == (1, 3)
    run.advance(1)
    run.advance(1, after(1))
    assert (run.epoch, run.update, run.updates) == (1, 1, 6)


@pytest.mark.parametrize("batch", ["all", 1, 3, 7, 12, 100])
def test_between_two_epochs_a_new_batch_size_holds_at_once(batch: Any) -> None:
    run = Run(some_start(batch=5))
    run.advance(2)
    run.set_training(replace(run.training, batch=batch))
    assert run.updates == -(-12 // run.training.batch_size(12))
    run.advance(1)
    assert run.epoch == 3


@pytest.mark.parametrize("changes", [{"order": "fixed"}, {"batch": "all"}, {"batch": 4}], ids=str)
def test_settings_changed_before_the_first_update_of_an_epoch_meet_it_unbegun(
    changes: dict[str, Any],
) -> None:
    """Even if an update was under way: the same as changing them between two epochs."""
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=2, MIN_ROWS=1):
        clean, under_way = Run(some_start(batch=6)), Run(some_start(batch=6))
    clean.advance(3)
    under_way.advance(3)
    under_way.advance(1, after(2))
    assert (under_way.epoch, under_way.update) == (3, 0)
    for run in (clean, under_way):
        run.set_training(replace(run.training, **changes))
        run.advance(2)
        run.set_training(replace(run.training, batch=6, order="permuted"))
        run.advance(2)
    assert_same_state(clean, under_way)


def test_configuring_the_same_again_changes_nothing() -> None:
    run, steady = Run(some_start(batch=5)), Run(some_start(batch=5))
    for _ in range(40):
        one_update(run)
        run.set_training(Training(**{f: getattr(run.training, f) for f in run.training.__slots__}))
    steady.advance(run.epoch)
    steady.advance(1, after(run.update))
    assert_same_state(run, steady)
