"""Edits that follow from settings, and checks that edited patterns suit an experiment."""

from dataclasses import replace

from bpviz.core.run.edits import ChangeTrain, Edit, SetCriterion, SetTrain, SetTraining
from bpviz.core.run.run import Run
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment, check_change, with_train


def edits_for(setup: PreparedExperiment, new: Experiment) -> list[Edit]:
    """The edits that lead from a setup's live settings to those of another experiment."""
    old, edits = setup.experiment, list[Edit]()
    if new.training != old.training:
        edits.append(SetTraining(new.training))
    if new.tolerance != old.tolerance:
        edits.append(SetCriterion(replace(setup.criterion, tolerance=new.tolerance)))
    return edits


def check_patterns(setup: PreparedExperiment, run: Run, edit: Edit) -> None:
    """Raise BadValue if an edit brings patterns that do not suit the experiment's error."""
    if isinstance(edit, SetTrain):
        with_train(setup, edit.patterns)
    elif isinstance(edit, ChangeTrain):
        check_change(setup, edit.change, edit.change.check(run.start.train))
