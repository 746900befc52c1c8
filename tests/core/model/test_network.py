"""Groups and connections, and where each one's numbers lie."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import MAX_HIDDEN_GROUPS, Connection, Group, Network, layered
from bpviz.core.values import BadValue

from ..strategies import free_directions, networks, same_bits, seeds

INPUT, OUTPUT = Group("input", 2, "input"), Group("output", 1, "output", "logistic")
HIDDEN = Group("hidden 1", 3, "hidden", "tanh")


# -- the flat vector -----------------------------------------------------------------------


@given(network=networks())
def test_every_place_of_the_vector_is_one_weight_or_bias(network: Network) -> None:
    places = np.arange(float(network.n_parameters))
    biases = [network.biases(places, g) for g in range(len(network.groups))]
    weights = [network.weights(places, c) for c in range(len(network.connections))]
    seen = np.concatenate([part.ravel() for part in (*biases, *weights)])
    np.testing.assert_array_equal(np.sort(seen), places)
    decaying = np.concatenate([part.ravel() for part in weights]).astype(int)
    np.testing.assert_array_equal(np.flatnonzero(network.decays), np.sort(decaying))


@given(network=networks())
def test_views_have_the_shapes_of_their_groups(network: Network) -> None:
    vector = np.zeros(network.n_parameters)
    for g, group in enumerate(network.groups):
        expected = 0 if group.role == "input" else group.size
        assert network.biases(vector, g).shape == (expected,)
    for c, link in enumerate(network.connections):
        sizes = network.groups[link.source].size, network.groups[link.target].size
        assert network.weights(vector, c).shape == sizes
        network.weights(vector, c)[:] = 1.0
    assert vector.sum() == np.count_nonzero(network.decays)


def test_a_weight_is_found_by_source_and_target_unit() -> None:
    """w[i, j] runs from unit i of the source to unit j of the target."""
    network = layered((2, 3, 1), ("linear", "linear"))
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[1, 2] = 5.0
    network.biases(parameters, 1)[0] = 7.0
    _, acts = forward(network, parameters, np.array([[10.0, 100.0]]))
    np.testing.assert_array_equal(acts[1], [[7.0, 0.0, 500.0]])


@given(network=networks())
def test_trainable_and_free_numbers(network: Network) -> None:
    directions = free_directions(network)
    expected = np.zeros(network.n_parameters, dtype=bool)
    expected[np.concatenate(directions)] = True
    np.testing.assert_array_equal(network.trainable, expected)


# -- masks and ties ------------------------------------------------------------------------


@given(network=networks(), seed=seeds)
def test_share_gives_each_member_the_sum_of_its_class(network: Network, seed: int) -> None:
    gradient = np.random.default_rng(seed).normal(size=network.n_parameters)
    gradient[~network.trainable] = 0.0
    expected = gradient.copy()
    for members in free_directions(network):
        expected[members] = gradient[members].sum()
    network.share(gradient)
    np.testing.assert_allclose(gradient, expected, rtol=1e-14, atol=1e-14)


@given(network=networks(), seed=seeds)
def test_constrain_makes_a_vector_obey(network: Network, seed: int) -> None:
    vector = np.random.default_rng(seed).normal(size=network.n_parameters)
    before = vector.copy()
    network.constrain(vector)
    for members in free_directions(network):
        assert (vector[members] == before[members[0]]).all()
    for c, link in enumerate(network.connections):
        if link.mask is not None:
            assert not network.weights(vector, c)[~link.mask].any()
    again = vector.copy()
    network.constrain(again)
    assert same_bits(again, vector)


def test_ties_do_not_reach_from_one_connection_to_another() -> None:
    groups = (INPUT, HIDDEN, OUTPUT)
    links = (
        Connection(0, 1, ties=np.array([[0, 0, -1], [-1, -1, 0]])),
        Connection(1, 2, ties=np.array([[0], [0], [-1]])),
    )
    network = Network(groups, links, (None, np.array([0, -1, 0]), None))
    assert network.is_tied
    vector = np.arange(1.0, network.n_parameters + 1)
    network.constrain(vector)
    first, second = network.weights(vector, 0), network.weights(vector, 1)
    assert first[0, 0] == first[0, 1] == first[1, 2]
    assert second[0, 0] == second[1, 0]
    assert network.biases(vector, 1)[0] == network.biases(vector, 1)[2]
    assert len(np.unique(vector)) == network.n_parameters - 4


def test_what_is_not_there_is_tied_to_nothing() -> None:
    mask = np.array([[True], [False]])
    network = Network(
        (INPUT, OUTPUT), (Connection(0, 1, mask, ties=np.zeros((2, 1), dtype=np.int64)),)
    )
    vector = np.array([0.0, 3.0, 4.0])
    network.constrain(vector)
    np.testing.assert_array_equal(vector, [0.0, 3.0, 0.0])


def test_a_plain_network_has_no_ties() -> None:
    assert not layered((2, 3, 1), ("tanh", "tanh")).is_tied


# -- shape ---------------------------------------------------------------------------------


def test_a_layered_network() -> None:
    network = layered((4, 3, 2), ("tanh", "softmax"))
    assert network.groups == (
        Group("input", 4, "input", "linear"),
        Group("hidden 1", 3, "hidden", "tanh"),
        Group("output", 2, "output", "softmax"),
    )
    assert [(link.source, link.target) for link in network.connections] == [(0, 1), (1, 2)]
    assert (network.n_inputs, network.n_outputs, network.output) == (4, 2, 2)
    assert network.hidden == (1,)
    assert network.n_parameters == 3 + 2 + 4 * 3 + 3 * 2


def test_a_layered_network_with_shortcuts_has_every_forward_connection() -> None:
    network = layered((2, 3, 3, 1), ("tanh", "tanh", "linear"), shortcuts=True)
    pairs = {(link.source, link.target) for link in network.connections}
    assert pairs == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}
    assert sorted(network.connections[c].source for c in network.incoming(3)) == [0, 1, 2]
    assert sorted(network.connections[c].target for c in network.outgoing(0)) == [1, 2, 3]


def test_input_columns_divide_a_pattern_among_the_input_groups() -> None:
    groups = (Group("a", 2, "input"), Group("b", 3, "input"), OUTPUT)
    network = Network(groups, (Connection(0, 2), Connection(1, 2)))
    assert network.n_inputs == 5
    assert [network.input_columns(g) for g in (0, 1)] == [slice(0, 2), slice(2, 5)]


@pytest.mark.parametrize("n_hidden", range(MAX_HIDDEN_GROUPS + 1))
def test_0_to_8_hidden_groups(n_hidden: int) -> None:
    network = layered((2, *[3] * n_hidden, 1), ("tanh",) * (n_hidden + 1))
    assert len(network.hidden) == n_hidden


@pytest.mark.parametrize("size", [1, 2, 1024])
def test_1_to_1024_hidden_units(size: int) -> None:
    assert layered((2, size, 1), ("tanh", "tanh")).groups[1].size == size


# -- refusals ------------------------------------------------------------------------------


def network_of(
    *groups: Group,
    links: tuple[Connection, ...] = (Connection(0, 1), Connection(1, 2)),
    **more: Any,
) -> Network:
    return Network(groups or (INPUT, HIDDEN, OUTPUT), links, **more)


def bad_mask(shape: tuple[int, ...]) -> tuple[Connection, ...]:
    return Connection(0, 1, np.ones(shape, dtype=bool)), Connection(1, 2)


def bad_ties(shape: tuple[int, ...]) -> tuple[Connection, ...]:
    return Connection(0, 1, ties=np.zeros(shape, dtype=np.int64)), Connection(1, 2)


ORDER = "input groups, then hidden ones, then one output group"
FORWARD = "from an earlier group to a later one"

REFUSALS: dict[str, tuple[Any, str, Any, str]] = {
    "9 hidden groups": (
        lambda: layered((2, *[3] * 9, 1), ("tanh",) * 10),
        "number of hidden groups", 9, "a whole number from 0 to 8",
    ),
    "0 units": (
        lambda: layered((2, 0, 1), ("tanh", "tanh")),
        "units of group hidden 1", 0, "a whole number from 1 to 1,024",
    ),
    "1,025 units": (
        lambda: layered((2, 3, 1025, 1), ("tanh", "tanh", "tanh")),
        "units of group hidden 2", 1025, "a whole number from 1 to 1,024",
    ),
    "no inputs": (
        lambda: layered((0, 1), ("tanh",)),
        "units of group input", 0, "a whole number from 1 to 1,000,000",
    ),
    "unknown activation": (
        lambda: layered((2, 1), ("sine",)),
        "activation of group output", "sine",
        "one of " + ", ".join(ACTIVATIONS),
    ),
    "no input group": (
        lambda: network_of(HIDDEN, OUTPUT, links=(Connection(0, 1),)),
        "groups", ["hidden", "output"], ORDER,
    ),
    "no output group": (
        lambda: network_of(INPUT, HIDDEN, links=(Connection(0, 1),)),
        "groups", ["input", "hidden"], ORDER,
    ),
    "hidden before input": (
        lambda: network_of(HIDDEN, INPUT, OUTPUT),
        "groups", ["hidden", "input", "output"], ORDER,
    ),
    "backward": (
        lambda: network_of(links=(Connection(0, 1), Connection(1, 2), Connection(2, 1))),
        "connection output to hidden 1", "backward", FORWARD,
    ),
    "to itself": (
        lambda: network_of(links=(Connection(0, 1), Connection(1, 2), Connection(1, 1))),
        "connection hidden 1 to hidden 1", "backward", FORWARD,
    ),
    "to nowhere": (
        lambda: network_of(links=(Connection(0, 1), Connection(1, 3))),
        "connection", (1, 3), "two of the groups 0 to 2",
    ),
    "from nowhere": (
        lambda: network_of(links=(Connection(-1, 1), Connection(1, 2))),
        "connection", (-1, 1), "two of the groups 0 to 2",
    ),
    "into an input": (
        lambda: network_of(INPUT, Group("context", 2, "input"), OUTPUT),
        "connection input to context", "into an input group", "into a hidden group or the output",
    ),
    "twice": (
        lambda: network_of(links=(Connection(0, 1), Connection(0, 1), Connection(1, 2))),
        "connections", "two", "at most one for each pair of groups",
    ),
    "unconnected group": (
        lambda: network_of(links=(Connection(0, 2),)),
        "group hidden 1", "without one", "the target of a connection",
    ),
    "mask of another shape": (
        lambda: network_of(links=bad_mask((3, 2))),
        "connection input to hidden 1", (3, 2), "of shape (2, 3)",
    ),
    "ties of another shape": (
        lambda: network_of(links=bad_ties((2,))),
        "connection input to hidden 1", (2,), "of shape (2, 3)",
    ),
    "bias ties of another shape": (
        lambda: network_of(bias_ties=(None, np.zeros(2, dtype=np.int64))),
        "bias ties of group hidden 1", (2,), "of shape (3,)",
    ),
    "bias ties of an input group": (
        lambda: network_of(bias_ties=(np.zeros(2, dtype=np.int64),)),
        "bias ties of group input", (2,), "of shape (0,)",
    ),
    "more bias ties than groups": (
        lambda: network_of(bias_ties=(None,) * 4),
        "bias ties", 4, "at most one for each group",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused(case: str) -> None:
    make, field, value, allowed = REFUSALS[case]
    with pytest.raises(BadValue) as refusal:
        make()
    assert (refusal.value.field, refusal.value.value) == (field, value)
    assert refusal.value.allowed == allowed
