"""Optimizers: how a negative gradient becomes a change of the parameters, one row each.

``neg_gradient`` is minus the gradient (dw of the lecture's formulas before epsilon), so every
step adds. A row has all that the engines, the microscope, the formulas, the Keras script and
the lists need: a new optimizer is one row and nothing else, and the tests walk the rows.

Sources: momentum as Rumelhart, Hinton & Williams 1986, eq. 16; Nesterov's momentum (Nesterov
1983, A method of solving a convex programming problem with convergence rate O(1/k^2)) as
Sutskever, Martens, Dahl & Hinton 2013 (On the importance of initialization and momentum in deep
learning) have it, in the form of PyTorch and Keras, whose gradient is that of the present
parameters; RMSProp as Hinton's Coursera lecture 6e (2012); Adam as Kingma & Ba 2015, algorithm 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple, Protocol

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
``change`` (N,). ``memory`` (slots, N) is the optimizer's state, which starts as zeros.
``neg_gradient`` (N,) may be overwritten.
"""

CompiledStep = Callable[[Any, Any, Any, int], None]
"""compiled(t, neg_gradient, state, count): as a step, for the compiled engine.

Plain Python that walks the numbers one by one. Row 1 of ``state`` (4, N) becomes the change,
which is added to the parameters afterwards; rows 2 and 3 are the memory. ``t`` has the numbers
of Training under their names; operation by operation it does what ``step`` does.
"""

EPSILON = 1e-8  # Kingma & Ba's; keeps a division finite where no gradient was ever seen


class StepTerm(NamedTuple):
    """One number of the optimizer's step; ``adds`` if the step is the sum of such terms."""

    name: str
    tex: str
    value: float
    adds: bool


Terms = Callable[[OptimizerSettings, float, Vector, int], tuple[StepTerm, ...]]
"""terms(training, g, memory, count): the numbers on the way to the change of one parameter.

``g`` is its neg_gradient direction, ``memory`` (slots,) what was remembered of it before. If they
add up to the change, the first of them is rate times direction.
"""


class StepSymbols(NamedTuple):
    """What the formula of a step is written with, as TeX whose terms can be pointed at.

    change, rate   Delta w and epsilon.
    g, g_squared   a letter for the direction, and its square.
    direction      the direction written out: the sum over the patterns, less weight decay;
                   ``factor`` in brackets where it is a sum of several.
    weight         the weight's own symbol, such as w_{1,2}.
    term           ``term(n, tex)`` is TeX for the n-th of the row's terms.
    """

    change: str
    rate: str
    g: str
    g_squared: str
    direction: str
    factor: str
    weight: str
    term: Callable[[int, str], str]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One optimizer.

    name, label   in files and on the command line; on the screen.
    tex           the step, for a list.
    slots         vectors of memory.
    uses          the settings of Training that it reads.
    step, compiled   the step in NumPy and for the compiled engine.
    terms         the numbers on the way to a change, for the microscope.
    formula       the formula of a change in symbols, as TeX.
    keras         the same optimizer in Keras: an expression in which {0} stands for Training.
    """

    name: str
    label: str
    tex: str
    slots: int
    uses: tuple[str, ...]
    step: OptimizerStep
    compiled: CompiledStep
    terms: Terms
    formula: Callable[[StepSymbols], str]
    keras: str

    def change(self, training: OptimizerSettings, g: float, memory: Vector, count: int) -> float:
        """The change of one parameter at update number ``count``: what ``step`` makes of it.

        ``g`` is its neg_gradient direction, ``memory`` (slots,) what was remembered of it before.
        """
        change = np.zeros(1)
        remembered = np.array(memory, dtype=float)[:, None]
        with np.errstate(all="ignore"):  # a diverged run is shown as it is
            self.step(training, np.zeros(1), np.array([g]), remembered, change, count)
        return float(change[0])


def _rate_times_direction(training: OptimizerSettings, g: float) -> StepTerm:
    return StepTerm("rate times direction", r"\epsilon g", training.rate * g, True)


# -- gradient descent ----------------------------------------------------------------------


def _descent(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    np.multiply(neg_gradient, training.rate, out=change)
    np.add(parameters, change, out=parameters)


def _descent_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    for k in range(len(neg_gradient)):
        state[1, k] = neg_gradient[k] * t.rate


def _descent_terms(
    training: OptimizerSettings, g: float, memory: Vector, count: int
) -> tuple[StepTerm, ...]:
    return (_rate_times_direction(training, g),)


DESCENT = Optimizer(
    "descent", "gradient descent", r"\Delta w=-\epsilon\frac{\partial E}{\partial w}",
    0, ("rate",), _descent, _descent_compiled, _descent_terms,
    formula=lambda s: rf"{s.change} = {s.rate}\,{s.factor}",
    keras="keras.optimizers.SGD({0.rate!r})",
)  # fmt: skip


# -- momentum ------------------------------------------------------------------------------


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


def _momentum_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    for k in range(len(neg_gradient)):
        state[2, k] = state[2, k] * t.momentum + neg_gradient[k] * t.rate
        state[1, k] = state[2, k]


def _momentum_terms(
    training: OptimizerSettings, g: float, memory: Vector, count: int
) -> tuple[StepTerm, ...]:
    kept = training.momentum * float(memory[0])
    name = f"momentum: α = {training.momentum:g} times the last change"
    return (
        _rate_times_direction(training, g),
        StepTerm(name, r"\alpha\,\Delta w(t-1)", kept, True),
    )


def _momentum_formula(s: StepSymbols) -> str:
    kept = s.term(1, rf"\alpha\,\Delta {s.weight}(t-1)")
    return rf"{s.change} = {s.rate}\,{s.factor} + {kept}"


MOMENTUM = Optimizer(
    "momentum", "momentum",
    r"\Delta w(t)=-\epsilon\frac{\partial E}{\partial w}+\alpha\Delta w(t-1)",
    1, ("rate", "momentum"), _momentum, _momentum_compiled, _momentum_terms, _momentum_formula,
    keras="keras.optimizers.SGD({0.rate!r}, momentum={0.momentum!r})",
)  # fmt: skip


# -- Nesterov's momentum -------------------------------------------------------------------


def _nesterov(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    velocity = memory[0]
    np.multiply(neg_gradient, training.rate, out=neg_gradient)
    np.multiply(velocity, training.momentum, out=velocity)
    np.add(velocity, neg_gradient, out=velocity)
    np.multiply(velocity, training.momentum, out=change)
    np.add(change, neg_gradient, out=change)
    np.add(parameters, change, out=parameters)


def _nesterov_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    for k in range(len(neg_gradient)):
        step = neg_gradient[k] * t.rate
        state[2, k] = state[2, k] * t.momentum + step
        state[1, k] = state[2, k] * t.momentum + step


def _nesterov_terms(
    training: OptimizerSettings, g: float, memory: Vector, count: int
) -> tuple[StepTerm, ...]:
    velocity = training.momentum * float(memory[0]) + training.rate * g
    name = f"momentum: α = {training.momentum:g} times the velocity v, with this step in it,"
    return (
        _rate_times_direction(training, g),
        StepTerm(name, r"\alpha v", training.momentum * velocity, True),
    )


def _nesterov_formula(s: StepSymbols) -> str:
    ahead = s.term(1, r"\alpha v")
    return (
        rf"{s.change} = {s.rate}\,{s.g} + {ahead},\quad "
        rf"{s.g} = {s.direction},\quad v = \alpha v' + {s.rate}\,{s.g}"
    )


NESTEROV = Optimizer(
    "nesterov", "Nesterov momentum",
    r"\Delta w=-\epsilon\frac{\partial E}{\partial w}+\alpha v,"
    r"\ v\leftarrow\alpha v-\epsilon\frac{\partial E}{\partial w}",
    1, ("rate", "momentum"), _nesterov, _nesterov_compiled, _nesterov_terms, _nesterov_formula,
    keras="keras.optimizers.SGD({0.rate!r}, momentum={0.momentum!r}, nesterov=True)",
)  # fmt: skip


# -- RMSProp -------------------------------------------------------------------------------


def _rmsprop(
    training: OptimizerSettings, parameters: Vector, neg_gradient: Vector, memory: Matrix,
    change: Vector, count: int,
) -> None:  # fmt: skip
    _mean_square(memory[0], neg_gradient, training.rho, change)
    np.sqrt(memory[0], out=change)
    _divided_step(training.rate, parameters, neg_gradient, change)


def _rmsprop_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    for k in range(len(neg_gradient)):
        g = neg_gradient[k]
        state[2, k] = state[2, k] * t.rho + (g * g) * (1.0 - t.rho)
        state[1, k] = g / (sqrt(state[2, k]) + EPSILON) * t.rate


def _rmsprop_terms(
    training: OptimizerSettings, g: float, memory: Vector, count: int
) -> tuple[StepTerm, ...]:
    square = training.rho * float(memory[0]) + (1.0 - training.rho) * g * g
    return (StepTerm("mean square of the direction", "v", square, False),)


def _rmsprop_formula(s: StepSymbols) -> str:
    v = s.term(0, "v")
    return (
        rf"{s.change} = {s.rate}\,\frac{{{s.g}}}{{\sqrt{{{v}}}+10^{{-8}}}},\quad "
        rf"{s.g} = {s.direction},\quad {v} = \rho v' + (1-\rho) {s.g_squared}"
    )


RMSPROP = Optimizer(
    "rmsprop", "RMSProp",
    r"\Delta w=-\epsilon\frac{g}{\sqrt{v}+10^{-8}},\ v\leftarrow\rho v+(1-\rho)g^2",
    1, ("rate", "rho"), _rmsprop, _rmsprop_compiled, _rmsprop_terms, _rmsprop_formula,
    # Keras adds epsilon under the root, we add 1e-8 to the root.
    keras="keras.optimizers.RMSprop({0.rate!r}, rho={0.rho!r}, epsilon=1e-16)",
)  # fmt: skip


# -- Adam ----------------------------------------------------------------------------------


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


def _adam_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    grown_rate = t.rate / (1.0 - t.beta1 ** float(count))
    grown = 1.0 / (1.0 - t.beta2 ** float(count))
    for k in range(len(neg_gradient)):
        g = neg_gradient[k]
        state[3, k] = state[3, k] * t.beta2 + (g * g) * (1.0 - t.beta2)
        state[2, k] = state[2, k] * t.beta1 + g * (1.0 - t.beta1)
        state[1, k] = state[2, k] / (sqrt(state[3, k] * grown) + EPSILON) * grown_rate


def _adam_terms(
    training: OptimizerSettings, g: float, memory: Vector, count: int
) -> tuple[StepTerm, ...]:
    mean = training.beta1 * float(memory[0]) + (1.0 - training.beta1) * g
    square = training.beta2 * float(memory[1]) + (1.0 - training.beta2) * g * g
    mean_hat = mean / (1.0 - training.beta1**count)
    square_hat = square / (1.0 - training.beta2**count)
    return (
        StepTerm("mean direction", "m", mean, False),
        StepTerm("mean square of the direction", "v", square, False),
        StepTerm("mean, corrected for its start", r"\hat{m}", mean_hat, False),
        StepTerm("mean square, corrected for its start", r"\hat{v}", square_hat, False),
    )


def _adam_formula(s: StepSymbols) -> str:
    mean, square = s.term(2, r"\hat{m}"), s.term(3, r"\hat{v}")
    step = rf"\frac{{{mean}}}{{\sqrt{{{square}}}+10^{{-8}}}}"
    return rf"{s.change} = {s.rate}\,{step},\quad {s.g} = {s.direction}"


ADAM = Optimizer(
    "adam", "Adam",
    r"\Delta w=-\epsilon\frac{\hat{m}}{\sqrt{\hat{v}}+10^{-8}}",
    2, ("rate", "beta1", "beta2"), _adam, _adam_compiled, _adam_terms, _adam_formula,
    keras=(
        "keras.optimizers.Adam({0.rate!r}, beta_1={0.beta1!r}, beta_2={0.beta2!r}, epsilon=1e-8)"
    ),
)  # fmt: skip


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
    row.name: row for row in (DESCENT, MOMENTUM, NESTEROV, RMSPROP, ADAM)
}
"""Every optimizer by name; a new one is one row, and the tests walk the rows."""
