"""The step of each optimizer for one number, term by term."""

from typing import NamedTuple

import numpy as np

from bpviz.core.learning.optimizers import EPSILON
from bpviz.core.learning.settings import Training
from bpviz.core.values import Vector


class StepTerm(NamedTuple):
    """One number of the optimizer's step; ``adds``: whether the step is the sum of these terms."""

    name: str
    tex: str
    value: float
    adds: bool


Steps = tuple[tuple[StepTerm, ...], float]


def _descent(training: Training, g: float, memory: Vector, count: int) -> Steps:
    step = training.rate * g
    return (StepTerm("rate times direction", r"\epsilon g", step, True),), step


def _momentum(training: Training, g: float, memory: Vector, count: int) -> Steps:
    now, kept = training.rate * g, training.momentum * float(memory[0])
    return (
        StepTerm("rate times direction", r"\epsilon g", now, True),
        StepTerm("momentum: share of the last change", r"\alpha\,\Delta w(t-1)", kept, True),
    ), now + kept


def _rmsprop(training: Training, g: float, memory: Vector, count: int) -> Steps:
    square = training.rho * float(memory[0]) + (1.0 - training.rho) * g * g
    return (StepTerm("mean square of the direction", "v", square, False),), training.rate * g / (
        np.sqrt(square) + EPSILON
    )


def _adam(training: Training, g: float, memory: Vector, count: int) -> Steps:
    mean = training.beta1 * float(memory[0]) + (1.0 - training.beta1) * g
    square = training.beta2 * float(memory[1]) + (1.0 - training.beta2) * g * g
    mean_hat = mean / (1.0 - training.beta1**count)
    square_hat = square / (1.0 - training.beta2**count)
    return (
        StepTerm("mean direction", "m", mean, False),
        StepTerm("mean square of the direction", "v", square, False),
        StepTerm("mean, corrected for its start", r"\hat{m}", mean_hat, False),
        StepTerm("mean square, corrected for its start", r"\hat{v}", square_hat, False),
    ), training.rate * mean_hat / (float(np.sqrt(square_hat)) + EPSILON)


STEPS = {"descent": _descent, "momentum": _momentum, "rmsprop": _rmsprop, "adam": _adam}
"""Optimizer -> its step for a single number; tests compare it with optimizers.OPTIMIZERS."""
