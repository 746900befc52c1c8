"""The window's side of the training thread."""

from PySide6.QtCore import QObject, Signal

from bpviz.core.kernels.engines import NUMPY
from bpviz.session.carry_out import carry_out
from bpviz.session.commands import Command, PublishFrame, Quit
from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox
from bpviz.session.scheduling.numba_loader import loaders
from bpviz.session.status import Status
from bpviz.session.worker import Worker


class Session(QObject):
    """Starts the training thread, sends it commands and holds its status and frames.

    ``send`` returns at once; the result arrives as a signal or a frame.
    """

    status_changed = Signal(object)
    frame_published = Signal()
    refused = Signal(str, str)
    described = Signal(str, str)
    speed_chosen = Signal(object)
    recent_changed = Signal(object)

    def __init__(self, parent: QObject | None = None, engine: str = NUMPY) -> None:
        """``engine``: numpy, numba or auto; see numba_loader.EngineChoice."""
        super().__init__(parent)
        self.mailbox = Mailbox()
        self.worker = Worker(self.mailbox, carry_out, self, engine)
        self.status = Status("empty")
        self.worker.status_changed.connect(self._note_status)
        self.worker.frame_published.connect(self.frame_published)
        self.worker.refused.connect(self.refused)
        self.worker.described.connect(self.described)
        self.worker.speed_chosen.connect(self.speed_chosen)
        self.worker.recent_changed.connect(self.recent_changed)
        self.worker.start()

    def send(self, command: Command) -> None:
        """Have the training thread carry out this command (see commands)."""
        if isinstance(command, PublishFrame):
            self.mailbox.ask(command.wants)
        self.mailbox.send(command)

    @property
    def edits_sent(self) -> int:
        """How many ApplyEdit commands were sent; see Frame.last_edit_applied."""
        return self.mailbox.edits

    @property
    def loads_sent(self) -> int:
        """How many commands that load a run, or cancel that, were sent; see
        Frame.last_load_done.
        """
        return self.mailbox.loads

    def take_frame(self) -> Frame | None:
        """The newest frame; None if it was taken already."""
        return self.mailbox.take()

    def close(self) -> None:
        """End the thread and wait for it."""
        self.mailbox.closing = True
        self.mailbox.screen_idle.set()
        self.send(Quit())
        self.worker.wait()
        for loader in loaders():
            loader.cancel()

    def _note_status(self, status: Status) -> None:
        self.status = status
        self.status_changed.emit(status)
