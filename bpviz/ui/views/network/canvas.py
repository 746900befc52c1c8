"""The widget that the diagram of the network is painted on."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.pixels import device_ratio
from bpviz.ui.toolkit.drawing.response_maps import response_maps, why_not
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.number_editor import NumberEditor
from bpviz.ui.views.network.arrange import SMALLEST_SIZE
from bpviz.ui.views.network.clear_places import clear_place, kept_clear
from bpviz.ui.views.network.hover import Element, Highlight, Info, box_of, describe, find, units_of
from bpviz.ui.views.network.layout import Box, NetworkLayout
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.line_choice import LineChoice, ranking
from bpviz.ui.views.network.offscreen_painter import Backdrops, OffscreenPainter, in_slices
from bpviz.ui.views.network.overlays import WEIGHT, Overlay, worded
from bpviz.ui.views.network.panel import paint_panel, panel_box
from bpviz.ui.views.network.pattern_pass import Limits, pass_pattern
from bpviz.ui.views.network.picture import Picture, Sketch, focus_on, paint

SETTLE_MS = 250
"""Time without a new frame after which the picture is painted in full quality."""


def same_picture(one: PreparedExperiment, other: PreparedExperiment) -> bool:
    """Whether two setups look alike: they differ at most in how the network is trained."""
    return one.network is other.network and one.patterns is other.patterns


@guard_overrides
class NetworkCanvas(QWidget):
    """Shows what a network does with one pattern at one instant.

    Results are cached: the sketch for as long as setup and size stay the same, the bitmap for as
    long as nothing in it changes, so that moving the mouse is cheap. While frames arrive quickly,
    crowded lines are drawn without antialiasing, and the strongest of many weights are not
    searched for in each frame.
    """

    pointed = Signal()
    """The pointer has moved to another unit or weight."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("network_canvas")
        self.setAccessibleName("Picture of the network")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(*(scaled(round(side)) for side in SMALLEST_SIZE))
        self.theme = theme
        self.limits: Limits | None = None
        self.target: Element | None = None
        self.highlight: Highlight | None = None
        """What is highlighted by another view, without the panel of numbers."""
        self.overlay: Overlay = WEIGHT
        self.corner: QWidget | None = None
        self.card: QWidget | None = None
        self.with_responses = False
        self.drawing: Vector | None = None
        self._held: dict[str, float] = {}
        self._letters = Lettering()
        self._setup: PreparedExperiment | None = None
        self._snapshot: Snapshot | None = None
        self._row = 0
        self._mouse = QPointF()
        self._sketch: Sketch | None = None
        self._choice = LineChoice()
        self._put_by: dict[str, tuple[Sketch, LineChoice]] = {}
        """Sketches and lines of other overlays, where the drawn lines are always the same."""
        self._painted_at = -SETTLE_MS / 1e3
        self._picture: Picture | None = None
        self._pixmap: QPixmap | None = None
        self._backdrops = Backdrops()
        self.offscreen = OffscreenPainter(self, self.pieces, self._show)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._come_to_rest)
        self._moving = False

    # -- what is shown ---------------------------------------------------------------------

    def show_snapshot(
        self, setup: PreparedExperiment, snapshot: Snapshot, row: int, *, training: bool = False
    ) -> None:
        """Show what the network does with this training pattern.

        The picture is painted at once while ``training``, since the training thread waits for
        it, and also when frames arrive too quickly to complete any picture in pieces.
        """
        if self._setup is None or not same_picture(setup, self._setup):
            self._put_by = {}
            if self._sketch is not None and self._sketch.suits(setup):
                self._sketch.setup = setup
            elif self._setup is not None:
                self.limits = None
                self._held = {}
                self._backdrops.clear()
                self._sketch = self.target = self.highlight = None
        self._setup = setup
        self._snapshot, self._row = snapshot, row
        self._moving = perf_counter() - self._painted_at < SETTLE_MS / 1e3
        self._settle.start()
        self.refresh(at_once=training or self.offscreen.is_late)

    def show_row(self, row: int) -> None:
        """Show the same snapshot with another training pattern."""
        if row != self._row or self.drawing is not None:
            self._row, self.drawing = row, None
            self.refresh()

    def show_drawing(self, drawing: Vector | None) -> None:
        """Show what the network does with a drawing (inputs,), or with None the pattern again."""
        self.drawing = drawing
        self.refresh()

    def _drawing_of(self, setup: PreparedExperiment, snapshot: Snapshot) -> Vector | None:
        """The drawing, unless its size is wrong or the phases of a pattern are shown."""
        fits = self.drawing is not None and len(self.drawing) == setup.patterns.n_inputs
        return self.drawing if fits and snapshot.cursor is None else None

    def set_overlay(self, overlay: Overlay) -> None:
        """Show this overlay in lines and rings; each has a scale of its own."""
        if self.limits is not None:
            self._held[self.overlay.key] = self.limits.weight
            self.limits = replace(self.limits, weight=self._held.get(overlay.key, 0.0))
        if self._sketch is not None and self._sketch.picker.is_static:
            self._put_by[self.overlay.key] = self._sketch, self._choice
        self._sketch, self._choice = self._put_by.get(overlay.key, (None, LineChoice()))
        self.overlay = overlay
        self.refresh()

    def set_responses(self, shown: bool) -> None:
        """Fill hidden units with their responses over the input plane, where possible."""
        self.with_responses = shown
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme."""
        self.theme = theme
        self.refresh()

    def refresh(self, *, at_once: bool = False) -> None:
        """Paint the picture anew: in pieces off screen, or ``at_once`` in the next paint event."""
        self._picture = self._pixmap = None
        if at_once:
            self.offscreen.skip()
        else:
            self.offscreen.begin()

    def pieces(self) -> Iterator[None]:
        """Make the missing parts of the picture and of its bitmap, step by step."""
        ratio = self.devicePixelRatioF()
        if self._setup is None or self._snapshot is None:
            return
        while not self._is_painted(ratio):  # the picture may change between any two pieces
            if self._picture is None:
                self._picture = self._compose(self._setup, self._snapshot)
                yield
            elif not self._backdrops.has(self._picture, ratio):
                self._backdrops.of(self._picture, ratio)
                yield
            else:
                yield from in_slices(self._painting(self._picture, ratio))

    def _show(self) -> None:
        region = QRegion(self.rect())
        if self.corner is not None and not self.corner.isHidden():
            # Otherwise the widget on top would be painted each time.
            region -= QRegion(self.corner.geometry().translated(-self.pos()))
        self.update(region)

    @property
    def is_at_rest(self) -> bool:
        """Whether the picture has full quality: there was no new frame lately."""
        return not self._moving

    @property
    def snapshot_shown(self) -> Snapshot | None:
        """The snapshot shown."""
        return self._snapshot

    @property
    def layout_shown(self) -> NetworkLayout | None:
        """The layout; None before the first picture."""
        return None if self._sketch is None else self._sketch.layout

    @property
    def lines_shown(self) -> tuple[Vector, ...]:
        """The numbers drawn as lines, connection by connection."""
        return () if self._picture is None else self._picture.pattern_pass.lines

    @property
    def lacking(self) -> str:
        """Why the overlay's numbers are not shown; '' if they are."""
        return "" if self._picture is None else self._picture.pattern_pass.lacking

    @property
    def panel_shown(self) -> Box | None:
        """The box of the panel; None without one."""
        info = self.info()
        if info is None:
            return None
        return panel_box(
            self._letters,
            info,
            box_of(self.target, self.layout_shown, self._mouse.x(), self._mouse.y()),
            self._area(),
            self._kept_clear(),
        )

    def _come_to_rest(self) -> None:
        if self._moving:
            self._moving = False
            self.refresh()

    def info(self) -> Info | None:
        """The numbers in the panel, of what is pointed at."""
        if self.target is None or self._picture is None or self.card is not None:
            return None
        return describe(self._picture.pattern_pass, self.target)

    # -- composing -------------------------------------------------------------------------

    def _compose(self, setup: PreparedExperiment, snapshot: Snapshot) -> Picture:
        sketch = self._sketch
        size = float(self.width()), float(self.height())
        if sketch is None or sketch.size != size:
            sketch = self._sketch = Sketch(setup, *size, self._letters, worded(self.overlay, setup))
            self._choice = LineChoice()
        drawing = self._drawing_of(setup, snapshot)
        by = partial(ranking, sketch, snapshot, self.overlay, self._row, drawing)
        self._choice.renew(sketch, by, moving=self._moving)
        lines = self._choice.lines
        pattern_pass = pass_pattern(
            setup,
            snapshot,
            self._row,
            sketch.layout,
            lines.strands,
            sketch.fixed_limits,
            self.limits,
            sketch.overlay,
            drawing,
        )
        if self.with_responses and not why_not(setup):
            pattern_pass = replace(pattern_pass, responses=response_maps(setup, snapshot))
        self.limits = pattern_pass.limits
        focus = focus_on(self.target or self.highlight, sketch, pattern_pass)
        return Picture(
            sketch,
            self.theme,
            pattern_pass,
            lines.routes,
            lines.numbers,
            focus,
            smooth=not self._moving,
            corner=self._corner_width(),
        )

    def _corner_width(self) -> float:
        """The width that the widget in the upper right corner takes of the header."""
        hidden = self.corner is None or self.corner.isHidden()
        return 0.0 if hidden or self.corner is None else self.corner.width() + SPACE

    # -- events of Qt ----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and the panel if something is pointed at."""
        with QPainter(self) as painter:  # Qt crashes if an error leaves a painter active
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        if self._setup is None or self._snapshot is None:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            painter.setPen(self.theme.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No network yet.")
            return
        ratio = device_ratio(painter)
        raster = painter.paintEngine().type() == QPaintEngine.Type.Raster
        if self._picture is None:
            self._picture = self._compose(self._setup, self._snapshot)
        if not raster:
            paint(painter, self._picture, vector=True)
        elif ratio != self.devicePixelRatioF():
            paint(painter, self._picture)  # an exported picture, possibly in parts
        else:
            for _ in self._painting(self._picture, ratio):
                pass
            assert self._pixmap is not None
            painter.drawPixmap(0, 0, self._pixmap)
        self._paint_panel(painter)

    def _painting(self, picture: Picture, ratio: float) -> Iterator[None]:
        """Paint the picture in small steps; keep the bitmap if the picture has not changed."""
        if not self._is_painted(ratio):
            pixmap = yield from self._backdrops.painted(picture, ratio)
            if picture is self._picture:
                self._pixmap, self._painted_at = pixmap, perf_counter()

    def _is_painted(self, ratio: float) -> bool:
        return self._pixmap is not None and self._pixmap.devicePixelRatio() == ratio

    def _paint_panel(self, painter: QPainter) -> None:
        info, box = self.info(), self.panel_shown
        if info is not None and box is not None and self._picture is not None:
            limit = self._picture.pattern_pass.limits.weight
            paint_panel(painter, self.theme, self._letters, info, box, limit)

    def _kept_clear(self) -> Matrix:
        """What a card about the target must not cover (n, 4): see ``kept_clear``."""
        picture = self._picture
        if picture is None or picture.focus is None or self.target is None:
            return np.empty((0, 4))
        ends = units_of(picture.pattern_pass.setup, self.target)
        return kept_clear(picture.sketch.layout, self.target, ends, picture.focus.routes[0])

    def open_card(self, card: NumberEditor, point: QPointF) -> None:
        """Open a card that edits the target, where it does not cover it, instead of the panel."""
        if self._picture is None and self._setup is not None and self._snapshot is not None:
            self._picture = self._compose(self._setup, self._snapshot)
        self.card = card
        card.destroyed.connect(self._forget_card)
        card.open_at(point, lambda wide, high: self._card_place(point, wide, high))
        self.update()

    def _card_place(self, point: QPointF, width: float, height: float) -> QPointF:
        at = Box(point.x(), point.y(), 0.0, 0.0)
        box = clear_place(width, height, at, self._area(), self._kept_clear())
        return QPointF(box.left, box.top)

    def _forget_card(self) -> None:
        self.card = None
        self.update()

    def _area(self) -> Box:
        return Box(0.0, 0.0, self.width(), self.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Find what is under the mouse."""
        self.point_at(event.position())

    def point_at(self, point: QPointF) -> Element | None:
        """Point at the unit or weight at this point, and return it."""
        self._mouse = point
        if self._sketch is None:
            return None
        target = find(
            self._sketch.layout, self._choice.lines.routes, self._mouse.x(), self._mouse.y()
        )
        if target != self.target:
            self.target = target
            self.refresh()
            self.pointed.emit()
        elif target is not None:
            self.update()
        return target

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the highlight when the pointer leaves."""
        if self.target is not None:
            self.target = None
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the diagram for the new size."""
        self.target = None
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out the diagram anew when the font has changed."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._letters, self._sketch, self._put_by = Lettering(), None, {}
            self.refresh()
        super().changeEvent(event)
