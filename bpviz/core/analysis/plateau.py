"""Plateaus of an error curve: long stretches in which it hardly falls although it is high.

Judged on a scale of its own at every epoch t: the mean error of the stretch before t is compared
with that of the stretch after it, each a tenth of t long and at least ten epochs. Where they
differ by less than 1 %, the curve is flat: it falls more slowly than t^-0.1. So a curve that
falls like a power of t, or exponentially, has no plateau at any magnification, and one that
oscillates around a level, as with small batches, does.

Such a stretch must also be flat beside what comes after it: where the curve leaves it for good,
it falls at least ten times as fast there. A curve that merely begins slowly, and falls faster and
faster, has no plateau.
"""

import math
from typing import NamedTuple

import numpy as np

from bpviz.core.values import Integers, Vector

REACH = 0.1
SHORTEST_REACH = 10.0
FLAT = 0.01
HIGH = 0.2
"""A plateau is above this share of the first error, or of the reference if that is less: below
it, a run has got there."""

SLOW, FALL = 0.1, 0.2
"""On a plateau the error falls at most at this share of the steepest rate at which it falls
later, if it later falls by so much of its height."""

LEAST = 30.0
"""Epochs that a plateau lasts at least, and at least REACH of the epoch at which it ends."""

PLACES = 500
"""So many epochs are looked at: the cost does not grow with the curve."""


class Plateau(NamedTuple):
    """From one epoch to another, both included."""

    first: float
    last: float


def plateaus(
    epochs: Integers, errors: Vector, rights: Vector, reference: float = math.inf
) -> tuple[Plateau, ...]:
    """The plateaus of a curve (n,) of errors, oldest first.

    ``epochs`` rise, not necessarily in steps of one; where ``rights``, the share of right
    answers, is 1, the problem is solved and nothing is a plateau. ``reference`` is an error that is
    certainly high (that of always answering the mean, say): initial weights may be far worse.
    Errors that are not finite
    count as the last finite one.
    """
    n = len(epochs)
    if n < 3 or not np.isfinite(errors[0]) or epochs[-1] - epochs[0] < LEAST:
        return ()
    at = np.asarray(epochs, dtype=np.float64)
    height = _filled(errors)
    if not height.max() > 0.0:
        return ()
    peak = float(height.max())
    height = height / peak  # sums of the largest errors would overflow
    area = np.concatenate([[0.0], np.cumsum(np.diff(at) * (height[1:] + height[:-1]) / 2)])
    places = np.linspace(at[0], at[-1], PLACES)
    reach = np.maximum(REACH * places, SHORTEST_REACH)
    low, high = np.maximum(places - reach, at[0]), np.minimum(places + reach, at[-1])
    total = [np.interp(x, at, area) for x in (low, places, high)]
    with np.errstate(invalid="ignore", divide="ignore"):
        before = (total[1] - total[0]) / (places - low)
        after = (total[2] - total[1]) / (high - places)
        flat = np.abs(after - before) <= FLAT * before
    # Near the ends one of the two stretches is too short to judge by.
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
    """Whether a stretch is but the slow beginning of the fall that follows it."""
    later = places > found.last
    if not later.any():
        return False
    first, last = np.interp([found.first, found.last], places, height)
    if height[later].min() > (1.0 - FALL) * last:
        return False  # it never got away from there
    return bool((first - last) / (found.last - found.first) > SLOW * rate[later].max())


def _filled(errors: Vector) -> Vector:
    """The errors with every one that is not finite replaced by the last finite one before it."""
    finite = np.isfinite(errors)
    last = np.maximum.accumulate(np.where(finite, np.arange(len(errors)), 0))
    return np.asarray(errors[last])


def _stretches(places: Vector, flat: Vector, reach: Vector) -> list[Plateau]:
    """The runs of flat places that are long enough, with what they were judged by."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat.astype(np.int8), [0]])))
    joined: list[list[int]] = []
    for start, stop in edges.reshape(-1, 2).tolist():
        # Noise makes short gaps; a fall to another level makes one of twice the reach.
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
