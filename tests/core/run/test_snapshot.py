"""What leaves the core."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from bpviz.core.learning import backprop
from bpviz.core.learning.backprop import forward
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Patterns
from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import EVERYTHING, MAX_SHOWN, SnapshotRequest, shown_rows

from ..strategies import XOR, after, start_of

TEST = Patterns(np.array([[0.5, 0.5], [2.0, 0.0]]), np.array([[0.5], [1.0]]))
PROBE = np.random.default_rng(7).normal(size=(9, 2))


def test_it_shows_what_the_parameters_do() -> None:
    start = start_of(test=TEST)
    run = Run(start)
    run.advance(30)
    snapshot = observe(run, EVERYTHING, shown=np.array([3, 1]), probe=PROBE, run_id=7)
    network, parameters = start.network, snapshot.parameters
    assert (snapshot.run_id, snapshot.epoch, snapshot.record.epoch) == (7, 30, 30)
    for act, expected in zip(
        snapshot.activations, forward(network, parameters, XOR.inputs[[3, 1]])[1], strict=True
    ):
        np.testing.assert_array_equal(act, expected)
    for answers, inputs in (
        (snapshot.train_outputs, XOR.inputs),
        (snapshot.test_outputs, TEST.inputs),
        (snapshot.probe_outputs, PROBE),
    ):
        np.testing.assert_array_equal(answers, forward(network, parameters, inputs)[1][-1])


def test_it_belongs_to_its_instant() -> None:
    run = Run(start_of(test=TEST))
    run.advance(3)
    snapshot = observe(run, EVERYTHING, shown=np.arange(4), probe=PROBE)
    arrays = [
        snapshot.parameters, *snapshot.activations,
        snapshot.train_outputs, snapshot.test_outputs, snapshot.probe_outputs,
    ]  # fmt: skip
    before = [array.copy() for array in arrays]
    run.advance(3)
    run.parameters[:] = 0.0
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)
        assert not array.flags.writeable
    assert snapshot.epoch == 3


def test_looking_changes_nothing() -> None:
    """Not even in the middle of an epoch."""
    watched, unwatched = (Run(start_of(test=TEST, batch=1)) for _ in range(2))
    while watched.epoch < 4:
        watched.advance(1, after(1))
        observe(watched, EVERYTHING, shown=np.arange(2), probe=PROBE)
    unwatched.advance(4)
    assert watched.parameters.tobytes() == unwatched.parameters.tobytes()


def test_only_what_is_wanted_is_computed() -> None:
    run = Run(start_of(test=TEST))
    nothing = observe(run, shown=np.arange(4), probe=PROBE)
    assert nothing.activations == ()
    assert nothing.train_outputs is nothing.test_outputs is nothing.probe_outputs is None
    some = observe(run, SnapshotRequest(outputs=True), shown=np.arange(4), probe=PROBE)
    assert some.activations == ()
    assert some.train_outputs is not None
    assert some.probe_outputs is None
    without = observe(Run(start_of()), EVERYTHING)
    assert without.test_outputs is without.probe_outputs is None


def test_outputs_of_many_patterns_come_in_their_order() -> None:
    inputs = np.random.default_rng(8).normal(size=(10_000, 2))
    network = layered((2, 3, 1), ("tanh", "linear"))
    start = start_of(network, Patterns(inputs, inputs[:, :1]))
    snapshot = observe(Run(start), SnapshotRequest(outputs=True))
    expected = forward(network, snapshot.parameters, inputs)[1][-1]
    np.testing.assert_allclose(snapshot.train_outputs, expected, rtol=1e-12)


def test_an_overflowing_unit_is_no_warning() -> None:
    far = Patterns(np.array([[1e5, -1e5]]), np.array([[0.0]]))
    snapshot = observe(Run(start_of(patterns=far)), EVERYTHING, shown=np.arange(1))
    assert np.isfinite(snapshot.train_outputs).all()


def test_the_instant_in_words() -> None:
    run = Run(start_of(batch=1))
    run.advance(1200)
    assert observe(run).instant == "epoch 1,200"
    run.advance(1, after(3))
    snapshot = observe(run)
    assert (snapshot.epoch, snapshot.update, snapshot.updates) == (1200, 3, 4)
    assert snapshot.instant == "epoch 1,200, update 3 of 4"


@pytest.mark.parametrize("part", [field.name for field in fields(SnapshotRequest)])
def test_wants_add_up(part: str) -> None:
    one = SnapshotRequest(**{part: True})
    assert one | SnapshotRequest() == SnapshotRequest() | one == one
    everything = replace(EVERYTHING, **{part: True})
    assert one | EVERYTHING == everything
    assert replace(EVERYTHING, **{part: False}) | one == everything


def test_solved_is_every_training_pattern_right() -> None:
    assert EpochRecord(3, 0.5, 1.0, 9.0, 0.0).solved
    assert not EpochRecord(3, 0.5, 0.999).solved
    assert not Run(start_of()).record.solved
    assert math.isnan(EpochRecord(3, 0.5, 1.0).test_error)


@pytest.mark.parametrize("n_patterns", [1, 4, MAX_SHOWN, MAX_SHOWN + 1, 1797, 100_000])
def test_shown_rows_are_all_or_an_even_sample(n_patterns: int) -> None:
    rows = shown_rows(n_patterns)
    assert len(rows) == min(n_patterns, MAX_SHOWN)
    assert (rows[0], rows[-1]) == (0, n_patterns - 1)
    steps = np.diff(rows)
    assert not len(steps) or steps.max() - steps.min() <= 1
    assert not len(steps) or steps.min() >= 1


@pytest.mark.parametrize("batch", ["all", 1, 3])
def test_the_last_change_is_what_the_last_update_added(batch: int | str) -> None:
    run = Run(start_of(batch=batch))
    wants = SnapshotRequest(change=True)
    assert observe(run, wants).change is None
    run.advance(2)
    before = run.parameters.copy()
    run.advance(1, after(1))  # one update, then interrupted; or the only one of an epoch
    change = observe(run, wants).change
    assert change is not None
    np.testing.assert_allclose(change, run.parameters - before, rtol=1e-9, atol=1e-15)
    assert np.abs(change).max() > 0.0


@pytest.mark.parametrize("piece", [1, 2, 10_000_000])
def test_the_negative_gradient_is_that_of_all_patterns(
    monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    run = Run(start_of(batch=1))
    run.advance(5)
    monkeypatch.setattr(backprop, "PIECE", piece * run.start.network.n_parameters)
    trace = backprop.backpropagate(
        run.start.network, LOSSES["squared"], run.parameters, XOR.inputs, XOR.targets
    )
    neg_gradient = observe(run, SnapshotRequest(neg_gradient=True)).neg_gradient
    assert neg_gradient is not None
    np.testing.assert_allclose(neg_gradient, trace.neg_gradient, rtol=1e-12, atol=1e-15)
    given_up = observe(
        run, SnapshotRequest(neg_gradient=True), interrupted=lambda: True
    ).neg_gradient
    assert (given_up is None) == (piece < len(XOR))
