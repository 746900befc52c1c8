"""Errors: what the network is trained to make small, and its derivative, one row each.

Conventions of the lecture: E is the sum over patterns p and output units k. The constant 2
of the squared error's derivative is absorbed in the learning rate, so that the output's
delta is (t - o) f'(net); ``scale`` says which constant was absorbed:
dE/dw = -scale * (what backpropagation accumulates).

A row has all that the engines, the formulas, the Keras script, the views and the lists need: a
new error is one row and nothing else, and the tests walk the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, log1p
from typing import Any, NamedTuple

import numpy as np

from bpviz.core.values import Matrix, Vector


class ByOutput(NamedTuple):
    """An error for the compiled engine: plain Python on single numbers.

    ``add(error, target, basis)`` is the error with this output's term added to it, where the
    basis is the output unless the row has a Basis; ``deviation(target, output)`` is
    -(dE/do) / scale.
    """

    add: Callable[[float, float, float], float]
    deviation: Callable[[float, float], float]


class Basis(NamedTuple):
    """What an error is computed from instead of the outputs.

    An output that rounds to 1 no longer says how far its unit is from 0; its net input does.

    of_net(net, out)   writes the basis for net inputs (patterns, outputs), or (patterns, outputs,
                  R) for R networks at once; the two may be the same array.
    of_output(values)  the basis for these outputs: those of clamped units, whose net inputs have
                  no effect.
    column(net, size, k)   of_net for the compiled engine, in place: plain Python on the column k
                  of net (outputs, patterns).
    """

    of_net: Callable[[Matrix, Matrix], None]
    of_output: Callable[[Vector], Vector]
    column: Callable[[Any, int, int], None]


def _any_targets(targets: Matrix) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Loss:
    """One error function.

    ``total(target, basis, scratch)`` is E over all rows; ``terms(target, basis, out)`` writes
    the terms whose sum E is into out; ``deviation(target, output, out)`` writes
    -(dE/do) / scale into out. All arrays have shape (patterns, outputs); the three work number by
    number, so for any other shape too. The basis is the outputs unless ``basis`` says otherwise.
    ``canonical`` names the output activation with which delta is exactly t - o (there the
    two derivatives cancel, which also avoids 0/0 at saturated units), and which is the only
    one allowed when ``only_canonical``; "" if there is none.

    deviation_tex  the deviation of an output o with the teacher t.
    compiled       the same for the compiled engine.
    keras          the error of each pattern / scale: an expression of Keras's ``ops`` and of
                   ``target`` and ``output``, or with a Basis ``net`` (patterns, outputs).
    axis           what an axis of E says: a name, the sum in plain letters, and its unit.
    allows         ``allows(targets)``: whether these targets (patterns, outputs) are possible;
                   ``asks`` says which are, in words that follow "with".
    """

    name: str
    label: str
    tex: str
    total: Callable[[Matrix, Matrix, Matrix], float]
    terms: Callable[[Matrix, Matrix, Matrix], None]
    deviation: Callable[[Matrix, Matrix, Matrix], None]
    scale: float
    canonical: str
    deviation_tex: str
    compiled: ByOutput
    keras: str
    axis: tuple[str, str, str]
    only_canonical: bool = False
    allows: Callable[[Matrix], bool] = _any_targets
    asks: str = "any targets"
    basis: Basis | None = None


SMALLEST = 1e-300  # keeps log() finite where an output is exactly 0
CERTAIN = 750.0  # the net input for an output of exactly 1: e^-750 is 0


# -- squared error -------------------------------------------------------------------------


def _squared(target: Matrix, output: Matrix, scratch: Matrix) -> float:
    np.subtract(target, output, out=scratch)
    return float(np.vdot(scratch, scratch))


def _squared_terms(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)
    np.multiply(out, out, out=out)


def _squared_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)


def _squared_add(error: float, target: float, output: float) -> float:
    return error + (target - output) * (target - output)


SQUARED = Loss(
    "squared", "squared error", r"E=\sum_p\sum_k(t_k-o_k)^2",
    _squared, _squared_terms, _squared_deviation, scale=2.0, canonical="linear",
    deviation_tex="(t-o)",
    compiled=ByOutput(_squared_add, lambda target, output: target - output),
    keras="0.5 * ops.sum(ops.square(target - output), axis=-1)",
    axis=("error", "Σ (t − o)²", ""),
)  # fmt: skip


# -- squared error beyond a margin ---------------------------------------------------------

MARGIN = 0.2


def _beyond_terms(target: Matrix, output: Matrix, out: Matrix) -> None:
    _squared_terms(target, output, out)
    np.subtract(out, MARGIN * MARGIN, out=out)
    np.maximum(out, 0.0, out=out)


def _beyond(target: Matrix, output: Matrix, scratch: Matrix) -> float:
    _beyond_terms(target, output, scratch)
    return float(scratch.sum())


def _beyond_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)
    near = out <= MARGIN
    near &= out >= -MARGIN
    out[near] = 0.0


def _beyond_add(error: float, target: float, output: float) -> float:
    return error + max((target - output) * (target - output) - MARGIN * MARGIN, 0.0)


def _beyond_deviation_of_one(target: float, output: float) -> float:
    far = abs(target - output) > MARGIN
    return (target - output) * far


# An output within the margin is not trained any further: so Hinton (1986) and Rumelhart, Hinton &
# Williams (1986) trained the family trees, with targets of 1 and 0 and outputs of 0.8 and 0.2.
BEYOND = Loss(
    "squared-beyond", "squared error beyond 0.2", r"E=\sum_p\sum_k\max(0,(t_k-o_k)^2-0.2^2)",
    _beyond, _beyond_terms, _beyond_deviation, scale=2.0, canonical="",
    deviation_tex=r"(t-o)\,[\,|t-o|>0.2\,]",
    compiled=ByOutput(_beyond_add, _beyond_deviation_of_one),
    keras="0.5 * ops.sum(ops.relu(ops.square(target - output) - 0.04), axis=-1)",
    axis=("error", "Σ max(0, (t − o)² − 0.2²)", ""),
)  # fmt: skip


# -- binary cross-entropy ------------------------------------------------------------------


def _binary_terms(target: Matrix, net: Matrix, out: Matrix) -> None:
    # -t ln o - (1 - t) ln(1 - o) = ([net > 0] - t) net + ln(1 + e^-|net|), without overflow.
    np.abs(net, out)
    np.negative(out, out)
    np.exp(out, out)
    np.log1p(out, out)
    out += ((net > 0.0) - target) * net


def _binary(target: Matrix, net: Matrix, scratch: Matrix) -> float:
    _binary_terms(target, net, scratch)
    return float(scratch.sum())


def _same(net: Matrix, out: Matrix) -> None:
    np.copyto(out, net)


def _log_odds(values: Vector) -> Vector:
    odds = np.maximum(values, SMALLEST) / np.maximum(1.0 - values, SMALLEST)
    return np.select([values >= 1.0, values <= 0.0], [CERTAIN, -CERTAIN], np.log(odds))


def _same_column(net: Any, size: int, k: int) -> None:
    pass


def _binary_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.subtract(target, output, out=out)
    out /= np.maximum(output * (1.0 - output), SMALLEST)


def _binary_add(error: float, target: float, net: float) -> float:
    return error + ((1.0 if net > 0.0 else 0.0) - target) * net + log1p(exp(-abs(net)))


def _from_0_to_1(targets: Matrix) -> bool:
    return bool(targets.min() >= 0.0 and targets.max() <= 1.0)


BINARY = Loss(
    "binary", "binary cross-entropy",
    r"E=-\sum_p\sum_k[t_k\ln o_k+(1-t_k)\ln(1-o_k)]",
    _binary, _binary_terms, _binary_deviation, scale=1.0, canonical="logistic",
    deviation_tex=r"\frac{t-o}{o(1-o)}",
    compiled=ByOutput(
        _binary_add,
        lambda target, output: (target - output) / max(output * (1.0 - output), SMALLEST),
    ),
    keras="ops.sum(ops.softplus(net) - target * net, axis=-1)",
    axis=("binary cross-entropy", "−Σ [t ln o + (1 − t) ln(1 − o)]", " in nats"),
    only_canonical=True,
    allows=_from_0_to_1, asks="targets from 0 to 1 only",
    basis=Basis(_same, _log_odds, _same_column),
)  # fmt: skip


# -- categorical cross-entropy -------------------------------------------------------------


def _categorical(target: Matrix, log_output: Matrix, scratch: Matrix) -> float:
    np.multiply(target, log_output, out=scratch)
    return -float(scratch.sum())


def _categorical_terms(target: Matrix, log_output: Matrix, out: Matrix) -> None:
    np.multiply(target, log_output, out=out)
    np.negative(out, out=out)


def _log_softmax(net: Matrix, out: Matrix) -> None:
    np.subtract(net, net.max(axis=1, keepdims=True), out=out)
    out -= np.log(np.exp(out).sum(axis=1, keepdims=True))


def _log(values: Vector) -> Vector:
    return np.asarray(np.log(np.maximum(values, SMALLEST)))


def _log_softmax_column(net: Any, size: int, k: int) -> None:
    largest = net[0, k]
    for j in range(size):
        largest = max(largest, net[j, k])
    total = 0.0
    for j in range(size):
        net[j, k] -= largest
        total += exp(net[j, k])
    for j in range(size):
        net[j, k] -= log(total)


def _categorical_deviation(target: Matrix, output: Matrix, out: Matrix) -> None:
    np.divide(target, np.maximum(output, SMALLEST), out=out)


def _categorical_add(error: float, target: float, log_output: float) -> float:
    return error - target * log_output


def _sum_to_1(targets: Matrix) -> bool:
    return bool(targets.min() >= 0.0 and np.allclose(targets.sum(axis=1), 1.0))


CATEGORICAL = Loss(
    "categorical", "categorical cross-entropy", r"E=-\sum_p\sum_k t_k\ln o_k",
    _categorical, _categorical_terms, _categorical_deviation, scale=1.0, canonical="softmax",
    deviation_tex=r"\frac{t}{o}",
    compiled=ByOutput(
        _categorical_add, lambda target, output: target / max(output, SMALLEST)
    ),
    keras="-ops.sum(target * ops.log_softmax(net), axis=-1)",
    axis=("categorical cross-entropy", "−Σ t ln o", " in nats"),
    only_canonical=True,
    allows=_sum_to_1,
    asks="targets from 0 that sum to 1 in each pattern only (a class coded as a 1 in its own "
    "column)",
    basis=Basis(_log_softmax, _log, _log_softmax_column),
)  # fmt: skip


LOSSES: dict[str, Loss] = {row.name: row for row in (SQUARED, BEYOND, BINARY, CATEGORICAL)}
"""Every error by name; a new one is one row, and the tests walk the rows."""
