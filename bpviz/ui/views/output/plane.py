"""The output over the plane of two inputs, with the data."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from bpviz.core.analysis.decision_boundary import net_at
from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network
from bpviz.core.run.snapshot import SnapshotRequest, shown_rows
from bpviz.core.text.number_words import number_text, plain
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, Pixels, to_image, to_pixels
from bpviz.ui.toolkit.drawing.contours import contour_segments, straight_or_contour
from bpviz.ui.toolkit.drawing.legend import Legend, LegendKey
from bpviz.ui.toolkit.drawing.output_colours import (
    class_keys,
    decision_level,
    output_scale,
    output_text,
    point_colours,
)
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.plotting import label_axis
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.output.part import (
    OutputChoice,
    PlotPart,
    input_units,
    outputs_at,
    sample_note,
    split_keys,
)
from bpviz.ui.views.output.proof import LineItem, Proof, grid_path, plane_of

TINT = 0.45
"""The strength of a class's colour in its region, relative to its points."""


SMALL = 2000
"""The most parameters with which net inputs over the plane are computed in each frame: 5 ms."""


@guard_overrides
class FieldItem(pg.GraphicsObject):  # type: ignore[misc]
    """An image that fills a rectangle in plotted coordinates, first row at the lowest y."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._rect = QRectF()

    def set_field(self, image: QImage, rect: QRectF) -> None:
        """Show this image in this rectangle."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self._image = image
        self.update()

    def boundingRect(self) -> QRectF:
        """The rectangle of the image."""
        return self._rect

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint the image, with interpolated colours between the points of the grid."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._rect, self._image)


@guard_overrides
class PlanePart(PlotPart):
    """The output as colours over the plane, with the decision boundary."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(probe=True)
    uses_unit: ClassVar[bool] = True
    offers: ClassVar[frozenset[str]] = frozenset({"tests", "discrete", "separation"})
    LEGEND_FROM = 300
    """The smallest width with a legend, px."""
    NUMBERS_FROM = 130
    """The smallest height with numbers on the axes, px at 100 % text; the mouse reads them, too."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "output_plane", parent)
        self.legend = Legend(theme, self)
        self.field = FieldItem()
        self.line = LineItem()
        self.plot.box.addItem(self.field)
        self.plot.box.addItem(self.line)
        self.field.setZValue(-10)
        self.line.setZValue(5)
        self.proof = Proof(self.plot.box)
        self._frame: Frame | None = None
        self._choice = OutputChoice()
        self._drawn: tuple[PreparedExperiment, OutputChoice] | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.plot.set_theme(theme, grid=False)
        self.legend.set_theme(theme)
        pen = QPen(theme.colour("text"), 1.6)
        pen.setCosmetic(True)
        self.line.setPen(pen)
        self._drawn = None

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        self._frame, self._choice = frame, choice
        if self._drawn != (frame.setup, choice):
            self._drawn = frame.setup, choice
            self._take_setup(frame.setup, choice)
        probe = frame.snapshot.probe_outputs
        if probe is None:
            return
        shape = frame.setup.probe_shape
        self.field.set_field(
            to_image(self._pixels(frame.setup, probe).reshape(shape)), _grid_rect(frame.setup)
        )
        self._draw_line(frame, probe.reshape(*shape, -1))
        if self._mouse is not None:
            self.read()

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, setup: PreparedExperiment, choice: OutputChoice) -> None:
        patterns, unit = setup.patterns, choice.unit
        plane = plane_of(setup)
        label_axis(self.plot.bottom, plane.names[0])
        label_axis(self.plot.left, plane.names[1])
        self.plot.set_range(*plane.domain)
        if plane.columns is not None:
            for axis, column in zip((self.plot.bottom, self.plot.left), plane.columns, strict=True):
                axis.set_units(*input_units(patterns, column))
        self.plot.fit_left(self.AXIS_WIDTH)
        for part, hollow in ((patterns.train, False), (patterns.test, True)):
            drawn = part is not None and (choice.tests or not hollow)
            source = part or patterns.train
            rows = shown_rows(len(source)) if drawn else np.arange(0)
            colours = point_colours(setup, self.theme, source.targets[rows], unit)
            numbers = patterns.kind == "regression"
            points = patterns.points(source)[rows]
            self.set_points(rows, points, colours, hollow=hollow, outlined=numbers)
        found = setup.separation if choice.separation else None
        self.note = sample_note(patterns) if found is None else found.sentence(patterns.input_names)
        self.proof.show(setup, found, self.theme)
        self.legend.set_content(*self._legend_content(setup, choice), top=0)
        self._arrange()

    def _legend_content(
        self, setup: PreparedExperiment, choice: OutputChoice
    ) -> tuple[list[ColourScale], list[LegendKey]]:
        patterns, unit = setup.patterns, choice.unit
        keys = split_keys(patterns, self.theme) if choice.tests else []
        keys += self.proof.keys
        if unit is None:
            return [], [*class_keys(patterns, self.theme), *keys]
        scale = output_scale(setup, unit)
        if patterns.kind == "classes" and not patterns.one_hot:
            keys = [*reversed(class_keys(patterns, self.theme)), *keys]
        level = decision_level(setup, unit)
        if level is not None:
            keys.append(LegendKey("line", self.theme.colour("text"), f"output {plain(level, 6)}"))
        return [scale], keys

    # -- one instant -----------------------------------------------------------------------

    def _pixels(self, setup: PreparedExperiment, probe: Matrix) -> Pixels:
        unit = self._choice.unit
        if unit is not None:
            scale, values = output_scale(setup, unit), setup.patterns.in_units(probe)[:, unit]
            if self._choice.discrete:
                values = np.where(values > scale.centre, scale.high, scale.low)
            return scale.pixels(self.theme, values)
        strong = self.theme.class_colours(len(setup.patterns.class_names)).astype(np.float64)
        colour = self.theme.colour("surface")
        surface = np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)
        tints = to_pixels((surface + TINT * (strong - surface)).round().astype(np.uint8))
        return np.asarray(tints.take(probe.argmax(axis=1)))

    def _draw_line(self, frame: Frame, probe: Matrix) -> None:
        setup, unit = frame.setup, self._choice.unit
        if unit is None:
            best = np.sort(probe, axis=2)
            lead = probe - np.where(probe == best[..., -1:], best[..., -2:-1], best[..., -1:])
            parts = [contour_segments(lead[..., k], 0.0) for k in range(probe.shape[2])]
        else:
            level = decision_level(setup, unit)
            if level is not None and _has_exact_line(setup.network):
                probe = _net_inputs(frame).reshape(probe.shape)
                level = net_at(setup.network.groups[-1].activation, level)
            parts = [] if level is None else [straight_or_contour(probe[..., unit], level)]
        ends = np.concatenate([np.empty((0, 2, 2)), *parts]).reshape(-1, 2)
        self.line.setPath(grid_path(setup, ends))

    def text_at(self, at: QPointF, row: int | None) -> str:
        """The inputs and the exact outputs there, and the pattern if one is near."""
        frame = self._frame
        if frame is None:
            return ""
        patterns = frame.setup.patterns
        plane = plane_of(frame.setup)
        point = np.array([at.x(), at.y()])
        inputs = plane.expand(point[None])[0]
        if row is not None:
            point, inputs = patterns.points(patterns.train)[row], patterns.train.inputs[row]
        axes = self.plot.bottom, self.plot.left
        where = ", ".join(
            f"{name} {number_text(axis.in_units([float(value)])[0])}"
            for name, value, axis in zip(plane.names, point, axes, strict=True)
        )
        answer = output_text(frame.setup, outputs_at(frame, inputs), self._choice.unit)
        name = "" if row is None else f"{full_name(patterns, row)}, "
        return f"{name}{where} → {answer}"

    # -- layout ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()

    def _arrange(self) -> None:
        """Place canvas and legend side by side; equal ranges of both inputs make a square."""
        with_legend = self.width() >= self.LEGEND_FROM
        beside = self.legend.width() + SPACE if with_legend else 0
        axis_x, axis_y = self._show_numbers(self.height() >= scaled(self.NUMBERS_FROM))
        frame_x, frame_y = axis_x + self.MARGIN, axis_y + 6
        room_x = self.width() - beside - frame_x
        room_y = self.height() - frame_y
        width = min(room_x, round(room_y * self._shape()))
        height = min(room_y, round(width / self._shape())) if self._is_square() else room_y
        left = max(0, (self.width() - width - frame_x - beside) // 2)
        self.canvas.setGeometry(left, 0, width + frame_x, height + frame_y)
        self.legend.setVisible(with_legend)
        self.legend.setGeometry(left + width + frame_x, 4, self.legend.width(), self.height() - 4)

    def _show_numbers(self, shown: bool) -> tuple[int, int]:
        """Show or hide the numbers of both axes; returns the room of the axes, px."""
        sizes = (self.AXIS_WIDTH, self.AXIS_HEIGHT) if shown else (self.NAME, self.NAME)
        width, height = map(scaled, sizes)
        for axis in (self.plot.left, self.plot.bottom):
            if axis.style["showValues"] != shown:
                axis.setStyle(showValues=shown)
        self.plot.left.setWidth(width)
        self.plot.bottom.setHeight(height)
        return width, height

    def _spans(self) -> tuple[float, float]:
        if self._frame is None:
            return 1.0, 1.0
        (left, right), (low, high) = plane_of(self._frame.setup).domain
        return right - left, high - low

    def _is_square(self) -> bool:
        """Whether both inputs have the same scale, so that a step of each is equally long."""
        x, y = self._spans()
        return 0.5 <= x / y <= 2.0

    def _shape(self) -> float:
        """The ratio of width to height of the plot; its maximum if the scales of inputs differ."""
        x, y = self._spans()
        return x / y if self._is_square() else 1.6


def _has_exact_line(network: Network) -> bool:
    """Whether the line is drawn from net inputs: outputs that are 0 or 1 nearly everywhere give
    a line with stairs."""
    output = ACTIVATIONS[network.groups[-1].activation]
    direct = output.elementwise and not network.hidden
    return network.n_parameters <= SMALL and (direct or output.name == "step")


def _net_inputs(frame: Frame) -> Matrix:
    """The net inputs (points, m) of the output units at the points of the probe."""
    setup, snapshot = frame.setup, frame.snapshot
    assert setup.probe is not None
    return forward(setup.network, snapshot.parameters, setup.probe, snapshot.clamps)[0][-1]


def _grid_rect(setup: PreparedExperiment) -> QRectF:
    """The rectangle whose pixels have the points of the probe as their centres."""
    (left, right), (low, high) = plane_of(setup).domain
    rows, columns = setup.probe_shape
    dx, dy = (right - left) / (columns - 1), (high - low) / (rows - 1)
    return QRectF(left - dx / 2, low - dy / 2, (right - left) + dx, (high - low) + dy)
