"""Problems that can be solved by hand: which networks, and the weights to start from."""

import numpy as np

from bpviz.core.learning.backprop import outputs
from bpviz.core.values import BadValue, Integers, Vector
from bpviz.experiment.prepare import PreparedExperiment

MOST_ROWS = 5_000
"""Most rows: the outputs for all are recomputed after every change by hand, within a frame."""


def check_solvable(setup: PreparedExperiment) -> None:
    """Raise BadValue unless the problem is a truth table or all units are step units.

    Whether a solution exists is not checked: XOR on a single layer has none, and finding that
    out is an exercise.
    """
    network, n = setup.network, len(setup.patterns.train)
    is_step = all(g.activation == "step" for g in network.groups if g.role != "input")
    if n > MOST_ROWS:
        raise BadValue("number of training patterns", n, f"at most {MOST_ROWS} to solve by hand")
    if setup.patterns.kind != "table" and not is_step:
        allowed = "a truth table, or a network of step units, to solve by hand"
        raise BadValue("problem", setup.patterns.name, allowed)


def free_indices(setup: PreparedExperiment) -> Integers:
    """The indices of the weights and biases to set: all but those that are fixed or absent."""
    return np.flatnonzero(setup.network.trainable).astype(np.int64)


def unsolved_start(setup: PreparedExperiment, parameters: Vector) -> Vector:
    """All free weights and biases 0; if that solves the problem, with output biases of 1 or −1."""
    network, train = setup.network, setup.patterns.train
    start = np.array(parameters)
    start[free_indices(setup)] = 0.0
    for bias in (0.0, 1.0, -1.0):
        network.biases(start, network.output)[:] = bias
        answers = outputs(network, start, train.inputs)
        if setup.criterion.count(train.targets, answers) < len(train):
            break
    return start
