"""Errors: what the network is trained to make small, and its derivative, one row each.

Conventions of the lecture: E is the sum over patterns p and output units k. The constant 2
of the squared error's derivative is absorbed in the learning rate, so that the output's
delta is (t - o) f'(net); ``scale`` says which constant was absorbed:
dE/dw = -scale * (what backpropagation accumulates).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpviz.core.values import Matrix


@dataclass(frozen=True, slots=True)
class Loss:
    """One error function.

    ``total(target, output, scratch)`` is E over all rows; ``terms(target, output, out)`` writes
    the terms whose sum E is into out; ``deviation(target, output, out)`` writes
    -(dE/do) / scale into out. All arrays have shape (patterns, outputs); ``terms`` and
    ``deviation`` work number by number, so for any other shape too.
    ``canonical`` names the output activation with which delta is exactly t - o (there the
    two derivatives cancel, which also avoids 0/0 at saturated units), and which is the only
    one allowed when ``only_canonical``.
    """

    name: str
    label: str
    tex: str
    total: Callable[[Matrix, Matrix, Matrix], float]
    terms: Callable[[Matrix, Matrix, Matrix], None]
    deviation: Callable[[Matrix, Matrix, Matrix], None]
    scale: float
    canonical: str
    only_canonical: bool = False


_SMALLEST = 1e-300  # keeps log() finite where a saturated output is exactly 0


def _squared(target: Matrix, output: Matrix, scratch: Matrix) -> float:
    np.subtract(target, output, out=scratch)
    return float(np.vdot(scratch, scratch))


def _squared_terms(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)
    np.multiply(out, out, out=out)


def _squared_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)


def _binary(target: Matrix, output: Matrix, scratch: Matrix) -> float:
    np.maximum(output, _SMALLEST, out=scratch)
    np.log(scratch, out=scratch)
    positive = float(np.vdot(target, scratch))
    np.subtract(1.0, output, out=scratch)
    np.maximum(scratch, _SMALLEST, out=scratch)
    np.log(scratch, out=scratch)
    # Not sum(log) - vdot(target, log): with saturated outputs the two differ by a rounding
    # error of their size, and the error of a perfect answer would come out below 0.
    return -(positive + float(np.vdot(1.0 - target, scratch)))


def _binary_terms(target: Matrix, output: Matrix, out: Matrix) -> None:
    positive = target * np.log(np.maximum(output, _SMALLEST))
    np.subtract(1.0, output, out=out)
    np.maximum(out, _SMALLEST, out=out)
    np.log(out, out=out)
    np.multiply(out, 1.0 - target, out=out)
    np.add(out, positive, out=out)
    np.negative(out, out=out)


def _binary_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)
    out /= np.maximum(output * (1.0 - output), _SMALLEST)


def _categorical(target: Matrix, output: Matrix, scratch: Matrix) -> float:
    np.maximum(output, _SMALLEST, out=scratch)
    np.log(scratch, out=scratch)
    return -float(np.vdot(target, scratch))


def _categorical_terms(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.maximum(output, _SMALLEST, out=out)
    np.log(out, out=out)
    np.multiply(out, target, out=out)
    np.negative(out, out=out)


def _categorical_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.divide(target, np.maximum(output, _SMALLEST), out=out)


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss(
            "squared", "squared error", r"E=\sum_p\sum_k(t_k-o_k)^2",
            _squared, _squared_terms, _squared_deviation, scale=2.0, canonical="linear",
        ),
        Loss(
            "binary", "binary cross-entropy",
            r"E=-\sum_p\sum_k[t_k\ln o_k+(1-t_k)\ln(1-o_k)]",
            _binary, _binary_terms, _binary_deviation, scale=1.0, canonical="logistic",
            only_canonical=True,
        ),
        Loss(
            "categorical", "categorical cross-entropy", r"E=-\sum_p\sum_k t_k\ln o_k",
            _categorical, _categorical_terms, _categorical_deviation, scale=1.0,
            canonical="softmax", only_canonical=True,
        ),
    )
}  # fmt: skip
"""Every error by name; a new one is one row, and the tests walk the rows."""
