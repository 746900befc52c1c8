"""One pattern that is worked through by hand, digit by digit."""

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.problems.base import Options, Problem
from bpviz.problems.sampling import domain_of

FAMILY = "By hand"


def _one_pattern(options: Options) -> PatternSet:
    inputs, targets = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    return PatternSet(
        "worked-example", "table", Patterns(inputs, targets), ("i1", "i2"), ("o1", "o2"),
        domain=domain_of(inputs, ((0.0, 1.0), (0.0, 1.0))),
        source="M. Mazur (2015), A Step by Step Backpropagation Example",
    )  # fmt: skip


WORKED_EXAMPLES = (
    Problem(
        "worked-example", "Worked example", FAMILY,
        "A single pattern, inputs 0.05 and 0.10 with targets 0.01 and 0.99, to calculate by hand.",
        _one_pattern,
        suits={
            "hidden": ((2, "logistic"),), "output": "logistic", "error": "squared",
            "tolerance": 0.05,
            "training": {"optimizer": "descent", "rate": 0.5, "batch": "all"},
            "stop": {"epochs": 10_000},
        },
    ),
)  # fmt: skip
