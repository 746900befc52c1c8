"""The Microscope panel: shows the terms of the weight or unit that is clicked."""

from html import escape
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, in_range
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.panels.microscope.columns import element_of
from bpviz.ui.panels.microscope.contributions import ContributionBars
from bpviz.ui.panels.microscope.copy_and_save import CopyAndSave
from bpviz.ui.panels.microscope.formulas import FormulaStack
from bpviz.ui.panels.microscope.heading import MicroscopeHeading
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.table import TermsTable
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.drawing.unit_names import ref_name
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.widgets.naming import named

HINT = "Click a weight or a unit in the network to see every term of its change."
COMPUTING = "being computed…"
PNG_SCALE = 2.0
SHARES = 430, 134
"""Px of the table and of the bars at the smallest usual width."""


@guard_overrides
class MicroscopePanel(Pictured):
    """Formula, numbers, table and bars of one weight, bias or unit.

    The training thread computes the reading (see ``core.microscope``). During fast training only
    some frames have one; in between the numbers are grey, and the heading names their instant.
    """

    key: ClassVar[str] = "microscope"
    title: ClassVar[str] = "Microscope"
    vector: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Every term of one weight's next change: the formula, its numbers pattern by pattern, "
        "and each pattern's contribution"
    )

    highlighted = Signal(object)
    """The ``hover.Highlight`` of the term under the mouse, or None."""

    failed = Signal(str)
    """Why a file could not be written."""

    said = Signal(str)
    """What was saved or copied."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._ref: NetworkRef | None = None
        self._frame: Frame | None = None
        self._row = 0
        self._lags = self._is_picture = False
        self.reading: NamedReading | None = None
        self._before: NamedReading | None = None
        self._newest: NamedReading | None = None
        """The readings of the last two updates that frames had."""
        self.head = MicroscopeHeading()
        self.formulas = FormulaStack()
        self.table = TermsTable()
        self.bars = ContributionBars()
        self.copy_and_save = CopyAndSave(self, self.picture)
        self._pages = QStackedWidget()
        self._body = named(QWidget(), "microscope_body")
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    # -- showing -----------------------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The terms of the weight, bias or unit that is shown."""
        return SnapshotRequest(microscope=self._ref)

    def look_at(self, ref: NetworkRef) -> None:
        """Show this weight, bias or unit as soon as a frame has its numbers."""
        if ref != self._ref:
            self._ref = ref
            self.choices_changed.emit()  # the next frame must hold it

    def show_frame(self, frame: Frame) -> None:
        """Follow the run."""
        self._frame = frame
        if self._is_picture:
            return
        reading = frame.snapshot.microscope
        if self._ref is None or not in_range(frame.setup.network, self._ref):
            self._show_nothing("")  # the network that comes next may have it
        elif reading is not None and reading.ref == self._ref:
            self._show(self._explaining(NamedReading(frame, reading)))
        elif self._is_current(frame):
            self._grey()
        else:
            self._show_nothing(f"<b>{escape(ref_name(frame.setup, self._ref))}</b> · {COMPUTING}")

    def _explaining(self, newest: NamedReading) -> NamedReading:
        """The reading that explains what the diagram shows: after the update phase that is the
        change just made, if the numbers of that update have been seen, and not the next one."""
        if self._newest is not None and not newest.is_of_same_update(self._newest):
            self._before = self._newest
        self._newest = newest
        cursor, before = newest.frame.snapshot.cursor, self._before
        updated = cursor is not None and cursor.position == 0 and cursor.change is not None
        if updated and before is not None and before.is_followed_by(newest):
            return before.after_update(newest.frame)
        return newest

    def _is_current(self, frame: Frame) -> bool:
        """Whether the numbers shown are of this weight or unit and of the frame's run."""
        known = self.reading
        return (
            known is not None
            and known.ref == self._ref
            and known.frame.setup.network is frame.setup.network
            and known.frame.setup.run_id == frame.setup.run_id
        )

    def _show(self, reading: NamedReading) -> None:
        training = reading.frame.epochs_per_second > 0
        self._lags = self._lags and training
        self.reading = reading
        self._pages.setCurrentIndex(1)
        self._show_parts(stale=self._lags)
        self.copy_and_save.show_reading(reading)

    def _grey(self) -> None:
        """Show the numbers in grey: they are of an earlier instant."""
        if not self._lags:
            self._lags = True
            self._show_parts(stale=True)

    def _show_nothing(self, why: str) -> None:
        """Show no numbers, and this text: those shown are of another weight or run."""
        self.reading, self._lags = None, False
        self._pages.setCurrentIndex(1 if why else 0)
        self._show_parts(stale=False)
        self.head.say(why)
        self.copy_and_save.show_reading(None)

    def _show_parts(self, *, stale: bool) -> None:
        reading = self.reading
        if reading is not None:
            self.head.show_reading(reading, stale=stale)
        self.table.show_reading(reading, stale=stale)
        self.bars.show_reading(reading, stale=stale)
        self._follow_row()
        self._show_formulas(stale=stale)

    def _show_formulas(self, *, stale: bool) -> None:
        p = -1 if self.reading is None else max(self.reading.position_of(self._row), 0)
        self.formulas.show_reading(self.reading, p, self.table.chosen_path(p), stale=stale)

    def select_pattern(self, row: int) -> None:
        """Show the formulas with the numbers of this training pattern."""
        self._row = row
        self._follow_row()
        self._show_formulas(stale=self._lags)

    def _follow_row(self) -> None:
        p = -1 if self.reading is None else self.reading.position_of(self._row)
        self.table.choose(p)
        self.bars.mark(p)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._body.setPalette(theme.palette())
        for part in (self.head, self.formulas, self.table):
            part.set_theme(theme)
        self.bars.theme = theme
        self.bars.update()

    # -- pictures, copying and saving --------------------------------------------------------

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Nothing is chosen in a new instance."""
        return False

    def is_empty(self, frame: Frame) -> bool:
        """Whether there are no numbers of the frame's run."""
        return self.reading is None or self.reading.frame.setup.run_id != frame.setup.run_id

    def choices(self) -> dict[str, Any]:
        """The reading, the pattern, and whether the formula is shown."""
        return {
            "reading": self.reading,
            "pattern": self._row,
            "formula": self.head.formula.isChecked(),
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show the numbers of another instance: in grey if the frame is of another instant."""
        reading, frame = choices.get("reading"), self._frame
        if not isinstance(reading, NamedReading) or frame is None:
            return
        if reading.frame.setup.run_id != frame.setup.run_id:
            return  # this instance was behind another dock when the run began
        self._is_picture, self.reading, self._ref = True, reading, reading.ref
        self._row = int(choices.get("pattern", 0))
        self._lags = reading.frame.snapshot.instant != frame.snapshot.instant
        self.head.formula.setChecked(bool(choices.get("formula", True)))
        self._pages.setCurrentIndex(1)
        self._show_parts(stale=self._lags)
        self.formulas.area.typeset_now()

    def picture(self) -> QImage:
        """A picture of the panel without its buttons."""
        self.head.show_buttons(False)
        image = QImage(self._body.size() * PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(PNG_SCALE)
        image.fill(self.theme.colour("surface"))
        self._body.render(image)
        self.head.show_buttons(True)
        return image

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for button in self.copy_and_save.buttons:
            self.head.add(button)
        self.table.setSizePolicy(self.bars.sizePolicy())
        self.table.add_beside(self.bars, SHARES)
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
        self.bars.pointed.connect(self._point_at)
        self.bars.chosen.connect(self._choose)
        self.copy_and_save.failed.connect(self.failed)
        self.copy_and_save.said.connect(self.said)

    def _swap(self) -> None:
        if isinstance(self._ref, BiasRef):
            self.look_at(UnitRef(self._ref.group, self._ref.unit))
        elif isinstance(self._ref, UnitRef):
            self.look_at(BiasRef(self._ref.group, self._ref.unit))

    def _choose(self, p: int) -> None:
        """Select a pattern of the update in all views."""
        if self.reading is not None and p < len(self.reading.update.rows):
            self.pattern_selected.emit(int(self.reading.update.rows[p]))

    def _point_at(self, p: int) -> None:
        reading = self.reading if p >= 0 else None
        self.highlighted.emit(None if reading is None else element_of(reading))

    def leaveEvent(self, event: object) -> None:
        """Highlight nothing."""
        self.highlighted.emit(None)
