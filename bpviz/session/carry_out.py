"""What the training thread does for each command, chosen by the command's class."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import singledispatch

from bpviz.core.interruption import Cancelled
from bpviz.core.run.edits import Edit
from bpviz.core.run.observe import observe
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import with_live_fields
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import (
    ApplyEdit,
    Cancel,
    ChooseSpeed,
    Command,
    Configure,
    Describe,
    Load,
    Open,
    Pause,
    PauseWhenSolved,
    Play,
    PlaySlowly,
    PublishFrame,
    Recall,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    StepEpochs,
    StopFilling,
    Unwatch,
    Watch,
)
from bpviz.session.edit_checks import edits_for
from bpviz.session.loading import (
    begin_run,
    prepared_after,
    prepared_problem,
    start_over,
    take_over,
)
from bpviz.session.recording.run_history import setup_at
from bpviz.session.status import TRAINING
from bpviz.session.worker import Worker


@singledispatch
def carry_out(command: Command, worker: Worker) -> None:
    """Carry out a command in the training thread.

    A new command is a class with one more function here, or in a file of its own:
    ``@carry_out.register`` takes the class from the annotation of its first argument.
    """
    raise AssertionError(type(command).__name__)


@carry_out.register
def _load(command: Load, worker: Worker) -> None:
    def prepared() -> PreparedExperiment:
        return prepared_after(
            worker.setup, command.experiment, worker.run_id + 1, command.inspection
        )

    if not begin_run(worker, prepared, command.at, own=command.own):
        return
    edits: Sequence[Edit] = command.edits
    if command.by_hand is not None:
        try:
            edits = command.by_hand.edits(worker.current_run.start.network)
        except BadValue as error:
            worker.refused.emit(error.field, str(error))
            return
    for edit in edits:
        worker.apply(edit)
    if command.play:
        carry_out(PlaySlowly() if command.slowly else Play(), worker)
    elif command.epochs:
        carry_out(StepEpochs(command.epochs), worker)


@carry_out.register
def _open(command: Open, worker: Worker) -> None:
    begin_run(worker, lambda: prepared_problem(command, worker.run_id + 1))


@carry_out.register
def _recall(command: Recall, worker: Worker) -> None:
    worker.loads += 1
    found = worker.recent.take(command.run_id)
    if found is None:
        worker.publish(always=True)
        return
    setup, history, speed = found
    take_over(worker, replace(setup, run_id=worker.run_id + 1), history, own=True)
    worker.use_speed(speed)


@carry_out.register
def _cancel(command: Cancel, worker: Worker) -> None:
    worker.loads += 1
    worker.publish(always=True)


@carry_out.register
def _configure(command: Configure, worker: Worker) -> None:
    setup = worker.setup
    if setup is None:
        return
    new = with_live_fields(setup.experiment, command.experiment)
    for edit in edits_for(setup, new):
        worker.change(edit)
    worker.setup = replace(setup, experiment=new, criterion=worker.current_run.start.criterion)
    worker.drive.restart()
    worker.publish(always=True)


@carry_out.register
def _edit(command: ApplyEdit, worker: Worker) -> None:
    worker.edits += 1
    worker.apply(command.edit)


@carry_out.register
def _play(command: Play, worker: Worker) -> None:
    if worker.can_train() and (worker.status.state != "running" or worker.status.slowly):
        worker.finish_seek()
        worker.loaded[1].abandon()
        if worker.start_speed.is_pending:
            worker.look_ahead(lambda: worker.mailbox.closing)
        worker.begin("running", "free")


@carry_out.register
def _play_slowly(command: PlaySlowly, worker: Worker) -> None:
    if worker.can_train():
        worker.begin("running", "slow")


@carry_out.register
def _pause(command: Pause, worker: Worker) -> None:
    if worker.status.state in TRAINING:
        worker.rest("paused")


@carry_out.register
def _step(command: StepEpochs | StepBy, worker: Worker) -> None:
    if worker.can_train():
        if worker.status.state != "stepping":
            worker.begin("stepping", "steps")
        worker.drive.add(command)


@carry_out.register
def _seek(command: Seek, worker: Worker) -> None:
    worker.seeks += 1
    if worker.history is None or worker.seeks < worker.mailbox.seeks:
        return  # a newer one follows
    worker.drive.inside = False
    worker.begin("stepping", "steps")
    latest = worker.history.timeline.latest.epoch
    worker.history.begin_seek(SeekGoal(min(max(command.epoch, 0), latest)))


@carry_out.register
def _reset(command: Reset, worker: Worker) -> None:
    if worker.history is None:
        return
    with suppress(Cancelled):  # the session is being closed
        start_over(worker)


@carry_out.register
def _set_speed(command: SetSpeed, worker: Worker) -> None:
    worker.start_speed.drop()
    worker.drive.set_speed(command.epochs_per_second)


@carry_out.register
def _choose_speed(command: ChooseSpeed, worker: Worker) -> None:
    worker.start_speed.is_automatic = True
    if worker.history is not None:
        worker.start_speed.plan(worker.current_run)


@carry_out.register
def _pause_when_solved(command: PauseWhenSolved, worker: Worker) -> None:
    worker.trainer.pauses_when_solved = command.on


@carry_out.register
def _publish_frame(command: PublishFrame, worker: Worker) -> None:
    worker.publish(always=True)


@carry_out.register
def _describe(command: Describe, worker: Worker) -> None:
    if worker.setup is None or worker.history is None:
        return
    from bpviz.session.recording.share_instant import instant_text  # imported on first use

    try:
        setup = setup_at(worker.setup, worker.current_run)
        text = instant_text(worker.history, setup, command.shown)
    except BadValue as error:
        worker.refused.emit("", str(error))
        return
    worker.described.emit(observe(worker.current_run).instant, text)


@carry_out.register
def _watch(command: Watch, worker: Worker) -> None:
    if worker.history is None:
        return
    try:
        at_end = not worker.history.timeline.is_past
        worker.recorder.add(command.quantities, worker.current_run, at_end=at_end)
    except BadValue as error:
        worker.refused.emit("", str(error))
    worker.publish(always=True)


@carry_out.register
def _unwatch(command: Unwatch, worker: Worker) -> None:
    worker.recorder.remove(command.quantities)
    worker.publish(always=True)


@carry_out.register
def _stop_filling(command: StopFilling, worker: Worker) -> None:
    worker.recorder.stop_filling()
    worker.publish(always=True)
