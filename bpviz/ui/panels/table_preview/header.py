"""The headings of the preview: name, kind and role of each column."""

from dataclasses import dataclass
from typing import get_args

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QHeaderView, QWidget

from bpviz.core.values import BadValue
from bpviz.problems.tables.model import KIND_OPTIONS, ColumnRole, ReadColumn
from bpviz.ui.panels.table_preview.model import values_of
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry, Item
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import plain_tip

GAP = 3
ROW_NUMBER = "row number"
FIELDS = ("name", "kind", "role")
KIND_TIP = "Kind: whether the cells are numbers, categories, dates or texts that are left out"
ROLE_TIP = "Role: the network gets the inputs and learns the targets"


@dataclass(frozen=True, slots=True)
class HeaderLook:
    """The colours; ``stale``: a newer table is being read."""

    theme: Theme = LIGHT
    stale: bool = False


class ColumnChoices:
    """Name, kind and role of one column on screen; they are given another one when it scrolls."""

    def __init__(self, header: "ColumnHeader") -> None:
        self.column, self._header = -1, header
        self.name = LineEntry(self._read_name, str)
        self.kind = ChoiceEntry([Item(kind, kind) for kind in KIND_OPTIONS])
        self.role = ChoiceEntry([Item(role, role) for role in get_args(ColumnRole)])
        self.kind.setToolTip(KIND_TIP)
        self.role.setToolTip(ROLE_TIP)
        for entry in self.entries:
            entry.setParent(header)
        self.name.committed.connect(lambda name: header.name_entered.emit(self.column, name))
        self.kind.committed.connect(lambda kind: header.kind_chosen.emit(self.column, kind))
        self.role.committed.connect(lambda role: header.role_chosen.emit(self.column, role))

    @property
    def entries(self) -> tuple[LineEntry | ChoiceEntry, ...]:
        """The fields from top to bottom."""
        return self.name, self.kind, self.role

    def _read_name(self, text: str) -> str:
        names = [column.name for column in self._header.columns]
        others = names[: self.column] + names[self.column + 1 :]
        name = " ".join(text.split())
        if not name or name in others:
            raise BadValue("name", text, "a name that no other column has")
        return name

    def show_column(self, number: int, column: ReadColumn, rect: QRect, look: HeaderLook) -> None:
        """Show name, kind and role of a column."""
        other, self.column = number != self.column, number
        height = field_height(self.kind)
        values = column.name, column.kind, column.role
        if column.kind == ROW_NUMBER and self.kind.findData(ROW_NUMBER) < 0:
            self.kind.add(Item(ROW_NUMBER, ROW_NUMBER))
        self._colour_name(column, look)
        for at, entry in enumerate(self.entries):
            what = FIELDS[at]
            entry.setObjectName(f"{what}_{number + 1}")
            entry.setAccessibleName(f"{what.capitalize()} of {column.name}")
            entry.set_theme(look.theme)
            entry.show_value(values[at], force=other)
            top = rect.bottom() - (len(FIELDS) - at) * (height + GAP)
            entry.setGeometry(rect.left() + 2, top, rect.width() - 4, height)
            entry.show()

    def _colour_name(self, column: ReadColumn, look: HeaderLook) -> None:
        """A target has the accent colour, a column left out is muted."""
        role = {"target": "accent", "left out": "muted"}.get(column.role, "text")
        palette = self.name.palette()
        colour = look.theme.colour("muted" if look.stale else role)
        palette.setColor(QPalette.ColorRole.Text, colour)
        self.name.setPalette(palette)
        font = self._header.font()
        font.setBold(column.role != "left out")
        self.name.setFont(font)
        self.name.setToolTip(plain_tip(values_of(column)))

    def hide(self) -> None:
        """Hide both: no column needs them."""
        self.column = -1
        for entry in self.entries:
            entry.setObjectName("")
            entry.hide()


@guard_overrides
class ColumnHeader(QHeaderView):
    """Names of columns with a choice of kind and role below each; all can be changed.

    Only columns on screen have widgets, since a table may have thousands.
    """

    name_entered = Signal(int, str)
    """A column, from 0, and the name that was typed for it."""

    kind_chosen = Signal(int, str)
    """A column, from 0, and the kind that was chosen for it."""

    role_chosen = Signal(int, str)
    """A column, from 0, and the role that was chosen for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("preview_header")
        self.columns: tuple[ReadColumn, ...] = ()
        """The columns shown."""
        self._choices: list[ColumnChoices] = []
        self._look = HeaderLook()
        self.sectionResized.connect(lambda *_: self.place())
        self.geometriesChanged.connect(self.place)

    def show_columns(self, columns: tuple[ReadColumn, ...]) -> None:
        """Show the kinds and roles of these columns."""
        self.columns = columns
        self.place()

    def set_look(self, theme: Theme, *, stale: bool) -> None:
        """Use these colours; ``stale``: a newer table is being read."""
        self._look = HeaderLook(theme, stale)
        self.viewport().update()
        self.place()

    def place(self) -> None:
        """Put the choices below the names on screen."""
        seen = self._seen()
        while len(self._choices) < len(seen):
            self._choices.append(ColumnChoices(self))
        for choices, number in zip(self._choices, seen, strict=False):
            left = self.sectionViewportPosition(number)
            rect = QRect(left, 0, self.sectionSize(number), self.height())
            choices.show_column(number, self.columns[number], rect, self._look)
        for choices in self._choices[len(seen) :]:
            choices.hide()

    def _seen(self) -> range:
        """The columns on screen."""
        count = min(self.count(), len(self.columns))
        first = self.visualIndexAt(0)
        if count == 0 or first < 0:
            return range(0)
        last = self.visualIndexAt(self.viewport().width() - 1)
        return range(first, count if last < 0 else min(last + 1, count))

    def sizeHint(self) -> QSize:
        """Room for three fields."""
        height = len(FIELDS) * (field_height(self) + GAP) + GAP
        return QSize(super().sizeHint().width(), height)

    def event(self, event: QEvent) -> bool:
        """Place the choices again after a change of size."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        return done

    def paintSection(self, painter: QPainter, rect: QRect, number: int) -> None:
        """Paint what is behind the fields."""
        painter.save()
        painter.fillRect(rect, self._look.theme.colour("panel"))
        painter.setPen(self._look.theme.colour("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()


def column_width(widget: QWidget) -> int:
    """The least width of a column, px: its choices can be read."""
    return widget.fontMetrics().horizontalAdvance("row number") + scaled(42)
