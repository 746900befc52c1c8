"""The mailbox between the window and the training thread: commands in, the newest frame out."""

import math
import threading
from queue import SimpleQueue

import numpy as np

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Integers
from bpviz.session.commands import SUPERSEDES_LOADING, ApplyEdit, Command, Seek
from bpviz.session.frame import Frame

LONGEST_LEAD = 0.004
"""Longest lead, s: the time before a frame is due at which the thread begins to make it."""


class Mailbox:
    """Holds the commands not yet carried out and the newest frame; older frames are dropped.

    The window requests a frame with ``ask``, so that nothing is copied before it can draw again.
    ``screen_idle`` is cleared while the window draws: the training thread then waits if it needs
    the interpreter to train (``needs_python``), because two Python threads would share it.

    halt       (1,); not 0 if a command was sent since the thread last took one.
    lead       how long the thread took to make recent frames, s.
    loads      number of commands sent that supersede loading.
    seeks      number of Seek commands sent.
    edits      number of ApplyEdit commands sent.
    closing    True once the session is being closed.
    """

    def __init__(self) -> None:
        self.commands: SimpleQueue[Command] = SimpleQueue()
        self.halt: Integers = np.zeros(1, dtype=np.int64)
        self.screen_idle = threading.Event()
        self.screen_idle.set()
        self.loads = self.seeks = self.edits = 0
        self.lead = 0.0
        self.closing = False
        self._wants = SnapshotRequest()
        self._asked = False
        self._from = 0.0
        self._draws = False
        self.needs_python = True
        self._frame: Frame | None = None
        self._lock = threading.Lock()

    def send(self, command: Command) -> None:
        """Window: queue this command; compiled code that is running returns early for it."""
        self.loads += isinstance(command, SUPERSEDES_LOADING)
        self.seeks += isinstance(command, Seek)
        self.edits += isinstance(command, ApplyEdit)
        self.commands.put(command)
        self.halt[0] = 1

    def ask(self, wants: SnapshotRequest, not_before: float = 0.0, *, draws: bool = False) -> None:
        """Window: request a frame that holds this, not before that time (perf_counter).

        ``draws``: the frame clears ``screen_idle``, and the window sets it after drawing.
        """
        with self._lock:
            self._wants, self._from, self._draws, self._asked = wants, not_before, draws, True

    def is_due(self, now: float) -> bool:
        """Thread: whether a requested frame is due at this time (perf_counter)."""
        return self._asked and now >= self._from

    def due_in(self, now: float) -> float:
        """Thread: seconds until the requested frame is due; inf without a request."""
        return max(self._from - now, 0.0) if self._asked else math.inf

    @property
    def wants(self) -> SnapshotRequest:
        """Thread: what the next frame must hold."""
        return self._wants

    def put(self, frame: Frame) -> None:
        """Thread: publish this frame."""
        with self._lock:
            if self._draws:  # at once, not when the window takes the frame
                self.screen_idle.clear()
            self._frame, self._asked, self._draws = frame, False, False

    def took(self, seconds: float) -> None:
        """Thread: note how long a frame took to make."""
        self.lead = min(0.75 * self.lead + 0.25 * seconds, LONGEST_LEAD)

    def take(self) -> Frame | None:
        """Window: the newest frame; None if it was taken already."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
