"""The output of a compared run, small: over one input a function, over two a map."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.compare import ComparedRun
from bpviz.ui.toolkit.drawing.colour_scale import Pixels, to_image, to_pixels
from bpviz.ui.toolkit.drawing.contours import contour_segments
from bpviz.ui.toolkit.drawing.output_colours import (
    decision_level,
    output_scale,
    point_colours,
    target_range,
)
from bpviz.ui.toolkit.drawing.theme import Theme

HEADROOM = 0.25
TINT = 0.45
MOST_POINTS = 120
"""More patterns than this are not drawn on a small map: they would hide it."""


def has_thumb(run: ComparedRun) -> bool:
    """Whether there is an output to draw."""
    return run.probe is not None and run.setup is not None


def is_function(setup: PreparedExperiment) -> bool:
    """Whether the output is drawn over one input, and not over the plane of two coordinates."""
    return setup.patterns.in_plane is None


def paint_thumb(painter: QPainter, run: ComparedRun, theme: Theme, colour: QColor,
                box: QRectF) -> None:  # fmt: skip
    """Paint the output of a run into a box; ``colour`` is that of its curve."""
    setup, probe = run.setup, run.probe
    if setup is None or probe is None:
        return
    painter.save()
    painter.setClipRect(box)
    if is_function(setup):
        _paint_function(painter, setup, probe, theme, colour, box)
    else:
        box = _square(setup, box)
        _paint_map(painter, setup, probe, theme, box)
    painter.restore()
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def _domain(setup: PreparedExperiment) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of both coordinates."""
    plane = setup.patterns.in_plane
    assert plane is not None
    return plane.domain


def _square(setup: PreparedExperiment, box: QRectF) -> QRectF:
    """The part of a box in which a step of both inputs is equally long, if they are on a par."""
    (left, right), (low, high) = _domain(setup)
    if not 0.5 <= (right - left) / (high - low) <= 2.0:
        return box
    side = min(box.width(), box.height())
    return QRectF(box.center().x() - side / 2, box.top(), side, side)


def _paint_function(
    painter: QPainter,
    setup: PreparedExperiment,
    probe: Matrix,
    theme: Theme,
    colour: QColor,
    box: QRectF,
) -> None:
    """The function and its fit; what lies outside of the trained range is shaded."""
    assert setup.probe is not None
    patterns = setup.patterns
    x = setup.probe[:, 0]
    low, high = target_range(patterns, 0)
    room = HEADROOM * (high - low) or 1.0
    span_y = low - room, high + room
    inputs = patterns.train.inputs[:, 0]

    def px(xs: Matrix, ys: Matrix) -> Matrix:
        right = box.left() + (xs - x[0]) / (x[-1] - x[0]) * box.width()
        up = box.bottom() - (ys - span_y[0]) / (span_y[1] - span_y[0]) * box.height()
        return np.stack([right, np.clip(up, box.top() - 1e4, box.bottom() + 1e4)], axis=1)

    ends = px(np.array([inputs.min(), inputs.max()]), np.zeros(2))[:, 0]
    for left, right in ((box.left(), ends[0]), (ends[1], box.right())):
        shade = QRectF(left, box.top(), max(right - left, 0.0), box.height())
        painter.fillRect(shade, theme.colour("muted", 36))
    if patterns.truth is not None:
        with np.errstate(all="ignore"):
            truth = patterns.truth(setup.probe)[:, 0]
        painter.setPen(QPen(theme.colour("muted"), 1.3, Qt.PenStyle.DashLine))
        _draw_line(painter, px(x, truth))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("muted", 150))
    if len(inputs) <= MOST_POINTS:
        for at in px(inputs, patterns.in_units(patterns.train.targets)[:, 0]).tolist():
            painter.drawEllipse(QPointF(*at), 1.6, 1.6)
    painter.setPen(QPen(colour, 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _draw_line(painter, px(x, patterns.in_units(probe)[:, 0]))


def _draw_line(painter: QPainter, points: Matrix) -> None:
    """A line with a gap where a number is missing."""
    finite = np.isfinite(points).all(axis=1)
    for part in np.split(points, np.flatnonzero(~finite)):
        kept = part[np.isfinite(part).all(axis=1)]
        if len(kept) > 1:
            painter.drawPolyline(QPolygonF([QPointF(*p) for p in kept.tolist()]))


def _paint_map(
    painter: QPainter, setup: PreparedExperiment, probe: Matrix, theme: Theme, box: QRectF
) -> None:
    """Colours for the output over the plane, and the line where the answer changes."""
    shape = setup.probe_shape
    unit = None if setup.patterns.one_hot else 0
    # The first row of the grid is the lowest y, that of an image the highest.
    image = to_image(_pixels(setup, probe, theme, unit).reshape(shape)[::-1].copy())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)
    field = probe.reshape(*shape, -1)
    if unit is None:
        best = np.sort(field, axis=2)
        lead = field - np.where(field == best[..., -1:], best[..., -2:-1], best[..., -1:])
        parts = [contour_segments(lead[..., k], 0.0) for k in range(field.shape[2])]
    else:
        level = decision_level(setup, unit)
        parts = [] if level is None else [contour_segments(field[..., unit], level)]
    ends = np.concatenate([np.empty((0, 2, 2)), *parts]).reshape(-1, 2)
    scale = np.array([box.width() / (shape[1] - 1), -box.height() / (shape[0] - 1)])
    px = (np.array([box.left(), box.bottom()]) + ends * scale).reshape(-1, 4)
    painter.setPen(QPen(theme.colour("text"), 1.3))
    painter.drawLines([QLineF(*line) for line in px.tolist()])
    _paint_points(painter, setup, theme, unit, box)


def _paint_points(painter: QPainter, setup: PreparedExperiment, theme: Theme, unit: int | None,
                  box: QRectF) -> None:  # fmt: skip
    train = setup.patterns.train
    if len(train) > MOST_POINTS:
        return
    (left, right), (low, high) = _domain(setup)
    painter.setPen(QPen(theme.colour("surface"), 0.8))
    colours = point_colours(setup, theme, train.targets, unit)
    for (x, y), colour in zip(setup.patterns.points(train).tolist(), colours, strict=True):
        painter.setBrush(colour)
        at = QPointF(
            box.left() + (x - left) / (right - left) * box.width(),
            box.bottom() - (y - low) / (high - low) * box.height(),
        )
        painter.drawEllipse(at, 2.6, 2.6)


def _pixels(setup: PreparedExperiment, probe: Matrix, theme: Theme, unit: int | None) -> Pixels:
    if unit is not None:
        values = setup.patterns.in_units(probe)[:, unit]
        return output_scale(setup, unit).pixels(theme, values)
    strong = theme.class_colours(len(setup.patterns.class_names)).astype(np.float64)
    colour = theme.colour("surface")
    surface = np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)
    tints = to_pixels((surface + TINT * (strong - surface)).round().astype(np.uint8))
    return np.asarray(tints.take(probe.argmax(axis=1)))
