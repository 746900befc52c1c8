"""The NumPy kernel: the numbers of the reference, without its allocations."""

import gc
import tracemalloc
from collections.abc import Generator
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.kernels import numpy_kernel
from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.backprop import backpropagate, outputs
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps
from bpviz.core.run.run import Run

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

N_PATTERNS = 12


def finish(work: Generator[None, None, Any]) -> tuple[Any, int]:
    """The result of a kernel's work, and in how many pieces it came."""
    pieces = 1
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value, pieces
        pieces += 1


def pieces_of(rows: int) -> Any:
    """A kernel made meanwhile takes so many patterns at a time."""
    return mock.patch.multiple(numpy_kernel, MAX_ROWS=rows, MIN_ROWS=1)


def assert_same(found: np.ndarray, expected: np.ndarray, terms: float) -> None:
    """To 1e-12, of the sum's terms where they cancel."""
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13 * terms)


@pytest.mark.parametrize(("error", "output"), PAIRS)
@given(data=st.data(), seed=seeds, piece=st.sampled_from([1, 3, 5, 12, 4096]))
def test_it_gives_the_numbers_of_the_reference(
    error: str, output: str, data: st.DataObject, seed: int, piece: int
) -> None:
    """One kernel, batches of changing size, whole sets of changing size in between."""
    rng, loss, criterion = np.random.default_rng(seed), LOSSES[error], Criterion("within", 0.7)
    network = data.draw(networks(output))
    parameters = random_parameters(network, rng)
    patterns = random_patterns(network, loss, N_PATTERNS, rng)
    test = random_patterns(network, loss, 7, rng)
    with pieces_of(piece):
        kernel = NumpyKernel(network, loss, criterion, parameters)
    for size in data.draw(st.lists(st.integers(1, N_PATTERNS), min_size=1, max_size=4)):
        rows = rng.permutation(N_PATTERNS)[:size]
        _, n_pieces = finish(kernel.gradient(patterns, rows))
        assert n_pieces == -(-size // piece)
        expected = backpropagate(
            network, loss, parameters, patterns.inputs[rows], patterns.targets[rows]
        )
        assert_same(kernel.neg_gradient, expected.neg_gradient, terms_of(expected))
        for part in (patterns, test):
            compare_measure(kernel, network, part, parameters)
        parameters[:] = random_parameters(network, rng)


def terms_of(trace: Any) -> float:
    """The size of the largest terms that the gradient's sums may add up."""
    act = max(float(np.abs(act).max()) for act in trace.act)
    delta = max(float(np.abs(delta).max()) for delta in trace.delta if delta.size)
    return max(1.0, act) * delta * len(trace.act[0])


def compare_measure(
    kernel: NumpyKernel, network: Network, patterns: Patterns, parameters: np.ndarray
) -> None:
    loss = kernel._loss
    expected = backpropagate(network, loss, parameters, patterns.inputs, patterns.targets)
    right = kernel.criterion.count(patterns.targets, expected.act[-1]) / len(patterns)
    for gradient in (True, False):
        before = kernel.neg_gradient.copy()
        (error, share), _ = finish(kernel.measure(patterns, gradient=gradient))
        assert error == pytest.approx(expected.error, rel=1e-12)
        assert share == right
        if gradient:
            assert_same(kernel.neg_gradient, expected.neg_gradient, terms_of(expected))
        else:
            np.testing.assert_array_equal(kernel.neg_gradient, before)


def test_it_reads_the_parameters_and_never_writes_them() -> None:
    network = layered((2, 3, 1), ("tanh", "logistic"))
    rng = np.random.default_rng(0)
    parameters = random_parameters(network, rng)
    before = parameters.copy()
    patterns = random_patterns(network, LOSSES["squared"], 6, rng)
    kernel = NumpyKernel(network, LOSSES["squared"], Criterion(), parameters)
    finish(kernel.measure(patterns, gradient=True))
    finish(kernel.gradient(patterns, np.arange(3)))
    np.testing.assert_array_equal(parameters, before)


def test_a_new_set_in_the_place_of_an_old_one_is_read_anew() -> None:
    """Memory that is freed is used again: an address does not tell one set from another."""
    network = layered((1, 1), ("linear",))
    parameters = np.zeros(network.n_parameters)
    kernel = NumpyKernel(network, LOSSES["squared"], Criterion(), parameters)
    for target in range(1, 50):
        patterns = Patterns(np.ones((1, 1)), np.full((1, 1), float(target)))
        (error, _), _ = finish(kernel.measure(patterns))
        assert error == target**2
        del patterns


@pytest.mark.parametrize(
    ("error", "output", "hidden"),
    [*((*pair, "tanh") for pair in PAIRS), *(("squared", "linear", name) for name in SMOOTH)],
)
def test_no_array_is_allocated_again(error: str, output: str, hidden: str) -> None:
    """All that comes and goes is the buffers in which NumPy adds the biases, 64 kB each."""
    network, loss = layered((40, 100, 50, 40), (hidden, "tanh", output)), LOSSES[error]
    rng = np.random.default_rng(0)
    patterns = random_patterns(network, loss, 1000, rng)
    parameters = 0.1 * random_parameters(network, rng)
    kernel = NumpyKernel(network, loss, Criterion(), parameters)
    rows = rng.permutation(1000)

    def work() -> None:
        for size in (1000, 128, 44, 1):
            finish(kernel.gradient(patterns, rows[:size]))

    grown, peak = memory_of(work)
    assert grown < 2_000
    assert peak < 1000 * 40 * 8 / 2


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch", ["all", 64, 1])
def test_a_run_does_not_grow(optimizer: str, batch: Any) -> None:
    network = layered((20, 60, 10), ("tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 100, np.random.default_rng(0))
    run = Run(start_of(network, patterns, optimizer=optimizer, rate=1e-5, batch=batch))
    grown, _ = memory_of(lambda: run.advance(3))
    # An order of an epoch kept would be 30 times 800; Python keeps some freed tuples (about 4,000).
    assert grown < 12_000


def memory_of(work: Any) -> tuple[int, int]:
    """Bytes that ten more calls leave behind, and the most that they held meanwhile.

    The least of some measurements: other threads of the process may allocate something, too.
    """
    tracemalloc.start()
    try:
        for _ in range(3):
            work()
        return tuple(map(min, zip(*(_measured(work) for _ in range(3)), strict=True)))
    finally:
        tracemalloc.stop()


def _measured(work: Any) -> tuple[int, int]:
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in range(10):
        work()
    after, peak = tracemalloc.get_traced_memory()
    return after - before, peak - before


def test_buffers_of_batch_sizes_gone_by_are_let_go() -> None:
    """Someone turns the batch size from 1 up to 400 while the network learns."""
    network = layered((20, 60, 10), ("tanh", "linear"))
    rng = np.random.default_rng(0)
    patterns = random_patterns(network, LOSSES["squared"], 400, rng)
    parameters = random_parameters(network, rng)
    kernel = NumpyKernel(network, LOSSES["squared"], Criterion(), parameters)
    tracemalloc.start()
    try:
        for size in range(1, 401):
            finish(kernel.gradient(patterns, np.arange(size)))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    one = 400 * (20 + 3 * (20 + 60 + 10)) * 8
    assert held < 12 * one
    expected = backpropagate(
        network, LOSSES["squared"], parameters, patterns.inputs, patterns.targets
    )
    assert_same(kernel.neg_gradient, expected.neg_gradient, terms_of(expected))


def test_wide_networks_work_in_smaller_pieces() -> None:
    """The time between two pieces is bounded, whatever the network's size."""
    for width, fewer in ((10, False), (1000, True)):
        network = layered((20, width, 10), ("tanh", "linear"))
        rng = np.random.default_rng(0)
        patterns = random_patterns(network, LOSSES["squared"], 4096, rng)
        parameters = random_parameters(network, rng)
        kernel = NumpyKernel(network, LOSSES["squared"], Criterion(), parameters)
        (error, _), n_pieces = finish(kernel.measure(patterns))
        assert (n_pieces > 1) == fewer
        output = outputs(network, parameters, patterns.inputs)
        assert error == pytest.approx(((patterns.targets - output) ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch", ["all", 4, 1])
def test_epochs_done_at_once_are_those_done_update_by_update(optimizer: str, batch: Any) -> None:
    """With decay, a test set, and a unit that is clamped on the way; also if calls end early."""
    start = some_start(batch=batch, optimizer=optimizer, rate=0.001, decay_l2=1e-3)
    at_once, by_update, ended_early = (Run(start) for _ in range(3))
    halt = np.ones(1, dtype=np.int64)
    ended_early.use_halt_flag(halt)
    with mock.patch.object(
        NumpyKernel, "train_epochs", autospec=True, side_effect=NumpyKernel.train_epochs
    ) as train_epochs:
        for epochs in (20, 40):
            at_once.advance(20)
            assert train_epochs.called
            while ended_early.epoch < epochs:
                assert len(ended_early.advance(epochs - ended_early.epoch, after(1))) == 1
            train_epochs.reset_mock()
            by_update.advance(20, lambda: False)
            assert not train_epochs.called
            for run in (at_once, by_update, ended_early):
                apply_edit(run, SetClamps({UnitRef(1, 0): 0.25}))
    assert_same_state(at_once, by_update)
    assert_same_state(at_once, ended_early)
