"""Sets the window up as a step of a lesson says, and takes back what the step before chose."""

from typing import TYPE_CHECKING, Any

from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Load

if TYPE_CHECKING:
    from bpviz.lessons.model import LessonStep, StepSettings
    from bpviz.ui.window.main_window import MainWindow


class LessonSetup:
    """What a lesson's step does to a window: in part at once, in part when its run is there."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._awaited: LessonStep | None = None
        self._chosen: dict[str, dict[str, Any]] = {}
        """Key of a view -> what it was like before a step changed it."""

    def set_up(self, step: "LessonStep") -> None:
        """Take over the experiment and the state of a step."""
        window, state = self._window, step.state
        window.message.clear()
        window.solve_mode.stop()
        window.speed.set_speed(state.speed)
        window.travel.grain_box.setCurrentText(state.grain)
        self._choose(state)
        for key in reversed(state.show):
            window.bring(key)
        if step.experiment is not None:
            self._awaited = step
            window.session.send(Load(step.experiment, edits=state.edits, epochs=state.epochs))

    def show_run(self, setup: PreparedExperiment) -> None:
        """A new run is on screen: do what takes its network, if it is the step's."""
        step, self._awaited = self._awaited, None
        if step is None or setup.experiment != step.experiment:
            return
        window, state = self._window, step.state
        if state.look is not None:
            window.parts.microscope.show_place(state.look)
        if state.compare is not None:
            window.parts.comparing.compare(*state.compare)
            if (choices := state.choices.get("compare")) is not None:
                window.parts.comparing.choose(dict(choices))
        if state.solve:
            window.solve_mode.solving.begin_from(state.edits)

    def _choose(self, state: "StepSettings") -> None:
        """Views look as the step wants, and otherwise as a person had them."""
        for key, before in self._chosen.items():
            if (view := self._window.view(key)) is not None:
                view.set_choices(before)
        self._chosen = {}
        for key, choices in state.choices.items():
            view = self._window.view(key)
            if view is None or key == "compare":  # its choices depend on its runs
                continue
            now = view.choices()
            self._chosen[key] = {name: now[name] for name in choices if name in now}
            view.set_choices(dict(choices))
        if state.pattern is not None:
            self._window.choose_pattern(state.pattern)
