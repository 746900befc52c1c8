"""Painting off screen, a few ms in each turn of the event loop."""

from collections.abc import Callable, Generator, Iterator
from time import perf_counter
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.time_sliced import SLICE
from bpviz.ui.views.network.picture import Picture, paint_backdrop, paint_network

LATE = 0.05
"""Seconds for which a picture may stay incomplete while newer ones take its place."""


class OffscreenPainter:
    """Paints the picture of a widget into a bitmap, in pieces between which events are processed.

    ``pieces`` makes what is missing of the picture, ``show`` puts it on the screen.
    """

    def __init__(
        self, widget: QWidget, pieces: Callable[[], Iterator[None]], show: Callable[[], None]
    ) -> None:
        self._widget, self._pieces, self._show = widget, pieces, show
        self._work: Iterator[None] | None = None
        self._since = 0.0
        self._timer = QTimer(widget, interval=0, singleShot=True)
        self._timer.timeout.connect(self._turn)

    @property
    def is_late(self) -> bool:
        """Whether the picture has been incomplete for longer than LATE."""
        return self._timer.isActive() and perf_counter() >= self._since + LATE

    def begin(self) -> None:
        """Start over in the next turn of the event loop: the picture is another one."""
        if not self._timer.isActive():
            self._since = perf_counter()
        self._work = None
        self._timer.start()

    def skip(self) -> None:
        """Show the picture now; the widget's paint event makes what is missing of it."""
        self._work = None
        self._timer.stop()
        self._show()

    def _turn(self) -> None:
        if self._work is None:
            # A hidden widget, or one that is painted once for a file, needs no bitmap.
            hidden = self._widget.window().testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            pointless = hidden or not self._widget.isVisible()
            self._work = iter(()) if pointless else self._pieces()
        try:
            next(self._work)
        except StopIteration:
            self._work = None
            self._show()
        else:
            self._timer.start()


class Backdrops:
    """Bitmaps of what changes only with the scales; the last one of each overlay is kept."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[Any, ...], QPixmap]] = {}

    def has(self, picture: Picture, ratio: float) -> bool:
        """Whether the backdrop of this picture is in the cache."""
        kept = self._kept.get(picture.sketch.overlay.key)
        return kept is not None and kept[0] == _dependence(picture, ratio)

    def of(self, picture: Picture, ratio: float) -> QPixmap:
        """The backdrop of this picture, for a screen with this device pixel ratio."""
        if not self.has(picture, ratio):
            pixmap = QPixmap(QSize(*map(int, picture.sketch.size)) * ratio)
            pixmap.setDevicePixelRatio(ratio)
            with QPainter(pixmap) as inner:
                paint_backdrop(inner, picture)
            self._kept[picture.sketch.overlay.key] = _dependence(picture, ratio), pixmap
        return self._kept[picture.sketch.overlay.key][1]

    def painted(self, picture: Picture, ratio: float) -> Generator[None, None, QPixmap]:
        """Paint all of this picture into a bitmap, in small steps, and return it."""
        pixmap = self.of(picture, ratio).copy()
        with QPainter(pixmap) as inner:
            yield from paint_network(inner, picture)
        return pixmap

    def clear(self) -> None:
        """Empty the cache, for another network."""
        self._kept = {}


def _dependence(picture: Picture, ratio: float) -> tuple[Any, ...]:
    """Everything that a backdrop depends on."""
    known = not picture.pattern_pass.lacking
    return picture.sketch, picture.theme, picture.pattern_pass.limits, known, ratio


def in_slices(work: Iterator[None]) -> Iterator[None]:
    """The same work in steps of about SLICE seconds: each turn of the event loop costs time."""
    until = perf_counter() + SLICE
    for _ in work:
        if perf_counter() > until:
            yield
            until = perf_counter() + SLICE
