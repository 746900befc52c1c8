"""What is compared, and what the compared runs are called."""

from dataclasses import replace

import pytest

from bpviz.experiment.comparison import PRESETS, UNIT_COUNTS, Preset, names, variants
from bpviz.experiment.experiment import Experiment, Hidden, experiment_for, open_problem
from bpviz.experiment.prepare import prepare


def with_training(experiment: Experiment, **changes: object) -> Experiment:
    return replace(experiment, training=replace(experiment.training, **changes))


def test_a_name_says_what_differs_and_nothing_else() -> None:
    xor = experiment_for("xor")
    assert names([with_training(xor, batch=b) for b in ("all", 1, 2)]) == (
        "batch all", "incremental", "mini-batch 2",
    )  # fmt: skip
    assert names([xor, replace(xor, seed=3)]) == ("seed 0", "seed 3")
    assert names([xor, replace(xor, hidden=(Hidden(3, "tanh"),), output="linear")]) == (
        "logistic / logistic", "tanh / linear",
    )  # fmt: skip
    assert names([replace(xor, output="linear"), xor]) == ("linear output", "logistic output")
    assert names([with_training(xor, rate=0.1), with_training(xor, rate=0.5, batch=1)]) == (
        "batch all, ε 0.1", "incremental, ε 0.5",
    )  # fmt: skip


def test_equal_runs_are_numbered_and_no_name_is_empty() -> None:
    xor = experiment_for("xor")
    first, second = names([xor, xor])
    assert first != second
    assert all(names([replace(xor, tolerance=t) for t in (0.1, 0.2)]))
    assert all(names([xor]))
    assert all(names([replace(xor, stop=replace(xor.stop, epochs=e)) for e in (1, 2)]))


def test_every_field_that_can_differ_shows_in_the_name() -> None:
    circle = experiment_for("circle")
    for other in (
        replace(circle, options={"noise": 0.2}), replace(circle, spread=0.9),
        replace(circle, initializer="normal"), with_training(circle, decay_l2=0.1),
        with_training(circle, optimizer="adam"), replace(circle, hidden=()),
    ):  # fmt: skip
        first, second = names([circle, other])
        assert first != second
        assert "(" not in first


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
@pytest.mark.parametrize("problem", ["xor", "circle", "iris", "sine"])
def test_every_preset_makes_different_experiments_that_can_be_prepared(
    preset: Preset, problem: str
) -> None:
    experiment, patterns = open_problem(problem)
    found = variants(preset, experiment, patterns)
    assert len(found) >= 2
    assert len(set(names(found))) == len(found)
    for variant in found:
        prepare(variant, patterns=patterns)


def test_sizes_are_those_of_the_lecture() -> None:
    experiment, patterns = open_problem("sine")
    found = variants(PRESETS[-1], experiment, patterns)
    assert tuple(e.hidden[0].size for e in found) == UNIT_COUNTS == (1, 2, 3, 5, 10, 50)
