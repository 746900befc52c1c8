"""A formula of the microscope, as large as it fits, and what its letters stand for."""

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
"""Px of letters; a formula wider than the panel is made smaller, down to SMALLEST."""

SMALLEST = 10.0
GAP = 2.0

PATIENCE = 60
"""Ms until a new formula is set: setting it slows whatever the window does meanwhile."""


class Placed(NamedTuple):
    """A formula that is set: where its letters begin and stand, and how much smaller it is."""

    formula: Formula
    x: float
    baseline: float
    scale: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.formula.width * self.scale

    @property
    def bottom(self) -> float:
        """How far down it goes."""
        return self.baseline + self.formula.descent * self.scale

    def term_boxes(self) -> list[TermBox]:
        """Where its terms are in the widget."""
        s = self.scale
        found = []
        for term_box in self.formula.boxes:
            box = term_box.box
            x, y = self.x + s * box.x(), self.baseline + s * box.y()
            here = QRectF(x, y, s * box.width(), s * box.height())
            found.append(replace(term_box, box=here))
        return found

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        painter.save()
        painter.translate(self.x, self.baseline)
        painter.scale(self.scale, self.scale)
        self.formula.paint(painter, 0.0, 0.0)
        painter.restore()


@guard_overrides
class FormulaArea(QWidget):
    """Shows a formula, and one that says ``where``; while they are set, the last ones' place is
    kept.

    Their letters are the same for all weights of a connection, so that they need not be set anew
    for each: that takes longer than a frame. ``words`` say which units they stand for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.highlight = TermHighlight()
        self.setObjectName("microscope_formula_area")
        self.setAccessibleName("Formula")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tex = self.where = self.words = ""
        self._placed: tuple[Placed, ...] = ()
        self._setter = Typesetter(self)
        self._setter.done.connect(self._arrange)
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE)
        self._timer.timeout.connect(self._set)

    @property
    def theme(self) -> Theme:
        """Its colours."""
        return self.highlight.theme

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self.highlight.theme = theme

    def show_formula(self, tex: str, words: str, where: str = "") -> None:
        """Show this formula, and below or beside it what its letters are; '' for none."""
        if (tex, words, where) != (self.tex, self.words, self.where):
            self.tex, self.words, self.where = tex, words, where
            self.setToolTip(plain_tip(words))
            if not self.is_ready:
                self._timer.start()
            self._arrange()

    @property
    def is_ready(self) -> bool:
        """Whether the formulas are set."""
        return None not in self._formulas()

    def _keys(self) -> list[tuple[str, float, str, bool]]:
        """The formulas to be set: the first with its sums' letters below, the other beside."""
        wanted = ((self.tex, True), (self.where, False))
        return [(tex, SIZE, self._colour, display) for tex, display in wanted if tex]

    def _formulas(self) -> list[Formula | None]:
        return [self._setter.known(*key) for key in self._keys()]

    @property
    def _colour(self) -> str:
        return self.theme.colour("text").name()

    def _set(self) -> None:
        """Have the formulas set, or take them if another panel's setter had them."""
        if None not in [self._setter.get(*key) for key in self._keys()]:
            self._arrange()

    def _arrange(self) -> None:
        formulas = [each for each in self._formulas() if each is not None]
        self._placed = self._place(formulas) if self.is_ready else ()
        if self._placed:
            bottom = max(placed.bottom for placed in self._placed)
            self.setFixedHeight(round(bottom + GAP))
        self.update()

    def _place(self, formulas: list[Formula]) -> tuple[Placed, ...]:
        """One after another where there is room, or one below the other."""
        placed: list[Placed] = []
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
            placed.append(Placed(formula, x, baseline, scale))
        return tuple(placed)

    def _scale(self, formula: Formula) -> float:
        room = max(self.width() - 2 * SPACE, 1)
        return max(min(1.0, room / formula.width), SMALLEST / SIZE)

    def term_boxes(self) -> tuple[TermBox, ...]:
        """Where the terms of what is shown are, in px of this widget."""
        return tuple(box for placed in self._placed for box in placed.term_boxes())

    def sizeHint(self) -> QSize:
        """Room for a usual formula."""
        return QSize(300, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formulas, and the words where they fit beside the first."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            self.highlight.paint(painter, self.term_boxes)
            for placed in self._placed:
                placed.paint(painter)
            if self._placed:
                self._paint_words(painter, self._placed)

    def _paint_words(self, painter: QPainter, placed: tuple[Placed, ...]) -> None:
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
