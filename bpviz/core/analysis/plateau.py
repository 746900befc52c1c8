"""Plateaus of an error curve: long intervals in which it hardly falls although it is high.

The scale grows with the epoch t: the mean error of the interval before t is compared with that of
the interval after it, each a tenth of t long and at least ten epochs. Where they differ by less
than 1 %, the curve is flat: it falls more slowly than t^-0.1. So a curve that falls like a power
of t, or exponentially, has no plateau at any magnification, and one that oscillates around a
level, as with small batches, has one.

A plateau must also be flat compared with the fall after it, which is at least ten times as steep.
A curve that begins slowly and falls faster and faster has no plateau.
"""

import math
from typing import NamedTuple

import numpy as np

from bpviz.core.values import Integers, Vector

REACH = 0.1
SHORTEST_REACH = 10.0
FLAT = 0.01
HIGH = 0.2
"""A plateau is above this share of the first error, or of the reference if that is less."""

SLOW, FALL = 0.1, 0.2
"""On a plateau the error falls at most at the share SLOW of the steepest later rate, if it later
falls by the share FALL of its height."""

LEAST = 30.0
"""Shortest plateau, epochs; it is also at least REACH times the epoch at which it ends."""

PLACES = 500
"""Number of epochs that are examined, so that the cost does not grow with the curve."""


class Plateau(NamedTuple):
    """From one epoch to another, both included."""

    first: float
    last: float


def plateaus(
    epochs: Integers, errors: Vector, rights: Vector, reference: float = math.inf
) -> tuple[Plateau, ...]:
    """The plateaus of a curve (n,) of errors, oldest first.

    ``epochs`` rise, not necessarily in steps of one; where ``rights``, the share of right
    answers, is 1, the problem is solved and there is no plateau. ``reference`` is an error that
    is certainly high, such as that of always answering the mean; that of the initial weights may
    be far higher. Errors that are not finite count as the last finite one.
    """
    n = len(epochs)
    if n < 3 or not np.isfinite(errors[0]) or epochs[-1] - epochs[0] < LEAST:
        return ()
    at = np.asarray(epochs, dtype=np.float64)
    height = _filled(errors)
    if not height.max() > 0.0:
        return ()
    peak = float(height.max())
    height = height / peak  # otherwise sums of very large errors overflow
    area = np.concatenate([[0.0], np.cumsum(np.diff(at) * (height[1:] + height[:-1]) / 2)])
    places = np.linspace(at[0], at[-1], PLACES)
    reach = np.maximum(REACH * places, SHORTEST_REACH)
    low, high = np.maximum(places - reach, at[0]), np.minimum(places + reach, at[-1])
    total = [np.interp(x, at, area) for x in (low, places, high)]
    with np.errstate(invalid="ignore", divide="ignore"):
        before = (total[1] - total[0]) / (places - low)
        after = (total[2] - total[1]) / (high - places)
        flat = np.abs(after - before) <= FLAT * before
    # Near the ends one of the two intervals is too short.
    flat &= (places - low >= reach / 2) & (high - places >= reach / 2)
    flat &= np.interp(places, at, height) > HIGH * min(height[0], reference / peak)
    flat &= np.interp(places, at, np.nan_to_num(rights)) < 1.0
    found = _stretches(places, flat, reach)
    if not found:
        return ()
    smooth = np.interp(places, at, height)
    rate = (np.interp(low, at, height) - np.interp(high, at, height)) / (high - low)
    return tuple(p for p in found if not _begins_slowly(p, places, smooth, rate))


def _begins_slowly(found: Plateau, places: Vector, height: Vector, rate: Vector) -> bool:
    """Whether an interval is only the slow beginning of the fall that follows it."""
    later = places > found.last
    if not later.any():
        return False
    first, last = np.interp([found.first, found.last], places, height)
    if height[later].min() > (1.0 - FALL) * last:
        return False  # the curve does not fall after it
    return bool((first - last) / (found.last - found.first) > SLOW * rate[later].max())


def _filled(errors: Vector) -> Vector:
    """The errors with every one that is not finite replaced by the last finite one before it."""
    finite = np.isfinite(errors)
    last = np.maximum.accumulate(np.where(finite, np.arange(len(errors)), 0))
    return np.asarray(errors[last])


def _stretches(places: Vector, flat: Vector, reach: Vector) -> list[Plateau]:
    """The intervals of flat places that are long enough, extended by half the reach."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat.astype(np.int8), [0]])))
    joined: list[list[int]] = []
    for start, stop in edges.reshape(-1, 2).tolist():
        # Noise causes short gaps; a fall to another level causes one of twice the reach.
        if joined and places[start] - places[joined[-1][1] - 1] <= reach[start]:
            joined[-1][1] = stop
        else:
            joined.append([start, stop])
    found = []
    for start, stop in joined:
        first = max(places[start] - reach[start] / 2, places[0])
        if places[start] - reach[start] <= places[0]:
            first = places[0]
        last = min(places[stop - 1] + reach[stop - 1] / 2, places[-1])
        if last - first >= max(LEAST, REACH * last):
            found.append(Plateau(float(first), float(last)))
    return found
