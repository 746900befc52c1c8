"""Points in the plane with a class or a number each.

Circle, XOR clouds, Gauss, spiral, plane and multi-Gauss have the geometry of the TensorFlow
Playground (Smilkov & Carter 2016, playground.tensorflow.org); the moons are the two
interleaved half circles known from scikit-learn's ``make_moons``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import Matrix, Vector
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.features import FEATURE_OPTION, with_features
from bpviz.problems.sampling import (
    DATA_SEED,
    NOISE,
    POINTS,
    Domain,
    domain_of,
    generator,
    split,
    test_share,
)

Rng = np.random.Generator
DrawPoints = Callable[[int, float, Rng, Rng], tuple[Matrix, Vector]]
"""draw(n, noise, points, noises) -> points (n, 2) and their targets (n,).

The two generators are separate so that the noise does not move the points.
"""

RADIUS = 5.0
SQUARE = (-6.0, 6.0)
PLAYGROUND = (SQUARE, SQUARE)  # the part of the plane that the Playground shows
AROUND_MOONS = ((-1.5, 2.5), (-1.0, 1.5))


def _disc(n: int, low: float, high: float, rng: Rng) -> Matrix:
    """Points with a uniform distance from the origin and a uniform angle."""
    r, angle = rng.uniform(low, high, n), rng.uniform(0.0, 2 * np.pi, n)
    return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)


def _circle(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """An inner disc in a ring; the noise decides near the border, not where a point lies."""
    inner, outer = _disc(n - n // 2, 0.0, 0.5, rng), _disc(n // 2, 0.7, 1.0, rng)
    points = RADIUS * np.concatenate([inner, outer])
    judged = points + noises.uniform(-RADIUS, RADIUS, points.shape) * noise
    return points, (np.hypot(*judged.T) < 0.5 * RADIUS).astype(float)


def _xor_clouds(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Four squares, alike across the corner, with a gap along the axes."""
    points = rng.uniform(-RADIUS, RADIUS, (n, 2))
    points += np.where(points > 0, 0.3, -0.3)
    judged = points + noises.uniform(-RADIUS, RADIUS, points.shape) * noise
    return points, (judged.prod(axis=1) >= 0).astype(float)


def _gauss(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Two clouds around (2, 2) and (-2, -2), whose variance grows from 0.5 to 4."""
    targets = (np.arange(n) < n - n // 2).astype(float)
    centres = np.where(targets > 0, 2.0, -2.0)[:, None]
    return centres + np.sqrt(0.5 + 7.0 * noise) * rng.normal(size=(n, 2)), targets


def _two_sides(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Points at least 0.5 from the line x1 + x2 / 2 = 0.5; the noise decides on which side."""
    normal = np.array([1.0, 0.5]) / np.hypot(1.0, 0.5)
    points = rng.uniform(-RADIUS, RADIUS, (n, 2))
    side = points @ normal - 0.5 / np.hypot(1.0, 0.5)
    points += np.where(side > 0, 0.5, -0.5)[:, None] * normal
    judged = side + noises.uniform(-RADIUS, RADIUS, n) * noise
    return points, (judged > 0).astype(float)


def _spiral(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Two arms of 1 3/4 turns each.

    Each arm's i runs from 1, not from 0: both arms starting in the origin would be one
    point in two classes.
    """
    targets = (np.arange(n) < n - n // 2).astype(float)
    counts = np.where(targets > 0, n - n // 2, n // 2)
    along = np.concatenate([np.arange(n - n // 2), np.arange(n // 2)]) + 1.0
    r = along / counts
    angle = 1.75 * 2 * np.pi * r + np.where(targets > 0, 0.0, np.pi)
    points = RADIUS * np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    return points + noises.uniform(-1.0, 1.0, points.shape) * noise, targets


def _moons(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Two interleaved half circles of radius 1."""
    targets = (np.arange(n) >= n - n // 2).astype(float)
    angle = np.concatenate([np.linspace(0.0, np.pi, n - n // 2), np.linspace(0.0, np.pi, n // 2)])
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(targets[:, None] > 0, lower, upper)
    return points + noise * noises.normal(size=points.shape), targets


def _square(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Matrix]:
    """Points all over the square, and where the noise sees them."""
    points = rng.uniform(*SQUARE, (n, 2))
    return points, points + noises.uniform(*SQUARE, points.shape) * noise


def _plane(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    points, judged = _square(n, noise, rng, noises)
    return points, judged.sum(axis=1) / 10.0


HILLS = np.array(
    [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]]
)
"""Centre and sign of the Playground's six hills and hollows."""


def _multi_gauss(n: int, noise: float, rng: Rng, noises: Rng) -> tuple[Matrix, Vector]:
    """Six cones of radius 2 and height 1, three up and three down; the nearest one counts."""
    points, judged = _square(n, noise, rng, noises)
    distances = np.linalg.norm(judged[:, None] - HILLS[:, :2], axis=2)
    nearest = distances.argmin(axis=1)
    heights = np.maximum(0.0, 1.0 - distances.min(axis=1) / 2.0)
    return points, HILLS[nearest, 2] * heights


def _make(
    name: str, draw: DrawPoints, classes: tuple[str, ...], shown: Domain, options: Options
) -> PatternSet:
    n, seed = options["size"], options["data_seed"]
    points, targets = draw(n, options["noise"], generator(seed, POINTS), generator(seed, NOISE))
    # Not class after class: so mini-batches are mixed even in the fixed order.
    order = generator(seed, POINTS).permutation(n)
    points, targets = points[order], targets[order]
    strata = targets.astype(np.int64) if classes else None
    train, test = split(points, targets[:, None], options["test_share"], seed, strata)
    patterns = PatternSet(
        name, "classes" if classes else "regression", train, ("x1", "x2"), ("y",),
        test=test, class_names=classes, domain=domain_of(points, shown),
    )  # fmt: skip
    return with_features(patterns, options["features"])


def _options(noise: float, noise_help: str) -> tuple[Option, ...]:
    return (
        Option(
            "size", "number of points", "int", 500, 10, 10_000,
            help="Training and test patterns together.",
        ),
        Option("noise", "noise", "float", noise, 0.0, 0.5, help=noise_help),
        test_share(0.5),
        DATA_SEED,
        FEATURE_OPTION,
    )  # fmt: skip


LABEL_NOISE = "Points this close to the border (as a share of its size) may get the other answer."
PLACE_NOISE = "How far points stray from where they belong."


def _suits(hidden: tuple[int, ...], training: dict[str, Any], epochs: int) -> dict[str, Any]:
    return {
        "hidden": tuple((size, "tanh") for size in hidden),
        "output": "logistic",
        "error": "binary",
        "initializer": "xavier",
        "tolerance": 0.5,
        "training": {"reduction": "mean", "batch": 10, **training},
        "stop": {"epochs": epochs},
    }


DESCENT: dict[str, Any] = {"optimizer": "descent", "rate": 0.1}
ADAM: dict[str, Any] = {"optimizer": "adam", "rate": 0.01, "batch": 25}
LINEAR = {"output": "linear", "error": "squared", "tolerance": 0.15}

PERCEPTRON: dict[str, Any] = {
    "hidden": (),
    "output": "step",
    "error": "squared",
    "rule": "perceptron",
    "tolerance": 0.5,
    "training": {"optimizer": "descent", "rate": 0.1, "batch": 1},
    "stop": {"epochs": 100},
}

CLASSES, NUMBERS = "Classes in the plane", "Numbers in the plane"


def _classes(
    name: str, label: str, about: str, draw: DrawPoints, names: tuple[str, str],
    noise: tuple[float, str], suits: dict[str, Any], shown: Domain = PLAYGROUND,
) -> Problem:  # fmt: skip
    make = partial(_make, name, draw, names, shown)
    return Problem(name, label, CLASSES, about, make, _options(*noise), suits)


def _numbers(name: str, label: str, about: str, draw: DrawPoints, suits: dict[str, Any]) -> Problem:
    make = partial(_make, name, draw, (), PLAYGROUND)
    return Problem(
        name, label, NUMBERS, about, make, _options(0.0, LABEL_NOISE), {**suits, **LINEAR}
    )


PLANE_POINTS = (
    _classes(
        "circle", "Circle", "A disc inside a ring.", _circle, ("ring", "disc"),
        (0.0, LABEL_NOISE), _suits((4, 2), DESCENT, 500),
    ),
    _classes(
        "xor-clouds", "XOR clouds", "Four squares of points; opposite ones are one class.",
        _xor_clouds, ("signs differ", "signs agree"),
        (0.0, LABEL_NOISE), _suits((4, 2), DESCENT, 500),
    ),
    _classes(
        "gauss", "Gauss", "Two round clouds, which one line separates.", _gauss,
        ("lower left", "upper right"), (0.1, "How far the clouds spread."),
        _suits((2,), DESCENT, 200),
    ),
    _classes(
        "two-sides", "Two sides", "Points on two sides of a line, with a gap between them.",
        _two_sides, ("left", "right"), (0.0, LABEL_NOISE), PERCEPTRON,
    ),
    _classes(
        "overlap", "Overlapping clouds", "Two round clouds that no line separates.", _gauss,
        ("lower left", "upper right"), (0.5, "How far the clouds spread."), PERCEPTRON,
    ),
    _classes(
        "spiral", "Spiral", "Two interleaved spirals.", _spiral, ("arm 1", "arm 2"),
        (0.0, PLACE_NOISE), {**_suits((8, 8), ADAM, 1000), "initializer": "uniform", "spread": 1.0},
    ),
    _classes(
        "moons", "Moons", "Two interleaved half circles.", _moons, ("upper", "lower"),
        (0.1, PLACE_NOISE), _suits((6,), {**ADAM, "batch": 10}, 500), AROUND_MOONS,
    ),
    _numbers(
        "plane", "Plane", "A number that grows evenly from one corner to the other.", _plane,
        _suits((4,), DESCENT, 200),
    ),
    _numbers(
        "multi-gauss", "Multi-Gauss", "Three hills and three hollows.", _multi_gauss,
        _suits((12, 8), ADAM, 1000),
    ),
)  # fmt: skip
