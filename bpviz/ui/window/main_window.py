"""The main window: docks, toolbar and menus around one session."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from bpviz.core.kernels.engines import NUMPY
from bpviz.core.values import isolated
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Cancel, Load, SetSpeed
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.status import TRAINING, Status
from bpviz.sharing.shown import Shown
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.toolkit.drawing.application_colours import colour_application
from bpviz.ui.toolkit.drawing.theme import Theme, chosen_theme
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.guard import attempt, guard_overrides
from bpviz.ui.toolkit.lazy_parts import AfterPainting
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.message_bar import MessageBar
from bpviz.ui.toolkit.widgets.scrolling import Scrolling
from bpviz.ui.views.base import View
from bpviz.ui.window.actions import Actions, set_icons
from bpviz.ui.window.centre import LEAST_CENTRE, Centre
from bpviz.ui.window.context import Themed
from bpviz.ui.window.docks import CENTRE, Docks
from bpviz.ui.window.edit_tools import EditTools
from bpviz.ui.window.frame_clock import FrameClock
from bpviz.ui.window.guide import GuideWindowController
from bpviz.ui.window.help import Help
from bpviz.ui.window.key_focus import FocusKeys, focus_buttons_by_tab
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.lesson_setup import LessonSetup
from bpviz.ui.window.lesson_state import LessonState
from bpviz.ui.window.lesson_writing import LessonWriting
from bpviz.ui.window.menus import add_menus, add_timeline, connect_themes
from bpviz.ui.window.notices import offer_better_options, show_refusal, show_status
from bpviz.ui.window.opening import open_inside
from bpviz.ui.window.race_window import RaceWindowController
from bpviz.ui.window.recent_runs import RecentRunsMenu
from bpviz.ui.window.reduction import Reduction
from bpviz.ui.window.run_actions import RunActions
from bpviz.ui.window.sharing import Sharing
from bpviz.ui.window.solve_mode import SolveMode
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.start_choices import StartChoices
from bpviz.ui.window.status_readouts import StatusReadouts
from bpviz.ui.window.step_controls import StepControls
from bpviz.ui.window.table_opening import FileDrop
from bpviz.ui.window.toolbar import Toolbar
from bpviz.ui.window.welcome import Welcome

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.ui.window.presentation import Presentation


@guard_overrides
class MainWindow(QMainWindow):
    """Shows the run of a session; its parts turn what the user does into commands.

    The parts take the window as a ``WindowContext``.
    """

    first_frame_shown = Signal()
    """The first frame is on screen: the window is ready to be used."""

    completed = Signal()
    """Every view and panel is made, also those behind other docks."""

    def __init__(self, experiment: Experiment, settings: Settings, engine: str = NUMPY) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("bpviz")
        self.settings = settings
        self.theme = chosen_theme(settings)
        colour_application(self.theme)  # before the widgets that it colours
        self.session = Session(self, engine)
        self._setup: PreparedExperiment | None = None
        self._presentation: Presentation | None = None
        try:
            self._build(experiment)
        except BaseException:  # Qt aborts the process if a thread outlives the window
            self.session.close()
            raise

    # -- building --------------------------------------------------------------------------

    def _build(self, experiment: Experiment) -> None:
        self._make_parts(experiment)
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        self._apply_theme(self.theme)
        self._focus_keys = FocusKeys(self)
        self.clock.expect()
        self.load(experiment)

    def _make_parts(self, experiment: Experiment) -> None:
        self.actions_by_name = Actions(self)
        self.message = MessageBar(self.theme)
        self._welcome = Welcome(self.settings, self.theme, self)
        self.parts = LazyViews(self)
        self._centre = Centre(self.parts.network, self._welcome)
        self._centre.float_over(self.parts.network.canvas, self.message)
        self.panel = ExperimentPanel(theme=self.theme)
        self.edit_tools = EditTools(self.session, self.parts.network, self)
        editor = self.edit_tools.editor
        run = self.actions_by_name.run
        self.run_actions = RunActions(self, self.panel, editor, run, experiment)
        self.speed = SpeedControl()
        self.steps = StepControls(self.session, self.speed, self)
        self.readouts = StatusReadouts()
        output, timeline = self.views["output"], self.steps.timeline
        self.solve_mode = SolveMode(self, editor, timeline, output, self._add_strip)
        self.starts = StartChoices(self.session, self.settings, self.speed)
        FileDrop(self, self.run_actions.tables.open)
        self.recent_runs = RecentRunsMenu(self, self.edit_tools, self.starts)
        self.lesson_setup = LessonSetup(self, self.parts, self.solve_mode, self.starts, self.steps)
        self.lesson_state = LessonState(self, self.parts, self.lesson_setup, self.panel)
        self.race = RaceWindowController(self, lambda: self.docks.screen_place("lesson"))
        self._sharing = Sharing(self, self.parts, self.race)
        self._help = Help(self, self.actions_by_name, self.open_lesson)
        acts = self.run_actions.load_problem, self.open_lesson
        self.guide = GuideWindowController(self, self.actions_by_name, *acts)

    def _lay_out(self) -> None:
        actions = self.actions_by_name
        centre = Scrolling(LEAST_CENTRE)
        centre.setWidget(self._centre)
        self.setCentralWidget(centre)
        titles = {"experiment": self.panel.accessibleName(), **self.parts.dock_titles}
        self.docks = Docks(self, self._centre, titles, self.parts.late.need)
        self.docks.fill("experiment", self.panel)
        self.parts.fill(self.docks)
        self.toolbar = Toolbar(self, actions, self.steps.grain_box, self.speed, self.readouts)
        add_timeline(self, self.steps.timeline)
        self.readouts.fill(self.statusBar())
        recent = self.run_actions.tables.recent
        add_menus(self, actions, self.docks, self._sharing.copy_view, recent, self.recent_runs)
        available = self.screen().availableGeometry()
        open_inside(self, self.settings.data("geometry"), available)
        self.docks.restore(self.settings)
        self.reduction = Reduction(self, self.docks, self.panel, self.statusBar(), actions)
        self.clock = FrameClock(self.session, self._live, self)

    def _add_strip(self, strip: FrameWidget) -> None:
        """Put a strip that shows frames above the network."""
        self._centre.add_strip(strip)
        self.clock.add(strip)

    def _connect_parts(self) -> None:
        self.clock.ticked.connect(self._show_frame)
        self.session.status_changed.connect(self._show_status)
        self.session.refused.connect(lambda *refusal: show_refusal(self, self.panel, *refusal))
        self.parts.join(self.clock, self.edit_tools.make_panel)
        self.parts.step_wanted.connect(self.lesson_state.set_up)
        self.parts.step_moved.connect(self.lesson_state.go_to)
        self.parts.step_shown.connect(self.lesson_state.refresh)
        beside = self.parts.lesson_beside_wanted
        beside.connect(lambda: self.docks.toggle_beside("lesson", "experiment"))
        read = self.guide.read_lessons
        self.lesson_writing = LessonWriting(self, self.docks, self.steps, self.speed, read)
        self.parts.lesson_made.connect(self.lesson_writing.fill)
        self.parts.own_run_wanted.connect(self.lesson_state.bring_back)
        self.parts.race_wanted.connect(self.race.open_step)
        self.first_frame_shown.connect(self.parts.late.begin)
        self.parts.late.completed.connect(self.completed)
        self.steps.settings_changed.connect(self.run_actions.show_settings)
        self.steps.play_wanted.connect(self.run_actions.play_slowly)
        self.steps.stepped.connect(self.run_actions.note_step)
        self.speed.changed.connect(lambda speed: self.session.send(SetSpeed(speed)))
        self.readouts.cancel.clicked.connect(lambda: self.session.send(Cancel()))
        self._welcome.lesson_wanted.connect(lambda: self.open_lesson(set_up=True))
        self.edit_tools.pattern_selected.connect(self.select_pattern)
        self.edit_tools.refused.connect(self.message.say)
        self.edit_tools.editor.stack.indexChanged.connect(self.message.clear)
        self.edit_tools.panel_requested.connect(self.bring)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self._apply_theme(chosen_theme(self.settings)))

    def _connect_actions(self) -> None:
        actions = self.actions_by_name
        handlers = {
            **self.run_actions.handlers(),
            **self._sharing.handlers(),
            **self._help.handlers(),
            **self.guide.handlers(),
            **self.reduction.handlers(),
            Actions.quit: self.close,
            Actions.race: lambda: self.race.open(self.run_actions.experiment),
            Actions.plot: self.parts.plot_pointed,
            Actions.keep: lambda: self.parts.comparing.keep(),
            Actions.slower: lambda: self.speed.change(-1),
            Actions.faster: lambda: self.speed.change(1),
            Actions.fastest: lambda: self.speed.set_speed(None),
            Actions.reset_layout: self.docks.place,
            Actions.present: self._present,
        }
        for row, handler in handlers.items():
            actions.connect(row, handler)
        actions.connect_commands(self.session.send)
        self.starts.connect_actions(actions)
        self.steps.connect_actions(actions)
        self.solve_mode.connect_actions(actions)
        self.edit_tools.connect_actions(actions.undo, actions.redo)
        connect_themes(actions, self.settings, self, self.choose_theme)

    # -- the context of the parts ----------------------------------------------------------

    @property
    def widget(self) -> QWidget:
        """The window itself, as the parent of dialogs."""
        return self

    @property
    def current_frame(self) -> Frame | None:
        """The frame on screen; None before the first one."""
        return self.clock.frame

    @property
    def views(self) -> dict[str, View]:
        """The views that are made, by key."""
        return self.parts.views

    @property
    def _live(self) -> list[FrameWidget]:
        """Everything that shows frames."""
        bar = [] if self.solve_mode.bar is None else [self.solve_mode.bar]
        return [*self.parts.live, *self.edit_tools.panels.values(), *bar]

    @property
    def shown_pattern(self) -> int:
        """The row of the training pattern that fills the network."""
        return int(self.parts.network.choices()["pattern"])

    @property
    def shown(self) -> Shown:
        """What the window is reduced to."""
        return self.reduction.shown

    def show_only(self, shown: Shown) -> None:
        """Reduce the window to this. Raises BadValue for an unknown panel or field."""
        self.reduction.show_only(shown)

    def bring(self, key: str) -> None:
        """Show the dock of this key in front of others, or the view in the presentation.

        A hidden one is shown again.
        """
        self.reduction.bring_back(key)
        presentation = self._presentation
        if presentation is None or not presentation.offer(key):
            self.docks.bring(key)

    def _present(self) -> None:
        """Show the presentation, or leave it."""
        if self._presentation is None:
            from bpviz.ui.window.presentation import Presentation  # imported on first use

            self._presentation = Presentation(self)
        self._presentation.toggle()

    def lend_view(self, key: str) -> QWidget:
        """The view of this key, for another window until ``take_back_view``."""
        self.parts.late.need(key)
        return self.parts.network if key == CENTRE else self.docks.take(key)

    def take_back_view(self, key: str, view: QWidget) -> None:
        """Put the view where it was."""
        if key == CENTRE:
            self._centre.take_back(view)
        else:
            self.docks.fill(key, view)

    def take_back_message(self) -> None:
        """Show messages here again, and frames in all views."""
        self._centre.take_back_message()
        self.clock.refresh()

    def load(self, experiment: Experiment, *, own: bool = False) -> None:
        """Start a new run of this experiment at epoch 0; messages about the old one are over.

        ``own``: the user has made the experiment.
        """
        self.message.clear()
        self.choose_speed_for(experiment.problem)
        self.session.send(Load(experiment, own=own))

    def choose_speed_for(self, problem: str) -> None:
        """Have a speed chosen that suits the run, if this is another problem."""
        self.starts.choose_for(problem)

    def say(self, text: str, milliseconds: int = 8000) -> None:
        """Show a text in the status bar for a while."""
        self.statusBar().showMessage(text, milliseconds)

    def select_pattern(self, row: int) -> None:
        """Show this training pattern in every view."""
        for view in self._live:
            attempt(view.select_pattern, row)

    def open_lesson(self, lesson: "Lesson | None" = None, *, set_up: bool = False) -> None:
        """Bring the lesson panel to the front, with this lesson or where it was left."""
        self._welcome.dismiss()
        self.bring("lesson")
        if lesson is not None:
            self.parts.lesson.show_lesson(lesson)
        if set_up:
            self.parts.lesson.with_step(self.lesson_state.set_up)

    # -- showing ---------------------------------------------------------------------------

    def _show_frame(self, frame: Frame) -> None:
        setup, before = frame.setup, self._setup
        self._setup = setup
        new_run = before is None or setup.run_id != before.run_id
        if new_run:
            offer_better_options(self, setup)
        if before is None or new_run or setup.patterns is not before.patterns:
            self.setWindowTitle(f"{isolated(setup.patterns.name)} – bpviz")
            self.run_actions.show_setup(setup, new_run=new_run)
            chosen = self.lesson_setup.pattern_of(frame)
            shown = self.parts.network.choices()["pattern"]
            self.select_pattern(shown if chosen is None else chosen)
        self.edit_tools.show_frame(frame)
        self.steps.show_frame(frame)
        self.run_actions.show_frame(frame)
        self.readouts.show_frame(frame)
        self.solve_mode.show_frame(frame)
        if new_run:
            self.recent_runs.show_run(self.run_actions.take_words())
        self.lesson_setup.show_frame(frame, new_run=new_run)
        self.lesson_state.refresh()
        if before is None:
            # Apply the new sizes before the first painting, instead of painting twice.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            AfterPainting(self.parts.network.canvas, self.first_frame_shown.emit)

    def _show_status(self, status: Status) -> None:
        self.clock.set_running(status.state in TRAINING)
        self.run_actions.show_status(status)
        self.readouts.show_status(status)
        self.steps.show_status(status)
        show_status(self, status)

    def choose_theme(self, name: str) -> None:
        """Use "light" or "dark" colours, or those of the "system", now and next time."""
        self.settings.set("theme", name)
        self.settings.save()
        self._apply_theme(chosen_theme(self.settings))

    def _apply_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme
        colour_application(theme)
        set_icons(self.actions_by_name, theme)
        chrome: tuple[Themed, ...] = (
            self.docks, self.panel, self.parts, self._welcome, self.race, self.message,
            self.readouts, self.steps, self.guide, self.run_actions.tables,
        )  # fmt: skip
        for part in (*self._live, *chrome):
            attempt(part.set_theme, theme)
        self._show_status(self.session.status)

    # -- events ----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Let the keys be the window's."""
        super().showEvent(event)
        self._centre.setFocus()
        focus_buttons_by_tab(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the training, remember the layout."""
        if self._presentation is not None:
            self._presentation.end()
        event.accept()
        attempt(self.docks.save, self.settings)
        for end in (
            self._focus_keys.end,
            lambda: self.clock.set_running(False),
            self.solve_mode.keep,
            self.settings.save,
            self.run_actions.tables.end,
            self.race.end,
            self.guide.end,
            self.parts.end,
            self.session.close,  # also where one before it fails: Qt aborts if a thread goes on
        ):
            attempt(end)
