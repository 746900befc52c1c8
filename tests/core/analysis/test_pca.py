"""Principal components against the singular values, and their signs from frame to frame."""

import numpy as np
import pytest

from bpviz.core.analysis.pca import LARGEST, principal_components


def cloud(points: int, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(points, n)) * np.linspace(3.0, 0.5, n) + rng.normal(size=n)


@pytest.mark.parametrize(("points", "n"), [(60, 5), (4, 12), (30, 30)])
def test_directions_and_shares_are_those_of_the_singular_values(points: int, n: int) -> None:
    data = cloud(points, n)
    found = principal_components(data, 3)
    _, sizes, rows = np.linalg.svd(data - data.mean(axis=0), full_matrices=False)
    assert np.allclose(np.abs(found.directions.T @ rows[:3].T), np.eye(3), atol=1e-6)
    assert np.allclose(found.shares, (sizes**2 / (sizes**2).sum())[:3])
    assert np.allclose(found.directions.T @ found.directions, np.eye(3))


def test_a_direction_keeps_its_sign_from_frame_to_frame() -> None:
    data = cloud(60, 5)
    like = -principal_components(data, 2).directions
    rng = np.random.default_rng(1)
    for _ in range(20):
        data = data + 0.05 * rng.normal(size=data.shape)
        found = principal_components(data, 2, like)
        assert (np.einsum("nk,nk->k", found.directions, like) > 0.5).all()
        like = found.directions


@pytest.mark.parametrize("data", [np.zeros((4, 6)), np.ones((1, 3)), np.ones((9, 2))])
def test_points_without_spread_have_directions_and_no_shares(data: np.ndarray) -> None:
    found = principal_components(data, 2)
    assert np.allclose(found.directions.T @ found.directions, np.eye(2))
    assert np.isnan(found.shares).all()


def test_a_large_cloud_is_measured_on_a_sample_of_its_points() -> None:
    rng = np.random.default_rng(2)
    n = LARGEST + 50
    line = rng.normal(size=(n, 1)) @ rng.normal(size=(1, n)) + 0.01 * rng.normal(size=(n, n))
    found = principal_components(line, 2)
    assert found.shares[0] > 0.99
