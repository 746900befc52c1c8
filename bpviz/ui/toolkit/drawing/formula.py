"""TeX formulas as pictures: ziamath sets them, Qt's SVG renderer paints them.

Setting one takes some 20 ms, so it is done once for each formula, size and colour, and by a
thread beside the window's that gives way to it.
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
from bpviz.session.scheduling.gil_yield import courteous

CACHED = 4000
_ziamath_lock = threading.Lock()  # its fonts are shared by all formulas


@dataclass(frozen=True, slots=True)
class TermBox:
    """Where a term of a formula is: px from the formula's left and down from its base line.

    ``depth`` is 1, or more for a term that is a part of another.
    """

    term: Term
    box: QRectF
    depth: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as SVG; sizes in px, above and below the line that letters stand on.

    ``boxes`` are those of the terms that are marked in its TeX (see ``core.terms``), as they
    stand in it.
    """

    svg: bytes
    width: float
    ascent: float
    descent: float
    boxes: tuple[TermBox, ...] = ()

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

    inked, chains = _inked(tex, colour)
    with _ziamath_lock:
        ziamath.config.svg2 = False  # Qt knows SVG 1.2 Tiny
        try:
            latex = ziamath.Latex(inked, size=size, color=colour, inline=not display)
            tree = latex.svgxml()
        except Exception as error:  # whatever its parser stumbles over
            raise BadValue("formula", tex, "TeX that can be set", str(error)) from None
    _group(tree, len(chains), colour)
    svg = ElementTree.tostring(tree)
    left, top, width, height = map(float, tree.attrib["viewBox"].split())
    return Formula(svg, width, -top, height + top, _boxes(svg, chains, left))


# -- terms: each is set in an ink of its own, which tells its parts apart, and then dyed ----------
# (TeX's \color switches the ink; groups, as \textcolor needs, double ziamath's time at each level.)

INK = "term"


def _inked(tex: str, colour: str) -> tuple[str, list[Chain]]:
    """The TeX with every term in its ink, and the terms in the inks' order."""
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
    """Put what is set in a term's ink into an element of its own, in the formula's colour."""
    groups = [ElementTree.SubElement(tree, "g", id=f"{INK}{n:03}") for n in range(n_terms)]
    for part in [each for each in tree if each.tag != "g"]:
        ink = part.get("fill", "")
        if ink.startswith(INK):
            part.set("fill", colour)
            tree.remove(part)
            groups[int(ink.removeprefix(INK))].append(part)


def _boxes(svg: bytes, chains: list[Chain], left: float) -> tuple[TermBox, ...]:
    """The boxes of the terms: of their own ink, and of the terms that are parts of them."""
    if not chains:
        return ()
    renderer = QSvgRenderer(QByteArray(svg))
    boxes: list[QRectF] = []
    around: list[int] = []  # the terms that the last one is a part of, and itself
    for n, chain in enumerate(chains):
        boxes.append(renderer.boundsOnElement(f"{INK}{n:03}").translated(-left, 0.0))
        around = [*around[: len(chain) - 1], n]
        for outer in around[:-1]:
            boxes[outer] = boxes[outer].united(boxes[n])
    pairs = zip(chains, boxes, strict=True)
    return tuple(TermBox(chain[-1], box, len(chain)) for chain, box in pairs)


FormulaKey = tuple[str, float, str, bool]
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

    def make(self, key: FormulaKey) -> None:
        """Set a formula, in the thread."""
        try:
            with courteous():
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
        self._set: dict[FormulaKey, Formula | None] = {}
        self._pending: set[FormulaKey] = set()
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

    def _take(self, key: FormulaKey, formula: Formula | None) -> None:
        if key not in self._pending:
            return  # somebody else asked for it
        if len(self._set) > CACHED:
            self._set.clear()
        self._set[key] = formula
        self._pending.discard(key)
        if not self._pending:
            self.done.emit()
