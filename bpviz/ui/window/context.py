"""What the parts of the main window need of it."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from bpviz.experiment.experiment import Experiment
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.message_bar import MessageBar


class WindowContext(Protocol):
    """The main window as its parts see it."""

    session: Session
    settings: Settings
    theme: Theme

    message: MessageBar
    """The bar above the network, for errors, warnings and offers."""

    @property
    def widget(self) -> QWidget:
        """The window itself, as the parent of dialogs."""
        ...

    @property
    def current_frame(self) -> Frame | None:
        """The frame on screen; None before the first one."""
        ...

    def bring(self, key: str) -> None:
        """Show the dock of this key, in front of those that share its place."""
        ...

    def load(self, experiment: Experiment) -> None:
        """Start a new run of this experiment at epoch 0."""
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


class Themed(Protocol):
    """A part of the window that has colours."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        ...
