"""The table of the outputs with the plane beside or below it."""

from typing import ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QWidget,
)

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.output.part import OutputChoice, OutputPart
from bpviz.ui.views.output.plane import PlanePart
from bpviz.ui.views.output.table import TablePart


@guard_overrides
class TableAndPlanePart(OutputPart):
    """The table beside the plane, or above it if the height is larger than the width."""

    needs: ClassVar[SnapshotRequest] = TablePart.needs | PlanePart.needs
    uses_split: ClassVar[bool] = True
    uses_unit: ClassVar[bool] = True
    offers: ClassVar[frozenset[str]] = PlanePart.offers

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.table, self.plane = TablePart(theme), PlanePart(theme)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE)
        self._box.addWidget(self.table)
        self._box.addWidget(self.plane, 1)
        for part in (self.table, self.plane):
            part.hovered.connect(self.hovered)
            part.pattern_selected.connect(self.pattern_selected)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.table.set_theme(theme)
        self.plane.set_theme(theme)

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant in both parts."""
        listed = self.table.listed
        self.table.show_frame(frame, choice)
        self.plane.show_frame(frame, choice)
        self.note = self.plane.note if choice.separation else ""
        if self.table.listed != listed:
            self._arrange()

    def select_pattern(self, row: int | None) -> None:
        """Mark this training pattern in both parts."""
        self.table.select_pattern(row)
        self.plane.select_pattern(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()

    def _arrange(self) -> None:
        """Share the room. Side by side, the table is at most as wide as its columns, and leaves
        the plane a square, or half of the width."""
        beside = self.width() >= 1.2 * self.height()
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        most = 16_777_215  # Qt's own "no limit"
        square = min(self.height(), self.width() // 2)
        width = max(min(self.table.natural_width(), self.width() - square - SPACE), 0)
        self.table.setFixedWidth(width) if beside else self.table.setMaximumWidth(most)
        if beside:
            self.table.setMinimumHeight(0)
            self.table.setMaximumHeight(most)
        else:
            self.table.setMinimumWidth(0)
            self.table.setFixedHeight(min(self.table.natural_height(), self.height() // 2))
