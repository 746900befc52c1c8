"""Prepares experiments for the training thread, and opens runs at a shared instant."""

from typing import TYPE_CHECKING

from bpviz.core.interruption import Interrupted
from bpviz.experiment.experiment import Experiment, adapted, open_problem
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.problems.table import find_problem
from bpviz.problems.tables.problem import inspected_patterns
from bpviz.session.commands import Open
from bpviz.session.recording.run_history import RunHistory

if TYPE_CHECKING:
    from bpviz.problems.tables.model import Inspection
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe


def prepared_problem(command: Open, run_id: int) -> PreparedExperiment:
    """The setup of a problem with these options and otherwise its default settings."""
    patterns = None if command.inspection is None else inspected_patterns(command.inspection)
    experiment, patterns = open_problem(
        command.problem, patterns, seed=command.seed, options=dict(command.options)
    )
    if command.change is not None:
        experiment = command.change(experiment)
    return prepare(experiment, run_id, patterns)


def prepared_after(
    old: PreparedExperiment | None,
    experiment: Experiment,
    run_id: int,
    inspection: "Inspection | None" = None,
) -> PreparedExperiment:
    """The setup of an experiment; patterns that ``old`` already has are not made again, unless
    the ``inspection`` of their table is new."""
    patterns = None if inspection is None else inspected_patterns(inspection)
    if old is not None and old.experiment.problem == experiment.problem:
        if patterns is None and old.experiment.options == experiment.options:
            return prepare(experiment, run_id, old.patterns)
        if patterns is None:
            patterns = find_problem(experiment.problem).load(experiment.options)
        experiment = adapted(experiment, old.patterns, patterns)
    return prepare(experiment, run_id, patterns)


def opened(
    setup: PreparedExperiment,
    at: "ExactCheckpoint | ReplayRecipe | None",
    cancelled: Interrupted,
) -> tuple[RunHistory, str]:
    """A run of this setup at its beginning or a shared instant; see open_instant."""
    if at is None:
        return RunHistory(new_run(setup, cancelled)), ""
    from bpviz.session.recording.share_instant import open_instant  # imported on first use

    return open_instant(setup, at, cancelled)
