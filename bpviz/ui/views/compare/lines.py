"""What the comparison's plot shows, computed without a screen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.model.patterns import Split
from bpviz.core.values import Vector
from bpviz.experiment.comparison import hidden_units
from bpviz.session.compare import ComparedRun
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, Range, by_columns, column_starts
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

Along = Literal["epochs", "updates", "units"]

COLUMNS = 300
"""A curve is drawn with the extremes of so many columns: compared curves are many."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A line of the plot: x, and the error per pattern; nan makes a gap."""

    x: Vector
    error: Vector


def errors(run: ComparedRun, split: Split) -> Vector:
    """The error per pattern at every epoch of a run's curve; empty if there is none."""
    patterns = None if run.setup is None else run.setup.patterns
    part = None if patterns is None else patterns.train if split == "train" else patterns.test
    if part is None:
        return np.empty(0)
    curve = run.curve
    return (curve.train_error if split == "train" else curve.test_error) / len(part)


def last_error(run: ComparedRun, split: Split) -> float:
    """The error per pattern after the last epoch, nan if there is none."""
    found = errors(run, split)
    return float(found[-1]) if len(found) else float("nan")


def series(run: ComparedRun, split: Split, along: Along, axes: Axes) -> Series:
    """The line of a run over epochs or updates, thinned; empty where it cannot be drawn."""
    found = errors(run, split)
    steps = run.updates if along == "updates" else 1
    if not len(found) or not steps:
        return Series(np.empty(0), np.empty(0))
    epochs: Vector = run.curve.epochs.astype(np.float64)
    shown = axes.shown(found)
    span = (0.0, float(max(run.curve.epochs[-1], 1)))
    starts = column_starts(run.curve.epochs, span, COLUMNS, Axes())
    if starts is not None:
        epochs, shown = by_columns(run.curve.epochs, shown, starts)
    return Series(epochs * steps, shown)


def units_series(runs: list[ComparedRun], split: Split) -> Series:
    """The last errors against the number of hidden units, fewest first."""
    points = sorted(
        (hidden_units(run.experiment), last_error(run, split))
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
