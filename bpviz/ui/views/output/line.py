"""The outputs over one input: the network as a function, with the data."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsRectItem, QVBoxLayout, QWidget

from bpviz.core.model.patterns import Patterns, PatternSet, class_of
from bpviz.core.run.snapshot import SnapshotRequest, shown_rows
from bpviz.core.text.number_words import number_text
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.legend import KeyRow, LegendKey
from bpviz.ui.toolkit.drawing.output_colours import decision_level, point_colours, target_range
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.plotting import label_axis
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.output.part import OutputChoice, PlotPart, input_units, outputs_at, sample_note

HEADROOM = 0.25
"""The fraction of the targets' range that is free above and below them."""


class LinePart(PlotPart):
    """A curve for each output, points for the patterns, and a shade where there are none."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(probe=True)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "output_line", parent)
        self.keys = KeyRow(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.keys)
        column.addWidget(self.canvas, 1)
        self.curves: list[pg.PlotCurveItem] = []
        self.shades = [QGraphicsRectItem(), QGraphicsRectItem()]
        for shade in self.shades:
            shade.setZValue(-20)
            self.plot.box.addItem(shade)
        self.level = pg.InfiniteLine(angle=0)
        self.truth = pg.PlotCurveItem(antialias=True)
        self.truth.setZValue(1)
        self.plot.box.addItem(self.level)
        self.plot.box.addItem(self.truth)
        self._frame: Frame | None = None
        self._setup: PreparedExperiment | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.keys.set_theme(theme)
        self.truth.setPen(pg.mkPen(theme.colour("muted"), width=1.6, style=Qt.PenStyle.DashLine))
        self.level.setPen(pg.mkPen(theme.colour("muted"), width=1, style=Qt.PenStyle.DotLine))
        for shade in self.shades:
            shade.setPen(pg.mkPen(None))
            shade.setBrush(theme.colour("muted", 36))
        self._setup = None

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        self._frame = frame
        if frame.setup is not self._setup:
            self._setup = frame.setup
            self._take_setup(frame.setup)
        probe = frame.snapshot.probe_outputs
        if probe is None or frame.setup.probe is None:
            return
        probe = frame.setup.patterns.in_units(probe)
        for k, curve in enumerate(self.curves):
            curve.setData(frame.setup.probe[:, 0], probe[:, k], connect="finite")
        if self._mouse is not None:
            self.read()

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, setup: PreparedExperiment) -> None:
        patterns = setup.patterns
        (left, right), low, high = patterns.domain[0], *target_range(patterns)
        room = HEADROOM * (high - low) or 1.0
        self.plot.set_range((left, right), (low - room, high + room))
        self.plot.fit_left(self.AXIS_WIDTH)
        label_axis(self.plot.bottom, patterns.input_names[0])
        self.plot.bottom.set_units(*input_units(patterns, 0))
        label_axis(
            self.plot.left, patterns.output_names[0] if patterns.n_outputs == 1 else "output"
        )
        self._shade(patterns, left, right)
        colours = self._curve_colours(patterns)
        self._make_curves(colours)
        level = decision_level(setup, 0)
        self.level.setVisible(level is not None)
        self.level.setValue(level or 0.0)
        self._draw_truth(setup)
        for part, hollow in ((patterns.train, False), (patterns.test, True)):
            self._draw_points(setup, part or patterns.train, part is None, hollow)
        self.keys.set_keys(self._legend(patterns, colours))
        self.note = sample_note(patterns)

    def _shade(self, patterns: PatternSet, left: float, right: float) -> None:
        """Shade the area beyond the training patterns on one side."""
        inputs = patterns.train.inputs
        first, last = float(inputs.min()), float(inputs.max())
        tall = 1e6 * max(1.0, *(abs(value) for value in target_range(patterns)))
        for shade, (start, stop) in zip(self.shades, ((left, first), (last, right)), strict=True):
            shade.setRect(QRectF(start, -tall, max(stop - start, 0.0), 2 * tall))

    def _curve_colours(self, patterns: PatternSet) -> list[QColor]:
        if patterns.n_outputs == 1:
            return [self.theme.colour("text")]
        rgb = self.theme.class_colours(max(3, patterns.n_outputs))
        return [QColor(*map(int, row)) for row in rgb[: patterns.n_outputs]]

    def _make_curves(self, colours: list[QColor]) -> None:
        for curve in self.curves:
            self.plot.box.removeItem(curve)
        self.curves = []
        for colour in colours:
            curve = pg.PlotCurveItem(antialias=True, pen=pg.mkPen(colour, width=2.2))
            curve.setZValue(20)
            self.plot.box.addItem(curve)
            self.curves.append(curve)

    def _draw_truth(self, setup: PreparedExperiment) -> None:
        truth, probe = setup.patterns.truth, setup.probe
        if truth is None or probe is None:
            self.truth.setData([], [])
        else:
            with np.errstate(all="ignore"):  # the function may be undefined there
                heights = truth(probe)[:, 0]
            self.truth.setData(probe[:, 0], heights, connect="finite")

    def _draw_points(
        self, setup: PreparedExperiment, part: Patterns, none: bool, hollow: bool
    ) -> None:
        """Draw a point at each target, or at 1 on the curve of its class, in the curve's colour."""
        patterns = setup.patterns
        rows = shown_rows(0 if none else len(part))
        targets = part.targets[rows]
        if patterns.n_outputs == 1:
            curve = np.zeros(len(rows), dtype=np.int64)
        elif patterns.one_hot:
            curve = class_of(targets)
        else:
            rows = np.repeat(rows, patterns.n_outputs)
            curve = np.tile(np.arange(patterns.n_outputs), len(targets))
        heights = patterns.in_units(part.targets[rows])[np.arange(len(rows)), curve]
        points = np.stack([part.inputs[rows, 0], heights], axis=1)
        if patterns.n_outputs > 1:
            table = self._curve_colours(patterns)
            colours = [table[k] for k in curve]
        elif patterns.kind == "regression":
            colours = [self.theme.colour("test" if hollow else "train")] * len(rows)
        else:
            colours = point_colours(setup, self.theme, targets, 0)
        self.set_points(rows, points, colours, hollow=hollow)

    def _legend(self, patterns: PatternSet, colours: list[QColor]) -> list[LegendKey]:
        several = patterns.n_outputs > 1
        names = patterns.output_names if several else ("network",)
        keys = [LegendKey("line", c, name) for c, name in zip(colours, names, strict=True)]
        if patterns.truth is not None:
            keys.append(LegendKey("dashes", self.theme.colour("muted"), "true function"))
        plain = patterns.kind == "regression" and not several
        for mark, split, there in (
            ("dot", "train", True),
            ("ring", "test", patterns.test is not None),
        ):
            if there:
                keys.append(LegendKey(mark, self.theme.colour(split if plain else "muted"), split))
        inputs, (left, right) = patterns.train.inputs, patterns.domain[0]
        if left < inputs.min() or right > inputs.max():
            keys.append(LegendKey("area", self.theme.colour("muted", 60), "not trained here"))
        return keys

    # -- mouse -----------------------------------------------------------------------------

    def text_at(self, at: QPointF, row: int | None) -> str:
        """The exact outputs there, and the target if a pattern is near."""
        if self._frame is None:
            return ""
        patterns = self._frame.setup.patterns
        point = np.array([at.x()]) if row is None else patterns.train.inputs[row]
        outputs = patterns.in_units(outputs_at(self._frame, point))
        said = ", ".join(
            f"{name} {number_text(float(value))}"
            for name, value in zip(patterns.output_names, outputs, strict=True)
        )
        at_point = float(patterns.inputs_in_units(point)[0])
        text = f"{patterns.input_names[0]} {number_text(at_point)} → {said}"
        if row is not None:
            shown = patterns.in_units(patterns.train.targets[row])
            targets = ", ".join(number_text(float(t)) for t in shown)
            return f"{full_name(patterns, row)}: {text}, target {targets}"
        inputs = patterns.train.inputs
        beyond = not inputs.min() <= point[0] <= inputs.max()
        return f"{text} (not trained here)" if beyond else text
