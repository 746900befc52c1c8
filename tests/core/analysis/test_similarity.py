"""The similarity of patterns: distances, correlations, and the tree, against SciPy's."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import pdist, squareform

from bpviz.core.analysis.similarity import (
    MEASURES,
    MOST_PATTERNS,
    even_sample,
    pairwise,
    similarity,
    tree_lines,
)


@pytest.mark.parametrize(
    ("measure", "metric"), [("distance", "euclidean"), ("correlation", "correlation")]
)
@pytest.mark.parametrize("n", [2, 3, 16, 120])
def test_matrix_and_tree_are_scipys(measure: str, metric: str, n: int) -> None:
    activations = np.random.default_rng(n).random((n, 5))
    far = pdist(activations, metric)
    found, tree = similarity(activations, measure), linkage(far, "average")
    ours = found.matrix if measure == "distance" else 1.0 - found.matrix
    np.testing.assert_allclose(ours, squareform(far), atol=1e-7)
    np.testing.assert_allclose(found.merges, tree, atol=1e-7)
    np.testing.assert_array_equal(found.order, leaves_list(tree))


def test_a_pattern_whose_activations_are_equal_has_no_correlation() -> None:
    found = pairwise(np.array([[0.3, 0.3], [0.1, 0.9], [0.2, 0.6]]), "correlation")
    assert np.isnan(found[0]).all()
    assert found[1, 2] == pytest.approx(1.0)
    order = similarity(np.array([[0.3, 0.3], [0.1, 0.9], [0.2, 0.6]]), "correlation").order
    assert sorted(order) == [0, 1, 2]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_single_pattern_has_a_tree_without_branches(measure: str) -> None:
    found = similarity(np.ones((1, 3)), measure)
    assert found.order.tolist() == [0]
    assert len(tree_lines(found)) == 0


def test_the_brackets_of_a_tree_join_what_is_near() -> None:
    found = similarity(np.array([[0.0], [5.0], [1.0]]), "distance")
    first, second = tree_lines(found)
    places = dict(zip(found.order.tolist(), (0.5, 1.5, 2.5), strict=True))
    assert {first[0], first[2]} == {places[0], places[2]}
    assert first[4] == 1.0
    assert second[4] == 4.5  # the average of 5 and 4


def test_many_patterns_are_sampled_evenly() -> None:
    assert even_sample(5).tolist() == [0, 1, 2, 3, 4]
    sample = even_sample(1_000)
    assert len(sample) == MOST_PATTERNS
    assert (sample[0], sample[-1]) == (0, 999)
    assert set(np.diff(sample)) <= {8, 9}


@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_too_large_is_not_finite_without_a_warning(measure: str) -> None:
    found = pairwise(np.array([[1e200, -1e200], [0.1, 0.2], [np.inf, 1.0]]), measure)
    assert not np.isfinite(found[2, 1])
