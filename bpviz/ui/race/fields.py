"""The form of a race: its variants, seeds and length."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QWidget

from bpviz.core.values import BadValue, check_whole
from bpviz.experiment.experiment import MAX_SEED, Experiment
from bpviz.experiment.published import Published, published_run_of, published_runs
from bpviz.experiment.race_order import (
    DEFAULT_EPOCHS,
    DEFAULT_SEEDS,
    MAX_RACE_EPOCHS,
    MAX_SEEDS,
    RaceOrder,
    read_shapes,
    variants_of,
)
from bpviz.lessons.model import StepRace
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry, NumberListEntry


class RaceFields(QWidget):
    """Which variants of ``experiment`` race, how many seeds of each, and how long."""

    entered = Signal()
    """Enter was pressed in one of the fields."""

    changed = Signal()
    """A field was edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment = Experiment()
        self._about = named(QLabel(), "race_about")
        self._about.setWordWrap(True)
        self.shapes = _line("race_hidden", "Hidden units of the variants, such as 2,3,4,8; 4x2 is "
                            "a network with two hidden groups, 0 one without any")  # fmt: skip
        self.activations = _line("race_activation", "Activations of the hidden units, such as "
                                 "tanh,relu; empty: as they are")  # fmt: skip
        self.rates = named(NumberListEntry("rate"), "race_rate",
                           "Learning rates, such as 0.1; 0.5; empty: as it is")  # fmt: skip
        self.seeds = _number("race_seeds", "Networks of every variant", "seeds", 1, MAX_SEEDS)
        self.first = _number("race_first", "The first seed", "first seed", 0, MAX_SEED)
        self.epochs = _number(
            "race_epochs", "Epochs of every network", "epochs", 1, MAX_RACE_EPOCHS
        )
        self._numbers = (self.rates, self.seeds, self.first, self.epochs)
        self._show_numbers((), DEFAULT_SEEDS, 0, DEFAULT_EPOCHS)
        self.until_solved = QCheckBox("End each when solved")
        named(self.until_solved, "race_until_solved", "A network ends as soon as all its training "
              "patterns are right; otherwise it goes on to the last epoch")  # fmt: skip
        self.published = named(QComboBox(), "race_published_run", "A published run of the problem: "
                               "choose it to race its own network and settings")  # fmt: skip
        self.published.activated.connect(self._choose_published)
        self._lay_out()
        for entry in (self.shapes, self.activations, *self._numbers):
            entry.editingFinished.connect(self.changed)
        self.until_solved.toggled.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self._about)
        rows = (
            ("Hidden", self.shapes), ("Activation", self.activations), ("Rate", self.rates),
            ("Seeds", self.seeds), ("First seed", self.first), ("Epochs", self.epochs),
        )  # fmt: skip
        for label, widget in rows:
            widget.setAccessibleName(label)
            widget.returnPressed.connect(self.entered)
            form.addRow(label, widget)
        form.addRow("", self.until_solved)
        self.published.setAccessibleName("Published run")
        self.published.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        form.addRow("Published", self.published)
        self._form = form
        self._offer_published()

    def set_experiment(self, experiment: Experiment) -> None:
        """Propose variants of this experiment, unless the fields are already about it."""
        if experiment == self.experiment and self._about.text():
            return
        self.experiment = experiment
        sizes = "x".join(str(group.size) for group in experiment.hidden) or "0"
        single = len(experiment.hidden) == 1
        self.shapes.show_value("2,3,4,8" if single else sizes, force=True)
        self.activations.show_value("", force=True)
        self.activations.setPlaceholderText(
            ", ".join(dict.fromkeys(group.activation for group in experiment.hidden)) or "none"
        )
        self.rates.show_value((), force=True)
        self.rates.setPlaceholderText(f"{experiment.training.rate:g}")
        self.epochs.show_value(experiment.stop.epochs or DEFAULT_EPOCHS, force=True)
        self.until_solved.setChecked(experiment.stop.solved)
        run = published_run_of(experiment)
        words = f"Variants of the experiment on {experiment.problem}"
        self._about.setText(words if run is None else f"{words}, as published: {run.conditions()}")
        self._offer_published()

    def _offer_published(self) -> None:
        """List the published runs of the problem; the row is there only where there are some."""
        runs = published_runs(self.experiment.problem)
        self._form.setRowVisible(self.published, bool(runs))
        self.published.clear()
        self.published.addItem("choose a run")
        for run in runs:
            self.published.addItem(f"{run.network}: {run.said or 'no number'}", run)
            tip = f"{run.source}; {run.conditions()}"
            self.published.setItemData(self.published.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        now = published_run_of(self.experiment)
        self.published.setCurrentIndex(0 if now is None else 1 + runs.index(now))

    def _choose_published(self, index: int) -> None:
        """Fill in the experiment of a published run, to be raced as it is."""
        run = self.published.itemData(index)
        if isinstance(run, Published):
            self.set_experiment(run.experiment())
            self.shapes.show_value("x".join(str(h.size) for h in self.experiment.hidden) or "0",
                                   force=True)  # fmt: skip
            self.changed.emit()

    def propose(self, race: StepRace) -> None:
        """Fill in a lesson's race."""
        order = race.order
        self.shapes.show_value(race.hidden, force=True)
        self.activations.show_value(",".join(race.activations), force=True)
        self._show_numbers(race.rates, order.seeds, order.first_seed, order.epochs)
        self.until_solved.setChecked(order.until_solved)

    def complaint(self) -> str:
        """Why a number is refused, in a sentence; empty if none is."""
        for entry in self._numbers:
            entry.commit()
        return next((entry.sentence for entry in self._numbers if entry.sentence), "")

    def order(self) -> RaceOrder:
        """The race that the fields describe. Raises BadValue."""
        variants = variants_of(
            self.experiment,
            read_shapes("hidden units", self.shapes.text(), self.experiment.hidden),
            [word.strip() for word in self.activations.text().split(",") if word.strip()],
            self.rates.value,
        )
        solved = self.until_solved.isChecked()
        return RaceOrder(variants, self.seeds.value, self.epochs.value, self.first.value, solved)

    def describe(self, order: RaceOrder) -> bool:
        """Whether the fields are those of this race."""
        try:
            return self.order() == order
        except BadValue:
            return False

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for entry in (self.shapes, self.activations, *self._numbers):
            entry.set_theme(theme)

    def _show_numbers(self, rates: tuple[float, ...], seeds: int, first: int, epochs: int) -> None:
        for entry, value in zip(self._numbers, (rates, seeds, first, epochs), strict=True):
            entry.show_value(value, force=True)


def _line(name: str, tip: str) -> LineEntry:
    return named(LineEntry(str, str), name, tip)


def _number(name: str, tip: str, field: str, low: int, high: int) -> NumberEntry:
    return named(
        NumberEntry("whole", lambda value: check_whole(field, value, low, high)), name, tip
    )
