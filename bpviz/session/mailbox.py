"""What passes between the training thread and the window besides signals."""

import threading
from queue import SimpleQueue

from bpviz.core.snapshot import Wants
from bpviz.session.commands import Command
from bpviz.session.frame import Frame


class Mailbox:
    """Commands go one way, frames the other; only the newest frame is kept.

    The window says with ``ask`` that it could draw another frame, so that nothing is copied
    for a screen that has not caught up. While it draws, ``screen_idle`` is not set, and the
    training thread stands back: two Python threads would fight for the interpreter.

    ``loads`` counts what ends a loading under way (newer loads, a cancel, the end), and
    ``closing`` says that the end is near.
    """

    def __init__(self) -> None:
        self.commands: SimpleQueue[Command] = SimpleQueue()
        self.screen_idle = threading.Event()
        self.screen_idle.set()
        self.loads = 0
        self.closing = False
        self._wants = Wants()
        self._asked = False
        self._frame: Frame | None = None
        self._lock = threading.Lock()

    def ask(self, wants: Wants) -> None:
        """Window: the next frame is welcome, and should hold this."""
        with self._lock:
            self._wants, self._asked = wants, True

    @property
    def asked(self) -> bool:
        """Thread: whether the window waits for a frame."""
        return self._asked

    @property
    def wants(self) -> Wants:
        """Thread: what the next frame should hold."""
        return self._wants

    def put(self, frame: Frame) -> None:
        """Thread: this is the newest frame."""
        with self._lock:
            self._frame, self._asked = frame, False

    def take(self) -> Frame | None:
        """Window: the newest frame, if there is one that was not taken yet."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
