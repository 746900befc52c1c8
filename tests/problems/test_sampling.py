"""The split into training and test patterns, and standardised numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.problems.sampling import domain_of, scale_of, split_rows

shares = st.floats(0.0, 0.9)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=200), shares, seeds)
def test_every_pattern_is_on_one_side_and_every_class_is_trained(
    classes: list[int], share: float, seed: int
) -> None:
    of = np.array(classes)
    train, test = split_rows(len(of), share, seed, of)
    assert sorted([*train, *test]) == list(range(len(of)))
    assert set(of[train]) == set(classes)
    for label in set(classes):
        in_class, in_test = np.sum(of == label), np.sum(of[test] == label)
        # Its share of the whole, but for one pattern kept in training and rounding.
        assert abs(in_test - share * in_class) <= 2 + share * len(set(classes))


@settings(deadline=None)
@given(st.integers(1, 300), shares, seeds)
def test_without_classes_the_share_is_exact(n: int, share: float, seed: int) -> None:
    train, test = split_rows(n, share, seed)
    assert len(test) == min(round(share * n), n - 1)
    assert len(train) + len(test) == n


def test_the_seed_decides_and_order_is_kept() -> None:
    first, again, other = (split_rows(100, 0.3, seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again == sorted(first)
    assert first != other


def test_standardised_numbers_have_mean_0_and_deviation_1() -> None:
    numbers = np.random.default_rng(0).normal(5.0, 3.0, (200, 3)) * [1.0, 1e6, 1e-6]
    scaled = scale_of(numbers).apply(numbers)
    assert np.allclose(scaled.mean(axis=0), 0.0)
    assert np.allclose(scaled.std(axis=0), 1.0)


def test_a_column_that_does_not_vary_is_only_moved() -> None:
    numbers = np.full((7, 1), 0.1)  # whose standard deviation is not exactly 0 in float64
    assert np.allclose(scale_of(numbers).apply(np.array([[0.1], [0.3]])), [[0.0], [0.2]])


def test_a_domain_is_kept_where_it_covers_the_data() -> None:
    inputs = np.array([[0.0, 0.0], [1.0, 9.0]])
    at_least = ((-2.0, 2.0), (-2.0, 2.0))
    assert domain_of(inputs, at_least) == ((-2.0, 2.0), (-0.9, 9.9))
