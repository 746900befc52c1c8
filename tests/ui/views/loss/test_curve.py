"""What the loss view draws, without a screen."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bpviz.core.analysis.quality import RegressionQuality, quality_of
from bpviz.core.learning.backprop import outputs
from bpviz.core.model.losses import LOSSES
from bpviz.experiment.experiment import experiment_for, open_problem
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.session.frame import Curve
from bpviz.ui.toolkit.drawing.epoch_axis import (
    Axes,
    by_columns,
    column_starts,
    epoch_range,
    error_range,
    nearest_row,
    visible_rows,
)
from bpviz.ui.views.loss.curve import (
    default_scale,
    divisors,
    in_scale,
    notes,
    rmse_unit,
    titles,
)

ALL_AXES = [Axes(x, y) for x in (False, True) for y in (False, True)]
PROBLEM_OF = {
    "squared": "xor",
    "squared-beyond": "family-trees",
    "binary": "gauss",
    "categorical": "iris",
}


def curve(n: int, thinned_before: int = 0, first: int = 0) -> Curve:
    epochs = np.arange(first, first + n)
    none = np.full(n, np.nan)
    return Curve(epochs, 1.0 / (epochs + 1.0), np.ones(n), none, none, thinned_before)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("scale", ["sum", "per_pattern"])
def test_every_error_says_which_it_is_of_what(name: str, scale: str) -> None:
    setup = prepare(experiment_for(PROBLEM_OF[name]))
    assert setup.experiment.error == name
    long, *shorter = titles(setup, scale)
    assert " E" in long
    assert ("summed over" in long) == (scale == "sum")
    assert ("per pattern" in long) == (scale == "per_pattern")
    assert ("nats" in long) == LOSSES[name].only_canonical
    assert f"{len(setup.patterns.train)}" in long
    assert all(len(text) < len(long) for text in shorter)


def table_of_numbers(folder: Path, **options: Any) -> PreparedExperiment:
    path = folder / "t.csv"
    path.write_text("x,y\n" + "".join(f"{n},{300 + 7 * (n * n % 11)}\n" for n in range(40)))
    return prepare(open_problem(str(path), **options)[0])


@pytest.mark.parametrize("standardised", [False, True])
def test_rmse_is_that_of_the_answers_in_the_units_of_the_file(
    tmp_path: Path, standardised: bool
) -> None:
    setup = table_of_numbers(tmp_path, options={"standardise_targets": standardised})
    patterns, record = setup.patterns, new_run(setup).record
    assert (default_scale(setup) == "rmse") == standardised
    found = [
        float(in_scale(setup, "rmse", np.array([error]), divisor)[0])
        for error, divisor in zip(
            (record.train_error, record.test_error), divisors(setup, "rmse"), strict=True
        )
    ]
    for part, rmse in zip((patterns.train, patterns.test), found, strict=True):
        assert part is not None
        answers = outputs(setup.network, new_run(setup).parameters, part.inputs)
        quality = quality_of(patterns, part.targets, answers)
        assert isinstance(quality, RegressionQuality)
        assert rmse == pytest.approx(float(quality.rmse[0]))
    assert found[0] > 20.0
    assert "units" in titles(setup, "rmse")[0]


def test_there_is_no_rmse_of_classes() -> None:
    assert rmse_unit(prepare(experiment_for("iris"))) is None


def test_the_sum_is_the_lectures_and_per_pattern_is_for_two_sets() -> None:
    xor, iris = prepare(experiment_for("xor")), prepare(experiment_for("iris"))
    assert titles(xor, "sum")[0] == "error E = Σ (t − o)², summed over 4 patterns"
    assert (default_scale(xor), default_scale(iris)) == ("sum", "per_pattern")
    assert divisors(xor, "per_pattern") == (4.0, 1.0)
    assert divisors(iris, "per_pattern") == (120.0, 30.0)
    assert divisors(iris, "sum") == (1.0, 1.0)


@pytest.mark.parametrize(
    ("last", "high"),
    [(0, 10), (7, 10), (10, 10), (11, 12.5), (13, 15), (87, 100), (5_000, 5_000), (5_001, 6_000),
     (1_204_000, 1_250_000)],
)  # fmt: skip
def test_the_epoch_axis_ends_at_a_round_number(last: int, high: float) -> None:
    assert epoch_range(curve(last + 1).epochs, Axes()) == (0.0, pytest.approx(high, rel=0.02))
    assert epoch_range(curve(last + 1).epochs, Axes())[1] > high, "there is room for a dot"
    low, top = epoch_range(curve(last + 1).epochs, Axes(log_epochs=True))
    assert (low, top) == (0.0, pytest.approx(np.log10(high), rel=0.02))


@given(st.floats(1e-250, 1e250), st.floats(0.0, 1.0), st.sampled_from(ALL_AXES))
def test_the_error_axis_holds_every_error(high: float, share: float, axes: Axes) -> None:
    errors = axes.shown(np.array([high, high * share, np.nan, np.inf, 0.0]))
    low, top = error_range([errors, np.array([])], axes)
    heights = axes.y_of(errors)
    heights = heights[np.isfinite(heights)]
    assert low < top
    assert (heights >= low).all()
    assert (heights <= top).all()
    if axes.log_error:
        assert top - low >= 0.9
        assert low == int(low)


@pytest.mark.parametrize("axes", ALL_AXES)
@pytest.mark.parametrize(
    "errors", [[], [math.nan], [0.0], [0.0, 0.0], [math.inf, math.nan], [1e308], [5e-324]]
)
def test_odd_errors_have_an_axis_too(errors: list[float], axes: Axes) -> None:
    shown = axes.shown(np.array(errors))
    low, top = error_range([shown], axes)
    assert math.isfinite(low)
    assert math.isfinite(top)
    assert low < top


def test_the_error_axis_moves_in_steps() -> None:
    tops = {error_range([np.array([e])], Axes())[1] for e in np.linspace(0.5, 1.0, 1000)}
    assert len(tops) <= 5


@given(
    st.integers(1, 5_000),
    st.integers(2, 300),
    st.floats(0.0, 1.0),
    st.floats(0.01, 1.0),
    st.sampled_from(ALL_AXES),
    st.randoms(),
)
def test_columns_look_like_all_points(
    n: int, columns: int, start: float, width: float, axes: Axes, random: object
) -> None:
    """In every column of the screen the extremes stay, and no other value appears."""
    rng = np.random.default_rng(n * columns)
    epochs = np.cumsum(rng.integers(1, 4, n))
    y = rng.standard_normal(n)
    whole = float(axes.x_of(epochs[-1:])[0])
    shown = (start * whole, (start + width) * whole)
    assume(shown[1] > shown[0])
    rows = visible_rows(epochs, shown, axes)
    epochs, y = epochs[rows], y[rows]
    starts = column_starts(epochs, shown, columns, axes)
    if starts is None:
        assert len(epochs) <= 4 * columns
        return
    xs, ys = by_columns(epochs, y, starts)
    assert len(xs) == len(ys) <= 4 * columns
    assert (np.diff(xs) >= 0).all()
    assert np.isin(ys, y).all()
    assert (ys[0], ys[-1]) == (y[0], y[-1])
    every = np.searchsorted(starts, np.arange(len(y)), side="right")
    for column in range(1, len(starts) + 1):
        there, kept = y[every == column], ys[4 * (column - 1) : 4 * column]
        assert (there.min(), there.max()) == (kept.min(), kept.max())


def test_a_column_of_gaps_stays_a_gap_and_others_do_not() -> None:
    y = np.ones(1000)
    y[100:200] = np.nan
    y[500] = np.nan
    starts = np.arange(0, 1000, 10)
    _, ys = by_columns(np.arange(1000), y, starts)
    gaps = np.isnan(ys.reshape(-1, 4))
    assert gaps[10:20].all()
    assert not gaps[[0, 9, 20, 99], 1:3].any()
    assert not gaps[50, 1:3].any()


@pytest.mark.parametrize(
    ("epoch", "row"), [(-5.0, 0), (0.0, 0), (14.9, 1), (15.0, 1), (15.1, 2), (20.0, 2), (1e9, 3)]
)
def test_the_nearest_row(epoch: float, row: int) -> None:
    assert nearest_row(np.array([0, 10, 20, 40]), epoch) == row


def test_the_epoch_axis_says_what_it_does_not_show() -> None:
    thin = curve(100, thinned_before=1_203_999)
    assert notes(curve(5), Axes(), 0.0, False)[0] == "epoch"
    words = notes(thin, Axes(log_epochs=True, log_error=True), 0.0, True)
    assert "epoch 0 is left out" in words[0]
    assert "before epoch 1,204,000: lowest and highest of several epochs" in words[0]
    assert "errors of 0 are left out" in words[0]
    assert len(words[1]) < len(words[0])
    assert notes(thin, Axes(), 2e6, True)[0] == "epoch"


def test_a_logarithmic_axis_begins_at_epoch_1() -> None:
    some = curve(50)
    rows = visible_rows(some.epochs, (0.0, 2.0), Axes(log_epochs=True))
    assert some.epochs[rows][0] == 1
    assert visible_rows(some.epochs, (0.0, 100.0), Axes()) == slice(0, 51)
    only_start = curve(1)
    assert len(only_start.epochs[visible_rows(only_start.epochs, (0.0, 1.0), Axes(True))]) == 0
