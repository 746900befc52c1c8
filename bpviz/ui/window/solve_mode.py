"""The mode "solve it yourself" in a window: its strip, its action, and what waits meanwhile."""

from typing import TYPE_CHECKING

from bpviz.session.frame import Frame

if TYPE_CHECKING:
    from bpviz.ui.panels.solve_it_yourself import SolveBar, Solving
    from bpviz.ui.window.main_window import MainWindow

WAITING = ("run", "step", "play_slowly", "reset", "new_seed")
"""Actions that train."""


class SolveMode:
    """Training waits while a person solves the problem by hand."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._solving: Solving | None = None
        self.bar: SolveBar | None = None

    @property
    def solving(self) -> "Solving":
        """The attempt; made when it is first asked for."""
        if self._solving is None:
            from bpviz.ui.panels.solve_it_yourself import (  # not needed before it is asked for
                SolveBar,
                Solving,
            )

            window = self._window
            bar = self.bar = SolveBar(theme=window.theme)
            editor, frame = window.by_hand.editor, window.current_frame
            self._solving = Solving(window.session, editor, window.settings, bar, window)
            window.add_strip(bar)
            self._solving.toggled.connect(self._show)
            self._solving.refused.connect(lambda said: window.message.say(said, "warning"))
            if frame is not None:
                self._solving.show_frame(frame)
        return self._solving

    @property
    def is_on(self) -> bool:
        """Whether a person solves the problem now."""
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
        """Remember the attempt: the window closes."""
        if self._solving is not None:
            self._solving.keep()

    def show_frame(self, frame: Frame) -> None:
        """Judge what is on screen."""
        if self._solving is not None:
            self._solving.show_frame(frame)
            self._offer_training()

    def _show(self, on: bool) -> None:
        window = self._window
        window.actions_by_name["solve"].setChecked(on)
        output = window.views["output"]
        output.set_choices({"solving": on})
        output.choices_changed.emit()
        if on:
            window.message.clear()
            window.bring("output")
        self._offer_training()

    def _offer_training(self) -> None:
        actions = self._window.actions_by_name
        for name in WAITING:
            actions[name].setEnabled(not self.is_on)
        if self.is_on:
            actions["back"].setEnabled(False)
        self._window.travel.timeline.setEnabled(not self.is_on)
