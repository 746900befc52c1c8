"""Experiments and pattern sets that the tests of bpviz.experiment share."""

from typing import Any

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.experiment.experiment import Experiment, Hidden, Link
from bpviz.experiment.prepare import PreparedExperiment, prepare

SIDE = 4


def images(n_patterns: int = 10) -> PatternSet:
    """Random 4 x 4 images in three classes."""
    rng = np.random.default_rng(0)
    names = ("a", "b", "c")
    return PatternSet(
        "images", "classes",
        Patterns(rng.random((n_patterns, SIDE**2)), np.eye(3)[np.arange(n_patterns) % 3]),
        tuple(f"pixel {i}" for i in range(SIDE**2)), names,
        class_names=names, image_shape=(SIDE, SIDE),
    )  # fmt: skip


def numbers(targets: Any, test: Any = None) -> PatternSet:
    """One input per pattern; as many outputs as the targets have columns."""
    targets = np.array(targets, dtype=float)
    if test is not None:
        test = Patterns(np.ones((len(test), 1)), np.array(test, dtype=float))
    return PatternSet(
        "numbers", "regression", Patterns(np.ones((len(targets), 1)), targets), ("x",),
        tuple(f"y{k}" for k in range(targets.shape[1])), test, domain=((-2.0, 3.0),),
    )  # fmt: skip


def setup_of(patterns: PatternSet | None = None, **fields: Any) -> PreparedExperiment:
    return prepare(Experiment(**fields), patterns=patterns)


def image_setup(*links: Link, hidden: int = 4, seed: int = 0, **fields: Any) -> PreparedExperiment:
    return setup_of(
        images(), hidden=(Hidden(hidden, "tanh"),), output="softmax", error="categorical",
        links=links, seed=seed, **fields,
    )  # fmt: skip
