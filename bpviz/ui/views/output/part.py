"""What all parts of the output view have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from bpviz.core.learning.backprop import outputs
from bpviz.core.model.patterns import Patterns, PatternSet, Split
from bpviz.core.run.snapshot import SnapshotRequest, shown_rows
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.legend import LegendKey
from bpviz.ui.toolkit.drawing.plot_points import Points
from bpviz.ui.toolkit.drawing.plotting import PlotCanvas
from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """What to show.

    split       the patterns that are listed.
    unit        the output; None: the predicted class.
    tests       whether test patterns are drawn as well as training patterns.
    discrete    whether outputs have one of two colours, above or below the middle.
    separation  whether the proof is drawn that a line separates the classes, or that none does.
    solving     whether the problem is being solved by hand: rows that are right are green.
    """

    split: Split = "train"
    unit: int | None = None
    tests: bool = True
    discrete: bool = False
    separation: bool = False
    solving: bool = False


class OutputPart(QWidget):
    """A part of the output view: one way to show the outputs.

    ``hovered`` carries the text about what is under the mouse, '' for nothing; ``note`` is shown
    otherwise. ``uses_split`` and ``uses_unit``: whether these choices change what is shown.
    """

    hovered = Signal(str)
    pattern_selected = Signal(int)

    needs: ClassVar[SnapshotRequest] = SnapshotRequest()
    uses_split: ClassVar[bool] = False
    offers: ClassVar[frozenset[str]] = frozenset()
    """The switches (fields of OutputChoice) that change what this part shows."""
    uses_unit: ClassVar[bool] = False

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.note = ""

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant, for which ``is_available`` is true."""
        raise NotImplementedError

    def select_pattern(self, row: int | None) -> None:
        """Mark this training pattern."""

    def is_available(self, frame: Frame, choice: OutputChoice) -> bool:
        """Whether the snapshot holds what this part shows."""
        probe = not self.needs.probe or frame.snapshot.probe_outputs is not None
        return probe and (not self.needs.outputs or outputs_of(frame, choice.split) is not None)


def patterns_of(patterns: PatternSet, split: Split) -> Patterns:
    """The patterns of a split; the training patterns if there is no test set."""
    if split == "test" and patterns.test is not None:
        return patterns.test
    return patterns.train


def outputs_of(frame: Frame, split: Split) -> Matrix | None:
    """The outputs for the patterns of a split; None if they were not computed."""
    if split == "test" and frame.setup.patterns.test is not None:
        return frame.snapshot.test_outputs
    return frame.snapshot.train_outputs


def outputs_at(frame: Frame, inputs: Vector) -> Vector:
    """The exact outputs (m,) for any inputs (n,)."""
    network, snapshot = frame.setup.network, frame.snapshot
    return np.asarray(outputs(network, snapshot.parameters, inputs[None], snapshot.clamps)[0])


def input_units(patterns: PatternSet, column: int) -> tuple[float, float]:
    """Mean and unit of an input, for an axis in the units of the file; 0 and 1 if it is not
    standardised."""
    if patterns.input_scale is None:
        return 0.0, 1.0
    mean, unit = patterns.input_scale
    return float(mean[column]), float(unit[column])


def split_keys(patterns: PatternSet, theme: Theme) -> list[LegendKey]:
    """The legend of filled and outlined points, if there is a test set."""
    if patterns.test is None:
        return []
    muted = theme.colour("muted")
    return [LegendKey("dot", muted, "train"), LegendKey("ring", muted, "test")]


def sample_note(patterns: PatternSet) -> str:
    """A note on how many points are drawn, if not all are."""
    every = len(patterns.train) + (len(patterns.test) if patterns.test else 0)
    drawn = sum(len(shown_rows(len(p))) for p in (patterns.train, patterns.test) if p)
    return f"{drawn:,} of {every:,} patterns drawn, evenly spaced" if drawn < every else ""


MANY = 150
"""Beyond this number, points are drawn smaller."""


def _each(colours: QColor | list[QColor], make: Callable[[QColor], Any]) -> Any:
    """One pen or brush for all points, or a list with one for each."""
    if isinstance(colours, QColor):
        return make(colours)
    return [make(colour) for colour in colours]


@guard_overrides
class PlotPart(OutputPart):
    """A part that is a plot: it maps positions of the mouse to coordinates."""

    AXIS_WIDTH = 44
    AXIS_HEIGHT = 38
    NAME = 20
    """Room of an axis with its name only, px at 100 % text."""
    MARGIN = 10
    NEAR = 9.0
    """The largest distance of the mouse from the point that it points at, px."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.canvas = PlotCanvas(theme, name, self)
        self.canvas.ci.layout.setContentsMargins(0, 6, self.MARGIN, 0)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = self.canvas.add_plot(0, axis_width=self.AXIS_WIDTH)
        self.plot.box.setMouseEnabled(False, False)
        self.plot.bottom.setHeight(scaled(self.AXIS_HEIGHT))
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)
        self._mouse: QPointF | None = None
        self.dots = Points()
        self.rings = Points()
        self.marked = Points()
        for z, item in enumerate((self.rings, self.dots, self.marked), 10):
            item.setZValue(z)
            self.plot.box.addItem(item)
        self._rows: Integers = np.arange(0)
        self._points: Matrix = np.empty((0, 2))
        self._selected: int | None = None

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.canvas.set_theme(theme)
        self.plot.set_theme(theme)

    # -- data points -----------------------------------------------------------------------

    def set_points(
        self,
        rows: Integers,
        points: Matrix,
        colours: QColor | list[QColor],
        *,
        hollow: bool = False,
        outlined: bool = False,
    ) -> None:
        """Draw points at (n, 2); filled ones are the training patterns ``rows``.

        ``outlined`` points have an outline, so that a point in the surface colour is visible;
        the colour of ``hollow`` ones is in their outline, or they have a bolder outline.
        """
        size = 6.0 if len(points) > MANY else 8.5
        size = size - 1.0 if hollow and not outlined else size

        def style() -> dict[str, Any]:
            fill, line, width = self._looks(colours, hollow, outlined)
            pen = _each(line, lambda colour: pg.mkPen(colour, width=width))
            return {"size": size, "pen": pen, "brush": _each(fill, pg.mkBrush)}

        look = None
        if isinstance(colours, QColor):
            look = (colours.rgba(), hollow, outlined, size, self.theme.name)
        (self.rings if hollow else self.dots).put(points, look, style)
        if not hollow:
            self._rows, self._points = rows, points
            self.select_pattern(self._selected)

    def _looks(
        self, colours: QColor | list[QColor], hollow: bool, outlined: bool
    ) -> tuple[QColor | list[QColor], QColor | list[QColor], float]:
        """Fill colours, outline colours and outline width of points."""
        surface = self.theme.colour("surface")
        if outlined:
            role, width = ("muted", 1.4) if hollow else ("border", 0.8)
            return colours, self.theme.colour(role), width
        return (surface, colours, 1.6) if hollow else (colours, surface, 1.0)

    def select_pattern(self, row: int | None) -> None:
        """Draw a ring around the point of this training pattern, if it has one."""
        self._selected = row
        found = self._rows == row if row is not None else np.zeros(len(self._rows), dtype=bool)

        def style() -> dict[str, Any]:
            pen = pg.mkPen(self.theme.colour("selection"), width=2)
            return {"size": 15, "pen": pen, "brush": None}

        self.marked.put(self._points[found], (self.theme.name,), style)

    def point_near(self, point: QPointF) -> int | None:
        """The training pattern whose point is at this point of the viewport."""
        if not len(self._points):
            return None
        pixel_x, pixel_y = self.plot.box.viewPixelSize()
        if not (pixel_x and pixel_y):  # the plot has no width or height yet
            return None
        at = self.coordinates(point)
        away = np.hypot(
            (self._points[:, 0] - at.x()) / pixel_x, (self._points[:, 1] - at.y()) / pixel_y
        )
        nearest = int(away.argmin())
        return int(self._rows[nearest]) if away[nearest] <= self.NEAR else None

    # -- mouse -----------------------------------------------------------------------------

    def coordinates(self, point: QPointF) -> QPointF:
        """The plotted coordinates at a point in the viewport of the canvas."""
        return QPointF(self.plot.box.mapSceneToView(self.canvas.mapToScene(point.toPoint())))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over the plot."""
        if isinstance(event, QMouseEvent):
            self._mouse = event.position()
            if event.type() == QEvent.Type.MouseButtonPress:
                row = self.point_near(self._mouse)
                if row is not None and event.button() == Qt.MouseButton.LeftButton:
                    self.pattern_selected.emit(row)
            self.read()
        elif event.type() == QEvent.Type.Leave:
            self._mouse = None
            self.read()
        return super().eventFilter(watched, event)

    def read(self) -> None:
        """Emit the text about what is under the mouse."""
        if self._mouse is None:
            self.hovered.emit("")
            return
        at = self.coordinates(self._mouse)
        inside = self.plot.box.viewRect().contains(at)
        self.hovered.emit(self.text_at(at, self.point_near(self._mouse)) if inside else "")

    def text_at(self, at: QPointF, row: int | None) -> str:
        """The readout at these coordinates, near the point of a training pattern or of none."""
        raise NotImplementedError
