"""Outputs against targets of a regression."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.core.analysis.quality import regression_quality
from bpviz.core.run.snapshot import SnapshotRequest, shown_rows
from bpviz.core.text.number_words import number_text
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.legend import KeyRow, LegendKey
from bpviz.ui.toolkit.drawing.output_colours import output_scale, target_range
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.plotting import label_axis
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.output.part import OutputChoice, PlotPart, outputs_at, sample_note

HEADROOM = 0.15


class ScatterPart(PlotPart):
    """A point for each pattern, on the diagonal if output and target are equal; training patterns
    are filled, test patterns outlined."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(outputs=True)
    uses_unit: ClassVar[bool] = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "output_scatter", parent)
        self.keys = KeyRow(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.keys)
        column.addWidget(self.canvas, 1)
        self.diagonal = pg.InfiniteLine(pos=(0, 0), angle=45)
        self.plot.box.addItem(self.diagonal)
        self._frame: Frame | None = None
        self._choice, self._sample = OutputChoice(), ""
        self._drawn: tuple[PreparedExperiment, OutputChoice] | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.keys.set_theme(theme)
        pen = pg.mkPen(theme.colour("muted"), width=1.4, style=Qt.PenStyle.DashLine)
        self.diagonal.setPen(pen)
        self._drawn = None

    def is_available(self, frame: Frame, choice: OutputChoice) -> bool:
        """Whether the snapshot holds both splits: both are drawn."""
        snapshot, test = frame.snapshot, frame.setup.patterns.test
        return snapshot.train_outputs is not None and (
            test is None or snapshot.test_outputs is not None
        )

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        self._frame, self._choice = frame, choice
        if self._drawn != (frame.setup, choice):
            self._drawn = frame.setup, choice
            self._take_setup(frame.setup, choice.unit or 0)
        self._draw_points(frame, choice.unit or 0)
        self.note = " · ".join(filter(None, [_quality(frame, choice.unit or 0), self._sample]))
        if self._mouse is not None:
            self.read()

    def _take_setup(self, setup: PreparedExperiment, unit: int) -> None:
        patterns = setup.patterns
        low, high = target_range(patterns, unit)
        room = HEADROOM * (high - low) or 1.0
        self.plot.set_range((low - room, high + room), (low - room, high + room))
        self.plot.fit_left(self.AXIS_WIDTH)
        name = patterns.output_names[unit]
        label_axis(self.plot.bottom, f"target {name}")
        label_axis(self.plot.left, "output")  # short, for low windows; the name is below
        keys = [
            LegendKey("dot", self.theme.colour("train"), "train"),
            LegendKey("dashes", self.theme.colour("muted"), "output = target"),
        ]
        if patterns.test is not None:
            keys.insert(1, LegendKey("ring", self.theme.colour("test"), "test"))
        self.keys.set_keys(keys)
        self._sample = sample_note(patterns)

    def _draw_points(self, frame: Frame, unit: int) -> None:
        patterns, snapshot = frame.setup.patterns, frame.snapshot
        for part, outputs, hollow in (
            (patterns.train, snapshot.train_outputs, False),
            (patterns.test, snapshot.test_outputs, True),
        ):
            if part is None or outputs is None:
                self.rings.setData(pos=np.empty((0, 2)))
                continue
            rows = shown_rows(len(part))
            both = (patterns.in_units(values[rows])[:, unit] for values in (part.targets, outputs))
            points = np.stack(list(both), axis=1)
            self.set_points(
                rows, points, self.theme.colour("test" if hollow else "train"), hollow=hollow
            )

    def text_at(self, at: QPointF, row: int | None) -> str:
        """Target and output of the pattern near there."""
        frame, unit = self._frame, self._choice.unit or 0
        if frame is None or row is None:
            return ""
        part = frame.setup.patterns.train
        scale = output_scale(frame.setup, unit)
        in_units = frame.setup.patterns.in_units
        target = float(in_units(part.targets[row])[unit])
        output = float(in_units(outputs_at(frame, part.inputs[row]))[unit])
        name = full_name(frame.setup.patterns, row)
        return (
            f"{name}: target {number_text(target)}, output {scale.text(output)}, "
            f"{scale.text(abs(target - output))} off"
        )


def _quality(frame: Frame, unit: int) -> str:
    """RMSE and R² of both splits, in the units of the file."""
    patterns, snapshot, said = frame.setup.patterns, frame.snapshot, []
    for name, part, outputs in (
        ("train", patterns.train, snapshot.train_outputs),
        ("test", patterns.test, snapshot.test_outputs),
    ):
        if part is None or outputs is None:
            continue
        targets, answers = (patterns.in_units(v)[:, [unit]] for v in (part.targets, outputs))
        with np.errstate(all="ignore"):  # a run may have grown beyond all bounds
            found = regression_quality(targets, answers)
        rmse, r2 = float(found.rmse[0]), float(found.r2[0])
        fit = "" if np.isnan(r2) else f", R² {r2:.3f}".replace("-", "−")
        said.append(f"{name}: RMSE {number_text(rmse)}{fit}")
    return " · ".join(said)
