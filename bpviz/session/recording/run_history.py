"""A run with its timeline and its loss curve, which the training thread trains and seeks in."""

from dataclasses import replace
from time import perf_counter

import numpy as np

from bpviz.core.interruption import Interrupted, never
from bpviz.core.run.cursor import Grain
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import Edit
from bpviz.core.run.records import Done, Records, unending
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal, Timeline
from bpviz.experiment.prepare import PreparedExperiment, with_train
from bpviz.session.frame import Curve, TimelineStatus
from bpviz.session.recording.loss_log import LossLog

BRIEF = 0.15
"""Seconds of a seek in which nothing is shown: after them its progress is."""


class RunHistory:
    """Keeps the curve consistent with the timeline; its discarded part becomes the ghost."""

    def __init__(self, run: Run) -> None:
        self.timeline = Timeline(run)
        self._log = LossLog()
        self._ghost: Curve | None = None
        self._moves = 0
        self._seeking_since = 0.0
        self.solved_at: int | None = None
        """The epoch at which training paused because the problem was solved."""
        self._log.append(run.record)

    @property
    def run(self) -> Run:
        """The run, at its present instant."""
        return self.timeline.run

    @property
    def is_begun(self) -> bool:
        """Whether anything was trained or changed, here or before a shared instant."""
        first, timeline = self.timeline.first_checkpoint, self.timeline
        begun = (first.epoch, first.update) != (0, 0) or timeline.latest > (0, 0, 0)
        return begun or bool(timeline.edits_applied)

    @property
    def n_bytes(self) -> int:
        """Approximate memory of the checkpoints and the curve, bytes."""
        return self.timeline.n_bytes + sum(row.nbytes for row in _rows(self._log.curve()))

    def anew(self, cancelled: Interrupted) -> "RunHistory":
        """The history of another run at epoch 0, with the same initial weights and the present
        settings, patterns and clamps; this one is not affected. Raises Cancelled; see Run.reset.
        """
        now = self.run
        run = Run(replace(now.start, training=now.training), cancelled)
        if now.clamps:
            run.set_clamps(now.clamps)
        run.use(now.next_engine)
        other = RunHistory(run)
        other._moves = self._moves
        return other

    # -- forward -----------------------------------------------------------------------------

    def advance(
        self, epochs: int, interrupted: Interrupted = never, done: Done = unending
    ) -> Records:
        """See Timeline.advance."""
        try:
            return self._log_all(self.timeline.advance(epochs, interrupted, done))
        except Diverged as error:
            self._log_all(error.records)
            raise

    def abandon(self) -> None:
        """End the record at the present instant; the rest of the curve becomes the ghost."""
        if self.timeline.is_past:
            self._ghost = _from(self._log.curve(), self.run.epoch)
            self.timeline.abandon()
            self._correct_log()
            if self.solved_at is not None and self.solved_at > self.run.epoch:
                self.solved_at = None

    def edit(self, edit: Edit) -> None:
        """Apply an edit now. Raises BadValue if it does not fit."""
        was_past, curve = self.timeline.is_past, self._log.curve()
        self.timeline.edit(edit)
        self.solved_at = None
        if was_past:
            self._ghost = _from(curve, self.run.epoch)
        self._correct_log()

    def _correct_log(self) -> None:
        """Let the curve end with the error of the present instant."""
        self._log.truncate(self.run.epoch - 1)
        self._log.append(self.run.record)

    def _log_all(self, records: Records) -> Records:
        self._log.add(records)
        return records

    # -- seeking -----------------------------------------------------------------------------

    def begin_seek(self, goal: SeekGoal) -> None:
        """Begin to seek an instant; see ``continue_seek``."""
        self._moves += 1
        if self.timeline.goal is None:
            self._seeking_since = perf_counter()
        self.timeline.begin_seek(goal)

    @property
    def seeks_briefly(self) -> bool:
        """Whether a seek began a moment ago: a frame on its way would only flash."""
        return self.timeline.goal is not None and perf_counter() < self._seeking_since + BRIEF

    def begin_step(self, grain: Grain, *, back: bool = False) -> None:
        """Begin a step of this grain."""
        goal = self.timeline.goal_before(grain) if back else self.timeline.goal_after(grain)
        if goal is not None:
            self.begin_seek(goal)

    def continue_seek(
        self, interrupted: Interrupted = never, done: Done = unending
    ) -> tuple[bool, Records]:
        """Continue to the goal; returns whether it is reached, and the records of new epochs."""
        try:
            there, records = self.timeline.continue_seek(interrupted, done)
        except Diverged as error:
            self._log_all(error.records)
            raise
        return there, self._log_all(records)

    # -- what a frame shows ------------------------------------------------------------------

    def curve(self) -> Curve:
        """The curve up to the present instant."""
        curve, epoch = self._log.curve(), self.run.epoch
        if int(curve.epochs[-1]) <= epoch:
            return curve
        rows = int(curve.epochs.searchsorted(epoch, side="right"))
        head = _part(curve, slice(0, rows))
        if head.epochs[-1] < epoch:  # thinned out: take the error from the run
            head = _curve(
                [
                    np.append(row, value)
                    for row, value in zip(_rows(head), self.run.record, strict=True)
                ],
                curve.thinned_before,
            )
        return head

    def best(self) -> tuple[int, float]:
        """The epoch of the lowest test error up to the present instant, and that error; infinite
        without test patterns."""
        curve = self.curve()
        errors = np.where(np.isfinite(curve.test_error), curve.test_error, np.inf)
        at = int(errors.argmin())
        return int(curve.epochs[at]), float(errors[at])

    def timeline_status(self) -> TimelineStatus:
        """What the run has behind it, and before it."""
        timeline, epoch = self.timeline, self.run.epoch
        ghost = _from(self._log.curve(), epoch) if timeline.is_past else self._ghost
        if ghost is not None and int(ghost.epochs[-1]) <= epoch:
            ghost = self._ghost = None  # overwritten
        goal = timeline.goal
        return TimelineStatus(
            timeline.latest.epoch,
            timeline.is_past,
            None if ghost is None else _from(ghost, epoch),
            tuple(timeline.edit_epochs),
            None if goal is None else goal.epoch,
            self._moves,
        )


def setup_at(setup: PreparedExperiment, run: Run) -> PreparedExperiment:
    """The setup with the settings and patterns of the run's present instant."""
    experiment = setup.experiment
    if run.start.train is not setup.patterns.train:
        setup = with_train(setup, run.start.train)
    if run.start.criterion != setup.criterion:
        tolerance = run.start.criterion.tolerance
        experiment = replace(experiment, tolerance=tolerance)
        setup = replace(setup, criterion=run.start.criterion)
    if run.training != experiment.training:
        experiment = replace(experiment, training=run.training)
    return setup if experiment is setup.experiment else replace(setup, experiment=experiment)


def _rows(curve: Curve) -> tuple[np.ndarray, ...]:
    return (
        curve.epochs, curve.train_error, curve.train_right, curve.test_error, curve.test_right
    )  # fmt: skip


def _part(curve: Curve, rows: slice) -> Curve:
    return _curve([row[rows] for row in _rows(curve)], curve.thinned_before)


def _curve(rows: list[np.ndarray], thinned_before: int) -> Curve:
    for row in rows:
        row.flags.writeable = False
    epochs, train_error, train_right, test_error, test_right = rows
    return Curve(epochs, train_error, train_right, test_error, test_right, thinned_before)


def _from(curve: Curve, epoch: int) -> Curve | None:
    """The part of a curve from an epoch on; None if it ends there."""
    if int(curve.epochs[-1]) <= epoch:
        return None
    return _part(curve, slice(max(int(curve.epochs.searchsorted(epoch, "right")) - 1, 0), None))
