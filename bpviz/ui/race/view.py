"""The race as a view: its plots and its table, which become pictures as other views do."""

from collections.abc import Collection
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bpviz.core.race.plan import Outcomes
from bpviz.session.frame import Frame
from bpviz.session.race.report import rows_of
from bpviz.session.race.runner import Part, Standings
from bpviz.ui.plotting import nice_ceiling
from bpviz.ui.race.density import Density, Scales, nearest
from bpviz.ui.race.plots import DensityPlot, SolvedPlot, SolvePlot
from bpviz.ui.race.table import VariantTable
from bpviz.ui.theme import LIGHT, SPACE, Theme
from bpviz.ui.views.base import View

ALL = -1
"""The choice of all variants instead of one."""


class RaceView(View):
    """All networks of a race so far.

    ``shown`` is the variant whose curves are drawn, or ALL; ``chosen`` the network (variant,
    row of its outcomes) whose curve stands out.
    """

    key: ClassVar[str] = "race"
    title: ClassVar[str] = "Race"
    about: ClassVar[str] = "Loss curves, share solved and epochs to solve of many networks at once"

    chosen_changed = Signal()
    shown_changed = Signal()

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.standings: Standings | None = None
        self.shown = ALL
        self.chosen: tuple[int, int] | None = None
        self._log_epochs, self._log_error = False, True
        self._scales: Scales | None = None
        self._densities: dict[int, Density] = {}
        self.density, self.solved = DensityPlot(theme), SolvedPlot(theme)
        self.histogram, self.table = SolvePlot(theme), VariantTable()
        self.density.clicked.connect(self._choose_nearest)
        self.table.cellClicked.connect(lambda row, _: self.show_variant(row))
        self._headings = [QLabel(text) for text in ("", "Share solved", "Epochs to solve")]
        layout = QGridLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        for heading, row, column in zip(self._headings, (0, 0, 2), (0, 1, 1), strict=True):
            layout.addWidget(heading, row, column)
        layout.addWidget(self.density, 1, 0, 3, 1)
        layout.addWidget(self.solved, 1, 1)
        layout.addWidget(self.histogram, 3, 1)
        layout.addWidget(self.table, 4, 0, 1, 2)
        for row, stretch in ((1, 5), (3, 5), (4, 4)):
            layout.setRowStretch(row, stretch)
        layout.setColumnStretch(0, 3)
        layout.setColumnStretch(1, 2)
        self._head()

    # -- a race ------------------------------------------------------------------------------

    def show_race(self, standings: Standings) -> None:
        """Show another race, and of it what there is so far."""
        self.standings, self.chosen, self.shown = standings, None, ALL
        self._scales = None
        self._densities = {}
        for plot in (self.solved, self.histogram):
            plot.clear_lines()
        self.density.clear_density()
        self.table.clearSelection()
        self._recount()

    def add(self, parts: list[Part]) -> None:
        """Show what has just come in, too; the standings hold it already."""
        if self._scales is None:
            self._recount()
            return
        for shard, outcomes in parts:
            self._density(shard.variant).add(outcomes)
        self._draw({shard.variant for shard, _ in parts})

    def show_variant(self, variant: int) -> None:
        """Draw the curves of this variant only, or of ALL."""
        if variant != self.shown:
            self.shown = variant
            self.chosen = None
            self._draw()
            self.shown_changed.emit()
            self.chosen_changed.emit()

    def choose(self, variant: int, network: int) -> None:
        """Let this network's curve stand out."""
        self.chosen = variant, network
        self._draw_chosen()
        self.chosen_changed.emit()

    def set_log(self, *, epochs: bool, error: bool) -> None:
        """Say which axes are logarithmic."""
        if (epochs, error) != (self._log_epochs, self._log_error):
            self._log_epochs, self._log_error = epochs, error
            self._recount()

    def outcomes(self, variant: int) -> Outcomes | None:
        """What there is of a variant."""
        return None if self.standings is None else self.standings.of(variant)

    # -- as a view ---------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """A race shows no instant of the run."""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for plot in (self.density, self.solved, self.histogram):
            plot.set_theme(theme)
        self._draw()

    def choices(self) -> dict[str, Any]:
        """Which race, which part of it, and how."""
        return {
            "standings": self.standings, "shown": self.shown, "chosen": self.chosen,
            "log_epochs": self._log_epochs, "log_error": self._log_error,
        }  # fmt: skip

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show what another instance shows."""
        standings = choices.get("standings")
        if isinstance(standings, Standings):
            self._log_epochs = bool(choices.get("log_epochs", False))
            self._log_error = bool(choices.get("log_error", True))
            self.show_race(standings)
            self.shown, self.chosen = choices.get("shown", ALL), choices.get("chosen")
            self._draw()

    # -- drawing -----------------------------------------------------------------------------

    def _variants(self) -> range:
        return range(0 if self.standings is None else len(self.standings.order.variants))

    def _recount(self) -> None:
        """Count all curves anew, on the present axes."""
        self._densities = {}
        every = {v: o for v in self._variants() if (o := self.outcomes(v)) is not None}
        first = [outcomes.train_error[:, 0] for outcomes in every.values()]
        if first and self.standings is not None:
            finite = np.concatenate(first)
            finite = finite[np.isfinite(finite)]
            top = nice_ceiling(1.2 * float(finite.max())) if finite.any() else 1.0
            epochs = self.standings.order.epochs
            self._scales = Scales(epochs, top, self._log_epochs, self._log_error)
            for variant, outcomes in every.items():
                self._density(variant).add(outcomes)
        self._draw()

    def _density(self, variant: int) -> Density:
        assert self._scales is not None
        return self._densities.setdefault(variant, Density(self._scales))

    def _draw(self, changed: Collection[int] | None = None) -> None:
        """Draw what there is; ``changed`` are the variants that got more networks, None: all."""
        self._head()
        if self.standings is None:
            return
        self.table.show_rows(rows_of(self.standings), self.theme)
        if self._scales is None:
            return
        drawn = Density(self._scales)
        for variant, density in self._densities.items():
            if self.shown in (ALL, variant):
                drawn.counts += density.counts
        self.density.show_density(drawn)
        every = {v: o for v in self._variants() if (o := self.outcomes(v)) is not None}
        anew = every if changed is None else {v: every[v] for v in changed}
        self.solved.show_outcomes(anew, self._scales)
        self.histogram.show_outcomes(every, self._scales)
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        x = y = np.zeros(0)
        if self.chosen is not None and self._scales is not None:
            outcomes = self.outcomes(self.chosen[0])
            if outcomes is not None:
                x = self._scales.x(outcomes.epochs)
                y = np.asarray(self._scales.y(outcomes.train_error[self.chosen[1]]))
        self.density.show_curve(x, y)

    def _head(self) -> None:
        words = "Loss curves of all networks"
        if self.standings is not None and self.shown != ALL:
            words = f"Loss curves: {self.standings.order.variants[self.shown].label}"
        self._headings[0].setText(words)

    def _choose_nearest(self, x: float, y: float) -> None:
        """Choose the network whose curve is nearest to a place."""
        if self._scales is None:
            return
        best: tuple[float, int, int] | None = None
        for variant in self._variants() if self.shown == ALL else (self.shown,):
            outcomes = self.outcomes(variant)
            found = None if outcomes is None else nearest(outcomes, self._scales, x, y)
            if found is not None and outcomes is not None:
                at = int(np.argmin(np.abs(self._scales.x(outcomes.epochs) - x)))
                place = self._scales.y(outcomes.train_error[found, at : at + 1])
                candidate = abs(float(place[0]) - y), variant, found
                best = candidate if best is None else min(best, candidate)
        if best is not None:
            self.choose(best[1], best[2])
