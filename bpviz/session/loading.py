"""Prepares experiments for the training thread, and opens runs at a shared instant."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpviz.core.interruption import Interrupted
from bpviz.experiment.experiment import Experiment, adapted, open_problem
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.problems.table import find_problem
from bpviz.session.recording.run_history import RunHistory

if TYPE_CHECKING:
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe


def prepared_problem(
    problem: str, seed: int, options: Mapping[str, Any], run_id: int
) -> PreparedExperiment:
    """The setup of a problem with these options and otherwise its default settings."""
    experiment, patterns = open_problem(problem, seed=seed, options=dict(options))
    return prepare(experiment, run_id, patterns)


def prepared_after(
    old: PreparedExperiment | None, experiment: Experiment, run_id: int, *, reread: bool = False
) -> PreparedExperiment:
    """The setup of an experiment; patterns that ``old`` already has are read again on demand."""
    patterns = None
    if old is not None and old.experiment.problem == experiment.problem:
        patterns = old.patterns
        if reread or old.experiment.options != experiment.options:
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
