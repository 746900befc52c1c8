"""The training thread: it owns the run, carries out commands and publishes frames."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatchmethod
from queue import Empty
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QObject, QThread, Signal

from bpviz.core.interruption import Cancelled, Interrupted, watched
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import ChangeTrain, Edit
from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import SOLVED, with_live_fields
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
    Quit,
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
from bpviz.session.drive import Drive, Mode
from bpviz.session.edit_checks import check_patterns, edits_for
from bpviz.session.frame_maker import FrameMaker
from bpviz.session.loading import opened, prepared_after, prepared_problem
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.past_filler import AT_REST, PastFiller
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.recent_runs import RecentRuns
from bpviz.session.recording.run_history import RunHistory, setup_at
from bpviz.session.scheduling.gil_yield import beside_window
from bpviz.session.scheduling.start_speed import StartSpeed
from bpviz.session.status import TRAINING, Status, TrainingState, sentence_of, solved_sentence
from bpviz.session.trainer import Trainer

if TYPE_CHECKING:
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe

LOADING_STEP = 0.01
"""The share of loading after which its progress is published again."""


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

    speed_chosen = Signal(object)
    """Epochs per second, or None for unlimited: the speed that suits the run, see ChooseSpeed."""

    recent_changed = Signal(object)
    """The RecentRun rows that can be brought back, the one replaced last first."""

    _announced = False
    """Whether epoch_finished ever had a receiver; before, it is not emitted, which saves time."""

    def __init__(
        self, mailbox: Mailbox, parent: QObject | None = None, engine: str = NUMPY
    ) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._recorder = QuantityRecorder()
        self._filler = PastFiller(mailbox, self._recorder)
        self._frames = FrameMaker(mailbox, self._recorder, self._filler)
        self._trainer = Trainer(mailbox, self._recorder, self._frames.pacing, engine)
        self._setup: PreparedExperiment | None = None
        self._history: RunHistory | None = None
        self._recent = RecentRuns()
        self._own = False
        self._status = Status("empty")
        self._run_id = 0
        self._loads = 0
        self._drive = Drive()
        self._start_speed = StartSpeed(mailbox.halt)
        self._seeks = self._edits = 0
        self._when_there: tuple[TrainingState, str] = ("paused", "")

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
                elif self._frames.budget.is_incomplete:
                    self._publish(always=True, complete=True)
                elif self._start_speed.is_pending:
                    self._look_ahead(beside_window(self._mailbox, AT_REST))
                elif self._filler.lacks(self._history):
                    self._fill_at_rest()
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
                return commands.get_nowait() if self._has_work_at_rest else commands.get()
            wait = self._drive.time_to_next()
            return commands.get(timeout=wait) if wait > 0 else commands.get_nowait()
        except Empty:
            return None

    @property
    def _has_work_at_rest(self) -> bool:
        return (
            self._frames.budget.is_incomplete
            or self._start_speed.is_pending
            or self._filler.lacks(self._history)
        )

    @singledispatchmethod
    def _handle(self, command: Command) -> None:
        """Carry out a command: the handlers below are chosen by its type."""
        raise AssertionError(type(command).__name__)

    @_handle.register
    def _load(self, command: Load) -> None:
        def prepared() -> PreparedExperiment:
            return prepared_after(
                self._setup, command.experiment, self._run_id + 1, command.inspection
            )

        if not self._show(prepared, command.at, own=command.own):
            return
        edits: Sequence[Edit] = command.edits
        if command.by_hand is not None:
            try:
                edits = command.by_hand.edits(self._run.start.network)
            except BadValue as error:
                self.refused.emit(error.field, str(error))
                return
        for edit in edits:
            self._apply(edit)
        if command.play:
            self._handle(PlaySlowly() if command.slowly else Play())
        elif command.epochs:
            self._step(StepEpochs(command.epochs))

    @_handle.register
    def _open(self, command: Open) -> None:
        self._show(lambda: prepared_problem(command, self._run_id + 1))

    @_handle.register
    def _recall(self, command: Recall) -> None:
        self._loads += 1
        found = self._recent.take(command.run_id)
        if found is None:
            return
        setup, history, speed = found
        self._take_over(replace(setup, run_id=self._run_id + 1), history, own=True)
        self._use_speed(speed)

    @_handle.register
    def _cancel(self, command: Cancel) -> None:
        self._loads += 1

    def _is_superseded(self) -> bool:
        return self._mailbox.loads > self._loads

    def _note_loading(self, share: float) -> bool:
        if share >= (self._status.share or 0.0) + LOADING_STEP:
            self._set_status("loading", share=share)
        return self._is_superseded()

    def _show(
        self,
        prepared: Callable[[], PreparedExperiment],
        at: "ExactCheckpoint | ReplayRecipe | None" = None,
        *,
        own: bool = False,
    ) -> bool:
        """Begin the run of a new setup; False, and nothing changed, if that fails."""
        before = self._status
        self._loads += 1
        self._set_status("loading")
        try:
            with watched(self._note_loading):
                setup = prepared()
            history, remark = opened(setup, at, self._is_superseded)
        except Cancelled:
            self._set_status(before.state, before.message)
            return False
        except Exception as error:  # the present run continues
            self._set_status(before.state, before.message)
            self.refused.emit(getattr(error, "field", ""), sentence_of(error))
            return False
        self._take_over(setup, history, own=own)
        if remark:
            self.refused.emit("", remark)
        return True

    def _take_over(self, setup: PreparedExperiment, history: RunHistory, *, own: bool) -> None:
        """Let this run replace the present one, which is kept if there is anything to lose."""
        before = self._setup
        if before is not None:
            revised = own and setup.experiment.problem == before.experiment.problem
            if self._loaded[1].is_begun or (self._own and not revised):
                self._recent.put_aside(*self._loaded, self._drive.speed, setup.run_id)
        self._recorder.restart(history.run, before.network if before else None)
        self._run_id, self._setup, self._history = setup.run_id, setup, history
        self._own = own
        self._run.use_halt_flag(self._mailbox.halt)
        self._drive.inside = self._run.position > 0
        self._start_speed.plan(self._run)
        self.recent_changed.emit(self._recent.rows)  # before the frame of the new run
        self._rest("paused")

    @_handle.register
    def _configure(self, command: Configure) -> None:
        if self._setup is None or self._history is None:
            return
        new = with_live_fields(self._setup.experiment, command.experiment)
        for edit in edits_for(self._setup, new):
            self._change(edit)
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
            if isinstance(edit, ChangeTrain):  # its rows are those of the goal
                self._finish_seek()
            check_patterns(self._setup, self._run, edit)
            self._change(edit)
        except BadValue as error:
            self.refused.emit(error.field, str(error))
            return
        self._drive.restart()
        self._publish(always=True)

    def _change(self, edit: Edit) -> None:
        """Apply an edit at the present instant, or at the one that is being sought."""
        self._finish_seek()
        self._loaded[1].edit(edit)
        self._start_speed.plan(self._run)

    def _finish_seek(self) -> None:
        """Complete the seek under way, without interruptions."""
        self._loaded[1].continue_seek(lambda: self._mailbox.closing)

    @_handle.register
    def _play(self, command: Play) -> None:
        if self._can_train() and (self._status.state != "running" or self._status.slowly):
            self._finish_seek()
            self._loaded[1].abandon()
            if self._start_speed.is_pending:
                self._look_ahead(lambda: self._mailbox.closing)
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
    def _loaded(self) -> tuple[PreparedExperiment, RunHistory]:
        assert self._setup is not None
        assert self._history is not None
        return self._setup, self._history

    @property
    def _run(self) -> Run:
        return self._loaded[1].run

    def _begin(self, state: TrainingState, mode: Mode) -> None:
        self._when_there = ("paused", "")
        self._trainer.begin(*self._loaded, plays=state == "running")
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
        self._start_speed.plan(self._run)
        self._rest("paused")

    @_handle.register
    def _set_speed(self, command: SetSpeed) -> None:
        self._start_speed.drop()
        self._drive.set_speed(command.epochs_per_second)

    @_handle.register
    def _choose_speed(self, command: ChooseSpeed) -> None:
        self._start_speed.is_automatic = True
        if self._history is not None:
            self._start_speed.plan(self._run)

    def _look_ahead(self, interrupted: Interrupted) -> None:
        """Look for the speed that suits the run, and use it once it is found."""
        self._start_speed.look(interrupted, self._use_speed)

    def _use_speed(self, speed: float | None) -> None:
        self._drive.set_speed(speed)
        self.speed_chosen.emit(speed)

    @_handle.register
    def _pause_when_solved(self, command: PauseWhenSolved) -> None:
        self._trainer.pauses_when_solved = command.on

    @_handle.register
    def _publish_frame(self, command: PublishFrame) -> None:
        self._publish(always=True)

    @_handle.register
    def _describe(self, command: Describe) -> None:
        if self._setup is None or self._history is None:
            return
        from bpviz.session.recording.share_instant import instant_text  # imported on first use

        try:
            setup = setup_at(self._setup, self._run)
            text = instant_text(self._history, setup, command.shown)
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

    def _fill_at_rest(self) -> None:
        self._filler.fill(self._loaded[1], AT_REST)
        since_frame = perf_counter() - self._frames.pacing.published
        if not self._filler.lacks(self._history) or since_frame > AT_REST:
            self._publish(always=True)

    # -- training --------------------------------------------------------------------------

    def _train(self) -> None:
        """Train one slice."""
        try:
            there, records = self._trainer.slice(*self._loaded, self._drive)
        except Diverged as error:
            self._note_epochs(error.records)
            self._rest("failed", str(error))
            return
        self._note_epochs(records)
        self._filler.fill_beside_training(self._loaded[1])
        if reasons := self._trainer.reasons(records):
            self._stop(reasons, self._trainer.best_epoch(records))
        elif there and self._drive.is_done:
            self._rest(*self._when_there)
        elif there or not self._loaded[1].seeks_briefly:
            self._publish(always=there and self._drive.mode == "slow")

    def _stop(self, reasons: tuple[str, ...], back_to: int | None = None) -> None:
        """End training for these reasons; a solved problem only pauses it. ``back_to`` is the
        epoch to go back to first."""
        setup, history = self._loaded
        if back_to is not None and back_to != history.run.epoch:
            self._begin("stepping", "steps")
            self._when_there = ("finished", f"Stopped: {', '.join(reasons)}.")
            history.begin_seek(SeekGoal(back_to))
            return
        if SOLVED in reasons:
            history.solved_at = history.run.epoch
        if reasons == (SOLVED,) and not setup.experiment.stop.solved:
            self._rest("paused", solved_sentence(history.run), solved=True)
        else:
            self._rest("finished", f"Stopped: {', '.join(reasons)}.")

    def _note_epochs(self, records: Sequence[EpochRecord]) -> None:
        self._drive.pace.count(len(records))
        if self._announced:
            for record in records:
                self.epoch_finished.emit(record.epoch, record.train_error)

    # -- showing ---------------------------------------------------------------------------

    def _rest(self, state: TrainingState, message: str = "", *, solved: bool = False) -> None:
        self._drive.rest()
        if self._history is not None:
            self._history.timeline.cancel_seek()
        self._publish(always=True)
        self._set_status(state, message, solved=solved)

    def _set_status(
        self,
        state: TrainingState,
        message: str = "",
        share: float | None = None,
        *,
        solved: bool = False,
    ) -> None:
        self._status = Status(state, message, self._drive.mode == "slow", share, solved)
        self.status_changed.emit(self._status)

    def _publish(self, *, always: bool, complete: bool = False) -> None:
        """Put a frame into the mailbox; unless ``always``, only if one is requested and due.

        ``complete``: with all requested parts, even those that take long, unless a command comes.
        """
        if self._setup is None or self._history is None:
            return
        if always or self._frames.pacing.is_time(perf_counter()):
            engine = self._trainer.engines.words(self._run)
            self._setup = self._frames.publish(
                self._setup, self._history, self._drive, engine, self._edits,
                always=always, complete=complete, own=self._own,
            )  # fmt: skip
            self.frame_published.emit()
