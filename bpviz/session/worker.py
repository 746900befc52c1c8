"""The training thread: it owns the run, obeys commands and publishes frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from queue import Empty
from time import perf_counter
from typing import Any, Literal

from PySide6.QtCore import QMetaMethod, QObject, QThread, Signal

from bpviz.core.edits import SetCriterion, SetTrain, SetTraining
from bpviz.core.observe import downhill_cost
from bpviz.core.records import Records
from bpviz.core.rules import RULES
from bpviz.core.run import Cancelled, Diverged, Run
from bpviz.core.snapshot import EpochRecord
from bpviz.core.trainable import obstacle
from bpviz.core.values import BadValue
from bpviz.experiment import Experiment, adapted, open_problem, with_live_fields
from bpviz.problems.table import find_problem
from bpviz.session.commands import (
    Cancel,
    Command,
    Configure,
    Edit,
    Load,
    Look,
    Open,
    Pause,
    Play,
    Quit,
    Reset,
    SetSpeed,
    StepEpochs,
    Unwatch,
    Watch,
)
from bpviz.session.frame import Frame
from bpviz.session.losslog import LossLog
from bpviz.session.mailbox import Mailbox
from bpviz.session.recorder import Recorder
from bpviz.setup import Setup, new_run, prepare, with_train

SLICE = 0.004
"""Longest uninterrupted stretch of training, s."""

SNAPSHOT_SHARE = 0.2
"""Largest share of the time that may go into frames while training."""

CHEAP_DOWNHILL = 100_000_000
"""Patterns times parameters up to which the downhill direction is computed for every frame (some
10 ms); beyond, only at rest, after the frame that lacks it was published, and until a command
comes."""

State = Literal["empty", "loading", "paused", "running", "stepping", "finished", "failed"]
TRAINING = ("running", "stepping")


@dataclass(frozen=True, slots=True)
class Status:
    """What the thread is doing, and a sentence about it where there is something to say."""

    state: State
    message: str = ""


class Worker(QThread):
    """Trains in a thread of its own.

    While it trains it looks for commands between slices of a few ms, and a slice ends early
    when a command arrives or the screen wants to draw; at rest it sleeps on the queue.
    """

    # int is 32 bits wide for Qt; qlonglong holds any epoch that a run can reach.
    epoch_finished = Signal("qlonglong", float)  # type: ignore[arg-type]
    """(epoch, E of the training patterns), for every epoch."""

    status_changed = Signal(object)
    """A Status."""

    frame_published = Signal()
    """A frame lies in the mailbox: one that was asked for, or one of a new state at rest."""

    refused = Signal(str, str)
    """(field, sentence): an experiment could not be prepared; the present run goes on."""

    _announced = False
    """Whether epoch_finished ever had a receiver: until then, nothing is spent on it."""

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._log = LossLog()
        self._recorder = Recorder()
        self._setup: Setup | None = None
        self._run: Run | None = None
        self._status = Status("empty")
        self._run_id = 0
        self._loads = 0
        self._goal: int | None = None
        self._speed: float | None = None
        self._disarmed: frozenset[str] = frozenset()
        self._clock = _Clock()
        self._next_frame = 0.0
        self._owes_downhill = False
        self._obey: dict[type, Callable[[Any], None]] = {
            Load: self._load,
            Open: self._open,
            Cancel: self._cancel,
            Configure: self._configure,
            Edit: self._edit,
            Play: self._play,
            Pause: self._pause,
            StepEpochs: self._step,
            Reset: self._reset,
            SetSpeed: self._set_speed,
            Look: self._look,
            Watch: self._watch,
            Unwatch: self._unwatch,
        }

    def run(self) -> None:
        """The thread's loop, until Quit."""
        while True:
            command = self._next_command()
            if isinstance(command, Quit):
                return
            try:
                if command is not None:
                    self._obey[type(command)](command)
                elif self._status.state in TRAINING:
                    self._train()
                elif self._owes_downhill:
                    self._publish(always=True, patient=True)
            except Exception as error:  # whatever happens, the window must stay usable
                self._set_status("failed", f"Training stopped: {type(error).__name__}: {error}")
                self._publish(always=True)

    def connectNotify(self, signal: QMetaMethod) -> None:
        """Announce every epoch from the first receiver on.

        The thread must not ask isSignalConnected instead: that waits for a lock of Qt's while
        it holds Python's, and the window may hold and want the two the other way round.
        """
        if signal.name() == b"epoch_finished":
            self._announced = True

    # -- commands --------------------------------------------------------------------------

    def _next_command(self) -> Command | None:
        """The next command; None while training if there is none, otherwise wait for it."""
        commands = self._mailbox.commands
        try:
            if self._status.state not in TRAINING:
                return commands.get_nowait() if self._owes_downhill else commands.get()
            wait = self._clock.time_to_next(self._speed) if self._goal is None else 0.0
            return commands.get(timeout=wait) if wait > 0 else commands.get_nowait()
        except Empty:
            return None

    def _load(self, command: Load) -> None:
        if not self._show(lambda: self._prepare(command.experiment)):
            return
        for edit in command.edits:
            self._edit(Edit(edit))
        if command.play:
            self._play(Play())
        elif command.epochs:
            self._step(StepEpochs(command.epochs))

    def _open(self, command: Open) -> None:
        def prepared() -> Setup:
            experiment, patterns = open_problem(command.problem, seed=command.seed)
            return prepare(experiment, self._run_id + 1, patterns)

        self._show(prepared)

    def _cancel(self, command: Cancel) -> None:
        self._loads += 1

    def _is_superseded(self) -> bool:
        return self._mailbox.loads > self._loads

    def _show(self, prepared: Callable[[], Setup]) -> bool:
        """Begin the run of a new setup; False, and nothing changed, if there can be none."""
        before = self._status
        self._loads += 1
        self._set_status("loading")
        try:
            setup = prepared()
            run = new_run(setup, self._is_superseded)
        except Cancelled:
            self._set_status(before.state, before.message)
            return False
        except Exception as error:  # whatever it is, the present run goes on
            self._set_status(before.state, before.message)
            self.refused.emit(getattr(error, "field", ""), _sentence(error))
            return False
        self._recorder.restart(run, self._setup.network if self._setup else None)
        self._run_id, self._setup, self._run = setup.run_id, setup, run
        self._start_log()
        self._rest("paused")
        return True

    def _prepare(self, experiment: Experiment) -> Setup:
        """The setup of an experiment; patterns that are at hand are not read again."""
        old, patterns = self._setup, None
        if old is not None and old.experiment.problem == experiment.problem:
            patterns = old.patterns
            if old.experiment.options != experiment.options:
                patterns = find_problem(experiment.problem).load(experiment.options)
                experiment = adapted(experiment, old.patterns, patterns)
        return prepare(experiment, self._run_id + 1, patterns)

    def _configure(self, command: Configure) -> None:
        if self._setup is None or self._run is None:
            return
        old = self._setup.experiment
        new = with_live_fields(old, command.experiment)
        criterion = replace(self._setup.criterion, tolerance=new.tolerance)
        self._setup = replace(self._setup, experiment=new, criterion=criterion)
        self._run.edit(SetTraining(new.training))
        if new.tolerance != old.tolerance:
            self._run.edit(SetCriterion(criterion))
            self._correct_log()
        self._clock.restart()
        self._publish(always=True)

    def _edit(self, command: Edit) -> None:
        if self._setup is None or self._run is None:
            return
        edit, setup = command.edit, self._setup
        try:
            if isinstance(edit, SetTrain):
                setup = with_train(setup, edit.patterns)
            self._run.edit(edit)
        except BadValue as error:
            self.refused.emit(error.field, str(error))
            return
        if isinstance(edit, SetTraining):
            setup = replace(setup, experiment=replace(setup.experiment, training=edit.training))
        elif isinstance(edit, SetCriterion):
            setup = replace(setup, criterion=edit.criterion)
        self._setup = setup
        self._correct_log()
        self._clock.restart()
        self._publish(always=True)

    def _correct_log(self) -> None:
        """Let the curve end with the error as it is after a change by hand."""
        assert self._run is not None
        self._log.truncate(self._run.epoch - 1)
        self._log.append(self._run.record)

    def _play(self, command: Play) -> None:
        if self._can_train() and self._status.state != "running":
            self._begin("running", None)

    def _pause(self, command: Pause) -> None:
        if self._status.state in TRAINING:
            self._rest("paused")

    def _step(self, command: StepEpochs) -> None:
        if self._run is not None and self._can_train():
            # A second step before the first is done adds to it.
            begin = self._run.epoch if self._goal is None else self._goal
            self._begin("stepping", begin + command.epochs)

    def _can_train(self) -> bool:
        """Whether the run can be trained; if not, the status says why."""
        if self._run is None:
            return False
        reason = obstacle(self._run.start.network, RULES[self._run.start.rule])
        if reason is not None:
            self._rest("paused", _sentence(reason))
        return reason is None

    def _begin(self, state: State, goal: int | None) -> None:
        assert self._run is not None
        # A condition that is met already would stop the run at once: it waits until it is
        # met anew.
        self._disarmed = frozenset(self._reasons(self._run.record))
        self._goal = goal
        self._clock.restart()
        self._set_status(state)

    def _reset(self, command: Reset) -> None:
        if self._run is None:
            return
        try:
            self._run.reset(lambda: self._mailbox.closing)
        except Cancelled:  # nobody will see the half-reset run
            return
        self._recorder.restart(self._run, self._run.start.network)
        self._start_log()
        self._rest("paused")

    def _set_speed(self, command: SetSpeed) -> None:
        self._speed = command.epochs_per_second
        self._clock.restart()

    def _look(self, command: Look) -> None:
        self._publish(always=True)

    def _watch(self, command: Watch) -> None:
        if self._run is None:
            return
        try:
            self._recorder.add(command.quantities, self._run)
        except BadValue as error:
            self.refused.emit("", str(error))
        self._publish(always=True)

    def _unwatch(self, command: Unwatch) -> None:
        self._recorder.remove(command.quantities)
        self._publish(always=True)

    # -- training --------------------------------------------------------------------------

    def _train(self) -> None:
        """One slice."""
        assert self._run is not None
        # A compiled engine trains while the window draws: neither waits for the other.
        self._mailbox.needs_python = self._run.engine == "numpy"
        if self._mailbox.needs_python:
            self._mailbox.screen_idle.wait(timeout=0.1)
        epochs = self._allowance()
        if epochs:
            try:
                records = self._run.advance(epochs, self._interruption(), self._is_done)
            except Diverged as error:
                self._keep(error.records)
                self._rest("failed", str(error))
                return
            self._keep(records)
            if self._goal is not None and self._run.epoch >= self._goal:
                self._rest("paused")
                return
            if records and (reasons := self._armed(records[-1])):
                self._rest("finished", f"Stopped: {', '.join(reasons)}.")
                return
        self._publish(always=False)

    def _allowance(self) -> int:
        """How many epochs may be trained now, by speed and goal."""
        assert self._run is not None
        epochs = self._clock.due(self._speed)
        if self._goal is not None:
            epochs = self._goal - self._run.epoch
        return epochs

    def _interruption(self) -> Callable[[], bool]:
        until, frame_from = perf_counter() + SLICE, self._next_frame
        mailbox = self._mailbox
        idle, commands, shares = mailbox.screen_idle, mailbox.commands, mailbox.needs_python

        def interrupted() -> bool:
            now = perf_counter()
            return (
                now > until
                or (shares and not idle.is_set())
                or not commands.empty()
                or (now > frame_from and mailbox.is_due(now))
            )

        return interrupted

    def _reasons(self, record: EpochRecord) -> tuple[str, ...]:
        assert self._setup is not None
        n_patterns = len(self._setup.patterns.train)
        return self._setup.experiment.stop.reasons(record, n_patterns)

    def _armed(self, record: EpochRecord) -> tuple[str, ...]:
        """The stop conditions that this epoch meets anew."""
        reasons = self._reasons(record)
        self._disarmed &= frozenset(reasons)
        return tuple(reason for reason in reasons if reason not in self._disarmed)

    def _is_done(self, record: EpochRecord) -> bool:
        assert self._run is not None
        if record.epoch == self._run.epoch:  # the parameters are those of this epoch's end
            self._recorder.note(self._run, trained=True)
        return bool(self._armed(record))

    def _keep(self, records: Sequence[EpochRecord]) -> None:
        table = Records.of(records)
        self._log.extend(table.epochs, *table.values.T)
        self._clock.count(len(records))
        if self._announced:
            for record in records:
                self.epoch_finished.emit(record.epoch, record.train_error)

    # -- showing ---------------------------------------------------------------------------

    def _start_log(self) -> None:
        assert self._run is not None
        self._log.clear()
        self._log.append(self._run.record)

    def _rest(self, state: State, message: str = "") -> None:
        self._clock.stop()
        self._goal = None
        self._publish(always=True)
        self._set_status(state, message)

    def _set_status(self, state: State, message: str = "") -> None:
        self._status = Status(state, message)
        self.status_changed.emit(self._status)

    def _publish(self, *, always: bool, patient: bool = False) -> None:
        """Put a frame into the mailbox if the window asked for one and time allows.

        ``patient``: with a downhill direction that takes long, unless a command comes.
        """
        start = perf_counter()
        if self._setup is None or self._run is None:
            return
        if not always and (
            not self._mailbox.is_due(start)
            or start < self._next_frame
            or not self._mailbox.screen_idle.is_set()
        ):
            return
        setup = self._setup
        wants = self._mailbox.wants
        if wants.downhill and not patient and downhill_cost(self._run) > CHEAP_DOWNHILL:
            wants = replace(wants, downhill=False)
        snapshot = self._run.snapshot(
            wants,
            shown=setup.shown,
            probe=setup.probe,
            run_id=setup.run_id,
            interrupted=lambda: not self._mailbox.commands.empty(),
        )
        self._owes_downhill = self._mailbox.wants.downhill and snapshot.downhill is None
        if always:
            self._recorder.note(self._run)  # by hand, too, an epoch's numbers may change
        curve, tracks = self._log.curve(), self._recorder.tracks()
        frame = Frame(setup, snapshot, curve, self._clock.epochs_per_second, tracks)
        self._mailbox.put(frame)
        cost = perf_counter() - start
        self._next_frame = start + cost / SNAPSHOT_SHARE
        self.frame_published.emit()


class _Clock:
    """Paces the training, and measures how fast it goes."""

    WINDOW = 0.5
    MAX_BACKLOG = 0.1

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin to count now."""
        self._paced_from = self._window_from = perf_counter()
        self._paced = self._in_window = 0

    def stop(self) -> None:
        """Nothing is trained now."""
        self.epochs_per_second = 0.0

    def count(self, epochs: int) -> None:
        """So many epochs were trained."""
        self._paced += epochs
        self._in_window += epochs
        elapsed = perf_counter() - self._window_from
        if elapsed >= self.WINDOW:
            self.epochs_per_second = self._in_window / elapsed
            self._window_from, self._in_window = perf_counter(), 0

    def due(self, speed: float | None) -> int:
        """Epochs to train now to keep up with the speed; very many if there is none."""
        if speed is None:
            return 1_000_000_000
        elapsed = perf_counter() - self._paced_from
        owed = int(elapsed * speed) - self._paced
        if owed > speed * self.MAX_BACKLOG + 1:  # slower than wished: do not try to catch up
            self._paced_from, self._paced = perf_counter() - 1 / speed, 0
            return 1
        return max(owed, 0)

    def time_to_next(self, speed: float | None) -> float:
        """Seconds until the next epoch is due, at most a frame."""
        if speed is None:
            return 0.0
        next_due = self._paced_from + (self._paced + 1) / speed
        return min(max(next_due - perf_counter(), 0.0), 0.016)


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "This experiment needs more memory than there is: use fewer units or patterns."
    if isinstance(error, BadValue | OSError):
        return str(error)
    return f"This experiment could not be prepared: {type(error).__name__}: {error}."
