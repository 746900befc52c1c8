"""Time runs both ways: any walk, at any grain, lands on the bits of a straight run."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.settings import Training
from bpviz.core.model.network import layered
from bpviz.core.model.pattern_change import inserted
from bpviz.core.model.patterns import Criterion
from bpviz.core.model.references import UnitRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.cursor import GRAINS, Grain, n_phases
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import (
    ChangeTrain,
    Edit,
    SetClamps,
    SetCriterion,
    SetParameters,
    SetTrain,
    SetTraining,
)
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal, Timeline, TimelinePosition
from bpviz.core.values import BadValue

from ..strategies import after, noisy, same_bits, some_start, start_of

LENGTH = 6


def go(timeline: Timeline, grain: Grain, *, back: bool = False, calls: int = 10**9) -> None:
    """One step; interrupted again and again, ``calls`` questions apart."""
    goal = timeline.goal_before(grain) if back else timeline.goal_after(grain)
    if goal is not None:
        timeline.begin_seek(goal)
        while not timeline.continue_seek(after(calls)).there:
            pass


def stamp(run: Run) -> tuple[Any, ...]:
    """Everything that decides how a run goes on, as comparable bits."""
    state = run.save()
    rng = state.rng["state"]
    return (
        state.epoch, state.update, state.count, state.vectors.tobytes(), repr(state.record),
        rng["state"], rng["inc"], state.training, state.train.inputs.tobytes(), state.criterion,
        tuple(state.clamps.items()), state.batch,
    )  # fmt: skip


EDITS: list[Edit] = [
    SetParameters(np.array([2, 7]), np.array([0.3, -0.9])),
    SetTrain(noisy(9, seed=7)),
    SetTrain(noisy(14, seed=8)),
    ChangeTrain(inserted(noisy(3), 1, *(np.full((2, n), 0.25) for n in (2, 1)))),
    SetTrain(noisy(12, seed=9)),
    SetClamps({UnitRef(1, 0): 0.5, UnitRef(0, 1): 1.0}),
    SetClamps({}),
    SetTraining(Training(optimizer="adam", rate=0.01, batch=4)),
    SetTraining(Training(optimizer="momentum", rate=0.05, batch="all")),
    SetTraining(Training(optimizer="descent", rate=0.02, batch=5, order="fixed", decay_l2=0.01)),
    SetCriterion(Criterion("within", 0.3)),
]

walks = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(GRAINS), st.booleans()),
        st.tuples(st.just("seek"), st.integers(0, LENGTH)),
        st.tuples(st.just("edit"), st.integers(0, len(EDITS) - 1)),
    ),
    min_size=4,
    max_size=40,
)


@pytest.mark.parametrize("batch", ["all", 5, 1])
@settings(max_examples=100)
@given(walk=walks, calls=st.sampled_from([2, 3, 10**9]), budget=st.sampled_from([1, 20_000, 10**8]))
def test_any_walk_lands_on_the_bits_of_a_straight_run(
    batch: Any, walk: list[tuple[Any, Any]], calls: int, budget: int
) -> None:
    """With changes by hand on the way, interruptions, and however few checkpoints.

    The straight run makes the changes that the walk's record holds, each at its instant.
    """
    timeline = Timeline(Run(some_start(batch=batch)), budget)
    made: list[tuple[tuple[int, int], int]] = []
    for kind, what in walk:
        run = timeline.run
        if kind == "edit":
            here = (run.epoch, run.update)
            made = [m for m in made if m[0] <= here]
            timeline.edit(EDITS[what])
            made.append((here, what))
        elif kind == "seek":
            timeline.begin_seek(SeekGoal(min(what, timeline.latest.epoch)))
            while not timeline.continue_seek(after(calls)).there:
                pass
            assert timeline.now == TimelinePosition(min(what, timeline.latest.epoch))
        elif run.epoch < LENGTH or what:
            go(timeline, kind, back=what, calls=calls)
        assert stamp(run) == stamp(straight_to(timeline, batch, made))


def straight_to(timeline: Timeline, batch: Any, made: list[tuple[tuple[int, int], int]]) -> Run:
    run = Run(some_start(batch=batch))
    left = list(made)
    target = timeline.now[:2]
    while True:
        while left and left[0][0] == (run.epoch, run.update):
            apply_edit(run, EDITS[left.pop(0)[1]])
        if (run.epoch, run.update) == target:
            return run
        run.advance(1, until=run.update + 1)


@pytest.mark.parametrize("batch", ["all", 5, 1])
@pytest.mark.parametrize("grain", GRAINS)
def test_back_undoes_every_step_forward(grain: Grain, batch: Any) -> None:
    """From the beginning through three epochs and all the way back, instant by instant."""
    timeline = Timeline(Run(some_start(batch=batch)))
    passed = []
    while timeline.run.epoch < 3:
        passed.append((timeline.now, stamp(timeline.run)))
        go(timeline, grain)
    for now, bits in reversed(passed):
        go(timeline, grain, back=True)
        assert (timeline.now, stamp(timeline.run)) == (now, bits)
    assert timeline.goal_before(grain) is None


def test_grains_nest() -> None:
    """An update of five patterns is five steps of a pattern, or its phases and the update."""
    timeline = Timeline(Run(some_start(batch=5)))
    each = n_phases(timeline.run)
    for grain, steps in (("phase", 5 * each + 1), ("pattern", 5), ("update", 1)):
        before = timeline.now.update
        for _ in range(steps - 1):
            go(timeline, grain)
            assert timeline.now.update == before
        go(timeline, grain)
        assert (timeline.now.update, timeline.now.position) in {(before + 1, 0), (0, 0)}


def test_back_from_within_an_epoch_goes_to_its_beginning_first() -> None:
    timeline = Timeline(Run(some_start(batch=5)))
    timeline.advance(2)
    go(timeline, "update")
    go(timeline, "phase")
    go(timeline, "epoch", back=True)
    assert timeline.now == TimelinePosition(2, 0, 0)
    go(timeline, "phase")
    go(timeline, "update", back=True)
    assert timeline.now == TimelinePosition(2, 0, 0)
    go(timeline, "update", back=True)
    assert timeline.now == TimelinePosition(1, 2, 0)
    go(timeline, "phase", back=True)
    assert timeline.now == TimelinePosition(1, 1, 5 * n_phases(timeline.run))


def test_training_on_from_the_past_honours_what_was_changed_there() -> None:
    timeline = Timeline(Run(start_of()))
    timeline.advance(10)
    timeline.edit(SetParameters(np.array([0]), np.array([2.0])))
    timeline.advance(10)
    bits = stamp(timeline.run)
    timeline.begin_seek(SeekGoal(3))
    timeline.continue_seek()
    assert timeline.is_past
    assert len(timeline.advance(17)) == 0  # nothing new was trained
    assert stamp(timeline.run) == bits
    assert [record.epoch for record in timeline.advance(2)] == [21, 22]


def test_what_is_abandoned_does_not_come_back() -> None:
    timeline = Timeline(Run(start_of()))
    timeline.advance(10)
    timeline.edit(SetParameters(np.array([0]), np.array([2.0])))
    timeline.advance(10)
    timeline.begin_seek(SeekGoal(5))
    timeline.continue_seek()
    timeline.abandon()
    assert not timeline.is_past
    assert timeline.latest == TimelinePosition(5)
    assert [record.epoch for record in timeline.advance(20)] == list(range(6, 26))
    straight = Run(start_of())
    straight.advance(25)
    assert same_bits(straight.parameters, timeline.run.parameters)


def test_a_change_that_is_refused_leaves_the_future_alone() -> None:
    timeline = Timeline(Run(start_of()))
    timeline.advance(10)
    timeline.begin_seek(SeekGoal(5))
    timeline.continue_seek()
    with pytest.raises(BadValue):
        timeline.edit(SetParameters(np.array([99]), np.array([2.0])))
    assert timeline.latest == TimelinePosition(10)


def test_checkpoints_stay_within_their_budget_and_spread_over_the_run() -> None:
    budget = 100_000
    timeline = Timeline(Run(start_of()), budget)
    for _ in range(600):
        timeline.advance(10)
    epochs = timeline.checkpoint_epochs
    assert timeline.n_bytes <= budget
    assert len(epochs) > 15
    assert epochs[0] == 0
    gaps = np.diff([*epochs, 6000])
    assert gaps.max() <= 6000 / 10
    timeline.begin_seek(SeekGoal(3217))
    timeline.continue_seek()
    straight = Run(start_of())
    straight.advance(3217)
    assert stamp(timeline.run) == stamp(straight)


@pytest.mark.parametrize("batch", [1, "all"])
@pytest.mark.parametrize("rows", [0, 40], ids=["without edits", "with edits of the patterns"])
def test_the_memory_of_checkpoints_is_counted_as_it_is(batch: Any, rows: int) -> None:
    run = Run(start_of(batch=batch))
    timeline = Timeline(run)
    timeline.advance(50)  # what is allocated once
    counted, n = timeline.n_bytes, len(timeline.checkpoint_epochs)
    tracemalloc.start()
    try:
        for seed in range(150):
            if rows:
                timeline.edit(SetTrain(noisy(rows, seed=seed)))
            timeline.advance(1 + timeline.now.epoch // 100)
        real = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(timeline.checkpoint_epochs) - n > 20
    assert 0.75 < (timeline.n_bytes - counted) / real < 1.25


def test_divergence_ends_the_record_at_the_last_finite_epoch() -> None:
    network = layered((2, 3, 1), ("logistic", "linear"))
    timeline = Timeline(Run(some_start(network=network, optimizer="descent")))
    timeline.advance(5)
    timeline.edit(SetTraining(Training(optimizer="descent", rate=5.0)))
    with pytest.raises(Diverged):
        timeline.advance(500)
    end = timeline.now
    assert np.isfinite(timeline.run.parameters).all()
    bits = stamp(timeline.run)
    timeline.begin_seek(SeekGoal(2))
    timeline.continue_seek()
    timeline.begin_seek(SeekGoal(end.epoch, end.update))
    timeline.continue_seek()
    assert stamp(timeline.run) == bits


@pytest.mark.parametrize("batch", ["all", 5])
def test_what_compiled_epochs_did_comes_back_to_the_bit(batch: Any) -> None:
    """However the epochs were cut into calls: stretches grow with the speed of the machine."""
    pytest.importorskip("numba")
    timeline = Timeline(Run(some_start(batch=batch)), budget=1)  # back to the start each time
    timeline.advance(3)
    timeline.run.use("numba")
    timeline.advance(700)
    timeline.edit(SetParameters(np.array([0]), np.array([0.5])))
    timeline.advance(800)
    for goal in (1_411, 2, 650, 1_503):
        timeline.begin_seek(SeekGoal(goal))
        timeline.continue_seek()
        straight = Run(some_start(batch=batch))
        straight.advance(min(3, goal))
        straight.use("numba")
        straight.advance(min(703, goal) - straight.epoch)
        if goal > 703:
            apply_edit(straight, SetParameters(np.array([0]), np.array([0.5])))
            straight.advance(goal - 703)
        assert timeline.run.engine == ("numpy" if goal < 3 else "numba")
        assert stamp(timeline.run) == stamp(straight)
