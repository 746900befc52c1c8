"""Statistics of a race: shares and epochs, with confidence intervals."""

import math
from dataclasses import dataclass

import numpy as np

from bpviz.core.race.plan import Outcomes
from bpviz.core.values import Integers, Vector

Z = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary of R networks, with 95 % confidence intervals.

    share, low, high   share of the networks that solved the problem, with Wilson's interval.
    median, quartiles  epochs to solve of those networks; None if there are none.
    median_low, median_high   interval of the median; None for too few networks.
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
    """The summary of a race or of a part of one."""
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
    # At a share of 0 or 1 the interval ends there exactly, whatever the rounding.
    low = np.where(successes == 0, 0.0, middle - half)
    return low, np.where(successes == trials, 1.0, middle + half)


def median_interval(ascending: Integers) -> tuple[float | None, float | None]:
    """A confidence interval of at least 95 % for the median, from order statistics.

    The number of values below the true median is binomial (n, 1/2). None for fewer than 6
    numbers, where even the smallest and the largest are not enough.
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
    """The share solved by each of these epochs, and the ends of its interval."""
    count = np.searchsorted(outcomes.epochs_to_solve, epochs, side="right")
    return count / len(outcomes), *_wilson(count, len(outcomes))
