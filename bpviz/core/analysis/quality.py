"""How good answers are, beyond the error: RMSE and R², and precision, recall and F1 of classes."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.patterns import PatternSet, answer_of, class_of
from bpviz.core.values import Integers, Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class RegressionQuality:
    """Of numbers, one for each output (m,): in the units of the targets given.

    rmse  root of the mean squared deviation of outputs from targets.
    r2    coefficient of determination: 1 minus the squared deviations of the outputs, divided by
          those of the targets from their mean; nan where the targets do not vary.
    """

    rmse: Vector
    r2: Vector


@dataclass(frozen=True, slots=True, eq=False)
class ClassQuality:
    """Of classes, one for each (K,); nan where a share has nothing to divide by.

    precision  share of the patterns answered with the class that belong to it.
    recall     share of the patterns of the class that are answered with it.
    f1         harmonic mean of both: 2 TP / (2 TP + FP + FN).
    support    number of patterns of the class.
    """

    names: tuple[str, ...]
    precision: Vector
    recall: Vector
    f1: Vector
    support: Integers


def regression_quality(targets: Matrix, outputs: Matrix) -> RegressionQuality:
    """The quality of outputs (P, m) for targets (P, m)."""
    squares = np.square(targets - outputs).sum(axis=0)
    spread = np.square(targets - targets.mean(axis=0)).sum(axis=0)
    return RegressionQuality(np.sqrt(squares / len(targets)), 1.0 - _share(squares, spread))


def class_quality(targets: Matrix, outputs: Matrix, names: tuple[str, ...]) -> ClassQuality:
    """The quality of outputs (P, m) for coded classes (P, m); see patterns.answer_of.

    A pattern without a single largest output is answered with no class.
    """
    wanted, answers = class_of(targets), answer_of(outputs)
    classes = np.arange(len(names))[:, None]
    of_class, answered = wanted == classes, answers == classes
    hits = (of_class & answered).sum(axis=1).astype(np.float64)
    support, said = of_class.sum(axis=1), answered.sum(axis=1)
    return ClassQuality(
        names,
        _share(hits, said),
        _share(hits, support),
        _share(2.0 * hits, support + said),
        support,
    )


def quality_of(
    patterns: PatternSet, targets: Matrix, outputs: Matrix
) -> RegressionQuality | ClassQuality | None:
    """The quality of outputs for some of the patterns, by their kind; None for a table of
    several targets that are no classes.

    Numbers are measured in the units of the file, also where they are standardised.
    """
    if patterns.kind == "classes":
        return class_quality(targets, outputs, patterns.class_names)
    if patterns.kind == "regression":
        return regression_quality(patterns.in_units(targets), patterns.in_units(outputs))
    return None


def _share(part: Vector, whole: Vector | Integers) -> Vector:
    """part / whole, nan where the whole is 0."""
    shares: Vector = np.full(len(part), np.nan)
    np.divide(part, whole, out=shares, where=np.asarray(whole) > 0)
    return shares
