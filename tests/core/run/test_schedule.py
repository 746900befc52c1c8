"""A schedule of rate and momentum: what each epoch is trained with, in engines and in races."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.core.kernels.engines import ENGINES
from bpviz.core.learning.settings import RateChange, Training, read_schedule
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import new_run, prepare, start_of

SCHEDULE = "3: 0.1/0.5; 7: 0.02"
SETTINGS = [Training(schedule=SCHEDULE), Training(schedule=SCHEDULE, batch=1)]


def run_of(training: Training) -> Run:
    return new_run(prepare(Experiment(training=training)))


def by_hand(training: Training, epochs: int) -> Run:
    """A run whose settings are changed by hand where the schedule changes them."""
    run = run_of(replace(training, schedule=""))
    for epoch in range(epochs):
        run.set_training(replace(training.at(epoch), schedule=""))
        run.advance(1)
    return run


def test_a_schedule_is_a_text() -> None:
    assert read_schedule(SCHEDULE) == (RateChange(3, 0.1, 0.5), RateChange(7, 0.02, None))
    training = Training(rate=1.0, momentum=0.9, schedule=SCHEDULE)
    found = [(training.at(e).rate, training.at(e).momentum) for e in (0, 2, 3, 6, 7, 100)]
    assert found == [(1.0, 0.9), (1.0, 0.9), (0.1, 0.5), (0.1, 0.5), (0.02, 0.5), (0.02, 0.5)]


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("x", "schedule must be EPOCH: RATE or EPOCH: RATE/MOMENTUM"),
        ("3: 0.1/", "schedule must be EPOCH: RATE"),
        ("0: 0.1", "epoch of the schedule must be"),
        ("3: 0.1; 3: 0.2", "schedule must be in the order of its epochs"),
        ("3: -1", "rate of the schedule must be"),
        ("3: 1/1", "momentum of the schedule must be"),
    ],
)
def test_another_text_is_refused(schedule: str, words: str) -> None:
    with pytest.raises(BadValue, match=words):
        Training(schedule=schedule)


@pytest.mark.parametrize("training", SETTINGS, ids=["whole", "incremental"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_epoch_is_trained_with_the_rate_of_its_time(training: Training, engine: str) -> None:
    run = run_of(training)
    run.use(engine)
    records = run.advance(20)
    expected = by_hand(training, 20)
    assert len(records) == 20
    np.testing.assert_allclose(run.parameters, expected.parameters, rtol=1e-11, atol=1e-13)
    one_by_one = run_of(training)
    one_by_one.use(engine)
    for _ in range(20):
        one_by_one.advance(1)
    np.testing.assert_array_equal(run.parameters, one_by_one.parameters)


@pytest.mark.parametrize("training", SETTINGS, ids=["whole", "incremental"])
def test_a_race_follows_it_as_a_single_run_does(training: Training) -> None:
    setups = [prepare(Experiment(training=training, seed=seed)) for seed in range(4)]
    outcomes = run_starts([start_of(setup) for setup in setups], RacePlan(20))
    for row, setup in enumerate(setups):
        run = new_run(setup)
        run.advance(20)
        np.testing.assert_allclose(outcomes.parameters[row], run.parameters, rtol=1e-10)


def test_the_microscope_reads_the_rate_of_the_next_update() -> None:
    run = run_of(SETTINGS[0])
    rates = []
    for _ in range(9):
        rates.append(next_update(run).training.rate)
        run.advance(1)
    assert rates == [0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.02, 0.02]
