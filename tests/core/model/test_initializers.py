"""Every row of the table of initial weights."""

import numpy as np
import pytest
from hypothesis import given

from bpviz.core.model.initializers import INITIALIZERS, Initializer, initial_parameters
from bpviz.core.model.network import Connection, Group, Network, layered

from ..strategies import free_directions, networks, same_bits, seeds

N_IN, N_OUT, SPREAD = 120, 80, 0.3

BOUNDS = {
    "uniform": SPREAD,
    "fan_in": 1 / np.sqrt(N_IN),
    "xavier": np.sqrt(6 / (N_IN + N_OUT)),
    "zeros": 0.0,
}
"""The largest weight that can be drawn; a row that is not here draws from a normal."""

DEVIATIONS = {"normal": SPREAD, "he": np.sqrt(2 / N_IN)}

rows = pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)


def draw(network: Network, row: Initializer, seed: int = 0) -> np.ndarray:
    return initial_parameters(network, row, SPREAD, np.random.default_rng(seed))


def single() -> Network:
    return layered((N_IN, N_OUT), ("logistic",))


def check_spread(row: Initializer, weights: np.ndarray, shrunk: float = 1.0) -> None:
    """Mean, standard deviation and bound, each within what so many draws allow."""
    bound = BOUNDS.get(row.name)
    deviation = DEVIATIONS[row.name] if bound is None else bound / np.sqrt(3)
    deviation *= shrunk
    assert abs(weights.mean()) <= 5 * deviation / np.sqrt(weights.size)
    assert weights.std() == pytest.approx(deviation, rel=0.05)
    largest = np.abs(weights).max()
    if bound is None:
        assert 3 * deviation < largest < 6 * deviation
    else:
        assert 0.99 * bound * shrunk <= largest <= bound * shrunk


@rows
def test_weights_spread_as_documented(row: Initializer) -> None:
    network = single()
    check_spread(row, network.weights(draw(network, row), 0))


@rows
def test_biases_are_drawn_as_the_row_says(row: Initializer) -> None:
    network = single()
    biases = network.biases(draw(network, row), 1)
    assert biases.any() == row.draws_biases
    assert np.abs(biases).max() <= BOUNDS.get(row.name, np.inf)


@rows
def test_the_setting_matters_only_where_the_row_says_so(row: Initializer) -> None:
    network = single()
    other = initial_parameters(network, row, 2 * SPREAD, np.random.default_rng(0))
    doubled = 2 * draw(network, row) if row.uses_spread else draw(network, row)
    np.testing.assert_allclose(other, doubled, rtol=1e-15)


@rows
def test_absent_weights_do_not_count_as_fan_in(row: Initializer) -> None:
    """Half of the weights in every row and column: fans halve, fan-scaled weights grow."""
    mask = (np.add.outer(np.arange(N_IN), np.arange(N_OUT)) % 2).astype(bool)
    groups = (Group("input", N_IN, "input"), Group("output", N_OUT, "output"))
    network = Network(groups, (Connection(0, 1, mask),))
    weights = network.weights(draw(network, row), 0)
    scaled = row.name in {"fan_in", "xavier", "he"}
    check_spread(row, weights[mask], shrunk=np.sqrt(2) if scaled else 1.0)
    assert not weights[~mask].any()


@pytest.mark.parametrize("name", ["fan_in", "he"])
def test_fan_in_counts_all_connections_into_a_group(name: str) -> None:
    groups = (
        Group("left", N_IN // 2, "input"),
        Group("right", N_IN // 2, "input"),
        Group("output", N_OUT, "output"),
    )
    network = Network(groups, (Connection(0, 2), Connection(1, 2)))
    parameters = draw(network, INITIALIZERS[name])
    both = np.concatenate([network.weights(parameters, c) for c in (0, 1)])
    check_spread(INITIALIZERS[name], both)


@rows
@given(network=networks(), seed=seeds)
def test_masks_and_ties_are_obeyed(row: Initializer, network: Network, seed: int) -> None:
    parameters = draw(network, row, seed)
    for members in free_directions(network):
        assert len(np.unique(parameters[members])) == 1
    for c, link in enumerate(network.connections):
        if link.mask is not None:
            assert not network.weights(parameters, c)[~link.mask].any()


@rows
@given(network=networks(), seed=seeds)
def test_one_seed_gives_the_same_weights(row: Initializer, network: Network, seed: int) -> None:
    assert same_bits(draw(network, row, seed), draw(network, row, seed))


@rows
def test_another_seed_gives_other_weights(row: Initializer) -> None:
    network = single()
    same = np.array_equal(draw(network, row, 0), draw(network, row, 1))
    assert same == (row.name == "zeros")


@rows
def test_a_row_is_found_by_its_name_and_says_what_it_is(row: Initializer) -> None:
    assert INITIALIZERS[row.name] is row
    assert row.label
    assert row.tex
    assert (row.name in BOUNDS) != (row.name in DEVIATIONS)
