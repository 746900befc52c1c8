"""The mode "solve it yourself" in a window: its strip, its action, and what it disables."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpviz.session.frame import Frame
from bpviz.ui.panels.timeline import TimelineStrip
from bpviz.ui.panels.undoable_edits import Editor
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.views.base import View
from bpviz.ui.window.actions import Actions
from bpviz.ui.window.context import WindowContext

if TYPE_CHECKING:
    from bpviz.ui.panels.solve_it_yourself import SolveBar, Solving

TRAINING_ACTIONS = (
    Actions.run, Actions.step, Actions.play_slowly, Actions.reset, Actions.new_seed,
)  # fmt: skip
"""Actions that are disabled while the mode is on."""


class SolveMode:
    """Disables training while the user solves the problem by hand.

    ``add_strip`` puts the mode's strip above the network; ``output`` is the view of the outputs.
    """

    def __init__(
        self,
        window: WindowContext,
        editor: Editor,
        timeline: TimelineStrip,
        output: View,
        add_strip: Callable[[FrameWidget], None],
    ) -> None:
        self._window, self._editor, self._timeline = window, editor, timeline
        self._output, self._add_strip = output, add_strip
        self._actions: Actions
        self._solving: Solving | None = None
        self.bar: SolveBar | None = None

    def connect_actions(self, actions: Actions) -> None:
        """Toggle the mode with the action solve."""
        self._actions = actions
        actions.solve.setCheckable(True)
        actions.solve.triggered.connect(self.toggle)

    @property
    def solving(self) -> "Solving":
        """The attempt, made on first use."""
        if self._solving is None:
            from bpviz.ui.panels.solve_it_yourself import SolveBar, Solving  # imported on first use

            window = self._window
            bar = self.bar = SolveBar(theme=window.theme)
            self._solving = Solving(
                window.session, self._editor, window.settings, bar, window.widget
            )
            self._add_strip(bar)
            self._solving.toggled.connect(self._show)
            self._solving.refused.connect(lambda reason: window.message.say(reason, "warning"))
            if window.current_frame is not None:
                self._solving.show_frame(window.current_frame)
        return self._solving

    @property
    def is_on(self) -> bool:
        """Whether the user solves the problem now."""
        return self._solving is not None and self._solving.is_on

    def toggle(self) -> None:
        """Begin, or leave."""
        if self.solving.is_on:
            self.solving.leave()
        else:
            self.solving.begin()

    def stop(self) -> None:
        """Leave if it is on."""
        if self._solving is not None:
            self._solving.leave()

    def keep(self) -> None:
        """Save the attempt before the window closes."""
        if self._solving is not None:
            self._solving.keep()

    def show_frame(self, frame: Frame) -> None:
        """Judge the attempt at this instant."""
        if self._solving is not None:
            self._solving.show_frame(frame)
            self._enable_training()

    def _show(self, on: bool) -> None:
        self._actions.solve.setChecked(on)
        self._output.set_choices({"solving": on})
        self._output.choices_changed.emit()
        if on:
            self._window.message.clear()
            self._window.bring("output")
        self._enable_training()

    def _enable_training(self) -> None:
        for row in TRAINING_ACTIONS:
            self._actions[row].setEnabled(not self.is_on)
        if self.is_on:
            self._actions.back.setEnabled(False)
        self._timeline.setEnabled(not self.is_on)
