"""The names and numbers that the network view writes."""

import math

import numpy as np

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.run.snapshot import shown_rows
from bpviz.core.text.number_words import MINUS, plain, scientific, signed
from bpviz.core.values import Integers, Vector
from bpviz.ui.toolkit.drawing.pattern_names import class_name, named_by_inputs, short_name
from bpviz.ui.toolkit.drawing.unit_names import unit_name as unit_name
from bpviz.ui.toolkit.drawing.unit_names import unit_names as unit_names

WIDEST = f"{MINUS}0.00"
"""The widest ``short`` number."""

LISTED = 4
"""The most inputs or targets of a pattern that is described by their numbers."""

SAMPLED, FEWEST_SAMPLED = 1000, 50
"""The most patterns from which scales and widths are computed: a sample of more."""

SAMPLED_CELLS = 100_000
"""The most inputs in such a sample: looking for a quantile of so many takes about 1 ms."""


def short(value: float) -> str:
    """A number in at most five characters, such as '0.53', '−12.4', '3210', '2×10⁵'."""
    size = abs(value)
    if not math.isfinite(value):
        return "–"
    if size < 9.995:
        text = f"{size:.2f}"
    elif size < 99.95:
        text = f"{size:.1f}"
    elif size < 9999.5:
        text = f"{size:.0f}"
    else:
        text = scientific(size, 1)
    return text if value >= 0.0 or text == "0.00" else MINUS + text


def tenths(value: float) -> str:
    """A number with one decimal: '0.5', '−1.5'."""
    return signed(f"{round(value, 1) + 0.0:.1f}")


def exact(value: float) -> str:
    """A number as in the panel: with sign and four decimals, '+0.5312'."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    return signed(f"{value + 0.0:+.4f}") if abs(value) < 1e5 else with_sign(scientific(value, 5))


def with_sign(text: str) -> str:
    """A number with a plus where it has no minus."""
    return text if text.startswith(MINUS) else f"+{text}"


def activation_name(name: str) -> str:
    """The short name of an activation, in the caption of a group: 'logistic', 'ReLU', ..."""
    return ACTIVATIONS[name].short if name in ACTIVATIONS else name


def target_text(patterns: PatternSet, targets: Vector, unit: int) -> str:
    """The text of a target: 't 1', with the class where one output stands for two classes."""
    value = float(patterns.in_units(targets)[unit])
    text = f"t {plain(round(value, 2))}"
    if patterns.kind == "classes" and not patterns.one_hot:
        text += f" ({patterns.class_names[int(value > 0.5)]})"
    return text


def pattern_text(patterns: PatternSet, row: int) -> str:
    """A short description of a training pattern: '0 1 → 1', '7: setosa', '12: 0.52 → 0.49'.

    Rows are numbered from 1. Inputs and targets are left out if there are many.
    """
    name = short_name(patterns, row)
    if patterns.kind == "classes":
        return f"{name}: {class_name(patterns, row)}"
    targets = _numbers(patterns.in_units(patterns.train.targets[row]))
    if named_by_inputs(patterns):
        return f"{name} → {targets}"
    return f"{name}: {_numbers(patterns.inputs_in_units(patterns.train.inputs[row]))} → {targets}"


def _numbers(values: Vector) -> str:
    shown = " ".join(plain(round(float(v), 3)) for v in values[:LISTED])
    return shown if len(values) <= LISTED else f"{shown} …"


def compact(value: float) -> str:
    """``short``, with a large number in thousands and so on: '131k', '−2.5M'."""
    size = abs(value)
    if not 9999.5 <= size < 9.995e14:
        return short(value)
    factor, letter = next(row for row in _LARGE if size >= 0.9995 * row[0])
    places = 1 if size < 9.95 * factor else 0
    figures = f"{size / factor:.{places}f}".removesuffix(".0")
    return f"{MINUS if value < 0.0 else ''}{figures}{letter}"


_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def sampled_rows(patterns: Patterns) -> Integers:
    """The rows from which scales and legends are made: an even sample of many."""
    fits = SAMPLED_CELLS // max(1, patterns.inputs.shape[1])
    return shown_rows(len(patterns), min(SAMPLED, max(fits, FEWEST_SAMPLED)))


def finite(values: Vector) -> Vector:
    """The values, with nan replaced by 0 and infinities by the largest float."""
    return values if np.isfinite(values).all() else np.nan_to_num(values)


def largest(values: Vector, share: float = 1.0) -> float:
    """The quantile ``share`` of the magnitudes of the finite values; 0 if there are none."""
    sizes = np.abs(values)
    finite = np.isfinite(sizes)
    if not finite.all():
        sizes = sizes[finite]
    if not len(sizes):
        return 0.0
    at = min(int(np.ceil(share * len(sizes))), len(sizes)) - 1
    return float(np.partition(sizes, at)[at])
