"""From a frozen description to patterns, a network and a run."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from bpviz.core.analysis.separability import Inseparable
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import Training
from bpviz.core.model.patterns import Criterion
from bpviz.core.run.records import EpochRecord
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import (
    Experiment,
    Hidden,
    Link,
    Stop,
    experiment_for,
    with_rule,
)
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.table import PROBLEMS, find_problem

from ..experiments import image_setup, numbers, setup_of

# -- what suits a problem ------------------------------------------------------------------


def test_xor_is_solved_with_its_defaults_by_nine_of_the_seeds_0_to_9() -> None:
    solved = 0
    for seed in range(10):
        run = new_run(prepare(experiment_for("xor", seed=seed)))
        run.advance(5000, done=lambda record: record.solved)
        solved += run.record.solved
    assert solved >= 9


def test_a_problem_brings_what_suits_it_and_changes_come_on_top() -> None:
    suited = experiment_for("xor")
    assert suited.problem == "xor"
    changed = experiment_for("xor", hidden=(Hidden(7),), seed=5, training={"rate": 0.125})
    assert (changed.hidden, changed.seed) == ((Hidden(7),), 5)
    assert changed.training == replace(suited.training, rate=0.125)
    assert replace(changed, hidden=suited.hidden, seed=0, training=suited.training) == suited


def test_asking_for_an_experiment_leaves_the_table_and_the_changes_as_they_are() -> None:
    changes = {"training": {"rate": 0.125}}
    first = experiment_for("xor", **changes)
    assert changes == {"training": {"rate": 0.125}}
    assert experiment_for("xor", **changes) == first
    assert experiment_for("xor").training.rate != 0.125


def test_every_built_in_problem_runs_with_what_suits_it() -> None:
    for name in PROBLEMS:
        setup = prepare(experiment_for(name))
        assert np.isfinite(new_run(setup).record.train_error), name
        parted = isinstance(setup.separation, Inseparable)
        assert len(setup.remarks) == len(setup.patterns.notes) + parted, name


def test_an_unknown_problem_is_refused() -> None:
    with pytest.raises(BadValue) as refusal:
        experiment_for("world peace")
    assert refusal.value.field == "problem"
    assert refusal.value.value == "world peace"
    assert "xor" in refusal.value.allowed


# -- what is allowed -----------------------------------------------------------------------


@pytest.mark.parametrize("n_groups", range(9))
def test_0_to_8_hidden_groups_train(n_groups: int) -> None:
    setup = setup_of(hidden=(Hidden(2, "tanh"),) * n_groups)
    assert len(setup.network.hidden) == n_groups
    assert len(setup.experiment.group_names()) == n_groups + 2
    assert [group.name for group in setup.network.groups] == list(setup.experiment.group_names())
    run = new_run(setup)
    before = run.parameters.copy()
    run.advance(2)
    assert (run.parameters != before).all()


@pytest.mark.parametrize("size", [1, 1024])
def test_1_to_1024_units_train(size: int) -> None:
    run = new_run(setup_of(hidden=(Hidden(size, "tanh"),), training=Training(rate=1e-3)))
    assert len(run.advance(2)) == 2


def test_an_experiment_is_frozen_and_compares_by_what_it_says() -> None:
    assert Experiment() == Experiment()
    assert Experiment(seed=1) != Experiment()
    with pytest.raises(FrozenInstanceError):
        Experiment().seed = 3  # type: ignore[misc]


# -- when to stop --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "reasons"),
    [
        (Stop(), ()),
        (Stop(epochs=1201), ()),
        (Stop(epochs=1200), ("1,200 epochs done",)),
        (Stop(epochs=0), ("0 epochs done",)),
        (Stop(error=0.49), ()),
        (Stop(error=0.5), ("error per pattern at most 0.5",)),
        (Stop(solved=True), ("all patterns solved",)),
        (
            Stop(epochs=3, error=1.0, solved=True),
            ("all patterns solved", "error per pattern at most 1", "3 epochs done"),
        ),
    ],
    ids=str,
)
def test_reasons_to_stop(stop: Stop, reasons: tuple[str, ...]) -> None:
    assert stop.reasons(EpochRecord(1200, 2.0, 1.0), n_patterns=4) == reasons


def test_unsolved_is_no_reason_to_stop() -> None:
    assert Stop(solved=True).reasons(EpochRecord(9, 2.0, 0.75), n_patterns=4) == ()


# -- remarks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"problem": "and", "hidden": (Hidden(3, "linear"), Hidden(2, "linear"))},
            "collapse to a single layer",
        ),
        ({"hidden": ()}, "the point (0.5, 0.5) lies between patterns of one class"),
        ({"initializer": "zeros"}, "stay equal for ever"),
        ({"initializer": "uniform", "spread": 0.0}, "stay equal for ever"),
        ({"initializer": "normal", "spread": 0.0}, "stay equal for ever"),
        ({"output": "relu", "patterns": numbers([[-1], [1]])}, "the error cannot reach 0"),
        ({"patterns": numbers([[0], [2.5]])}, "lie between 0 and 1, but the targets go from 0 to"),
        ({"output": "tanh", "patterns": numbers([[-2], [0]])}, "targets go from −2 to 0"),
    ],
)
def test_what_is_legal_but_useless_gets_a_sentence(fields: dict[str, Any], words: str) -> None:
    (remark,) = setup_of(**fields).remarks
    assert words in remark
    assert remark.endswith(".")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"hidden": (Hidden(3, "linear"), Hidden(2, "tanh"))},
        {"problem": "or", "hidden": (), "initializer": "zeros"},
        {"problem": "and", "hidden": ()},
        {"initializer": "xavier", "spread": 0.0},
        {"output": "linear", "patterns": numbers([[-7], [7]])},
        {"output": "tanh", "patterns": numbers([[-1], [1]])},
    ],
    ids=str,
)
def test_what_is_useful_gets_none(fields: dict[str, Any]) -> None:
    assert setup_of(**fields).remarks == ()


def test_equal_hidden_units_do_stay_equal_for_ever() -> None:
    run = new_run(setup_of(initializer="zeros", training=Training(batch=1)))
    run.advance(50)
    weights = run.start.network.weights(run.parameters, 0)
    assert weights.any()
    assert (weights == weights[:, :1]).all()


# -- setups --------------------------------------------------------------------------------


def test_a_setup_holds_what_a_run_needs() -> None:
    experiment = experiment_for("xor", seed=3, tolerance=0.2)
    setup = prepare(experiment, run_id=17)
    assert (setup.experiment, setup.run_id) == (experiment, 17)
    assert setup.criterion == Criterion("within", 0.2)
    np.testing.assert_array_equal(setup.shown, np.arange(4))
    start = new_run(setup).start
    assert (start.network, start.train, start.test) == (
        setup.network, setup.patterns.train, setup.patterns.test,
    )  # fmt: skip
    assert (start.seed, start.training, start.error) == (3, experiment.training, experiment.error)
    assert (start.initializer, start.spread) == (experiment.initializer, experiment.spread)


def test_patterns_at_hand_are_not_loaded_again() -> None:
    patterns = find_problem("xor").load()
    assert prepare(Experiment(), patterns=patterns).patterns is patterns


def test_the_same_experiment_gives_the_same_run() -> None:
    experiment = experiment_for("circle", seed=3) if "circle" in PROBLEMS else Experiment(seed=3)
    one, other = (new_run(prepare(experiment)) for _ in range(2))
    assert one.advance(3) == other.advance(3)
    assert one.parameters.tobytes() == other.parameters.tobytes()


def test_one_hot_targets_are_judged_by_the_largest_output() -> None:
    assert image_setup().criterion == Criterion("argmax", 0.4)
    assert setup_of(numbers([[0, 1], [1, 0]])).criterion == Criterion("within", 0.4)


def test_the_probe_covers_the_input_space() -> None:
    plane = setup_of()
    rows, columns = plane.probe_shape
    assert plane.probe is not None
    grid = plane.probe.reshape(rows, columns, 2)
    (left, right), (bottom, top) = plane.patterns.domain
    np.testing.assert_array_equal(grid[0, 0], [left, bottom])
    np.testing.assert_array_equal(grid[-1, -1], [right, top])
    assert (grid[:, 0, 0] == left).all()
    assert (grid[0, :, 1] == bottom).all()
    line = setup_of(numbers([[0], [1]]))
    assert line.probe is not None
    assert line.probe.shape == (line.probe_shape[1], 1)
    assert (line.probe[0, 0], line.probe[-1, 0]) == (-2.0, 3.0)
    assert image_setup().probe is None


# -- learning rules ------------------------------------------------------------------------


def test_another_rule_brings_a_network_that_it_can_train() -> None:
    for problem in PROBLEMS:
        for rule in RULES:
            prepare(with_rule(experiment_for(problem), rule))
    changed = with_rule(experiment_for("iris"), "perceptron")
    assert (changed.hidden, changed.output, changed.error) == ((), "step", "squared")
    back = with_rule(changed, "backpropagation")
    assert (back.output, back.training) == ("logistic", changed.training)
    assert with_rule(experiment_for("xor"), "backpropagation") == experiment_for("xor")


def test_a_rule_for_one_layer_keeps_fixed_wiring_in_front() -> None:
    wiring = Link("input", "hidden 1", density=0.5, fixed=True)
    given = experiment_for("digits", hidden=(Hidden(40, "step"),), links=(wiring,))
    kept = with_rule(given, "perceptron")
    assert (kept.hidden, kept.links, kept.output) == (given.hidden, (wiring,), "step")
    setup = prepare(kept)
    assert setup.criterion.kind == "within"  # of step outputs several may be largest
    run = new_run(setup)
    run.advance(3)
    assert run.record.train_right > 0.3  # of ten digits
    skipping = replace(given, links=(wiring, Link("hidden 1", "output"), Link("input", "output")))
    assert with_rule(skipping, "delta").hidden == given.hidden
    trained = with_rule(replace(given, links=(Link("input", "output"),)), "delta")
    assert (trained.hidden, trained.links) == ((), (Link("input", "output"),))
