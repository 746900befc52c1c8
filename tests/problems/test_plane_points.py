"""Points in the plane: the published geometry of each data set."""

import numpy as np
import pytest

from bpviz.core.values import Matrix, Vector
from bpviz.problems.table import PROBLEMS

NAMES = ["circle", "xor-clouds", "gauss", "spiral", "moons", "plane", "multi-gauss"]


def points(name: str, noise: float = 0.0, size: int = 1000, seed: int = 3) -> tuple[Matrix, Vector]:
    options = {"noise": noise, "size": size, "test_share": 0.0, "data_seed": seed}
    patterns = PROBLEMS[name].load(options).train
    return patterns.inputs, patterns.targets[:, 0]


def test_circle_is_a_disc_in_a_ring() -> None:
    where, target = points("circle")
    r = np.hypot(*where.T)
    assert (r[target == 1] < 2.5).all()
    assert ((r[target == 0] >= 3.5) & (r[target == 0] <= 5.0)).all()
    assert target.mean() == 0.5


def test_xor_clouds_agree_where_the_signs_do() -> None:
    where, target = points("xor-clouds")
    assert ((where.prod(axis=1) > 0) == (target == 1)).all()
    assert np.abs(where).min() >= 0.3
    assert np.abs(where).max() <= 5.3


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gauss_is_two_clouds_of_the_published_variance(noise: float, variance: float) -> None:
    where, target = points("gauss", noise, size=10_000)
    for label, centre in ((1, 2.0), (0, -2.0)):
        cloud = where[target == label]
        assert np.allclose(cloud.mean(axis=0), centre, atol=0.15)
        assert np.allclose(cloud.var(axis=0), variance, rtol=0.1)


def test_spiral_arms_wind_once_and_three_quarters_to_radius_5() -> None:
    where, target = points("spiral", size=200)
    for label, shift in ((1, 0.0), (0, np.pi)):
        arm = where[target == label]
        r = np.sort(np.hypot(*arm.T))
        assert np.allclose(r, np.arange(1, 101) / 100 * 5.0)
        angle = 1.75 * r / 5.0 * 2 * np.pi + shift
        expected = r[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        assert np.allclose(arm[np.argsort(np.hypot(*arm.T))], expected)


def test_no_two_points_of_the_spiral_contradict_each_other() -> None:
    where, _ = points("spiral")
    assert len(np.unique(where.round(12), axis=0)) == len(where)


def test_moons_are_half_circles_of_radius_1() -> None:
    where, target = points("moons")
    upper, lower = where[target == 0], where[target == 1]
    assert np.allclose(np.hypot(*upper.T), 1.0)
    assert (upper[:, 1] >= -1e-12).all()
    assert np.allclose(np.hypot(*(lower - [1.0, 0.5]).T), 1.0)
    assert (lower[:, 1] <= 0.5 + 1e-12).all()


def test_plane_grows_evenly() -> None:
    where, target = points("plane")
    assert np.allclose(target, where.sum(axis=1) / 10.0)


@pytest.mark.parametrize(
    ("centre", "sign"),
    [
        ((-4, 2.5), 1), ((0, 2.5), -1), ((4, 2.5), 1),
        ((-4, -2.5), -1), ((0, -2.5), 1), ((4, -2.5), -1),
    ],
)  # fmt: skip
def test_multi_gauss_has_its_hills_and_hollows(centre: tuple[float, float], sign: int) -> None:
    where, target = points("multi-gauss", size=10_000)
    distance = np.hypot(*(where - centre).T)
    near = distance < 2.0
    assert near.sum() > 300
    assert np.allclose(target[near], sign * (1.0 - distance[near] / 2.0))


def test_multi_gauss_is_flat_between_them() -> None:
    where, target = points("multi-gauss")
    assert (target[np.abs(where[:, 1]) < 0.5] == 0.0).all()


@pytest.mark.parametrize("name", NAMES)
def test_noise_makes_it_harder(name: str) -> None:
    (clean, clean_target), (noisy, noisy_target) = points(name), points(name, 0.5)
    if name in ("gauss", "spiral", "moons"):  # here points stray ...
        assert not np.allclose(clean, noisy)
        assert np.array_equal(clean_target, noisy_target)
    else:  # ... there only answers change
        assert np.array_equal(np.sort(clean, axis=0), np.sort(noisy, axis=0))
        assert not np.array_equal(clean_target, noisy_target)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [10, 11, 501])
def test_size_is_the_number_of_points(name: str, size: int) -> None:
    where, target = points(name, size=size)
    assert len(where) == len(target) == size


@pytest.mark.parametrize("name", NAMES)
def test_the_test_share_does_not_move_the_points(name: str) -> None:
    whole = PROBLEMS[name].load({"test_share": 0.0}).train.inputs
    part = PROBLEMS[name].load({"test_share": 0.5})
    assert part.test is not None
    halves = np.concatenate([part.train.inputs, part.test.inputs])
    assert np.array_equal(np.sort(halves, axis=0), np.sort(whole, axis=0))


@pytest.mark.parametrize("name", ["circle", "gauss", "spiral"])
def test_the_fixed_order_mixes_the_classes(name: str) -> None:
    _, target = points(name)
    assert 0.3 < target[:100].mean() < 0.7
