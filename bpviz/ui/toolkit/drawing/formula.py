"""TeX formulas as pictures: ziamath sets them, Qt's SVG renderer paints them.

Setting one takes about 20 ms, so it is done once for each formula, size and colour, in a thread
of its own that yields to the GUI thread.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from bpviz.core.microscope.terms import Chain, Term, rendered
from bpviz.core.values import BadValue
from bpviz.session.scheduling.gil_yield import gil_yielding

CACHED = 500
"""Formulas that are kept, of up to 35 kB each: those of a lesson, and of the last steps in the
microscope, whose numbers are new ones each time."""

_ziamath_lock = threading.Lock()  # its fonts are shared by all formulas


@dataclass(frozen=True, slots=True)
class TermBox:
    """The box of a term in a formula: px from the formula's left and down from its base line.

    ``depth`` is 1, or more for a term inside another.
    """

    term: Term
    box: QRectF
    depth: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as SVG; its sizes are in px, above and below the base line.

    ``boxes`` are those of the terms that are marked in its TeX (see
    ``core.microscope.terms``), in their order there.
    """

    svg: bytes
    width: float
    ascent: float
    descent: float
    boxes: tuple[TermBox, ...] = ()

    def paint(self, painter: QPainter, x: float, baseline: float) -> None:
        """Paint it with its base line at y = ``baseline``."""
        box = QRectF(x, baseline - self.ascent, self.width, self.ascent + self.descent)
        QSvgRenderer(QByteArray(self.svg)).render(painter, box)

    def image(self, scale: float = 1.0, above: float = 0.0, below: float = 0.0) -> QImage:
        """An image on a transparent background, at least so high above and below the base line."""
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
    """The formula ``tex`` with letters of ``size`` px; ``display`` selects TeX's display style.

    Can be called from any thread. Raises BadValue for TeX that cannot be set.
    """
    import ziamath  # takes 0.1 s: imported when a formula is first shown

    inked, chains = _inked(tex, colour)
    with _ziamath_lock:
        ziamath.config.svg2 = False  # Qt reads SVG 1.2 Tiny
        try:
            latex = ziamath.Latex(inked, size=size, color=colour, inline=not display)
            tree = latex.svgxml()
        except Exception as error:  # its parser raises many types
            raise BadValue("formula", tex, "TeX that can be set", str(error)) from None
    _group(tree, len(chains), colour)
    svg = ElementTree.tostring(tree)
    left, top, width, height = map(float, tree.attrib["viewBox"].split())
    return Formula(svg, width, -top, height + top, _boxes(svg, chains, left))


# -- terms: each is set in a colour of its own, by which its parts are found, then recoloured -----
# (With \color, since each nested group of \textcolor doubles ziamath's time.)

INK = "term"


def _inked(tex: str, colour: str) -> tuple[str, list[Chain]]:
    """The TeX with every term in a colour of its own, and the terms in the order of colours."""
    chains: list[Chain] = []
    inks = [colour]

    def begin(chain: Chain) -> str:
        inks.append(f"{INK}{len(chains):03}")
        chains.append(chain)
        return rf"\color{{{inks[-1]}}}"

    def end(chain: Chain) -> str:
        inks.pop()
        return rf"\color{{{inks[-1]}}}"

    text = rendered(tex, begin, end)
    return re.sub(r"\\color\{#?\w+\}(?=\\color|\}|$)", "", text), chains


def _group(tree: ElementTree.Element, n_terms: int, colour: str) -> None:
    """Put each term's parts into an element of its own, in the formula's colour."""
    groups = [ElementTree.SubElement(tree, "g", id=f"{INK}{n:03}") for n in range(n_terms)]
    for part in [each for each in tree if each.tag != "g"]:
        ink = part.get("fill", "")
        if ink.startswith(INK):
            part.set("fill", colour)
            tree.remove(part)
            groups[int(ink.removeprefix(INK))].append(part)


def _boxes(svg: bytes, chains: list[Chain], left: float) -> tuple[TermBox, ...]:
    """The boxes of the terms, each around its own parts and the terms inside it."""
    if not chains:
        return ()
    renderer = QSvgRenderer(QByteArray(svg))
    boxes: list[QRectF] = []
    around: list[int] = []  # the terms around the last one, and the last one
    for n, chain in enumerate(chains):
        boxes.append(renderer.boundsOnElement(f"{INK}{n:03}").translated(-left, 0.0))
        around = [*around[: len(chain) - 1], n]
        for outer in around[:-1]:
            boxes[outer] = boxes[outer].united(boxes[n])
    pairs = zip(chains, boxes, strict=True)
    return tuple(TermBox(chain[-1], box, len(chain)) for chain, box in pairs)


FormulaKey = tuple[str, float, str, bool]
"""The arguments of ``typeset``."""


@lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    """The one thread that sets formulas."""
    return ThreadPoolExecutor(1, thread_name_prefix="formulas")


def drop_pending() -> None:
    """Drop the formulas that are not set yet: the process would not end before them."""
    if _thread.cache_info().currsize:
        _thread().shutdown(wait=False, cancel_futures=True)


class _Relay(QObject):
    """Passes formulas from the thread to the typesetters, and outlives both.

    A thread must not emit a signal of an object that the GUI thread may be destroying.
    """

    arrived = Signal(object, object)
    """(key, Formula or None)."""

    def make(self, key: FormulaKey) -> None:
        """Set a formula; called in the thread."""
        try:
            with gil_yielding():
                formula: Formula | None = typeset(*key)
        except BadValue:
            formula = None
        with suppress(RuntimeError):  # the application is ending
            self.arrived.emit(key, formula)


@lru_cache(maxsize=1)
def _relay() -> _Relay:
    """The only instance; it lives in the GUI thread, which is the first to call this."""
    return _Relay()


class Typesetter(QObject):
    """Sets formulas in another thread; those that are set already are returned at once."""

    done = Signal()
    """All requested formulas are set."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._set: dict[FormulaKey, Formula | None] = {}
        self._pending: set[FormulaKey] = set()
        _relay().arrived.connect(self._take)

    def get(self, tex: str, size: float, colour: str, display: bool = False) -> Formula | None:
        """The formula; None while it is being set (``done`` follows) and if it cannot be set."""
        key = (tex, size, colour, display)
        if key not in self._set and key not in self._pending:
            self._pending.add(key)
            _thread().submit(_relay().make, key)
        return self._set.get(key)

    def known(self, tex: str, size: float, colour: str, display: bool = False) -> Formula | None:
        """The formula if it is set already; otherwise None, and no work is started."""
        return self._set.get((tex, size, colour, display))

    def set_now(self, tex: str, size: float, colour: str, display: bool = False) -> None:
        """Set the formula before this returns, which takes longer than a frame."""
        with suppress(BadValue):
            self._set[tex, size, colour, display] = typeset(tex, size, colour, display)

    def is_pending(self, tex: str, size: float, colour: str, display: bool = False) -> bool:
        """Whether this formula is still being set."""
        return (tex, size, colour, display) in self._pending

    def _take(self, key: FormulaKey, formula: Formula | None) -> None:
        if key not in self._pending:
            return  # requested by another typesetter
        if len(self._set) >= CACHED:
            self._set.pop(next(iter(self._set)))  # the one that was set first
        self._set[key] = formula
        self._pending.discard(key)
        if not self._pending:
            self.done.emit()
