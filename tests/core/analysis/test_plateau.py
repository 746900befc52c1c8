"""Plateaus of made curves and of real runs."""

import numpy as np
import pytest

from bpviz.core.analysis.plateau import Plateau, plateaus
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.prepare import new_run, prepare

T = np.arange(3000)
WRONG = np.full(len(T), 0.5)


def found(errors: np.ndarray, rights: np.ndarray = WRONG) -> tuple[Plateau, ...]:
    return plateaus(T[: len(errors)], errors, rights[: len(errors)])


@pytest.mark.parametrize(
    "errors",
    [
        np.exp(-T / 300), 1 / (1 + T / 20), 1 / np.sqrt(1 + T),
        (1 + T / 10) ** -0.3, 0.05 + np.exp(-T / 50),
    ],
)  # fmt: skip
def test_a_curve_that_keeps_falling_has_none(errors: np.ndarray) -> None:
    assert found(errors) == ()


def test_a_step_has_one_before_the_fall() -> None:
    errors = 1 / (1 + np.exp((T - 1000) / 40))
    (one,) = found(errors)
    assert one.first < 60
    assert 700 < one.last < 1000


@pytest.mark.parametrize("power", [1.5, 2.0])
def test_a_slow_beginning_is_none(power: float) -> None:
    errors = 1.0 - (T[:500] / 510.0) ** power
    assert found(errors) == ()
    assert found(errors[:120])  # as long as the rest is unknown, it is flat


def test_a_network_that_begins_slowly_with_the_whole_batch_is_on_none() -> None:
    experiment = experiment_for(
        "circle", hidden=(Hidden(4, "tanh"), Hidden(2, "tanh")),
        training={"optimizer": "descent", "rate": 0.1, "batch": "all", "reduction": "mean"},
    )  # fmt: skip
    run = new_run(prepare(experiment))
    columns = np.array([run.record, *run.advance(500)])
    assert plateaus(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2]) == ()


def test_noise_around_a_level_does_not_hide_it() -> None:
    rng = np.random.default_rng(0)
    errors = np.where(T < 1500, 1.0, 0.05) + 0.03 * rng.normal(size=len(T))
    (one,) = found(errors)
    assert one.last - one.first > 1000


def test_two_levels_are_two_plateaus_and_the_low_one_is_none() -> None:
    errors = np.select([T < 600, T < 1600], [1.0, 0.5], 0.01)
    first, second = found(errors)
    assert first.last < 700
    assert second.first > 560
    assert second.last < 1800


def test_a_solved_problem_is_on_no_plateau() -> None:
    errors = np.full(len(T), 1.0)
    assert found(errors, np.ones(len(T))) == ()
    (stuck,) = found(errors)
    assert (stuck.first, stuck.last) == (0.0, pytest.approx(2999.0, abs=60))


def test_a_thinned_curve_has_the_same_plateau() -> None:
    errors = 1 / (1 + np.exp((T - 1000) / 40))
    some = np.unique(np.concatenate([np.arange(0, 3000, 37), np.arange(2900, 3000)]))
    (all_of_it,) = found(errors)
    (thin,) = plateaus(some, errors[some], WRONG[some])
    assert thin.last == pytest.approx(all_of_it.last, abs=40)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_short_curves_have_none(n: int) -> None:
    assert found(np.ones(n)) == ()


def test_xor_with_two_hidden_units_waits_on_a_plateau_before_it_is_solved() -> None:
    run = new_run(prepare(experiment_for("xor", hidden=(Hidden(2),))))
    records = [run.record, *run.advance(600)]
    solved = next(r.epoch for r in records if r.solved)
    columns = np.array(records)
    (one,) = plateaus(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2])
    assert one.last - one.first >= 30
    assert one.last < solved


def test_a_linear_problem_has_no_plateau() -> None:
    run = new_run(prepare(experiment_for("gauss")))
    columns = np.array([run.record, *run.advance(120)])
    assert plateaus(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2]) == ()


def test_stuck_relu_units_leave_a_run_on_a_plateau_although_it_began_far_worse() -> None:
    experiment = experiment_for(
        "xor", hidden=(Hidden(3, "relu"),), output="linear", initializer="he", seed=4,
        training={"rate": 0.05, "momentum": 0.0},
    )  # fmt: skip
    run = new_run(prepare(experiment))
    columns = np.array([run.record, *run.advance(500)])
    curve = columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2]
    assert columns[0, 1] > 10.0
    assert plateaus(*curve) == ()
    (stuck,) = plateaus(*curve, reference=1.0)
    assert stuck.last > 450
