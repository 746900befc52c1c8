"""Where the answer changes in the space of a hidden group."""

import numpy as np
import pytest

from bpviz.core.analysis.decision_boundary import net_at, readout
from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import layered


@pytest.mark.parametrize("name", [a for a, row in ACTIVATIONS.items() if row.elementwise])
def test_the_activation_passes_the_level_at_its_net_input(name: str) -> None:
    net = net_at(name, 0.5)
    assert net is not None
    low, high = np.array([[net - 1e-6]]), np.array([[net + 1e-6]])
    for side in (low, high):
        ACTIVATIONS[name].function(side.copy(), side)
    assert low[0, 0] <= 0.5 <= high[0, 0]
    assert high[0, 0] > low[0, 0]


def test_a_level_that_is_never_passed_has_no_net_input() -> None:
    assert net_at("tanh", 1.5) is None
    assert net_at("relu", -0.5) is None
    assert net_at("softmax", 0.5) is None


def test_the_readout_gives_the_outputs_net_inputs() -> None:
    rng = np.random.default_rng(0)
    network = layered((2, 4, 3, 2), ("tanh", "logistic", "tanh"))
    parameters = rng.normal(size=network.n_parameters)
    nets, acts = forward(network, parameters, rng.normal(size=(7, 2)))
    reads = readout(network, parameters, 2)
    assert reads is not None
    assert np.allclose(reads.nets(acts[2]), nets[3])
    lead = reads.lead(acts[2], None)
    assert ((lead > 0.0).sum(axis=1) == 1).all()
    assert (lead.argmax(axis=1) == acts[3].argmax(axis=1)).all()
    assert readout(network, parameters, 1) is None  # the outputs do not read it


def test_outputs_that_read_others_too_have_no_readout() -> None:
    network = layered((2, 3, 1), ("tanh", "logistic"), shortcuts=True)
    assert readout(network, np.zeros(network.n_parameters), 1) is None
