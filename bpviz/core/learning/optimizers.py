"""Optimizers: how a negative gradient becomes a change of the parameters, one row each.

``neg_gradient`` is minus the gradient (dw of the lecture's formulas before epsilon), so every
step adds. Sources: momentum as Rumelhart, Hinton & Williams 1986, eq. 16; RMSProp as
Hinton's Coursera lecture 6e (2012); Adam as Kingma & Ba 2015, algorithm 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bpviz.core.values import Matrix, Vector


class OptimizerSettings(Protocol):
    """The settings that steps read; see settings.Training, which has them."""

    @property
    def rate(self) -> float:
        """Learning rate."""

    @property
    def momentum(self) -> float:
        """Share of the last change that is kept."""

    @property
    def beta1(self) -> float:
        """Decay of the mean gradient."""

    @property
    def beta2(self) -> float:
        """Decay of the mean squared gradient (Adam)."""

    @property
    def rho(self) -> float:
        """Decay of the mean squared gradient (RMSProp)."""


OptimizerStep = Callable[[OptimizerSettings, Vector, Vector, Matrix, Vector, int], None]
"""step(training, parameters, neg_gradient, memory, change, count).

Adds the change of update number ``count`` (from 1) to ``parameters`` (N,) and leaves it in
``change`` (N,). ``memory`` (slots, N) is what the optimizer remembers; it starts as zeros.
``neg_gradient`` (N,) may be overwritten.
"""

EPSILON = 1e-8  # Kingma & Ba's; keeps a division finite where no gradient was ever seen


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One optimizer: ``slots`` vectors of memory, ``uses`` the settings of Training it reads."""

    name: str
    label: str
    tex: str
    slots: int
    uses: tuple[str, ...]
    step: OptimizerStep


def _descent(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    np.multiply(neg_gradient, training.rate, out=change)
    np.add(parameters, change, out=parameters)


def _momentum(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    last = memory[0]
    np.multiply(last, training.momentum, last)
    np.multiply(neg_gradient, training.rate, change)
    np.add(last, change, last)
    np.copyto(change, last)
    np.add(parameters, change, parameters)


def _rmsprop(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    _mean_square(memory[0], neg_gradient, training.rho, change)
    np.sqrt(memory[0], out=change)
    _divided_step(training.rate, parameters, neg_gradient, change)


def _adam(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    mean, square = memory
    _mean_square(square, neg_gradient, training.beta2, change)
    np.multiply(neg_gradient, 1.0 - training.beta1, out=neg_gradient)
    np.multiply(mean, training.beta1, out=mean)
    np.add(mean, neg_gradient, out=mean)
    np.multiply(square, 1.0 / (1.0 - training.beta2**count), out=change)
    np.sqrt(change, out=change)
    _divided_step(training.rate / (1.0 - training.beta1**count), parameters, mean, change)


def _mean_square(mean: Vector, neg_gradient: Vector, keep: float, scratch: Vector) -> None:
    np.multiply(neg_gradient, neg_gradient, out=scratch)
    np.multiply(scratch, 1.0 - keep, out=scratch)
    np.multiply(mean, keep, out=mean)
    np.add(mean, scratch, out=mean)


def _divided_step(rate: float, parameters: Vector, direction: Vector, change: Vector) -> None:
    """Add rate * direction / (change + epsilon); change holds a root mean square on entry."""
    np.add(change, EPSILON, out=change)
    np.divide(direction, change, out=change)
    np.multiply(change, rate, out=change)
    np.add(parameters, change, out=parameters)


OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer(
            "descent", "gradient descent", r"\Delta w=-\epsilon\frac{\partial E}{\partial w}",
            0, ("rate",), _descent,
        ),
        Optimizer(
            "momentum", "momentum",
            r"\Delta w(t)=-\epsilon\frac{\partial E}{\partial w}+\alpha\Delta w(t-1)",
            1, ("rate", "momentum"), _momentum,
        ),
        Optimizer(
            "rmsprop", "RMSProp",
            r"\Delta w=-\epsilon\frac{g}{\sqrt{v}+10^{-8}},\ v\leftarrow\rho v+(1-\rho)g^2",
            1, ("rate", "rho"), _rmsprop,
        ),
        Optimizer(
            "adam", "Adam",
            r"\Delta w=-\epsilon\frac{\hat{m}}{\sqrt{\hat{v}}+10^{-8}}",
            2, ("rate", "beta1", "beta2"), _adam,
        ),
    )
}  # fmt: skip
"""Every optimizer by name; a new one is one row, and the tests walk the rows."""
