"""The formulas of the microscope, one below the other, as large as they fit."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from bpviz.ui.formula import Formula, Typesetter
from bpviz.ui.theme import LIGHT, SPACE, Theme

SIZE = 15.0
"""Px of letters; a formula wider than the panel is made smaller, down to SMALLEST."""

SMALLEST = 9.0


class FormulaArea(QWidget):
    """Shows TeX lines; a line that is being set keeps its place."""

    resized = Signal()
    """The formulas take another height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setObjectName("microscope_formulas")
        self.setAccessibleName("Formulas")
        self.lines: list[str] = []
        self.stale = False
        self._setter = Typesetter(self)
        self._setter.done.connect(self._arrange)

    def show_lines(self, lines: list[str], *, stale: bool = False) -> None:
        """Show these lines of TeX; ``stale``: greyed, as what belongs to another instant."""
        if (lines, stale) != (self.lines, self.stale):
            self.lines, self.stale = lines, stale
            self._arrange()

    @property
    def is_ready(self) -> bool:
        """Whether every line is set."""
        return all(formula is not None for formula in self._formulas())

    def _arrange(self) -> None:
        self.setFixedHeight(round(self._height()))
        self.resized.emit()
        self.update()

    def _formulas(self) -> list[Formula | None]:
        colour = self.theme.colour("muted" if self.stale else "text").name()
        return [self._setter.get(line, SIZE, colour, True) for line in self.lines]

    def _scale(self, formula: Formula) -> float:
        room = max(self.width() - 2 * SPACE, 1)
        return max(min(1.0, room / formula.width), SMALLEST / SIZE)

    def _height(self) -> float:
        heights = [
            2 * SIZE if f is None else (f.ascent + f.descent) * self._scale(f) + 4
            for f in self._formulas()
        ]
        return sum(heights) + 4

    def sizeHint(self) -> QSize:
        """As high as the formulas need."""
        return QSize(300, round(self._height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("surface"))
            y = 2.0
            for formula in self._formulas():
                if formula is None:
                    y += 2 * SIZE
                    continue
                scale = self._scale(formula)
                painter.save()
                painter.translate(SPACE, y + formula.ascent * scale + 2)
                painter.scale(scale, scale)
                formula.paint(painter, 0.0, 0.0)
                painter.restore()
                y += (formula.ascent + formula.descent) * scale + 4

    def resizeEvent(self, event: object) -> None:
        """Fit the formulas to the new width."""
        self._arrange()
