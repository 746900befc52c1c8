"""The Unit panel: a unit's truth table over the patterns, and clamping units."""

from html import escape
from typing import Any, ClassVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.references import UnitRef, exists
from bpviz.core.number_grammar import read_number, write_number
from bpviz.core.text.number_words import plain
from bpviz.core.values import BadValue
from bpviz.session.frame import Frame
from bpviz.ui.panels.unit.model import TruthTable
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme, scaled
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.widgets.data_table import DataTable, ModelIndex
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table, tool_button
from bpviz.ui.views.network.labels import unit_name, unit_names

COLUMN_WIDTH, WIDEST = 88, "−1.23×10⁻¹²"
LISTED = 64
"""The most units of each group in the list; others are chosen in the network's picture."""

NONE = UnitRef(-1, 0)
"""The unit before one is chosen."""


WIDEST_CHOICE = 240
"""Width of the list of units at most, px at 100 % text."""


class UnitPanel(Pictured):
    """Shows what one unit answers to each pattern, and holds units at values."""

    key: ClassVar[str] = "unit"
    vector: ClassVar[bool] = True
    title: ClassVar[str] = "Unit"
    about: ClassVar[str] = "What one unit says to each pattern, and units held at a value."

    clamped = Signal(int, int, object)
    """(group, unit, value to hold it at, or None to release it)."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._row = 0
        self._unit = NONE
        self._listed: object = None
        self._units: list[UnitRef] = []
        self._clamps: Clamps = NO_CLAMPS
        self.model = TruthTable(self)
        self.table = DataTable(self)
        dress_table(self.table, "unit_table", "What the unit says to each pattern")
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.note = Note("error", "unit_note")
        self._held = named(QLabel(), "unit_held", "Click a unit to let it go")
        self._build()
        self.model.modelReset.connect(self._arrange)
        self.table.selectionModel().currentRowChanged.connect(self._choose_row)
        self.set_theme(theme)

    def _build(self) -> None:
        self.choice = named(QComboBox(), "unit_choice", "The unit to look at")
        self.choice.setAccessibleName("Unit")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMaximumWidth(scaled(WIDEST_CHOICE))
        self.choice.activated.connect(lambda at: self.set_unit(self._units[at]))
        self.value = named(QLineEdit("0"), "unit_value", "The value to hold the unit at")
        self.value.setAccessibleName("Value to hold the unit at")
        self.value.setFixedWidth(scaled(64))
        self.value.returnPressed.connect(self._hold)
        self.hold = tool_button("unit_hold", "Hold", "Hold the unit at this value, whatever its "
                                "net input; held at 0 it is as good as gone")  # fmt: skip
        self.hold.clicked.connect(self._hold)
        self.free = tool_button("unit_free", "Let go", "Let the unit compute its activation again")
        self.free.clicked.connect(lambda: self._clamp(None))
        self._held.setTextFormat(Qt.TextFormat.RichText)
        self._held.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._held.setWordWrap(True)
        self._held.linkActivated.connect(self._let_go)
        label = QLabel("&Unit")
        label.setBuddy(self.choice)
        at = QLabel("Hold &at")
        at.setBuddy(self.value)
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        bar.setSpacing(SPACE)
        for widget in (label, self.choice, at, self.value, self.hold, self.free):
            bar.addWidget(widget)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._held)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        self._held.setContentsMargins(SPACE, 0, SPACE, SPACE // 2)

    # -- showing ---------------------------------------------------------------------------

    @property
    def unit(self) -> UnitRef:
        """The unit shown."""
        return self._unit

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        self._frame = frame
        network = frame.setup.network
        if network is not self._listed:
            self._listed = network
            self._list_units(frame)
            if not exists(network, self._unit):
                self._unit = UnitRef(network.hidden[0] if network.hidden else network.output, 0)
        self._show_choice(frame)
        self.model.show(frame, self._unit)
        self.free.setEnabled(self._unit in frame.snapshot.clamps)
        if frame.snapshot.clamps != self._clamps:
            self._clamps = frame.snapshot.clamps
            self._show_held(frame)

    def set_unit(self, unit: UnitRef) -> None:
        """Show this unit."""
        self._unit = unit
        self.note.say("")
        if self._frame is not None:
            self.show_frame(self._frame)

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """No unit is chosen in a new instance."""
        return False

    def is_empty(self, frame: Frame) -> bool:
        """Never: every network has units."""
        return False

    def choices(self) -> dict[str, Any]:
        """The unit, the pattern, and the first row that is seen."""
        return {"unit": self._unit, "pattern": self._row, "top": self.table.first_row}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Show the same rows of the same unit."""
        unit, frame = choices.get("unit"), self._frame
        if frame is not None and unit is not None and exists(frame.setup.network, unit):
            self.set_unit(unit)
        self.select_pattern(int(choices.get("pattern", 0)))
        self.table.show_from(int(choices.get("top", 0)))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        colour_table(self.table, theme)
        self.model.set_theme(theme)
        self.note.set_theme(theme)
        if self._frame is not None:
            self._show_held(self._frame)

    def select_pattern(self, row: int) -> None:
        """Select this row."""
        self._row = row
        if row != self.table.currentIndex().row() and row < self.model.rowCount():
            with QSignalBlocker(self):
                self.table.setCurrentIndex(self.model.index(row, 0))

    def _list_units(self, frame: Frame) -> None:
        self._units = []
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for g in range(len(frame.setup.network.groups)):
                for unit, name in enumerate(unit_names(frame.setup, g)[:LISTED]):
                    self._list_unit(frame, UnitRef(g, unit), name)

    def _list_unit(self, frame: Frame, unit: UnitRef, name: str) -> None:
        self._units.append(unit)
        self.choice.addItem(f"{name}  ({frame.setup.network.groups[unit.group].name})")

    def _show_choice(self, frame: Frame) -> None:
        with QSignalBlocker(self.choice):
            if self._unit not in self._units:
                name = unit_name(frame.setup, self._unit.group, self._unit.unit)
                self._list_unit(frame, self._unit, name)
            self.choice.setCurrentIndex(self._units.index(self._unit))

    def _show_held(self, frame: Frame) -> None:
        """List the clamped units, each with a link that releases it."""
        colour = self.theme.accent
        links = [
            f'<a style="color: {colour}" href="{ref.group} {ref.unit}">'
            f"{escape(unit_name(frame.setup, ref.group, ref.unit))} = {plain(value)} ✕</a>"
            for ref, value in sorted(frame.snapshot.clamps.items())
        ]
        self._held.setText(f"Held: {', '.join(links)}" if links else "")
        self._held.setVisible(bool(links))

    def _arrange(self) -> None:
        need = self.table.fontMetrics().horizontalAdvance(WIDEST) + 2 * SPACE
        for column in range(len(self.model.columns)):
            self.table.setColumnWidth(column, max(COLUMN_WIDTH, need))
        self.select_pattern(min(self._row, self.model.rowCount() - 1))

    # -- actions ---------------------------------------------------------------------------

    def _choose_row(self, now: ModelIndex) -> None:
        if now.isValid() and now.row() != self._row:
            self._row = now.row()
            self.pattern_selected.emit(now.row())

    def _hold(self) -> None:
        text = self.value.text()
        try:
            number = read_number("Hold at", text)
        except BadValue as refusal:
            self.note.say(str(refusal))
            return
        self.note.say("")
        self.value.setText(write_number(number))
        self._clamp(number)

    def _clamp(self, value: float | None) -> None:
        self.clamped.emit(self._unit.group, self._unit.unit, value)

    def _let_go(self, link: str) -> None:
        group, unit = map(int, link.split())
        self.clamped.emit(group, unit, None)
