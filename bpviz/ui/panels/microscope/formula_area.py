"""A typeset formula of the microscope, as large as it fits, and the meaning of its letters."""

from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.panels.microscope.highlight import TermHighlight
from bpviz.ui.toolkit.drawing.formula import Formula, TermBox, Typesetter
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip

SIZE = 15.0
"""Px of letters; a formula wider than the panel is scaled down, at most to SMALLEST."""

SMALLEST = 10.0
GAP = 2.0

DELAY = 60
"""Ms before a new formula is typeset: typesetting slows the window."""


class PlacedFormula(NamedTuple):
    """A typeset formula with its left end, its baseline and its scale."""

    formula: Formula
    x: float
    baseline: float
    scale: float

    @property
    def right(self) -> float:
        """The x of its right end."""
        return self.x + self.formula.width * self.scale

    @property
    def bottom(self) -> float:
        """The y of its lower end."""
        return self.baseline + self.formula.descent * self.scale

    def term_boxes(self) -> list[TermBox]:
        """The boxes of its terms in the widget."""
        s = self.scale
        found = []
        for term_box in self.formula.boxes:
            box = term_box.box
            x, y = self.x + s * box.x(), self.baseline + s * box.y()
            here = QRectF(x, y, s * box.width(), s * box.height())
            found.append(replace(term_box, box=here))
        return found

    def paint(self, painter: QPainter) -> None:
        """Paint the formula."""
        painter.save()
        painter.translate(self.x, self.baseline)
        painter.scale(self.scale, self.scale)
        self.formula.paint(painter, 0.0, 0.0)
        painter.restore()


@guard_overrides
class FormulaArea(QWidget):
    """Shows a formula, and a second one that begins with ``where``.

    Typesetting takes longer than a frame; meanwhile the area keeps its height. The letters are
    the same for all weights of a connection, so these share one typeset formula; ``words`` say
    which units the letters stand for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.highlight = TermHighlight()
        self.setObjectName("microscope_formula_area")
        self.setAccessibleName("Formula")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tex = self.where = self.words = ""
        self._placed: tuple[PlacedFormula, ...] = ()
        self._setter = Typesetter(self)
        self._setter.done.connect(self._arrange)
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._timer.timeout.connect(self._set)

    @property
    def theme(self) -> Theme:
        """The colours."""
        return self.highlight.theme

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self.highlight.theme = theme

    def show_formula(self, tex: str, words: str, where: str = "") -> None:
        """Show a formula, the meaning of its letters, and a formula of its deltas; '' for none."""
        if (tex, words, where) != (self.tex, self.words, self.where):
            self.tex, self.words, self.where = tex, words, where
            self.setToolTip(plain_tip(words))
            if not self.is_ready:
                self._timer.start()
            self._arrange()

    @property
    def is_ready(self) -> bool:
        """Whether the formulas are typeset."""
        return None not in self._formulas()

    def typeset_now(self) -> None:
        """Typeset the formulas before this returns; see Typesetter.set_now."""
        for key in self._keys():
            self._setter.set_now(*key)
        self._timer.stop()
        self._arrange()

    def _keys(self) -> list[tuple[str, float, str, bool]]:
        """The arguments of the typesetter: the first formula in display style, the other inline."""
        wanted = ((self.tex, True), (self.where, False))
        return [(tex, SIZE, self._colour, display) for tex, display in wanted if tex]

    def _formulas(self) -> list[Formula | None]:
        return [self._setter.known(*key) for key in self._keys()]

    @property
    def _colour(self) -> str:
        return self.theme.colour("text").name()

    def _set(self) -> None:
        """Request the formulas, or take those that are typeset already."""
        if None not in [self._setter.get(*key) for key in self._keys()]:
            self._arrange()

    def _arrange(self) -> None:
        formulas = [each for each in self._formulas() if each is not None]
        self._placed = self._place(formulas) if self.is_ready else ()
        if self._placed:
            bottom = max(placed.bottom for placed in self._placed)
            self.setFixedHeight(round(bottom + GAP))
        self.update()

    def _place(self, formulas: list[Formula]) -> tuple[PlacedFormula, ...]:
        """Lay the formulas out side by side if they fit, or below each other."""
        placed: list[PlacedFormula] = []
        for formula in formulas:
            scale = self._scale(formula)
            x, baseline = float(SPACE), GAP + formula.ascent * scale
            if placed:
                last = placed[-1]
                beside = last.right + 3 * SPACE
                if last.scale == 1.0 and beside + formula.width <= self.width() - SPACE:
                    x, baseline = beside, last.baseline
                else:
                    baseline += last.bottom
            placed.append(PlacedFormula(formula, x, baseline, scale))
        return tuple(placed)

    def _scale(self, formula: Formula) -> float:
        room = max(self.width() - 2 * SPACE, 1)
        return max(min(1.0, room / formula.width), SMALLEST / SIZE)

    def term_boxes(self) -> tuple[TermBox, ...]:
        """The boxes of all terms, in px of this widget."""
        return tuple(box for placed in self._placed for box in placed.term_boxes())

    def sizeHint(self) -> QSize:
        """The size of a usual formula."""
        return QSize(300, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formulas, and the words if they fit beside the first."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            self.highlight.paint(painter, self.term_boxes)
            for placed in self._placed:
                placed.paint(painter)
            if self._placed:
                self._paint_words(painter, self._placed)

    def _paint_words(self, painter: QPainter, placed: tuple[PlacedFormula, ...]) -> None:
        first = placed[0]
        beside = [each for each in placed if each.baseline == first.baseline]
        room = self.width() - 3 * SPACE - beside[-1].right
        if plot_metrics().horizontalAdvance(self.words) <= room:
            painter.setFont(plot_font())
            painter.setPen(self.theme.colour("muted"))
            box = QRectF(0, 0, self.width() - SPACE, first.bottom + GAP)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.words
            )

    def resizeEvent(self, event: object) -> None:
        """Fit the formulas to the new width."""
        self._arrange()
