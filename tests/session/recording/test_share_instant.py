"""A link text opens exactly the instant at which it was made, and goes on from there to the bit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.core.kernels.engines import NUMBA, NUMPY
from bpviz.core.model.pattern_change import inserted, removed
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.run.edits import (
    ChangeTrain,
    SetClamps,
    SetCriterion,
    SetParameters,
    SetTrain,
    SetTraining,
)
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.session.recording.run_history import RunHistory, setup_at
from bpviz.session.recording.share_instant import NO_CURVE, instant_text, open_instant
from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe, SharedExperiment
from bpviz.sharing.link_text import LARGEST, LONGEST, link_text, read_link_text, text_of

XOR = replace(experiment_for("xor"), stop=Stop())
MOONS = experiment_for("moons", options={"size": 40}, training={"batch": 5, "optimizer": "adam"})
Do = Callable[[RunHistory], None]


def at_epoch(n: int) -> Do:
    return lambda history: _ignored(history.advance(n))


def _ignored(*values: Any) -> None:
    """For what is done for its effect."""


def to_update(epoch: int, update: int) -> Do:
    def go(history: RunHistory) -> None:
        history.begin_seek(SeekGoal(epoch, update))
        assert history.continue_seek()[0]

    return go


def weights(history: RunHistory) -> None:
    history.edit(SetParameters(np.array([0, 3]), np.array([0.1, -1 / 3])))


def patterns(history: RunHistory) -> None:
    train = history.run.start.train
    history.edit(SetTrain(Patterns(train.inputs * 0.9, train.targets)))


def rows(history: RunHistory) -> None:
    train = history.run.start.train
    new = np.full((2, 2), 0.25), np.full((2, train.targets.shape[1]), 1.0)
    history.edit(ChangeTrain(inserted(train, 1, *new)))
    history.edit(ChangeTrain(removed(history.run.start.train, np.array([0, 3]))))


def clamps(history: RunHistory) -> None:
    history.edit(SetClamps({UnitRef(1, 1): 0.25}))


def settings(history: RunHistory) -> None:
    history.edit(SetTraining(replace(history.run.training, rate=0.123, batch=3)))
    history.edit(SetCriterion(Criterion("within", 0.25)))


CASES: dict[str, tuple[Experiment, list[Do]]] = {
    "the beginning": (XOR, []),
    "some epochs": (XOR, [at_epoch(50)]),
    "many epochs": (XOR, [at_epoch(2_000)]),
    "inside an epoch": (MOONS, [to_update(3, 2)]),
    "weights at the beginning": (XOR, [weights]),
    "weights on the way": (MOONS, [at_epoch(4), weights, at_epoch(3)]),
    "weights inside an epoch": (MOONS, [to_update(2, 1), weights, to_update(3, 3)]),
    "patterns": (XOR, [at_epoch(5), patterns, at_epoch(6)]),
    "rows": (XOR, [at_epoch(5), rows, at_epoch(6)]),
    "patterns at the beginning": (XOR, [patterns]),
    "clamps": (XOR, [at_epoch(5), clamps, at_epoch(6)]),
    "clamps at the end": (XOR, [at_epoch(5), clamps]),
    "settings": (MOONS, [at_epoch(2), settings, at_epoch(3)]),
    "everything": (MOONS, [at_epoch(2), weights, patterns, clamps, settings, to_update(4, 2)]),
}


def run_of(name: str) -> tuple[PreparedExperiment, RunHistory]:
    experiment, doings = CASES[name]
    setup = prepare(experiment)
    history = RunHistory(new_run(setup))
    for do in doings:
        do(history)
    return setup, history


def opened(text: str) -> tuple[PreparedExperiment, RunHistory]:
    shared = read_link_text(text)
    setup = prepare(shared.experiment)
    history, remark = open_instant(setup, shared.at)
    assert remark == ""
    return setup_at(setup, history.run), history


def assert_equal(one: RunHistory, other: RunHistory) -> None:
    a, b = one.run.save(), other.run.save()
    for name in ("epoch", "update", "count", "batch", "whole", "record", "rng", "training",
                 "criterion", "clamps", "engine"):  # fmt: skip
        np.testing.assert_equal(getattr(b, name), getattr(a, name), name)
    np.testing.assert_array_equal(b.vectors, a.vectors)
    np.testing.assert_array_equal(b.train.inputs, a.train.inputs)
    if a.update and not a.whole:
        np.testing.assert_array_equal(b.order, a.order)


@pytest.mark.parametrize("kind", ["shortest", "numbers"])
@pytest.mark.parametrize("name", CASES)
def test_an_instant_is_opened_exactly_and_goes_on_exactly(name: str, kind: str) -> None:
    setup, history = run_of(name)
    now = setup_at(setup, history.run)
    if kind == "shortest":
        text = instant_text(history, now)
    else:
        train = history.run.start.train if now.patterns.original else None
        text = text_of(SharedExperiment(now.experiment, ExactCheckpoint(history.run.save(), train)))
    assert len(text) < 2_500
    again_setup, again = opened(text)
    assert again_setup.experiment == now.experiment
    assert_equal(history, again)
    for each in (history, again):
        each.advance(7)
    assert_equal(history, again)
    if kind == "shortest":  # and what was opened can be passed on in its turn
        assert_equal(again, opened(instant_text(again, setup_at(again_setup, again.run)))[1])


def test_the_way_alone_is_written_where_it_is_shorter() -> None:
    setup, history = run_of("some epochs")
    assert isinstance(read_link_text(instant_text(history, setup)).at, ReplayRecipe)
    setup, history = run_of("the beginning")
    assert instant_text(history, setup) == link_text(XOR)


@pytest.mark.parametrize("name", [name for name in CASES if name != "the beginning"])
def test_numbers_have_the_way_to_them_where_an_engine_rounds_otherwise(name: str) -> None:
    """The way is gone where it ends at the same bits, and else the numbers are there without it."""
    setup, history = run_of(name)
    history.run.engines[:] = [(0, NUMPY), (1, NUMBA)][: 1 + (history.run.epoch > 1)]
    now = setup_at(setup, history.run)
    shared = read_link_text(instant_text(history, now))
    if isinstance(shared.at, ReplayRecipe):
        return  # without a compiled engine
    exact = shared.at
    same_settings = now.experiment == setup.experiment
    assert shared.has_curve == (exact.way is not None) == same_settings
    if exact.way is None:
        return
    honest = replace(exact, way=replace(exact.way, engines=((0, NUMPY),)))
    again, remark = open_instant(setup, honest)
    assert remark == ""
    np.testing.assert_array_equal(again.curve().epochs, history.curve().epochs)
    np.testing.assert_array_equal(again.curve().train_error, history.curve().train_error)
    assert_equal(history, again)
    for way in (
        replace(honest.way, until=(honest.way.until[0] + 1, 0)),
        replace(honest.way, edits=(((0, 0), SetParameters(np.array([99]), np.array([1.0]))),)),
        replace(honest.way, edits=(((0, 0), SetParameters(np.array([1]), np.array([9.0]))),)),
    ):
        again, remark = open_instant(setup, replace(exact, way=way))
        assert remark == NO_CURVE
        assert_equal(history, again)


def test_a_way_that_takes_too_long_is_not_written() -> None:
    setup = prepare(replace(XOR, training=replace(XOR.training, batch="all")))
    history = RunHistory(new_run(setup))
    history.run.restore(replace(history.run.save(), epoch=10**9))
    assert isinstance(read_link_text(instant_text(history, setup)).at, ExactCheckpoint)


def test_a_way_that_takes_too_long_is_not_gone() -> None:
    setup, history = run_of("some epochs")
    recipe = read_link_text(instant_text(history, setup)).at
    assert isinstance(recipe, ReplayRecipe)
    with pytest.raises(BadValue, match="epoch in the link text"):
        open_instant(setup, replace(recipe, until=(10**12, 0)))


def test_what_is_too_long_gets_a_sentence() -> None:
    setup = prepare(experiment_for("digits", hidden=(Hidden(40, "tanh"),)))
    history = RunHistory(new_run(setup))
    train = setup.patterns.train
    history.edit(SetTrain(Patterns(train.inputs * 0.5, train.targets)))
    with pytest.raises(BadValue, match=r"link text must be at most .*, not .*too long"):
        instant_text(history, setup_at(setup, history.run))


def test_another_computer_that_calculates_otherwise_is_told() -> None:
    setup, history = run_of("some epochs")
    text = instant_text(history, setup)
    shared = read_link_text(text)
    assert isinstance(shared.at, ReplayRecipe)
    assert open_instant(setup, shared.at)[1] == ""
    assert "not those of the text" in open_instant(setup, replace(shared.at, check=1))[1]


@pytest.mark.parametrize("name", ["some epochs", "everything"])
def test_a_damaged_text_gets_a_sentence(name: str) -> None:
    setup, history = run_of(name)
    text = instant_text(history, setup_at(setup, history.run))
    for damaged in (text[:-5], text[:40], text[:20] + "AAAA" + text[24:], "b2." + text[3:][::-1],
                    "b3." + text[3:], "b2.", "b1." + text[3:]):  # fmt: skip
        with pytest.raises(BadValue) as refusal:
            read_link_text(damaged)
        assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "change",
    [
        {"vectors": np.zeros((4, 3))}, {"vectors": np.full((4, 13), np.nan)},
        {"clamps": {UnitRef(9, 0): 1.0}},
        {"update": 2, "whole": False, "order": np.array([0, 0, 1, 9])},
        {"train": Patterns(np.ones((4, 3)), np.ones((4, 1)))}, {"engine": "abacus"},
    ],
    ids=str,
)  # fmt: skip
def test_an_instant_of_another_network_gets_a_sentence(change: dict[str, Any]) -> None:
    setup, history = run_of("some epochs")
    state = replace(history.run.save(), **change)
    text = text_of(SharedExperiment(setup.experiment, ExactCheckpoint(state, change.get("train"))))
    with pytest.raises(BadValue) as refusal:
        opened(text)
    assert str(refusal.value).endswith(".")


def test_a_text_is_bounded_both_ways() -> None:
    assert LONGEST <= 16_000
    assert LARGEST <= 200_000
    state = RunHistory(new_run(prepare(XOR))).run.save()
    huge = replace(state, vectors=np.zeros((4, LARGEST)))
    with pytest.raises(BadValue, match="too long"):
        text_of(SharedExperiment(XOR, ExactCheckpoint(huge, None)))


def test_a_compiled_engine_is_relied_on_only_where_the_numbers_would_be_too_long() -> None:
    for experiment, kind in ((XOR, ExactCheckpoint), (experiment_for("digits"), ReplayRecipe)):
        setup = prepare(experiment)
        history = RunHistory(new_run(setup))
        history.advance(1)
        history.run.engines[:] = [(0, "numba")]
        at = read_link_text(instant_text(history, setup)).at
        assert isinstance(at, kind)
        if isinstance(at, ReplayRecipe):
            assert at.engines == ((0, "numba"),)
