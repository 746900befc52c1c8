"""The loss view: training and test error against epochs."""

import math
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from bpviz.core.text.number_words import number_text, percent
from bpviz.core.values import Integers, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Curve, Frame
from bpviz.ui.toolkit.drawing.epoch_axis import (
    Axes,
    ErrorScale,
    Range,
    by_columns,
    column_starts,
    epoch_range,
    error_range,
    nearest_row,
    visible_rows,
)
from bpviz.ui.toolkit.drawing.plotting import AXIS_WIDTH, OVERHANG
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.views.base import View
from bpviz.ui.views.loss.controls import LossControls
from bpviz.ui.views.loss.curve import default_scale, divisors, in_scale, notes, rmse_unit, titles
from bpviz.ui.views.loss.marks import CurveMarks, marks_of, reference_error
from bpviz.ui.views.loss.plot import STYLES, CurveMark, Line, LinePoints, LossCanvas
from bpviz.ui.views.loss.readout import Footing, Heading, LegendEntry

SETTLE_MS = 100

_BEYOND = 1e3
"""How far a line may extend outside the plot, in heights of it, before it is clipped."""


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """One curve: errors in the chosen scale, the same with nan for what the axis cannot show, and
    the shares right."""

    name: str
    error: Vector
    shown: Vector
    right: Vector


class LossView(View):
    """Training and test error, and optionally the share of right outputs, against epochs.

    The axes follow the run in round steps until the user zooms or pans; the button ``loss_auto``
    makes them follow again. Curves are reduced to the pixel columns of the screen.
    """

    key: ClassVar[str] = "loss"
    title: ClassVar[str] = "Loss"
    about: ClassVar[str] = "Error of the training and test patterns against epochs"
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._pointed: float | None = None
        self._series: list[_Series] = []
        self._drawn_axes = Axes()
        self._marks, self._marks_until = CurveMarks(), 0.0
        self._marked: PreparedExperiment | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._come_to_rest)
        self._drawing = False
        self._controls = LossControls(self)
        self._heading = Heading(self, theme)
        self._canvas = LossCanvas(self, theme)
        self._footing = Footing(self, theme, indent=AXIS_WIDTH - OVERHANG)
        self._pages = self._lay_out()
        self._controls.chosen.connect(self._on_chosen)
        self._controls.follow_chosen.connect(self._draw)
        self._canvas.zoomed.connect(self._on_zoomed)
        self._canvas.resized.connect(self._draw)
        self._canvas.pointed.connect(self._on_pointed)
        self.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Show the curve up to this instant; for a new run, the axes follow again."""
        if self._frame is None or frame.setup.network is not self._frame.setup.network:
            self._controls.suggest_scale(
                default_scale(frame.setup), with_rmse=rmse_unit(frame.setup) is not None
            )
            self._controls.follows = True
            if self._frame is not None:  # the first frame may have choices already
                self._controls.log_epochs.restart()
            self._pages.setCurrentIndex(1)
        self._frame = frame
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for part in (self._controls, self._canvas, self._heading, self._footing):
            part.set_theme(theme)
        self._draw()

    def choices(self) -> dict[str, Any]:
        """Which axes are logarithmic, the scale if one was chosen, and whether right is shown."""
        return self._controls.choices()

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
        self._controls.set_choices(choices)
        self._apply_choices()

    def _lay_out(self) -> QStackedWidget:
        hint = named(QLabel("The error of every epoch will appear here.", self), "loss_hint")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        plot = QWidget(self)
        inner = QVBoxLayout(plot)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self._heading)
        inner.addWidget(self._canvas, 1)
        inner.addWidget(self._footing)
        pages = QStackedWidget(self)
        pages.addWidget(hint)
        pages.addWidget(plot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE, SPACE, SPACE, SPACE // 2)
        outer.setSpacing(SPACE // 2)
        outer.addWidget(self._controls)
        outer.addWidget(pages, 1)
        return pages

    def _on_chosen(self) -> None:
        self._apply_choices()
        self.choices_changed.emit()

    def _apply_choices(self) -> None:
        if self._axes() != self._drawn_axes:
            self._controls.follows = True  # the old zoom has other coordinates
        self._canvas.show_right(self._controls.is_on("show_right"))
        self._draw()

    def _on_zoomed(self) -> None:
        self._controls.follows = False
        self._draw()

    def _on_pointed(self, x: float | None) -> None:
        self._pointed = x
        self._draw_mark()

    def _axes(self) -> Axes:
        return Axes(self._controls.log_epochs.isChecked(), self._controls.is_on("log_error"))

    def _draw(self) -> None:
        # Setting a range emits signals even if it changes nothing.
        if self._frame is not None and not self._drawing:
            self._drawing = True
            self._follow_epochs(self._frame)
            self._draw_curve(self._frame, self._axes())
            self._draw_mark()
            self._drawing = False

    def _follow_epochs(self, frame: Frame) -> None:
        """Let the epoch axis turn logarithmic where the errors need it."""
        curve, button = frame.curve, self._controls.log_epochs
        if len(curve.epochs) == 1 and frame.timeline.ghost is None:
            button.restart()
        elif self._controls.follows:
            errors = curve.train_error, curve.test_error
            button.follow([(curve.epochs, error) for error in errors])

    def _draw_curve(self, frame: Frame, axes: Axes) -> None:
        curve, ghost = frame.curve, frame.timeline.ghost
        scale = self._controls.scale
        self._series = _series_of(frame.setup, curve, scale, axes)
        ghosts = [] if ghost is None else _series_of(frame.setup, ghost, scale, axes)
        self._drawn_axes = axes
        self._canvas.set_axes(axes)
        if self._controls.follows:
            errors = [series.shown for series in (*self._series, *ghosts)]
            epochs = curve.epochs if ghost is None else np.append(curve.epochs, ghost.epochs[-1:])
            self._canvas.set_ranges(epoch_range(epochs, axes), error_range(errors, axes))
        self._canvas.show_lines(
            self._lines_of(self._series, curve, axes),
            [] if ghost is None else self._lines_of(ghosts, ghost, axes),
        )
        self._canvas.marks.show_marks(self._marks_of(frame), axes)
        zeros = axes.log_error and any((series.error == 0.0).any() for series in self._series)
        x, _ = self._canvas.ranges()
        self._footing.show_texts(notes(curve, axes, x[0], zeros))

    def _marks_of(self, frame: Frame) -> CurveMarks:
        """The marks of the curve, updated at most ten times a second, and at rest."""
        now = perf_counter()
        if frame.setup is self._marked and now < self._marks_until:
            self._settle.start()
            return self._marks
        self._marks = marks_of(frame.curve, reference_error(frame.setup))
        self._marked, self._marks_until = frame.setup, now + SETTLE_MS / 1e3
        return self._marks

    def _come_to_rest(self) -> None:
        self._marked = None
        self._draw()

    def _lines_of(self, series: list[_Series], curve: Curve, axes: Axes) -> list[Line]:
        x, y = self._canvas.ranges()
        rows = visible_rows(curve.epochs, x, axes)
        starts = column_starts(curve.epochs[rows], x, self._canvas.columns(), axes)
        with_right = self._controls.is_on("show_right")
        lines = []
        for each in series:
            error = _points(curve.epochs[rows], each.shown[rows], starts)
            right = _points(curve.epochs[rows], each.right[rows], starts) if with_right else None
            lines.append(_line(each.name, error, right, axes, y))
        return lines

    def _draw_mark(self) -> None:
        frame, axes = self._frame, self._drawn_axes
        if frame is None:
            return
        epochs = frame.curve.epochs
        row = len(epochs) - 1
        if row >= 0 and self._pointed is not None:
            row = nearest_row(epochs, axes.epoch_at(self._pointed))
        self._canvas.show_mark(_mark(self._series, epochs, row, axes), self._pointed is not None)
        self._heading.show_texts(
            titles(frame.setup, self._controls.scale),
            f"epoch {epochs[row]:,}" if row >= 0 else "",
            [_entry(s, row, self._controls.is_on("show_right")) for s in self._series],
        )


def _series_of(
    setup: PreparedExperiment, curve: Curve, scale: ErrorScale, axes: Axes
) -> list[_Series]:
    parts = [("train", curve.train_error, curve.train_right)]
    if setup.patterns.test is not None:
        parts.append(("test", curve.test_error, curve.test_right))
    series = []
    for (name, error, right), divisor in zip(parts, divisors(setup, scale), strict=False):
        error = in_scale(setup, scale, error, divisor)
        series.append(_Series(name, error, axes.shown(error), right))
    return series


def _points(epochs: Integers, values: Vector, starts: Integers | None) -> LinePoints:
    if starts is not None:
        return by_columns(epochs, values, starts)
    return epochs.astype(np.float64), values


def _line(name: str, error: LinePoints, right: LinePoints | None, axes: Axes, y: Range) -> Line:
    """The line of a curve in plotted coordinates; y is the visible range of the error axis."""
    beyond = _BEYOND * (y[1] - y[0])
    height = np.clip(axes.y_of(error[1]), y[0] - beyond, y[1] + beyond)
    shares = (axes.x_of(right[0]), 100.0 * right[1]) if right else None
    return Line(name, (axes.x_of(error[0]), height), shares)


def _mark(series: list[_Series], epochs: Integers, row: int, axes: Axes) -> CurveMark | None:
    if row < 0 or (axes.log_epochs and epochs[row] < 1):
        return None
    at = slice(row, row + 1)
    return CurveMark(
        float(axes.x_of(epochs[at])[0]),
        {s.name: float(axes.y_of(s.shown[at])[0]) for s in series},
        {s.name: 100.0 * float(s.right[row]) for s in series},
    )


def _entry(series: _Series, row: int, with_right: bool) -> LegendEntry:
    role, width = STYLES[series.name]
    error = float(series.error[row]) if row >= 0 else math.nan
    right = float(series.right[row]) if row >= 0 else math.nan
    share = percent(right) if with_right and math.isfinite(right) else ""
    return LegendEntry(role, width, series.name, number_text(error), share)
