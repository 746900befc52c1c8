"""Sets the window up for a step of a lesson, and undoes the choices of the step before."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bpviz.core.values import BadValue, one_of
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Load
from bpviz.session.frame import Frame
from bpviz.sharing.shown import Shown
from bpviz.ui.panels.table import PANELS
from bpviz.ui.views.base import View
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.solve_mode import SolveMode
from bpviz.ui.window.start_choices import StartChoices
from bpviz.ui.window.step_controls import StepControls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpviz.lessons.model import LessonStep, StepSettings

SHOWN = ("experiment", *(panel.key for panel in PANELS), *VIEWS)
"""What a step can bring to the front."""


class Placed(NamedTuple):
    """What was set up last: a step, its experiment, and how many edits were sent until then."""

    step: "LessonStep"
    experiment: Experiment
    edits: int


class LessonSetup:
    """Applies a lesson's step: most of it at once, the rest when the step's run is on screen."""

    def __init__(
        self,
        window: WindowContext,
        parts: LazyViews,
        solve_mode: SolveMode,
        starts: StartChoices,
        steps: StepControls,
    ) -> None:
        self._window, self._parts, self._solve_mode = window, parts, solve_mode
        self._starts, self._steps = starts, steps
        self._loading: LessonStep | None = None
        self._load = 0
        """Which load is that of the step, see Frame.last_load_done."""
        self.placed: Placed | None = None
        self._chosen: dict[str, dict[str, Any]] = {}
        """Key of a view -> its choices before a step changed them."""
        self._reduced: tuple[Shown, Shown] | None = None
        """What the window showed before a lesson reduced it, and what it shows since then."""

    def set_up(self, step: "LessonStep") -> None:
        """Apply the experiment and the settings of a step."""
        window, state = self._window, step.state
        window.message.clear()
        self._solve_mode.stop()
        self._steps.grain_box.setCurrentText(state.grain)
        self._reduce(step.shown)
        self._choose(state)
        for key in reversed(state.show):
            self._bring(key)
        if step.experiment is not None:
            self._loading = step
            window.choose_speed_for(step.experiment.problem)
            by_hand = state.unchecked
            window.session.send(
                Load(step.experiment, edits=state.edits, epochs=state.epochs, by_hand=by_hand)
            )
            self._load = window.session.loads_sent
        self._starts.choose(state.speed)  # after loading: it is that of the new run

    @property
    def is_loading(self) -> bool:
        """Whether the run of a step was requested and is not on screen yet."""
        return self._loading is not None

    def pattern_of(self, frame: Frame) -> int | None:
        """The training pattern that the step chose, if this is its new run; None otherwise."""
        step, setup = self._loading, frame.setup
        if step is None or not self._shows(step, frame):
            return None
        if step.state.unchecked is None:
            return step.state.pattern
        try:
            return step.state.unchecked.row(len(setup.patterns.train))
        except BadValue as refusal:
            self._refuse(refusal)
            return None

    def show_frame(self, frame: Frame, *, new_run: bool) -> None:
        """If this is the run of the step, apply what depends on its network.

        Frames of runs that were requested before it may come first. Without a new run the step's
        was refused or cancelled.
        """
        step = self._loading
        if step is None or frame.last_load_done < self._load:
            return
        self._loading = None
        if new_run and self._shows(step, frame):
            self._apply(step, frame.setup)
            edits = self._window.session.edits_sent
            self.placed = Placed(step, frame.setup.experiment, edits)

    def _shows(self, step: "LessonStep", frame: Frame) -> bool:
        is_there = frame.last_load_done == self._load
        return is_there and frame.setup.experiment == step.experiment

    def _apply(self, step: "LessonStep", setup: PreparedExperiment) -> None:
        try:
            state = _checked(step.state, setup)
        except BadValue as refusal:
            self._refuse(refusal)
            return
        if state.look is not None:
            self._parts.microscope.look_at(state.look)
        if state.compare is not None:
            self._parts.comparing.compare(*state.compare)
            if (choices := state.choices.get("compare")) is not None:
                self._parts.comparing.choose(dict(choices))
                self._check("compare", choices)
        if state.solve:
            self._solve_mode.solving.begin_from(state.edits)

    def _reduce(self, shown: Shown | None) -> None:
        """Reduce the window as the step says; without a word from it undo an earlier step's."""
        window, reduced = self._window, self._reduced
        if reduced is not None and window.shown != reduced[1]:
            reduced = None  # the user changed it: theirs is kept
        before = window.shown if reduced is None else reduced[0]
        self._reduced = None
        if shown is None and reduced is not None:
            window.show_only(before)
        elif shown is not None:
            try:
                window.show_only(shown)
            except BadValue as refusal:
                self._refuse(refusal)
            else:
                self._reduced = before, window.shown

    def _choose(self, state: "StepSettings") -> None:
        """Set the choices of the step's views; the others get back what the user chose."""
        for key, before in self._chosen.items():
            if (view := self._parts.view(key)) is not None:
                view.set_choices(before)
        self._chosen = {}
        for key, choices in state.choices.items():
            view = self._parts.view(key)
            if view is None:
                self._refuse(BadValue("choices", key, f"views: {one_of(VIEWS)}"))
                continue
            if key == "compare":  # its choices depend on its runs
                continue
            now = view.choices()
            self._chosen[key] = {name: now[name] for name in choices if name in now}
            view.set_choices(dict(choices))
            self._check(key, choices)

    def _bring(self, key: str) -> None:
        if key in SHOWN:
            self._window.bring(key)
        else:
            self._refuse(BadValue("show", key, one_of(SHOWN)))

    def _check(self, key: str, choices: "Mapping[str, Any]") -> None:
        view = self._parts.view(key)
        if view is not None and (refusal := refused_choice(view, choices)) is not None:
            self._refuse(refusal)

    def _refuse(self, refusal: BadValue) -> None:
        self._window.message.say(f"The lesson's {refusal}", "warning")


def _checked(state: "StepSettings", setup: PreparedExperiment) -> "StepSettings":
    """The settings with what could be checked only now. Raises BadValue."""
    if (given := state.unchecked) is None:
        return state
    return replace(
        state, edits=given.edits(setup.network), look=given.reference(setup.network), unchecked=None
    )


def refused_choice(view: View, choices: "Mapping[str, Any]") -> BadValue | None:
    """The refusal of the first of these choices that a view does not have or take; None if it
    takes all, among them those that do not fit what it shows now.
    """
    now = view.choices()
    for name, value in choices.items():
        if name not in now:
            return BadValue(f"choices.{view.key}", name, one_of(now))
        if not _is_same(now[name], value):
            fresh = type(view)()
            usual = fresh.choices().get(name)
            fresh.set_choices({name: value})
            taken = _is_same(fresh.choices().get(name), value)
            fresh.deleteLater()
            if not taken:
                return BadValue(f"choices.{view.key}.{name}", value, f"a choice such as {usual!r}")
    return None


def _is_same(one: Any, other: Any) -> bool:
    return isinstance(one, str | int | float) and bool(one == other)
