"""The window: docks, toolbar and menus around one session."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QPointF, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.kernels.engines import NUMPY
from bpviz.core.patterns import PatternSet
from bpviz.core.quantities import Quantity
from bpviz.experiment import MAX_SEED, Experiment, with_new_data, with_rule
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.worker import TRAINING, Status
from bpviz.setup import Setup
from bpviz.ui.actions import describe, make_actions, set_icon, set_icons
from bpviz.ui.bars import add_bars, add_menus
from bpviz.ui.by_hand import ByHand
from bpviz.ui.coming_forward import ComesForward
from bpviz.ui.docks import CENTRE, Docks, is_in_front
from bpviz.ui.frame_clock import FrameClock
from bpviz.ui.help import show_about, show_history, show_keys
from bpviz.ui.keys import FocusKeys, leave_space
from bpviz.ui.late import AfterPainting, LateParts
from bpviz.ui.message_bar import MessageBar
from bpviz.ui.panels.experiment import ExperimentPanel
from bpviz.ui.panels.table import (
    BY_HAND,
    FOLLOW_ALL,
    FOLLOW_UNITS,
    LESSON,
    MICROSCOPE,
    PANELS,
)
from bpviz.ui.sharing import Sharing
from bpviz.ui.speed import SpeedControl
from bpviz.ui.staging import Staging
from bpviz.ui.status import Readouts
from bpviz.ui.theme import DARK, LIGHT, THEMES, Theme
from bpviz.ui.travel import Travel
from bpviz.ui.views.base import View
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.hover import Target
from bpviz.ui.views.table import BY_KEY, ROWS
from bpviz.ui.welcome import Welcome

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.ui.comparing import Comparing
    from bpviz.ui.panels.lesson import LessonPanel
    from bpviz.ui.panels.microscope import MicroscopePanel
    from bpviz.ui.race.window import RaceWindow
    from bpviz.ui.solving import SolveBar, Solving

LAYOUT_VERSION = 3
"""Counts up when docks are renamed, so that an old saved layout is not applied to new ones."""


def _lessons() -> "tuple[Lesson, ...]":
    """The shipped lessons, and what reads and checks them, loaded when one is opened."""
    from bpviz.lessons.loader import all_lessons

    return all_lessons()


class MainWindow(QMainWindow):
    """Shows a session's run, and turns what a person does into commands to it."""

    first_frame_shown = Signal()
    """The first frame is on screen: the window is ready to be used."""

    completed = Signal()
    """What stands behind other docks is there, too; until then it is made when it is needed."""

    def __init__(self, experiment: Experiment, settings: QSettings, engine: str = NUMPY) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("bpviz")
        self.settings = settings
        self.theme = self._chosen_theme()
        QApplication.setPalette(self.theme.palette())  # before the widgets that it colours
        self._experiment = experiment
        self._run_id = 0
        self._chosen_pattern: int | None = None
        self._race: RaceWindow | None = None
        self._patterns: PatternSet | None = None
        self.session = Session(self, engine)
        self.views: dict[str, View] = {
            row.key: row.load()(theme=self.theme) for row in ROWS if is_in_front(row.key)
        }
        """The views that are made; see ``view``."""
        self._comparing: Comparing | None = None
        self._microscope: MicroscopePanel | None = None
        self._lesson: LessonPanel | None = None
        late = [row.part for row in ROWS if row.key not in self.views]
        self._late = LateParts((*late, *PANELS), self._make_part, self)
        self.first_frame_shown.connect(self._late.begin)
        self._late.completed.connect(self.completed)
        self.by_hand = ByHand(self.session, self._network, self)
        self.panel = ExperimentPanel(theme=self.theme)
        self.message = MessageBar(self.theme)
        self._welcome = Welcome(settings, self.theme, self)
        self._solve_bar: SolveBar | None = None
        self._solving: Solving | None = None
        self._staging = Staging(self)
        self.sharing = Sharing(self)
        self.speed = SpeedControl()
        self.travel = Travel(self.session, self.speed, self)
        self.readouts = Readouts()
        self.actions_by_name = make_actions(self)
        self._build_centre()
        self._build_docks()
        add_bars(self)
        add_menus(self, self._docks)
        self._connect()
        self._restore_layout()
        self._clock = FrameClock(self.session, self._live, self)
        self._clock.ticked.connect(self._show_frame)
        self._apply_theme(self.theme)
        self._focus_keys = FocusKeys(self)
        self._clock.expect()
        self.load(experiment)

    @property
    def _network(self) -> NetworkView:
        view = self.views[CENTRE]
        assert isinstance(view, NetworkView)
        return view

    @property
    def _live(self) -> list[View]:
        """Everything that shows frames."""
        microscope = [] if self._microscope is None else [self._microscope]
        bar = [] if self._solve_bar is None else [self._solve_bar]
        return [*self.views.values(), *self.by_hand.panels.values(), *microscope, *bar]

    def view(self, key: str) -> View | None:
        """The view of this key, made now if need be; None if there is no such view."""
        self._late.need(key)
        return self.views.get(key)

    def pictured_views(self) -> list[View]:
        """Every view that pictures are made of, and the race if there is one."""
        self._late.need_all()
        views = [self.views[row.key] for row in ROWS]
        if self._race is not None and self._race.view.standings is not None:
            views.append(self._race.view)
        return views

    @property
    def lesson(self) -> "LessonPanel":
        """The panel that reads out lessons."""
        self._late.need(LESSON.key)
        assert self._lesson is not None
        return self._lesson

    @property
    def microscope(self) -> "MicroscopePanel":
        """The panel that shows how one number comes about."""
        self._late.need(MICROSCOPE.key)
        assert self._microscope is not None
        return self._microscope

    @property
    def solving(self) -> "Solving":
        """The mode in which a person sets the weights; made when it is first asked for."""
        if self._solving is None:
            from bpviz.ui.solving import SolveBar, Solving  # not needed before it is asked for

            bar = self._solve_bar = SolveBar(theme=self.theme)
            editor, frame = self.by_hand.editor, self.current_frame
            solving = self._solving = Solving(self.session, editor, self.settings, bar, self)
            column = self._centre.layout()
            assert isinstance(column, QVBoxLayout)
            column.insertWidget(2, bar)
            self._clock.add(bar)
            solving.toggled.connect(self._show_solving)
            solving.refused.connect(lambda said: self.message.say(said, "warning"))
            if frame is not None:
                solving.show_frame(frame)
        return self._solving

    @property
    def comparing(self) -> "Comparing":
        """What keeps and trains runs for the comparison view."""
        self._late.need("compare")
        assert self._comparing is not None
        return self._comparing

    @property
    def current_frame(self) -> Frame | None:
        """What is on screen."""
        return self._clock.frame

    # -- what is asked of the session ------------------------------------------------------

    def load(self, experiment: Experiment) -> None:
        """Start a new run of this experiment at epoch 0."""
        self.session.load(experiment)

    def load_problem(self, problem: str) -> None:
        """Start the experiment that suits a problem: its name, or the path of a CSV file."""
        self.session.open(problem, self._experiment.seed)

    def open_lesson(self, lesson: "Lesson | None" = None, *, set_up: bool = False) -> None:
        """Bring the lesson panel to the front, with this lesson or where it was left."""
        self._welcome.dismiss()
        self._docks.bring("lesson")
        if lesson is not None:
            self.lesson.show_lesson(lesson)
        if set_up and self.lesson.step is not None:
            self._staging.set_up(self.lesson.step)

    def _toggle_run(self) -> None:
        if self.session.status.state in TRAINING:
            self.session.pause()
        else:
            self.message.clear()
            self.session.play()

    def _reset(self) -> None:
        self.message.clear()
        self.by_hand.editor.clear()
        self.session.reset()

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

    def open_race(self) -> None:
        """Show the window in which many seeds and variants of this experiment race."""
        from bpviz.ui.race.window import RaceWindow  # not needed before it is asked for

        if self._race is None:
            self._race = RaceWindow(self.theme, self)
            self._race.opened.connect(self._open_network)
        frame = self.current_frame
        self._race.set_experiment(self._experiment, frame.setup.patterns if frame else None)
        self._race.show()
        self._race.raise_()
        self._race.activateWindow()

    def _open_network(self, experiment: Experiment, epochs: int) -> None:
        """Show this experiment after so many epochs: a network of the race."""
        self.message.clear()
        self.session.load(experiment, epochs=epochs)
        self.raise_()
        self.activateWindow()

    def _open_csv(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open CSV", "", "Tables (*.csv *.tsv *.txt *.data);;All files (*)"
        )
        if path:
            self.load_problem(path)

    def _configure(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.session.configure(experiment)

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
            self._advise(setup)
        if new_run or setup.patterns is not self._patterns:
            known, self._patterns = self._patterns, setup.patterns
            if new_run or known is None or len(known.train) != len(setup.patterns.train):
                self.panel.set_experiment(setup.experiment, setup.patterns)
            self.panel.set_remarks(setup.remarks)
            self.setWindowTitle(f"{setup.patterns.name} – bpviz")
            if self._chosen_pattern is None:
                self._chosen_pattern = self.views[CENTRE].choices()["pattern"]
            self._select_pattern(self._chosen_pattern)
            self._chosen_pattern = None
        self.by_hand.show_frame(frame)
        self.travel.show_frame(frame)
        self.panel.set_epoch(frame.snapshot.epoch)
        self.readouts.show_frame(frame)
        if self._solving is not None:
            self._solving.show_frame(frame)
            self._offer_training()
        if new_run:
            self._staging.show_run(setup)
        if is_first:
            # What changed its size has its place before it is painted, not after that and again.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            AfterPainting(self._network, self.first_frame_shown.emit)

    def _offer_training(self) -> None:
        """Training waits while a person solves the problem by hand."""
        solving = self.solving.is_on
        for name in ("run", "step", "play_slowly", "reset", "new_seed"):
            self.actions_by_name[name].setEnabled(not solving)
        if solving:
            self.actions_by_name["back"].setEnabled(False)
        self.travel.timeline.setEnabled(not solving)

    def _show_solving(self, on: bool) -> None:
        self.actions_by_name["solve"].setChecked(on)
        output = self.views["output"]
        output.set_choices({"solving": on})
        output.choices_changed.emit()
        if on:
            self.message.clear()
            self._docks.bring("output")
        self._offer_training()

    def _toggle_solving(self) -> None:
        if self.solving.is_on:
            self.solving.leave()
        else:
            self.solving.begin()

    def stop_solving(self) -> None:
        """End the mode in which a person sets the weights, if it is on."""
        if self._solving is not None:
            self._solving.leave()

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
        if status.state == "failed":
            self.message.say(status.message)
        elif status.state == "finished":
            self.message.say(status.message, "done")
        elif status.state == "paused" and status.message:
            self.message.say(status.message, "warning")
        elif training:
            self.message.clear()

    def _show_refusal(self, field: str, sentence: str) -> None:
        self.panel.set_refused(field, sentence)
        if field == "rule":
            wanted = self.panel.experiment()
            fitting = with_rule(wanted, wanted.rule)
            self.message.say(
                sentence, "error", "Use a network that it can train", lambda: self.load(fitting)
            )
        else:
            self.message.say(sentence)  # the field may be out of sight

    def _advise(self, setup: Setup) -> None:
        """Offer what would suit the data better."""
        patterns = setup.patterns
        if patterns.better:
            experiment = setup.experiment
            options = {**experiment.options, **patterns.better}
            self.message.say(
                f"Some numbers of {patterns.name} are large, and a network hardly learns such.",
                "warning",
                "Standardise them",
                lambda: self.load(replace(experiment, options=options)),
            )

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

    def _build_docks(self) -> None:
        views = {row.key: row.title for row in ROWS if row.key != CENTRE}
        hands = {part.key: part.title for part in (*BY_HAND, MICROSCOPE)}
        panels = {"experiment": self.panel.accessibleName(), LESSON.key: LESSON.title}
        self._docks = Docks(self, {**panels, **views, **hands}, self._late.need)
        self._docks.fill("experiment", self.panel)
        for key, view in self.views.items():
            if key != CENTRE:
                self._docks.fill(key, view)

    def _make_part(self, key: str) -> None:
        """Make what stands behind another dock at first, and put it there."""
        part: QWidget
        if key == LESSON.key:
            part = self._make_lesson()
        else:
            part = view = self._make_live(key)
            self._clock.add(view)
            if self.current_frame is not None:
                view.select_pattern(self.views[CENTRE].choices()["pattern"])
        self._docks.fill(key, part)
        leave_space(part)

    def _make_live(self, key: str) -> View:
        if key == MICROSCOPE.key:
            return self._make_microscope()
        if key not in BY_KEY:
            return self.by_hand.make_panel(key)
        view = self.views[key] = BY_KEY[key].load()(theme=self.theme)
        self._connect_view(view)
        if key == "compare":
            self._make_comparing(view)
        elif key == "draw":
            view.drawn.connect(self._network.show_drawing)  # type: ignore[attr-defined]
        return view

    def _make_lesson(self) -> "LessonPanel":
        from bpviz.ui.panels.lesson import LessonPanel  # not needed before it is made

        panel = self._lesson = LessonPanel(_lessons, self.settings, self.theme)
        panel.set_up.connect(self._staging.set_up)
        panel.failed.connect(self.message.say)
        return panel

    def _make_microscope(self) -> "MicroscopePanel":
        from bpviz.ui.panels.microscope import MicroscopePanel  # not needed before it is made

        panel = self._microscope = MicroscopePanel(theme=self.theme)
        panel.pattern_selected.connect(self._select_pattern)
        panel.lit.connect(self._network.light)
        panel.failed.connect(self.message.say)
        panel.said.connect(lambda words: self.statusBar().showMessage(words, 8000))
        return panel

    def _make_comparing(self, view: View) -> None:
        from bpviz.ui.comparing import Comparing  # not needed before it is made
        from bpviz.ui.views.compare import CompareView

        assert isinstance(view, CompareView)
        comparing = self._comparing = Comparing(self.session, view, self)
        comparing.open_requested.connect(self.load)
        comparing.brought.connect(lambda: self._docks.bring("compare"))
        self._clock.ticked.connect(comparing.watch)
        if self.current_frame is not None:
            comparing.watch(self.current_frame)

    def _connect_view(self, view: View) -> None:
        view.pattern_selected.connect(self._select_pattern)
        view.quantity_chosen.connect(self._plot_over_time)
        view.quantities_dropped.connect(lambda dropped: self.session.unwatch(*dropped))
        view.filling_stopped.connect(self.session.stop_filling)

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once the window has its size, unless a layout was saved."""
        super().showEvent(event)
        self._centre.setFocus()
        leave_space(self)
        if not self.settings.contains("state"):
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
            "race": self.open_race,
            "solve": self._toggle_solving,
            "plot": self._plot_pointed,
            "new_data": self._new_data,
            "keep": lambda: self.comparing.keep(),
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
        self.speed.changed.connect(self.session.set_speed)
        self.readouts.cancel.clicked.connect(self.session.cancel)
        self.panel.applied.connect(self.load)
        self.panel.configured.connect(self._configure)
        self.panel.open_csv_requested.connect(self._open_csv)
        self._welcome.lesson_wanted.connect(lambda: self.open_lesson(set_up=True))
        self.session.status_changed.connect(self._show_status)
        self.session.refused.connect(self._show_refusal)
        for view in self.views.values():
            self._connect_view(view)
        self.by_hand.pattern_selected.connect(self._select_pattern)
        self._network.hands.menu_parts.append(self._offer_microscope)
        self._network.hands.pressed.connect(lambda target: self.microscope.look_at(target))
        coming = ComesForward(self._docks, MICROSCOPE.key, FOLLOW_UNITS, FOLLOW_ALL, self)
        self._network.hands.pressed.connect(coming.press)
        self._network.hands.activated.connect(coming.stay)
        self.by_hand.refused.connect(self.message.say)
        self.by_hand.wanted.connect(self._docks.bring)
        self.by_hand.take_over(self.actions_by_name["undo"], self.actions_by_name["redo"])
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self._apply_theme(self._chosen_theme()))

    def _offer_microscope(self, menu: QMenu, target: Target, place: QPointF) -> None:
        def show() -> None:
            self._docks.bring("microscope")
            self.microscope.look_at(target)

        action = menu.addAction("Under the microscope")
        action.setObjectName("menu_microscope")
        action.triggered.connect(show)

    def _plot_pointed(self) -> None:
        """Plot over time what is pointed at, in whichever view."""
        for view in self.views.values():
            if view.isVisible() and (quantities := view.pointed_quantities()):
                self._plot_over_time(quantities[0])
                return
        self.statusBar().showMessage("Point at a weight or a unit, then press P.", 6000)

    def _plot_over_time(self, quantity: Quantity) -> None:
        self.session.watch(quantity)
        self._docks.bring("trajectory")

    def _select_pattern(self, row: int) -> None:
        for view in self._live:
            view.select_pattern(row)

    # -- looks -----------------------------------------------------------------------------

    def choose_theme(self, name: str) -> None:
        """Use "light" or "dark" colours, or those of the "system", now and next time."""
        self.settings.setValue("theme", name)
        self._apply_theme(self._chosen_theme())

    def _chosen_theme(self) -> Theme:
        name = self.settings.value("theme", "system")
        if name in THEMES:
            return THEMES[name]
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT

    def _apply_theme(self, theme: Theme) -> None:
        self.theme = theme
        QApplication.setPalette(theme.palette())
        set_icons(self.actions_by_name, theme)
        for view in self._live:
            view.set_theme(theme)
        self._docks.set_theme(theme)
        self.panel.set_theme(theme)
        if self._lesson is not None:
            self._lesson.set_theme(theme)
        self._welcome.set_theme(theme)
        if self._race is not None:
            self._race.set_theme(theme)
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
            saved = self.settings.value(key)
            if isinstance(saved, QByteArray):
                restore(saved)

    # -- closing ---------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the training, remember the layout."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("state", self.saveState(LAYOUT_VERSION))
        self._focus_keys.end()
        self._clock.set_running(False)
        if self._solving is not None:
            self._solving.keep()
        if self._race is not None:
            self._race.shut_down()
        self._late.stop()
        if self._comparing is not None:
            self._comparing.close()
        self.session.close()
        event.accept()
