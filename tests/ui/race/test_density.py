"""Curves as counts: every network once at every epoch, in the row of its error."""

from dataclasses import replace

import numpy as np

from bpviz.core.race.plan import Outcomes, RacePlan, empty_outcomes
from bpviz.ui.race.density import COLUMNS, ROWS, Density, DensityScales, nearest


def curves(*errors: float) -> Outcomes:
    """Networks whose error stays what it is."""
    empty = empty_outcomes(range(len(errors)), RacePlan(100), 1)
    shape = empty.train_error.shape
    return replace(empty, train_error=np.array(errors)[:, None] * np.ones(shape))


def test_every_curve_is_counted_once_at_every_epoch() -> None:
    for log_epochs in (False, True):
        density = Density(DensityScales(100, 1.0, log_epochs=log_epochs, log_error=False))
        density.add(curves(0.25, 0.25, 0.75))
        density.add(curves(0.75, 7.0))  # beyond the top is drawn at the top
        expected = np.zeros(ROWS)
        expected[[ROWS // 4, 3 * ROWS // 4, ROWS - 1]] = 2, 2, 1
        np.testing.assert_array_equal(density.counts, np.tile(expected, (COLUMNS, 1)))


def test_a_network_that_ended_is_counted_no_longer() -> None:
    outcomes = curves(0.5)
    outcomes.train_error[0, outcomes.epochs > 50] = np.nan
    density = Density(DensityScales(100, 1.0, log_error=False))
    density.add(outcomes)
    assert density.counts[: COLUMNS // 2].sum() == COLUMNS // 2
    assert density.counts[COLUMNS // 2 + 3 :].sum() == 0


def test_a_single_curve_among_many_is_still_seen() -> None:
    density = Density(DensityScales(100, 1.0, log_error=False))
    density.add(curves(*[0.1] * 999, 0.9))
    shares = density.shares()
    assert shares[0].max() == 1.0
    assert shares[0, int(0.9 * ROWS)] > 0.15
    assert shares[0, ROWS // 2] == 0.0


def test_the_nearest_curve() -> None:
    scales = DensityScales(100, 1.0, log_error=True)
    outcomes = curves(0.5, 0.01, 0.001)
    assert nearest(outcomes, scales, 40.0, -2.2) == 1
    outcomes.train_error[1] = np.nan
    assert nearest(outcomes, scales, 40.0, -2.2) == 2
    outcomes.train_error[:] = np.nan
    assert nearest(outcomes, scales, 40.0, -2.2) is None


def test_a_logarithmic_axis_goes_down_to_the_decade_of_the_lowest_curve() -> None:
    density = Density(DensityScales(100, 2.0))
    assert density.lowest == density.scales.y_range[0]
    density.add(curves(0.9, 0.03))
    assert density.lowest == -2.0
    density.add(curves(1e-9))
    assert density.lowest == density.scales.y_range[0]
    linear = Density(DensityScales(100, 2.0, log_error=False))
    linear.add(curves(0.9))
    assert linear.lowest == 0.0
