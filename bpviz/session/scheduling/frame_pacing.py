"""When the training thread makes a frame, and how long it trains before it looks for one."""

import math
from collections.abc import Callable
from time import perf_counter, thread_time

from bpviz.core.run.run import Run
from bpviz.session.mailbox import Mailbox

SLICE = 0.004
"""Longest uninterrupted stretch of training, s."""

SHORTEST_CALL, LONGEST_CALL = 0.001, 0.016
"""Seconds of a call into a compiled engine: after each the thread needs Python's interpreter for
a moment, which the window may hold. Within them, a call ends when the next frame is due."""

INTERVAL = 0.0155
"""Seconds from one frame to the next, at least and most likely: with what the training thread
needs to notice that a frame is due, about 60 a second."""

LATE_CALL = 0.003
"""Seconds of a call while the window takes longer than that to draw, and has not asked yet."""

SNAPSHOT_SHARE = 0.2
"""Largest share of the time that may go into frames while training."""


class FramePacing:
    """Frames when the window waits for them, and not so often that training suffers.

    ``published`` is when the last one was ready (perf_counter).
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._next = self._cost = self.published = 0.0

    def is_time(self, now: float) -> bool:
        """Whether the window waits for a frame and can take it, and there is time to make it."""
        mailbox = self._mailbox
        due = mailbox.is_due(now + mailbox.lead) and now >= self._next
        return due and mailbox.screen_idle.is_set()

    def slice(self, run: Run) -> Callable[[], bool]:
        """A slice of training begins: what says when it ends. The run gets the aim of its calls."""
        start, frame_from = perf_counter(), self._next
        mailbox, lead = self._mailbox, self._mailbox.lead
        due_in = mailbox.due_in(start + lead)
        if due_in == math.inf:  # not asked yet
            due_in = max(self.published + INTERVAL - start, LATE_CALL)
        aim = min(max(due_in, frame_from - start, SHORTEST_CALL), LONGEST_CALL)
        run.set_call_seconds(aim)
        until = start + min(SLICE, aim / 2)  # one call, and then another aim
        idle, commands, shares = mailbox.screen_idle, mailbox.commands, mailbox.needs_python

        def interrupted() -> bool:
            now = perf_counter()
            return (
                now > until
                or (shares and not idle.is_set())
                or not commands.empty()
                or (now > frame_from and mailbox.is_due(now + lead))
            )

        return interrupted

    def note(self, start: float, begun: float) -> None:
        """A frame is ready that was begun at this time, and at this thread_time."""
        self.published = perf_counter()
        self._mailbox.took(self.published - start)
        cost = thread_time() - begun  # not the time for which others had the processor
        # Once in a while the curve is thinned, too, which says nothing about the next frame.
        self._cost = min(cost, 2 * self._cost) if self._cost else cost
        self._next = start + self._cost / SNAPSHOT_SHARE
