"""Which ReLU units are dead, and that such a unit cannot learn."""

import numpy as np

from bpviz.core.dead import dead_units, dead_words
from bpviz.core.snapshot import Wants
from bpviz.experiment import Hidden, experiment_for
from bpviz.setup import new_run, prepare

RELU = experiment_for("xor", hidden=(Hidden(3, "relu"), Hidden(2, "tanh")), output="linear")


def test_a_unit_below_0_for_all_patterns_is_dead_and_stays_so() -> None:
    setup = prepare(RELU)
    run = new_run(setup)
    network = setup.network
    parameters = run.parameters.copy()
    network.biases(parameters, 1)[1] = -50.0
    run.set_parameters(np.arange(len(parameters)), parameters)
    before = network.weights(run.parameters, 0)[:, 1].copy()
    acts = run.snapshot(Wants(activations=True), shown=setup.shown).activations
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
