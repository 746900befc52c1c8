"""What passes between the training thread and the window besides signals."""

import math
import threading
from queue import SimpleQueue

import numpy as np

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Integers
from bpviz.session.commands import SUPERSEDES_LOADING, ApplyEdit, Command, Seek
from bpviz.session.frame import Frame

LONGEST_LEAD = 0.004
"""A frame is begun so long before it is due as frames took lately, but no more than this, s."""


class Mailbox:
    """Commands go one way, frames the other; only the newest frame is kept.

    The window says with ``ask`` that it could draw another frame, so that nothing is copied
    for a screen that has not caught up. While it draws, ``screen_idle`` is not set, and the
    training thread stands back if it needs Python's interpreter to train (``needs_python``):
    two Python threads would fight for it.

    ``halt`` (1,) is not 0 when a command has come since the thread last looked for one, and
    ``lead`` how long a frame took the thread lately, s. ``loads`` counts the commands sent that
    supersede loading, ``seeks`` and ``edits`` the Seek and ApplyEdit commands sent; ``closing``
    is set before the session ends.
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
        """Window: the next frame is welcome from then on (perf_counter), and should hold this.

        Who ``draws`` it sets ``screen_idle`` when that is done.
        """
        with self._lock:
            self._wants, self._from, self._draws, self._asked = wants, not_before, draws, True

    def is_due(self, now: float) -> bool:
        """Thread: whether the window waits for a frame now (perf_counter)."""
        return self._asked and now >= self._from

    def due_in(self, now: float) -> float:
        """Thread: seconds until the window waits for a frame, as far as is known now."""
        return max(self._from - now, 0.0) if self._asked else math.inf

    @property
    def wants(self) -> SnapshotRequest:
        """Thread: what the next frame should hold."""
        return self._wants

    def put(self, frame: Frame) -> None:
        """Thread: this is the newest frame."""
        with self._lock:
            if self._draws:  # from now on, not only when the window gets to it
                self.screen_idle.clear()
            self._frame, self._asked, self._draws = frame, False, False

    def took(self, seconds: float) -> None:
        """Thread: a frame took so long to make."""
        self.lead = min(0.75 * self.lead + 0.25 * seconds, LONGEST_LEAD)

    def take(self) -> Frame | None:
        """Window: the newest frame, if there is one that was not taken yet."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
