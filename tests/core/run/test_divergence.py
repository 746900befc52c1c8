"""A run whose numbers grow beyond all bounds stands where they were last finite."""

from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
import pytest

from bpviz.core.kernels import numpy_kernel
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run import divergence
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec

from ..strategies import after, assert_same_state, same_bits, start_of

N_PATTERNS = 6


def wild(rate: float = 1.0, hidden: tuple[str, ...] = ("relu",), **changes: Any) -> RunSpec:
    """Unbounded units and too large a rate."""
    rng = np.random.default_rng(0)
    patterns = Patterns(rng.normal(size=(N_PATTERNS, 2)), rng.normal(size=(N_PATTERNS, 1)))
    network = layered((2, *[4] * len(hidden), 1), (*hidden, "linear"))
    fields = {"optimizer": "descent", "rate": rate, "seed": 2, **changes}
    return start_of(network, patterns, **fields)


def slow_wild(rate: float = 2.0, **changes: Any) -> RunSpec:
    """A single layer: the error grows by the same factor every epoch, for many epochs."""
    return wild(rate, hidden=(), **changes)


def deep_wild(rate: float = 1e6, **changes: Any) -> RunSpec:
    """Many layers: a few updates are enough."""
    return wild(rate, hidden=("relu",) * 6, **changes)


def sudden(rate: float = 1.0, **changes: Any) -> RunSpec:
    """Inputs so large that the first epoch overflows; with rate 0 nothing moves."""
    inputs = 1e60 * np.random.default_rng(0).normal(size=(N_PATTERNS, 2))
    patterns = Patterns(inputs, np.zeros((N_PATTERNS, 1)))
    network = layered((2, 1), ("linear",))
    return start_of(network, patterns, optimizer="descent", rate=rate, **changes)


STARTS = {"at once": sudden, "soon": deep_wild, "slowly": slow_wild}

kinds = pytest.mark.parametrize("kind", STARTS)
batches = pytest.mark.parametrize("batch", ["all", 4, 1])


def diverge(run: Run, calls: Any = None) -> tuple[Diverged, list[Any]]:
    """The divergence, and the records of all calls until then."""
    records: list[Any] = []
    try:
        while run.epoch < 2000:
            records += run.advance(2000, calls()) if calls else run.advance(2000)
            assert np.isfinite(run.parameters).all()
    except Diverged as error:
        return error, records + error.records
    raise AssertionError("it did not diverge")


def assert_stands_at_the_last_finite_epoch(run: Run, start: RunSpec, records: list[Any]) -> None:
    reference = Run(start)
    assert reference.advance(len(records)) == records
    assert (run.epoch, run.update) == (len(records), 0)
    assert_same_state(run, reference)
    with pytest.raises(Diverged):
        reference.advance(1)


@kinds
@batches
@pytest.mark.parametrize("order", ["fixed", "permuted"])
def test_it_stands_at_the_last_finite_epoch(kind: str, batch: Any, order: str) -> None:
    start = STARTS[kind](batch=batch, order=order)
    run = Run(start)
    _, records = diverge(run)
    assert_stands_at_the_last_finite_epoch(run, start, records)


@kinds
@batches
@pytest.mark.parametrize("patience", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("rows", [2, 4096])
def test_also_when_interrupted_on_the_way(kind: str, batch: Any, patience: int, rows: int) -> None:
    """An epoch that overflows half-way is not what remains, nor is anything begun in it."""
    start = STARTS[kind](batch=batch)
    with mock.patch.multiple(numpy_kernel, MAX_ROWS=rows, MIN_ROWS=1):
        run, reference = Run(start), Run(start)
    _, records = diverge(run, lambda: after(patience))
    assert reference.advance(len(records)) == records
    assert_same_state(run, reference)
    with pytest.raises(Diverged):
        reference.advance(1)
    for each in (run, reference):
        each.set_training(replace(start.training, rate=0.0 if kind == "at once" else 1e-3))
    assert run.advance(3) == reference.advance(3)
    assert_same_state(run, reference)


@pytest.mark.parametrize("replayed", [1, 2, 7])
def test_a_long_way_is_not_gone_again(replayed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going back starts from an instant saved shortly before."""
    monkeypatch.setattr(divergence, "REPLAYED", replayed)
    start = slow_wild(batch=4)
    run = Run(start)
    epochs: list[int] = []
    finish = run._finish_epoch
    monkeypatch.setattr(
        run, "_finish_epoch", lambda *args: epochs.append(run.epoch) or finish(*args)
    )
    _, records = diverge(run)
    assert_stands_at_the_last_finite_epoch(run, start, records)
    assert len(records) > 50
    assert len(epochs) <= len(records) + 1 + replayed


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_whatever_the_optimizer(optimizer: str) -> None:
    start = deep_wild(optimizer=optimizer, batch=1)
    run = Run(start)
    change = OPTIMIZERS[optimizer].change(run.training, 1e9, np.zeros(2), 1)
    if abs(change) < 1e3 * run.training.rate:  # changes are bounded by the rate
        run.advance(20)
        assert np.isfinite(run.parameters).all()
        return
    _, records = diverge(run)
    assert_stands_at_the_last_finite_epoch(run, start, records)


@pytest.mark.parametrize(("reduction", "advice"), [("sum", True), ("mean", False)])
def test_the_message_names_epoch_and_rate(reduction: Any, advice: bool) -> None:
    run = Run(slow_wild(reduction=reduction))
    run.set_training(replace(run.training, rate=37.5))
    error, records = diverge(run)
    n = len(records)
    assert n > 3
    expected = (
        f"Training diverged in epoch {n + 1:,}: the numbers grew beyond all bounds. What is shown "
        f"is epoch {n:,}, the last one with finite numbers. Lower the learning rate (now 37.5)"
    )
    assert str(error) == expected + (", or average the gradients." if advice else ".")


@batches
def test_it_goes_on_with_a_lower_rate(batch: Any) -> None:
    run = Run(slow_wild(batch=batch))
    diverge(run)
    with pytest.raises(Diverged):
        run.advance(1)
    epoch, error = run.epoch, run.record.train_error
    run.set_training(replace(run.training, rate=0.02))
    records = run.advance(2000)
    assert [record.epoch for record in records] == list(range(epoch + 1, epoch + 2001))
    assert records[-1].train_error < 1e-30 * error


@batches
def test_it_may_be_reset(batch: Any) -> None:
    start = deep_wild(batch=batch)
    run = Run(start)
    diverge(run)
    run.reset()
    assert same_bits(run.parameters, Run(start).parameters)
    assert run.record == Run(start).record


def test_settings_changed_within_an_epoch_are_as_far_back_as_it_goes() -> None:
    """Then the last finite instant lies within that epoch, and the message says so."""
    run = Run(sudden(rate=0.0, batch=1))
    run.advance(3)
    run.advance(1, after(2))
    run.set_training(replace(run.training, rate=1.0))
    before = run.parameters.copy()
    error, records = diverge(run)
    assert records == []
    assert (run.epoch, run.update) == (3, 2)
    assert same_bits(run.parameters, before)
    assert "What is shown is epoch 3, update 2 of 6" in str(error)
    run.set_training(replace(run.training, rate=0.0))
    run.advance(1)
    assert (run.epoch, run.update) == (4, 0)


def test_what_is_shown_is_judged_by_the_present_criterion() -> None:
    run = Run(sudden())
    run.advance(1, after(0))
    assert run.record.train_right == 0.0
    run.set_criterion(Criterion("within", 1e70))
    assert run.record.train_right == 1.0
    _, records = diverge(run)
    assert records == []
    assert run.record.train_right == 1.0


def test_a_run_that_settles_does_not_diverge() -> None:
    run = Run(slow_wild(rate=0.02))
    assert run.advance(5000)[-1].train_error < run.advance(1)[0].train_error * (1 + 1e-9)
