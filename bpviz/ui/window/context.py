"""What the parts of the main window need of it."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from bpviz.experiment.experiment import Experiment
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.sharing.shown import Shown
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.message_bar import MessageBar
from bpviz.ui.window.actions import Actions
from bpviz.ui.window.frame_clock import FrameClock
from bpviz.ui.window.speed_control import SpeedControl


class WindowContext(Protocol):
    """The main window as its parts see it."""

    session: Session
    settings: Settings
    theme: Theme

    message: MessageBar
    """The bar over the lower end of the network, for errors, warnings and offers."""

    @property
    def widget(self) -> QWidget:
        """The window itself, as the parent of dialogs."""
        ...

    @property
    def current_frame(self) -> Frame | None:
        """The frame on screen; None before the first one."""
        ...

    @property
    def shown_pattern(self) -> int:
        """The row of the training pattern that fills the network."""
        ...

    @property
    def shown(self) -> Shown:
        """What the window is reduced to."""
        ...

    def show_only(self, shown: Shown) -> None:
        """Reduce the window to this. Raises BadValue for an unknown panel or field."""
        ...

    def bring(self, key: str) -> None:
        """Show the dock of this key, also a hidden one, in front of those that share its place."""
        ...

    def load(self, experiment: Experiment, *, own: bool = False) -> None:
        """Start a new run of this experiment at epoch 0; ``own``: the user has made it."""
        ...

    def choose_speed_for(self, problem: str) -> None:
        """Have a speed chosen that suits the run, if this is another problem."""
        ...

    def say(self, text: str, milliseconds: int = 8000) -> None:
        """Show a text in the status bar for a while."""
        ...

    def select_pattern(self, row: int) -> None:
        """Show this training pattern in every view."""
        ...


class Lender(WindowContext, Protocol):
    """The main window as one sees it that shows its views elsewhere."""

    actions_by_name: Actions
    clock: FrameClock
    speed: SpeedControl

    def lend_view(self, key: str) -> QWidget:
        """The view of this key, for another window until ``take_back_view``."""
        ...

    def take_back_view(self, key: str, view: QWidget) -> None:
        """Put the view where it was."""
        ...

    def take_back_message(self) -> None:
        """Show messages here again, and frames in all views."""
        ...


class Themed(Protocol):
    """A part of the window that has colours."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        ...
