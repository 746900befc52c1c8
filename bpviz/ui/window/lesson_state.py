"""Whether the window shows the step of the lesson that is read, and what is done about it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bpviz.session.commands import Recall
from bpviz.session.frame import Frame
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.lesson_setup import LessonSetup

if TYPE_CHECKING:
    from bpviz.lessons.model import LessonStep
    from bpviz.session.recording.recent_runs import RecentRun


class LessonState:
    """Sets a step up that the user goes to, unless the run on screen is the user's own.

    A run is the user's own if it was trained or changed, except for training the step that was
    set up last. Own runs that a step has replaced are offered back.
    """

    def __init__(
        self,
        window: WindowContext,
        parts: LazyViews,
        lesson_setup: LessonSetup,
        panel: ExperimentPanel,
    ) -> None:
        self._window, self._parts, self._setup, self._panel = window, parts, lesson_setup, panel
        self._replacing = -1
        self._own: RecentRun | None = None
        self._shown: tuple[bool, str, str] | None = None
        window.session.recent_changed.connect(self._note_recent)

    def go_to(self, step: "LessonStep") -> None:
        """The user has gone to this step."""
        if step.experiment is None or not self._is_own:
            self.set_up(step)
        else:
            self.refresh()

    def set_up(self, step: "LessonStep") -> None:
        """Set this step up, whatever the window shows."""
        frame = self._window.current_frame
        if self._is_own and step.experiment is not None and frame is not None:
            self._replacing = frame.setup.run_id
        self._setup.set_up(step)
        self.refresh()

    def bring_back(self) -> None:
        """Bring the user's own run back."""
        own, self._own = self._own, None
        if own is not None:
            self._window.session.send(Recall(own.run_id))

    def refresh(self) -> None:
        """Say in the panel, if it is made, whether the window shows its step."""
        panel = self._parts.made_lesson
        if panel is None or panel.step is None:
            return
        why = self._why_not(panel.step)
        own = f"run of {self._own.name}, {self._own.instant}" if self._own is not None else ""
        state = not why, why, own
        if state != self._shown:
            self._shown = state
            panel.show_state(is_set_up=not why, note=why, own_run=own)

    # -- judging ---------------------------------------------------------------------------

    @property
    def _is_own(self) -> bool:
        """Whether the run on screen is the user's own, or changes of the user wait for a run."""
        frame = self._window.current_frame
        if frame is None or self._setup.is_loading:
            return False
        if self._panel.has_changes:
            return True
        return frame.kept and not self._is_as_placed(frame)

    def _is_as_placed(self, frame: Frame) -> bool:
        """Whether the run is that of the step set up last, trained perhaps, but not changed.

        Another seed is no change, nor is what is set by hand where the step is about that.
        """
        placed = self._setup.placed
        if placed is None:
            return False
        here = replace(frame.setup.experiment, seed=placed.experiment.seed)
        untouched = placed.step.state.solve or self._window.session.edits_sent == placed.edits
        return here == placed.experiment and untouched

    def _why_not(self, step: "LessonStep") -> str:
        """Why the window does not show this step; empty if it does."""
        frame, placed = self._window.current_frame, self._setup.placed
        if step.experiment is None or frame is None or self._setup.is_loading:
            return ""
        same_problem = frame.setup.experiment.problem == step.experiment.problem
        if same_problem and placed is not None and placed.step is step:
            if self._panel.has_changes:
                return "Not as set up: changes in Experiment wait for a new run."
            return "" if self._is_as_placed(frame) else "Changed since it was set up."
        name = frame.setup.patterns.name
        shown = f"your run of {name}" if self._is_own else f"another run of {name}"
        return f"This step is not set up: the window shows {shown}."

    # -- what the session says -------------------------------------------------------------

    def _note_recent(self, rows: "tuple[RecentRun, ...]") -> None:
        """Note the own run that the step has replaced; forget one that is not kept any more."""
        taken = next((row for row in rows if row.run_id == self._replacing), None)
        if taken is not None:
            self._own, self._replacing = taken, -1
        elif self._own not in rows:
            self._own = None
        self.refresh()
