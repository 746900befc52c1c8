"""The microscope's panel: follows the frames, and what is clicked in the network."""

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.formulas import change_tex, pattern_tex, step_tex
from bpviz.core.microscope import Place
from bpviz.core.microscope_text import latex, markdown
from bpviz.core.snapshot import Wants
from bpviz.session.frame import Frame
from bpviz.ui.panels.live import Index, LivePanel, tool_button
from bpviz.ui.panels.microscope.formula_area import FormulaArea
from bpviz.ui.panels.microscope.model import TermsModel
from bpviz.ui.panels.microscope.subject import Subject, fits, is_heavy, look, title_of
from bpviz.ui.panels.microscope.wishes import WishBars
from bpviz.ui.plotting import number_text, plot_font
from bpviz.ui.theme import LIGHT, SPACE, Theme
from bpviz.ui.views.network.hover import EdgeAt, Target
from bpviz.ui.widgets import named

HINT = "Click a weight or a unit in the network to see every term of its change."
PNG_SCALE = 2.0


class MicroscopePanel(LivePanel):
    """Formula, numbers, table and bars of one weight, bias or unit."""

    key: ClassVar[str] = "microscope"
    title: ClassVar[str] = "Microscope"
    about: ClassVar[str] = (
        "Every term of one weight's next change: the formula, its numbers pattern by pattern, "
        "and each example's wish"
    )

    lit = Signal(object)
    """The Target that the mouse's term is about, or None."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._place: Place | None = None
        self._frame: Frame | None = None
        self.subject: Subject | None = None
        self._row = 0
        self.heading = named(QLabel(), "microscope_title")
        self.summary = named(QLabel(), "microscope_step")
        self.swap = tool_button("microscope_swap", "Bias", "Look at the unit's bias, or the unit")
        self.copy_button = tool_button("microscope_copy", "Copy as", "Copy as text")
        self.save_button = tool_button("microscope_save", "Save PNG…", "Save as a picture")
        self.formulas = FormulaArea()
        self.model = TermsModel(self)
        self.table = named(QTreeView(), "microscope_table")
        self.wishes = WishBars()
        self._pages = QStackedWidget()
        self._body = QWidget()
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    # -- what is shown -----------------------------------------------------------------------

    def wants(self) -> Wants:
        """What the next update depends on."""
        return Wants(upcoming=self._place is not None)

    def look_at(self, target: Target) -> None:
        """Look at what was clicked in the network."""
        if self._frame is None:
            return
        if isinstance(target, EdgeAt):
            link = self._frame.setup.network.connections[target.connection]
            place = Place("weight", link.target, target.target, target.connection, target.source)
        else:
            place = Place("unit", target.group, target.unit)
        self.show_place(place)

    def show_place(self, place: Place) -> None:
        """Look at this place from now on."""
        self._place = place
        self._refresh()
        self.choices_changed.emit()  # the next frame must hold what it takes

    def show_frame(self, frame: Frame) -> None:
        """Follow the run."""
        if self._place is not None and not fits(frame, self._place):
            self._place = None
        self._frame = frame
        self._refresh()

    def select_pattern(self, row: int) -> None:
        """Fill this training pattern's numbers into the formula."""
        self._row = row
        self._show_formulas()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.formulas.theme = self.wishes.theme = theme
        self.formulas.show_lines([])
        self._show_formulas()
        self.wishes.update()
        palette = theme.palette()
        for widget in (self.table, self._body):
            widget.setPalette(palette)

    def _refresh(self) -> None:
        frame, place = self._frame, self._place
        if frame is None or place is None:
            self._pages.setCurrentIndex(0)
            return
        training = frame.epochs_per_second > 0
        if training and is_heavy(frame):
            self._grey("too many patterns and weights while training: Pause to see the numbers")
            return
        subject = look(frame, place)
        if subject is None:
            self._grey("waiting for the numbers of this instant")
            return
        self.subject = subject
        self._pages.setCurrentIndex(1)
        self.heading.setText(f"<b>{subject.title}</b> · {frame.snapshot.instant}")
        self._body.setEnabled(True)
        self.model.show(subject)
        self._show_summary(subject)
        wishes = subject.unit.delta if subject.change is None else subject.change.wishes
        self.wishes.show_wishes(wishes, subject.names)
        self._show_formulas(stale=training)
        is_input = subject.scene.network.groups[place.group].role == "input"
        self.swap.setVisible(place.kind != "weight" and not is_input)
        self.swap.setText("Unit" if place.kind == "bias" else "Bias")

    def _grey(self, why: str) -> None:
        """Nothing of another instant may look like this one's."""
        assert self._frame is not None
        assert self._place is not None
        self.subject = None
        self._pages.setCurrentIndex(1)
        self.heading.setText(f"<b>{title_of(self._frame, self._place)}</b> · {why}")
        self.summary.setText("")
        self.model.show(None)
        self.wishes.show_wishes(self.wishes.wishes[:0], [])
        self.formulas.show_lines([])
        self._body.setEnabled(False)

    def _show_summary(self, subject: Subject) -> None:
        change, unit = subject.change, subject.unit
        if change is None:
            share = f"{100 * unit.share:.1f} %"
            of = "of E" if unit.deviation is not None else "of the error that reaches its group"
            words = f"share of the error: {share} {of}" + (" · held by hand" * unit.clamped)
        elif change.still:
            words = f"value {_text(change.value)} · not trained: {change.still}"
        else:
            words = (
                f"value {_text(change.value)} · sum {_text(float(change.wishes.sum()))} → "
                f"next change Δw = {_text(change.change)}"
                + (f" · shared by {len(change.tied)} weights" if len(change.tied) > 1 else "")
            )
        self.summary.setText(words)

    def _show_formulas(self, *, stale: bool = False) -> None:
        subject = self.subject
        if subject is None or subject.change is None:
            self._scroll.setVisible(False)
            return
        self._scroll.setVisible(True)
        lines = [change_tex(subject.scene, subject.change)]
        if not stale:  # setting numbers anew for every frame of a training would only flicker
            rows = subject.scene.rows.tolist()
            p = rows.index(self._row) if self._row in rows else 0
            name = subject.name_of(p).replace(" ", r"\ ")
            numbers = pattern_tex(subject.scene, subject.change, p)
            lines.append(rf"\mathrm{{pattern\ {name}:}}\quad {numbers}")
            lines.append(step_tex(subject.scene, subject.change))
        self.formulas.show_lines(lines)

    # -- taking it home ------------------------------------------------------------------------

    def text(self, kind: str) -> str:
        """What is shown as "markdown" or "latex"; '' if that is no change."""
        subject = self.subject
        if subject is None or subject.change is None:
            return ""
        write = markdown if kind == "markdown" else latex
        title = subject.title.replace("→", r"$\to$") if kind == "latex" else subject.title
        return write(subject.scene, subject.change, title, subject.names)

    def picture(self) -> QImage:
        """What is shown, as it is."""
        image = QImage(self._body.size() * PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(PNG_SCALE)
        image.fill(self.theme.colour("surface"))
        self._body.render(image)
        return image

    def _copy(self, kind: str) -> None:
        QGuiApplication.clipboard().setText(self.text(kind))

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save PNG", "microscope.png", "PNG (*.png)")
        if path:
            self.picture().save(str(Path(path).with_suffix(".png")))

    # -- building ------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        menu = QMenu(self.copy_button)
        for kind, text in (("markdown", "Copy as Markdown"), ("latex", "Copy as LaTeX")):
            action = menu.addAction(text)
            action.setObjectName(f"microscope_copy_{kind}")
            action.triggered.connect(lambda _=False, kind=kind: self._copy(kind))
        self.copy_button.setMenu(menu)
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.table.setModel(self.model)
        self.table.setUniformRowHeights(True)
        self.table.setAccessibleName("Terms pattern by pattern")
        self.table.setFont(plot_font())
        self.table.setMouseTracking(True)
        self.table.header().setDefaultSectionSize(66)
        self.table.header().setStretchLastSection(False)
        self.table.setIndentation(12)
        self.table.setFrameShape(QTreeView.Shape.NoFrame)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.heading, 1)
        for button in (self.swap, self.copy_button, self.save_button):
            head.addWidget(button)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.table)
        both.addWidget(self.wishes)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setChildrenCollapsible(False)
        both.setSizes([400, 200])
        body = QVBoxLayout(self._body)
        body.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        body.setSpacing(SPACE // 2)
        body.addLayout(head)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("microscope_scroll")
        self._scroll.setWidget(self.formulas)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formulas.resized.connect(self._fit)
        body.addWidget(self._scroll)
        body.addWidget(both, 1)
        body.addWidget(self.summary)
        hint = QLabel(HINT)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        self._pages.addWidget(hint)
        self._pages.addWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _fit(self) -> None:
        """Give the formulas what they need, as far as half of the panel goes."""
        self._scroll.setFixedHeight(min(self.formulas.height(), max(self.height() // 2, 60)))

    def _connect(self) -> None:
        self.save_button.clicked.connect(self._save)
        self.swap.clicked.connect(self._swap)
        self.table.entered.connect(self._light)
        self.table.clicked.connect(self._choose_pattern)
        self.wishes.pointed.connect(self._point_at)

    def _swap(self) -> None:
        if self._place is not None:
            group, unit = self._place.group, self._place.unit
            is_bias = self._place.kind == "bias"
            self.show_place(Place("unit" if is_bias else "bias", group, unit))

    def _light(self, index: Index) -> None:
        self.lit.emit(self.model.target_at(index))

    def _choose_pattern(self, index: Index) -> None:
        if self.subject is not None:
            p = index.row() if not index.parent().isValid() else index.parent().row()
            self.pattern_selected.emit(int(self.subject.scene.rows[p]))

    def _point_at(self, p: int) -> None:
        if p >= 0:
            self.table.setCurrentIndex(self.model.index(p, 0))

    def leaveEvent(self, event: object) -> None:
        """No term is pointed at any more."""
        self.lit.emit(None)


def _text(value: float) -> str:
    return number_text(value).replace("-", "−")
