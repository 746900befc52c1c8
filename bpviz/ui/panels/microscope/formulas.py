"""The formulas of the microscope: typeset in symbols, and as lines with numbers."""

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.core.microscope.error_paths import Path
from bpviz.core.microscope.formula_numbers import (
    MOST_PATHS,
    path_tex,
    pattern_tex,
    step_tex,
    unit_numbers_tex,
    where_numbers_tex,
)
from bpviz.core.microscope.formulas import Indices, change_tex, unit_tex, where_tex
from bpviz.core.microscope.terms import Term, chains_of, marked
from bpviz.core.model.references import WeightRef
from bpviz.core.text.number_words import number_text
from bpviz.ui.panels.microscope.formula_area import FormulaArea
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.number_line import NumberLine
from bpviz.ui.panels.microscope.numbers import html_of
from bpviz.ui.panels.microscope.path_words import way_words
from bpviz.ui.panels.microscope.pointer import TermPointer
from bpviz.ui.panels.microscope.term_words import column_term, term_target, term_words
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.toolkit.guard import guard_overrides

DIGITS = 3

NOT_YET = "not computed yet at this phase"


@guard_overrides
class FormulaStack(QWidget):
    """The formula, the numbers of the chosen pattern or path, and those of the step.

    The mouse or the arrow keys point at their terms.
    """

    pointed = Signal(object)
    """The ``hover.Highlight`` of the term that is pointed at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope_formula_box")
        self.setAccessibleName("Formula: its terms, one by one with the arrow keys")
        self.setAutoFillBackground(True)
        self._theme: Theme = LIGHT
        self.area = FormulaArea()
        self.pattern = NumberLine("microscope_pattern_numbers")
        self.where = NumberLine("microscope_where_numbers")
        self.step = NumberLine("microscope_step")
        self.lines = (self.pattern, self.where, self.step)
        self._shown: tuple[NamedReading | None, int, Path | None, bool] = (None, -1, None, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE // 4)
        column.setSpacing(0)
        for part in (self.area, *self.lines):
            column.addWidget(part)
        self.pointer = TermPointer(self, (self.area, *self.lines), self._words_of)
        self.pointer.pointed.connect(self._light)

    @property
    def is_ready(self) -> bool:
        """Whether the formula is typeset."""
        return self.area.is_ready

    def show_reading(
        self, reading: NamedReading | None, p: int, path: Path | None, *, stale: bool
    ) -> None:
        """Show the formulas of a reading, with the numbers of pattern p of the update."""
        before, _, path_before, _ = self._shown
        self._shown = reading, p, path, stale
        if _has_other_terms(before, path_before, reading, path):
            self.pointer.clear()
        if reading is None:
            self.area.show_formula("", "")
            for line in self.lines:
                line.show_marked("")
            return
        update, change = reading.update, reading.change
        at = Indices.letters(update, reading.ref)
        symbols = unit_tex(update, reading.unit, at)
        if change is not None:
            symbols = change_tex(update, change, at)
        where = where_tex(update, reading.unit, at)
        where = rf"\mathrm{{where}}\ \ {where}" if where else ""
        self.area.show_formula(symbols, index_words(reading, at), where)
        self._ink(stale)
        self.pattern.show_marked(self._pattern_line(reading, p, path))
        deltas = self._where_line(reading, p, path) if where else ""
        self.where.setVisible(bool(deltas))
        self.where.show_marked(deltas)
        self.step.setVisible(change is not None)
        self.step.show_marked(self._step_line(reading))
        self.pointer.rename()

    def highlight_column(self, kind: str | None) -> None:
        """Highlight the term of a column of the table; None: nothing."""
        reading = self._shown[0]
        known = None if reading is None or kind is None else column_term(reading, kind)
        self.pointer.highlight(known)

    def _words_of(self, term: Term) -> str:
        reading, p, path, _ = self._shown
        if reading is None or not (reading.is_complete and reading.has(p)):
            return ""
        return term_words(reading, term, p, path)

    def _light(self, term: Term | None) -> None:
        reading, _, path, _ = self._shown
        if reading is None or term is None:
            self.pointed.emit(None)
        else:
            self.pointed.emit(term_target(reading, term, path))

    def _pattern_line(self, reading: NamedReading, p: int, path: Path | None) -> str:
        name = f"<b>pattern {escape(reading.name_of(p))}</b>"
        if not reading.has(p):
            return f"{name}: {NOT_YET}"
        if path is not None:
            numbers = html_of(path_tex(reading.update, path, DIGITS))
            return f"{name}, {escape(way_words(reading, path))}: {numbers}"
        for digits in (DIGITS, DIGITS - 1):  # the sum over k is written out if it fits
            line = f"{name}: {html_of(_numbers(reading, p, digits, MOST_PATHS))}"
            if self._fits(line):
                return line
        return f"{name}: {html_of(_numbers(reading, p, DIGITS, 0))}"

    def _where_line(self, reading: NamedReading, p: int, path: Path | None) -> str:
        line = ""
        if not reading.has(p):
            return "where …"
        for most in (MOST_PATHS, 0):
            tex = where_numbers_tex(reading.update, reading.unit, p, path, DIGITS, most)
            if not tex:
                break
            delta = chains_of(tex)[0][0]
            name = escape(unit_name(reading.frame.setup, delta.group, delta.unit))
            numbers = html_of(tex.partition(" = ")[2])
            line = f"where {marked(f'δ of {name}', delta)} = {numbers}"
            if self._fits(line):
                break
        return line

    def _step_line(self, reading: NamedReading) -> str:
        change = reading.change
        if change is None:
            return ""
        n, mean = len(change.rows), reading.update.training.reduction == "mean"
        total = marked(number_text(float(change.contributions.sum())), Term("patterns"))
        words = f"<b>{'mean' if mean else 'sum'} over {n:,} patterns</b>"
        if n == 1:
            words = "<b>this pattern alone</b>"
        if not reading.is_complete:
            return f"{words}: {NOT_YET}"
        if mean:
            averaged = marked(number_text(float(change.contributions.sum()) / n), Term("direction"))
            total = f"{total} / {marked(f'{n:,}', Term('mean'))} = {averaged}"
        step, shorter = (html_of(step_tex(reading.update, change, n)) for n in (DIGITS, DIGITS - 1))
        line = f"{words}: {total}; {step}"  # the sum is also below the bars
        return next((text for text in (line, step) if self._fits(text)), shorter)

    def _fits(self, html: str) -> bool:
        return self.pattern.fits(html, self.width())

    def _ink(self, stale: bool) -> None:
        role = QPalette.ColorRole.WindowText
        for line in self.lines:
            palette = line.palette()
            colour = self._theme.colour("muted" if stale else "text")
            if palette.color(role) != colour:
                palette.setColor(role, colour)
                line.setPalette(palette)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = self.area.theme = theme
        for line in self.lines:
            line.highlight.theme = theme
        self.setPalette(theme.view_palette())
        self.area.show_formula("", "")
        reading, p, path, stale = self._shown
        self.show_reading(reading, p, path, stale=stale)

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing."""
        self.pointer.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the lines to the new width."""
        super().resizeEvent(event)
        reading, p, path, stale = self._shown
        if reading is not None and event.size().width() != event.oldSize().width():
            self.show_reading(reading, p, path, stale=stale)


def index_words(reading: NamedReading, at: Indices) -> str:
    """'i = x2, j = h2': the units that the letters of the formula stand for."""
    ref, unit, setup = reading.ref, reading.unit, reading.frame.setup
    said = [] if reading.is_input else [f"{at.target} = {unit_name(setup, unit.group, unit.unit)}"]
    if isinstance(ref, WeightRef):
        link = reading.update.network.connections[ref.connection]
        said.insert(0, f"{at.source} = {unit_name(setup, link.source, ref.source)}")
    return ", ".join(said)


def _numbers(reading: NamedReading, p: int, digits: int, most_paths: int) -> str:
    update, change = reading.update, reading.change
    if change is None:
        return unit_numbers_tex(update, reading.unit, p, digits, most_paths).partition(" = ")[2]
    return pattern_tex(update, change, p, digits, most_paths)


def _has_other_terms(
    before: NamedReading | None,
    path_before: Path | None,
    after: NamedReading | None,
    path: Path | None,
) -> bool:
    """Whether the formula has other terms now; those of one weight are the same in all frames."""
    if before is None or after is None or before.ref != after.ref:
        return before is not after
    if before.update.network is not after.update.network:
        return True
    return (path_before and path_before.weights) != (path and path.weights)
