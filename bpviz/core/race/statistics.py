"""What a race says about its kind of network: shares and epochs, with their intervals."""

import math
from dataclasses import dataclass

import numpy as np

from bpviz.core.race.plan import Outcomes
from bpviz.core.values import Integers, Vector

Z = 1.959963984540054
"""Of the normal distribution, 95 % lies within so many standard deviations."""

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Summary:
    """Of R networks; intervals hold the true value in 95 % of all races.

    share, low, high   share that solved it, with Wilson's interval.
    median, quartiles  epochs to solve of those that did; None if none did.
    median_low, median_high   interval of the median; None where the networks are too few.
    """

    networks: int
    solved: int
    diverged: int
    share: float
    low: float
    high: float
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    median_low: float | None = None
    median_high: float | None = None


def summary(outcomes: Outcomes) -> Summary:
    """The summary of a race or a part of it."""
    n, epochs = len(outcomes), outcomes.epochs_to_solve
    low, high = wilson(len(epochs), n)
    counts = n, len(epochs), int(outcomes.diverged.sum()), len(epochs) / n, low, high
    if not len(epochs):
        return Summary(*counts)
    first, median, third = (float(q) for q in np.quantile(epochs, [0.25, 0.5, 0.75]))
    return Summary(*counts, median, (first, third), *median_interval(epochs))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    low, high = _wilson(np.array([successes]), trials)
    return float(low[0]), float(high[0])


def _wilson(successes: Integers, trials: int) -> tuple[Vector, Vector]:
    share, z2 = successes / trials, Z * Z / trials
    middle = (share + z2 / 2.0) / (1.0 + z2)
    half = np.sqrt(share * (1.0 - share) * z2 + z2 * z2 / 4.0) / (1.0 + z2)
    # At a share of 0 or 1 the interval ends there exactly; rounding must not say otherwise.
    low = np.where(successes == 0, 0.0, middle - half)
    return low, np.where(successes == trials, 1.0, middle + half)


def median_interval(ascending: Integers) -> tuple[float | None, float | None]:
    """Two of these numbers between which the median lies with at least 95 % (order statistics).

    As many of n numbers lie below the true median as heads fall in n tosses of a coin. None
    where even the smallest and the largest are not sure enough (fewer than 6 numbers).
    """
    n = len(ascending)
    k = np.arange(n)
    logs = np.concatenate([[0.0], np.cumsum(np.log((n - k) / (k + 1)))]) - n * math.log(2.0)
    below = np.cumsum(np.exp(logs))  # P(at most k heads)
    rank = int(np.count_nonzero(below <= ALPHA / 2.0))
    if rank == 0:
        return None, None
    return float(ascending[rank - 1]), float(ascending[n - rank])


def solved_over_epochs(
    outcomes: Outcomes, epochs: Integers | Vector
) -> tuple[Vector, Vector, Vector]:
    """The share that had solved it by each of these epochs, and the ends of its interval."""
    count = np.searchsorted(outcomes.epochs_to_solve, epochs, side="right")
    return count / len(outcomes), *_wilson(count, len(outcomes))
