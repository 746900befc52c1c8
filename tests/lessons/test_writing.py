"""A step that is written from the window's state sets the same up when it is read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpviz.core.learning.rules import RULES
from bpviz.core.run.edits import SetParameters
from bpviz.experiment.experiment import Hidden, Link, Stop, experiment_for, with_rule
from bpviz.experiment.mapping import experiment_from, to_table
from bpviz.experiment.prepare import new_run, prepare
from bpviz.lessons.loader import all_lessons, load_lesson
from bpviz.lessons.writing import lesson_text, state_table, step_text
from bpviz.problems.table import PROBLEMS


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_experiment_is_read_as_it_was_written(tmp_path: Path, problem: str) -> None:
    plain = experiment_for(problem, seed=7)
    many = [
        plain,
        replace(plain, hidden=(), stop=Stop()),
        replace(plain, hidden=(Hidden(2, "tanh"), Hidden(3, "relu")), spread=0.125, output="linear",
                stop=Stop(epochs=70, error=1e-3, solved=True, patience=9)),
        replace(plain, hidden=(Hidden(2, "logistic"),), links=(Link("input", "output", 0.5),),
                training=replace(plain.training, rate=0.0123, batch=1, order="fixed")),
        *(with_rule(plain, rule) for rule in RULES),
    ]  # fmt: skip
    for experiment in many:
        assert experiment_from(to_table(experiment)) == experiment
        path = tmp_path / "own.toml"
        path.write_text(lesson_text('A "title" \\ ', step_text("x", experiment, {})), "utf-8")
        lesson = load_lesson(path)
        assert lesson.title == 'A "title" \\ '.strip() or lesson.title == 'A "title" \\ '
        assert lesson.steps[0].experiment == experiment


def test_every_shipped_step_is_read_as_it_was_written() -> None:
    for lesson in all_lessons():
        for step in lesson.steps:
            if step.experiment is not None:
                assert experiment_from(to_table(step.experiment)) == step.experiment


def test_weights_set_by_hand_and_the_state_come_back(tmp_path: Path) -> None:
    experiment = experiment_for("xor", hidden=(Hidden(1, "step"),), output="step",
                                links=(Link("input", "output"),))  # fmt: skip
    setup = prepare(experiment)
    parameters = np.linspace(-1.5, 2.0, setup.network.n_parameters)
    given = {"pattern": 2, "grain": "phase", "speed": 40.0, "show": ("output", "loss")}
    state = state_table(setup.network, parameters, epoch=12, by_hand=True, **given)
    path = tmp_path / "own.toml"
    path.write_text(lesson_text("t", step_text("x", experiment, state)), "utf-8")
    read = load_lesson(path).steps[0].state
    run = new_run(setup)
    (edit,) = read.edits
    assert isinstance(edit, SetParameters)
    run.set_parameters(edit.indices, edit.values)
    assert np.array_equal(run.parameters, parameters)
    assert (read.pattern, read.grain, read.speed, read.show) == tuple(given.values())
    assert read.epochs == 0
    state = state_table(setup.network, parameters, epoch=12, by_hand=False, **given)
    path.write_text(lesson_text("t", step_text("x", experiment, state)), "utf-8")
    assert load_lesson(path).steps[0].state.epochs == 12
