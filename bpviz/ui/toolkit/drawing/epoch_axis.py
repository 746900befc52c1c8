"""Values against epochs: axes, the visible part, and its reduction to the columns of a screen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.values import Integers, Vector
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

Range = tuple[float, float]
ErrorScale = Literal["sum", "per_pattern", "rmse"]
"""Whether an axis of errors shows E, E divided by the number of patterns, or the root of the mean
squared deviation of outputs from targets in the units of the file."""

SMALLEST, LARGEST = 1e-300, 1e300
"""The range of errors that an axis can show."""

EARLY, FLAT, MUCH = 0.05, 0.25, 0.3
"""See changes_early: a line changes much if its range is MUCH of its largest magnitude, and is
almost flat where its range is at most FLAT of that of the whole."""

LEAST_LINEAR = 200
"""Shorter runs have a linear epoch axis."""

BESIDE = 1.015
"""The epoch axis ends this factor beyond its last round number."""


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
        """The same errors, with nan for those that the axis cannot show."""
        shown = np.isfinite(errors)
        if self.log_error:
            shown &= errors >= SMALLEST
        return errors if shown.all() else np.where(shown, errors, np.nan)

    def y_of(self, errors: Vector) -> Vector:
        """Plotted coordinates of errors that ``shown`` returned."""
        return np.log10(errors) if self.log_error else errors


def epoch_range(epochs: Integers, axes: Axes) -> Range:
    """From epoch 0 (1 on a logarithmic axis) to a round number, so that it seldom changes.

    The range ends a little beyond it, for the dot at the end of the curve.
    """
    last = float(epochs[-1]) if len(epochs) else 0.0
    high = nice_ceiling(max(last, 10.0))
    return 0.0, BESIDE * (math.log10(high) if axes.log_epochs else high)


def changes_early(lines: Sequence[tuple[Integers, Vector]]) -> bool:
    """Whether a linear axis would show most of what happens as a vertical line at its left end.

    So it is if each of these lines (epochs and values, (n,) each) that changes much is almost
    flat after the first twentieth of all epochs.
    """
    last = max((int(epochs[-1]) for epochs, _ in lines if len(epochs)), default=0)
    if last < LEAST_LINEAR:
        return False
    ranges = [
        (_range(values[epochs.searchsorted(EARLY * last) :]), _range(values))
        for epochs, values in lines
        if _range(values) > MUCH * _magnitude(values)
    ]
    return bool(ranges) and all(late <= FLAT * whole for late, whole in ranges)


def _range(values: Vector) -> float:
    """Largest less smallest; nan is ignored, and without a number it is nan."""
    return float(np.fmax.reduce(values, initial=np.nan) - np.fmin.reduce(values, initial=np.nan))


def _magnitude(values: Vector) -> float:
    return float(np.fmax.reduce(np.abs(values), initial=np.nan))


def visible_rows(epochs: Integers, shown: Range, axes: Axes) -> slice:
    """The rows of a curve inside a plotted range of epochs, and one more on each side."""
    low, high = (axes.epoch_at(x) for x in shown)
    start = int(epochs.searchsorted(math.ceil(low))) - 1
    stop = int(epochs.searchsorted(math.floor(high), side="right")) + 1
    first = int(epochs.searchsorted(1)) if axes.log_epochs else 0
    return slice(max(start, first), max(stop, first))


def column_starts(epochs: Integers, shown: Range, columns: int, axes: Axes) -> Integers | None:
    """The first row in each column of the screen that has rows; None if there are few rows."""
    if len(epochs) <= 4 * columns:
        return None
    edges = axes.epochs_at(np.linspace(*shown, columns + 1)[1:-1])
    starts = epochs.searchsorted(np.ceil(edges).astype(np.int64))
    starts = np.concatenate([[0], starts[starts < len(epochs)]])
    return np.asarray(starts[np.diff(starts, prepend=-1) > 0])


def by_columns(x: Integers, y: Vector, starts: Integers) -> tuple[Vector, Vector]:
    """Thin a curve to four points per column, which look the same as all of them.

    Each column keeps its first, smallest, largest and last value (the M4 aggregation of Jugel
    et al. 2014). nan is neither smallest nor largest; a column of nan only stays nan.
    """
    last = np.append(starts[1:], len(x)) - 1
    xs = np.array([x[starts], x[starts], x[last], x[last]], dtype=np.float64)
    low, high = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    falls = y[starts] > y[last]  # then the largest comes before the smallest, with less zigzag
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


def error_range(series: list[Vector], axes: Axes) -> Range:
    """Plotted limits that include all of these errors (nan is ignored).

    Linear: from a little below 0, so that a curve along 0 is visible, to a round number.
    Logarithmic: whole decades downwards, at least one.
    """
    values = [errors for errors in series if len(errors)]
    low = np.fmin.reduce([np.fmin.reduce(errors) for errors in values] or [np.nan])
    high = np.fmax.reduce([np.fmax.reduce(errors) for errors in values] or [np.nan])
    top = nice_ceiling(min(high, LARGEST) * 1.02) if high >= SMALLEST else 1.0
    if not axes.log_error:
        return -0.02 * top, top
    if not low >= SMALLEST:
        return -1.0, 0.0
    ceiling = math.log10(top)
    return float(math.floor(min(math.log10(low), ceiling - 1.0))), ceiling
