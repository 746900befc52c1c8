"""Changes by hand in the middle of a run: weights, patterns, clamps, settings."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import held_still
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.model.pattern_change import inserted
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import (
    ChangeTrain,
    Edit,
    SetClamps,
    SetCriterion,
    SetParameters,
    SetTrain,
    SetTraining,
)
from bpviz.core.run.observe import observe
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.core.values import BadValue

from ..strategies import (
    PAIRS,
    XOR,
    after,
    assert_same_state,
    networks,
    noisy,
    one_update,
    random_parameters,
    random_patterns,
    same_bits,
    seeds,
    some_start,
    start_of,
)

# -- weights -------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", ["all", 5])
def test_training_goes_on_from_weights_set_by_hand_to_the_bit(batch: Any) -> None:
    """As a run does that had these weights, this memory and this order all along."""
    run = Run(some_start(batch=batch))
    run.advance(3)
    apply_edit(run, SetParameters(np.array([0, 5]), np.array([0.25, -1.5])))
    assert run.parameters[[0, 5]].tolist() == [0.25, -1.5]
    other = Run(some_start(batch=batch))
    other.restore(run.save())
    run.advance(4)
    other.advance(4)
    assert_same_state(run, other)


@pytest.mark.parametrize("batch", ["all", 5])
def test_the_error_after_an_edit_is_that_of_the_new_weights(batch: Any) -> None:
    start = some_start(batch=batch)
    run = Run(start)
    run.advance(2)
    apply_edit(run, SetParameters(np.arange(13), np.full(13, 0.5)))
    loss = LOSSES[start.error]
    trace = backpropagate(
        start.network, loss, run.parameters, start.train.inputs, start.train.targets
    )
    assert run.record.epoch == 2
    assert run.record.train_error == pytest.approx(trace.error, rel=1e-12)


def test_an_edit_within_an_epoch_leaves_its_record_and_its_order() -> None:
    run, straight = Run(some_start(batch=5)), Run(some_start(batch=5))
    for each in (run, straight):
        each.advance(1, after(1))
    same = run.parameters.copy()
    apply_edit(run, SetParameters(np.arange(13), same))
    assert (run.epoch, run.update, run.record.epoch) == (0, 1, 0)
    run.advance(2)
    straight.advance(2)
    assert_same_state(run, straight)


TIED = Network(
    (Group("x", 2, "input"), Group("h", 2, "hidden", "tanh"), Group("o", 1, "output")),
    (
        Connection(0, 1, ties=np.array([[0, 1], [1, 0]])),
        Connection(1, 2, mask=np.array([[True], [False]])),
    ),
)  # fmt: skip


def test_what_is_tied_gets_the_value_too() -> None:
    run = Run(start_of(TIED))
    places = TIED.weights(np.arange(float(TIED.n_parameters)), 0).astype(int)
    apply_edit(run, SetParameters(np.array([places[0, 1]]), np.array([0.75])))
    assert TIED.weights(run.parameters, 0)[[0, 1], [1, 0]].tolist() == [0.75, 0.75]
    assert TIED.weights(run.parameters, 0)[0, 0] != 0.75


@pytest.mark.parametrize(
    ("index", "value", "words"),
    [
        (8, 1.0, "weight 8 must be present, not absent"),
        (9, 1.0, "index of a weight must be .*, not 9"),
        (-1, 1.0, "index of a weight must be .*, not -1"),
        (0, np.nan, "weight must be .*, not nan"),
        (0, -np.inf, "weight must be .*, not -inf"),
        (0, 1e101, "weight must be .*, not 1e[+]101"),
    ],
)
def test_weights_that_cannot_be_are_refused(index: int, value: float, words: str) -> None:
    run = Run(start_of(TIED))
    before = run.parameters.copy()
    with pytest.raises(BadValue, match=words):
        apply_edit(run, SetParameters(np.array([0, index]), np.array([0.5, value])))
    assert same_bits(run.parameters, before)


# -- patterns ------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", ["all", 4, 5])
def test_other_patterns_are_trained_as_if_the_run_had_stood_here_with_them(batch: Any) -> None:
    run = Run(some_start(batch=batch))
    run.advance(3)
    apply_edit(run, SetTrain(noisy(7, seed=5)))
    other = Run(some_start(batch=batch, patterns=noisy(7, seed=5)))
    assert run.updates == other.updates
    apply_edit(run, SetParameters(np.arange(13), other.parameters))
    now, vectors = run.save(), other.save().vectors  # without momentum, from the same parameters
    run.restore(replace(now, vectors=vectors, rng=other.save().rng))
    run.advance(2)
    other.advance(2)
    assert same_bits(run.parameters, other.parameters)
    assert run.record[1:] == other.record[1:]


@pytest.mark.parametrize(("rows", "updates"), [(12, 4), (14, 5), (2, 2), (4, 2), (5, 3)])
def test_an_epoch_under_way_takes_every_pattern_that_is_left_once(rows: int, updates: int) -> None:
    """The first update of three patterns is done; gone rows are left out, new ones come last."""
    run = Run(some_start(batch=3, order="fixed"))
    one_update(run)
    apply_edit(run, SetTrain(noisy(rows)))
    in_all, seen = run.updates, list[int]()
    while run.epoch == 0:
        seen += run.rows.tolist()
        one_update(run)
    assert seen == list(range(3, rows))
    assert in_all == -(-(3 + len(seen)) // 3)
    assert (run.epoch, run.update) == (1, 0)
    assert run.updates == -(-rows // 3)


def test_patterns_of_other_widths_are_refused() -> None:
    run = Run(start_of())
    with pytest.raises(BadValue, match="columns of inputs must be 2, as before, not 3"):
        apply_edit(run, SetTrain(Patterns(np.zeros((4, 3)), XOR.targets)))
    with pytest.raises(BadValue, match="columns of targets must be 1, as before, not 2"):
        apply_edit(run, SetTrain(Patterns(XOR.inputs, np.zeros((4, 2)))))
    assert run.start.train is XOR


# -- clamps --------------------------------------------------------------------------------------


def drawn_clamps(network: Network, rng: np.random.Generator) -> dict[UnitRef, float]:
    units = [UnitRef(g, u) for g, group in enumerate(network.groups) for u in range(group.size)]
    chosen = rng.permutation(len(units))[: rng.integers(1, 4)]
    return {units[i]: float(rng.uniform(0.1, 0.9)) for i in chosen}


@pytest.mark.parametrize(("error", "output"), PAIRS)
@settings(max_examples=10)
@given(data=st.data(), seed=seeds)
def test_clamped_units_hold_their_value_and_pass_no_error_on(
    error: str, output: str, data: st.DataObject, seed: int
) -> None:
    """Both in the reference and in the kernel, which agree; E's slopes match differences."""
    rng = np.random.default_rng(seed)
    hidden = data.draw(st.sampled_from(["tanh", "softmax"]))
    network = data.draw(networks(output, hidden=hidden))
    loss = LOSSES[error]
    patterns = random_patterns(network, loss, 4, rng)
    parameters = random_parameters(network, rng) * 0.5
    clamps = drawn_clamps(network, rng)
    args = network, loss, parameters, patterns.inputs, patterns.targets
    trace = backpropagate(*args, clamps=clamps)
    for ref, value in clamps.items():
        assert (trace.act[ref.group][:, ref.unit] == value).all()
        if network.groups[ref.group].role != "input":
            assert not trace.delta[ref.group][:, ref.unit].any()
    kernel = NumpyKernel(network, loss, Criterion(), parameters)
    kernel.clamp(clamps)
    for rows in (None, np.array([0, 1, 2, 3])):
        work = kernel.measure(patterns, gradient=True) if rows is None else kernel.gradient(
            patterns, rows
        )  # fmt: skip
        for _ in work:
            pass
        np.testing.assert_allclose(kernel.neg_gradient, trace.neg_gradient, rtol=1e-9, atol=1e-12)
    free = np.flatnonzero(network.trainable & ~held_still(network, clamps))
    if network.is_tied:  # moving one member alone is not what the gradient of a class means
        free = np.setdiff1d(free, network._tied)
    for place in free[:5]:
        step = np.zeros_like(parameters)
        step[place] = 1e-6
        ends = [
            backpropagate(network, loss, parameters + sign * step, *args[3:], clamps=clamps).error
            for sign in (1, -1)
        ]
        slope = (ends[0] - ends[1]) / 2e-6
        assert -loss.scale * trace.neg_gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch", ["all", 5])
def test_what_leads_into_a_clamped_unit_keeps_still(optimizer: str, batch: Any) -> None:
    """In spite of momentum and decay; the rest learns, and goes on when it is let go."""
    run = Run(some_start(batch=batch, optimizer=optimizer, decay_l2=0.01))
    run.advance(5)
    apply_edit(run, SetClamps({UnitRef(1, 1): 0.25}))
    network, before = run.start.network, run.parameters.copy()
    run.advance(5)
    into = network.weights(run.parameters, 0)[:, 1], network.weights(before, 0)[:, 1]
    assert same_bits(*into)
    assert network.biases(run.parameters, 1)[1] == network.biases(before, 1)[1]
    assert (network.weights(run.parameters, 0)[:, 0] != network.weights(before, 0)[:, 0]).all()
    assert network.weights(run.parameters, 1)[1] != network.weights(before, 1)[1]
    apply_edit(run, SetClamps({}))
    run.advance(1)
    assert (network.weights(run.parameters, 0)[:, 1] != into[1]).all()


def test_a_snapshot_shows_the_network_with_its_clamps() -> None:
    run = Run(start_of())
    apply_edit(run, SetClamps({UnitRef(0, 1): 1.0, UnitRef(1, 2): 0.0}))
    snapshot = observe(run, EVERYTHING, shown=np.arange(4), probe=XOR.inputs)
    assert dict(snapshot.clamps) == {UnitRef(0, 1): 1.0, UnitRef(1, 2): 0.0}
    assert (snapshot.activations[0][:, 1] == 1.0).all()
    assert (snapshot.activations[1][:, 2] == 0.0).all()
    answers = forward(run.start.network, run.parameters, XOR.inputs, snapshot.clamps)[1][-1]
    assert snapshot.train_outputs is not None
    assert snapshot.probe_outputs is not None
    assert same_bits(snapshot.train_outputs, answers)
    assert same_bits(snapshot.probe_outputs, answers)
    error = float(((XOR.targets - answers) ** 2).sum())
    assert run.record.train_error == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize(
    ("clamps", "words"),
    [
        ({UnitRef(3, 0): 0.0}, "group of a clamped unit must be .*, not 3"),
        ({UnitRef(1, 3): 0.0}, "clamped unit of hidden 1 must be .*, not 3"),
        ({UnitRef(1, 0): np.nan}, "value of a clamped unit must be .*, not nan"),
    ],
)
def test_clamps_that_cannot_be_are_refused(clamps: Any, words: str) -> None:
    run = Run(start_of())
    with pytest.raises(BadValue, match=words):
        apply_edit(run, SetClamps(clamps))
    assert not run.clamps


# -- coming back ---------------------------------------------------------------------------------

EDITS: list[Edit] = [
    SetParameters(np.array([2]), np.array([0.3])),
    SetTrain(noisy(9, seed=7)),
    ChangeTrain(inserted(noisy(3), 1, *(np.full((2, n), 0.25) for n in (2, 1)))),
    SetClamps({UnitRef(1, 0): 0.5}),
    SetTraining(Training(optimizer="adam", rate=0.01, batch=4)),
    SetCriterion(Criterion("within", 0.01)),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: type(edit).__name__)
@pytest.mark.parametrize("updates", [0, 2])
def test_an_instant_from_before_an_edit_comes_back_to_the_bit(edit: Edit, updates: int) -> None:
    """With the settings, patterns and clamps of then; and so does what follows the edit."""
    run, straight = Run(some_start(batch=5)), Run(some_start(batch=5))
    for each in (run, straight):
        each.advance(2)
        for _ in range(updates):
            one_update(each)
    before = run.save()
    apply_edit(run, edit)
    after_edit = run.save()
    run.advance(3)
    again = run.save()
    run.restore(after_edit)
    run.advance(3)
    assert same_bits(run.save().vectors, again.vectors)
    assert run.record == again.record
    run.restore(before)
    run.advance(3)
    straight.advance(3)
    assert_same_state(run, straight)
