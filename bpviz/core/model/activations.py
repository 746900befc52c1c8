"""Activation functions: an output and its derivative, side by side, one row each.

Notation of the lecture: a unit's net input is ``net``, its activation ``o = f(net)``. Every
derivative is written in terms of the activation, as the lecture's formulas do
(o(1 - o), 1 - o^2, ...), so a backward pass needs no net inputs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpviz.core.values import Matrix

Fill = Callable[[Matrix, Matrix], None]
"""f(source, out): reads source, writes out in place; both of shape (patterns, units), or
(patterns, units, R) for R networks at once."""

_ONE = np.array(1.0)
"""As an array: NumPy would make one of a number at every call, which takes as long as the call
itself on the arrays of a small network, and finds an ``out`` by its place sooner than by name."""


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    ``function(net, act)`` writes f(net) into act (the two may be the same array);
    ``derivative(act, out)`` writes f'(net), expressed through the activation, into out.
    ``low`` and ``high`` bound what a unit can answer.
    """

    name: str
    label: str
    tex: str
    derivative_tex: str
    function: Fill
    derivative: Fill
    low: float
    high: float
    differentiable: bool = True
    elementwise: bool = True

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


def _logistic(net: Matrix, act: Matrix) -> None:
    np.negative(net, act)
    np.exp(act, act)
    np.add(act, _ONE, act)
    np.reciprocal(act, act)


def _logistic_derivative(act: Matrix, out: Matrix) -> None:
    np.subtract(_ONE, act, out)
    np.multiply(out, act, out)


def _tanh(net: Matrix, act: Matrix) -> None:
    np.tanh(net, out=act)


def _tanh_derivative(act: Matrix, out: Matrix) -> None:
    np.multiply(act, act, out)
    np.subtract(_ONE, out, out)


def _relu(net: Matrix, act: Matrix) -> None:
    np.maximum(net, 0.0, out=act)


def _relu_derivative(act: Matrix, out: Matrix) -> None:
    np.greater(act, 0.0, out=out, casting="unsafe")


def _linear(net: Matrix, act: Matrix) -> None:
    if net is not act:
        np.copyto(act, net)


def _one(act: Matrix, out: Matrix) -> None:
    out.fill(1.0)


def _step(net: Matrix, act: Matrix) -> None:
    np.greater(net, 0.0, out=act, casting="unsafe")


def _zero(act: Matrix, out: Matrix) -> None:
    out.fill(0.0)


def _softmax(net: Matrix, act: Matrix) -> None:
    # The largest net input is taken off first: the answer is the same, and exp cannot overflow.
    np.subtract(net, net.max(axis=1, keepdims=True), out=act)
    np.exp(act, out=act)
    np.divide(act, act.sum(axis=1, keepdims=True), out=act)


INFINITY = float("inf")

ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation(
            "logistic", "logistic (sigmoid)", r"\frac{1}{1+e^{-net}}", r"o(1-o)",
            _logistic, _logistic_derivative, 0.0, 1.0,
        ),
        Activation(
            "tanh", "tanh", r"\tanh(net)", r"1-o^2", _tanh, _tanh_derivative, -1.0, 1.0,
        ),
        Activation(
            "relu", "ReLU", r"\max(0, net)", r"[o>0]", _relu, _relu_derivative, 0.0, INFINITY,
        ),
        Activation("linear", "linear", r"net", r"1", _linear, _one, -INFINITY, INFINITY),
        Activation(
            "step", "step (threshold)", r"[net>0]", r"0", _step, _zero, 0.0, 1.0,
            differentiable=False,
        ),
        Activation(
            "softmax", "softmax", r"\frac{e^{net_k}}{\sum_l e^{net_l}}", r"o_k([k=l]-o_l)",
            _softmax, _logistic_derivative, 0.0, 1.0, elementwise=False,
        ),
    )
}  # fmt: skip
"""Every activation by name; a new one is one row, and the tests walk the rows."""
