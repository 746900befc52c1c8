"""The compiled kernel: NumPy's numbers to rounding, its own to the bit."""

from collections.abc import Generator
from dataclasses import replace
from itertools import product
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from bpviz.core.kernels import numba_kernel
from bpviz.core.kernels.numba_kernel import NumbaKernel
from bpviz.core.learning.backprop import backpropagate
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.patterns import Criterion
from bpviz.core.model.references import UnitRef
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.epoch_batches import MOST_EPOCHS, EpochBatches
from bpviz.core.run.records import Condition, EpochRecord, Records
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import BadValue

from ..strategies import (
    PAIRS,
    SMOOTH,
    after,
    assert_same_state,
    networks,
    random_parameters,
    random_patterns,
    seeds,
    some_start,
    start_of,
)

BATCHES: list[Any] = ["all", 1, 4, 5]
EPOCHS = 1000


def finish(work: Generator[None, None, Any]) -> Any:
    """The result of a kernel's work."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


def numba_run(start: RunSpec) -> Run:
    run = Run(start)
    run.use("numba")
    assert run.engine == "numba"
    return run


# -- one pass ------------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "output"), PAIRS)
@settings(max_examples=20)
@given(data=st.data(), seed=seeds, size=st.sampled_from([1, 7, 8, 9, 40, 75]))
def test_it_gives_the_numbers_of_the_reference(
    error: str, output: str, data: st.DataObject, seed: int, size: int
) -> None:
    """Groups, shortcuts, masks, ties, fixed weights, in pieces of a tile each."""
    rng, loss, criterion = np.random.default_rng(seed), LOSSES[error], Criterion("within", 0.7)
    network = data.draw(networks(output))
    vectors = np.zeros((4, network.n_parameters))
    vectors[0] = random_parameters(network, rng)
    patterns = random_patterns(network, loss, size, rng)
    with mock.patch.object(numba_kernel, "WORK", 1):
        kernel = NumbaKernel(network, loss, criterion, vectors)
    rows = rng.permutation(size)
    assert len(list(kernel.gradient(patterns, rows))) == (size - 1) // 32
    expected = backpropagate(network, loss, vectors[0], patterns.inputs, patterns.targets)
    largest = max(
        float(np.abs(part).max()) for part in (*expected.act, *expected.delta) if part.size
    )
    np.testing.assert_allclose(
        kernel.neg_gradient,
        expected.neg_gradient,
        rtol=1e-11,
        atol=1e-13 * size * max(1.0, largest) ** 2,
    )
    for judged in (criterion, Criterion("argmax")):
        kernel.criterion = judged
        found_error, right = finish(kernel.measure(patterns))
        assert found_error == pytest.approx(expected.error, rel=1e-12)
        assert right == judged.count(patterns.targets, expected.act[-1]) / size


@pytest.mark.parametrize("name", ["logistic", "tanh", "relu", "step", "softmax"])
def test_activations_are_right_over_the_whole_range(name: str) -> None:
    """Also where they saturate, and where tanh is as small as its argument."""
    nets = np.concatenate([s * np.logspace(-300, 300, 2001) for s in (1, -1)] + [[0.0]])
    network = Network(
        (Group("in", 2, "input"), Group("out", 2, "output", name)), (Connection(0, 1),)
    )
    vectors = np.zeros((4, network.n_parameters))
    network.weights(vectors[0], 0)[:] = np.eye(2)
    inputs = np.column_stack([nets, np.zeros_like(nets)])
    expected = inputs.copy()
    with np.errstate(all="ignore"):
        ACTIVATIONS[name].function(inputs, expected)
    kernel = NumbaKernel(network, LOSSES["squared"], Criterion(), vectors)
    for row, wanted in zip(inputs, expected, strict=True):
        kernel_output(kernel, row)
        found = kernel._scratch.flat_act[2:, 0]
        np.testing.assert_allclose(found, wanted, rtol=4e-16, atol=1e-305)


def kernel_output(kernel: NumbaKernel, row: np.ndarray) -> None:
    from bpviz.core.model.patterns import Patterns

    list(kernel.measure(Patterns(row[None], np.zeros((1, 2)))))


def test_nan_stays_nan() -> None:
    for name in SMOOTH:
        network = layered((1, 2), (name,))
        vectors = np.full((4, network.n_parameters), np.nan)
        kernel = NumbaKernel(network, LOSSES["squared"], Criterion(), vectors)
        patterns = random_patterns(network, LOSSES["squared"], 3, np.random.default_rng(0))
        list(kernel.measure(patterns))
        assert np.isnan(kernel._scratch.tally[0]), name


# -- whole runs ----------------------------------------------------------------------------

RATES = {"descent": 0.01, "momentum": 0.002, "nesterov": 0.002}
"""Learning rates at which a run settles; 0.0005 for all others."""


def rows_of_the_tables() -> list[tuple[Any, ...]]:
    """Every pair of error and output, optimizer, batch mode and activation, in turn."""
    modes = list(product(OPTIMIZERS, BATCHES))
    rows = []
    for k in range(max(len(modes), len(PAIRS), len(SMOOTH))):
        optimizer, batch = modes[k % len(modes)]
        error, output = PAIRS[k % len(PAIRS)]
        rows.append((error, output, SMOOTH[k % len(SMOOTH)], optimizer, batch, k))
    return rows


@pytest.mark.parametrize(
    ("error", "output", "hidden", "optimizer", "batch", "k"), rows_of_the_tables()
)
def test_after_a_thousand_epochs_both_engines_stand_at_the_same_numbers(
    error: str, output: str, hidden: str, optimizer: str, batch: Any, k: int
) -> None:
    """Small steps on tame patterns: a run that settles does not blow up a rounding error."""
    loss, rng = LOSSES[error], np.random.default_rng(k)
    network = rich_network(hidden, output)
    train, test = (random_patterns(network, loss, n, rng) for n in (6, 3))
    start = start_of(
        network, train, test=test, error=error, criterion=Criterion("within", 0.8), batch=batch,
        optimizer=optimizer, rate=RATES.get(optimizer, 0.0005) * 0.2,
        reduction=("sum", "mean")[k % 2],
        order=("permuted", "fixed")[k // 2 % 2], decay_l1=1e-4 * (k % 3), decay_l2=1e-3 * (k % 2),
        decay_share=1e-3 * (k % 2),
    )  # fmt: skip
    one, other = Run(start), numba_run(start)
    expected, found = one.advance(EPOCHS), other.advance(EPOCHS)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(other.parameters, one.parameters, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(other.change, one.change, rtol=1e-7, atol=1e-13)


def rich_network(hidden: str, output: str) -> Network:
    """Two input groups, a shortcut, a mask, shared and fixed weights."""
    rng = np.random.default_rng(0)
    groups = (
        Group("a", 2, "input"),
        Group("b", 1, "input"),
        Group("h", 3, "hidden", hidden),
        Group("g", 2, "hidden", "tanh"),
        Group("out", 2, "output", output),
    )
    links = (
        Connection(0, 2, mask=np.array([[True, False, True], [True, True, True]])),
        Connection(1, 2, ties=np.array([[0, 0, -1]])),
        Connection(2, 3, ties=rng.integers(-1, 2, (3, 2))),
        Connection(2, 4),
        Connection(0, 4, fixed=True),
        Connection(3, 4),
    )
    return Network(groups, links, (None, None, np.array([0, 1, 1])))


def test_an_engine_that_there_is_not_is_refused() -> None:
    run = Run(some_start())
    with pytest.raises(BadValue, match="one of numpy, numba"):
        run.use("abacus")
    assert run.engine == "numpy"


# -- with itself to the bit ----------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("tiles", [False, True])
def test_however_it_is_cut_it_is_the_same_run(optimizer: str, batch: Any, tiles: bool) -> None:
    """Epoch by epoch, in batches, and in pieces with interruptions in the middle of an update."""
    rng = np.random.default_rng(0)
    network = rich_network("tanh", "logistic")
    train, test = (random_patterns(network, LOSSES["squared"], n, rng) for n in (75, 40))
    if batch == 5:
        batch = 40  # more than a tile
    start = start_of(
        network, train, test=test, batch=batch, optimizer=optimizer, rate=0.001, decay_l2=1e-3
    )
    steady, cut = numba_run(start), Run(start)
    with mock.patch.object(numba_kernel, "WORK", 1 if tiles else 10**9):
        cut.use("numba")
    records: list[EpochRecord] = []
    for _ in range(2000):
        records += cut.advance(min(3, 20 - cut.epoch), after(int(rng.integers(0, 9))))
        if cut.epoch == 20:
            break
    assert records == steady.advance(20)
    assert_same_state(cut, steady)


def test_it_stops_at_the_very_epoch_that_meets_a_condition() -> None:
    class At(Condition):
        def first(self, records: Records) -> int | None:
            hits = np.flatnonzero(records.epochs == 777)
            return int(hits[0]) if len(hits) else None

    run, one_by_one = numba_run(some_start(batch=5)), numba_run(some_start(batch=5))
    records = run.advance(100_000, done=At())
    assert records == one_by_one.advance(100_000, done=lambda record: record.epoch == 777)
    assert run.epoch == 777
    assert_same_state(run, one_by_one)
    assert run.advance(5) == one_by_one.advance(5)


@pytest.mark.parametrize("batch", ["all", 4])
def test_a_divergence_is_found_and_gone_back_from(batch: Any) -> None:
    rng = np.random.default_rng(0)
    network = layered((2, 1), ("linear",))
    patterns = random_patterns(network, LOSSES["squared"], 6, rng)
    start = start_of(network, patterns, optimizer="descent", rate=0.75, batch=batch)
    run, steps = numba_run(start), numba_run(start)
    with pytest.raises(Diverged) as diverged:
        run.advance(100_000)
    assert len(diverged.value.records) == run.epoch > 100
    assert steps.advance(run.epoch) == diverged.value.records
    assert_same_state(run, steps)
    with pytest.raises(Diverged):
        steps.advance(1)


# -- changing over -------------------------------------------------------------------------


@pytest.mark.parametrize("batch", ["all", 5])
def test_engines_change_between_two_epochs_and_a_repetition_does_the_same(batch: Any) -> None:
    start = some_start(batch=batch)
    run, again = Run(start), Run(start)
    records = list(run.advance(7))
    saved = run.save()
    if batch != "all":
        run.advance(1, after(1))
        assert run.update == 1
    run.use("numba")
    records += run.advance(6)
    run.use("numpy")
    records += run.advance(4)
    assert run.engines == [(0, "numpy"), (run.engines[1][0], "numba"), (run.engines[2][0], "numpy")]
    assert run.engines[1][0] == (7 if batch == "all" else 8)
    repeated: list[EpochRecord] = []
    for (first, engine), (last, _) in zip(
        run.engines, [*run.engines[1:], (run.epoch, "")], strict=True
    ):
        assert again.epoch == first
        again.use(engine)
        repeated += again.advance(last - first)
    assert repeated == records
    assert_same_state(run, again)
    run.restore(saved)
    assert (run.engine, run.engines) == ("numpy", [(0, "numpy")])


def test_clamped_units_are_numpys_work() -> None:
    run = numba_run(some_start())
    run.set_clamps({UnitRef(1, 0): 0.5})
    assert run.engine == "numpy"
    run.advance(3)
    run.set_clamps({})
    assert run.engine == "numba"
    run.advance(3)


def test_settings_of_the_middle_of_a_run_hold_at_once() -> None:
    """New patterns, weights, criterion, batch: as NumPy does."""
    one, other = Run(some_start(batch=5)), numba_run(some_start(batch=5))
    for run in (one, other):
        run.advance(3)
        run.set_training(replace(run.training, batch="all", optimizer="adam", rate=0.001))
        run.set_criterion(Criterion("within", 0.1))
        run.set_train(
            random_patterns(run.start.network, LOSSES["squared"], 33, np.random.default_rng(0))
        )
        run.advance(3)
        run.set_parameters(np.array([1]), np.array([0.25]))
        run.advance(3)
    np.testing.assert_allclose(other.parameters, one.parameters, rtol=1e-12)
    np.testing.assert_allclose(other.record, one.record, rtol=1e-12)


@pytest.mark.parametrize("batch", ["all", 1, 5])
def test_a_call_that_is_ended_early_leaves_no_trace(batch: Any) -> None:
    """Setting ``halt``, as the window does with a command, lets the epoch finish."""
    run, other = numba_run(some_start(batch=batch)), numba_run(some_start(batch=batch))
    halt = np.zeros(1, dtype=np.int64)
    run.use_halt_flag(halt)
    run.set_call_seconds(10.0)
    run.advance(20)  # so that calls are long by now
    halt[0] = 1
    calls = iter([False, True])
    assert len(run.advance(10_000, lambda: next(calls))) == 1
    halt[0] = 0
    run.advance(100)
    other.advance(121)
    assert_same_state(run, other)


def test_a_single_pattern_is_enough() -> None:
    network = layered((2, 3, 1), ("tanh", "logistic"))
    patterns = random_patterns(network, LOSSES["squared"], 1, np.random.default_rng(0))
    start = start_of(network, patterns, optimizer="momentum", rate=0.1)
    compiled, plain = numba_run(start), Run(start)
    for run in (compiled, plain):
        run.advance(50)
    assert compiled.record.train_error == pytest.approx(plain.record.train_error, rel=1e-10)
    np.testing.assert_allclose(compiled.parameters, plain.parameters, rtol=1e-10)


def test_calls_grow_towards_the_time_that_they_should_last() -> None:
    run = numba_run(some_start())
    run.advance(5000)
    assert run._batches.next_size(MOST_EPOCHS, 0) > 100
    assert EpochBatches().next_size(MOST_EPOCHS, 0) == 1
