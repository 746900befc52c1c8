"""The window: docks, toolbar and menus around one session."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.analysis.quantities import Quantity
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.experiment import MAX_SEED, Experiment, with_new_data
from bpviz.session.commands import (
    Cancel,
    Configure,
    Load,
    Open,
    Pause,
    Play,
    Reset,
    SetSpeed,
    Watch,
)
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.worker import TRAINING, Status
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.panels.table import (
    BY_HAND,
    LESSON,
    MICROSCOPE,
)
from bpviz.ui.toolkit.drawing.theme import Theme, chosen_theme
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.lazy_parts import AfterPainting
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.message_bar import MessageBar
from bpviz.ui.views.base import View
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import describe, make_actions, set_icon, set_icons
from bpviz.ui.window.docks import CENTRE, Docks
from bpviz.ui.window.edit_tools import EditTools
from bpviz.ui.window.frame_clock import FrameClock
from bpviz.ui.window.help import show_about, show_history, show_keys
from bpviz.ui.window.key_focus import FocusKeys, leave_space
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.lesson_setup import LessonSetup
from bpviz.ui.window.menus import add_bars, add_menus
from bpviz.ui.window.notices import say_refusal, say_status, say_what_helps
from bpviz.ui.window.race_window import RaceWindowController
from bpviz.ui.window.sharing import Sharing
from bpviz.ui.window.solve_mode import SolveMode
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.status_readouts import StatusReadouts
from bpviz.ui.window.step_controls import StepControls
from bpviz.ui.window.welcome import Welcome

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson

LAYOUT_VERSION = 3
"""Counts up when docks are renamed, so that an old saved layout is not applied to new ones."""


class MainWindow(QMainWindow):
    """Shows a session's run, and turns what a person does into commands to it."""

    first_frame_shown = Signal()
    """The first frame is on screen: the window is ready to be used."""

    completed = Signal()
    """What stands behind other docks is there, too; until then it is made when it is needed."""

    def __init__(self, experiment: Experiment, settings: Settings, engine: str = NUMPY) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("bpviz")
        self.settings = settings
        self.theme = chosen_theme(self.settings)
        QApplication.setPalette(self.theme.palette())  # before the widgets that it colours
        self._experiment = experiment
        self._run_id = 0
        self._chosen_pattern: int | None = None
        self._patterns: PatternSet | None = None
        self.session = Session(self, engine)
        self.parts = LazyViews(self)
        self.by_hand = EditTools(self.session, self.parts.network, self)
        self.panel = ExperimentPanel(theme=self.theme)
        self.message = MessageBar(self.theme)
        self._welcome = Welcome(settings, self.theme, self)
        self.solve_mode = SolveMode(self)
        self.staging = LessonSetup(self)
        self.sharing = Sharing(self)
        self.race = RaceWindowController(self)
        self.speed = SpeedControl()
        self.travel = StepControls(self.session, self.speed, self)
        self.readouts = StatusReadouts()
        self.actions_by_name = make_actions(self)
        self._build_centre()
        self._build_docks()
        add_bars(self)
        add_menus(self, self._docks)
        self._connect()
        self._restore_layout()
        self._clock = FrameClock(self.session, self._live, self)
        self.parts.join(self._docks, self._clock)
        self._clock.ticked.connect(self._show_frame)
        self._apply_theme(self.theme)
        self._focus_keys = FocusKeys(self)
        self._clock.expect()
        self.load(experiment)

    @property
    def views(self) -> dict[str, View]:
        """The views that are made, by key; see ``view``."""
        return self.parts.views

    def view(self, key: str) -> View | None:
        """The view of this key, made now if need be; None if there is no such view."""
        self.parts.late.need(key)
        return self.views.get(key)

    def pictured_views(self) -> list[View]:
        """Every view that pictures are made of, and the race if there is one."""
        return [*self.parts.all_views(), *self.race.views]

    @property
    def _live(self) -> list[FrameWidget]:
        """Everything that shows frames."""
        bar = [] if self.solve_mode.bar is None else [self.solve_mode.bar]
        return [*self.parts.live, *self.by_hand.panels.values(), *bar]

    @property
    def current_frame(self) -> Frame | None:
        """What is on screen."""
        return self._clock.frame

    # -- what is asked of the session ------------------------------------------------------

    def load(self, experiment: Experiment) -> None:
        """Start a new run of this experiment at epoch 0."""
        self.session.send(Load(experiment))

    def load_problem(self, problem: str) -> None:
        """Start the experiment that suits a problem: its name, or the path of a CSV file."""
        self.session.send(Open(problem, self._experiment.seed))

    def open_lesson(self, lesson: "Lesson | None" = None, *, set_up: bool = False) -> None:
        """Bring the lesson panel to the front, with this lesson or where it was left."""
        self._welcome.dismiss()
        self._docks.bring("lesson")
        if lesson is not None:
            self.parts.lesson.show_lesson(lesson)
        if set_up and self.parts.lesson.step is not None:
            self.staging.set_up(self.parts.lesson.step)

    def _toggle_run(self) -> None:
        if self.session.status.state in TRAINING:
            self.session.send(Pause())
        else:
            self.message.clear()
            self.session.send(Play())

    def _reset(self) -> None:
        self.message.clear()
        self.by_hand.editor.clear()
        self.session.send(Reset())

    def _new_seed(self) -> None:
        self.message.clear()
        seed = (self._experiment.seed + 1) % (MAX_SEED + 1)
        self.load(replace(self._experiment, seed=seed))

    def _new_data(self) -> None:
        self.message.clear()
        drawn = with_new_data(self._experiment)
        if drawn is None:
            self.message.say("The patterns of this problem are not drawn at random.", "warning")
        else:
            self.load(drawn)

    def _open_csv(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open CSV", "", "Tables (*.csv *.tsv *.txt *.data);;All files (*)"
        )
        if path:
            self.load_problem(path)

    def _configure(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.session.send(Configure(experiment))

    def _take_over_settings(self, experiment: Experiment) -> None:
        """Another instant had other settings: the panel shows those."""
        self._experiment = experiment
        self.panel.set_experiment(experiment, self._patterns)

    # -- what comes back -------------------------------------------------------------------

    def _show_frame(self, frame: Frame) -> None:
        setup = frame.setup
        is_first = self._run_id == 0
        new_run = setup.run_id != self._run_id
        if new_run:
            self._run_id = setup.run_id
            self._experiment = setup.experiment
            say_what_helps(self, setup)
        if new_run or setup.patterns is not self._patterns:
            known, self._patterns = self._patterns, setup.patterns
            if new_run or known is None or len(known.train) != len(setup.patterns.train):
                self.panel.set_experiment(setup.experiment, setup.patterns)
            self.panel.set_remarks(setup.remarks)
            self.setWindowTitle(f"{setup.patterns.name} – bpviz")
            if self._chosen_pattern is None:
                self._chosen_pattern = self.views[CENTRE].choices()["pattern"]
            self.select_pattern(self._chosen_pattern)
            self._chosen_pattern = None
        self.by_hand.show_frame(frame)
        self.travel.show_frame(frame)
        self.panel.set_epoch(frame.snapshot.epoch)
        self.readouts.show_frame(frame)
        self.solve_mode.show_frame(frame)
        if new_run:
            self.staging.show_run(setup)
        if is_first:
            # What changed its size has its place before it is painted, not after that and again.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            AfterPainting(self.parts.network, self.first_frame_shown.emit)

    def bring(self, key: str) -> None:
        """Show the dock of this key, in front of those that share its place."""
        self._docks.bring(key)

    def choose_pattern(self, row: int) -> None:
        """Show this training pattern of the run that is loaded next."""
        self._chosen_pattern = row

    def _show_status(self, status: Status) -> None:
        training = status.state in TRAINING
        running = status.state == "running"
        run = self.actions_by_name["run"]
        run.setText("Pause" if running else "Run")
        describe(run, "Pause after the present update" if running else "Train")
        set_icon(run, "mdi6.pause" if running else "mdi6.play", self.theme)
        self._clock.set_running(training)
        self.panel.set_busy(status.state == "loading")
        self.readouts.show_status(status)
        self.travel.show_status(status)
        say_status(self, status)

    # -- building --------------------------------------------------------------------------

    def _build_centre(self) -> None:
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._welcome)
        layout.addWidget(self.message)
        layout.addWidget(self.views[CENTRE], 1)
        # Where the keyboard is at first and after a click on a picture: there, Space and the
        # arrows are the window's.
        centre.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(centre)
        self._centre = centre

    def add_strip(self, strip: FrameWidget) -> None:
        """Put a strip above the network, which shows frames, too."""
        column = self._centre.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(2, strip)
        self._clock.add(strip)

    def _build_docks(self) -> None:
        views = {row.key: row.title for row in VIEWS.values() if row.key != CENTRE}
        hands = {part.key: part.title for part in (*BY_HAND, MICROSCOPE)}
        panels = {"experiment": self.panel.accessibleName(), LESSON.key: LESSON.title}
        self._docks = Docks(self, {**panels, **views, **hands}, self.parts.late.need)
        self._docks.fill("experiment", self.panel)
        for key, view in self.views.items():
            if key != CENTRE:
                self._docks.fill(key, view)

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once the window has its size, unless a layout was saved."""
        super().showEvent(event)
        self._centre.setFocus()
        leave_space(self)
        if "state" not in self.settings:
            QTimer.singleShot(0, self, self._docks.share_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new size among the docks."""
        super().resizeEvent(event)
        self._docks.keep_shares(event)

    def _connect(self) -> None:
        handlers = {
            "open_csv": self._open_csv,
            **self.sharing.handlers(),
            "quit": self.close,
            "run": self._toggle_run,
            "reset": self._reset,
            "new_seed": self._new_seed,
            "race": lambda: self.race.open(self._experiment),
            "solve": self.solve_mode.toggle,
            "plot": self._plot_pointed,
            "new_data": self._new_data,
            "keep": lambda: self.parts.comparing.keep(),
            "slower": lambda: self.speed.change(-1),
            "faster": lambda: self.speed.change(1),
            "reset_layout": self._docks.place,
            "history": lambda: show_history(self),
            "shortcuts": lambda: show_keys(self),
            "about": lambda: show_about(self),
        }
        for name, handler in handlers.items():
            self.actions_by_name[name].triggered.connect(lambda _=False, h=handler: h())
        self.actions_by_name["solve"].setCheckable(True)
        self.travel.take_over(self.actions_by_name)
        self.travel.settings_changed.connect(self._take_over_settings)
        self.speed.changed.connect(lambda speed: self.session.send(SetSpeed(speed)))
        self.readouts.cancel.clicked.connect(lambda: self.session.send(Cancel()))
        self.panel.applied.connect(self.load)
        self.panel.configured.connect(self._configure)
        self.panel.open_csv_requested.connect(self._open_csv)
        self._welcome.lesson_wanted.connect(lambda: self.open_lesson(set_up=True))
        self.session.status_changed.connect(self._show_status)
        self.session.refused.connect(lambda *told: say_refusal(self, *told))
        self.by_hand.pattern_selected.connect(self.select_pattern)
        self.by_hand.refused.connect(self.message.say)
        self.by_hand.wanted.connect(self._docks.bring)
        self.by_hand.take_over(self.actions_by_name["undo"], self.actions_by_name["redo"])
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self._apply_theme(chosen_theme(self.settings)))

    def _plot_pointed(self) -> None:
        """Plot over time what is pointed at, in whichever view."""
        for view in self.views.values():
            if view.isVisible() and (quantities := view.pointed_quantities()):
                self.plot_over_time(quantities[0])
                return
        self.statusBar().showMessage("Point at a weight or a unit, then press P.", 6000)

    def plot_over_time(self, quantity: Quantity) -> None:
        """Follow this quantity, and show how it goes."""
        self.session.send(Watch((quantity,)))
        self._docks.bring("trajectory")

    def select_pattern(self, row: int) -> None:
        """Show this training pattern in every view."""
        for view in self._live:
            view.select_pattern(row)

    # -- looks -----------------------------------------------------------------------------

    def choose_theme(self, name: str) -> None:
        """Use "light" or "dark" colours, or those of the "system", now and next time."""
        self.settings.set("theme", name)
        self.settings.save()
        self._apply_theme(chosen_theme(self.settings))

    def _apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        QApplication.setPalette(theme.palette())
        set_icons(self.actions_by_name, theme)
        for view in self._live:
            view.set_theme(theme)
        self._docks.set_theme(theme)
        self.panel.set_theme(theme)
        self.parts.set_theme()
        self._welcome.set_theme(theme)
        self.race.set_theme()
        self.message.set_theme(theme)
        self.readouts.set_theme(theme)
        self.travel.set_theme(theme)
        self._show_status(self.session.status)

    def _restore_layout(self) -> None:
        self.resize(1280, 800)
        self._docks.place()
        for key, restore in (
            ("geometry", self.restoreGeometry),
            ("state", lambda state: self.restoreState(state, LAYOUT_VERSION)),
        ):
            saved = self.settings.data(key)
            if not saved.isEmpty():
                restore(saved)

    # -- closing ---------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the training, remember the layout."""
        self.settings.set_data("geometry", self.saveGeometry())
        self.settings.set_data("state", self.saveState(LAYOUT_VERSION))
        self._focus_keys.end()
        self._clock.set_running(False)
        self.solve_mode.keep()
        self.settings.save()
        self.race.end()
        self.parts.end()
        self.session.close()
        event.accept()
