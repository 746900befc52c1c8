"""Inputs computed from the two coordinates of a point: the features of the TensorFlow Playground.

With them a single layer can draw curves: with x1·x2 it learns XOR, with the squares a circle
(Smilkov & Carter 2016, playground.tensorflow.org).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet, Plane
from bpviz.core.values import Matrix, Vector
from bpviz.problems.base import Option
from bpviz.problems.sampling import domain_of


@dataclass(frozen=True, slots=True)
class Feature:
    """One input: how it is typed and called, and its value at x1 and x2 (P,)."""

    name: str
    label: str
    value: Callable[[Vector, Vector], Vector]


FEATURES = (
    Feature("x1", "x1", lambda x1, x2: x1),
    Feature("x2", "x2", lambda x1, x2: x2),
    Feature("x1^2", "x1²", lambda x1, x2: x1 * x1),
    Feature("x2^2", "x2²", lambda x1, x2: x2 * x2),
    Feature("x1*x2", "x1·x2", lambda x1, x2: x1 * x2),
    Feature("sin(x1)", "sin x1", lambda x1, x2: np.sin(x1)),
    Feature("sin(x2)", "sin x2", lambda x1, x2: np.sin(x2)),
)
"""Every feature; a new one is one row."""

COORDINATES = "x1,x2"

FEATURE_OPTION = Option(
    "features", "inputs", "set", COORDINATES, choices=tuple(row.name for row in FEATURES),
    labels=tuple(row.label for row in FEATURES),
    help="What the network is told about a point: its coordinates, and numbers made of them.",
)  # fmt: skip


def with_features(patterns: PatternSet, chosen: str) -> PatternSet:
    """The patterns of two inputs with the chosen features (names with commas) as inputs."""
    names = chosen.split(",")
    rows = [row for row in FEATURES if row.name in names]
    labels = tuple(row.label for row in rows)
    if labels == patterns.input_names:
        return patterns

    def expand(points: Matrix) -> Matrix:
        x1, x2 = points[:, 0], points[:, 1]
        return np.stack([row.value(x1, x2) for row in rows], axis=1)

    def part(plain: Patterns) -> Patterns:
        return Patterns(expand(plain.inputs), plain.targets)

    whole = all(name in labels for name in patterns.input_names)
    train, test = patterns.train, patterns.test
    plane = Plane(
        (patterns.input_names[0], patterns.input_names[1]),
        (patterns.domain[0], patterns.domain[1]),
        expand,
        (labels.index("x1"), labels.index("x2")) if whole else None,
        train.inputs,
        None if test is None else test.inputs,
    )
    every = np.concatenate([train.inputs, *([test.inputs] if test is not None else [])])
    return replace(
        patterns,
        train=part(train),
        test=None if test is None else part(test),
        input_names=labels,
        domain=domain_of(expand(every)),
        plane=plane,
    )
