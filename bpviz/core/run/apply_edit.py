"""Applies an edit to a run."""

from typing import assert_never

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


def apply_edit(run: Run, edit: Edit) -> None:
    """Change something by hand, at the present instant of the run, between two updates.

    Raises BadValue, and changes nothing, if the edit does not fit this run.
    """
    match edit:
        case SetParameters(indices, values):
            run.set_parameters(indices, values)
        case SetTrain(patterns):
            run.set_train(patterns)
        case ChangeTrain(change):
            run.set_train(change.apply(run.start.train))
        case SetClamps(clamps):
            run.set_clamps(clamps)
        case SetTraining(training):
            run.set_training(training)
        case SetCriterion(criterion):
            run.set_criterion(criterion)
        case _:
            assert_never(edit)
