"""What the trajectory view draws, computed without a screen."""

import math
from collections.abc import Sequence

import numpy as np

from bpviz.core.values import Integers, Vector
from bpviz.session.frame import Track
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, Range, by_columns, column_starts, visible_rows
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

SMALLEST, LARGEST = 1e-12, 1e12
"""The heights that the axis of values may end at."""


def value_range(tracks: Sequence[Track]) -> Range:
    """From a round number below all values to one above, with 0; -1 to 1 if there are none."""
    finite = [track.values[np.isfinite(track.values)] for track in tracks]
    values = np.concatenate([np.zeros(1), *finite])
    low, high = _end(-float(values.min())), _end(float(values.max()))
    if not low and not high:
        return -1.0, 1.0
    room = 0.03 * (low + high)  # a line along an end is seen whole
    return -low - room, high + room


def _end(size: float) -> float:
    return nice_ceiling(min(max(size, SMALLEST), LARGEST)) if size > 0.0 else 0.0


def points(track: Track, shown: Range, columns: int, axes: Axes) -> tuple[Vector, Vector]:
    """Plotted coordinates of a track's line inside a range of epochs, thinned to the columns."""
    rows = visible_rows(track.epochs, shown, axes)
    epochs, values = track.epochs[rows], track.values[rows]
    starts = column_starts(epochs, shown, columns, axes)
    if starts is not None:
        x, y = by_columns(epochs, values, starts)
    else:
        x, y = epochs.astype(np.float64), values
    return axes.x_of(x), y


def value_at(track: Track, epoch: float) -> float:
    """The value at the last recorded epoch that is not after this one; nan before the first."""
    row = int(track.epochs.searchsorted(epoch, side="right")) - 1
    return float(track.values[row]) if row >= 0 else math.nan


def last_epochs(tracks: Sequence[Track]) -> Integers:
    """The epochs 0 and the last recorded one of all."""
    ends = [int(track.epochs[-1]) for track in tracks if len(track.epochs)]
    return np.array([0, max(ends, default=0)])


def notes(tracks: Sequence[Track], axes: Axes) -> str:
    """What the lines show: what of the past is not filled in, and what is left out of them."""
    said = ["epoch"]
    if gap := next((track.missing for track in tracks if track.filling and track.missing), None):
        first, last = gap
        share = 100 * first // (last + 1)
        said.append(f"epochs {first:,} to {last:,} are being filled in ({share} % are)")
    left = sorted({t.missing for t in tracks if t.missing is not None and not t.filling})
    if left:
        said.append(f"not filled in: epochs {left[0][0]:,} to {left[-1][1]:,}")
    filled = max(tracks, key=lambda track: track.chosen, default=None)
    if filled is not None and not filled.missing:
        known = int(filled.epochs.searchsorted(filled.chosen))
        if known < filled.chosen:
            said.append(f"before epoch {filled.chosen:,}: {known:,} epochs of them")
    if axes.log_epochs:
        said.append("logarithmic: epoch 0 is left out")
    thinned = max((track.thinned_before for track in tracks), default=0)
    if thinned:
        said.append(f"before epoch {thinned + 1:,}: lowest and highest of several epochs")
    return " · ".join(said)
