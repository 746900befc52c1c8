"""The race of a main window: its own window, made when it is first asked for."""

from typing import TYPE_CHECKING

from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.experiment import Experiment
from bpviz.session.commands import Load
from bpviz.ui.views.base import View

if TYPE_CHECKING:
    from bpviz.lessons.model import LessonStep
    from bpviz.ui.race.window import RaceWindow
    from bpviz.ui.window.main_window import MainWindow


class RaceWindowController:
    """Opens the window of the race, and in the main window the networks that raced."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._race: RaceWindow | None = None

    @property
    def views(self) -> list[View]:
        """The race as a view, if there was one."""
        race = self._race
        return [] if race is None or race.view.standings is None else [race.view]

    def open(self, experiment: Experiment) -> None:
        """Show the window in which many seeds and variants of this experiment race."""
        frame = self._window.current_frame
        self._show(experiment, frame.setup.patterns if frame else None)

    def open_step(self, step: "LessonStep") -> None:
        """Show it filled in as a step of a lesson says; a person starts the race."""
        if step.experiment is not None and step.race is not None:
            self._show(step.experiment, None).fields.propose(step.race)

    def _show(self, experiment: Experiment, patterns: PatternSet | None) -> "RaceWindow":
        from bpviz.ui.race.window import RaceWindow  # not needed before it is asked for

        window = self._window
        if self._race is None:
            self._race = RaceWindow(window.theme, window)
            self._race.opened.connect(self._open_network)
        self._race.set_experiment(experiment, patterns)
        self._race.show()
        self._race.raise_()
        self._race.activateWindow()
        return self._race

    def _open_network(self, experiment: Experiment, epochs: int) -> None:
        """Show this experiment after so many epochs: a network of the race."""
        window = self._window
        window.message.clear()
        window.session.send(Load(experiment, epochs=epochs))
        window.raise_()
        window.activateWindow()

    def set_theme(self) -> None:
        """Use the main window's colours from now on."""
        if self._race is not None:
            self._race.set_theme(self._window.theme)

    def end(self) -> None:
        """End a race that goes on: the main window closes."""
        if self._race is not None:
            self._race.shut_down()
