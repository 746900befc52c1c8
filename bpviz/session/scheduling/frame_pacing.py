"""When the training thread makes a frame, and how long it trains before it checks for one."""

import math
from collections.abc import Callable
from time import perf_counter, thread_time

from bpviz.core.run.run import Run
from bpviz.session.mailbox import Mailbox

SLICE = 0.004
"""Longest slice of training, s."""

SHORTEST_CALL, LONGEST_CALL = 0.001, 0.016
"""Limits of the duration (s) of a call over many epochs, which ends about when the next frame is
due. After each call the thread needs the interpreter, which the window may hold."""

INTERVAL = 0.0155
"""Minimum frame interval (s): about 60 frames/s including publish latency."""

LATE_CALL = 0.003
"""Duration (s) of a call while the window draws for longer than that."""

SNAPSHOT_SHARE = 0.2
"""Largest share of the time for frames while training."""


class FramePacing:
    """Makes frames when the window requests them, within a limited share of the time.

    ``published`` is the time (perf_counter) of the last frame.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._next = self._cost = self.published = 0.0

    def is_time(self, now: float) -> bool:
        """Whether a requested frame is due, the window is idle, and the share of time allows it."""
        mailbox = self._mailbox
        due = mailbox.is_due(now + mailbox.lead) and now >= self._next
        return due and mailbox.screen_idle.is_set()

    def slice(self, run: Run, *, frames: bool = True) -> Callable[[], bool]:
        """Begin a slice of training; returns the function that says when it ends.

        ``frames``: it ends where a frame is due. Also sets the duration of the run's calls over
        many epochs.
        """
        start, frame_from = perf_counter(), self._next
        mailbox, lead = self._mailbox, self._mailbox.lead
        due_in = mailbox.due_in(start + lead)
        if due_in == math.inf:  # no frame is requested yet
            due_in = max(self.published + INTERVAL - start, LATE_CALL)
        seconds = min(max(due_in, frame_from - start, SHORTEST_CALL), LONGEST_CALL)
        run.set_call_seconds(seconds)
        until = start + min(SLICE, seconds / 2)  # one call, then another duration
        idle, commands, shares = mailbox.screen_idle, mailbox.commands, mailbox.needs_python

        def interrupted() -> bool:
            now = perf_counter()
            return (
                now > until
                or (shares and not idle.is_set())
                or not commands.empty()
                or (frames and now > frame_from and mailbox.is_due(now + lead))
            )

        return interrupted

    def note(self, start: float, begun: float) -> None:
        """Take note of a frame that was begun at this time, and at this thread_time."""
        self.published = perf_counter()
        self._mailbox.took(self.published - start)
        cost = thread_time() - begun  # without the time of other threads
        # Now and then the curve is thinned, which does not predict the cost of the next frame.
        self._cost = min(cost, 2 * self._cost) if self._cost else cost
        self._next = start + self._cost / SNAPSHOT_SHARE
