"""The highlight of the term that is pointed at, in a line of the formula."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from bpviz.core.microscope.terms import Term
from bpviz.ui.toolkit.drawing.formula import TermBox
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme

PAD = 1.5
"""Px of the highlight around a term."""

ALPHA = 60
ROUND = 3.0

Boxes = Callable[[], tuple[TermBox, ...]]


class TermHighlight:
    """The highlighted term, if there is one."""

    def __init__(self) -> None:
        self.theme: Theme = LIGHT
        self.term: Term | None = None

    def paint(self, painter: QPainter, boxes: Boxes) -> None:
        """Paint a pale background behind every box of the term."""
        if self.term is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accent", ALPHA))
        for each in boxes():
            if each.term.is_like(self.term):
                painter.drawRoundedRect(each.box.adjusted(-PAD, -PAD, PAD, PAD), ROUND, ROUND)
        painter.restore()


def box_at(boxes: tuple[TermBox, ...], at: QPointF) -> TermBox | None:
    """The innermost term at a point."""
    hit = [each for each in boxes if each.box.adjusted(-PAD, -PAD, PAD, PAD).contains(at)]
    return max(hit, key=lambda each: (each.depth, -each.box.width()), default=None)
