"""The cross-entropies where outputs round to 0 or 1: the same in every engine, and exact."""

import numpy as np
import pytest

from bpviz.core.learning.backprop import answered, forward
from bpviz.core.microscope.microscope import read_terms
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.race.lockstep import Lockstep
from bpviz.core.race.passes import RaceLayout
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run
from tests.core.strategies import start_of

CASES = {
    "binary": ([[37.0, -800.0], [800.0, 1.5]], [[0.0, 1.0], [0.0, 1.0]], "logistic"),
    "categorical": ([[37.0, -3.0], [0.0, 800.0]], [[0.0, 1.0], [1.0, 0.0]], "softmax"),
}
"""Net inputs of two output units for two patterns, their teachers, and the activation."""

ERRORS = {"binary": 37.0 + 800.0 + 800.0 + np.log1p(np.exp(-1.5)), "categorical": 40.0 + 800.0}


def saturated_run(error: str, engine: str = "numpy", clamps: Clamps = NO_CLAMPS) -> Run:
    """A run whose inputs are 1 one by one, so that the weights are the net inputs."""
    nets, targets, output = CASES[error]
    network = layered((2, 2), (output,))
    run = Run(start_of(network, Patterns(np.eye(2), np.array(targets)), error=error))
    run.use(engine)
    run.set_clamps(clamps)
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[:] = nets
    run.set_parameters(np.arange(network.n_parameters), parameters)
    assert run.engine == engine
    return run


@pytest.mark.parametrize("error", CASES)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_the_error_of_a_run_is_exact(error: str, engine: str) -> None:
    run = saturated_run(error, engine)
    assert run.record.train_error == pytest.approx(ERRORS[error], rel=1e-14)


@pytest.mark.parametrize("error", CASES)
def test_the_parts_of_the_output_units_in_the_microscope_are_exact(error: str) -> None:
    update = next_update(saturated_run(error))
    parts = [read_terms(update, UnitRef(1, k)).unit.part for k in (0, 1)]  # type: ignore[union-attr]
    assert sum(parts) == pytest.approx(ERRORS[error], rel=1e-14)


@pytest.mark.parametrize("error", CASES)
@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
def test_a_clamped_output_counts_with_its_value(error: str, value: float) -> None:
    run = saturated_run(error, clamps={UnitRef(1, 0): value})
    start = run.start
    nets, acts = forward(start.network, run.parameters, start.train.inputs, run.clamps)
    _, targets, _ = CASES[error]
    odds = np.log(max(value, 1e-300) / max(1.0 - value, 1e-300))
    expected = 0.0
    for row, target in enumerate(targets):
        if error == "binary":
            for t, net in zip(target, (odds, nets[1][row, 1]), strict=True):
                expected += t * np.logaddexp(0.0, -net) + (1.0 - t) * np.logaddexp(0.0, net)
        else:
            expected -= target[0] * np.log(max(value, 1e-300))
    assert acts[1][:, 0].tolist() == [value, value]
    wide = 0.1 if value in (0.0, 1.0) else 1e-13  # how wrong an exact 0 is depends on its bound
    assert run.record.train_error == pytest.approx(expected, rel=wide)
    again = answered(
        start.network, LOSSES[error], run.parameters, start.train.inputs, start.train.targets,
        run.clamps,
    )[1].sum()  # fmt: skip
    assert run.record.train_error == pytest.approx(again, rel=1e-13)


@pytest.mark.parametrize("error", CASES)
def test_the_error_of_a_race_is_exact(error: str) -> None:
    run = saturated_run(error)
    race = Lockstep([run.start, run.start])
    race.parameters[:] = run.parameters[RaceLayout(run.start.network).indices][:, None]
    with np.errstate(over="ignore"):  # as the race does: e^800 of a logistic unit
        assert race.measure() == pytest.approx(2 * ERRORS[error], rel=1e-14)
        np.testing.assert_allclose(race.observe_train()[0], ERRORS[error], rtol=1e-14)
