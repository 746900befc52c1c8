"""Inputs computed from two coordinates: their numbers, and the plane that they are drawn over."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.core.model.patterns import Patterns
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for, with_new_data
from bpviz.experiment.prepare import new_run, prepare, with_train
from bpviz.problems.features import COORDINATES, FEATURES
from bpviz.problems.table import PROBLEMS

EVERY = ",".join(row.name for row in FEATURES)
PLAYGROUND = "x1,x2,x1^2,x2^2,x1*x2,sin(x1),sin(x2)"
IN_PLANE = [row.name for row in PROBLEMS.values() if "features" in row.complete({})]


def test_all_problems_of_two_inputs_have_the_switches() -> None:
    two = {"xor", "and", "or", "circle", "xor-clouds", "gauss", "spiral", "moons", "plane",
           "multi-gauss"}  # fmt: skip
    assert two <= set(IN_PLANE)


@pytest.mark.parametrize("problem", IN_PLANE)
def test_features_are_computed_from_the_same_points(problem: str) -> None:
    plain, rich = (PROBLEMS[problem].load({"features": f}) for f in (COORDINATES, PLAYGROUND))
    assert plain.plane is None
    labels = {row.name: row.label for row in FEATURES}
    assert rich.input_names == tuple(labels[name] for name in PLAYGROUND.split(","))
    x1, x2 = plain.train.inputs.T
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)]
    np.testing.assert_allclose(rich.train.inputs, np.stack(expected, axis=1), rtol=1e-12)
    np.testing.assert_array_equal(rich.train.targets, plain.train.targets)
    assert rich.in_plane is not None
    assert plain.in_plane is not None
    assert rich.in_plane.domain == plain.in_plane.domain == plain.domain
    for features in (EVERY, "x1*x2", "sin(x1),x2"):
        some = PROBLEMS[problem].load({"features": features})
        np.testing.assert_array_equal(some.points(some.train), plain.train.inputs)
        if plain.test is not None:
            assert some.test is not None
            np.testing.assert_array_equal(some.points(some.test), plain.test.inputs)


def test_the_probe_maps_the_plane_through_the_features() -> None:
    plain = prepare(experiment_for("circle"))
    rich = prepare(experiment_for("circle", options={"features": "x1^2,x2^2"}))
    assert plain.probe is not None
    assert rich.probe is not None
    assert rich.probe_shape == plain.probe_shape
    np.testing.assert_array_equal(rich.probe, plain.probe**2)


@pytest.mark.parametrize(("problem", "features"), [("xor", "x1,x2,x1*x2"), ("circle", "x1^2,x2^2")])
def test_with_the_right_features_one_layer_is_enough(problem: str, features: str) -> None:
    options = {"options": {"features": features}}
    single = prepare(experiment_for(problem, hidden=(), **options))
    assert type(single.separation).__name__ == "Separable"
    run = new_run(single)
    run.advance(500, done=lambda record: record.solved)
    assert run.record.solved
    assert type(prepare(experiment_for(problem, hidden=())).separation).__name__ == "Inseparable"


def test_patterns_changed_by_hand_keep_their_places() -> None:
    setup = prepare(experiment_for("xor", options={"features": "x1,x2,x1*x2"}))
    train = setup.patterns.train
    fewer = with_train(setup, Patterns(train.inputs[1:], train.targets[1:])).patterns
    np.testing.assert_array_equal(fewer.points(fewer.train), train.inputs[1:, :2])
    lost = prepare(experiment_for("xor", options={"features": "x1*x2"}))
    train = lost.patterns.train
    with pytest.raises(BadValue, match="must be 4, as before, not 3: both coordinates"):
        with_train(lost, Patterns(train.inputs[1:], train.targets[1:]))
    flipped = with_train(lost, Patterns(train.inputs, 1.0 - train.targets)).patterns
    assert flipped.points(flipped.train).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_new_data_are_other_patterns_of_the_same_kind() -> None:
    given = experiment_for("moons", options={"size": 30})
    drawn = with_new_data(given)
    assert drawn is not None
    assert drawn == replace(given, options={"size": 30, "data_seed": 1})
    assert with_new_data(experiment_for("xor")) is None


def test_the_playgrounds_spiral_with_all_features_can_be_said() -> None:
    """7-8x6-1, which once needed a table of its own."""
    setup = prepare(experiment_for("spiral", options={"features": PLAYGROUND}))
    assert [group.size for group in setup.network.groups] == [7, 8, 8, 1]
