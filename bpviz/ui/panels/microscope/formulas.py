"""The formulas of the microscope: in symbols, typeset, and with the numbers filled in."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from bpviz.core.formulas import (
    MOST_PATHS,
    Indices,
    change_tex,
    path_tex,
    pattern_tex,
    step_tex,
    unit_numbers_tex,
    unit_tex,
)
from bpviz.core.paths import Path
from bpviz.ui.panels.microscope.formula_area import FormulaArea
from bpviz.ui.panels.microscope.model import number_words
from bpviz.ui.panels.microscope.numbers import html_of
from bpviz.ui.panels.microscope.path_words import way_words
from bpviz.ui.panels.microscope.subject import Subject
from bpviz.ui.plotting import plot_font
from bpviz.ui.theme import LIGHT, SPACE, Theme
from bpviz.ui.unit_names import unit_name
from bpviz.ui.widgets import named

DIGITS = 3


class Formulas(QWidget):
    """One formula; below it the chosen pattern's (or path's) numbers, and those of the step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("microscope_formula_box")
        self.setAutoFillBackground(True)
        self._theme: Theme = LIGHT
        self.area = FormulaArea()
        self.pattern = _line("microscope_pattern_numbers")
        self.step = _line("microscope_step")
        self._shown: tuple[Subject | None, int, Path | None, bool] = (None, -1, None, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE // 4)
        column.setSpacing(0)
        for part in (self.area, self.pattern, self.step):
            column.addWidget(part)

    @property
    def is_ready(self) -> bool:
        """Whether the formula is set."""
        return self.area.is_ready

    def show_subject(
        self, subject: Subject | None, p: int, path: Path | None, *, stale: bool
    ) -> None:
        """Show the formula of this place with the numbers of pattern p of the update."""
        self._shown = subject, p, path, stale
        if subject is None:
            self.area.show_formula("", "")
            self.pattern.clear()
            self.step.clear()
            return
        scene, change = subject.scene, subject.change
        at = Indices.letters(scene, subject.place)
        symbols = unit_tex(scene, subject.unit, at)
        if change is not None:
            symbols = change_tex(scene, change, at)
        self.area.show_formula(symbols, index_words(subject, at))
        self._ink(stale)
        self.pattern.setText(self._pattern_line(subject, p, path))
        self.step.setVisible(change is not None)
        self.step.setText(self._step_line(subject))

    def _pattern_line(self, subject: Subject, p: int, path: Path | None) -> str:
        name = f"<b>pattern {escape(subject.name_of(p))}</b>"
        if path is not None:
            return f"{name}, {escape(way_words(subject, path))}: {html_of(path_tex(path, DIGITS))}"
        for digits in (DIGITS, DIGITS - 1):  # the sum over k written out, if there is room
            line = f"{name}: {html_of(_numbers(subject, p, digits, MOST_PATHS))}"
            if self._fits(line):
                return line
        return f"{name}: {html_of(_numbers(subject, p, DIGITS, 0))}"

    def _step_line(self, subject: Subject) -> str:
        change = subject.change
        if change is None:
            return ""
        n, mean = len(change.rows), subject.scene.training.reduction == "mean"
        total = number_words(float(change.wishes.sum()))
        words = f"<b>{'mean' if mean else 'sum'} over {n:,} patterns</b>"
        if n == 1:
            words = "<b>this pattern alone</b>"
        if mean:
            total = f"{total} / {n:,} = {number_words(float(change.wishes.sum()) / n)}"
        step, shorter = (html_of(step_tex(subject.scene, change, n)) for n in (DIGITS, DIGITS - 1))
        line = f"{words}: {total}; {step}"  # the sum stands below the bars, too
        return next((text for text in (line, step) if self._fits(text)), shorter)

    def _fits(self, html: str) -> bool:
        document = QTextDocument()
        document.setDefaultFont(self.pattern.font())
        document.setHtml(html)
        return document.idealWidth() <= self.width() - 2 * SPACE

    def _ink(self, stale: bool) -> None:
        role = QPalette.ColorRole.WindowText
        for line in (self.pattern, self.step):
            palette = line.palette()
            colour = self._theme.colour("muted" if stale else "text")
            if palette.color(role) != colour:
                palette.setColor(role, colour)
                line.setPalette(palette)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = self.area.theme = theme
        self.setPalette(theme.view_palette())
        self.area.show_formula("", "")
        subject, p, path, stale = self._shown
        self.show_subject(subject, p, path, stale=stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew how much fits."""
        super().resizeEvent(event)
        subject, p, path, stale = self._shown
        if subject is not None and event.size().width() != event.oldSize().width():
            self.show_subject(subject, p, path, stale=stale)


def index_words(subject: Subject, at: Indices) -> str:
    """'i = x2, j = h2': which units the letters of the formula stand for here."""
    place, setup = subject.place, subject.frame.setup
    said = (
        [] if subject.is_input else [f"{at.target} = {unit_name(setup, place.group, place.unit)}"]
    )
    if place.kind == "weight":
        link = subject.scene.network.connections[place.connection]
        said.insert(0, f"{at.source} = {unit_name(setup, link.source, place.source)}")
    return ", ".join(said)


def _numbers(subject: Subject, p: int, digits: int, most_paths: int) -> str:
    scene, change = subject.scene, subject.change
    if change is None:
        return unit_numbers_tex(scene, subject.unit, p, digits, most_paths).partition(" = ")[2]
    return pattern_tex(scene, change, p, digits, most_paths)


def _line(name: str) -> QLabel:
    label = named(QLabel(), name)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFont(plot_font())
    label.setContentsMargins(SPACE, 0, SPACE, 0)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label
