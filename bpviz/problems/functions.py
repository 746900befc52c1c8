"""Functions of one number: what a network with one input and one output can approximate."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue, Vector
from bpviz.problems import expression
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.sampling import DATA_SEED, NOISE, domain_of, generator, split, test_share

Function = Callable[[Vector], Vector]

BEYOND = 0.15
"""Share of the range drawn on both sides of it, where the network was never trained."""

LARGEST = 1e6  # of a value: targets beyond it make any learning rate diverge
CHECKED_POINTS = 1001


def _make(name: str, function: Function, options: Options) -> PatternSet:
    """Evenly spaced x in the range, y = function(x) + noise."""
    x = np.linspace(*_range(options), options["points"])
    noise = generator(options["data_seed"], NOISE).normal(size=len(x)) * options["noise"]
    y = function(x) + noise
    train, test = split(x[:, None], y[:, None], options["test_share"], options["data_seed"])
    return PatternSet(
        name, "regression", train, ("x",), ("y",), test=test,
        domain=domain_of(x[:, None], margin=BEYOND),
        truth=function,
    )  # fmt: skip


def _range(options: Options) -> tuple[float, float]:
    low, high = float(options["from"]), float(options["to"])
    if not low < high:
        raise BadValue("to", high, f"a number above {low:g}, where the range starts")
    return low, high


def _make_typed(options: Options) -> PatternSet:
    function = expression.parse(options["expression"])
    _check_values(options["expression"], function, options)
    return _make("expression", function, options)


def _check_values(text: str, function: Function, options: Options) -> None:
    """Refuse a function without a value somewhere in the range, at a pattern or between."""
    low, high = _range(options)
    for points in (options["points"], CHECKED_POINTS):
        x = np.linspace(low, high, points)
        y = function(x)
        for at in np.flatnonzero(~(np.abs(y) <= LARGEST))[:1]:
            value = "has no value" if np.isnan(y[at]) else f"is {y[at]:.4g}"
            raise BadValue(
                "expression",
                text,
                f"one with values between -1e6 and 1e6 from {low:g} to {high:g}",
                f"at x = {x[at]:.6g} it {value}",
            )


def _step(x: Vector) -> Vector:
    return (x > 0).astype(float)


def _options(low: float, high: float, points: int, noise: float) -> tuple[Option, ...]:
    return (
        Option("points", "number of points", "int", points, 4, 10_000,
               help="Evenly spaced over the range; training and test points together."),
        Option("from", "from", "float", low, -1000.0, 1000.0, help="The smallest x."),
        Option("to", "to", "float", high, -1000.0, 1000.0, help="The largest x."),
        Option("noise", "noise", "float", noise, 0.0, 10.0,
               help="Standard deviation of what is added to y."),
        test_share(0.25),
        DATA_SEED,
    )  # fmt: skip


TYPED = Option(
    "expression", "expression", "text", "sin(2*x) + x/2",
    help="An expression in x of " + expression.ALLOWED + ". Functions: "
    + ", ".join(sorted(expression.FUNCTIONS | expression.CHOOSERS)) + ".",
)  # fmt: skip


def _suits(hidden: int, epochs: int = 3000) -> dict[str, Any]:
    return {
        "hidden": ((hidden, "tanh"),),
        "output": "linear",
        "error": "squared",
        "initializer": "uniform",
        "spread": 1.0,
        "tolerance": 0.1,
        "training": {"optimizer": "adam", "rate": 0.02, "reduction": "mean", "batch": 10},
        "stop": {"epochs": epochs},
    }


FAMILY = "Functions of x"

FUNCTIONS = (
    Problem(
        "sine", "Sine", FAMILY, "y = sin x.",
        partial(_make, "sine", np.sin), _options(-4.0, 4.0, 60, 0.0), _suits(5),
    ),
    Problem(
        "step", "Step", FAMILY, "y = 1 if x is above 0, otherwise 0.",
        partial(_make, "step", _step), _options(-2.0, 2.0, 60, 0.0), _suits(3),
    ),
    Problem(
        "abs", "Absolute value", FAMILY, "y = |x|.",
        partial(_make, "abs", np.abs), _options(-2.0, 2.0, 60, 0.0), _suits(5),
    ),
    Problem(
        "noisy-sine", "Noisy sine", FAMILY, "y = sin x + noise: large networks learn the noise.",
        partial(_make, "noisy-sine", np.sin), _options(-4.0, 4.0, 40, 0.2),
        {**_suits(10), "tolerance": 0.3},
    ),
    Problem(
        "expression", "Expression in x", FAMILY, "y = an expression that you type.",
        _make_typed, (TYPED, *_options(-3.0, 3.0, 60, 0.0)), _suits(8),
    ),
)  # fmt: skip
