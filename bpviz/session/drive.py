"""How the run moves: freely, phase by phase, or through the steps that were asked for."""

from collections import deque
from typing import Literal

from bpviz.core.interruption import Interrupted
from bpviz.core.run.records import Done, Records
from bpviz.core.run.timeline import SeekGoal
from bpviz.session.commands import MOST_PHASES, StepBy, StepEpochs
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.scheduling.pace import Pace

MOST_STEPS = 64
"""Steps that may wait to be done: a key held down must not outlast its release for long."""

Mode = Literal["rest", "free", "slow", "steps"]


class Drive:
    """Moves a history slice by slice, at the pace that was set.

    ``inside`` says whether somebody goes through phases or patterns, and so wants the cursor.
    """

    def __init__(self) -> None:
        self.mode: Mode = "rest"
        self.inside = False
        self.pace, self._phases = Pace(), Pace()
        self._speed: float | None = None
        self._steps: deque[StepEpochs | StepBy] = deque()

    def begin(self, mode: Mode) -> None:
        """Move in this way from now on; what was under way is given up."""
        self.mode = mode
        self._steps.clear()
        if mode in ("free", "slow"):
            self.inside = mode == "slow"
        self.restart()

    def rest(self) -> None:
        """Move no more."""
        self.mode = "rest"
        self._steps.clear()
        self.pace.stop()

    def restart(self) -> None:
        """Count from now on."""
        self.pace.restart()
        self._phases.restart()

    def set_speed(self, speed: float | None) -> None:
        """So many epochs per second, or phases where it goes phase by phase."""
        self._speed = speed
        self.restart()

    def add(self, step: StepEpochs | StepBy) -> None:
        """Do this step after those that wait already."""
        if len(self._steps) < MOST_STEPS:
            self._steps.append(step)

    def time_to_next(self) -> float:
        """Seconds until there is something to do, at most a frame."""
        if self.mode == "free":
            return self.pace.time_to_next(self._speed)
        return self._phases.time_to_next(self._phase_speed) if self.mode == "slow" else 0.0

    def slice(
        self, history: RunHistory, interrupted: Interrupted, done: Done
    ) -> tuple[bool, Records]:
        """Move until interrupted: whether something is reached, and the epochs trained."""
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
        """Whether every step is done."""
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
            self.inside = False
            history.begin_seek(SeekGoal(history.run.epoch + step.epochs))
        else:
            self.inside = step.grain in ("phase", "pattern")
            history.begin_step(step.grain, back=step.back)

    @property
    def _phase_speed(self) -> float:
        return min(self._speed or MOST_PHASES, MOST_PHASES)
