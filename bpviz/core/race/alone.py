"""Trains one network of a race alone, where a block of networks would be slower."""

from bpviz.core.interruption import Cancelled, Interrupted, never
from bpviz.core.race.block import EpochsDone, Stopped, no_progress
from bpviz.core.race.plan import CURVES, Outcomes, RacePlan, empty_outcomes
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec

SLICE = 256
"""Epochs trained between two reports of progress."""


def run_alone(
    start: RunSpec,
    plan: RacePlan,
    interrupted: Interrupted = never,
    progress: EpochsDone = no_progress,
) -> Outcomes:
    """The outcomes of this one network. Raises Stopped when interrupted."""
    outcomes = empty_outcomes([start.seed], plan, start.network.n_parameters)
    at = {int(epoch): k for k, epoch in enumerate(outcomes.epochs)}
    try:
        run = Run(start, interrupted)
    except Cancelled:
        raise Stopped from None
    _note(outcomes, at, run.record)
    while run.epoch < plan.epochs and not _ends(plan, run.record):
        records = _advance(run, plan, interrupted, outcomes)
        for record in records:
            _note(outcomes, at, record)
        progress(len(records))
        if outcomes.diverged[0]:
            break
    outcomes.ended_at[0], outcomes.parameters[0] = run.epoch, run.parameters
    outcomes.error[0], outcomes.right[0] = run.record.train_error, run.record.train_right
    return outcomes


def _advance(run: Run, plan: RacePlan, interrupted: Interrupted, outcomes: Outcomes) -> Records:
    epochs = min(SLICE, plan.epochs - run.epoch)
    try:
        records = run.advance(epochs, interrupted, lambda record: _ends(plan, record))
    except Diverged as diverged:
        outcomes.diverged[0] = True
        return diverged.records
    if len(records) < epochs and not _ends(plan, run.record):
        raise Stopped
    return records


def _ends(plan: RacePlan, record: EpochRecord) -> bool:
    by_error = plan.until_error is not None and record.train_error <= plan.until_error
    return by_error or (plan.until_solved and record.solved)


def _note(outcomes: Outcomes, at: dict[int, int], record: EpochRecord) -> None:
    if record.solved and outcomes.solved_at[0] < 0:
        outcomes.solved_at[0] = record.epoch
    k = at.get(record.epoch)
    if k is not None:
        for name in CURVES:
            getattr(outcomes, name)[0, k] = getattr(record, name)
