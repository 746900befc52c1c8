"""A window's views and panels: those in front at once, the others when they are needed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu, QWidget

from bpviz.session.commands import StopFilling, Unwatch
from bpviz.ui.panels.table import FOLLOW_ALL, FOLLOW_UNITS, LESSON, MICROSCOPE, PANELS
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.lazy_parts import LazyParts
from bpviz.ui.views.base import View
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.hover import Target
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.docks import CENTRE, Docks, is_in_front
from bpviz.ui.window.frame_clock import FrameClock
from bpviz.ui.window.key_focus import leave_space
from bpviz.ui.window.raise_on_click import RaiseOnClick

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.ui.panels.lessons.lesson import LessonPanel
    from bpviz.ui.panels.microscope.panel import MicroscopePanel
    from bpviz.ui.window.comparison_controller import ComparisonController
    from bpviz.ui.window.main_window import MainWindow


def _lessons() -> "tuple[Lesson, ...]":
    """The shipped lessons, and what reads and checks them, loaded when one is opened."""
    from bpviz.lessons.loader import all_lessons

    return all_lessons()


class LazyViews:
    """Makes the parts of a window and connects them to it.

    ``views`` are those that are made, by key; ``late`` has the rest made.
    """

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.views: dict[str, View] = {
            key: row.load()(theme=window.theme) for key, row in VIEWS.items() if is_in_front(key)
        }
        self._comparing: ComparisonController | None = None
        self._microscope: MicroscopePanel | None = None
        self._lesson: LessonPanel | None = None
        late = [row.part for key, row in VIEWS.items() if key not in self.views]
        self.late = LazyParts((*late, *PANELS), self._make, window)
        window.first_frame_shown.connect(self.late.begin)
        self.late.completed.connect(window.completed)
        for view in self.views.values():
            self._connect(view)

    def join(self, docks: Docks, clock: FrameClock) -> None:
        """From now on, put what is made into these docks, and have this clock drive it."""
        self._docks, self._clock = docks, clock
        hands = self.network.hands
        hands.menu_parts.append(self._offer_microscope)
        hands.pressed.connect(lambda target: self.microscope.look_at(target))
        coming = RaiseOnClick(docks, MICROSCOPE.key, FOLLOW_UNITS, FOLLOW_ALL, self._window)
        hands.pressed.connect(coming.press)
        hands.activated.connect(coming.stay)

    @property
    def network(self) -> NetworkView:
        """The view in the centre."""
        view = self.views[CENTRE]
        assert isinstance(view, NetworkView)
        return view

    @property
    def live(self) -> list[FrameWidget]:
        """Everything made here that shows frames."""
        return [*self.views.values(), *([] if self._microscope is None else [self._microscope])]

    @property
    def lesson(self) -> "LessonPanel":
        """The panel that reads out lessons."""
        self.late.need(LESSON.key)
        assert self._lesson is not None
        return self._lesson

    @property
    def microscope(self) -> "MicroscopePanel":
        """The panel that shows how one number comes about."""
        self.late.need(MICROSCOPE.key)
        assert self._microscope is not None
        return self._microscope

    @property
    def comparing(self) -> "ComparisonController":
        """What keeps and trains runs for the comparison view."""
        self.late.need("compare")
        assert self._comparing is not None
        return self._comparing

    def all_views(self) -> list[View]:
        """All views, those that are missing made now."""
        self.late.need_all()
        return [self.views[key] for key in VIEWS]

    def set_theme(self) -> None:
        """Use the window's colours from now on, also where no frames are shown."""
        if self._lesson is not None:
            self._lesson.set_theme(self._window.theme)

    def end(self) -> None:
        """Make nothing more, and train nothing for comparison: the window closes."""
        self.late.stop()
        if self._comparing is not None:
            self._comparing.close()

    # -- making ----------------------------------------------------------------------------

    def _make(self, key: str) -> None:
        """Make what stands behind another dock at first, and put it there."""
        part: QWidget
        if key == LESSON.key:
            part = self._make_lesson()
        else:
            part = view = self._make_live(key)
            self._clock.add(view)
            if self._clock.frame is not None:
                view.select_pattern(self.views[CENTRE].choices()["pattern"])
        self._docks.fill(key, part)
        leave_space(part)

    def _make_live(self, key: str) -> FrameWidget:
        if key == MICROSCOPE.key:
            return self._make_microscope()
        if key not in VIEWS:
            return self._window.by_hand.make_panel(key)
        view = self.views[key] = VIEWS[key].load()(theme=self._window.theme)
        self._connect(view)
        if key == "compare":
            self._make_comparing(view)
        elif key == "draw":
            view.drawn.connect(self.network.show_drawing)  # type: ignore[attr-defined]
        return view

    def _connect(self, view: View) -> None:
        window = self._window
        view.pattern_selected.connect(window.select_pattern)
        view.quantity_chosen.connect(window.plot_over_time)
        view.quantities_dropped.connect(lambda dropped: window.session.send(Unwatch(dropped)))
        view.filling_stopped.connect(lambda: window.session.send(StopFilling()))

    def _make_lesson(self) -> "LessonPanel":
        from bpviz.ui.panels.lessons.lesson import LessonPanel  # not needed before it is made

        window = self._window
        panel = self._lesson = LessonPanel(_lessons, window.settings, window.theme)
        panel.set_up.connect(window.staging.set_up)
        panel.race_wanted.connect(window.race.open_step)
        panel.failed.connect(window.message.say)
        return panel

    def _make_microscope(self) -> "MicroscopePanel":
        from bpviz.ui.panels.microscope.panel import MicroscopePanel  # not needed before it is made

        window = self._window
        panel = self._microscope = MicroscopePanel(theme=window.theme)
        panel.pattern_selected.connect(window.select_pattern)
        panel.lit.connect(self.network.light)
        panel.failed.connect(window.message.say)
        panel.said.connect(lambda words: window.statusBar().showMessage(words, 8000))
        return panel

    def _make_comparing(self, view: View) -> None:
        from bpviz.ui.views.compare import CompareView
        from bpviz.ui.window.comparison_controller import (
            ComparisonController,  # not needed before it is made
        )

        assert isinstance(view, CompareView)
        window = self._window
        comparing = self._comparing = ComparisonController(window.session, view, window)
        comparing.open_requested.connect(window.load)
        comparing.brought.connect(lambda: self._docks.bring("compare"))
        self._clock.ticked.connect(comparing.watch)
        if self._clock.frame is not None:
            comparing.watch(self._clock.frame)

    def _offer_microscope(self, menu: QMenu, target: Target, place: QPointF) -> None:
        def show() -> None:
            self._docks.bring("microscope")
            self.microscope.look_at(target)

        action = menu.addAction("Under the microscope")
        action.setObjectName("menu_microscope")
        action.triggered.connect(show)
