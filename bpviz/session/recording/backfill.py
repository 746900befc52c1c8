"""Fills in what chosen quantities were before they were chosen, by repeating the training.

It is repeated by a second run, over the keyframes and changes by hand of the first: what comes
out are the numbers of then, to the bit, and the run that goes on notices nothing of it.
"""

from collections import deque

from bpviz.core.interruption import Interrupted, never
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal, Timeline
from bpviz.session.recording.quantity_recorder import QuantityRecorder


class Backfill:
    """Goes through the past, epoch by epoch, as long as the recorder lacks something."""

    def __init__(self) -> None:
        self._copy: Timeline | None = None
        self._todo: deque[int] = deque()
        self._plan: tuple[object, ...] = ()

    def lacks(self, timeline: Timeline, recorder: QuantityRecorder) -> bool:
        """Whether there is anything to fill in; plans how, if something has changed."""
        plan = (timeline, timeline.discards, recorder.choices)
        if plan != self._plan:
            self._plan, self._copy = plan, None
            self._todo = deque(
                recorder.lacking(timeline.first_checkpoint.epoch, timeline.latest.epoch)
            )
        return bool(self._todo)

    def go_on(
        self,
        timeline: Timeline,
        recorder: QuantityRecorder,
        interrupted: Interrupted,
        cancelled: Interrupted = never,
    ) -> None:
        """Fill in some epochs, until interrupted.

        Raises Cancelled if ``cancelled`` says so before the second run is made.
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
