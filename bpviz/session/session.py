"""The window's side of the training thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bpviz.core.analysis.quantities import Quantity
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.run.cursor import Grain
from bpviz.core.run.edits import Edit
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Experiment
from bpviz.session.commands import (
    ApplyEdit,
    Cancel,
    Command,
    Configure,
    Describe,
    Load,
    Open,
    Pause,
    Play,
    PlaySlowly,
    PublishFrame,
    Quit,
    Reset,
    Seek,
    SetSpeed,
    StepBy,
    StepEpochs,
    StopFilling,
    Unwatch,
    Watch,
)
from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox
from bpviz.session.scheduling.numba_loader import NUMBA_LOADER
from bpviz.session.worker import Status, Worker

if TYPE_CHECKING:
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe


class Session(QObject):
    """Starts the training thread, passes commands to it and hands out its frames.

    Every method returns at once; what came of it arrives as a signal or a frame.
    """

    status_changed = Signal(object)
    frame_published = Signal()
    refused = Signal(str, str)
    described = Signal(str, str)

    def __init__(self, parent: QObject | None = None, engine: str = NUMPY) -> None:
        """``engine``: numpy, numba or auto; see compiler.EngineChoice."""
        super().__init__(parent)
        self.mailbox = Mailbox()
        self.worker = Worker(self.mailbox, self, engine)
        self.status = Status("empty")
        self._edits = 0
        self._waiting: list[Status] | None = None
        self.worker.status_changed.connect(self._note_status)
        self.worker.frame_published.connect(self.frame_published)
        self.worker.refused.connect(self.refused)
        self.worker.described.connect(self.described)
        self.worker.start()

    def load(
        self,
        experiment: Experiment,
        *,
        play: bool = False,
        edits: tuple[Edit, ...] = (),
        epochs: int = 0,
        at: "ExactCheckpoint | ReplayRecipe | None" = None,
    ) -> None:
        """Show this experiment at epoch 0, change it by hand, train so many epochs, or play.

        ``at``: at this instant instead of epoch 0.
        """
        self._supersede(Load(experiment, play, edits, epochs, at))

    def open(self, problem: str, seed: int = 0) -> None:
        """Load a problem, by name or as a CSV file, and show what suits it at epoch 0."""
        self._supersede(Open(problem, seed))

    def cancel(self) -> None:
        """Give up the loading under way; the run before it goes on."""
        self._supersede(Cancel())

    def configure(self, experiment: Experiment) -> None:
        """Take over the fields that may change while training."""
        self._send(Configure(experiment))

    def edit(self, edit: Edit) -> int:
        """Change something by hand (see core.edits), also while training.

        A frame with the change follows, also at rest; ``refused`` if it does not fit. Returns
        the number by which frames say that it is done (see Frame.obeyed).
        """
        self._edits += 1
        self._send(ApplyEdit(edit, self._edits))
        return self._edits

    def play(self) -> None:
        """Train."""
        self._send(Play())

    def pause(self) -> None:
        """Stop after the present update."""
        self._send(Pause())

    def step(self, epochs: int = 1) -> None:
        """Train so many epochs, then pause."""
        self._send(StepEpochs(epochs))

    def go(self, grain: Grain, *, back: bool = False) -> None:
        """Go one phase, pattern, update or epoch forward or back, then pause.

        In the past, forward repeats what happened there.
        """
        self._send(StepBy(grain, back))

    def play_slowly(self) -> None:
        """Go forward phase by phase, at the speed's pace, until paused."""
        self._send(PlaySlowly())

    def seek(self, epoch: int) -> None:
        """Go to an epoch that was recorded; asked again before it is there, to the newer one."""
        self.mailbox.seeks += 1
        self._send(Seek(epoch))

    def reset(self) -> None:
        """Back to epoch 0 and the same initial weights."""
        self._send(Reset())

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Train at this speed; None is as fast as possible."""
        self._send(SetSpeed(epochs_per_second))

    def look(self, wants: SnapshotRequest) -> None:
        """Have a frame published that holds this, also at rest."""
        self.mailbox.ask(wants)
        self._send(PublishFrame())

    def describe(self) -> None:
        """Have ``described`` say the link text of the present instant; ``refused`` if too long."""
        self._send(Describe())

    def watch(self, *quantities: Quantity) -> None:
        """Follow these over the epochs; ``refused`` if that cannot be.

        What they were before is filled in meanwhile, by repeating the training.
        """
        self._send(Watch(quantities))

    def unwatch(self, *quantities: Quantity) -> None:
        """Follow these no longer."""
        self._send(Unwatch(quantities))

    def stop_filling(self) -> None:
        """Leave the past of what is followed as far as it is known."""
        self._send(StopFilling())

    def take_frame(self) -> Frame | None:
        """The newest frame that was not taken yet."""
        return self.mailbox.take()

    def hold_status(self) -> None:
        """Tell of no status until ``release_status``: a frame that came before is not shown yet."""
        self._waiting = self._waiting or []

    def release_status(self) -> None:
        """Tell of every status that came meanwhile."""
        came, self._waiting = self._waiting or [], None
        for status in came:
            self._note_status(status)

    def close(self) -> None:
        """End the thread and wait for it."""
        self.mailbox.closing = True
        self.mailbox.screen_idle.set()
        self._supersede(Quit())
        self.worker.wait()
        NUMBA_LOADER.give_up()

    def _send(self, command: Command) -> None:
        self.mailbox.send(command)

    def _supersede(self, command: Command) -> None:
        self.mailbox.loads += 1
        self._send(command)

    def _note_status(self, status: Status) -> None:
        if self._waiting is not None:
            self._waiting.append(status)
            return
        self.status = status
        self.status_changed.emit(status)
