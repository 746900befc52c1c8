"""The window of the race, made when it is first opened."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.experiment import Experiment
from bpviz.session.commands import Load
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.base import View
from bpviz.ui.window.context import WindowContext

if TYPE_CHECKING:
    from bpviz.lessons.model import LessonStep
    from bpviz.ui.race.window import RaceWindow


class RaceWindowController:
    """Opens the window of the race, and in the main window the networks that raced."""

    def __init__(
        self, window: WindowContext, lesson_place: Callable[[], QRect | None] = lambda: None
    ) -> None:
        """``lesson_place`` returns where on the screen the lesson is read."""
        self._window, self._lesson_place = window, lesson_place
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
        """Show the window with the race of a lesson's step entered, but not started."""
        if step.experiment is not None and step.race is not None:
            race = self._show(step.experiment, None)
            race.propose(step.race)
            self._put_beside_lesson(race)

    def _show(self, experiment: Experiment, patterns: PatternSet | None) -> "RaceWindow":
        from bpviz.ui.race.window import RaceWindow  # imported on first use

        if self._race is None:
            self._race = RaceWindow(self._window.theme, self._window.widget)
            self._race.opened.connect(self._open_network)
        self._race.set_experiment(experiment, patterns)
        self._race.show()
        self._race.raise_()
        self._race.activateWindow()
        return self._race

    def _put_beside_lesson(self, race: "RaceWindow") -> None:
        """Put the window where it leaves the lesson readable, if the screen has room for both."""
        lesson, room = self._lesson_place(), self._window.widget.screen().availableGeometry()
        if lesson is None or not race.frameGeometry().intersects(lesson):
            return
        left = lesson.right() + 1
        width = min(race.width(), room.right() - left)
        if width >= race.minimumSizeHint().width():
            race.resize(width, race.height())
            race.move(left, max(race.y(), room.top()))

    def _open_network(self, experiment: Experiment, epochs: int) -> None:
        """Show a network of the race in the main window, after this many epochs."""
        window = self._window
        window.message.clear()
        window.session.send(Load(experiment, epochs=epochs))
        window.widget.raise_()
        window.widget.activateWindow()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if self._race is not None:
            self._race.set_theme(theme)

    def end(self) -> None:
        """End a race that is running, before the main window closes."""
        if self._race is not None:
            self._race.shut_down()
