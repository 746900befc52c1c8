"""Views and windows painted into pictures, part by part, between the events of the window."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.time_sliced import SlicedWork, next_turn

COLUMN = 240
"""Px in width of the tiles that a picture is painted in: a curve may lie in very few rows."""

ROWS, LEAST_ROWS, TILE, GROWTH = 80, 32, 0.002, 1.4
"""Px in height of a tile at most and at least, seconds for it besides what any tile takes, and how
much higher than the one before it may be: what comes next may be denser."""

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
EVERYTHING_DRAWN = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren

TiledParts = Callable[[QWidget, float], Iterator[QRegion]]
"""From a widget and the scale of its picture: the regions to paint, one after another."""


# -- the second instance -------------------------------------------------------------------


@contextmanager
def holder(theme: Theme) -> Iterator[QWidget]:
    """A window that is on no screen, for a view whose picture is made."""
    window = QWidget()
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    window.setPalette(theme.view_palette())
    window.installEventFilter(_Unpainted(window))
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@guard_overrides
class _Unpainted(QObject):
    """Keeps a hidden window from being painted while its picture is being made."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop what asks for it."""
        return event.type() == QEvent.Type.UpdateRequest


def second(
    window: QWidget,
    view_class: type[Pictured],
    frame_for: Callable[[Pictured], Frame],
    choices: Mapping[str, Any] | None,
    theme: Theme,
    size: QSize,
) -> SlicedWork:
    """Make another view of the class, in this window, that shows the same at this size.

    ``frame_for`` a view is the frame with all that it wants. What is done with the view begins
    in a turn of its own.
    """
    yield next_turn
    view = view_class(window, theme)
    yield None
    view.resize(size)
    window.show()
    # Some choices only fit what is shown, and some of what is shown follows the choices.
    view.show_frame(frame_for(view))
    yield None
    view.set_choices(dict(choices or {}))
    yield None
    view.show_frame(frame_for(view))
    _hide_controls(view)
    yield None
    _lay_out()
    yield next_turn
    return view


def _hide_controls(view: Pictured) -> None:
    """Hide what is clicked or typed in, its label, and the bars that hold nothing else."""
    controls = [w for w in view.findChildren(QWidget) if isinstance(w, CONTROLS)]
    labels = [w for w in view.findChildren(QLabel) if w.buddy() in controls]
    for widget in (*controls, *labels):
        if widget.isVisibleTo(view):
            widget.hide()
            _hide_if_empty(widget.parentWidget(), view)


def _hide_if_empty(bar: QWidget | None, view: Pictured) -> None:
    """Hide a bar without visible children, and then perhaps the bar around it."""
    if bar is None or bar is view:
        return
    if not any(isinstance(c, QWidget) and c.isVisibleTo(bar) for c in bar.children()):
        bar.hide()
        _hide_if_empty(bar.parentWidget(), view)


def _lay_out() -> None:
    """Let all widgets take their places now, and nothing else that waits happen."""
    for _ in range(3):  # a layout may ask its parent's layout to be done again
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


# -- painting ------------------------------------------------------------------------------


def paint_part(widget: QWidget, image: QImage, region: QRegion) -> None:
    """Paint a region of the widget at its place in the image."""
    with QPainter(image) as painter:  # Qt crashes if an error leaves a painter active
        widget.render(painter, region.boundingRect().topLeft(), region, EVERYTHING_DRAWN)


def whole(widget: QWidget, scale: float) -> Iterator[QRegion]:
    """All of the widget in one."""
    yield QRegion(widget.rect())


def tiles(widget: QWidget, scale: float) -> Iterator[QRegion]:
    """The widget column by column, from top to bottom, in tiles that take TILE seconds or so.

    They end between two pixels of the image, or what lies on an end would be painted twice.
    """
    across, down = _ends(widget.width(), scale), _ends(widget.height(), scale)
    left, rows, least = 0, ROWS, 1.0
    while left < widget.width():
        right = next(end for end in across if end >= min(left + COLUMN, widget.width()))
        top = 0
        while top < widget.height():
            bottom = next(end for end in down if end >= min(top + rows, widget.height()))
            begin = perf_counter()
            yield QRegion(left, top, right - left, bottom - top)
            seconds = max(perf_counter() - begin, 1e-4)
            least = min(least, seconds)
            fitting = round((bottom - top) * min((TILE + least) / seconds, GROWTH))
            rows = min(max(fitting, LEAST_ROWS), ROWS)
            top = bottom
        left = right


def _ends(length: int, scale: float) -> list[int]:
    """Where a tile may end."""
    between = (px for px in range(1, length) if abs(px * scale - round(px * scale)) < 1e-9)
    return [*between, length]


@guard_overrides
class Changes(QObject):
    """Notes whether a window is painted anew."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.seen = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what passes."""
        self.seen = self.seen or event.type() == QEvent.Type.UpdateRequest
        return False
