"""The formulas of the microscope: in symbols, typeset, and with the numbers filled in."""

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
from bpviz.ui.panels.microscope.formula_area import FormulaArea
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.number_line import NumberLine
from bpviz.ui.panels.microscope.numbers import html_of, number_words
from bpviz.ui.panels.microscope.path_words import way_words
from bpviz.ui.panels.microscope.pointer import TermPointer
from bpviz.ui.panels.microscope.term_words import column_term, term_target, term_words
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.toolkit.guard import guard_overrides

DIGITS = 3


@guard_overrides
class FormulaStack(QWidget):
    """One formula; below it the chosen pattern's (or path's) numbers, and those of the step.

    Their terms can be pointed at, with the mouse or the arrow keys.
    """

    pointed = Signal(object)
    """The ``hover.Highlight`` that the term pointed at is about, or None."""

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
        """Whether the formula is set."""
        return self.area.is_ready

    def show_subject(
        self, subject: NamedReading | None, p: int, path: Path | None, *, stale: bool
    ) -> None:
        """Show the formula of this weight or unit with the numbers of pattern p of the update."""
        before, _, path_before, _ = self._shown
        self._shown = subject, p, path, stale
        if _has_other_terms(before, path_before, subject, path):
            self.pointer.clear()
        if subject is None:
            self.area.show_formula("", "")
            for line in self.lines:
                line.show_marked("")
            return
        scene, change = subject.scene, subject.change
        at = Indices.letters(scene, subject.ref)
        symbols = unit_tex(scene, subject.unit, at)
        if change is not None:
            symbols = change_tex(scene, change, at)
        where = where_tex(scene, subject.unit, at)
        where = rf"\mathrm{{where}}\ \ {where}" if where else ""
        self.area.show_formula(symbols, index_words(subject, at), where)
        self._ink(stale)
        self.pattern.show_marked(self._pattern_line(subject, p, path))
        deltas = self._where_line(subject, p, path) if where else ""
        self.where.setVisible(bool(deltas))
        self.where.show_marked(deltas)
        self.step.setVisible(change is not None)
        self.step.show_marked(self._step_line(subject))
        self.pointer.rename()

    def highlight_column(self, kind: str | None) -> None:
        """Highlight what a column of the table has the numbers of; None: nothing."""
        subject = self._shown[0]
        known = None if subject is None or kind is None else column_term(subject, kind)
        self.pointer.highlight(known)

    def _words_of(self, term: Term) -> str:
        subject, p, path, _ = self._shown
        return "" if subject is None else term_words(subject, term, p, path)

    def _light(self, term: Term | None) -> None:
        subject, _, path, _ = self._shown
        if subject is None or term is None:
            self.pointed.emit(None)
        else:
            self.pointed.emit(term_target(subject, term, path))

    def _pattern_line(self, subject: NamedReading, p: int, path: Path | None) -> str:
        name = f"<b>pattern {escape(subject.name_of(p))}</b>"
        if path is not None:
            numbers = html_of(path_tex(subject.scene, path, DIGITS))
            return f"{name}, {escape(way_words(subject, path))}: {numbers}"
        for digits in (DIGITS, DIGITS - 1):  # the sum over k written out, if there is room
            line = f"{name}: {html_of(_numbers(subject, p, digits, MOST_PATHS))}"
            if self._fits(line):
                return line
        return f"{name}: {html_of(_numbers(subject, p, DIGITS, 0))}"

    def _where_line(self, subject: NamedReading, p: int, path: Path | None) -> str:
        line = ""
        for most in (MOST_PATHS, 0):
            tex = where_numbers_tex(subject.scene, subject.unit, p, path, DIGITS, most)
            if not tex:
                break
            delta = chains_of(tex)[0][0]
            name = escape(unit_name(subject.frame.setup, delta.group, delta.unit))
            numbers = html_of(tex.partition(" = ")[2])
            line = f"where {marked(f'δ of {name}', delta)} = {numbers}"
            if self._fits(line):
                break
        return line

    def _step_line(self, subject: NamedReading) -> str:
        change = subject.change
        if change is None:
            return ""
        n, mean = len(change.rows), subject.scene.training.reduction == "mean"
        total = marked(number_words(float(change.wishes.sum())), Term("patterns"))
        words = f"<b>{'mean' if mean else 'sum'} over {n:,} patterns</b>"
        if n == 1:
            words = "<b>this pattern alone</b>"
        if mean:
            averaged = marked(number_words(float(change.wishes.sum()) / n), Term("direction"))
            total = f"{total} / {marked(f'{n:,}', Term('mean'))} = {averaged}"
        step, shorter = (html_of(step_tex(subject.scene, change, n)) for n in (DIGITS, DIGITS - 1))
        line = f"{words}: {total}; {step}"  # the sum stands below the bars, too
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
        subject, p, path, stale = self._shown
        self.show_subject(subject, p, path, stale=stale)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is pointed at any more."""
        self.pointer.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew how much fits."""
        super().resizeEvent(event)
        subject, p, path, stale = self._shown
        if subject is not None and event.size().width() != event.oldSize().width():
            self.show_subject(subject, p, path, stale=stale)


def index_words(subject: NamedReading, at: Indices) -> str:
    """'i = x2, j = h2': which units the letters of the formula stand for here."""
    ref, unit, setup = subject.ref, subject.unit, subject.frame.setup
    said = [] if subject.is_input else [f"{at.target} = {unit_name(setup, unit.group, unit.unit)}"]
    if isinstance(ref, WeightRef):
        link = subject.scene.network.connections[ref.connection]
        said.insert(0, f"{at.source} = {unit_name(setup, link.source, ref.source)}")
    return ", ".join(said)


def _numbers(subject: NamedReading, p: int, digits: int, most_paths: int) -> str:
    scene, change = subject.scene, subject.change
    if change is None:
        return unit_numbers_tex(scene, subject.unit, p, digits, most_paths).partition(" = ")[2]
    return pattern_tex(scene, change, p, digits, most_paths)


def _has_other_terms(
    before: NamedReading | None,
    path_before: Path | None,
    after: NamedReading | None,
    path: Path | None,
) -> bool:
    """Whether what was pointed at may be gone: a weight's terms are the same in every frame."""
    if before is None or after is None or before.ref != after.ref:
        return before is not after
    if before.scene.network is not after.scene.network:
        return True
    return (path_before and path_before.weights) != (path and path.weights)
