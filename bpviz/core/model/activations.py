"""Activation functions: an output and its derivative, side by side, one row each.

Notation of the lecture: a unit's net input is ``net``, its activation ``o = f(net)``. Every
derivative is written in terms of the activation, as the lecture's formulas do
(o(1 - o), 1 - o^2, ...), so a backward pass needs no net inputs. That asks for functions that
rise, or are flat only where they are least.

A row has all that the engines, the formulas, the Keras script and the lists need: a new
activation is one row and nothing else, and the tests walk the rows.

Sources: softplus as Dugas, Bengio, Bélisle, Nadeau & Garcia 2001 (Incorporating second-order
functional knowledge for better option pricing); ELU as Clevert, Unterthiner & Hochreiter 2016
(Fast and accurate deep network learning by exponential linear units), with alpha 1; leaky ReLU
as Maas, Hannun & Ng 2013 (Rectifier nonlinearities improve neural network acoustic models),
with their slope of 0.01.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, log1p
from typing import Any, NamedTuple

import numpy as np

from bpviz.core.model.elementary import exp, expm1, tanh
from bpviz.core.values import Matrix

Fill = Callable[[Matrix, Matrix], None]
"""f(source, out): reads source, writes out in place; both of shape (patterns, units), or
(patterns, units, R) for R networks at once."""

_ONE, _ZERO = np.array(1.0), np.array(0.0)
"""As an array: NumPy would make one of a number at every call, which takes as long as the call
itself on the arrays of a small network, and finds an ``out`` by its place sooner than by name."""


class ByUnit(NamedTuple):
    """An activation of single units, for the compiled engine: plain Python on single numbers.

    ``function(net)`` is f(net) and ``slope(act)`` is f'(net), expressed through the activation.
    They may call what is in ``elementary`` and ``math``.
    """

    function: Callable[[float], float]
    slope: Callable[[float], float]


class ByGroup(NamedTuple):
    """An activation that needs all units of a group, for the compiled engine: plain Python.

    ``act`` and ``delta`` are (units, patterns). ``function(act, first, size, k)`` turns the net
    inputs act[first : first + size, k] into activations, and ``deltas(act, delta, first, size,
    k)`` the errors in delta, at the same places, into deltas.
    """

    function: Callable[[Any, int, int, int], None]
    deltas: Callable[[Any, Any, int, int, int], None]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    name, label   in files and on the command line; on the screen.
    tex, derivative_tex   f(net), and f'(net) through the activation, called o.
    function      ``function(net, act)`` writes f(net) into act; with ``in_place`` the two may be
                  the same array.
    derivative    ``derivative(act, out)`` writes f'(net), expressed through the activation.
    low, high     the bounds of what a unit can answer.
    compiled      the same for the compiled engine.
    keras         what Keras calls it, or an expression for a function of its tensors; "": it
                  has no such activation.
    differentiable   whether there is a slope that errors can go back through.
    can_die       whether a unit that answers 0 to every pattern has a slope of 0 for all of
                  them, so that it can learn no more.
    """

    name: str
    label: str
    tex: str
    derivative_tex: str
    function: Fill
    derivative: Fill
    low: float
    high: float
    compiled: ByUnit | ByGroup
    keras: str
    differentiable: bool = True
    in_place: bool = True
    can_die: bool = False

    @property
    def elementwise(self) -> bool:
        """Whether a unit's activation depends on its own net input alone; not so for softmax."""
        return isinstance(self.compiled, ByUnit)

    @property
    def is_identity(self) -> bool:
        """Whether the activation is the net input."""
        return self.function is _linear

    @property
    def is_bounded(self) -> bool:
        """Whether there are a smallest and a largest answer."""
        return isfinite(self.high - self.low)

    @property
    def short(self) -> str:
        """The label without what it adds in brackets: 'logistic', 'ReLU'."""
        return self.label.split(" (")[0]

    def delta(self, act: Matrix, err: Matrix, out: Matrix) -> None:
        """Write delta = f'(net) err into out: the error a unit passes on to its weights.

        ``act``, ``err`` and ``out`` have shape (patterns, units), or (patterns, units, R) for R
        networks at once. Softmax units share one
        denominator, so there every unit's delta depends on the errors of all:
        delta_k = o_k (err_k - sum_l err_l o_l).
        """
        if self.elementwise:
            self.derivative(act, out)
            np.multiply(out, err, out)
        else:
            shared = np.einsum("pk...,pk...->p...", err, act)
            np.subtract(err, shared[:, None], out=out)
            np.multiply(out, act, out=out)


# -- logistic ------------------------------------------------------------------------------


def _logistic(net: Matrix, act: Matrix) -> None:
    np.negative(net, act)
    np.exp(act, act)
    np.add(act, _ONE, act)
    np.reciprocal(act, act)


def _logistic_derivative(act: Matrix, out: Matrix) -> None:
    np.subtract(_ONE, act, out)
    np.multiply(out, act, out)


LOGISTIC = Activation(
    "logistic", "logistic (sigmoid)", r"\frac{1}{1+e^{-net}}", r"o(1-o)",
    _logistic, _logistic_derivative, 0.0, 1.0,
    ByUnit(lambda net: 1.0 / (1.0 + exp(-net)), lambda act: (1.0 - act) * act),
    keras="sigmoid",
)  # fmt: skip


# -- tanh ----------------------------------------------------------------------------------


def _tanh(net: Matrix, act: Matrix) -> None:
    np.tanh(net, out=act)


def _tanh_derivative(act: Matrix, out: Matrix) -> None:
    np.multiply(act, act, out)
    np.subtract(_ONE, out, out)


TANH = Activation(
    "tanh", "tanh", r"\tanh(net)", r"1-o^2", _tanh, _tanh_derivative, -1.0, 1.0,
    ByUnit(tanh, lambda act: 1.0 - act * act),
    keras="tanh",
)  # fmt: skip


# -- ReLU ----------------------------------------------------------------------------------


def _relu(net: Matrix, act: Matrix) -> None:
    np.maximum(net, 0.0, out=act)


def _relu_derivative(act: Matrix, out: Matrix) -> None:
    np.greater(act, 0.0, out=out, casting="unsafe")


RELU = Activation(
    "relu", "ReLU", r"\max(0, net)", r"[o>0]", _relu, _relu_derivative, 0.0, inf,
    ByUnit(
        lambda net: 0.0 if net <= 0.0 else net,  # nan stays nan
        lambda act: 1.0 if act > 0.0 else 0.0,
    ),
    keras="relu", can_die=True,
)  # fmt: skip


# -- leaky ReLU ----------------------------------------------------------------------------

LEAK = 0.01


def _leaky(net: Matrix, act: Matrix) -> None:
    np.multiply(net, LEAK, act)
    np.maximum(net, act, out=act)


def _leaky_derivative(act: Matrix, out: Matrix) -> None:
    np.greater(act, 0.0, out=out, casting="unsafe")
    np.maximum(out, LEAK, out=out)


LEAKY_RELU = Activation(
    "leaky-relu", "leaky ReLU", r"\max(0.01\,net, net)", r"[o>0]+0.01\,[o\le 0]",
    _leaky, _leaky_derivative, -inf, inf,
    ByUnit(
        lambda net: LEAK * net if net <= 0.0 else net,
        lambda act: 1.0 if act > 0.0 else LEAK,
    ),
    keras=f"lambda net: ops.leaky_relu(net, {LEAK})", in_place=False,
)  # fmt: skip


# -- ELU -----------------------------------------------------------------------------------


def _elu(net: Matrix, act: Matrix) -> None:
    np.minimum(net, 0.0, out=act)
    np.expm1(act, act)
    np.maximum(net, act, out=act)  # e^net - 1 >= net


def _elu_derivative(act: Matrix, out: Matrix) -> None:
    np.add(act, _ONE, out)
    np.minimum(out, _ONE, out=out)


ELU = Activation(
    "elu", "ELU", r"\max(0, net)+\min(0, e^{net}-1)", r"\min(1, 1+o)",
    _elu, _elu_derivative, -1.0, inf,
    ByUnit(
        lambda net: expm1(net) if net <= 0.0 else net,
        lambda act: 1.0 if act > 0.0 else 1.0 + act,
    ),
    keras="elu", in_place=False,
)  # fmt: skip


# -- softplus ------------------------------------------------------------------------------


def _softplus(net: Matrix, act: Matrix) -> None:
    np.logaddexp(net, _ZERO, act)  # ln(e^net + e^0), without a power that could overflow


def _softplus_derivative(act: Matrix, out: Matrix) -> None:
    np.negative(act, out)
    np.expm1(out, out)
    np.negative(out, out)


SOFTPLUS = Activation(
    "softplus", "softplus", r"\ln(1+e^{net})", r"1-e^{-o}",
    _softplus, _softplus_derivative, 0.0, inf,
    ByUnit(
        lambda net: (0.0 if net <= 0.0 else net) + log1p(exp(-abs(net))),
        lambda act: -expm1(-act),
    ),
    keras="softplus",
)  # fmt: skip


# -- linear --------------------------------------------------------------------------------


def _linear(net: Matrix, act: Matrix) -> None:
    if net is not act:
        np.copyto(act, net)


def _one(act: Matrix, out: Matrix) -> None:
    out.fill(1.0)


LINEAR = Activation(
    "linear", "linear", r"net", r"1", _linear, _one, -inf, inf,
    ByUnit(lambda net: net, lambda act: 1.0),
    keras="linear",
)  # fmt: skip


# -- step ----------------------------------------------------------------------------------


ROUNDING = 1e-12
"""Net inputs up to here count as 0: weights 0.1 and 0.2 less a threshold of 0.3 leave 6e-17."""


def _step(net: Matrix, act: Matrix) -> None:
    np.greater(net, ROUNDING, out=act, casting="unsafe")


def _zero(act: Matrix, out: Matrix) -> None:
    out.fill(0.0)


STEP = Activation(
    "step", "step (threshold)", r"[net>0]", r"0", _step, _zero, 0.0, 1.0,
    ByUnit(lambda net: 1.0 if net > ROUNDING else 0.0, lambda act: 0.0),
    keras="", differentiable=False,
)  # fmt: skip


# -- softmax -------------------------------------------------------------------------------


def _softmax(net: Matrix, act: Matrix) -> None:
    # The largest net input is taken off first: the answer is the same, and exp cannot overflow.
    np.subtract(net, net.max(axis=1, keepdims=True), out=act)
    np.exp(act, out=act)
    np.divide(act, act.sum(axis=1, keepdims=True), out=act)


def _softmax_column(act: Any, first: int, size: int, k: int) -> None:
    largest = act[first, k]
    for u in range(first, first + size):
        largest = max(largest, act[u, k])
    total = 0.0
    for u in range(first, first + size):
        act[u, k] = exp(act[u, k] - largest)
        total += act[u, k]
    for u in range(first, first + size):
        act[u, k] /= total


def _softmax_deltas(act: Any, delta: Any, first: int, size: int, k: int) -> None:
    shared = 0.0
    for u in range(first, first + size):
        shared += delta[u, k] * act[u, k]
    for u in range(first, first + size):
        delta[u, k] = (delta[u, k] - shared) * act[u, k]


SOFTMAX = Activation(
    "softmax", "softmax", r"\frac{e^{net_k}}{\sum_l e^{net_l}}", r"o_k([k=l]-o_l)",
    _softmax, _logistic_derivative, 0.0, 1.0,
    ByGroup(_softmax_column, _softmax_deltas),
    keras="softmax",
)  # fmt: skip


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        LOGISTIC,
        TANH,
        RELU,
        LEAKY_RELU,
        ELU,
        SOFTPLUS,
        LINEAR,
        STEP,
        SOFTMAX,
    )
}
"""Every activation by name; a new one is one row, and the tests walk the rows."""
