"""Real data shipped with bpviz; resources/problems/SOURCES.md says where it is from."""

from typing import TYPE_CHECKING

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.values import Integers, Matrix
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.sampling import DATA_SEED, domain_of, scale_of, split_rows, test_share
from bpviz.resources import resource

if TYPE_CHECKING:
    from bpviz.problems.tables.model import RawTable

IRIS_SOURCE = (
    "R. A. Fisher, Iris (1936), UCI Machine Learning Repository, doi:10.24432/C56C76, CC BY 4.0"
)
DIGITS_SOURCE = (
    "E. Alpaydin & C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine "
    "Learning Repository, doi:10.24432/C50P49, CC BY 4.0"
)
INK = 16.0  # the darkest value of a digit's pixel


def _load(file_name: str) -> "tuple[RawTable, Matrix, Integers, tuple[str, ...]]":
    """The table of a shipped file, its inputs (P, n), and the class (P,) in its last column."""
    # Not needed before data are read.
    from bpviz.problems.tables.formats import read_table
    from bpviz.problems.tables.model import Reading

    reading = Reading(separator="comma", header="yes")
    table = read_table(str(resource("problems", file_name)), reading)
    inputs = np.stack([c.numbers for c in table.columns[:-1] if c.numbers is not None], axis=1)
    last = table.columns[-1]
    names = [last.cell(row) for row in range(len(inputs))]
    class_names = tuple(sorted(set(names)))
    return table, inputs, np.array([class_names.index(name) for name in names]), class_names


def _iris(options: Options) -> PatternSet:
    table, inputs, classes, names = _load("iris.csv")
    targets = np.eye(len(names))[classes]
    train, test = split_rows(len(inputs), options["test_share"], options["data_seed"], classes)
    notes: tuple[str, ...] = ()
    if options["standardise"]:
        inputs = scale_of(inputs[train]).apply(inputs)
        notes = (f"Inputs are standardised by the {len(train)} training patterns.",)
    return PatternSet(
        "iris", "classes", Patterns(inputs[train], targets[train]),
        tuple(column.name for column in table.columns[:-1]), names,
        test=Patterns(inputs[test], targets[test]) if len(test) else None,
        class_names=names, domain=domain_of(inputs), source=IRIS_SOURCE, notes=notes,
    )  # fmt: skip


def _digits(options: Options) -> PatternSet:
    table, inputs, classes, names = _load("digits.csv")
    targets = np.eye(len(names))[classes]
    train, test = split_rows(len(inputs), options["test_share"], options["data_seed"], classes)
    inputs = inputs / INK
    return PatternSet(
        "digits", "classes", Patterns(inputs[train], targets[train]),
        tuple(column.name for column in table.columns[:-1]), names,
        test=Patterns(inputs[test], targets[test]) if len(test) else None,
        class_names=names, image_shape=(8, 8), domain=((0.0, 1.0),) * inputs.shape[1],
        source=DIGITS_SOURCE,
    )  # fmt: skip


FAMILY = "Real data"

REAL_DATA = (
    Problem(
        "iris", "Iris", FAMILY,
        "150 flowers of three species; sepals and petals in cm.",
        _iris,
        (
            Option(
                "standardise", "standardise inputs", "bool", True,
                help="Give every input the mean 0 and the standard deviation 1.",
            ),
            test_share(0.2),
            DATA_SEED,
        ),
        {
            "hidden": ((4, "tanh"),), "output": "softmax", "error": "categorical",
            "initializer": "xavier",
            "training": {"optimizer": "adam", "rate": 0.02, "reduction": "mean", "batch": 10},
            "stop": {"epochs": 200},
        },
    ),
    Problem(
        "digits", "Handwritten digits", FAMILY,
        "1,797 digits written by hand, 8 x 8 pixels each.",
        _digits, (test_share(0.25), DATA_SEED),
        {
            "hidden": ((32, "tanh"),), "output": "softmax", "error": "categorical",
            "initializer": "xavier",
            "training": {"optimizer": "adam", "rate": 0.005, "reduction": "mean", "batch": 32},
            "stop": {"epochs": 50},
        },
    ),
)  # fmt: skip
