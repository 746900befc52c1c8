"""The hidden units' activations over the patterns, as lines of one plot."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.text.number_words import number_text
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import steady_limit
from bpviz.ui.toolkit.drawing.legend import KeyRow, LegendKey
from bpviz.ui.toolkit.drawing.line_styles import style
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.plotting import label_axis
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.views.output.part import OutputChoice, PlotPart

MOST_UNITS = 20
"""The most units whose lines are drawn."""

DOTTED = 60
"""Up to so many patterns, each has a dot on every line."""

ROOM = 0.04
"""The fraction of the range that is free above and below it."""


class HiddenPart(PlotPart):
    """A line for each hidden unit, in their order: over the input if there is one, else over the
    numbers of the patterns.
    """

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(activations=True)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "output_hidden", parent)
        self.keys = KeyRow(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.keys)
        column.addWidget(self.canvas, 1)
        self.curves: list[pg.PlotDataItem] = []
        self.mark = pg.InfiniteLine(angle=90)
        self.plot.box.addItem(self.mark)
        self._setup: PreparedExperiment | None = None
        self._order: Integers = np.arange(0)
        self._x: Vector = np.empty(0)
        self._heights: Matrix = np.empty((0, 0))
        self._limit = 0.0
        self._ranges: tuple[tuple[float, float], tuple[float, float]] | None = None
        self.names: list[str] = []
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.keys.set_theme(theme)
        pen = pg.mkPen(theme.colour("selection"), width=1.2, style=Qt.PenStyle.DotLine)
        self.mark.setPen(pen)
        self._setup = None

    def is_available(self, frame: Frame, choice: OutputChoice) -> bool:
        """Whether the snapshot holds the activations."""
        return bool(frame.snapshot.activations)

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        if frame.setup is not self._setup:
            self._take_setup(frame.setup)
        acts = [frame.snapshot.activations[g] for g in frame.setup.network.hidden]
        self._heights = np.concatenate(acts, axis=1)[self._order, : len(self.curves)]
        for curve, heights in zip(self.curves, self._heights.T, strict=True):
            curve.setData(self._x, heights, connect="finite")
        self._fit(frame.setup)
        if self._mouse is not None:
            self.read()

    def select_pattern(self, row: int | None) -> None:
        """Mark the place of this training pattern."""
        self._selected = row
        at = np.flatnonzero(self._rows == row) if row is not None else np.arange(0)
        self.mark.setVisible(bool(len(at)))
        if len(at):
            self.mark.setValue(float(self._x[at[0]]))

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, setup: PreparedExperiment) -> None:
        self._setup, self._limit = setup, 0.0
        patterns, rows = setup.patterns, setup.shown
        x = np.arange(1.0, len(rows) + 1.0)
        if patterns.n_inputs == 1:
            x = patterns.train.inputs[rows, 0]
        self.plot.bottom.whole = patterns.n_inputs != 1
        self._order = np.argsort(x, kind="stable")
        self._rows, self._x = rows[self._order], x[self._order]
        label_axis(
            self.plot.bottom, patterns.input_names[0] if patterns.n_inputs == 1 else "pattern"
        )
        label_axis(self.plot.left, "activation")
        network = setup.network
        names = [name for g in network.hidden for name in unit_names(setup, g)]
        self.names = names[:MOST_UNITS]
        self._make_curves(len(self.names), len(rows) <= DOTTED)
        self.note = ""
        if len(self.names) < len(names):
            self.note = f"the first {len(self.names)} of {len(names):,} hidden units drawn"
        self.select_pattern(self._selected)

    def _make_curves(self, n: int, dotted: bool) -> None:
        for curve in self.curves:
            self.plot.box.removeItem(curve)
        self.curves, keys = [], []
        for index, name in enumerate(self.names[:n]):
            colour, dashes = style(self.theme, index)
            pen = pg.mkPen(colour, width=1.8, style=dashes)
            marks = {"symbol": "o", "symbolSize": 5, "symbolBrush": colour, "symbolPen": None}
            curve = pg.PlotDataItem(pen=pen, antialias=True, **(marks if dotted else {}))
            self.plot.box.addItem(curve)
            self.curves.append(curve)
            solid = dashes == Qt.PenStyle.SolidLine
            keys.append(LegendKey("line" if solid else "dashes", QColor(colour), name))
        self.keys.set_keys(keys)

    def _fit(self, setup: PreparedExperiment) -> None:
        """Fit the axes: a bounded activation has its bounds, others a steady scale."""
        rows = (ACTIVATIONS[setup.network.groups[g].activation] for g in setup.network.hidden)
        known = list(rows)
        if all(row.is_bounded for row in known):
            low, high = min(row.low for row in known), max(row.high for row in known)
        else:
            finite = self._heights[np.isfinite(self._heights)]
            largest = float(np.abs(finite).max(initial=0.0))
            self._limit = high = steady_limit(largest, self._limit)
            low = -high if finite.min(initial=0.0) < 0.0 else 0.0
        room = ROOM * (high - low)
        first, last = float(self._x[0]), float(self._x[-1])
        beside = ROOM * (last - first) or 0.5
        wanted = (first - beside, last + beside), (low - room, high + room)
        if wanted != self._ranges:
            self._ranges = wanted
            self.plot.set_range(*wanted)
            self.plot.fit_left(self.AXIS_WIDTH)

    # -- mouse -----------------------------------------------------------------------------

    def point_near(self, place: QPointF) -> int | None:
        """The pattern whose place is nearest to the mouse."""
        if not len(self._x):
            return None
        return int(self._rows[np.abs(self._x - self.coordinates(place).x()).argmin()])

    def text_at(self, at: QPointF, row: int | None) -> str:
        """The pattern, and the activations of all lines there."""
        if self._setup is None or row is None or not len(self._heights):
            return ""
        heights = self._heights[np.flatnonzero(self._rows == row)[0]]
        said = ", ".join(
            f"{name} {number_text(float(value))}"
            for name, value in zip(self.names, heights, strict=True)
        )
        return f"{full_name(self._setup.patterns, row)}: {said}"
