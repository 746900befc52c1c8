"""Sets the window up for a step of a lesson, and undoes the choices of the step before."""

from typing import TYPE_CHECKING, Any

from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Load
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.solve_mode import SolveMode
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.step_controls import StepControls

if TYPE_CHECKING:
    from bpviz.lessons.model import LessonStep, StepSettings


class LessonSetup:
    """Applies a lesson's step: most of it at once, the rest when the step's run is on screen."""

    def __init__(
        self,
        window: WindowContext,
        parts: LazyViews,
        solve_mode: SolveMode,
        speed: SpeedControl,
        steps: StepControls,
    ) -> None:
        self._window, self._parts, self._solve_mode = window, parts, solve_mode
        self._speed, self._steps = speed, steps
        self._loading: LessonStep | None = None
        self._pattern: int | None = None
        self._chosen: dict[str, dict[str, Any]] = {}
        """Key of a view -> its choices before a step changed them."""

    def set_up(self, step: "LessonStep") -> None:
        """Apply the experiment and the settings of a step."""
        window, state = self._window, step.state
        window.message.clear()
        self._solve_mode.stop()
        self._speed.set_speed(state.speed)
        self._steps.grain_box.setCurrentText(state.grain)
        self._choose(state)
        for key in reversed(state.show):
            window.bring(key)
        if step.experiment is not None:
            self._loading = step
            window.session.send(Load(step.experiment, edits=state.edits, epochs=state.epochs))

    def take_pattern(self) -> int | None:
        """The training pattern that the step chose for its run; None once it is taken."""
        pattern, self._pattern = self._pattern, None
        return pattern

    def show_run(self, setup: PreparedExperiment) -> None:
        """A new run is on screen: if it is the step's, apply what depends on its network."""
        step, self._loading = self._loading, None
        if step is None or setup.experiment != step.experiment:
            return
        state = step.state
        if state.look is not None:
            self._parts.microscope.look_at(state.look)
        if state.compare is not None:
            self._parts.comparing.compare(*state.compare)
            if (choices := state.choices.get("compare")) is not None:
                self._parts.comparing.choose(dict(choices))
        if state.solve:
            self._solve_mode.solving.begin_from(state.edits)

    def _choose(self, state: "StepSettings") -> None:
        """Set the choices of the step's views; the others get back what the user chose."""
        for key, before in self._chosen.items():
            if (view := self._parts.view(key)) is not None:
                view.set_choices(before)
        self._chosen = {}
        for key, choices in state.choices.items():
            view = self._parts.view(key)
            if view is None or key == "compare":  # its choices depend on its runs
                continue
            now = view.choices()
            self._chosen[key] = {name: now[name] for name in choices if name in now}
            view.set_choices(dict(choices))
        if state.pattern is not None:
            self._pattern = state.pattern
