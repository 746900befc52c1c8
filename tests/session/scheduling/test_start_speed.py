"""The speed at which a run starts: the fall of the error takes some seconds."""

import numpy as np
import pytest

from bpviz.core.interruption import never
from bpviz.core.run.run import Run
from bpviz.experiment.experiment import Hidden, experiment_for, open_problem
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.scheduling.start_speed import (
    SPEEDS,
    StartSpeed,
    epochs_ahead,
    nearest_speed,
    speed_to_watch,
)


def run_of(problem: str, **changes: object) -> Run:
    experiment, patterns = open_problem(problem, **changes)
    return new_run(prepare(experiment, patterns=patterns))


def looked_ahead(run: Run) -> list[float | None]:
    speeds: list[float | None] = []
    start = StartSpeed(np.zeros(1, dtype=np.int64))
    start.is_automatic = True
    start.plan(run)
    while start.is_pending:
        start.look(never, speeds.append)
    return speeds


@pytest.mark.parametrize(
    ("speed", "nearest"),
    [(0.01, 1), (1.4, 1), (20, 25), (3000, 2500), (14_000, 10_000), (1e9, None)],
)
def test_the_nearest_speed_is_one_that_the_slider_has(speed: float, nearest: float | None) -> None:
    assert nearest_speed(speed) == nearest
    assert nearest in SPEEDS


@pytest.mark.parametrize("problem", ["xor", "and", "parity", "circle", "sine", "gauss", "digits"])
def test_the_error_of_a_problem_falls_within_some_seconds(problem: str) -> None:
    run = run_of(problem)
    (speed,) = looked_ahead(run)
    assert speed is not None
    errors = np.array([run.record.train_error])
    while not run.record.solved and run.epoch < 400:
        errors = np.append(errors, run.advance(1)[0].train_error)
    fallen = int((errors <= errors[0] - 0.9 * (errors[0] - errors.min())).argmax())
    assert fallen / speed < 12.0
    assert run.epoch / speed > 2.0  # not over at once


def test_the_same_problem_with_another_network_has_another_speed() -> None:
    (quick,) = looked_ahead(run_of("xor", hidden=(Hidden(8),), training={"rate": 1.0}))
    (slow,) = looked_ahead(run_of("xor", training={"rate": 0.05}))
    assert quick is not None
    assert slow is not None
    assert slow > 5 * quick


def test_looking_ahead_leaves_the_run_as_it_was() -> None:
    run, other = run_of("xor"), run_of("xor")
    assert looked_ahead(run)
    assert run.epoch == 0
    run.advance(50)
    other.advance(50)
    assert np.array_equal(run.parameters, other.parameters)


def test_only_the_beginning_of_a_run_is_looked_at() -> None:
    run = run_of("xor")
    run.advance(1)
    assert looked_ahead(run) == []


def test_a_network_that_cannot_be_trained_has_no_speed_of_its_own() -> None:
    step = experiment_for("xor", hidden=(Hidden(2, "step"),), output="step")
    assert looked_ahead(new_run(prepare(step))) == []


def test_a_run_that_diverges_is_looked_at_until_then() -> None:
    (speed,) = looked_ahead(run_of("sine", training={"rate": 1e6, "optimizer": "descent"}))
    assert speed in SPEEDS


def test_an_error_that_still_falls_is_shown_faster_than_one_that_has_fallen() -> None:
    falling, fallen = np.linspace(1.0, 0.5, 701), np.r_[np.linspace(1.0, 0.5, 701), [0.5] * 5000]
    assert speed_to_watch(fallen, solved=False) == nearest_speed(100)
    assert speed_to_watch(falling, solved=False) == nearest_speed(230)


def test_a_long_way_to_the_solution_after_a_quick_fall_is_bounded() -> None:
    quick = np.r_[1.0, np.full(3000, 1e-3)]
    assert speed_to_watch(quick, solved=True) == nearest_speed(100)


def test_what_takes_long_at_full_speed_is_not_slowed_down() -> None:
    assert speed_to_watch(np.array([3.0]), solved=False) is None
    small, large = run_of("xor"), run_of("letters")
    assert epochs_ahead(small) > 1000
    assert epochs_ahead(large) <= 1
