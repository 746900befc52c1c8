"""The headings of the preview: name, kind and role of each column."""

from typing import get_args

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from bpviz.problems.tables.model import KIND_OPTIONS, ColumnRole, ReadColumn
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry, Item
from bpviz.ui.toolkit.widgets.data_table import PAD
from bpviz.ui.toolkit.widgets.entry import field_height

GAP = 3
ROW_NUMBER = "row number"
KIND_TIP = "Kind: whether the cells are numbers, categories, dates or texts that are left out"
ROLE_TIP = "Role: the network gets the inputs and learns the targets"


class ColumnChoices:
    """The two choices of one column on screen; they are given another one when it scrolls."""

    def __init__(self, header: "ColumnHeader") -> None:
        self.column = -1
        self.kind = ChoiceEntry([Item(kind, kind) for kind in KIND_OPTIONS])
        self.role = ChoiceEntry([Item(role, role) for role in get_args(ColumnRole)])
        for entry, tip in ((self.kind, KIND_TIP), (self.role, ROLE_TIP)):
            entry.setParent(header)
            entry.setToolTip(tip)
        self.kind.committed.connect(lambda kind: header.kind_chosen.emit(self.column, kind))
        self.role.committed.connect(lambda role: header.role_chosen.emit(self.column, role))

    def show_column(self, number: int, column: ReadColumn, place: QRect, theme: Theme) -> None:
        """Show the choices of a column below its name."""
        self.column = number
        height = field_height(self.kind)
        rows = (("kind", self.kind, column.kind), ("role", self.role, column.role))
        for at, (what, entry, value) in enumerate(rows):
            if value == ROW_NUMBER and entry.findData(ROW_NUMBER) < 0:
                entry.add(Item(ROW_NUMBER, ROW_NUMBER))
            entry.setObjectName(f"{what}_{number + 1}")
            entry.setAccessibleName(f"{what.capitalize()} of {column.name}")
            entry.set_theme(theme)
            entry.show_value(value)
            top = place.bottom() - (2 - at) * (height + GAP)
            entry.setGeometry(place.left() + 2, top, place.width() - 4, height)
            entry.show()

    def hide(self) -> None:
        """Hide both: no column needs them."""
        self.column = -1
        for entry in (self.kind, self.role):
            entry.setObjectName("")
            entry.hide()


@guard_overrides
class ColumnHeader(QHeaderView):
    """Names of columns with a choice of kind and role below each.

    Only columns on screen have widgets, since a table may have thousands.
    """

    kind_chosen = Signal(int, str)
    """A column, from 0, and the kind that was chosen for it."""

    role_chosen = Signal(int, str)
    """A column, from 0, and the role that was chosen for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("preview_header")
        self._columns: tuple[ReadColumn, ...] = ()
        self._choices: list[ColumnChoices] = []
        self._theme, self._is_stale = LIGHT, False
        self.sectionResized.connect(lambda *_: self.place())
        self.geometriesChanged.connect(self.place)

    def show_columns(self, columns: tuple[ReadColumn, ...]) -> None:
        """Show the kinds and roles of these columns."""
        self._columns = columns
        self.place()

    def set_look(self, theme: Theme, *, stale: bool) -> None:
        """Use these colours; ``stale``: a newer table is being read."""
        self._theme, self._is_stale = theme, stale
        self.viewport().update()
        self.place()

    def place(self) -> None:
        """Put the choices below the names on screen."""
        seen = self._seen()
        while len(self._choices) < len(seen):
            self._choices.append(ColumnChoices(self))
        for choices, number in zip(self._choices, seen, strict=False):
            left = self.sectionViewportPosition(number)
            place = QRect(left, 0, self.sectionSize(number), self.height())
            choices.show_column(number, self._columns[number], place, self._theme)
        for choices in self._choices[len(seen) :]:
            choices.hide()

    def _seen(self) -> range:
        """The columns on screen."""
        count = min(self.count(), len(self._columns))
        first = self.visualIndexAt(0)
        if count == 0 or first < 0:
            return range(0)
        last = self.visualIndexAt(self.viewport().width() - 1)
        return range(first, count if last < 0 else min(last + 1, count))

    def sizeHint(self) -> QSize:
        """Room for a name and two fields."""
        fields = 2 * (field_height(self) + GAP)
        return QSize(super().sizeHint().width(), self._name_height() + fields + GAP)

    def _name_height(self) -> int:
        return self.fontMetrics().height() + 2 * GAP

    def event(self, event: QEvent) -> bool:
        """Place the choices again after a change of size."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        return done

    def paintSection(self, painter: QPainter, rect: QRect, number: int) -> None:
        """Paint the name: a target in the accent colour, a column left out muted."""
        painter.save()
        painter.fillRect(rect, self._theme.colour("panel"))
        painter.setPen(self._theme.colour("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if number < len(self._columns):
            self._paint_name(painter, rect, self._columns[number])
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, column: ReadColumn) -> None:
        role = {"target": "accent", "left out": "muted"}.get(column.role, "text")
        painter.setPen(self._theme.colour("muted" if self._is_stale else role))
        font = self.font()
        font.setBold(column.role != "left out")
        painter.setFont(font)
        room = QRect(rect.left() + PAD, rect.top(), rect.width() - 2 * PAD, self._name_height())
        name = elided_name(painter.fontMetrics(), column.name, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), name)


def column_width(widget: QWidget) -> int:
    """The least width of a column, px: its choices can be read."""
    return widget.fontMetrics().horizontalAdvance("row number") + scaled(42)
