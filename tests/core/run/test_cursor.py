"""Inside an update: what is known at each phase, and nothing else."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.backprop import backpropagate
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.run.cursor import cursor_of, last_position, phases
from bpviz.core.run.observe import observe
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import Timeline
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare

from ..strategies import PAIRS, networks, random_patterns, same_bits, seeds, some_start, start_of


def names(network: Any, rule: str = "backpropagation") -> list[str]:
    return [
        phase.name + (f" {network.groups[phase.group].name}" if phase.group >= 0 else "")
        for phase in phases(network, RULES[rule])
    ]


def test_the_phases_of_two_hidden_groups() -> None:
    network = layered((2, 3, 3, 1), ("tanh", "tanh", "logistic"))
    assert names(network) == [
        "present", "forward hidden 1", "forward hidden 2", "forward output", "compare",
        "backward output", "backward hidden 2", "backward hidden 1", "accumulate",
    ]  # fmt: skip


def test_a_rule_that_does_not_go_backward_has_no_hidden_deltas() -> None:
    network = layered((2, 3, 1), ("tanh", "step"))
    assert [n for n in names(network, "perceptron") if "backward" in n] == ["backward output"]


@pytest.mark.parametrize(("error", "output"), PAIRS)
@settings(max_examples=15)
@given(data=st.data(), seed=seeds, batch=st.sampled_from(["all", 2]))
def test_each_phase_knows_what_was_computed_so_far_and_no_more(
    error: str, output: str, data: st.DataObject, seed: int, batch: Any
) -> None:
    """At every position of an update, against the trace of its pattern and of those before."""
    network = data.draw(networks(output))
    patterns = random_patterns(network, LOSSES[error], 3, np.random.default_rng(seed))
    run = Run(start_of(network, patterns, error=error, batch=batch, seed=seed))
    before = run.parameters.copy()
    every, groups = phases(network, RULES["backpropagation"]), network.groups
    inputs = {g for g, group in enumerate(groups) if group.role == "input"}
    for position in range(1, last_position(run) + 1):
        run.position = position
        cursor = cursor_of(run)
        pattern, index = divmod(position - 1, len(every))
        done = every[: index + 1]
        row = run.rows[pattern]
        assert (cursor.phase, cursor.pattern, cursor.row) == (every[index], pattern, row)
        part = slice(row, row + 1)
        trace = backpropagate(
            network, LOSSES[error], before, patterns.inputs[part], patterns.targets[part]
        )
        forward = {p.group for p in done if p.name == "forward"}
        backward = {p.group for p in done if p.name == "backward"}
        for g in range(len(groups)):
            assert (cursor.net[g] is not None) == (g in forward)
            assert (cursor.act[g] is not None) == (g in forward | inputs)
            assert (cursor.delta[g] is not None) == (g in backward)
            if g in forward:
                assert same_bits(cursor.net[g], trace.net[g][0])
                assert same_bits(cursor.act[g], trace.act[g][0])
            if g in backward:
                assert same_bits(cursor.delta[g], trace.delta[g][0])
        compared = any(p.name == "compare" for p in done)
        assert (cursor.deviation is not None) == compared
        if cursor.deviation is not None:
            assert same_bits(cursor.deviation, patterns.targets[row] - trace.act[-1][0])
        n_done = pattern + (every[index].name == "accumulate")
        rows = run.rows[:n_done]
        summed = sum(
            (
                backpropagate(
                    network, LOSSES[error], before, patterns.inputs[[r]], patterns.targets[[r]]
                ).neg_gradient
                for r in rows
            ),
            np.zeros(network.n_parameters),
        )
        np.testing.assert_allclose(cursor.gradient, summed, rtol=1e-10, atol=1e-12)
        assert (cursor.own is not None) == (every[index].name == "accumulate")
    assert same_bits(run.parameters, before)


def test_between_updates_nothing_is_known_but_the_change() -> None:
    run = Run(some_start(batch=5))
    assert cursor_of(run).change is None
    run.advance(1, until=1)
    cursor = cursor_of(run)
    assert cursor.act == cursor.net == cursor.delta == (None, None, None)
    assert cursor.change is not None
    assert same_bits(cursor.change, run.change)
    assert not cursor.gradient.any()


@pytest.mark.parametrize(
    ("batch", "update", "position", "words"),
    [
        ("all", 0, 0, "epoch 2"),
        ("all", 0, 1, "epoch 2, pattern 1 of 12: present"),
        ("all", 0, 10, "epoch 2, pattern 2 of 12: forward, output"),
        (5, 0, 4, "epoch 2, update 1 of 3, pattern 1 of 5: compare with the target"),
        (5, 1, 6, "epoch 2, update 2 of 3, pattern 1 of 5: backward, hidden 1"),
        (5, 2, 14, "epoch 2, update 3 of 3, pattern 2 of 2: add to the gradient"),
        (5, 2, 0, "epoch 2, update 2 of 3"),
    ],
)
def test_the_instant_in_words(batch: Any, update: int, position: int, words: str) -> None:
    run = Run(some_start(batch=batch))
    run.advance(2)
    run.advance(1, until=update)
    run.position = position
    assert observe(run, inside=True).instant == words


def test_a_cursor_does_not_disturb_the_run() -> None:
    run, straight = Run(some_start(batch=5)), Run(some_start(batch=5))
    for _ in range(7):
        run.position = 3
        observe(run, inside=True)
        run.advance(1, until=run.update + 1)
        assert run.position == 0
    straight.advance(2)
    straight.advance(1, until=1)
    assert same_bits(run.save().vectors, straight.save().vectors)


def test_a_step_that_is_interrupted_stays_where_it_was() -> None:
    """Not at the beginning of its update, which a frame would show."""
    timeline = Timeline(new_run(prepare(experiment_for("xor"))))
    while timeline.goal_after("phase").epoch == 0:
        timeline.begin_seek(timeline.goal_after("phase"))
        timeline.continue_seek()
    before = timeline.now
    assert before.position == last_position(timeline.run)
    timeline.begin_seek(timeline.goal_after("phase"))
    assert not timeline.continue_seek(lambda: True).there
    assert timeline.now == before
    assert timeline.continue_seek().there
    assert timeline.now == (1, 0, 0)
