"""Painting plots onto the screen without asking every item of their scene anew.

Qt's graphics view asks every item of a scene, in every frame, where it is, which is Python for
most items of pyqtgraph and takes longer than the painting. In bpviz's plots little changes from
frame to frame: the surface and the axes are kept as one picture, points as one each, and only
what is left is painted, by the items themselves. What is seen is the same.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.pixels import pixel_ratio
from bpviz.ui.toolkit.guard import guard_overrides

_FAR = 2.0**30


def _blank(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class _Dense:
    """What pyqtgraph asks the widget for: the device pixels for one px, here of any painter."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio

    def devicePixelRatioF(self) -> float:
        """Device pixels for one px."""
        return self._ratio


@guard_overrides
class Points(pg.ScatterPlotItem):  # type: ignore[misc]
    """Points of a plot that are kept as a picture for as long as they stay the same."""

    def __init__(self) -> None:
        self._changes = 0
        self._kept: tuple[Any, QPixmap | None] = None, None
        self._look: tuple[Any, ...] | None = None
        self._stamps: PrimitiveArray | None = None
        super().__init__(pxMode=True, antialias=True)

    def put(
        self, points: Matrix, look: tuple[Any, ...] | None, style: Callable[[], dict[str, Any]]
    ) -> None:
        """Put points at (n, 2); their style is not asked for if they look as before.

        ``look`` is all that the style depends on besides the number of points; None if that
        cannot be said.
        """
        if look is None or look != self._look or len(points) != len(self.data):
            self._look = look
            self.setData(pos=points, **style())
            return
        self.data["x"], self.data["y"] = points.T
        self.bounds = [None, None]
        self.prepareGeometryChange()
        self.invalidate()

    def setData(self, *points: Any, **options: Any) -> None:
        """As pyqtgraph's."""
        self._stamps = None
        super().setData(*points, **options)

    def invalidate(self) -> None:
        """Forget what was painted: points have changed."""
        self._changes += 1
        super().invalidate()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the points."""
        on_screen = widget is not None and painter.paintEngine().type() == QPaintEngine.Type.Raster
        if widget is None or not on_screen or not len(self.data):
            super().paint(painter, option, widget)
            return
        ratio = pixel_ratio(painter)
        key = (self._changes, widget.size(), ratio, painter.worldTransform())
        if key != self._kept[0]:
            self._kept = key, None
            if ratio == widget.devicePixelRatioF():
                # Points that change in every frame are never kept.
                self._paint_stamps(painter, option, widget)
                return
        pixmap = self._kept[1]
        if pixmap is None:
            pixmap = _blank(widget.size(), ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as inner:
                inner.setWorldTransform(painter.worldTransform())
                super().paint(inner, option, _Dense(ratio))
            self._kept = key, pixmap
        painter.resetTransform()
        painter.drawPixmap(0, 0, pixmap)

    def _paint_stamps(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget
    ) -> None:
        """Paint points of which only the points have changed, as pyqtgraph does, but in passing."""
        atlas = self.fragmentAtlas
        if self._stamps is None or atlas.devicePixelRatio() != widget.devicePixelRatioF():
            super().paint(painter, option, widget)
            self._stamps = self._stamps_of(atlas.devicePixelRatio())
            return
        to_px, stamps = painter.transform(), self._stamps.ndarray()
        across = to_px.m11() * self.data["x"] + to_px.dx()
        down = to_px.m22() * self.data["y"] + to_px.dy()
        for column, at in enumerate((across, down)):
            np.clip(at, -_FAR, _FAR, out=stamps[:, column])  # Qt cannot paint beyond
        painter.resetTransform()
        first, count = self._stamps.drawargs()
        painter.drawPixmapFragments(first, count, atlas.pixmap)

    def _stamps_of(self, ratio: float) -> PrimitiveArray:
        """Which parts of the atlas are painted, with no points yet."""
        stamps = PrimitiveArray(QPainter.PixmapFragment, 10)
        stamps.resize(len(self.data))
        source = self.data["sourceRect"]
        values = stamps.ndarray()
        for column, side in enumerate("xywh", start=2):
            values[:, column] = source[side]
        values[:, 6:] = 1 / ratio, 1 / ratio, 0.0, 1.0  # scale, rotation, opacity
        return stamps
