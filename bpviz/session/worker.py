"""The training thread: it owns the run, carries out commands and publishes frames."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatchmethod
from queue import Empty
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QObject, QThread, Signal

from bpviz.core.interruption import Cancelled
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import ChangeTrain, Edit, SetCriterion, SetTrain, SetTraining
from bpviz.core.run.observe import observe
from bpviz.core.run.records import Done, EpochRecord
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, adapted, open_problem, with_live_fields
from bpviz.experiment.prepare import PreparedExperiment, check_change, new_run, prepare, with_train
from bpviz.problems.table import find_problem
from bpviz.session.commands import (
    ApplyEdit,
    Cancel,
    Command,
    Configure,
    Describe,
    Load,
    Open,
    Pause,
    Play,
    PlaySlowly,
    PublishFrame,
    Quit,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    StepEpochs,
    StopFilling,
    Unwatch,
    Watch,
)
from bpviz.session.drive import Drive, Mode
from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.backfill import Backfill
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.run_history import RunHistory, setup_at
from bpviz.session.scheduling.frame_pacing import FramePacing
from bpviz.session.scheduling.gil_yield import GilYield
from bpviz.session.scheduling.numba_loader import EngineChoice
from bpviz.session.scheduling.snapshot_budget import SnapshotBudget
from bpviz.session.status import TRAINING, Status, TrainingState, sentence_of
from bpviz.session.stopping import Stopping

if TYPE_CHECKING:
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe

FILL_AT_REST, FILL_IN_TRAINING = 0.2, 0.001
"""Seconds of filling in past values between two frames at rest, and at a time in training."""


class Worker(QThread):
    """Trains in a thread of its own.

    While it trains it checks for commands between slices of a few ms; a slice ends early when a
    command arrives or a frame is due. At rest it blocks on the queue.
    """

    # int is 32 bits wide for Qt; qlonglong holds any epoch that a run can reach.
    epoch_finished = Signal("qlonglong", float)  # type: ignore[arg-type]
    """(epoch, E of the training patterns), for every epoch."""

    status_changed = Signal(object)
    """A Status."""

    frame_published = Signal()
    """A frame is in the mailbox: a requested one, or one of a new state at rest."""

    refused = Signal(str, str)
    """(field, sentence): an experiment could not be prepared; the present run continues."""

    described = Signal(str, str)
    """(instant in words, link text), in reply to Describe."""

    _announced = False
    """Whether epoch_finished ever had a receiver; before, it is not emitted, which saves time."""

    def __init__(
        self, mailbox: Mailbox, parent: QObject | None = None, engine: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self._engines = EngineChoice(engine)
        self._mailbox = mailbox
        self._recorder, self._backfill = QuantityRecorder(), Backfill()
        self._next_fill = 0.0
        self._setup: PreparedExperiment | None = None
        self._history: RunHistory | None = None
        self._status = Status("empty")
        self._run_id = 0
        self._loads = 0
        self._drive = Drive()
        self._seeks = self._edits = 0
        self._stopping = Stopping()
        self._pacing = FramePacing(mailbox)
        self._budget = SnapshotBudget()

    def run(self) -> None:
        """The thread's loop, until Quit."""
        while True:
            command = self._next_command()
            if isinstance(command, Quit):
                return
            try:
                if command is not None:
                    self._handle(command)
                elif self._status.state in TRAINING:
                    self._train()
                elif self._budget.is_incomplete:
                    self._publish(always=True, complete=True)
                elif self._lacks_past:
                    self._fill(FILL_AT_REST)
                    since_frame = perf_counter() - self._pacing.published
                    if not self._lacks_past or since_frame > FILL_AT_REST:
                        self._publish(always=True)
            except Exception as error:  # the window must stay usable
                self._set_status("failed", f"Training stopped. {sentence_of(error)}")
                self._publish(always=True)

    def connectNotify(self, signal: QMetaMethod) -> None:
        """Emit epoch_finished from the first receiver on.

        Calling isSignalConnected in the thread instead could deadlock: it waits for a lock of Qt
        while it holds the GIL, and the window may do the reverse.
        """
        if signal.name() == b"epoch_finished":
            self._announced = True

    # -- commands --------------------------------------------------------------------------

    def _next_command(self) -> Command | None:
        """The next command; None if there is none and there is work, otherwise wait for one."""
        commands = self._mailbox.commands
        self._mailbox.halt[0] = 0  # first: a later command is found below, or sets it again
        try:
            if self._status.state not in TRAINING:
                busy = self._budget.is_incomplete or self._lacks_past
                return commands.get_nowait() if busy else commands.get()
            wait = self._drive.time_to_next()
            return commands.get(timeout=wait) if wait > 0 else commands.get_nowait()
        except Empty:
            return None

    @singledispatchmethod
    def _handle(self, command: Command) -> None:
        """Carry out a command: the handlers below are chosen by its type."""
        raise AssertionError(type(command).__name__)

    @_handle.register
    def _load(self, command: Load) -> None:
        if not self._show(lambda: self._prepare(command.experiment), command.at):
            return
        for edit in command.edits:
            self._apply(edit)
        if command.play:
            self._play(Play())
        elif command.epochs:
            self._step(StepEpochs(command.epochs))

    @_handle.register
    def _open(self, command: Open) -> None:
        def prepared() -> PreparedExperiment:
            experiment, patterns = open_problem(command.problem, seed=command.seed)
            return prepare(experiment, self._run_id + 1, patterns)

        self._show(prepared)

    @_handle.register
    def _cancel(self, command: Cancel) -> None:
        self._loads += 1

    def _is_superseded(self) -> bool:
        return self._mailbox.loads > self._loads

    def _show(
        self,
        prepared: Callable[[], PreparedExperiment],
        at: "ExactCheckpoint | ReplayRecipe | None" = None,
    ) -> bool:
        """Begin the run of a new setup; False, and nothing changed, if that fails."""
        before = self._status
        self._loads += 1
        self._set_status("loading")
        try:
            setup = prepared()
            history, remark = self._opened(setup, at)
        except Cancelled:
            self._set_status(before.state, before.message)
            return False
        except Exception as error:  # the present run continues
            self._set_status(before.state, before.message)
            self.refused.emit(getattr(error, "field", ""), sentence_of(error))
            return False
        self._recorder.restart(history.run, self._setup.network if self._setup else None)
        self._run_id, self._setup, self._history = setup.run_id, setup, history
        self._run.use_halt_flag(self._mailbox.halt)
        self._drive.inside = False
        self._rest("paused")
        if remark:
            self.refused.emit("", remark)
        return True

    def _opened(
        self, setup: PreparedExperiment, at: "ExactCheckpoint | ReplayRecipe | None"
    ) -> tuple[RunHistory, str]:
        if at is None:
            return RunHistory(new_run(setup, self._is_superseded)), ""
        from bpviz.session.recording.share_instant import open_instant  # imported on first use

        return open_instant(setup, at, self._is_superseded)

    def _prepare(self, experiment: Experiment) -> PreparedExperiment:
        """The setup of an experiment; patterns of the same problem are not read again."""
        old, patterns = self._setup, None
        if old is not None and old.experiment.problem == experiment.problem:
            patterns = old.patterns
            if old.experiment.options != experiment.options:
                patterns = find_problem(experiment.problem).load(experiment.options)
                experiment = adapted(experiment, old.patterns, patterns)
        return prepare(experiment, self._run_id + 1, patterns)

    @_handle.register
    def _configure(self, command: Configure) -> None:
        if self._setup is None or self._history is None:
            return
        old = self._setup.experiment
        new = with_live_fields(old, command.experiment)
        if new.training != old.training:
            self._change(SetTraining(new.training))
        if new.tolerance != old.tolerance:
            criterion = replace(self._setup.criterion, tolerance=new.tolerance)
            self._change(SetCriterion(criterion))
        self._setup = replace(self._setup, experiment=new, criterion=self._run.start.criterion)
        self._drive.restart()
        self._publish(always=True)

    @_handle.register
    def _edit(self, command: ApplyEdit) -> None:
        self._edits += 1
        self._apply(command.edit)

    def _apply(self, edit: Edit) -> None:
        if self._setup is None or self._history is None:
            return
        try:
            if isinstance(edit, SetTrain):
                with_train(
                    self._setup, edit.patterns
                )  # refuses patterns that do not suit the error
            elif isinstance(edit, ChangeTrain):
                self._finish_seek(self._history)
                rows = edit.change.check(self._run.start.train)
                check_change(self._setup, edit.change, rows)
            self._change(edit)
        except BadValue as error:
            self.refused.emit(error.field, str(error))
            return
        self._drive.restart()
        self._publish(always=True)

    def _change(self, edit: Edit) -> None:
        """Apply an edit at the present instant, or at the one that is being sought."""
        assert self._history is not None
        self._finish_seek(self._history)
        self._history.edit(edit)

    def _finish_seek(self, history: RunHistory) -> None:
        """Complete the seek under way, without interruptions."""
        history.continue_seek(lambda: self._mailbox.closing)

    @_handle.register
    def _play(self, command: Play) -> None:
        if self._can_train() and (self._status.state != "running" or self._status.slowly):
            assert self._history is not None
            self._finish_seek(self._history)
            self._history.abandon()
            self._begin("running", "free")

    @_handle.register
    def _play_slowly(self, command: PlaySlowly) -> None:
        if self._can_train():
            self._begin("running", "slow")

    @_handle.register
    def _pause(self, command: Pause) -> None:
        if self._status.state in TRAINING:
            self._rest("paused")

    @_handle.register
    def _step(self, command: StepEpochs | StepBy) -> None:
        if self._can_train():
            if self._status.state != "stepping":
                self._begin("stepping", "steps")
            self._drive.add(command)

    @_handle.register
    def _seek(self, command: Seek) -> None:
        self._seeks += 1
        if self._history is None or self._seeks < self._mailbox.seeks:
            return  # a newer one follows
        self._drive.inside = False
        self._begin("stepping", "steps")
        latest = self._history.timeline.latest.epoch
        self._history.begin_seek(SeekGoal(min(max(command.epoch, 0), latest)))

    def _can_train(self) -> bool:
        """Whether the run can be trained; if not, the status says why."""
        if self._history is None:
            return False
        reason = obstacle(self._run.start.network, RULES[self._run.start.rule])
        if reason is not None:
            self._rest("paused", sentence_of(reason))
        return reason is None

    @property
    def _run(self) -> Run:
        assert self._history is not None
        return self._history.run

    def _begin(self, state: TrainingState, mode: Mode) -> None:
        assert self._setup is not None
        stop, n_patterns = self._setup.experiment.stop, len(self._setup.patterns.train)
        self._stopping = Stopping(stop, n_patterns, self._run.record)
        self._drive.begin(mode)
        self._set_status(state)

    @_handle.register
    def _reset(self, command: Reset) -> None:
        if self._history is None:
            return
        try:
            self._history.reset(lambda: self._mailbox.closing)
        except Cancelled:  # the session is being closed
            return
        self._recorder.restart(self._run, self._run.start.network)
        self._drive.inside = False
        self._rest("paused")

    @_handle.register
    def _set_speed(self, command: SetSpeed) -> None:
        self._drive.set_speed(command.epochs_per_second)

    @_handle.register
    def _publish_frame(self, command: PublishFrame) -> None:
        self._publish(always=True)

    @_handle.register
    def _describe(self, command: Describe) -> None:
        if self._setup is None or self._history is None:
            return
        from bpviz.session.recording.share_instant import instant_text  # imported on first use

        setup = setup_at(self._setup, self._run)
        try:
            text = instant_text(self._history, setup)
        except BadValue as error:
            self.refused.emit("", str(error))
            return
        self.described.emit(observe(self._run).instant, text)

    @_handle.register
    def _watch(self, command: Watch) -> None:
        if self._history is None:
            return
        try:
            at_end = not self._history.timeline.is_past
            self._recorder.add(command.quantities, self._run, at_end=at_end)
        except BadValue as error:
            self.refused.emit("", str(error))
        self._publish(always=True)

    @_handle.register
    def _unwatch(self, command: Unwatch) -> None:
        self._recorder.remove(command.quantities)
        self._publish(always=True)

    @_handle.register
    def _stop_filling(self, command: StopFilling) -> None:
        self._recorder.stop_filling()
        self._publish(always=True)

    # -- past values of recorded quantities -------------------------------------------------

    @property
    def _lacks_past(self) -> bool:
        if self._history is None or not self._recorder.quantities:
            return False
        return self._backfill.lacks(self._history.timeline, self._recorder)

    def _fill(self, seconds: float) -> None:
        """Fill in some values of recorded quantities from before they were chosen."""
        assert self._history is not None
        idle, commands = self._mailbox.screen_idle, self._mailbox.commands
        self._mailbox.needs_python = True
        idle.wait(timeout=0.1)
        until, yield_gil = perf_counter() + seconds, GilYield()

        def interrupted() -> bool:
            yield_gil()
            return perf_counter() > until or not idle.is_set() or not commands.empty()

        timeline, recorder = self._history.timeline, self._recorder
        try:
            self._backfill.advance(timeline, recorder, interrupted, lambda: not commands.empty())
        except Cancelled:
            pass
        except (Diverged, BadValue):  # it cannot be repeated, e.g. for lack of an engine
            recorder.stop_filling()

    # -- training --------------------------------------------------------------------------

    def _train(self) -> None:
        """Train one slice."""
        assert self._history is not None
        # A compiled engine does not need the interpreter while the window draws.
        self._mailbox.needs_python = self._run.engine == "numpy"
        if self._mailbox.needs_python:
            self._mailbox.screen_idle.wait(timeout=0.1)
            self._engines.yield_to_loader(self._mailbox.due_in(perf_counter() + self._mailbox.lead))
        if not self._history.timeline.is_past:  # the past is repeated with its recorded engines
            self._engines.choose(self._run)
        try:
            interrupted = self._pacing.slice(self._run)
            there, records = self._drive.slice(self._history, interrupted, self._done())
        except Diverged as error:
            self._note_epochs(error.records)
            self._rest("failed", str(error))
            return
        self._note_epochs(records)
        self._fill_while_training()
        if records and (reasons := self._stopping.reasons(records[-1])):
            self._rest("finished", f"Stopped: {', '.join(reasons)}.")
        elif there and self._drive.is_done:
            self._rest("paused")
        else:
            self._publish(always=there and self._drive.mode == "slow")

    def _fill_while_training(self) -> None:
        """Spend a fifth of the time on past values, while some are missing."""
        begin = perf_counter()
        if begin >= self._next_fill and self._lacks_past:
            self._fill(FILL_IN_TRAINING)
            self._next_fill = perf_counter() + 4.0 * (perf_counter() - begin)

    def _done(self) -> Done:
        """The stop condition; with recorded quantities it also records them after every epoch."""
        assert self._setup is not None
        self._stopping.set_stop(self._setup.experiment.stop, len(self._setup.patterns.train))
        return self._is_done if self._recorder.quantities else self._stopping

    def _is_done(self, record: EpochRecord) -> bool:
        assert self._history is not None
        is_here = record.epoch == self._run.epoch  # the parameters belong to this epoch
        if (
            is_here and record.epoch > self._history.timeline.latest.epoch
        ):  # earlier ones are filled in
            self._recorder.note(self._run, trained=True)
        return self._stopping(record)

    def _note_epochs(self, records: Sequence[EpochRecord]) -> None:
        self._drive.pace.count(len(records))
        if self._announced:
            for record in records:
                self.epoch_finished.emit(record.epoch, record.train_error)

    # -- showing ---------------------------------------------------------------------------

    def _rest(self, state: TrainingState, message: str = "") -> None:
        self._drive.rest()
        if self._history is not None:
            self._history.timeline.cancel_seek()
        self._publish(always=True)
        self._set_status(state, message)

    def _set_status(self, state: TrainingState, message: str = "") -> None:
        self._status = Status(state, message, self._drive.mode == "slow")
        self.status_changed.emit(self._status)

    def _publish(self, *, always: bool, complete: bool = False) -> None:
        """Put a frame into the mailbox; unless ``always``, only if one is requested and due.

        ``complete``: with all requested parts, even those that take long, unless a command comes.
        """
        start, begun = perf_counter(), thread_time()
        if self._setup is None or self._history is None:
            return
        if not always and not self._pacing.is_time(start):
            return
        setup = self._setup = setup_at(self._setup, self._run)
        wanted = wants = self._mailbox.wants
        if not complete:
            wants = self._budget.affordable(wanted, self._run, start, training=not always)
        snapshot = observe(
            self._run,
            wants,
            shown=setup.shown,
            probe=setup.probe,
            run_id=setup.run_id,
            interrupted=lambda: not self._mailbox.commands.empty(),
            inside=self._drive.inside,
        )
        self._budget.note(wanted, self._run, snapshot, start)
        if always and not self._history.timeline.is_past:
            # An edit may have changed the numbers of this epoch, or ended the record here.
            self._recorder.note(self._run, trained=True)
        if self._recorder.quantities:
            # Plans the epochs to fill in, which the tracks show as missing.
            self._backfill.lacks(self._history.timeline, self._recorder)
        history, tracks = self._history, self._recorder.tracks()
        engine = self._engines.words(self._run)
        speed = self._drive.pace.epochs_per_second
        curve, timeline = history.curve(), history.timeline_status()
        frame = Frame(setup, snapshot, curve, speed, tracks, timeline, engine, self._edits)
        self._mailbox.put(frame)
        self._pacing.note(start, begun)
        self.frame_published.emit()
