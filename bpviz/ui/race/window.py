"""The Race window: the form, the progress, and the networks to open."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.patterns import PatternSet
from bpviz.core.text.number_words import counted
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Stop
from bpviz.experiment.race_order import RaceOrder, setups_of
from bpviz.session.race.runner import Pool, Race, Standings, WorkersFailed
from bpviz.session.race.shards import shards_of
from bpviz.session.race.standing import published_runs_of
from bpviz.ui.race.fields import RaceFields
from bpviz.ui.race.table import NetworkList, network_words
from bpviz.ui.race.view import ALL, RaceView
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.message_bar import MessageBar
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note

if TYPE_CHECKING:
    from bpviz.lessons.model import StepRace

LOOK = 60
"""Milliseconds between two checks for new results."""

PANEL_WIDTH = 272


@guard_overrides
class RaceWindow(QWidget):
    """Starts races of variants of an experiment, and shows them while they are trained.

    ``opened(experiment, epochs)`` asks to open a network: this experiment, trained for ``epochs``.
    """

    opened = Signal(object, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("race_window")
        self.setWindowTitle("Race – bpviz")
        self.resize(1180, 740)
        self._patterns: PatternSet | None = None
        self._given = Experiment()
        self.view = RaceView(theme=theme)
        self.message = MessageBar(theme)
        self._pool: Pool | None = None
        self._thread = ThreadPoolExecutor(1, "race")
        self._begun: Future[tuple[RaceOrder, Race]] | None = None
        self._race: Race | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)
        self._build()
        self.set_theme(theme)
        self._show_state()

    def set_experiment(self, experiment: Experiment, patterns: PatternSet | None = None) -> None:
        """Set the experiment whose variants the next race trains, and its patterns."""
        self._patterns, self._given = patterns, experiment
        self.fields.set_experiment(experiment)
        self._show_subject()

    def propose(self, race: "StepRace") -> None:
        """Fill in a lesson's race."""
        self.fields.propose(race)
        self._show_subject()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.view.set_theme(theme)
        self.message.set_theme(theme)
        self.subject.set_theme(theme)
        self.fields.set_theme(theme)

    def shut_down(self) -> None:
        """Stop the race and its processes."""
        self._timer.stop()
        if self._pool is not None:
            self._pool.stop()
        self._give_up()
        self._thread.shutdown(cancel_futures=True)
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the race."""
        self._cancel()
        event.accept()

    # -- the race ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the race that the fields describe."""
        self.message.clear()
        if complaint := self.fields.complaint():
            self.message.say(complaint)
            return
        try:
            order = self.fields.order()
        except BadValue as error:
            self.message.say(str(error))
            return
        self._begun = self._thread.submit(self._begin, order)
        self._timer.start()
        self._show_state()

    def _begin(self, order: RaceOrder) -> tuple[RaceOrder, Race]:
        """Prepare the race in a thread: building networks and starting processes takes time."""
        setups = setups_of(order, self._patterns_for(order))
        if self._pool is None:
            self._pool = Pool()
        return order, Race(shards_of(order, setups), self._pool)

    def _patterns_for(self, order: RaceOrder) -> PatternSet | None:
        """The patterns of the main window, if the race is about them; None: they are loaded."""
        asked, given = order.variants[0].experiment, self._given
        same = (asked.problem, asked.options) == (given.problem, given.options)
        return self._patterns if same else None

    def _look(self) -> None:
        try:
            self._look_at_beginning()
            if self._race is None:
                return
            parts = self._race.take()
            if parts and self.view.standings is not None:
                self.view.standings.add(parts)
                self.view.add(parts)
                self._list_networks()
            if self._race.is_over:
                self._race = None
        except (BadValue, WorkersFailed) as error:
            self.message.say(str(error))
            self._give_up()
        self._show_state()

    def _look_at_beginning(self) -> None:
        if self._begun is None or not self._begun.done():
            return
        begun, self._begun = self._begun, None
        order, self._race = begun.result()
        patterns = self._patterns_for(order)
        edited = patterns is not None and patterns.original is not None
        self.view.show_race(Standings(order), published={} if edited else published_runs_of(order))
        self._show_subject()
        self._list_variants(order)

    def _show_subject(self) -> None:
        """Say which race the curves and the table are of, and whether the fields are of another."""
        standings = self.view.standings
        if standings is None:
            self.subject.hide()
            return
        order = standings.order
        words = race_words(order)
        if not self.fields.describe(order):
            words += ". The fields say something else: Start races that"
        self.subject.say(words)

    def _cancel(self) -> None:
        if self._begun is not None or self._race is not None:
            self._give_up()
            self._show_state()

    def _give_up(self) -> None:
        if self._begun is not None and not self._begun.cancel():
            # It is being started: stop it as soon as it runs.
            self._begun.add_done_callback(_cancel_begun)
        self._begun = None
        if self._race is not None:
            self._race.cancel()
            self._race = None

    def _show_state(self) -> None:
        going = self._begun is not None or self._race is not None
        self.start_button.setEnabled(not going)
        self.cancel_button.setEnabled(going)
        if not going:
            self._timer.stop()
        if self._race is not None:
            progress = self._race.progress
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * progress.done / max(1, progress.total)))
            self.bar.setFormat(f"{progress.done:,} of {progress.total:,} network-epochs")
        elif self._begun is not None:
            self.bar.setRange(0, 0)
            self.bar.setFormat("starting")
        else:
            standings = self.view.standings
            done = standings.networks if standings is not None else 0
            wanted = standings.order.networks if standings is not None else 0
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * done / wanted) if wanted else 0)
            self.bar.setFormat(f"{done:,} of {wanted:,} networks" if wanted else "no race yet")
        self._show_chosen()

    # -- a network ---------------------------------------------------------------------------

    def _list_variants(self, order: RaceOrder) -> None:
        self.shown.blockSignals(True)
        self.shown.clear()
        self.shown.addItem("All variants", ALL)
        for v, variant in enumerate(order.variants):
            self.shown.addItem(variant.label, v)
        self.shown.blockSignals(False)
        self._list_networks()

    def _note_shown(self) -> None:
        self.shown.setCurrentIndex(self.shown.findData(self.view.shown))
        self._list_networks()

    def _list_networks(self) -> None:
        variant = self.view.shown
        if variant == ALL:
            variant = 0 if self.view.chosen is None else self.view.chosen.variant
        self._listed = variant
        ends, unsolved = self.view.ends(variant), self.unsolved.isChecked()
        self._networks.show_outcomes(ends, unsolved_only=unsolved)
        standings, n = self.view.standings, self._networks.rowCount()
        if standings is not None:
            kind = "not solved, of" if unsolved else "of"
            label = standings.order.variants[variant].label
            self.listed_label.setText(f"{counted(n, 'network')} {kind} {label}")
        self._select_chosen()

    def _select_chosen(self) -> None:
        """Select the network of the list whose curve is highlighted."""
        chosen = self.view.chosen
        is_listed = chosen is not None and chosen.variant == self._listed
        index = self._networks.index_of(chosen.seed) if is_listed and chosen else QModelIndex()
        self.list.setCurrentIndex(index)
        if index.isValid():
            self.list.scrollTo(index)

    def _choose_listed(self, index: QModelIndex) -> None:
        if self._networks.outcomes is not None:
            self.view.choose(self._listed, self._networks.seed_at(index))

    def _show_chosen(self) -> None:
        chosen = self.view.chosen
        for button in (self.open_button, self.epoch_0_button):
            button.setEnabled(chosen is not None)
        words = "Click a curve, or a network of the list."
        if chosen is not None and self.view.standings is not None:
            outcomes = self.view.ends(chosen.variant)
            row = None if outcomes is None else outcomes.row_of(chosen.seed)
            if outcomes is not None and row is not None:
                label = self.view.standings.order.variants[chosen.variant].label
                words = f"{label}, {network_words(outcomes, row)}"
        self.chosen_label.setText(words)
        if chosen is not None and chosen.variant != self._listed:
            self._list_networks()
        else:
            self._select_chosen()

    def _open(self, *, at_end: bool) -> None:
        chosen, standings = self.view.chosen, self.view.standings
        outcomes = None if chosen is None else self.view.ends(chosen.variant)
        if chosen is None or standings is None or outcomes is None:
            return
        row = outcomes.row_of(chosen.seed)
        if row is None:
            return
        variant = standings.order.variants[chosen.variant].experiment
        ended_at = int(outcomes.ended_at[row])
        # It is trained as far as in the race, without the experiment's own stop conditions.
        stop = Stop(epochs=ended_at or None, error=variant.stop.error)
        network = replace(variant, seed=chosen.seed, stop=stop)
        self.opened.emit(network, ended_at if at_end else 0)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        panel = QWidget()
        panel.setFixedWidth(PANEL_WIDTH)
        column = QVBoxLayout(panel)
        column.setContentsMargins(SPACE, SPACE, 0, SPACE)
        column.setSpacing(SPACE)
        self.fields = RaceFields()
        column.addWidget(self.fields)
        buttons = QHBoxLayout()
        self.start_button = _button("Start", "race_start", "Train all these networks")
        self.cancel_button = _button("Cancel", "race_cancel", "Stop; what has come in stays")
        self.start_button.clicked.connect(self.start)
        self.fields.entered.connect(self.start_button.click)  # not while a race is under way
        self.cancel_button.clicked.connect(self._cancel)
        buttons.addWidget(self.start_button)
        buttons.addWidget(self.cancel_button)
        column.addLayout(buttons)
        self.bar = named(QProgressBar(), "race_progress", "How far the race is")
        self.bar.setAccessibleName("Progress of the race")
        column.addWidget(self.bar)
        self._build_networks(column)
        right = QVBoxLayout()
        right.setSpacing(0)
        self.subject = Note("text", "race_subject")
        self.subject.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        self.subject.hide()
        self.fields.changed.connect(self._show_subject)
        right.addWidget(self.message)
        right.addWidget(self.subject)
        right.addWidget(self.view, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(panel)
        layout.addLayout(right, 1)

    def _build_networks(self, column: QVBoxLayout) -> None:
        self.shown = named(QComboBox(), "race_shown", "Whose curves are drawn")
        self.shown.setAccessibleName("Whose curves are drawn")
        self.shown.addItem("All variants", ALL)
        self.shown.currentIndexChanged.connect(
            lambda _: self.view.show_variant(int(self.shown.currentData()))
        )
        self.log_epochs = QCheckBox("Log epochs")
        named(self.log_epochs, "race_log_epochs", "Logarithmic epochs, in all plots")
        self.log_error = QCheckBox("Log error")
        named(self.log_error, "race_log_error", "Logarithmic error")
        self.log_error.setChecked(True)
        logs = QHBoxLayout()
        for box in (self.log_epochs, self.log_error):
            box.toggled.connect(lambda _: self.view.set_log(
                epochs=self.log_epochs.isChecked(), error=self.log_error.isChecked()))  # fmt: skip
            logs.addWidget(box)
        self._networks = NetworkList()
        self._listed = 0
        self.list = named(QListView(), "race_networks", "The networks of the variant, by seed")
        self.list.setAccessibleName("Networks")
        self.list.setUniformItemSizes(True)
        self.list.setModel(self._networks)
        self.list.clicked.connect(self._choose_listed)
        self.listed_label = named(QLabel(), "race_listed")
        self.listed_label.setWordWrap(True)
        self.unsolved = QCheckBox("Not solved only")
        named(self.unsolved, "race_unsolved", "List only networks that did not solve the problem")
        self.unsolved.toggled.connect(lambda _: self._list_networks())
        self.chosen_label = named(QLabel(), "race_chosen")
        self.chosen_label.setWordWrap(True)
        self.open_button = _button(
            "Open at its end",
            "race_open",
            "Train this very network in the main window to where it stands",
        )
        self.epoch_0_button = _button(
            "Open at epoch 0",
            "race_open_epoch_0",
            "Show this very network in the main window at epoch 0",
        )
        self.open_button.clicked.connect(lambda: self._open(at_end=True))
        self.epoch_0_button.clicked.connect(lambda: self._open(at_end=False))
        self.view.chosen_changed.connect(self._show_chosen)
        self.view.shown_changed.connect(self._note_shown)
        opens = QHBoxLayout()
        opens.addWidget(self.open_button)
        opens.addWidget(self.epoch_0_button)
        column.addWidget(self.shown)
        column.addLayout(logs)
        column.addWidget(self.listed_label)
        column.addWidget(self.unsolved)
        column.addWidget(self.list, 1)
        column.addWidget(self.chosen_label)
        column.addLayout(opens)


def race_words(order: RaceOrder) -> str:
    """'Race on xor: 4 variants, 100 seeds of each, 2,000 epochs'."""
    problem, n = Path(order.variants[0].experiment.problem).name, len(order.variants)
    variants = "1 variant" if n == 1 else f"{n:,} variants"
    return f"Race on {problem}: {variants}, {order.seeds:,} seeds of each, {order.epochs:,} epochs"


def _cancel_begun(begun: "Future[tuple[RaceOrder, Race]]") -> None:
    if not begun.cancelled() and begun.exception() is None:
        begun.result()[1].cancel()


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = named(QPushButton(text), name, tip)
    button.setAutoDefault(False)
    return button
