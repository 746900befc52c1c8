"""What the comparison's plot shows, computed without a screen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.model.patterns import Split
from bpviz.core.values import Vector
from bpviz.experiment.comparison import hidden_units
from bpviz.session.compare import ComparedRun
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, ErrorScale, Range, by_columns, column_starts
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

Along = Literal["epochs", "updates", "units"]

UNLIKE = 10
"""The longest run has so many times as many epochs as the shortest: a linear axis hides one."""

COLUMNS = 300
"""A curve is drawn with the extremes of so many columns: compared curves are many."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A line of the plot: x, and the error; nan makes a gap."""

    x: Vector
    error: Vector


def errors(run: ComparedRun, split: Split, scale: ErrorScale = "sum") -> Vector:
    """The error at every epoch of a run's curve; empty if there is none."""
    patterns = None if run.setup is None else run.setup.patterns
    part = None if patterns is None else patterns.train if split == "train" else patterns.test
    if part is None:
        return np.empty(0)
    curve = run.curve
    found = curve.train_error if split == "train" else curve.test_error
    return found / len(part) if scale == "per_pattern" else found


def last_error(run: ComparedRun, split: Split, scale: ErrorScale = "sum") -> float:
    """The error after the last epoch, nan if there is none."""
    found = errors(run, split, scale)
    return float(found[-1]) if len(found) else float("nan")


def have_unlike_lengths(runs: list[ComparedRun]) -> bool:
    """Whether the runs have very different numbers of epochs."""
    lengths = [int(run.curve.epochs[-1]) for run in runs if len(run.curve.epochs) > 1]
    return bool(lengths) and max(lengths) >= UNLIKE * max(min(lengths), 1)


def series(
    run: ComparedRun, split: Split, along: Along, axes: Axes, scale: ErrorScale = "sum"
) -> Series:
    """The line of a run over epochs or updates, thinned; empty where it cannot be drawn."""
    found = errors(run, split, scale)
    steps = run.updates if along == "updates" else 1
    if not len(found) or not steps:
        return Series(np.empty(0), np.empty(0))
    first = 1 if axes.log_epochs and run.curve.epochs[0] == 0 else 0  # it has no place there
    whole, shown = run.curve.epochs[first:], axes.shown(found)[first:]
    epochs: Vector = whole.astype(np.float64)
    columns = Axes(log_epochs=axes.log_epochs)
    last = float(max(run.curve.epochs[-1], 1))
    span = 0.0, float(np.log10(last)) if columns.log_epochs else last
    starts = column_starts(whole, span, COLUMNS, columns)
    if starts is not None:
        epochs, shown = by_columns(whole, shown, starts)
    return Series(epochs * steps, shown)


def units_series(runs: list[ComparedRun], split: Split, scale: ErrorScale = "sum") -> Series:
    """The last errors against the number of hidden units, fewest first."""
    points = sorted(
        (hidden_units(run.experiment), last_error(run, split, scale))
        for run in runs
        if hidden_units(run.experiment) and np.isfinite(last_error(run, split))
    )
    table = np.array(points, dtype=np.float64).reshape(-1, 2)
    return Series(table[:, 0], table[:, 1])


def has_sizes(runs: list[ComparedRun]) -> bool:
    """Whether the runs differ in their number of hidden units."""
    return len({hidden_units(run.experiment) for run in runs} - {0}) > 1


def x_range(lines: list[Series], axes: Axes) -> Range:
    """The plotted x that holds all lines: from 0 to a round number, or around all sizes."""
    every = np.concatenate([np.empty(0), *(line.x for line in lines)])
    if axes.log_epochs:
        low, high = (every.min(), every.max()) if len(every) else (1.0, 10.0)
        return float(np.log10(low / 1.3)), float(np.log10(high * 1.3))
    high = float(every.max()) if len(every) else 0.0
    return 0.0, 1.015 * nice_ceiling(max(high, 10.0))
