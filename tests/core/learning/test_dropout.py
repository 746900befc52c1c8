"""Dropout: its gradient, its numbers, and that a repetition drops the same."""

from collections.abc import Callable
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

pytest.importorskip("numba")

from bpviz.core.interruption import never
from bpviz.core.kernels import numba_kernel
from bpviz.core.kernels.engines import ENGINES
from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.backprop import backpropagate, forward, outputs
from bpviz.core.learning.dropout import DropoutFactors, Factors
from bpviz.core.microscope.columns import term_columns
from bpviz.core.microscope.microscope import parameter_change, read_terms
from bpviz.core.microscope.text import formulas_of
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import UnitRef, parameter_at
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.cursor import cursor_of, last_position
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.run.timeline import SeekGoal, Timeline

from ..strategies import has_kink, one_update, random_parameters, same_bits, start_of

LOSS = LOSSES["squared"]


def with_dropout(network: Network, *shares: float) -> Network:
    """The network with dropout in its hidden groups."""
    groups = list(network.groups)
    for g, share in zip(network.hidden, shares, strict=True):
        groups[g] = replace(groups[g], dropout=share)
    return replace(network, groups=tuple(groups))


def deep(activation: str = "tanh") -> Network:
    return with_dropout(layered((3, 5, 4, 2), (activation, activation, "linear")), 0.3, 0.5)


def some_patterns(n: int = 12) -> Patterns:
    rng = np.random.default_rng(4)
    return Patterns(rng.normal(size=(n, 3)), rng.normal(size=(n, 2)))


def errors_of(network: Network, patterns: Patterns, factors: Factors) -> Callable[..., float]:
    def error(parameters: np.ndarray) -> float:
        found = forward(network, parameters, patterns.inputs, {}, factors)[1][-1]
        return LOSS.total(patterns.targets, found, np.empty_like(found))

    return error


@pytest.mark.parametrize(
    "activation",
    [name for name, row in ACTIVATIONS.items()
     if row.elementwise and row.differentiable and not has_kink(name)],
)  # fmt: skip
def test_the_gradient_is_that_of_central_differences_with_the_same_units_silent(
    activation: str,
) -> None:
    network, patterns = deep(activation), some_patterns()
    parameters = random_parameters(network, np.random.default_rng(1))
    factors = DropoutFactors(network, 3, 7, 2).next(len(patterns))
    assert 0.0 < (factors[1] == 0.0).mean() < 1.0
    error, h = errors_of(network, patterns, factors), 1e-5
    slopes = [
        (error(parameters + h * unit) - error(parameters - h * unit)) / (2 * h)
        for unit in np.eye(network.n_parameters)
    ]
    found = backpropagate(
        network, LOSS, parameters, patterns.inputs, patterns.targets, dropout=factors
    )
    assert found.neg_gradient * LOSS.scale == pytest.approx(-np.array(slopes), rel=1e-6, abs=1e-6)


def test_the_kernel_agrees_with_the_formulas_in_pieces_and_with_clamped_units() -> None:
    network, patterns = deep("logistic"), some_patterns(40)
    parameters = random_parameters(network, np.random.default_rng(2))
    clamps = {UnitRef(1, 2): 0.7}
    kernel = NumpyKernel(network, LOSS, Criterion(), parameters)
    kernel.clamp(clamps)
    kernel._rows = 16
    rows = np.random.default_rng(0).permutation(40)
    list(kernel.gradient(patterns, rows, DropoutFactors(network, 1, 0, 0)))
    factors = DropoutFactors(network, 1, 0, 0).next(40)
    wanted = backpropagate(
        network, LOSS, parameters, patterns.inputs[rows], patterns.targets[rows],
        clamps=clamps, dropout=factors,
    )  # fmt: skip
    assert kernel.neg_gradient == pytest.approx(wanted.neg_gradient, rel=1e-12, abs=1e-13)
    list(kernel.gradient(patterns, rows))  # without dropout, none is left over
    plain = backpropagate(
        network, LOSS, parameters, patterns.inputs[rows], patterns.targets[rows], clamps=clamps
    )
    assert kernel.neg_gradient == pytest.approx(plain.neg_gradient, rel=1e-12, abs=1e-13)


def test_so_many_units_are_silent_and_the_mean_activation_stays() -> None:
    network = with_dropout(layered((1, 50, 40, 1), ("tanh",) * 3), 0.2, 0.75)
    factors = DropoutFactors(network, 0, 0, 0).next(2_000)
    for g, share in ((1, 0.2), (2, 0.75)):
        assert (factors[g] == 0.0).mean() == pytest.approx(share, abs=0.005)
        assert factors[g].mean() == pytest.approx(1.0, abs=0.02)
        assert set(np.unique(factors[g])) == {0.0, 1.0 / (1.0 - share)}


def test_each_update_drops_other_units_whatever_it_is_asked_before() -> None:
    network, seen = deep(), []
    for key in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)):
        whole = DropoutFactors(network, *key).next(30)
        pieces = DropoutFactors(network, *key)
        parts = [pieces.next(n) for n in (7, 3, 20)]
        for g in (1, 2):
            assert (np.concatenate([part[g] for part in parts]) == whole[g]).all()
        seen.append(whole[1].tobytes())
    assert len(set(seen)) == 4


def start_with(batch: int | str) -> RunSpec:
    test = some_patterns(6)
    return start_of(deep(), some_patterns(40), test=test, batch=batch, rate=0.001, order="permuted")


def run_of(start: RunSpec, engine: str) -> Run:
    run = Run(start)
    run.use(engine)
    assert run.engine == engine
    return run


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch", ["all", 15, 1])
def test_a_repetition_is_the_same_to_the_bit(batch: int | str, engine: str) -> None:
    start = start_with(batch)
    run = run_of(start, engine)
    records = run.advance(10)
    again = run_of(start, engine)
    while again.epoch < 10:  # interrupted after each update, and looked at in between
        one_update(again)
        again.position = 1
        cursor_of(again)
        again.position = 0
    assert same_bits(again.parameters, run.parameters)
    assert list(records)[-1] == again.record
    assert start.test is not None
    answers = outputs(start.network, run.parameters, start.test.inputs)
    wanted = LOSS.total(start.test.targets, answers, np.empty_like(answers))
    assert list(records)[-1].test_error == pytest.approx(wanted, rel=1e-12)
    timeline, middle = Timeline(run_of(start, engine)), run_of(start, engine)
    timeline.advance(10)
    middle.advance(6)
    timeline.begin_seek(SeekGoal(6))
    while not timeline.continue_seek(never).there:
        pass
    assert same_bits(timeline.run.parameters, middle.parameters)


@pytest.mark.parametrize("batch", ["all", 15, 1])
def test_both_engines_drop_the_same_units(batch: int | str) -> None:
    numpy, numba = (run_of(start_with(batch), engine) for engine in ENGINES)
    for _ in range(3):
        records = [run.advance(5) for run in (numpy, numba)]
        assert numba.parameters == pytest.approx(numpy.parameters, rel=1e-9, abs=1e-12)
        for one, other in zip(*records, strict=True):
            assert other == pytest.approx(one, rel=1e-9)


def test_the_compiled_draws_are_those_of_the_generator_in_pieces() -> None:
    """Pieces of a tile each, as an interrupted update takes them."""
    network, patterns = deep(), some_patterns(70)
    vectors = np.zeros((4, network.n_parameters))
    vectors[0] = random_parameters(network, np.random.default_rng(2))
    rows = np.random.default_rng(0).permutation(70)
    for key in ((0, 0, 0), (2**31 - 1, 7, 3)):
        with mock.patch.object(numba_kernel, "WORK", 1):
            kernel = numba_kernel.NumbaKernel(network, LOSS, Criterion(), vectors)
        assert len(list(kernel.gradient(patterns, rows, DropoutFactors(network, *key)))) == 2
        wanted = backpropagate(
            network, LOSS, vectors[0], patterns.inputs[rows], patterns.targets[rows],
            dropout=DropoutFactors(network, *key).next(70),
        )  # fmt: skip
        assert kernel.neg_gradient == pytest.approx(wanted.neg_gradient, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("batch", ["all", 4])
def test_the_microscope_and_the_cursor_know_what_the_next_update_drops(batch: int | str) -> None:
    settings = {"batch": batch, "rate": 0.1, "momentum": 0.0, "reduction": "sum"}
    run = Run(start_of(deep("logistic"), some_patterns(), **settings))
    run.advance(2)
    update = next_update(run)
    run.position = last_position(run)
    cursor = cursor_of(run)
    assert 0.0 in cursor.act[1]
    run.position = 0
    before = run.parameters.copy()
    predicted = np.array([
        parameter_change(update, update.trace(), parameter_at(update.network, i)).change
        for i in range(update.network.n_parameters)
    ])  # fmt: skip
    one_update(run)
    assert run.parameters - before == pytest.approx(predicted, rel=1e-9, abs=1e-12)
    assert 0.1 * cursor.gradient == pytest.approx(predicted, rel=1e-9, abs=1e-12)


def test_a_race_trains_each_network_as_a_run_does() -> None:
    starts = [start_of(deep(), some_patterns(), rate=0.01, seed=seed) for seed in range(3)]
    outcomes = run_starts(starts, RacePlan(8))
    for seed, start in enumerate(starts):
        run = Run(start)
        run.advance(8)
        assert same_bits(outcomes.parameters[seed], run.parameters)


def test_the_microscope_names_the_factor_and_multiplies_to_the_delta() -> None:
    run = Run(start_of(deep("logistic"), some_patterns(), rate=0.1))
    reading = read_terms(next_update(run), UnitRef(1, 2))
    assert reading is not None
    columns = {column.kind: column for column in term_columns(reading)}
    assert set(np.unique(columns["kept"].values)) == {0.0, 1.0 / 0.7}
    assert columns["derivative"].tex == r"r\,f'(net)"
    product = columns["derivative"].values * columns["back"].values
    assert columns["delta"].values == pytest.approx(product)
    assert r"r_{3}\,f'(net_{3})" in formulas_of(reading, 0).symbols
    plain = Run(start_of(rate=0.1))
    again = read_terms(next_update(plain), UnitRef(1, 2))
    assert again is not None
    assert "kept" not in {column.kind for column in term_columns(again)}
