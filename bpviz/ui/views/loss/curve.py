"""What the loss view draws, computed without a screen: scales, ranges, columns and words."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.values import Integers, Vector
from bpviz.session.frame import Curve
from bpviz.setup import Setup
from bpviz.ui.plotting import nice_ceiling

Scale = Literal["sum", "per_pattern"]
Range = tuple[float, float]

_SMALLEST, _LARGEST = 1e-300, 1e300
"""Errors outside have no place on an axis."""

BESIDE = 1.015
"""How much farther than its last round number the epoch axis goes."""

_WORDS = {
    "squared": ("error", "Σ (t − o)²", ""),
    "binary": ("binary cross-entropy", "−Σ t ln o + (1 − t) ln(1 − o)", " in nats"),
    "categorical": ("categorical cross-entropy", "−Σ t ln o", " in nats"),
}
"""Each error's name, formula and unit."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Which axes are logarithmic; plotted coordinates are then log10 of the values."""

    log_epochs: bool = False
    log_error: bool = False

    def epoch_at(self, x: float) -> float:
        """The epoch at a plotted coordinate."""
        return 10.0 ** min(x, 300.0) if self.log_epochs else x

    def epochs_at(self, x: Vector) -> Vector:
        """The epochs at plotted coordinates."""
        return np.asarray(10.0**x) if self.log_epochs else x

    def x_of(self, epochs: Integers | Vector) -> Vector:
        """Plotted coordinates of epochs (all above 0 on a logarithmic axis)."""
        return np.log10(epochs) if self.log_epochs else np.asarray(epochs, dtype=np.float64)

    def shown(self, errors: Vector) -> Vector:
        """The same errors with nan for those that have no place on the axis."""
        shown = np.isfinite(errors)
        if self.log_error:
            shown &= errors >= _SMALLEST
        return errors if shown.all() else np.where(shown, errors, np.nan)

    def y_of(self, errors: Vector) -> Vector:
        """Plotted coordinates of errors that ``shown`` returned."""
        return np.log10(errors) if self.log_error else errors


def default_scale(setup: Setup) -> Scale:
    """Sets of different size are comparable per pattern only; otherwise the lecture's sum."""
    return "sum" if setup.patterns.test is None else "per_pattern"


def divisors(setup: Setup, scale: Scale) -> tuple[float, float]:
    """What the errors of the train and the test set are divided by."""
    test = setup.patterns.test
    if scale == "sum":
        return 1.0, 1.0
    return float(len(setup.patterns.train)), float(len(test) if test else 1)


def titles(setup: Setup, scale: Scale) -> list[str]:
    """What the error axis shows, longest words first."""
    name, formula, unit = _WORDS[setup.experiment.error]
    n, test = len(setup.patterns.train), setup.patterns.test
    count = f"{n:,} pattern" + ("s" if n != 1 else "")
    if scale == "sum":
        counts = count + (f" (test {len(test):,})" if test else "")
        return [
            f"{name} E = {formula}{unit}, summed over {counts}",
            f"{name} E{unit}, summed over {counts}",
            f"error E{unit}, summed over {count}",
            f"error E, {count}",
        ]
    return [
        f"{name} per pattern, E / P{unit}, with E = {formula} and P = {n:,}",
        f"{name} per pattern, E / P{unit}, with E = {formula}",
        f"{name} per pattern, E / P{unit}",
        f"error per pattern, E / P{unit}",
        "error per pattern",
    ]


def notes(curve: Curve, axes: Axes, first_x: float, zeros: bool) -> list[str]:
    """The words below the epoch axis, longest first: what it is and what is not shown."""
    long, short = ["epoch"], ["epoch"]
    if axes.log_epochs:
        long.append("logarithmic: epoch 0 is left out")
        short.append("0 left out")
    if curve.thinned_before and axes.epoch_at(first_x) <= curve.thinned_before:
        until = f"{curve.thinned_before + 1:,}"
        long.append(f"before epoch {until}: extremes of neighbouring epochs")
        short.append(f"before {until}: extremes only")
    if axes.log_error and zeros:
        long.append("errors of 0 are left out")
        short.append("E = 0 left out")
    return [" · ".join(long), " · ".join(short)]


def epoch_range(curve: Curve, axes: Axes) -> Range:
    """From epoch 0 (1 on a logarithmic axis) to a round number, so that it seldom changes.

    And a little farther: the end of the curve has a dot.
    """
    last = float(curve.epochs[-1]) if len(curve.epochs) else 0.0
    high = nice_ceiling(max(last, 10.0))
    return 0.0, BESIDE * (math.log10(high) if axes.log_epochs else high)


def error_range(series: list[Vector], axes: Axes) -> Range:
    """Plotted limits that hold all of these errors (nan is passed over).

    Linear: from a little below 0, so that a curve along 0 is seen, to a round number.
    Logarithmic: whole decades downwards, at least one.
    """
    values = [errors for errors in series if len(errors)]
    low = np.fmin.reduce([np.fmin.reduce(errors) for errors in values] or [np.nan])
    high = np.fmax.reduce([np.fmax.reduce(errors) for errors in values] or [np.nan])
    top = nice_ceiling(min(high, _LARGEST) * 1.02) if high >= _SMALLEST else 1.0
    if not axes.log_error:
        return -0.02 * top, top
    if not low >= _SMALLEST:
        return -1.0, 0.0
    ceiling = math.log10(top)
    return float(math.floor(min(math.log10(low), ceiling - 1.0))), ceiling


def visible_rows(epochs: Integers, shown: Range, axes: Axes) -> slice:
    """The rows of a curve inside a plotted range of epochs, and one more on each side."""
    low, high = (axes.epoch_at(x) for x in shown)
    start = int(epochs.searchsorted(math.ceil(low))) - 1
    stop = int(epochs.searchsorted(math.floor(high), side="right")) + 1
    first = int(epochs.searchsorted(1)) if axes.log_epochs else 0
    return slice(max(start, first), max(stop, first))


def column_starts(epochs: Integers, shown: Range, columns: int, axes: Axes) -> Integers | None:
    """The first row of every column of a screen that has any; None if there are few rows."""
    if len(epochs) <= 4 * columns:
        return None
    edges = axes.epochs_at(np.linspace(*shown, columns + 1)[1:-1])
    starts = epochs.searchsorted(np.ceil(edges).astype(np.int64))
    starts = np.concatenate([[0], starts[starts < len(epochs)]])
    return np.asarray(starts[np.diff(starts, prepend=-1) > 0])


def by_columns(x: Integers, y: Vector, starts: Integers) -> tuple[Vector, Vector]:
    """Thin a curve to four points per column, which look the same as all of them.

    Of each column the first, smallest, largest and last value stay (the M4 aggregation of
    Jugel et al. 2014). nan is never an extreme; a column of nan alone stays nan.
    """
    last = np.append(starts[1:], len(x)) - 1
    xs = np.array([x[starts], x[starts], x[last], x[last]], dtype=np.float64)
    low, high = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    falls = y[starts] > y[last]  # then the largest comes before the smallest: no needless zigzag
    ys = np.array([y[starts], np.where(falls, high, low), np.where(falls, low, high), y[last]])
    return xs.T.ravel(), ys.T.ravel()


def nearest_row(epochs: Integers, epoch: float) -> int:
    """The row whose epoch is nearest to this one; epochs must not be empty."""
    right = int(epochs.searchsorted(epoch))
    if right == 0:
        return 0
    if right == len(epochs) or epoch - epochs[right - 1] <= epochs[right] - epoch:
        return right - 1
    return right
