"""The names of patterns and classes, the same in every view."""

import numpy as np

from bpviz.core.model.patterns import NO_ANSWER, PatternSet, answer_of, class_of
from bpviz.core.text.number_words import plain
from bpviz.core.values import Integers, Matrix, Vector

MOST_NAMED_INPUTS = 12
"""Rows of a truth table with more inputs than this are named by their number."""


def named_by_inputs(patterns: PatternSet) -> bool:
    """Whether a pattern is named by its inputs ('0 1') rather than its number."""
    return patterns.kind == "table" and patterns.n_inputs <= MOST_NAMED_INPUTS


def inputs_text(inputs: Vector) -> str:
    """'0 1' or, for more than four inputs of one character each, '01101'."""
    texts = [plain(value, 6) for value in inputs]
    dense = len(texts) > 4 and all(len(text) == 1 for text in texts)
    return ("" if dense else " ").join(texts)


def short_name(patterns: PatternSet, row: int) -> str:
    """The name of a pattern in a list: its inputs, '0 1', or its number from 1, '12'.

    Where inputs stand for things, the names of those that are 1: 'Colin, aunt'.
    """
    if patterns.named_by_ones:
        ones = np.flatnonzero(patterns.train.inputs[row] == 1.0)
        if len(ones):
            return ", ".join(patterns.input_names[i] for i in ones)
    if named_by_inputs(patterns):
        return inputs_text(patterns.train.inputs[row])
    return f"{row + 1:,}"


def class_name(patterns: PatternSet, row: int) -> str:
    """The name of a training pattern's class; '' where there are no classes."""
    if patterns.kind != "classes":
        return ""
    return patterns.class_names[int(class_of(patterns.train.targets[row : row + 1])[0])]


def class_words(name: str) -> str:
    """A class's name within a sentence: 'setosa', but 'class 2'."""
    return f"class {name}" if name.replace(".", "").replace("-", "").isdigit() else name


NO_CLASS = "no answer"
"""The words for outputs that select no single class."""


def predicted_class(patterns: PatternSet, outputs: Matrix) -> str:
    """The class that one row of outputs (1, m) selects."""
    answer = int(answer_of(outputs)[0])
    return NO_CLASS if answer == NO_ANSWER else patterns.class_names[answer]


def full_name(patterns: PatternSet, row: int) -> str:
    """The name of a pattern in a readout: 'pattern 0 1', 'pattern 12 (setosa)'."""
    name = f"pattern {short_name(patterns, row)}"
    which = class_name(patterns, row)
    return f"{name} ({class_words(which)})" if which else name


def order_by_target(patterns: PatternSet, rows: Integers) -> Integers:
    """Indices that sort ``rows`` (of training patterns) by class or target, otherwise by row."""
    targets = patterns.train.targets[rows]
    if patterns.kind == "classes":
        return np.argsort(class_of(targets), kind="stable")
    return np.lexsort(targets.T[::-1])
