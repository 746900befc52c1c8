"""How training proceeds: continuously, phase by phase, or by the requested steps."""

from collections import deque
from typing import Literal

from bpviz.core.interruption import Interrupted
from bpviz.core.run.records import Done, Records
from bpviz.core.run.timeline import SeekGoal
from bpviz.session.commands import MOST_PHASES, StepBy, StepEpochs
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.scheduling.pace import Pace

MOST_STEPS = 64
"""Largest number of queued steps, so that a key held down has no effect long after its release."""

Mode = Literal["rest", "free", "slow", "steps"]


class Drive:
    """Trains a history slice by slice, at the pace that was set.

    ``inside``: whether stepping is by phases or patterns, so that frames need the cursor.
    ``by_updates``: whether it is by these or by updates: frames name the patterns of the last one.
    """

    def __init__(self) -> None:
        self.mode: Mode = "rest"
        self.inside = self.by_updates = False
        self.pace, self._phases = Pace(), Pace()
        self._speed: float | None = None
        self._steps: deque[StepEpochs | StepBy] = deque()

    def begin(self, mode: Mode) -> None:
        """Proceed in this mode from now on; queued steps are dropped."""
        self.mode = mode
        self._steps.clear()
        if mode in ("free", "slow"):
            self.inside = self.by_updates = mode == "slow"
        self.restart()

    def rest(self) -> None:
        """Stop."""
        self.mode = "rest"
        self._steps.clear()
        self.pace.stop()

    def restart(self) -> None:
        """Restart the measurement of the pace."""
        self.pace.restart()
        self._phases.restart()

    def set_speed(self, speed: float | None) -> None:
        """Set the epochs per second (in slow mode phases per second); None: no limit."""
        self._speed = speed
        self.restart()

    @property
    def speed(self) -> float | None:
        """Epochs per second; None: no limit."""
        return self._speed

    def add(self, step: StepEpochs | StepBy) -> None:
        """Queue a step."""
        if len(self._steps) < MOST_STEPS:
            self._steps.append(step)

    def time_to_next(self) -> float:
        """Seconds until the next epoch or phase is due, at most a frame."""
        if self.mode == "free":
            return self.pace.time_to_next(self._speed)
        return self._phases.time_to_next(self._phase_speed) if self.mode == "slow" else 0.0

    def slice(
        self, history: RunHistory, interrupted: Interrupted, done: Done
    ) -> tuple[bool, Records]:
        """Train until interrupted; returns whether a step is complete, and the epochs trained."""
        if self.mode == "slow":
            return self._phase(history, interrupted, done)
        if self.mode == "steps":
            if history.timeline.goal is None and self._steps:
                self._begin_step(history, self._steps.popleft())
            return history.continue_seek(interrupted, done)
        epochs = self.pace.due(self._speed)
        return False, history.advance(epochs, interrupted, done) if epochs else Records.of([])

    @property
    def is_done(self) -> bool:
        """Whether all queued steps are done."""
        return self.mode == "steps" and not self._steps

    def _phase(
        self, history: RunHistory, interrupted: Interrupted, done: Done
    ) -> tuple[bool, Records]:
        if history.timeline.goal is None:
            if not self._phases.due(self._phase_speed):
                return False, Records.of([])
            self._phases.count(1)
            history.begin_step("phase")
        return history.continue_seek(interrupted, done)

    def _begin_step(self, history: RunHistory, step: StepEpochs | StepBy) -> None:
        if isinstance(step, StepEpochs):
            self.inside = self.by_updates = False
            history.begin_seek(SeekGoal(history.run.epoch + step.epochs))
        else:
            self.inside = step.grain in ("phase", "pattern")
            self.by_updates = step.grain != "epoch"
            history.begin_step(step.grain, back=step.back)

    @property
    def _phase_speed(self) -> float:
        return min(self._speed or MOST_PHASES, MOST_PHASES)
