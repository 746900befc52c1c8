"""A formula of the microscope, as large as it fits, and what its letters stand for."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.ui.formula import Formula, Typesetter
from bpviz.ui.plotting import plot_font, plot_metrics
from bpviz.ui.theme import LIGHT, SPACE, Theme

SIZE = 15.0
"""Px of letters; a formula wider than the panel is made smaller, down to SMALLEST."""

SMALLEST = 10.0
GAP = 2.0

PATIENCE = 60
"""Ms until a new formula is set: setting it slows whatever the window does meanwhile."""


class FormulaArea(QWidget):
    """Shows one formula; while it is being set, the last one's place is kept.

    Its letters are the same for all weights of a connection, so that it need not be set anew for
    each: that takes longer than a frame. ``words`` say which units they stand for.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setObjectName("microscope_formula_area")
        self.setAccessibleName("Formula")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tex = self.words = ""
        self._setter = Typesetter(self)
        self._setter.done.connect(self._arrange)
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE)
        self._timer.timeout.connect(self._set)

    def show_formula(self, tex: str, words: str) -> None:
        """Show this formula; '' for none."""
        if (tex, words) != (self.tex, self.words):
            self.tex, self.words = tex, words
            self.setToolTip(words)
            if not self.is_ready:
                self._timer.start()
            self._arrange()

    @property
    def is_ready(self) -> bool:
        """Whether the formula is set."""
        return not self.tex or self._formula() is not None

    def _formula(self) -> Formula | None:
        return self._setter.known(self.tex, SIZE, self._colour, True) if self.tex else None

    @property
    def _colour(self) -> str:
        return self.theme.colour("text").name()

    def _set(self) -> None:
        """Have the formula set, or take it if another panel's setter had it."""
        if self.tex and self._setter.get(self.tex, SIZE, self._colour, True) is not None:
            self._arrange()

    def _arrange(self) -> None:
        formula = self._formula()
        if formula is not None:
            height = (formula.ascent + formula.descent) * self._scale(formula) + 2 * GAP
            self.setFixedHeight(round(height))
        self.update()

    def _scale(self, formula: Formula) -> float:
        room = max(self.width() - 2 * SPACE, 1)
        return max(min(1.0, room / formula.width), SMALLEST / SIZE)

    def sizeHint(self) -> QSize:
        """Room for a usual formula."""
        return QSize(300, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formula, and the words where they fit beside it."""
        formula = self._formula()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            if formula is None:
                return
            scale = self._scale(formula)
            painter.save()
            painter.translate(SPACE, GAP + formula.ascent * scale)
            painter.scale(scale, scale)
            formula.paint(painter, 0.0, 0.0)
            painter.restore()
            room = self.width() - 4 * SPACE - formula.width * scale
            if plot_metrics().horizontalAdvance(self.words) <= room:
                painter.setFont(plot_font())
                painter.setPen(self.theme.colour("muted"))
                box = QRectF(0, 0, self.width() - SPACE, self.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                                 self.words)  # fmt: skip

    def resizeEvent(self, event: object) -> None:
        """Fit the formula to the new width."""
        self._arrange()
