"""Edits are data: one function applies them all."""

from typing import get_args

import numpy as np
import pytest

from bpviz.core.learning.settings import Training
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
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue

from ..strategies import XOR, noisy, one_update, same_bits, some_start

MORE = inserted(noisy(), 4, np.full((2, 2), 0.5), np.full((2, 1), 1.0))

EDITS: list[Edit] = [
    SetParameters(np.array([1]), np.array([0.5])),
    SetTrain(noisy(7, seed=5)),
    ChangeTrain(MORE),
    SetClamps({UnitRef(1, 2): 0.25}),
    SetTraining(Training(rate=0.125)),
    SetCriterion(Criterion("within", 0.01)),
]


def test_every_edit_is_known() -> None:
    assert {type(edit) for edit in EDITS} == set(get_args(Edit))


def test_an_edit_changes_what_it_says() -> None:
    run = Run(some_start(batch=5))
    for edit in EDITS:
        if not isinstance(edit, SetTrain):
            apply_edit(run, edit)
    assert run.parameters[1] == 0.5
    assert same_bits(run.start.train.inputs, MORE.apply(noisy()).inputs)
    assert dict(run.clamps) == {UnitRef(1, 2): 0.25}
    assert run.training == Training(rate=0.125)
    assert run.start.criterion == Criterion("within", 0.01)
    apply_edit(run, EDITS[1])
    assert same_bits(run.start.train.inputs, noisy(7, seed=5).inputs)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (SetParameters(np.array([99]), np.array([0.5])), "index of a weight"),
        (SetTrain(Patterns(np.zeros((4, 3)), XOR.targets)), "columns of inputs"),
        (SetTrain(Patterns(XOR.inputs, np.zeros((4, 2)))), "columns of targets"),
        (SetClamps({UnitRef(1, 3): 0.5}), "clamped unit of hidden 1"),
    ],
)
@pytest.mark.parametrize("updates", [0, 2])
def test_an_edit_that_does_not_fit_is_refused_and_changes_nothing(
    edit: Edit, field: str, updates: int
) -> None:
    """Not the state, nor what training then does."""
    run, straight = Run(some_start(batch=5)), Run(some_start(batch=5))
    for each in (run, straight):
        for _ in range(updates):
            one_update(each)
    with pytest.raises(BadValue) as refused:
        apply_edit(run, edit)
    assert refused.value.field == field
    for each in (run, straight):
        each.advance(3)
    assert same_bits(run.save().vectors, straight.save().vectors)
    assert run.record == straight.record
    assert not run.clamps
