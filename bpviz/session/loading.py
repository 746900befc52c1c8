"""Loading in the training thread: preparing an experiment, and replacing the present run."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bpviz.core.interruption import Cancelled, Interrupted, watched
from bpviz.experiment.experiment import Experiment, adapted, open_problem
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.problems.table import find_problem
from bpviz.problems.tables.problem import inspected_patterns
from bpviz.session.commands import Open
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.status import sentence_of
from bpviz.session.worker import Worker

if TYPE_CHECKING:
    from bpviz.problems.tables.model import Inspection
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe

LOADING_STEP = 0.01
"""The share of loading after which its progress is published again."""


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


def _is_superseded(worker: Worker) -> bool:
    return worker.mailbox.loads > worker.loads


def _note_loading(worker: Worker, share: float) -> bool:
    if share >= (worker.status.share or 0.0) + LOADING_STEP:
        worker.set_status("loading", share=share)
    return _is_superseded(worker)


def begin_run(
    worker: Worker,
    prepared: Callable[[], PreparedExperiment],
    at: "ExactCheckpoint | ReplayRecipe | None" = None,
    *,
    own: bool = False,
) -> bool:
    """Begin the run of a new setup; False, and nothing changed, if that fails."""
    before = worker.status
    worker.loads += 1
    worker.set_status("loading")
    try:
        with watched(partial(_note_loading, worker)):
            setup = prepared()
        history, remark = opened(setup, at, partial(_is_superseded, worker))
    except Cancelled:
        worker.set_status(before.state, before.message)
        return False
    except Exception as error:  # the present run continues
        worker.set_status(before.state, before.message)
        worker.refused.emit(getattr(error, "field", ""), sentence_of(error))
        worker.publish(always=True)  # the window knows from it which load is over
        return False
    take_over(worker, setup, history, own=own)
    if remark:
        worker.refused.emit("", remark)
    return True


def take_over(worker: Worker, setup: PreparedExperiment, history: RunHistory, *, own: bool) -> None:
    """Let this run replace the present one, which is kept if there is anything to lose."""
    before = worker.setup
    if before is not None:
        revised = own and setup.experiment.problem == before.experiment.problem
        if worker.loaded[1].is_begun or (worker.own and not revised):
            worker.recent.put_aside(*worker.loaded, worker.drive.speed, setup.run_id)
    worker.run_id, worker.own = setup.run_id, own
    _show(worker, setup, history)


def start_over(worker: Worker) -> None:
    """Begin the present run again at epoch 0; what was trained or changed becomes a recent run.

    The run keeps its number, since what the window shows of the experiment stays. Raises
    Cancelled, with nothing changed, when the session is being closed.
    """
    setup, history = worker.loaded
    begun = history.anew(lambda: worker.mailbox.closing)
    if history.is_begun:
        worker.run_id += 1
        aside = replace(setup, run_id=worker.run_id)
        worker.recent.put_aside(aside, history, worker.drive.speed, setup.run_id)
    _show(worker, setup, begun)


def _show(worker: Worker, setup: PreparedExperiment, history: RunHistory) -> None:
    """Make this the run of the thread, at rest."""
    before = worker.setup
    worker.recorder.restart(history.run, before.network if before else None)
    worker.setup, worker.history = setup, history
    worker.current_run.use_halt_flag(worker.mailbox.halt)
    worker.drive.inside = worker.current_run.position > 0
    worker.start_speed.plan(worker.current_run)
    worker.recent_changed.emit(worker.recent.rows)  # before the frame of the new run
    worker.rest("paused")
