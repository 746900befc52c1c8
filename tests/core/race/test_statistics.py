"""Shares, medians and their intervals, against known values and against simulation."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.core.race.plan import Outcomes, RacePlan, empty_outcomes
from bpviz.core.race.statistics import median_interval, solved_over_epochs, summary, wilson


def outcomes(*solved_at: int, diverged: int = 0) -> Outcomes:
    """Networks solved at these epochs; -1 never."""
    n = len(solved_at)
    return replace(
        empty_outcomes(range(n), RacePlan(100), 1),
        solved_at=np.array(solved_at),
        diverged=np.arange(n) < diverged,
    )


def test_wilsons_interval() -> None:
    """8 of 10, as in Wilson 1927 (computed by hand): .490 to .943; never outside 0 to 1."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


def test_the_medians_interval_has_the_ranks_of_the_tables() -> None:
    """For n = 6, 10, 20 and 100 the ranks are 1, 2, 6 and 40 from either end."""
    for n, rank in ((6, 1), (10, 2), (20, 6), (100, 40)):
        assert median_interval(np.arange(1, n + 1)) == (rank, n + 1 - rank)
    assert median_interval(np.arange(5)) == (None, None)
    assert median_interval(np.arange(0)) == (None, None)


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    samples = np.sort(rng.exponential(size=(400, 31)))
    held = [low <= np.log(2.0) <= high for low, high in map(median_interval, samples)]
    assert 0.92 <= np.mean(held) <= 0.99
    shares = [wilson(successes, 200) for successes in rng.binomial(200, 0.8, size=400)]
    assert 0.92 <= np.mean([low <= 0.8 <= high for low, high in shares]) <= 0.99


def test_a_summary() -> None:
    figures = summary(outcomes(40, 10, 30, -1, 20, -1, diverged=2))
    assert (figures.networks, figures.solved, figures.diverged) == (6, 4, 2)
    assert figures.share == pytest.approx(4 / 6)
    assert (figures.median, figures.quartiles) == (25.0, (17.5, 32.5))
    assert figures.median_low is None
    unsolved = summary(outcomes(-1, -1))
    assert (unsolved.share, unsolved.median, unsolved.quartiles) == (
        0.0,
        None,
        None,
    )


def test_the_share_solved_grows_with_the_epochs() -> None:
    share, low, high = solved_over_epochs(outcomes(10, 20, 20, -1), np.array([0, 10, 19, 20, 99]))
    np.testing.assert_array_equal(share, [0, 0.25, 0.25, 0.75, 0.75])
    assert (low <= share).all()
    assert (share <= high).all()
