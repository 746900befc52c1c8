"""Truth tables: Boolean functions of a few inputs, every row a pattern."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.values import BadValue, Matrix
from bpviz.problems.base import Option, Options, Problem, logistic_suits
from bpviz.problems.features import FEATURE_OPTION, with_features
from bpviz.problems.target_values import TARGETS_OPTION, with_targets

TruthFunction = Callable[[Matrix], Any]
"""rule(inputs (P, n) of zeros and ones) -> (P,), nonzero or True where the answer is 1."""

MARGIN = 0.25  # of the plane drawn around the corners 0 and 1


def _table(name: str, n_inputs: int, rule: TruthFunction) -> PatternSet:
    """All 2^n rows, counted in binary: the last input changes fastest."""
    counts = np.arange(2**n_inputs)[:, None]
    inputs = (counts >> np.arange(n_inputs)[::-1] & 1).astype(float)
    targets = np.asarray(rule(inputs), dtype=float)[:, None]
    names = ("x",) if n_inputs == 1 else tuple(f"x{i + 1}" for i in range(n_inputs))
    return PatternSet(
        name, "table", Patterns(inputs, targets), names, ("y",),
        domain=((-MARGIN, 1.0 + MARGIN),) * n_inputs,
    )  # fmt: skip


def _fixed(name: str, n_inputs: int, rule: TruthFunction, options: Options) -> PatternSet:
    table = _table(name, n_inputs, rule)
    if TARGETS_OPTION.name in options:
        table = with_targets(table, options)
    return with_features(table, options["features"]) if "features" in options else table


def _parity_rule(inputs: Matrix) -> Any:
    return inputs.sum(axis=1) % 2


def _parity(options: Options) -> PatternSet:
    return with_targets(_table("parity", options["n"], _parity_rule), options)


def _majority(options: Options) -> PatternSet:
    n = options["n"]
    if n % 2 == 0:
        raise BadValue("number of inputs", n, "an odd number", "only then there is a majority")
    return _table("majority", n, lambda inputs: inputs.sum(axis=1) > n / 2)


def _inputs(default: int, low: int, high: int, help_text: str) -> tuple[Option, ...]:
    return (Option("n", "number of inputs", "int", default, low, high, help=help_text),)


# 512 patterns summed would need a smaller rate than 8: averaged, one rate suits all sizes.
MAJORITY_SUITS = {
    **logistic_suits((3,)),
    "training": {"optimizer": "momentum", "rate": 1.0, "momentum": 0.9, "reduction": "mean"},
}
PARITY_SUITS = {
    **logistic_suits((8,)),
    "initializer": "normal",
    "spread": 1.0,
    "training": {"optimizer": "adam", "rate": 0.05},
}

FAMILY = "Truth tables"

OUT_OF_PANEL = replace(TARGETS_OPTION, in_panel=False)
"""All settings of XOR are to be seen without scrolling: for files and the command line only."""

TRUTH_TABLES = (
    Problem(
        "xor", "XOR", FAMILY,
        "1 if exactly one of two inputs is 1: no line separates the ones from the zeros.",
        partial(_fixed, "xor", 2, _parity_rule), (FEATURE_OPTION, OUT_OF_PANEL),
        logistic_suits((3,)),
    ),
    Problem(
        "and", "AND", FAMILY, "1 if both inputs are 1.",
        partial(_fixed, "and", 2, lambda inputs: inputs.all(axis=1)), (FEATURE_OPTION,),
        logistic_suits((3,)),
    ),
    Problem(
        "or", "OR", FAMILY, "1 if at least one of two inputs is 1.",
        partial(_fixed, "or", 2, lambda inputs: inputs.any(axis=1)), (FEATURE_OPTION,),
        logistic_suits((3,)),
    ),
    Problem(
        "not", "NOT", FAMILY, "1 if the only input is 0.",
        partial(_fixed, "not", 1, lambda inputs: 1.0 - inputs[:, 0]), suits=logistic_suits((3,)),
    ),
    Problem(
        "majority", "Majority", FAMILY, "1 if more than half of the inputs are 1.",
        _majority, _inputs(3, 3, 9, "An odd number, so that there is always a majority."),
        MAJORITY_SUITS,
    ),
    Problem(
        "parity", "Parity", FAMILY,
        "1 if an odd number of the inputs is 1: changing any one input changes the answer.",
        _parity,
        (*_inputs(4, 2, 10, "All 2^n combinations of n inputs become patterns."), OUT_OF_PANEL),
        PARITY_SUITS,
    ),
)  # fmt: skip
