"""A formula with numbers, as a line of text with the boxes of its terms."""

from functools import lru_cache
from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextDocument, QTextLine
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from bpviz.core.microscope.terms import chains_of, rendered, unmarked
from bpviz.ui.panels.microscope.highlight import TermHighlight
from bpviz.ui.toolkit.drawing.formula import TermBox
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named


@guard_overrides
class NumberLine(QLabel):
    """Shows rich text with marks of terms (see ``core.microscope.terms``), without the marks."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.highlight = TermHighlight()
        self._marked = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFont(plot_font())
        self.setContentsMargins(SPACE, 0, SPACE, 0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_marked(self, html: str) -> None:
        """Show this line; '' for none."""
        if html != self._marked:
            self._marked = html
            self.setText(unmarked(html))

    def fits(self, html: str, width: float) -> bool:
        """Whether a line fits into ``width`` px."""
        needed = _document(unmarked(html), self.font().toString()).idealWidth()
        return needed <= width - 2 * SPACE

    def term_boxes(self) -> tuple[TermBox, ...]:
        """The boxes of the terms, in px of this widget."""
        area = self.contentsRect()
        boxes, height = _boxes(self._marked, self.font().toString())
        top = area.top() + (area.height() - height) / 2
        return tuple(
            TermBox(each.term, each.box.translated(area.left(), top), each.depth) for each in boxes
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the highlight below the text."""
        with QPainter(self) as painter:
            self.highlight.paint(painter, self.term_boxes)
        super().paintEvent(event)


BEGIN, END = "\ue000", "\ue001"
"""Private-use characters in place of the marks while their positions are counted."""


@lru_cache(maxsize=64)
def _boxes(marked: str, font: str) -> tuple[tuple[TermBox, ...], float]:
    """The boxes of a line's terms, and the height of the line."""
    chains = chains_of(marked)
    if not chains:
        return (), 0.0
    document = _document(unmarked(marked), font)
    height = document.size().height()  # lays it out
    line = document.begin().layout().lineAt(0)
    boxes = []
    for chain, (start, end) in zip(chains, _places(marked, font), strict=True):
        left, right = _x(line, start), _x(line, end)
        box = QRectF(left, line.y(), right - left, line.height())
        boxes.append(TermBox(chain[-1], box, len(chain)))
    return tuple(boxes), height


def _x(line: QTextLine, position: int) -> float:
    found = line.cursorToX(position)  # x alone, or (x, the cursor position that was used)
    return float(found[0] if isinstance(found, tuple) else cast(float, found))


def _places(marked: str, font: str) -> list[tuple[int, int]]:
    """The (start, end) of each term in the line's text, in the order of their starts."""
    text = _document(rendered(marked, lambda _: BEGIN, lambda _: END), font).toPlainText()
    spans: list[tuple[int, int]] = []
    within: list[int] = []
    at = 0
    for letter in text:
        if letter == BEGIN:
            within.append(len(spans))
            spans.append((at, at))
        elif letter == END:
            n = within.pop()
            spans[n] = spans[n][0], at
        else:
            at += 1 + (ord(letter) > 0xFFFF)  # Qt counts in UTF-16
    return spans


def _document(html: str, font: str) -> QTextDocument:
    document = QTextDocument()
    letters = QFont()
    letters.fromString(font)
    document.setDefaultFont(letters)
    document.setDocumentMargin(0)
    document.setHtml(html)
    return document
