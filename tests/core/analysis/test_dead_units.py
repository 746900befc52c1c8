"""Which ReLU units are dead, and that such a unit cannot learn."""

import numpy as np
import pytest

from bpviz.core.analysis.dead_units import dead_units, dead_words
from bpviz.core.run import observe as observe_module
from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.prepare import new_run, prepare

RELU = experiment_for("xor", hidden=(Hidden(3, "relu"), Hidden(2, "tanh")), output="linear")


def test_a_unit_below_0_for_all_patterns_is_dead_and_stays_so() -> None:
    setup = prepare(RELU)
    run = new_run(setup)
    network = setup.network
    parameters = run.parameters.copy()
    network.biases(parameters, 1)[1] = -50.0
    run.set_parameters(np.arange(len(parameters)), parameters)
    before = network.weights(run.parameters, 0)[:, 1].copy()
    acts = observe(run, SnapshotRequest(activations=True), shown=setup.shown).activations
    dead = dead_units(network, acts)
    assert list(dead) == [1]  # tanh units have no flat end at 0
    assert dead[1][1]
    assert dead_words(dead).startswith(f"{dead[1].sum()} of 3 ReLU units")
    run.advance(5)
    assert np.array_equal(network.weights(run.parameters, 0)[:, 1], before)


def test_words_count_and_nothing_is_said_of_the_living() -> None:
    assert dead_words({1: np.array([True, False])}) == "1 of 2 ReLU units is dead"
    assert dead_words({1: np.ones(2, bool), 2: np.ones(1, bool)}) == "3 of 3 ReLU units are dead"
    assert dead_words({1: np.zeros(3, bool)}) == ""
    assert dead_words({}) == dead_words(dead_units(prepare(RELU).network, ())) == ""


def test_all_patterns_judge_where_that_is_cheap_and_otherwise_it_is_said_how_many_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A unit that is above 0 only for a pattern that views do not list is alive."""
    setup = prepare(experiment_for("moons", hidden=(Hidden(2, "relu"),)))
    run, network = new_run(setup), setup.network
    train, some = setup.patterns.train, np.arange(3)
    last = train.inputs[-1]
    parameters = run.parameters.copy()
    network.weights(parameters, 0)[:] = np.stack([last, -last], axis=1) * 100.0
    reach = np.sort(train.inputs @ last * 100.0)[-2:]
    network.biases(parameters, 1)[:] = (-reach.mean(), -1e4)
    run.set_parameters(np.arange(len(parameters)), parameters)
    most = int((train.inputs @ last).argmax())
    assert most not in some
    wants = SnapshotRequest(activations=True)
    dead = observe(run, wants, shown=some).dead
    assert dead.units[1].tolist() == [False, True]
    assert dead.words == "1 of 2 ReLU units is dead"
    monkeypatch.setattr(observe_module, "CHEAP_DEAD_UNITS", 0)
    dead = observe(run, wants, shown=some).dead
    assert dead.units[1].tolist() == [True, True]
    assert dead.words == f"2 of 2 ReLU units are dead by 3 of {len(train)} patterns"
    assert observe(run, shown=some).dead is None
