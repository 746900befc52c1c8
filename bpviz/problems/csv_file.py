"""Any CSV file as a problem."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from bpviz.core.model.patterns import PatternSet
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.sampling import DATA_SEED, test_share

SUFFIXES = (".csv", ".tsv", ".txt", ".data")

OPTIONS = (
    Option(
        "targets", "target columns", "text", "",
        help="Names or numbers (from 1) of the columns to be learned, separated by commas. "
        "Empty: the last column.",
    ),
    Option(
        "targets_are", "targets are", "choice", "auto", choices=("auto", "numbers", "classes"),
        help="Texts are classes. Numbers are numbers, unless they look like codes of classes: "
        "two whole numbers, or 0, 1, 2, ... with several rows each.",
    ),
    Option(
        "leave_out", "columns left out", "text", "",
        help="Names or numbers (from 1) of columns that are neither input nor target.",
    ),
    Option(
        "header", "names in the first row", "choice", "auto", choices=("auto", "yes", "no"),
        help="Whether the first row holds the names of the columns.",
    ),
    Option(
        "separator", "separator", "choice", "auto", choices=("auto", "comma", "semicolon", "tab"),
        help="What stands between cells.",
    ),
    Option(
        "missing", "missing values", "choice", "refuse", choices=("refuse", "skip rows"),
        help="What to do with rows that have an empty cell, NA or ?.",
    ),
    Option(
        "standardise", "standardise inputs", "bool", False,
        help="Give every column of numbers the mean 0 and the standard deviation 1 over the "
        "training rows.",
    ),
    Option(
        "standardise_targets", "standardise targets", "bool", False,
        help="The same for targets that are numbers.",
    ),
    test_share(0.2),
    DATA_SEED,
)  # fmt: skip

_SUITS: Mapping[str, Any] = {
    "hidden": ((8, "tanh"),),
    "initializer": "xavier",
    "training": {"optimizer": "adam", "rate": 0.01, "reduction": "mean", "batch": 32},
    "stop": {"epochs": 500},
}

PATTERNS_SEEN = 200_000  # about what a table needs, whatever its number of rows
FEWEST_EPOCHS, MOST_EPOCHS = 20, 1000


def looks_like_csv(name: str) -> bool:
    """Whether a problem's name is meant as the path of a file: it exists or looks like one."""
    if not name:
        return False
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    if name.lower().endswith(SUFFIXES) or any(mark in name for mark in separators):
        return True
    return os.path.exists(name)


def csv_problem(path: str) -> Problem:
    """The problem that reads this file when it is loaded; nothing is read before."""
    return Problem(
        path,
        Path(path).name,
        "CSV file",
        "Your own table: rows are patterns, columns are inputs and targets.",
        partial(_make, path),
        OPTIONS,
        _SUITS,
        suits_for,
    )


def _make(path: str, options: Options) -> PatternSet:
    from bpviz.problems.csv_patterns import patterns_of  # not needed before a file is read
    from bpviz.problems.csv_read import read_table

    table = read_table(path, options["separator"], options["header"])
    return patterns_of(table, options)


def suits_for(patterns: PatternSet) -> Mapping[str, Any]:
    """The fields of Experiment that suit loaded patterns, in the form of Problem.suits.

    One-hot classes: softmax and categorical cross-entropy; two classes in one column:
    logistic and binary cross-entropy; numbers: linear and squared error.
    """
    epochs = min(max(PATTERNS_SEEN // len(patterns.train), FEWEST_EPOCHS), MOST_EPOCHS)
    suits = {**_SUITS, "stop": {"epochs": epochs}}
    if patterns.one_hot:
        return {**suits, "output": "softmax", "error": "categorical"}
    if patterns.kind == "classes":
        return {**suits, "output": "logistic", "error": "binary", "tolerance": 0.5}
    return {**suits, "output": "linear", "error": "squared", "tolerance": 0.25}
