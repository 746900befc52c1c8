"""Stepping through a run forward and back: the grain, the actions, the timeline."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox

from bpviz.core.run.cursor import GRAINS, Grain
from bpviz.experiment.experiment import Experiment
from bpviz.session.commands import Pause, Seek, StepBy, StepEpochs
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.status import Status
from bpviz.ui.panels.timeline import TimelineStrip
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.window.actions import Actions, describe
from bpviz.ui.window.speed_control import SpeedControl

TIPS: dict[Grain, str] = {
    "phase": "one phase of one pattern: present, forward, compare, backward, add, update",
    "pattern": "one pattern: all its phases, and the update after the last one",
    "update": "one update: all patterns of a batch",
    "epoch": "one epoch: every pattern once",
}


class StepControls(QObject):
    """The choice of the grain, the timeline, and the actions step, back and play slowly."""

    settings_changed = Signal(object)
    """An Experiment: the settings of the instant that a seek reached."""

    play_wanted = Signal()
    """The run should go on phase by phase."""

    stepped = Signal()
    """A step forward was requested."""

    def __init__(self, session: Session, speed: SpeedControl, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._speed = session, speed
        self.grain_box = named(QComboBox(), "step_grain", "What Step and Back go by")
        self.grain_box.setAccessibleName("Grain of a step")
        self.grain_box.addItems(list(GRAINS))
        self.grain_box.setCurrentText("epoch")
        self.timeline = TimelineStrip()
        self.timeline.sought.connect(lambda epoch: session.send(Seek(epoch)))
        self.grain_box.currentTextChanged.connect(self._describe)
        self._actions: Actions
        self._moves = 0
        self._last: Experiment | None = None

    @property
    def grain(self) -> Grain:
        """The grain of a step."""
        return GRAINS[self.grain_box.currentIndex()]

    def connect_actions(self, actions: Actions) -> None:
        """Connect the actions step, back and play_slowly."""
        self._actions = actions
        actions.step.triggered.connect(lambda: self._go(back=False))
        actions.back.triggered.connect(lambda: self._go(back=True))
        actions.play_slowly.setCheckable(True)
        actions.play_slowly.triggered.connect(self._play_slowly)
        self._describe()

    def show_frame(self, frame: Frame) -> None:
        """Show this instant; emit ``settings_changed`` if a seek changed the settings."""
        self.timeline.show_frame(frame)
        experiment, last = frame.setup.experiment, self._last
        self._actions.back.setEnabled(
            frame.snapshot.epoch > 0 or frame.snapshot.update > 0 or _is_inside(frame)
        )
        gone = frame.timeline.moves != self._moves
        self._moves, self._last = frame.timeline.moves, experiment
        if gone and last is not None and experiment != last:
            self.settings_changed.emit(experiment)

    def show_status(self, status: Status) -> None:
        """Show whether the run goes phase by phase."""
        self._speed.set_unit("phase" if status.slowly else "epoch")
        self._actions.play_slowly.setChecked(status.slowly)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.timeline.set_theme(theme)

    def _go(self, *, back: bool) -> None:
        if self.grain == "epoch" and not back:
            self._session.send(StepEpochs())
        else:
            self._session.send(StepBy(self.grain, back=back))
        if not back:
            self.stepped.emit()

    def _play_slowly(self, on: bool) -> None:
        if on:
            self.play_wanted.emit()
            self.show_status(self._session.status)  # it may not have begun
        else:
            self._session.send(Pause())

    def _describe(self) -> None:
        tip = TIPS[self.grain]
        self._actions.step.setText(f"&Step one {self.grain}")
        self._actions.step.setIconText("Step")
        describe(self._actions.step, f"Forward by {tip}")
        self._actions.back.setText(f"&Back one {self.grain}")
        self._actions.back.setIconText("Back")
        describe(self._actions.back, f"Back by {tip}")


def _is_inside(frame: Frame) -> bool:
    cursor = frame.snapshot.cursor
    return cursor is not None and cursor.position > 0
