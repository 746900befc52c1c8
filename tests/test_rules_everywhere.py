"""The rules for a single layer work wherever backpropagation does: one test for each place."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.core.kernels import numba_kernel
from bpviz.core.learning.rules import RULES
from bpviz.core.microscope.formulas import change_tex
from bpviz.core.microscope.microscope import parameter_change
from bpviz.core.model.references import parameter_at
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.cursor import phases
from bpviz.core.run.observe import next_update
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Experiment, Hidden, Link, Stop, experiment_for, with_rule
from bpviz.experiment.prepare import new_run, prepare, start_of
from bpviz.session.recording.run_history import RunHistory

SINGLE = [name for name, rule in RULES.items() if not rule.backward]


def plain(rule: str) -> Experiment:
    """One layer that learns OR."""
    return replace(with_rule(experiment_for("or"), rule), stop=Stop())


def mark_one(rule: str) -> Experiment:
    """The same behind fixed random wiring, as in the Mark I Perceptron."""
    wires = Link("input", "hidden 1", density=0.6, fixed=True)
    hidden = (Hidden(12, "step"),)
    training = replace(plain(rule).training, batch=1, rate=0.05)
    return replace(plain(rule), hidden=hidden, links=(wires,), training=training, spread=1.0)


every = pytest.mark.parametrize(
    "experiment",
    [make(rule) for rule in SINGLE for make in (plain, mark_one)],
    ids=lambda e: f"{e.rule}-{len(e.hidden)}",
)


def begin(experiment: Experiment) -> RunHistory:
    return RunHistory(new_run(prepare(experiment)))


def finish(history: RunHistory, goal: SeekGoal) -> Vector:
    history.begin_seek(goal)
    assert history.continue_seek()[0]
    return history.run.parameters.copy()


@every
def test_step_through(experiment: Experiment) -> None:
    """Phase by phase one comes to the same update, and back; no error goes to hidden units."""
    history, straight = begin(experiment), begin(experiment)
    network, rule = history.run.start.network, RULES[experiment.rule]
    back = [phase for phase in phases(network, rule) if phase.name == "backward"]
    assert [phase.group for phase in back] == [network.output]
    straight.advance(2)
    seen = [(history.run.epoch, history.run.update, history.run.position)]
    while history.run.epoch < 2:
        history.begin_step("phase")
        assert history.continue_seek()[0]
        seen.append((history.run.epoch, history.run.update, history.run.position))
    assert len(seen) > 2 * len(phases(network, rule)) * len(history.run.start.train)
    np.testing.assert_array_equal(history.run.parameters, straight.run.parameters)
    for expected in reversed(seen[-9:-1]):
        history.begin_step("phase", back=True)
        assert history.continue_seek()[0]
        assert (history.run.epoch, history.run.update, history.run.position) == expected


@every
def test_microscope(experiment: Experiment) -> None:
    """Every term adds up to what the update then does, and the formula has no slope in it."""
    run = new_run(prepare(experiment))
    for _ in range(3):
        update = next_update(run)
        trace, network = update.trace(), update.network
        looked = [
            parameter_change(update, trace, parameter_at(network, i))
            for i in range(len(run.change))
        ]
        run.advance(1, until=run.update + 1)
        assert [change.change for change in looked] == pytest.approx(run.change.tolist(), abs=1e-12)
        for change in looked:
            if change.target.group == network.output:
                assert r"(t_{1}-o_{1})" in change_tex(update, change)
                assert "(1-" not in change_tex(update, change)
            else:
                assert change.change == 0.0


@every
def test_timeline(experiment: Experiment) -> None:
    history = begin(experiment)
    history.advance(5)
    fifth = history.run.parameters.copy()
    history.advance(35)
    last = history.run.parameters.copy()
    np.testing.assert_array_equal(finish(history, SeekGoal(5)), fifth)
    np.testing.assert_array_equal(finish(history, SeekGoal(40)), last)


@every
def test_race(experiment: Experiment) -> None:
    starts = [start_of(prepare(replace(experiment, seed=seed))) for seed in range(4)]
    outcomes = run_starts(starts, RacePlan(30))
    for seed in range(4):
        run = new_run(prepare(replace(experiment, seed=seed)))
        solved = next((r.epoch for r in [run.record, *run.advance(30)] if r.solved), None)
        assert bool(outcomes.solved[seed]) == (solved is not None)
        assert solved is None or outcomes.solved_at[seed] == solved


@every
def test_numba(experiment: Experiment) -> None:
    """Compiled, or where that engine cannot do it, NumPy in its place: the same numbers."""
    pytest.importorskip("numba")
    assert numba_kernel
    runs = [new_run(prepare(experiment)) for _ in range(3)]
    for run in runs[1:]:
        run.use("numba")
    for run in runs:
        run.advance(25)
    assert runs[1].engine == "numba"
    np.testing.assert_allclose(runs[1].parameters, runs[0].parameters, rtol=1e-9, atol=1e-11)
    np.testing.assert_array_equal(runs[1].parameters, runs[2].parameters)


@pytest.mark.parametrize("rule", SINGLE)
def test_command_line(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["train", "or", "--rule", rule, "--epochs", "20", "--seed", "3", "--engine", "numpy"]
    assert main([*argv, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    run = new_run(prepare(replace(with_rule(experiment_for("or", seed=3), rule), stop=Stop())))
    run.advance(said["epochs"])
    assert said["error"] == run.record.train_error
    assert main(["race", "or", "--rule", rule, "--seeds", "3", "--epochs", "5"]) == 0
    assert "3" in capsys.readouterr().out
