"""Any table in a file as a problem."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpviz.core.model.patterns import PatternSet
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.sampling import DATA_SEED, test_share

if TYPE_CHECKING:
    from bpviz.problems.tables.model import Inspection

SUFFIXES = (
    ".csv", ".tsv", ".txt", ".data", ".dat", ".tab", ".gz", ".zip", ".xlsx", ".xlsm", ".xls",
    ".xlsb", ".ods", ".arff", ".npz", ".npy", ".parquet", ".pq", ".json", ".jsonl", ".ndjson",
    ".pat", ".train",
)  # fmt: skip
"""Endings of names that are meant as files; a test holds them to the table of formats."""

_LIST = "Names or numbers (from 1), separated by commas."

OPTIONS = (
    Option(
        "targets", "target columns", "text", "",
        help="Names or numbers (from 1) of the columns to be learned, separated by commas. "
        "Empty: a column named class, target, ..., or the last one.",
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
    Option("inputs", "input columns", "text", "", in_panel=False,
           help=f"Columns that are inputs although they count the rows, or look so. {_LIST}"),
    Option("numbers", "columns of numbers", "text", "", in_panel=False,
           help=f"Columns read as numbers. {_LIST}"),
    Option("categories", "columns of categories", "text", "", in_panel=False,
           help=f"Columns whose values are kinds, not amounts. {_LIST}"),
    Option("dates", "columns of dates", "text", "", in_panel=False,
           help=f"Columns read as dates, in days since the first. {_LIST}"),
    Option("texts", "columns of texts", "text", "", in_panel=False,
           help=f"Columns left out as texts. {_LIST}"),
    Option("names", "names of columns", "text", "", in_panel=False,
           help="A name for every column, separated by commas."),
    Option(
        "header", "names in the first row", "choice", "auto", choices=("auto", "yes", "no"),
        help="Whether the first row holds the names of the columns.",
    ),
    Option(
        "separator", "separator", "choice", "auto",
        choices=("auto", "comma", "semicolon", "tab", "bar", "blanks"),
        help="What stands between cells.",
    ),
    Option(
        "decimal", "decimal mark", "choice", "auto", choices=("auto", "point", "comma"),
        help="What stands before the decimals; the other mark is between thousands.",
    ),
    Option(
        "encoding", "encoding", "choice", "auto", in_panel=False,
        choices=("auto", "utf-8", "utf-16", "windows-1252", "windows-1250", "windows-1251",
                 "latin-1", "shift-jis", "gbk"),
        help="How the letters of a text file are coded.",
    ),
    Option("comments", "comment lines", "choice", "auto", choices=("auto", "none", "#", "%"),
           in_panel=False, help="What begins a line that is left out."),
    Option("extra_rows", "rows around the table", "choice", "leave out", in_panel=False,
           choices=("leave out", "keep"),
           help="Titles above the table, units below its names, and sums below it."),
    Option("sheet", "sheet", "text", "", in_panel=False,
           help="Name or number (from 1) of the sheet of a spreadsheet, or of the array of an "
           "archive. Empty: the first that is not empty."),
    Option("rows", "rows at most", "int", 0, 0, 100_000, in_panel=False,
           help="How many rows are read at most; 0: up to 100,000 rows or 20 million cells."),
    Option("sample", "rows of a large table", "choice", "even", choices=("even", "first"),
           in_panel=False, help="Whether rows are taken evenly or from the beginning."),
    Option(
        "missing", "missing values", "choice", "refuse",
        choices=("refuse", "skip rows", "mean", "median", "most frequent", "category"),
        help="What to do with an empty cell, NA or ?: skip its row, fill in the mean, median or "
        "most frequent value of the training rows, or make 'missing' an input of its own.",
    ),
    Option("missing_marks", "marks of missing values", "text", "", in_panel=False,
           help="Further texts or numbers that stand for a missing value, separated by commas."),
    Option("ignore_case", "ignore upper and lower case", "bool", False, in_panel=False,
           help="Whether Yes and yes are the same category."),
    Option("date_order", "order of dates", "choice", "auto",
           choices=("auto", "day first", "month first"), in_panel=False,
           help="Whether 1/2/2024 is the first of February or the second of January."),
    Option("images", "pixels of images", "choice", "auto", choices=("auto", "no"), in_panel=False,
           help="Whether columns that count the pixels of an image are read as one."),
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
    Option("test_file", "file of test rows", "text", "", in_panel=False,
           help="A second table with the same columns, whose rows test the network."),
    DATA_SEED,
)  # fmt: skip

_SUITS: Mapping[str, Any] = {
    "hidden": ((8, "tanh"),),
    "initializer": "xavier",
    "training": {"optimizer": "adam", "rate": 0.01, "reduction": "mean", "batch": 32},
    "stop": {"epochs": 500},
}

PATTERNS_SEEN = 200_000  # about what a table needs, whatever its number of rows
RIGHT_WITHIN = 0.25
"""Standard deviations of a target that is a number within which an answer is right."""

FEWEST_EPOCHS, MOST_EPOCHS = 20, 1000


def looks_like_table(name: str) -> bool:
    """Whether a problem's name is meant as the path of a file: it exists or looks like one."""
    if not name:
        return False
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    if name.lower().endswith(SUFFIXES) or any(mark in name for mark in separators):
        return True
    return os.path.exists(name)


def table_problem(path: str) -> Problem:
    """The problem that reads this file when it is loaded; nothing is read before."""
    return Problem(
        path,
        Path(path).name,
        "Table",
        "Your own table: rows are patterns, columns are inputs and targets.",
        partial(_make, path),
        OPTIONS,
        _SUITS,
        suits_for,
    )


def _make(path: str, options: Options) -> PatternSet:
    from bpviz.problems.tables.inspecting import inspect  # not needed before a file is read
    from bpviz.problems.tables.model import Reading

    return inspected_patterns(inspect(path, Reading(**options)))


def inspected_patterns(inspection: "Inspection") -> PatternSet:
    """The patterns of a table that is inspected already, and of its file of test rows.

    Raises BadValue, such as the refusal of the inspection, and Cancelled; see note_progress.
    """
    from bpviz.problems.tables.encoding import patterns_of

    if not inspection.reading.test_file or inspection.refusal is not None:
        return patterns_of(inspection)
    from bpviz.problems.tables.second import second_table

    return patterns_of(inspection, second_table(inspection))


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
    return {**suits, "output": "linear", "error": "squared", "tolerance": _tolerance(patterns)}


def _tolerance(patterns: PatternSet) -> float:
    """RIGHT_WITHIN standard deviations of the target that varies least, to three digits."""
    deviations = [float(d) for d in patterns.train.targets.std(axis=0) if d > 0.0]
    return float(f"{RIGHT_WITHIN * min(deviations, default=1.0):.3g}")
