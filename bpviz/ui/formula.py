"""TeX formulas as pictures: ziamath sets them, Qt's SVG renderer paints them.

Setting one takes some 10 ms, so it is done once for each formula, size and colour, and by a
thread beside the window's.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from bpviz.core.values import BadValue

CACHED = 4000
_ziamath_lock = threading.Lock()  # its fonts are shared by all formulas


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as SVG; sizes in px, above and below the line that letters stand on."""

    svg: bytes
    width: float
    ascent: float
    descent: float

    def paint(self, painter: QPainter, x: float, baseline: float) -> None:
        """Paint it so that its letters stand on y = ``baseline``."""
        box = QRectF(x, baseline - self.ascent, self.width, self.ascent + self.descent)
        QSvgRenderer(QByteArray(self.svg)).render(painter, box)

    def image(self, scale: float = 1.0, above: float = 0.0, below: float = 0.0) -> QImage:
        """A picture with a transparent ground, with at least this room above and below."""
        ascent, descent = max(self.ascent, above), max(self.descent, below)
        image = QImage(
            max(1, round(self.width * scale)),
            max(1, round((ascent + descent) * scale)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.fill(Qt.GlobalColor.transparent)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        self.paint(painter, 0.0, ascent)
        painter.end()
        return image


@lru_cache(maxsize=CACHED)
def typeset(tex: str, size: float, colour: str, display: bool = False) -> Formula:
    """The formula ``tex`` with letters of ``size`` px; ``display`` is the style of its own line.

    May be called from any thread. Raises BadValue for TeX that cannot be set.
    """
    import ziamath  # takes 0.1 s, and not everybody looks at formulas

    with _ziamath_lock:
        ziamath.config.svg2 = False  # Qt knows SVG 1.2 Tiny
        try:
            svg = ziamath.Latex(tex, size=size, color=colour, inline=not display).svg()
        except Exception as error:  # whatever its parser stumbles over
            raise BadValue("formula", tex, f"TeX that can be set ({error})") from None
    box = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    assert box is not None
    _, top, width, height = map(float, box.groups())
    return Formula(svg.encode(), width, -top, height + top)


Key = tuple[str, float, str, bool]
"""The arguments of typeset."""


@lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    """The one thread that sets formulas for everybody."""
    return ThreadPoolExecutor(1, thread_name_prefix="formulas")


class _Relay(QObject):
    """Stands between the thread and whoever waits, and outlives them.

    A thread must not emit a signal of an object that the window may be destroying just then.
    """

    arrived = Signal(object, object)
    """(key, Formula or None)."""

    def make(self, key: Key) -> None:
        """Set a formula, in the thread."""
        try:
            formula: Formula | None = typeset(*key)
        except BadValue:
            formula = None
        with suppress(RuntimeError):  # the program ends
            self.arrived.emit(key, formula)


@lru_cache(maxsize=1)
def _relay() -> _Relay:
    """The one of this program; it belongs to the window's thread, which is the first to ask."""
    return _Relay()


class Typesetter(QObject):
    """Has formulas set in a thread beside; what is set already is there at once."""

    done = Signal()
    """All formulas that were asked for are set."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._set: dict[Key, Formula | None] = {}
        self._pending: set[Key] = set()
        _relay().arrived.connect(self._take)

    def get(self, tex: str, size: float, colour: str, display: bool = False) -> Formula | None:
        """The formula, or None while it is being set (``done`` follows) or if it cannot be."""
        key = (tex, size, colour, display)
        if key not in self._set and key not in self._pending:
            self._pending.add(key)
            _thread().submit(_relay().make, key)
        return self._set.get(key)

    def known(self, tex: str, size: float, colour: str, display: bool = False) -> Formula | None:
        """The formula if it is set already; nothing is begun."""
        return self._set.get((tex, size, colour, display))

    def is_pending(self, tex: str, size: float, colour: str, display: bool = False) -> bool:
        """Whether this formula is still being set."""
        return (tex, size, colour, display) in self._pending

    def _take(self, key: Key, formula: Formula | None) -> None:
        if key not in self._pending:
            return  # somebody else asked for it
        if len(self._set) > CACHED:
            self._set.clear()
        self._set[key] = formula
        self._pending.discard(key)
        if not self._pending:
            self.done.emit()
