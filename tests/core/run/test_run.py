"""A run: the same every time, interrupted or not, with records of what it shows."""

from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.kernels import numpy_kernel
from bpviz.core.learning.backprop import answered, outputs
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Criterion
from bpviz.core.run.observe import observe
from bpviz.core.run.run import Run

from ..strategies import (
    PAIRS,
    after,
    assert_same_state,
    noisy,
    one_update,
    random_patterns,
    same_bits,
    seeds,
    some_start,
    start_of,
)

orders = pytest.mark.parametrize("order", ["fixed", "permuted"])
batches = pytest.mark.parametrize("batch", ["all", 1, 3, 7, 12, 100])
optimizers = pytest.mark.parametrize("optimizer", OPTIMIZERS)


# -- one seed, one run ---------------------------------------------------------------------


@optimizers
@orders
@batches
def test_one_seed_gives_one_run(batch: Any, order: str, optimizer: str) -> None:
    start = some_start(batch=batch, order=order, optimizer=optimizer, decay_l2=1e-3)
    one, other = Run(start), Run(start)
    assert one.advance(9) == [record for _ in range(3) for record in other.advance(3)]
    assert_same_state(one, other)


@optimizers
@orders
@batches
@settings(max_examples=8)
@given(seed=seeds, patience=st.floats(0.0, 6.0), rows=st.sampled_from([2, 5, 4096]))
def test_interruptions_leave_no_trace(
    batch: Any, order: str, optimizer: str, seed: int, patience: float, rows: int
) -> None:
    """Between updates, and in the middle of one or of measuring where there are pieces."""
    start = some_start(batch=batch, order=order, optimizer=optimizer)
    rng = np.random.default_rng(seed)
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=rows, MIN_ROWS=1):
        steady, interrupted = Run(start), Run(start)
    records, calls = [], 0
    while interrupted.epoch < 4:
        left = 4 - interrupted.epoch
        records += interrupted.advance(left, after(int(rng.exponential(patience)) + calls % 2))
        calls += 1
        assert calls < 1000
    assert records == steady.advance(4)
    assert_same_state(interrupted, steady)
    assert interrupted.advance(2) == steady.advance(2)
    assert_same_state(interrupted, steady)


@batches
def test_work_that_outlasts_every_interruption_gets_done(batch: Any) -> None:
    """Each call is interrupted as early as can be, and an update takes many pieces."""
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=1, MIN_ROWS=1):
        run = Run(some_start(batch=batch))
    for _ in range(12 * 2 + 5):
        one_update(run)
    assert run.epoch >= 1


@batches
def test_what_interrupts_at_once_lets_nothing_happen(batch: Any) -> None:
    run = Run(some_start(batch=batch))
    before = Run(some_start(batch=batch))
    assert run.advance(5, after(0)) == []
    assert_same_state(run, before)


@optimizers
@orders
@batches
def test_reset_goes_back_to_the_same_weights_and_the_same_run(
    batch: Any, order: str, optimizer: str
) -> None:
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=2, MIN_ROWS=1):
        run = Run(some_start(batch=batch, order=order, optimizer=optimizer))
    first, record = run.parameters.copy(), run.record
    records = run.advance(5)
    last = run.parameters.copy()
    run.advance(1, after(2))
    run.reset()
    assert (run.epoch, run.update, run.record) == (0, 0, record)
    assert same_bits(run.parameters, first)
    assert not run.change.any()
    assert run.advance(5) == records
    assert same_bits(run.parameters, last)


def test_reset_keeps_the_settings_as_they_now_are() -> None:
    run = Run(some_start())
    run.set_training(replace(run.training, rate=0.3, batch=1))
    run.set_criterion(Criterion("within", 0.05))
    run.advance(3)
    run.reset()
    fresh = Run(some_start(rate=0.3, batch=1, criterion=Criterion("within", 0.05)))
    assert run.advance(3) == fresh.advance(3)
    assert_same_state(run, fresh)


def test_another_seed_gives_another_run() -> None:
    one, other = Run(some_start(seed=0)), Run(some_start(seed=1))
    assert not np.array_equal(one.parameters, other.parameters)


def test_the_seed_also_decides_the_order() -> None:
    """With the same initial weights (all 0, tanh): only the order of patterns differs."""
    runs = [Run(some_start(seed=s, initializer="zeros", batch=1)) for s in (0, 0, 1)]
    for run in runs:
        run.advance(3)
    assert same_bits(runs[0].parameters, runs[1].parameters)
    assert not np.array_equal(runs[0].parameters, runs[2].parameters)


# -- records -------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", ["all", 5])
@pytest.mark.parametrize(("error", "output"), PAIRS)
def test_a_record_is_of_the_parameters_that_a_snapshot_shows(
    error: str, output: str, batch: Any
) -> None:
    loss, rng = LOSSES[error], np.random.default_rng(0)
    network = layered((2, 4, 3), ("tanh", output))
    train, test = (random_patterns(network, loss, n, rng) for n in (11, 6))
    criterion = Criterion("within", 0.8)
    run = Run(
        start_of(
            network, train, test=test, error=error, criterion=criterion, batch=batch, rate=0.01
        )
    )
    records = [run.record]
    for _ in range(4):
        records += run.advance(1)
        assert run.record == records[-1]
        parameters = observe(run).parameters
        for part, found_error, found_right in (
            (train, run.record.train_error, run.record.train_right),
            (test, run.record.test_error, run.record.test_right),
        ):
            answers, errors = answered(network, loss, parameters, part.inputs, part.targets)
            assert found_error == pytest.approx(errors.sum(), rel=1e-12)
            assert found_right == criterion.count(part.targets, answers) / len(part)
    assert [record.epoch for record in records] == [0, 1, 2, 3, 4]


def test_without_a_test_set_its_figures_are_nan() -> None:
    assert np.isnan(Run(start_of()).record[3:]).all()


def test_training_does_not_look_at_the_test_set() -> None:
    one, other = Run(some_start(batch=5)), Run(some_start(batch=5, test=noisy(9, seed=3)))
    one.advance(4)
    other.advance(4)
    assert same_bits(one.parameters, other.parameters)
    assert one.record.test_error != other.record.test_error


def test_done_ends_training_at_the_epoch_that_it_names() -> None:
    run, steady = Run(some_start(batch=5)), Run(some_start(batch=5))
    records = run.advance(100, done=lambda record: record.epoch == 7)
    assert records == steady.advance(7)
    assert_same_state(run, steady)


# -- what counts as right ------------------------------------------------------------------


@pytest.mark.parametrize("batch", ["all", 5])
def test_judging_anew_counts_anew_and_changes_nothing_else(batch: Any) -> None:
    run, steady = Run(some_start(batch=batch)), Run(some_start(batch=batch))
    run.advance(3)
    steady.advance(3)
    criterion = Criterion("within", 0.2)
    run.set_criterion(criterion)
    answers = outputs(run.start.network, run.parameters, run.start.train.inputs)
    assert run.record.train_right == criterion.count(run.start.train.targets, answers) / 12
    assert run.record.train_right != steady.record.train_right
    assert run.record._replace(train_right=0, test_right=0) == steady.record._replace(
        train_right=0, test_right=0
    )
    run.advance(3)
    steady.advance(3)
    assert same_bits(run.parameters, steady.parameters)


def test_judging_within_an_epoch_counts_from_its_end_on() -> None:
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=2, MIN_ROWS=1):
        run, steady = Run(some_start(batch=5)), Run(some_start(batch=5))
    run.advance(1, after(4))
    run.set_criterion(Criterion("within", 0.1))
    assert run.record == steady.record
    steady.set_criterion(Criterion("within", 0.1))
    assert run.advance(1) == steady.advance(1)
    assert_same_state(run, steady)


def test_judging_while_the_first_update_is_under_way() -> None:
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=2, MIN_ROWS=1):
        run, steady = Run(some_start(batch=6)), Run(some_start(batch=6))
    run.advance(1, after(2))
    for each in (run, steady):
        each.set_criterion(Criterion("within", 0.1))
    assert run.record == steady.record
    assert run.advance(2) == steady.advance(2)
    assert_same_state(run, steady)
