"""The columns of the pattern table: given ones, which can be edited, and computed ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.number_grammar import read_number, write_number
from bpviz.core.values import BadValue, Vector, meant

GIVEN_FIRST = 8
"""With more inputs than this, inputs come after the computed columns, which stay visible."""

NAMED = 12
"""The most classes that a sentence lists."""

LARGEST = 1e100
"""The sums of squares of larger numbers would not be finite."""

PatternColumnKind = Literal[
    "name", "input", "target", "class", "output", "answer", "error", "right"
]


@dataclass(frozen=True, slots=True)
class PatternColumn:
    """A column of the table: its kind, and the number of its input or output."""

    kind: PatternColumnKind
    heading: str
    index: int = 0

    @property
    def is_given(self) -> bool:
        """Whether its cells are part of the patterns rather than computed."""
        return self.kind in ("input", "target", "class")


def columns_of(patterns: PatternSet) -> tuple[PatternColumn, ...]:
    """The columns for a set of patterns."""
    inputs = [PatternColumn("input", name, i) for i, name in enumerate(patterns.input_names)]
    names = [PatternColumn("name", "pattern")] if patterns.named_by_ones else []
    judged = [PatternColumn("error", "error"), PatternColumn("right", "right")]
    computed = [*_outputs(patterns), *judged]
    if patterns.kind == "classes":  # there may be many outputs
        computed = [PatternColumn("answer", "answer"), *judged[::-1], *_outputs(patterns)]
    if len(inputs) <= GIVEN_FIRST:
        return (*names, *inputs, *_targets(patterns), *computed)
    return (*names, *_targets(patterns), *computed, *inputs)


def _targets(patterns: PatternSet) -> list[PatternColumn]:
    if patterns.kind == "classes":
        return [PatternColumn("class", "class")]
    if patterns.n_outputs == 1:
        return [PatternColumn("target", "target")]
    return [
        PatternColumn("target", f"target {name}", k) for k, name in enumerate(patterns.output_names)
    ]


def _outputs(patterns: PatternSet) -> list[PatternColumn]:
    if patterns.n_outputs == 1:
        return [PatternColumn("output", "output")]
    names = patterns.class_names if patterns.one_hot else patterns.output_names
    return [PatternColumn("output", f"output {name}", k) for k, name in enumerate(names)]


def cell_text(patterns: PatternSet, row: int, column: PatternColumn) -> str:
    """The text of a given cell for editing and copying, not rounded."""
    train = patterns.train
    if column.kind == "class":
        return patterns.class_names[int(class_of(train.targets[row : row + 1])[0])]
    is_input = column.kind == "input"
    source, scale = (train.inputs, patterns.input_scale) if is_input else (
        train.targets, patterns.target_scale
    )  # fmt: skip
    in_units = patterns.inputs_in_units if is_input else patterns.in_units
    shown = float(in_units(source[row])[column.index])
    if scale is not None:
        shown = float(f"{shown:.14g}")  # the digits beyond are of the conversion
    return write_number(shown)


def read_cell(
    patterns: PatternSet,
    column: PatternColumn,
    text: str,
    row: int,
    inputs: Vector,
    targets: Vector,
) -> None:
    """Write the value of a text into a pattern's inputs (n,) or targets (m,).

    Raises BadValue, whose sentence names ``row`` (from 0), for a text that is not allowed.
    """
    where = f"row {row + 1:,}, column {column.heading}"
    if column.kind == "class":
        targets[:] = coded(patterns, _class_number(patterns, where, text))
        return
    number = read_number(where, text, LARGEST)
    if column.kind == "input":
        values, into, out_of = inputs, patterns.inputs_in_units, patterns.inputs_from_units
    else:
        values, into, out_of = targets, patterns.in_units, patterns.from_units
    shown = into(values).copy()
    shown[column.index] = number
    values[column.index] = out_of(shown)[column.index]


def _class_number(patterns: PatternSet, where: str, text: str) -> int:
    name, names = text.strip(), patterns.class_names
    if name in names:
        return names.index(name)
    listed = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    raise BadValue(where, name, f"one of {listed}", meant(name, names))


def coded(patterns: PatternSet, number: int) -> Vector:
    """The targets (m,) of a class."""
    if patterns.n_outputs == 1:
        return np.array([float(number)])
    return np.where(np.arange(patterns.n_outputs) == number, 1.0, 0.0)
