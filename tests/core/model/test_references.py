"""References and the flat vector, held against the network's own views."""

import numpy as np
import pytest
from hypothesis import given

from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.references import (
    BiasRef,
    UnitRef,
    WeightRef,
    exists,
    in_range,
    index_of,
    parameter_at,
    unit_of,
)

from ..strategies import networks


@given(network=networks())
def test_an_index_is_the_number_that_the_views_show(network: Network) -> None:
    numbers = np.arange(float(network.n_parameters))
    for index in range(network.n_parameters):
        ref = parameter_at(network, index)
        if isinstance(ref, BiasRef):
            seen = network.biases(numbers, ref.group)[ref.unit]
        else:
            seen = network.weights(numbers, ref.connection)[ref.source, ref.target]
        assert seen == index
        assert index_of(network, ref) == index


def test_there_is_no_index_behind_the_last() -> None:
    network = layered((2, 1), ("logistic",))
    with pytest.raises(IndexError):
        parameter_at(network, network.n_parameters)


def test_absent_weights_and_biases_of_inputs_do_not_exist() -> None:
    groups = (Group("input", 2, "input"), Group("output", 1, "output"))
    network = Network(groups, (Connection(0, 1, mask=np.array([[True], [False]])),))
    assert exists(network, WeightRef(0, 0, 0))
    assert not exists(network, WeightRef(0, 1, 0))
    assert in_range(network, WeightRef(0, 1, 0))
    assert exists(network, BiasRef(1, 0))
    assert not exists(network, BiasRef(0, 0))
    assert exists(network, UnitRef(0, 0))


def test_references_of_another_network_are_out_of_range() -> None:
    network = layered((2, 3, 1), ("tanh", "tanh"))
    fitting = [WeightRef(0, 1, 2), BiasRef(2, 0), UnitRef(0, 1)]
    others = [
        WeightRef(0, 1, 3), WeightRef(0, -1, 0), WeightRef(5, 1, 2), WeightRef(0, 2, 2),
        WeightRef(-1, 0, 0), BiasRef(0, 0), UnitRef(3, 0), UnitRef(1, 3), UnitRef(-1, 0),
    ]  # fmt: skip
    assert all(in_range(network, ref) for ref in fitting)
    assert not any(in_range(network, ref) or exists(network, ref) for ref in others)


def test_a_weight_leads_to_its_unit_and_a_bias_belongs_to_it() -> None:
    network = layered((2, 3, 1), ("tanh", "tanh"))
    assert unit_of(network, WeightRef(0, 1, 2)) == UnitRef(1, 2)
    assert unit_of(network, BiasRef(2, 0)) == unit_of(network, UnitRef(2, 0)) == UnitRef(2, 0)


def test_a_unit_is_not_its_bias() -> None:
    assert UnitRef(1, 0) != BiasRef(1, 0)
