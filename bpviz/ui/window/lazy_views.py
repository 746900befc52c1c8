"""The views and panels: those in front are made at once, the others when they are needed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtWidgets import QMenu, QWidget

from bpviz.core.run.quantities import Quantity
from bpviz.session.commands import StopFilling, Unwatch, Watch
from bpviz.ui.panels.table import (
    BY_HAND,
    FOLLOW_ALL,
    FOLLOW_UNITS,
    LESSON,
    MICROSCOPE,
    PANELS,
    PICTURED,
)
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.lazy_parts import LazyParts
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.views.base import View
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.hover import Element
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.docks import CENTRE, Docks, is_in_front
from bpviz.ui.window.frame_clock import FrameClock
from bpviz.ui.window.key_focus import focus_buttons_by_tab
from bpviz.ui.window.raise_on_click import RaiseOnClick

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.ui.panels.lessons.lesson import LessonPanel
    from bpviz.ui.panels.microscope.panel import MicroscopePanel
    from bpviz.ui.window.comparison_controller import ComparisonController


def _lessons() -> "tuple[Lesson, ...]":
    """The shipped lessons; their modules are imported on first use."""
    from bpviz.lessons.loader import all_lessons

    return all_lessons()


class LazyViews(QObject):
    """Makes the views and panels of the window and connects them to it.

    ``views`` are those that are made, by key; ``late`` makes the rest.
    """

    step_wanted = Signal(object)
    """The window should be set up for this LessonStep."""

    step_moved = Signal(object)
    """The user went to this LessonStep."""

    step_shown = Signal()
    """The lesson panel shows another step."""

    lesson_beside_wanted = Signal()
    """The lesson panel should be put beside the experiment panel, or back."""

    lesson_made = Signal(object)
    """The LessonPanel, when it is made."""

    own_run_wanted = Signal()
    """The run that a lesson replaced should be brought back."""

    race_wanted = Signal(object)
    """The race of this LessonStep should be opened."""

    def __init__(self, window: WindowContext) -> None:
        super().__init__(window.widget)
        self._window = window
        self.views: dict[str, View] = {
            key: row.load()(theme=window.theme) for key, row in VIEWS.items() if is_in_front(key)
        }
        self._panels: dict[str, Pictured] = {}
        self._comparing: ComparisonController | None = None
        self._microscope: MicroscopePanel | None = None
        self._lesson: LessonPanel | None = None
        late = [row.part for key, row in VIEWS.items() if key not in self.views]
        self.late = LazyParts((*late, *PANELS), self._make, self)
        for view in self.views.values():
            self._connect(view)

    @property
    def dock_titles(self) -> dict[str, str]:
        """Key -> title of every view and panel that has a dock, in the order of the docks."""
        views = (row.part for key, row in VIEWS.items() if key != CENTRE)
        return {part.key: part.title for part in (LESSON, *views, *BY_HAND, MICROSCOPE)}

    def fill(self, docks: Docks) -> None:
        """Put what is made, now or later, into these docks."""
        self._docks = docks
        for key, view in self.views.items():
            if key != CENTRE:
                docks.fill(key, view)

    def join(self, clock: FrameClock, make_edit_panel: Callable[[str], Pictured]) -> None:
        """Let this clock drive what is made; ``make_edit_panel`` makes the panels of BY_HAND."""
        self._clock, self._make_edit_panel = clock, make_edit_panel
        hands = self.network.hands
        hands.menu_parts.append(self._offer_microscope)
        hands.pressed.connect(lambda target: self.microscope.look_at(target))
        coming = RaiseOnClick(self._docks, MICROSCOPE.key, FOLLOW_UNITS, FOLLOW_ALL, self)
        hands.pressed.connect(coming.press)
        hands.activated.connect(coming.stay)

    def pictured(self, key: str) -> Pictured | None:
        """The view or panel of this key of which pictures are made, made now if need be."""
        self.late.need(key)
        return self.views.get(key, self._panels.get(key))

    def view(self, key: str) -> View | None:
        """The view of this key, made now if need be; None if there is no such view."""
        self.late.need(key)
        return self.views.get(key)

    @property
    def network(self) -> NetworkView:
        """The view in the centre."""
        view = self.views[CENTRE]
        assert isinstance(view, NetworkView)
        return view

    @property
    def live(self) -> list[FrameWidget]:
        """Every widget made here that shows frames."""
        return [*self.views.values(), *([] if self._microscope is None else [self._microscope])]

    @property
    def lesson(self) -> "LessonPanel":
        """The panel of the lessons, made now if need be."""
        self.late.need(LESSON.key)
        assert self._lesson is not None
        return self._lesson

    @property
    def made_lesson(self) -> "LessonPanel | None":
        """The panel of the lessons, if it is made."""
        return self._lesson

    @property
    def microscope(self) -> "MicroscopePanel":
        """The panel of the microscope, made now if need be."""
        self.late.need(MICROSCOPE.key)
        assert self._microscope is not None
        return self._microscope

    @property
    def comparing(self) -> "ComparisonController":
        """The controller of the comparison view, made now with it if need be."""
        self.late.need("compare")
        assert self._comparing is not None
        return self._comparing

    def all_views(self) -> list[View]:
        """All views; those not yet made are made now."""
        self.late.need_all()
        return [self.views[key] for key in VIEWS]

    def all_pictured(self) -> list[Pictured]:
        """All views and panels of which pictures are made; those not yet made are made now."""
        return [*self.all_views(), *(self._panels[part.key] for part in PICTURED)]

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on, also in panels that show no frames."""
        for view in self.live:
            view.set_theme(theme)
        if self._lesson is not None:
            self._lesson.set_theme(theme)

    def end(self) -> None:
        """Stop making parts and training for the comparison, before the window closes."""
        self.late.stop()
        if self._comparing is not None:
            self._comparing.close()

    # -- making ----------------------------------------------------------------------------

    def _make(self, key: str) -> None:
        """Make a view or panel that is behind another dock at first, and put it into its dock."""
        part: QWidget
        if key == LESSON.key:
            part = self._make_lesson()
        else:
            part = view = self._make_live(key)
            self._clock.add(view)
            if self._clock.frame is not None:
                view.select_pattern(self.views[CENTRE].choices()["pattern"])
        self._docks.fill(key, part)
        focus_buttons_by_tab(part)

    def _make_live(self, key: str) -> FrameWidget:
        if key not in VIEWS:
            make = self._make_microscope if key == MICROSCOPE.key else self._make_edit_panel
            panel = self._panels[key] = make(key)
            return panel
        view = self.views[key] = VIEWS[key].load()(theme=self._window.theme)
        self._connect(view)
        if key == "compare":
            self._make_comparing(view)
        elif key == "draw":
            view.drawn.connect(self.network.show_drawing)  # type: ignore[attr-defined]
        return view

    def _connect(self, view: View) -> None:
        send = self._window.session.send
        view.pattern_selected.connect(self._window.select_pattern)
        view.quantity_chosen.connect(self.plot_over_time)
        view.quantities_dropped.connect(lambda dropped: send(Unwatch(dropped)))
        view.filling_stopped.connect(lambda: send(StopFilling()))

    def plot_over_time(self, quantity: Quantity) -> None:
        """Record this quantity, and show it over the epochs."""
        self._window.session.send(Watch((quantity,)))
        self._window.bring("trajectory")

    def plot_pointed(self) -> None:
        """Plot over time what the mouse points at, in whichever view."""
        for view in self.views.values():
            if view.isVisible() and (quantities := view.pointed_quantities()):
                self.plot_over_time(quantities[0])
                return
        self._window.say("Point at a weight or a unit, then press P.", 6000)

    def _make_lesson(self) -> "LessonPanel":
        from bpviz.ui.panels.lessons.lesson import LessonPanel  # imported on first use

        window = self._window
        panel = self._lesson = LessonPanel(_lessons, window.settings, window.theme)
        panel.set_up.connect(self.step_wanted)
        panel.moved.connect(self.step_moved)
        panel.step_shown.connect(self.step_shown)
        panel.run_wanted.connect(self.own_run_wanted)
        panel.beside_wanted.connect(self.lesson_beside_wanted)
        self.lesson_made.emit(panel)
        panel.race_wanted.connect(self.race_wanted)
        panel.failed.connect(window.message.say)
        panel.opened.connect(window.message.clear)
        return panel

    def _make_microscope(self, _key: str) -> "MicroscopePanel":
        from bpviz.ui.panels.microscope.panel import MicroscopePanel  # imported on first use

        window = self._window
        panel = self._microscope = MicroscopePanel(theme=window.theme)
        panel.pattern_selected.connect(window.select_pattern)
        panel.highlighted.connect(self.network.highlight)
        panel.failed.connect(window.message.say)
        panel.said.connect(window.say)
        panel.said.connect(lambda _: window.message.clear())
        return panel

    def _make_comparing(self, view: View) -> None:
        from bpviz.ui.views.compare import CompareView
        from bpviz.ui.window.comparison_controller import ComparisonController

        assert isinstance(view, CompareView)
        window = self._window
        comparing = self._comparing = ComparisonController(window.session, view, self)
        comparing.open_requested.connect(window.load)
        comparing.updated.connect(lambda: window.bring("compare"))
        self._clock.ticked.connect(comparing.watch)
        if self._clock.frame is not None:
            comparing.watch(self._clock.frame)

    def _offer_microscope(self, menu: QMenu, target: Element, at: QPointF) -> None:
        def show() -> None:
            self._window.bring("microscope")
            self.microscope.look_at(target)

        action = menu.addAction("Under the microscope")
        action.setObjectName("menu_microscope")
        action.triggered.connect(show)
