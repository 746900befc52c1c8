"""Fills in values of recorded quantities from before they were chosen, by repeating the training.

A second run repeats it from the checkpoints and edits of the first, so the values are exact to
the bit, and the first run is not affected.
"""

from collections import deque

from bpviz.core.interruption import Interrupted, never
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal, Timeline
from bpviz.session.recording.quantity_recorder import QuantityRecorder


class Backfill:
    """Repeats the past, epoch by epoch, while the recorder lacks values."""

    def __init__(self) -> None:
        self._copy: Timeline | None = None
        self._todo: deque[int] = deque()
        self._plan: tuple[object, ...] = ()

    def lacks(self, timeline: Timeline, recorder: QuantityRecorder) -> bool:
        """Whether there is anything to fill in; makes a new plan if something has changed."""
        plan = (timeline, timeline.discards, recorder.choices)
        if plan != self._plan:
            self._plan, self._copy = plan, None
            self._todo = deque(
                recorder.lacking(timeline.first_checkpoint.epoch, timeline.latest.epoch)
            )
        return bool(self._todo)

    def advance(
        self,
        timeline: Timeline,
        recorder: QuantityRecorder,
        interrupted: Interrupted,
        cancelled: Interrupted = never,
    ) -> None:
        """Fill in some epochs, until interrupted.

        Raises Cancelled if ``cancelled`` before the second run is made.
        """
        if self._copy is None:
            self._copy = timeline.copy_for(Run(timeline.run.start, cancelled))
        copy = self._copy
        while self._todo and not interrupted():
            if copy.goal is None:
                copy.begin_seek(SeekGoal(self._todo[0]))
            if not copy.continue_seek(interrupted).there:
                return
            recorder.fill(copy.run)
            self._todo.popleft()
        if not self._todo:
            self._copy = None
