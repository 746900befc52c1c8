"""The training thread: it owns the run, carries out commands and publishes frames."""

from collections.abc import Callable, Sequence
from queue import Empty
from time import perf_counter

from PySide6.QtCore import QMetaMethod, QObject, QThread, Signal

from bpviz.core.interruption import Interrupted
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import ChangeTrain, Edit
from bpviz.core.run.records import EpochRecord
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import SOLVED
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Command, Quit
from bpviz.session.drive import Drive, Mode
from bpviz.session.edit_checks import check_patterns
from bpviz.session.frame_maker import FrameMaker
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.past_filler import AT_REST, PastFiller
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.recent_runs import RecentRuns
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.scheduling.gil_yield import beside_window
from bpviz.session.scheduling.start_speed import StartSpeed
from bpviz.session.status import TRAINING, Status, TrainingState, sentence_of, solved_sentence
from bpviz.session.trainer import Trainer

ENGINE_INTERVAL = 0.2
"""Seconds at rest between two looks at whether the engine is compiled."""

CarryOut = Callable[[Command, "Worker"], None]
"""Carries out a command in the thread; see carry_out."""


class Worker(QThread):
    """Trains in a thread of its own.

    While it trains it checks for commands between slices of a few ms; a slice ends early when a
    command arrives or a frame is due. At rest it blocks on the queue. The attributes belong to
    the thread.

    setup, history    the experiment of the run, and the run with its past; None at first.
    run_id            the number of the run; each new one has the next.
    own               whether the user has made the experiment; see Load.
    recent            the runs that were replaced.
    drive, trainer    how training proceeds, and what trains.
    recorder          the quantities plotted over time.
    start_speed       the search for the speed of a new run.
    loads, seeks, edits   numbers of such commands carried out; see Mailbox.
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
        self,
        mailbox: Mailbox,
        carry_out: CarryOut,
        parent: QObject | None = None,
        engine: str = NUMPY,
    ) -> None:
        super().__init__(parent)
        self.mailbox = mailbox
        self._carry_out = carry_out
        self.recorder = QuantityRecorder()
        self._filler = PastFiller(mailbox, self.recorder)
        self._frames = FrameMaker(mailbox, self.recorder, self._filler)
        self.trainer = Trainer(mailbox, self.recorder, self._frames.pacing, engine)
        self.setup: PreparedExperiment | None = None
        self.history: RunHistory | None = None
        self.recent = RecentRuns()
        self.own = False
        self.status = Status("empty")
        self.run_id = 0
        self.loads = 0
        self.drive = Drive()
        self.start_speed = StartSpeed(mailbox.halt)
        self.seeks = self.edits = 0
        self._when_there: tuple[TrainingState, str] = ("paused", "")
        self._engine = ""

    def run(self) -> None:
        """The thread's loop, until Quit."""
        while True:
            command = self._next_command()
            if isinstance(command, Quit):
                return
            try:
                if command is not None:
                    self._carry_out(command, self)
                elif self.status.state in TRAINING:
                    self._train()
                elif self._frames.budget.is_incomplete:
                    self.publish(always=True, complete=True)
                elif self.start_speed.is_pending:
                    self.look_ahead(beside_window(self.mailbox, AT_REST))
                elif self._filler.lacks(self.history):
                    self._fill_at_rest()
                elif self._shows_old_engine:
                    self.publish(always=True)
            except Exception as error:  # the window must stay usable
                self.rest("failed", f"Training stopped. {sentence_of(error)}")

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
        commands = self.mailbox.commands
        self.mailbox.halt[0] = 0  # first: a later command is found below, or sets it again
        try:
            if self.status.state not in TRAINING:
                if self._has_work_at_rest:
                    return commands.get_nowait()
                is_compiling = self.trainer.engines.is_compiling
                return commands.get(timeout=ENGINE_INTERVAL if is_compiling else None)
            wait = self.drive.time_to_next()
            return commands.get(timeout=wait) if wait > 0 else commands.get_nowait()
        except Empty:
            return None

    @property
    def _has_work_at_rest(self) -> bool:
        return (
            self._frames.budget.is_incomplete
            or self.start_speed.is_pending
            or self._filler.lacks(self.history)
            or self._shows_old_engine
        )

    @property
    def _shows_old_engine(self) -> bool:
        """Whether the engine has been compiled since the last frame, or cannot be."""
        if self.history is None:
            return False
        return self._engine != self.trainer.engines.words(self.current_run)

    def apply(self, edit: Edit) -> None:
        """Apply an edit and show the result; one that does not fit is refused."""
        if self.setup is None:
            return
        try:
            if isinstance(edit, ChangeTrain):  # its rows are those of the goal
                self.finish_seek()
            check_patterns(self.setup, self.current_run, edit)
            self.change(edit)
        except BadValue as error:
            self.refused.emit(error.field, str(error))
            return
        self.drive.restart()
        self.publish(always=True)

    def change(self, edit: Edit) -> None:
        """Apply an edit at the present instant, or at the one that is being sought.

        Raises BadValue if it does not fit.
        """
        self.finish_seek()
        self.loaded[1].edit(edit)
        self.start_speed.plan(self.current_run)

    def finish_seek(self) -> None:
        """Complete the seek under way, without interruptions."""
        self.loaded[1].continue_seek(lambda: self.mailbox.closing)

    def can_train(self) -> bool:
        """Whether the run can be trained; if not, the status says why."""
        if self.history is None:
            return False
        reason = obstacle(self.current_run.start.network, RULES[self.current_run.start.rule])
        if reason is not None:
            self.rest("paused", sentence_of(reason))
        return reason is None

    @property
    def loaded(self) -> tuple[PreparedExperiment, RunHistory]:
        """The setup and the history of the run, once there is one."""
        assert self.setup is not None
        assert self.history is not None
        return self.setup, self.history

    @property
    def current_run(self) -> Run:
        """The run, once there is one."""
        return self.loaded[1].run

    def begin(self, state: TrainingState, mode: Mode) -> None:
        """Begin to train in this mode."""
        self._when_there = ("paused", "")
        self.trainer.begin(*self.loaded, plays=state == "running")
        self.drive.begin(mode)
        self.set_status(state)

    def look_ahead(self, interrupted: Interrupted) -> None:
        """Look for the speed that suits the run, and use it once it is found."""
        self.start_speed.look(interrupted, self.use_speed)

    def use_speed(self, speed: float | None) -> None:
        """Train at this speed from now on, and emit it; see SetSpeed."""
        self.drive.set_speed(speed)
        self.speed_chosen.emit(speed)

    def _fill_at_rest(self) -> None:
        self._filler.fill(self.loaded[1], AT_REST)
        since_frame = perf_counter() - self._frames.pacing.published
        if not self._filler.lacks(self.history) or since_frame > AT_REST:
            self.publish(always=True)

    # -- training --------------------------------------------------------------------------

    def _train(self) -> None:
        """Train one slice."""
        try:
            there, records = self.trainer.slice(*self.loaded, self.drive)
        except Diverged as error:
            self._note_epochs(error.records)
            self.rest("failed", str(error))
            return
        self._note_epochs(records)
        self._filler.fill_beside_training(self.loaded[1])
        if reasons := self.trainer.reasons(records):
            self._stop(reasons, self.trainer.best_epoch(records))
        elif there and self.drive.is_done:
            self.rest(*self._when_there)
        elif there or not self.loaded[1].seeks_briefly:
            self.publish(always=there and self.drive.mode == "slow")

    def _stop(self, reasons: tuple[str, ...], back_to: int | None = None) -> None:
        """End training for these reasons; a solved problem only pauses it. ``back_to`` is the
        epoch to go back to first."""
        setup, history = self.loaded
        if back_to is not None and back_to != history.run.epoch:
            self.begin("stepping", "steps")
            self._when_there = ("finished", f"Stopped: {', '.join(reasons)}.")
            history.begin_seek(SeekGoal(back_to))
            return
        if SOLVED in reasons:
            history.solved_at = history.run.epoch
        if reasons == (SOLVED,) and not setup.experiment.stop.solved:
            self.rest("paused", solved_sentence(history.run), solved=True)
        else:
            self.rest("finished", f"Stopped: {', '.join(reasons)}.")

    def _note_epochs(self, records: Sequence[EpochRecord]) -> None:
        self.drive.pace.count(len(records))
        if self._announced:
            for record in records:
                self.epoch_finished.emit(record.epoch, record.train_error)

    # -- showing ---------------------------------------------------------------------------

    def rest(self, state: TrainingState, message: str = "", *, solved: bool = False) -> None:
        """Stop training, with this status."""
        self.drive.rest()
        if self.history is not None:
            self.history.timeline.cancel_seek()
        self.publish(always=True)
        self.set_status(state, message, solved=solved)

    def set_status(
        self,
        state: TrainingState,
        message: str = "",
        share: float | None = None,
        *,
        solved: bool = False,
    ) -> None:
        """Set the status, and emit it; see Status."""
        self.status = Status(state, message, self.drive.mode == "slow", share, solved)
        self.status_changed.emit(self.status)

    def publish(self, *, always: bool, complete: bool = False) -> None:
        """Put a frame into the mailbox; unless ``always``, only if one is requested and due.

        ``complete``: with all requested parts, even those that take long, unless a command comes.
        """
        if self.setup is None or self.history is None:
            return
        if always or self._frames.pacing.is_time(perf_counter()):
            engine = self.trainer.engines.words(self.current_run)
            self._engine = engine
            self.setup = self._frames.publish(
                self.setup, self.history, self.drive, engine, self.edits, self.loads,
                always=always, complete=complete, own=self.own,
            )  # fmt: skip
            self.frame_published.emit()
