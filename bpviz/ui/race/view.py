"""The race as a view: its plots and its table, which are exported like those of other views."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bpviz.core.race.plan import Outcomes
from bpviz.experiment.published import Published
from bpviz.session.frame import Frame
from bpviz.session.race.report import VariantRow, row_of
from bpviz.session.race.runner import ShardOutcomes, Standings
from bpviz.session.race.standing import published_runs_of, published_words
from bpviz.ui.race.density import Density, DensityScales, nearest
from bpviz.ui.race.plots import DensityPlot, SolvedPlot, SolvePlot
from bpviz.ui.race.table import VariantTable
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.toolkit.widgets.placeholder_page import hint_over
from bpviz.ui.views.base import View

ALL = -1
"""Chosen instead of the number of a variant: all of them."""

TURN = 0.004
"""Seconds of counting curves between two events of the window."""


HINTS = (
    "The loss curves of all networks will appear here, darker where there are more of them. "
    "Press Start, or Enter in a field.",
    "The share of the networks that have solved the problem",
    "How many networks solve the problem in how many epochs",
)
"""What the plots say before the first race."""


class Chosen(NamedTuple):
    """A network of a race, by its variant and seed."""

    variant: int
    seed: int


class RaceView(View):
    """All networks of a race so far.

    ``shown`` is the variant whose curves are drawn, or ALL; ``chosen`` the network whose curve
    is highlighted. It is kept by its seed, as its row changes when earlier seeds arrive.
    """

    key: ClassVar[str] = "race"
    title: ClassVar[str] = "Race"
    about: ClassVar[str] = "Loss curves, share solved and epochs to solve of many networks at once"
    on_surface: ClassVar[bool] = False

    chosen_changed = Signal()
    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.standings: Standings | None = None
        self.shown = ALL
        self.chosen: Chosen | None = None
        self._log_epochs, self._log_error = False, True
        self._scales: DensityScales | None = None
        self._densities: dict[int, Density] = {}
        self._rows: dict[int, VariantRow] = {}
        self._published: dict[int, Published] = {}
        self._uncounted: deque[tuple[int, Outcomes]] = deque()
        self._changed: set[int] = set()
        self._counts_are_new = False
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._go_on)
        self.density, self.solved = DensityPlot(theme), SolvedPlot(theme)
        self.histogram, self.table = SolvePlot(theme), VariantTable()
        self.density.clicked.connect(self._choose_nearest)
        self.table.cellClicked.connect(lambda row, _: self.show_variant(row))
        plots = (self.density, self.solved, self.histogram)
        self._hints = [
            hint_over(plot, f"{plot.objectName()}_hint", hint)
            for plot, hint in zip(plots, HINTS, strict=True)
        ]
        self._headings = [QLabel(text) for text in ("", "Share solved", "Epochs to solve")]
        layout = QGridLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        for heading, row, column in zip(self._headings, (0, 0, 2), (0, 1, 1), strict=True):
            layout.addWidget(heading, row, column)
        layout.addWidget(self.density, 1, 0, 3, 1)
        layout.addWidget(self.solved, 1, 1)
        layout.addWidget(self.histogram, 3, 1)
        layout.addWidget(self.table, 4, 0, 1, 2)
        self.published = Note("text", "race_published")
        layout.addWidget(self.published, 5, 0, 1, 2)
        for row, stretch in ((1, 5), (3, 5), (4, 4)):
            layout.setRowStretch(row, stretch)
        layout.setColumnStretch(0, 3)
        layout.setColumnStretch(1, 2)
        self._head()

    # -- a race ------------------------------------------------------------------------------

    def show_race(
        self, standings: Standings, published: Mapping[int, Published] | None = None
    ) -> None:
        """Show another race with its networks so far.

        ``published`` maps variants to their published runs; by default those of
        the race's experiments.
        """
        self.standings, self.chosen, self.shown = standings, None, ALL
        for hint in self._hints:
            hint.hide()
        self._scales = None
        self._rows = {}
        self._published = dict(
            published_runs_of(standings.order) if published is None else published
        )
        for plot in (self.solved, self.histogram):
            plot.clear_lines()
        self.density.clear_density()
        self.table.clearSelection()
        self._recount()
        self._finish()

    def add(self, parts: Sequence[ShardOutcomes]) -> None:
        """Show new networks, which the standings already hold, as soon as they are counted."""
        for shard, _ in parts:
            self._rows.pop(shard.variant, None)
        if self._scales is None:
            self._recount()
            return
        self._uncounted.extend((shard.variant, outcomes) for shard, outcomes in parts)
        self._changed.update(shard.variant for shard, _ in parts)
        self._counts_are_new = True
        self._turn.start()

    def show_variant(self, variant: int) -> None:
        """Draw the curves of one variant, or of ALL."""
        if variant != self.shown:
            self.shown = variant
            self.chosen = None
            self._draw()
            self.shown_changed.emit()
            self.chosen_changed.emit()

    def choose(self, variant: int, seed: int) -> None:
        """Highlight this network's curve."""
        self.chosen = Chosen(variant, seed)
        self._draw_chosen()
        self.chosen_changed.emit()

    def set_log(self, *, epochs: bool, error: bool) -> None:
        """Set which axes are logarithmic."""
        if (epochs, error) != (self._log_epochs, self._log_error):
            self._log_epochs, self._log_error = epochs, error
            self._recount()

    def outcomes(self, variant: int) -> Outcomes | None:
        """The outcomes of a variant so far."""
        return None if self.standings is None else self.standings.of(variant)

    def ends(self, variant: int) -> Outcomes | None:
        """The outcomes of a variant so far, without the curves."""
        return None if self.standings is None else self.standings.ends(variant)

    def is_empty(self, frame: Frame) -> bool:
        """Whether there is no race yet."""
        return self.standings is None

    # -- as a view ---------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Do nothing: a race does not show the run of the main window."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for plot in (self.density, self.solved, self.histogram):
            plot.set_theme(theme)
        for hint in self._hints:
            hint.setPalette(theme.hint_palette())
        self._draw()

    def choices(self) -> dict[str, Any]:
        """The race, its shown variant and network, and the axes."""
        return {
            "standings": self.standings, "shown": self.shown, "chosen": self.chosen,
            "log_epochs": self._log_epochs, "log_error": self._log_error,
            "published": self._published,
        }  # fmt: skip

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show the race of another instance."""
        standings = choices.get("standings")
        if isinstance(standings, Standings):
            self._log_epochs = bool(choices.get("log_epochs", False))
            self._log_error = bool(choices.get("log_error", True))
            self.show_race(standings, choices.get("published"))
            self.shown, self.chosen = choices.get("shown", ALL), choices.get("chosen")
            self._draw()

    # -- drawing -----------------------------------------------------------------------------

    def _variants(self) -> range:
        return range(0 if self.standings is None else len(self.standings.order.variants))

    def _parts(self, variants: Iterable[int]) -> Iterator[tuple[int, Outcomes]]:
        """(variant, outcomes) of all shards of these variants."""
        for variant in variants:
            for outcomes in self.standings.parts(variant) if self.standings is not None else ():
                yield variant, outcomes

    def _recount(self) -> None:
        """Begin to count all curves again, on the present axes."""
        self._densities = {}
        self._uncounted = deque(self._parts(self._variants()))
        self._changed = {variant for variant, _ in self._uncounted}
        self._counts_are_new = True
        first = [outcomes.train_error[:, 0] for _, outcomes in self._uncounted]
        if first and self.standings is not None:
            finite = np.concatenate(first)
            finite = finite[np.isfinite(finite)]
            top = nice_ceiling(1.2 * float(finite.max())) if finite.any() else 1.0
            epochs = self.standings.order.epochs
            self._scales = DensityScales(epochs, top, self._log_epochs, self._log_error)
        self._turn.start()

    def _go_on(self) -> None:
        """Count some of the curves; once all are counted, draw in two steps.

        Each step takes less than half a frame. A thread would compete with the window for the
        interpreter, and there are many shards at once only after a change of the axes.
        """
        if self._uncounted:
            until = perf_counter() + TURN
            self._count(*self._uncounted.popleft())
            while self._uncounted and perf_counter() < until:
                self._count(*self._uncounted.popleft())
        elif self._counts_are_new:
            self._draw_counts()
        else:
            self._draw_lines(self._changed)
            return
        self._turn.start()

    def _finish(self) -> None:
        """Count and draw everything now, for an export."""
        self._turn.stop()
        while self._uncounted:
            self._count(*self._uncounted.popleft())
        self._draw()

    def _count(self, variant: int, outcomes: Outcomes) -> None:
        assert self._scales is not None
        self._densities.setdefault(variant, Density(self._scales)).add(outcomes)

    def _draw(self) -> None:
        """Draw everything counted so far."""
        self._draw_counts()
        self._draw_lines()

    def _draw_counts(self) -> None:
        """Draw the table and the loss curves."""
        self._counts_are_new = False
        self._head()
        if self.standings is None:
            return
        for v in self._variants():
            if v not in self._rows:
                self._rows[v] = row_of(self.standings, v)
        self.table.show_rows([self._rows[v] for v in self._variants()], self.theme)
        self.published.say(self._published_words(self.standings))
        if self._scales is None:
            return
        drawn = Density(self._scales)
        for variant, density in self._densities.items():
            if self.shown in (ALL, variant):
                drawn.counts += density.counts
        self.density.show_density(drawn)
        self._draw_chosen()

    def _draw_lines(self, changed: Collection[int] | None = None) -> None:
        """Draw the other plots; ``changed`` are the variants with new networks, None: all."""
        if self._scales is None:
            return
        every = {v: o for v in self._variants() if (o := self.ends(v)) is not None}
        anew = every if changed is None else {v: every[v] for v in changed}
        marks = {v: run.epochs for v, run in self._published.items() if run.epochs is not None}
        self.solved.show_outcomes(anew, self._scales, marks)
        self.histogram.show_outcomes(every, self._scales, marks)
        self._changed = set()

    def _published_words(self, standings: Standings) -> str:
        """Where the published runs lie, which the dashed lines mark; '' if none was published."""
        said = published_words(standings, self._published)
        return " ".join(f"Dashed: {words}." for words in said)

    def _draw_chosen(self) -> None:
        x = y = np.zeros(0)
        if self.chosen is not None and self._scales is not None:
            for _, outcomes in self._parts((self.chosen.variant,)):
                if (row := outcomes.row_of(self.chosen.seed)) is not None:
                    x = self._scales.x(outcomes.epochs)
                    y = np.asarray(self._scales.y(outcomes.train_error[row]))
        self.density.show_curve(x, y)

    def _head(self) -> None:
        words = "Loss curves of all networks"
        if self.standings is not None and self.shown != ALL:
            words = f"Loss curves: {self.standings.order.variants[self.shown].label}"
        self._headings[0].setText(words)

    def _choose_nearest(self, x: float, y: float) -> None:
        """Choose the network whose curve is nearest to a point."""
        if self._scales is None:
            return
        best: tuple[float, Chosen] | None = None
        shown = self._variants() if self.shown == ALL else (self.shown,)
        for variant, outcomes in self._parts(shown):
            found = nearest(outcomes, self._scales, x, y)
            if found is not None:
                at = int(np.argmin(np.abs(self._scales.x(outcomes.epochs) - x)))
                height = self._scales.y(outcomes.train_error[found, at : at + 1])
                seed = int(outcomes.seeds[found])
                candidate = abs(float(height[0]) - y), Chosen(variant, seed)
                best = candidate if best is None else min(best, candidate)
        if best is not None:
            self.choose(*best[1])
