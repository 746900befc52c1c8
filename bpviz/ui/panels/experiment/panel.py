"""The Experiment panel, in which all settings of an experiment are made."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, experiment_for
from bpviz.problems.table import PROBLEMS
from bpviz.ui.panels.experiment.changes import changes_in_words
from bpviz.ui.panels.experiment.connections import Connections
from bpviz.ui.panels.experiment.draft import Draft
from bpviz.ui.panels.experiment.entries import Entries
from bpviz.ui.panels.experiment.hidden_groups import NETWORK_STRETCH, HiddenGroups
from bpviz.ui.panels.experiment.parts import SECTIONS
from bpviz.ui.panels.experiment.problem import ProblemSection
from bpviz.ui.panels.experiment.settings import (
    DEFAULT_MINI_BATCH,
    MINI,
    SETTINGS,
    SettingRow,
    make_entry,
    tolerance_in_units,
)
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.widgets.form_rows import (
    USUAL_STRETCH,
    FieldEntry,
    FieldRow,
    Section,
    chain_tabs,
    reveal,
)
from bpviz.ui.toolkit.widgets.notes_and_marks import NEW_RUN, Note, Remarks, dress
from bpviz.ui.toolkit.widgets.pending_bar import PendingBar

STRETCH = {"network": NETWORK_STRETCH, "weights": (10, 15), "training": (10, 15)}
"""Shares of label and field by section, where the words in the fields are long and labels short."""

SLOW = 200
"""Ms after which the panel says that a run is being prepared; most take less."""


class ExperimentPanel(QWidget):
    """Shows and edits the experiment of the run.

    A field that may change during a run is emitted at once (``configured``). The others need a
    new run: at epoch 0 they are emitted at once (``applied``), later when the user clicks Apply.
    An invalid entry stays as typed, is marked and explained, and is not emitted.

    The receiver of ``applied`` must call set_experiment when the run has arrived, or set_refused
    if it cannot be made.
    """

    applied = Signal(object)
    """Experiment: start a new run of it at epoch 0."""

    configured = Signal(object)
    """Experiment: that of the run with changed live fields; training continues with it."""

    data_requested = Signal()
    """The user asks how the table of the present problem is read."""

    open_csv_requested = Signal()
    table_chosen = Signal(object)
    """The experiment of a table that was opened before and is chosen again."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self.setObjectName("panel_experiment")
        self.setAccessibleName("Experiment")
        self._theme = theme
        self._draft = Draft(Experiment(), Experiment())
        self._patterns: PatternSet | None = None
        self._epoch = 0
        self._busy = self._collects = False
        self._has_new_rows = True
        self._opened: dict[str, Experiment] = {}
        self._left_out: frozenset[str] = frozenset()
        self._sections = {name: Section(title, name) for name, title in SECTIONS.items()}
        self._sections["training"].remark.say("changes act at once")
        self._links_section = Section("Connections", "links", sub=True, open_=False)
        self._message = Note("error", "panel_message")
        self._remarks = Remarks("panel_remarks")
        self._problem = ProblemSection()
        self._hidden = HiddenGroups()
        self._links = Connections()
        self._rows = {setting.name: self._setting_row(setting) for setting in SETTINGS}
        self._bar = PendingBar()
        self._entries = Entries(self)
        self._slow = QTimer(self, singleShot=True, interval=SLOW)
        self._slow.timeout.connect(lambda: self._sections["problem"].remark.say("loading…"))
        self._lay_out()
        self._connect()
        self._refresh()

    # -- interface -------------------------------------------------------------------------

    def experiment(self) -> Experiment:
        """The experiment as entered: the last valid entry of each field, applied or not."""
        return self._draft.entered

    def set_experiment(self, experiment: Experiment, patterns: PatternSet | None) -> None:
        """Show the experiment of the run that is now on screen; nothing is emitted.

        Kept are the text being typed, invalid entries, and entries that need a new run if this
        run has the same problem and does not change their field.
        """
        self._draft.arrive(experiment)
        self._patterns = patterns
        if experiment.problem not in PROBLEMS:
            self._opened[experiment.problem] = experiment
        if not self._draft.pending():
            self._entries.clear_refusals(self._message)
        self._refresh()

    @property
    def has_changes(self) -> bool:
        """Whether entries wait for a new run."""
        return bool(self._draft.pending())

    def take_changes(self) -> tuple[Experiment | None, list[str]]:
        """The experiment with all entries that need a new run, noted as requested, and their names.

        None if nothing waits for a new run; then the names are those of invalid entries.
        """
        self._collects = True
        self._entries.finish()
        self._collects = False
        wrong = [entry.accessibleName() for entry in self._entries if entry.invalid]
        if wrong or not self._draft.pending():
            return None, wrong
        changes = changes_in_words(self._draft, self._problem.title)
        self._entries.clear_refusals(self._message)
        experiment = self._draft.send()
        self._refresh()
        return experiment, changes

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch of the run; at epoch 0 every change is emitted at once."""
        self._epoch = epoch

    def set_refused(self, field: str, sentence: str) -> None:
        """Mark the field that a BadValue names: the requested run was refused.

        If the panel has no such field, or hides it, the sentence is shown at the top.
        """
        self._draft.refuse()
        entry, sentence = self._entry_for(field), sentence[:1].upper() + sentence[1:]
        if entry is None or self._is_left_out(entry):
            self._message.say(sentence)
        else:
            entry.refuse(sentence)
            reveal(entry, self._scroll)
        self._refresh()

    def set_remarks(self, remarks: tuple[str, ...]) -> None:
        """Show remarks about settings that are valid but need attention."""
        self._remarks.say(remarks)

    def set_busy(self, busy: bool) -> None:
        """Show whether a new run is being prepared."""
        if busy == self._busy:
            return  # called twice for every step
        self._busy = busy
        if busy:
            self._slow.start()
        else:
            self._slow.stop()
            self._sections["problem"].remark.say("")
        self._show_bar()

    def hide_parts(self, names: Collection[str]) -> None:
        """Hide the sections and fields of these names (``PARTS``), which keep their values, and
        show all others; invalid entries are replaced.
        """
        if frozenset(names) == self._left_out:
            return
        for name in self._left_out:
            for widget in self._widgets_of(name):
                widget.show()
        self._left_out = frozenset(names)
        self._refresh(force=True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if theme is not self._theme:
            self._theme = theme
            dress(self, theme)

    # -- building --------------------------------------------------------------------------

    def _setting_row(self, setting: SettingRow) -> FieldRow:
        entry = make_entry(setting)
        if setting.new_run:
            entry.setToolTip(f"{setting.help} {NEW_RUN}")
        entry.committed.connect(lambda value, setting=setting: self._enter(setting, value))
        stretch = STRETCH.get(setting.section, USUAL_STRETCH)
        return FieldRow(setting.label, (entry,), new_run=setting.new_run, stretch=stretch)

    def _lay_out(self) -> None:
        self._sections["problem"].add(self._problem, self._remarks)
        self._sections["network"].add_to_heading(self._hidden.add_button)
        self._sections["network"].add(self._hidden)
        homes = {**self._sections, "links": self._links_section}
        for setting in SETTINGS:
            homes[setting.section].add(self._rows[setting.name])
        self._links_section.add(self._links)
        self._sections["network"].add(self._links_section)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE)
        rows.setSpacing(SPACE)
        for section in self._sections.values():
            rows.addWidget(section)
        rows.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._message, self._scroll, self._bar):
            layout.addWidget(part, int(part is self._scroll))
        self._message.setContentsMargins(SPACE, SPACE, SPACE, SPACE)

    def _connect(self) -> None:
        self._problem.chosen.connect(self._choose_problem)
        self._problem.option_entered.connect(self._enter_option)
        self._problem.csv_wanted.connect(self.open_csv_requested)
        self._problem.data_wanted.connect(self.data_requested)
        self._hidden.entered.connect(self._enter_reset)
        self._links.entered.connect(self._enter_reset)
        self._bar.apply_clicked.connect(self._apply_all)
        self._bar.discard_clicked.connect(self._discard)
        for part in (self._problem, self._hidden, self._links):
            part.rows_changed.connect(self._rows_changed)

    def _rows_changed(self) -> None:
        self._has_new_rows = True  # they are shown with what follows

    def _take_up_rows(self) -> None:
        """Give added rows their colours and their positions in the tab order."""
        if self._has_new_rows:
            self._has_new_rows = False
            dress(self, self._theme)
            chain_tabs(self)
            self._entries.watch(self._show_bar)

    # -- applying --------------------------------------------------------------------------

    def _enter(self, setting: SettingRow, value: Any) -> None:
        if value == MINI:
            value = self._rows["batch_size"].entries[0].value or DEFAULT_MINI_BATCH
        entered = setting.put(self._draft.entered, value)
        if setting.new_run:
            self._enter_reset(entered)
        else:
            self._draft.entered = entered
            self._refresh()
            self.configured.emit(self._draft.configure())

    def _enter_option(self, name: str, value: Any) -> None:
        entered = self._draft.entered
        self._enter_reset(replace(entered, options={**entered.options, name: value}))

    def _choose_problem(self, problem: str) -> None:
        seed = self._draft.entered.seed
        try:
            suits = self._opened.get(problem) or experiment_for(problem)
        except BadValue as error:
            self.set_refused("problem", str(error))
            return
        if problem not in PROBLEMS:
            self._refresh()  # the present problem is shown until the table is read
            self.table_chosen.emit(replace(suits, seed=seed))
            return
        self._draft.entered = replace(suits, seed=seed)
        self._apply()

    def _enter_reset(self, entered: Experiment) -> None:
        """Take over an entry that needs a new run; at epoch 0 emit it at once."""
        self._draft.entered = entered
        if self._epoch == 0 and self._draft.pending() and not self._collects:
            self._apply()
        else:
            self._refresh()

    def _apply(self) -> None:
        self._entries.clear_refusals(self._message)
        experiment = self._draft.send()
        self._refresh()
        self.applied.emit(experiment)

    def _apply_all(self) -> None:
        self._entries.finish()
        if self._draft.pending() and not self._wrong_entries():
            self._apply()

    def _discard(self) -> None:
        self._draft.discard()
        self._entries.clear_refusals(self._message)
        self._refresh(force=True)

    # -- showing ---------------------------------------------------------------------------

    def _refresh(self, *, force: bool = False) -> None:
        """Show what is entered; ``force`` also replaces invalid entries."""
        base, entered = self._draft.expected, self._draft.entered
        same = self._draft.base.problem == entered.problem
        patterns = self._patterns if same else None
        image = patterns.image_shape if patterns is not None else None
        self._problem.show_experiment(base, entered, patterns, force=force)
        tests = None if patterns is None else patterns.test is not None
        self._hidden.show_experiment(base, entered, tests=tests, force=force)
        self._links.show_experiment(base, entered, image, force=force)
        self._take_up_rows()
        self._links_section.remark.say(self._links.summary())
        for setting in SETTINGS:
            self._show_setting(setting, base, entered, force)
        # As in prepare: outputs of step units can tie, so every output must be right there.
        largest = patterns is not None and patterns.one_hot and entered.output != "step"
        self._rows["tolerance"].note.say(
            "Not used here: of several classes the largest output counts."
            if largest
            else tolerance_in_units(patterns, entered.tolerance)
        )
        for name in self._left_out:
            for widget in self._widgets_of(name):
                widget.hide()
        self._show_bar()

    def _show_setting(
        self, setting: SettingRow, base: Experiment, entered: Experiment, force: bool
    ) -> None:
        row, applies = self._rows[setting.name], setting.applies(entered)
        entry = row.entries[0]
        if applies:
            value = setting.get(entered)
            entry.show_value(setting.shows(value), force=force and setting.new_run)
            row.set_pending(setting.new_run and setting.get(base) != value)
        elif entry.invalid:  # a hidden field must not block the others
            entry.show_value(entry.value, force=True)
        row.setVisible(applies and setting.name not in self._left_out)

    def _show_bar(self) -> None:
        self._bar.show_changes(
            changes_in_words(self._draft, self._problem.title),
            self._wrong_entries(),
            busy=self._busy,
        )

    # -- entries ---------------------------------------------------------------------------

    def _wrong_entries(self) -> list[str]:
        """The names of the invalid entries that need a new run."""
        live = {self._rows[s.name].entries[0] for s in SETTINGS if not s.new_run}
        return [e.accessibleName() for e in self._entries if e.invalid and e not in live]

    def _entry_for(self, field: str) -> FieldEntry | None:
        entered = self._draft.entered
        for setting in reversed(SETTINGS):  # of two rows for one field, the one with the number
            if setting.refusal == field and setting.applies(entered):
                return self._rows[setting.name].entries[0]
        parts = (self._problem, self._hidden, self._links)
        return next((entry for part in parts if (entry := part.entry_for(field))), None)

    def _widgets_of(self, part: str) -> Sequence[QWidget]:
        """The widgets of a section or field of this name."""
        if part in self._sections:
            return [self._sections[part]]
        if part in self._rows:
            return [self._rows[part]]
        others: dict[str, Sequence[QWidget]] = {
            "options": list(self._problem.options.values()),
            "hidden": [self._hidden, self._hidden.add_button],
            "links": [self._links_section],
        }
        return others[part]

    def _is_left_out(self, entry: FieldEntry) -> bool:
        widgets = (widget for name in self._left_out for widget in self._widgets_of(name))
        return any(widget.isAncestorOf(entry) for widget in widgets)
