"""Every network of a race equals the same seed trained alone by core.run.Run."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Criterion
from bpviz.core.race import size
from bpviz.core.race.plan import CURVES, Outcomes, RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.experiment.experiment import Hidden, Link, experiment_for, with_rule
from bpviz.experiment.prepare import new_run, prepare

from ..strategies import (
    PAIRS,
    SMOOTH,
    XOR,
    networks,
    noisy,
    random_patterns,
    seeds,
    some_start,
    start_of,
)

CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def with_seeds(start: RunSpec, n: int = 5) -> list[RunSpec]:
    return [replace(start, seed=seed) for seed in range(n)]


def assert_as_alone(
    starts: Sequence[RunSpec], plan: RacePlan, close: dict[str, float] = CLOSE
) -> Outcomes:
    """Race them, and train each alone: everything that is recorded is the same."""
    outcomes = run_starts(starts, plan)
    assert len(outcomes) == len(starts)
    for i, start in enumerate(starts):
        _assert_one(outcomes, i, Run(start), plan, close)
    return outcomes


def _assert_one(
    outcomes: Outcomes, i: int, run: Run, plan: RacePlan, close: dict[str, float]
) -> None:
    def ends(record: Any) -> bool:
        by_error = plan.until_error is not None and record.train_error <= plan.until_error
        return by_error or (plan.until_solved and record.solved)

    records = [run.record]
    diverged = False
    try:
        if not ends(run.record):
            records += run.advance(plan.epochs, done=ends)
    except Diverged as error:
        records += error.records
        diverged = True
    assert outcomes.seeds[i] == run.start.seed
    assert outcomes.diverged[i] == diverged
    assert outcomes.ended_at[i] == run.epoch
    # On the way to 1e200, where every epoch cubes the numbers, rounding errors grow with them.
    close = {"rtol": 1e-7} if diverged else close
    solved = [record.epoch for record in records if record.solved]
    assert outcomes.solved_at[i] == (solved[0] if solved else -1)
    np.testing.assert_allclose(outcomes.parameters[i], run.parameters, **close)
    np.testing.assert_allclose(outcomes.error[i], run.record.train_error, **close)
    assert outcomes.right[i] == run.record.train_right
    for name in CURVES:
        expected = [
            getattr(records[epoch], name) if epoch <= run.epoch else np.nan
            for epoch in outcomes.epochs
        ]
        np.testing.assert_allclose(getattr(outcomes, name)[i], expected, **close)


@pytest.mark.parametrize("activation", SMOOTH)
@pytest.mark.parametrize(("error", "output"), PAIRS)
def test_every_activation_error_and_output(activation: str, error: str, output: str) -> None:
    network = layered((3, 3, 2), (activation, output), shortcuts=True)
    rng = np.random.default_rng(1)
    train, test = (random_patterns(network, LOSSES[error], n, rng) for n in (6, 4))
    criterion = Criterion("argmax") if output == "softmax" else Criterion()
    start = start_of(network, train, test=test, error=error, criterion=criterion, rate=0.03)
    assert_as_alone(with_seeds(start), RacePlan(12))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("batch", ["all", 1, 5])
def test_every_optimizer_and_batch(optimizer: str, reduction: str, batch: Any) -> None:
    decay = {"decay_l1": 1e-3, "decay_l2": 1e-2, "decay_share": 1e-3}
    start = some_start(optimizer=optimizer, reduction=reduction, batch=batch, **decay)
    assert_as_alone(with_seeds(start), RacePlan(70))


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("order", ["fixed", "permuted"])
def test_patterns_in_every_order(batch: int, order: str) -> None:
    assert_as_alone(with_seeds(some_start(batch=batch, order=order)), RacePlan(70))


@given(st.data(), seeds, st.sampled_from(PAIRS))
@settings(max_examples=25)
def test_any_network(data: Any, seed: int, pair: tuple[str, str]) -> None:
    """Several input groups, shortcuts, masks, ties, fixed weights."""
    network = data.draw(networks(output=pair[1]))
    rng = np.random.default_rng(seed)
    patterns = random_patterns(network, LOSSES[pair[0]], 5, rng)
    start = start_of(network, patterns, error=pair[0], seed=seed, rate=0.01, spread=0.3, batch=2)
    starts = [replace(start, seed=s) for s in (seed, seed // 2 + 1)]
    assert_as_alone(starts, RacePlan(6))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("problem", ["and", "two-sides", "plane"])
def test_every_rule_on_single_layers(rule: str, problem: str) -> None:
    start = new_run(prepare(with_rule(experiment_for(problem, hidden=()), rule))).start
    assert size.trains_together(start)
    assert_as_alone(with_seeds(start), RacePlan(30))


def test_net_inputs_that_are_0_but_for_rounding() -> None:
    """Weights that begin at 0 stay multiples of the rate: a step unit meets many a tie."""
    experiment = with_rule(experiment_for("majority", hidden=()), "perceptron")
    training = replace(experiment.training, rate=0.9)
    experiment = replace(experiment, initializer="zeros", training=training)
    assert_as_alone(with_seeds(new_run(prepare(experiment)).start, 60), RacePlan(30))


@pytest.mark.parametrize("rule", ["perceptron", "delta"])
@pytest.mark.parametrize("batch", [1, 7])
def test_a_trained_layer_behind_fixed_wiring(rule: str, batch: int) -> None:
    """As in the Mark I, with wiring that every seed draws anew."""
    link = Link("input", "hidden 1", density=0.3, fixed=True)
    experiment = with_rule(
        experiment_for("letters", hidden=(Hidden(8, "step"),), links=(link,)), rule
    )
    experiment = replace(experiment, training=replace(experiment.training, batch=batch))
    starts = [new_run(prepare(replace(experiment, seed=seed))).start for seed in range(3)]
    assert size.trains_together(starts[0])
    assert_as_alone(starts, RacePlan(2))


@pytest.mark.parametrize("shared", [False, True])
def test_masks_that_come_of_the_seed(shared: bool) -> None:
    """A link of some density has other weights for every seed, be they tied or not."""
    if shared:
        link = Link("input", "hidden 1", density=0.7, field=(7, 7), shared=True)
        experiment = experiment_for("digits", hidden=(Hidden(4, "tanh"),), links=(link,))
    else:
        link = Link("input", "hidden 1", density=0.5)
        experiment = experiment_for("xor", hidden=(Hidden(5),), links=(link,))
    training = replace(experiment.training, decay_l2=1e-3)
    starts = []
    for seed in range(4):
        setup = prepare(replace(experiment, seed=seed, training=training))
        start = new_run(setup).start
        few = replace(start.train, inputs=start.train.inputs[:40], targets=start.train.targets[:40])
        starts.append(replace(start, train=few if seed == 0 else starts[0].train, test=None))
    masks = [start.network.connections[0].mask for start in starts]
    assert not np.array_equal(masks[0], masks[1])
    assert_as_alone(starts, RacePlan(4))


@pytest.mark.parametrize("batch", ["all", 11])
def test_patterns_in_pieces(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "WORKING_SET", 1)
    start = some_start(patterns=noisy(23), batch=batch)
    assert size.rows_at_once(start, 5) == 4
    assert_as_alone(with_seeds(start), RacePlan(9))


@pytest.mark.parametrize(
    ("until_solved", "batch", "rate"), [(False, "all", 0.2), (True, "all", 0.2), (False, 2, 0.4)]
)
def test_diverged_ones_freeze_and_disturb_no_others(
    until_solved: bool, batch: Any, rate: float
) -> None:
    """Linear units on OR, at a rate at which some seeds run away and others learn it."""
    network = layered((2, 3, 1), ("linear", "linear"))
    or_patterns = replace(XOR, targets=np.array([[0], [1], [1], [1]], dtype=float))
    rule = {"optimizer": "descent", "rate": rate, "batch": batch}
    start = start_of(network, or_patterns, spread=1.0, **rule)
    # Those that are about to run away, and do not, multiply rounding errors on their way back.
    close = {"rtol": 1e-8, "atol": 1e-10}
    outcomes = assert_as_alone(with_seeds(start, 40), RacePlan(100, until_solved), close)
    assert 5 < outcomes.diverged.sum() < 35
    assert len(set(outcomes.ended_at[outcomes.diverged])) > 3
    assert (outcomes.solved & ~outcomes.diverged).sum() > 5
    assert np.isfinite(outcomes.parameters).all()


def test_networks_end_when_solved() -> None:
    outcomes = assert_as_alone(
        with_seeds(start_of(spread=1.0), 20), RacePlan(300, until_solved=True)
    )
    assert outcomes.solved.sum() > 10
    np.testing.assert_array_equal(
        outcomes.ended_at[outcomes.solved], outcomes.solved_at[outcomes.solved]
    )


def test_networks_end_when_the_error_is_small() -> None:
    outcomes = assert_as_alone(with_seeds(start_of(spread=1.0), 10), RacePlan(300, until_error=0.1))
    assert (outcomes.error <= 0.1).any()
    assert (outcomes.ended_at < 300).any()


def test_a_network_solved_from_the_start() -> None:
    """A tolerance that the initial weights meet."""
    start = start_of(criterion=Criterion("within", 5.0))
    outcomes = assert_as_alone(with_seeds(start, 3), RacePlan(10, until_solved=True))
    np.testing.assert_array_equal(outcomes.ended_at, 0)


def test_no_epochs_at_all() -> None:
    assert_as_alone(with_seeds(start_of()), RacePlan(0))


def test_a_network_too_wide_for_a_block_is_trained_alone() -> None:
    network = layered((20, 30, 2), ("tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 100, np.random.default_rng(0))
    start = start_of(network, patterns, rate=1e-3)
    assert not size.trains_together(start)
    assert_as_alone(with_seeds(start, 2), RacePlan(5))
    assert_as_alone(
        with_seeds(replace(start, training=replace(start.training, rate=1)), 2), RacePlan(99)
    )
