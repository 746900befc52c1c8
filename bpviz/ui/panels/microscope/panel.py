"""The microscope's panel: follows the frames, and what is clicked in the network."""

from html import escape
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, in_range
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.panels.microscope.columns import looked_at
from bpviz.ui.panels.microscope.copy_and_save import CopyAndSave
from bpviz.ui.panels.microscope.formulas import FormulaStack
from bpviz.ui.panels.microscope.heading import Head
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.table import TermsTable
from bpviz.ui.panels.microscope.wishes import WishBars
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.drawing.unit_names import ref_name
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named

HINT = "Click a weight or a unit in the network to see every term of its change."
COMPUTING = "being computed…"
PNG_SCALE = 2.0
SHARES = 430, 134
"""Px of the table and of the bars in a panel of the smallest usual width."""


@guard_overrides
class MicroscopePanel(FrameWidget):
    """Formula, numbers, table and bars of one weight, bias or unit.

    The training thread computes what is shown (see ``core.microscope.look``). While it trains
    faster than anybody can read, that comes with some of the frames only: then the numbers are
    grey, and the heading says which instant they are of.
    """

    key: ClassVar[str] = "microscope"
    title: ClassVar[str] = "Microscope"
    about: ClassVar[str] = (
        "Every term of one weight's next change: the formula, its numbers pattern by pattern, "
        "and each example's wish"
    )

    highlighted = Signal(object)
    """The part of the network that the term under the mouse is about (``hover.Highlight``), or
    None."""

    failed = Signal(str)
    """Why something could not be saved."""

    said = Signal(str)
    """What was saved or copied."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._ref: NetworkRef | None = None
        self._frame: Frame | None = None
        self._row = 0
        self._lags = False
        self.subject: NamedReading | None = None
        self.head = Head()
        self.formulas = FormulaStack()
        self.table = TermsTable()
        self.wishes = WishBars()
        self.take_home = CopyAndSave(self, self.picture)
        self._pages = QStackedWidget()
        self._body = named(QWidget(), "microscope_body")
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    # -- what is shown -----------------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The terms of the weight, bias or unit that is shown."""
        return SnapshotRequest(microscope=self._ref)

    def look_at(self, ref: NetworkRef) -> None:
        """Show this weight, bias or unit; until its numbers come, what is shown stays."""
        if ref != self._ref:
            self._ref = ref
            self.choices_changed.emit()  # the next frame must hold it

    def show_frame(self, frame: Frame) -> None:
        """Follow the run."""
        self._frame = frame
        reading = frame.snapshot.microscope
        if self._ref is None or not in_range(frame.setup.network, self._ref):
            self._show_nothing("")  # the network that comes next may have it
        elif reading is not None and reading.ref == self._ref:
            self._show(NamedReading(frame, reading))
        elif self._is_current(frame):
            self._grey()
        else:
            self._show_nothing(f"<b>{escape(ref_name(frame.setup, self._ref))}</b> · {COMPUTING}")

    def _is_current(self, frame: Frame) -> bool:
        """Whether what is shown is of this weight or unit and of this run, if of an earlier
        instant."""
        known = self.subject
        return (
            known is not None
            and known.ref == self._ref
            and known.frame.setup.network is frame.setup.network
            and known.frame.setup.run_id == frame.setup.run_id
        )

    def _show(self, subject: NamedReading) -> None:
        training = subject.frame.epochs_per_second > 0
        self._lags = self._lags and training
        self.subject = subject
        self._pages.setCurrentIndex(1)
        self._show_parts(stale=self._lags)
        self.take_home.show_subject(subject)

    def _grey(self) -> None:
        """The network is further on than these numbers."""
        if not self._lags:
            self._lags = True
            self._show_parts(stale=True)

    def _show_nothing(self, why: str) -> None:
        """Numbers of another weight or run must not look like this one's."""
        self.subject, self._lags = None, False
        self._pages.setCurrentIndex(1 if why else 0)
        self._show_parts(stale=False)
        self.head.say(why)
        self.take_home.show_subject(None)

    def _show_parts(self, *, stale: bool) -> None:
        subject = self.subject
        if subject is not None:
            self.head.show_subject(subject, stale=stale)
        self.table.show_subject(subject, stale=stale)
        self.wishes.show_subject(subject, stale=stale)
        self._follow_row()
        self._show_formulas(stale=stale)

    def _show_formulas(self, *, stale: bool) -> None:
        p = -1 if self.subject is None else max(self.subject.position_of(self._row), 0)
        self.formulas.show_subject(self.subject, p, self.table.chosen_path(p), stale=stale)

    def select_pattern(self, row: int) -> None:
        """Fill this training pattern's numbers into the formula."""
        self._row = row
        self._follow_row()
        self._show_formulas(stale=self._lags)

    def _follow_row(self) -> None:
        p = -1 if self.subject is None else self.subject.position_of(self._row)
        self.table.choose(p)
        self.wishes.mark(p)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._body.setPalette(theme.palette())
        for part in (self.head, self.formulas, self.table):
            part.set_theme(theme)
        self.wishes.theme = theme
        self.wishes.update()

    # -- taking it home ----------------------------------------------------------------------

    def picture(self) -> QImage:
        """What is shown, as it is, without the buttons."""
        self.head.show_buttons(False)
        image = QImage(self._body.size() * PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(PNG_SCALE)
        image.fill(self.theme.colour("surface"))
        self._body.render(image)
        self.head.show_buttons(True)
        return image

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for button in self.take_home.buttons:
            self.head.add(button)
        self.table.setSizePolicy(self.wishes.sizePolicy())
        self.table.add_beside(self.wishes, SHARES)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        body.setSpacing(SPACE // 2)
        body.addWidget(self.head)
        body.addWidget(self.formulas)
        body.addWidget(self.table, 1)
        hint = QLabel(HINT)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        self._pages.addWidget(hint)
        self._pages.addWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _connect(self) -> None:
        self.head.swapped.connect(self._swap)
        self.head.formula.toggled.connect(self.formulas.setVisible)
        self.table.pointed.connect(self.highlighted)
        self.table.column_pointed.connect(self.formulas.highlight_column)
        self.formulas.pointed.connect(self.highlighted)
        self.table.chosen.connect(self._choose)
        self.table.path_chosen.connect(lambda: self._show_formulas(stale=self._lags))
        self.wishes.pointed.connect(self._point_at)
        self.wishes.chosen.connect(self._choose)
        self.take_home.failed.connect(self.failed)
        self.take_home.said.connect(self.said)

    def _swap(self) -> None:
        if isinstance(self._ref, BiasRef):
            self.look_at(UnitRef(self._ref.group, self._ref.unit))
        elif isinstance(self._ref, UnitRef):
            self.look_at(BiasRef(self._ref.group, self._ref.unit))

    def _choose(self, p: int) -> None:
        """A pattern of the update was chosen here: everybody shows it."""
        if self.subject is not None and p < len(self.subject.scene.rows):
            self.pattern_selected.emit(int(self.subject.scene.rows[p]))

    def _point_at(self, p: int) -> None:
        subject = self.subject if p >= 0 else None
        self.highlighted.emit(None if subject is None else looked_at(subject))

    def leaveEvent(self, event: object) -> None:
        """No term is pointed at any more."""
        self.highlighted.emit(None)
