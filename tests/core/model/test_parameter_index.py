"""Where each weight and bias lies in the flat vector, held against the network's own views."""

import numpy as np
import pytest
from hypothesis import given

from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.model.parameter_index import BiasRef, WeightRef, index_of, is_there, place_of

from ..strategies import networks


@given(network=networks())
def test_a_place_is_the_number_that_the_views_show(network: Network) -> None:
    numbers = np.arange(float(network.n_parameters))
    for index in range(network.n_parameters):
        place = place_of(network, index)
        if isinstance(place, BiasRef):
            seen = network.biases(numbers, place.group)[place.unit]
        else:
            seen = network.weights(numbers, place.connection)[place.source, place.target]
        assert seen == index
        assert index_of(network, place) == index


def test_there_is_no_place_behind_the_last() -> None:
    groups = (Group("input", 2, "input"), Group("output", 1, "output"))
    network = Network(groups, (Connection(0, 1),))
    with pytest.raises(IndexError):
        place_of(network, network.n_parameters)


def test_absent_weights_and_biases_of_inputs_are_not_there() -> None:
    groups = (Group("input", 2, "input"), Group("output", 1, "output"))
    network = Network(groups, (Connection(0, 1, mask=np.array([[True], [False]])),))
    assert is_there(network, WeightRef(0, 0, 0))
    assert not is_there(network, WeightRef(0, 1, 0))
    assert is_there(network, BiasRef(1, 0))
    assert not is_there(network, BiasRef(0, 0))
