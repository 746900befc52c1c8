"""The runs of a comparison: kept ones, and variants trained in a background thread."""

import threading
from dataclasses import dataclass
from queue import SimpleQueue
from time import perf_counter
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from bpviz.core.interruption import Cancelled, Interrupted, watched
from bpviz.core.learning.backprop import outputs
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.model.patterns import PatternSet
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue, Matrix, Vector, read_only
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.session.frame import Curve, Frame
from bpviz.session.recording.loss_log import LossLog

SLICE = 0.004
"""Longest uninterrupted stretch of training, s."""

TURN = 5
"""Slices of one run before the next run continues."""

PUBLISHED_EVERY = 0.12
"""Seconds between two updates of ``runs``."""

CURVE_ROWS = 1_024
"""Rows of a compared curve at most; it keeps the extremes of neighbouring epochs."""

ComparisonState = Literal["kept", "waiting", "training", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True, eq=False)
class ComparedRun:
    """One run of a comparison at one instant.

    curve       thinned errors so far; ``epoch`` is the last epoch in it.
    updates     updates per epoch; 0 if that changed during the run.
    setup       the prepared experiment; None before it is prepared.
    probe       outputs at ``setup.probe``; None with more than two inputs.
    message     why it failed.
    """

    experiment: Experiment
    state: ComparisonState
    curve: Curve
    updates: int = 0
    setup: PreparedExperiment | None = None
    probe: Matrix | None = None
    message: str = ""

    @property
    def epoch(self) -> int:
        """The last epoch of the curve, 0 before there is one."""
        return int(self.curve.epochs[-1]) if len(self.curve.epochs) else 0


def empty_curve() -> Curve:
    """The curve of a run before epoch 0."""
    return LossLog(CURVE_ROWS).curve()


def kept(frame: Frame, *, batch_changed: bool = False) -> ComparedRun:
    """The run of a frame, kept for the comparison."""
    curve, setup, snapshot = frame.curve, frame.setup, frame.snapshot
    log = LossLog(CURVE_ROWS)
    log.extend(
        curve.epochs, curve.train_error, curve.train_right, curve.test_error, curve.test_right
    )
    updates = 0 if batch_changed else snapshot.updates
    probe = probe_outputs(setup, snapshot.parameters)
    return ComparedRun(setup.experiment, "kept", log.curve(), updates, setup, probe)


def probe_outputs(setup: PreparedExperiment, parameters: Vector) -> Matrix | None:
    """The outputs at the setup's probe; None if it has no probe."""
    if setup.probe is None:
        return None
    with np.errstate(all="ignore"):
        return read_only(outputs(setup.network, parameters, setup.probe))


class Comparer(QThread):
    """Trains experiments side by side, a few ms each in turn, in a background thread.

    It pauses while ``screen_idle`` is cleared, that is, while the window draws. Every method
    returns at once.
    """

    changed = Signal()
    """``runs`` was updated; emitted a few times a second while training."""

    finished_all = Signal()
    """Every run is done, cancelled or failed."""

    def __init__(self, screen_idle: threading.Event, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._idle = screen_idle
        self._orders: SimpleQueue[tuple[int, tuple[Experiment, ...], int] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._runs: tuple[ComparedRun, ...] = ()
        self._number = self._cancelled = 0
        self._progress = 0.0

    @property
    def runs(self) -> tuple[ComparedRun, ...]:
        """The runs of the last comparison, in the order of its experiments."""
        with self._lock:
            return self._runs

    @property
    def progress(self) -> float:
        """The share of the epochs of all runs trained so far, 0 to 1."""
        return self._progress

    def compare(self, experiments: tuple[Experiment, ...], epochs: int) -> None:
        """Train each of these for ``epochs``; a comparison under way is cancelled."""
        waiting = tuple(ComparedRun(e, "waiting", empty_curve()) for e in experiments)
        with self._lock:
            self._number += 1
            self._runs, self._progress = waiting, 0.0
        self._orders.put((self._number, experiments, epochs))
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Stop training; the curves so far stay."""
        self._cancelled = self._number

    def close(self) -> None:
        """End the thread and wait for it."""
        self.cancel()
        self._orders.put(None)
        self._idle.set()
        self.wait()

    def run(self) -> None:
        """The thread's loop, until ``close``."""
        while (order := self._orders.get()) is not None:
            number, experiments, epochs = order
            self._train(number, [_Job(e, epochs) for e in experiments])

    def _train(self, number: int, jobs: list["_Job"]) -> None:
        def stopped() -> bool:
            return self._number != number or self._cancelled == number

        patterns: dict[str, PatternSet] = {}
        for job in jobs:
            if not stopped():
                job.prepare(patterns, stopped)
        published = 0.0
        while not stopped() and (left := [job for job in jobs if job.is_training]):
            for job in left:
                for _ in range(TURN):
                    self._idle.wait(timeout=0.1)
                    if stopped() or not job.is_training:
                        break
                    job.advance(lambda: stopped() or not self._idle.is_set())
            if perf_counter() - published > PUBLISHED_EVERY:
                self._publish(number, jobs)
                published = perf_counter()
        for job in jobs:
            job.end()
        self._publish(number, jobs)
        self.finished_all.emit()

    def _publish(self, number: int, jobs: list["_Job"]) -> None:
        runs = tuple(job.picture() for job in jobs)
        with self._lock:
            if self._number != number:  # a newer comparison has replaced this one
                return
            self._runs = runs
            self._progress = sum(job.share for job in jobs) / max(len(jobs), 1)
        self.changed.emit()


class _Job:
    """One experiment of the comparison and its run."""

    def __init__(self, experiment: Experiment, epochs: int) -> None:
        self._experiment, self._epochs = experiment, epochs
        self._state: ComparisonState = "waiting"
        self._message = ""
        self._log = LossLog(CURVE_ROWS)
        self._setup: PreparedExperiment | None = None
        self._run: Run | None = None
        self._picture: ComparedRun | None = None

    @property
    def is_training(self) -> bool:
        return self._state == "training"

    @property
    def share(self) -> float:
        """The share of its epochs trained so far; 1 for a failed run."""
        if self._state in ("done", "failed"):
            return 1.0
        return 0.0 if self._run is None else self._run.epoch / self._epochs

    def prepare(self, patterns: dict[str, PatternSet], stopped: Interrupted) -> None:
        """Build the run; experiments of one problem share its patterns."""
        key = repr((self._experiment.problem, sorted(self._experiment.options.items())))
        try:
            with watched(lambda _: stopped()):
                setup = prepare(self._experiment, patterns=patterns.get(key))
            reason = obstacle(setup.network, RULES[self._experiment.rule])
            if reason is not None:
                raise reason
            run = new_run(setup, stopped)
        except Cancelled:
            self._state = "cancelled"
            return
        except (BadValue, OSError, MemoryError) as error:
            self._fail(str(error) or "There is not enough memory for this network.")
            return
        patterns[key] = setup.patterns
        self._setup, self._run, self._state = setup, run, "training"
        self._log.append(run.record)

    def advance(self, interrupted: Interrupted) -> None:
        """Train for one slice."""
        assert self._run is not None
        until = perf_counter() + SLICE
        left = self._epochs - self._run.epoch
        self._picture = None
        try:
            for record in self._run.advance(left, lambda: perf_counter() > until or interrupted()):
                self._log.append(record)
        except Diverged as error:
            for record in error.records:
                self._log.append(record)
            self._fail(str(error))
            return
        if self._run.epoch >= self._epochs:
            self._state = "done"

    def end(self) -> None:
        """Mark an unfinished run as cancelled."""
        if self._state in ("waiting", "training"):
            self._state, self._picture = "cancelled", None

    def _fail(self, message: str) -> None:
        self._state, self._message, self._picture = "failed", message, None

    def picture(self) -> ComparedRun:
        """Its run at the present instant."""
        if self._picture is None:
            probe, updates = None, 0
            if self._run is not None and self._setup is not None:
                probe = probe_outputs(self._setup, self._run.parameters)
                updates = self._run.updates
            self._picture = ComparedRun(
                self._experiment, self._state, self._log.curve(), updates, self._setup, probe,
                self._message,
            )  # fmt: skip
        return self._picture
