"""The choices of how runs start: at a speed to watch, and with a pause when solved."""

from bpviz.session.commands import ChooseSpeed, PauseWhenSolved
from bpviz.session.session import Session
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.actions import ActionRow, Actions
from bpviz.ui.window.speed_control import SpeedControl

CHOICES = (Actions.choose_speed, Actions.pause_solved)
"""Their names are also keys of the settings; both are on at first."""


class StartChoices:
    """Tells the session the user's choices, and lets it choose the speed of a new problem.

    A speed that the user or a lesson chooses stays until another problem is opened.
    """

    def __init__(self, session: Session, settings: Settings, speed: SpeedControl) -> None:
        self._session, self._settings, self._speed = session, settings, speed
        self._problem: str | None = None
        session.speed_chosen.connect(speed.show_speed)

    def connect_actions(self, actions: Actions) -> None:
        """Connect the actions of both choices."""
        for row in CHOICES:
            actions[row].setCheckable(True)
            actions[row].setChecked(self._is_on(row))
            actions[row].toggled.connect(lambda on, row=row: self._set(row, on))
        self._session.send(PauseWhenSolved(self._is_on(Actions.pause_solved)))

    def choose_for(self, problem: str) -> None:
        """Have a speed chosen that suits the run, if this is another problem."""
        if problem != self._problem and self._is_on(Actions.choose_speed):
            self._session.send(ChooseSpeed())
        self._problem = problem

    def note_problem(self, problem: str) -> None:
        """The run of this problem that comes brings its speed."""
        self._problem = problem

    def choose(self, speed: float | None) -> None:
        """Use this speed; None: the one that suits the run, or as fast as possible."""
        if speed is None and self._is_on(Actions.choose_speed):
            self._session.send(ChooseSpeed())
        else:
            self._speed.set_speed(speed)

    def _is_on(self, row: ActionRow) -> bool:
        return self._settings.whole(row.name, 1) != 0

    def _set(self, row: ActionRow, on: bool) -> None:
        self._settings.set(row.name, on)
        self._settings.save()
        if row is Actions.pause_solved:
            self._session.send(PauseWhenSolved(on))
        elif on:
            self._session.send(ChooseSpeed())
        else:
            self._speed.set_speed(self._speed.speed)
