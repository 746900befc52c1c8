"""The layout of a panel: rows of mark, label and field below headings that collapse."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry, SetEntry
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import MARK, Note, RowMark, box, flat_style, narrow

FieldEntry = LineEntry | ChoiceEntry | CheckEntry | SetEntry

USUAL_STRETCH = (12, 13)
"""Shares of a label and its field in the width of a row."""


@guard_overrides
class FieldLabel(QLabel):
    """The label of a field; a click focuses the field and toggles a check box."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        narrow(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Focus the field."""
        buddy = self.buddy()
        if buddy is not None and buddy.isEnabled():
            buddy.setFocus(Qt.FocusReason.MouseFocusReason)
            if isinstance(buddy, QAbstractButton):
                buddy.click()
        super().mousePressEvent(event)


class FieldRow(QWidget):
    """A label and its fields in one line, and below it what is wrong with them.

    A single check box is placed before its label, other fields after it in the right column;
    ``stacked`` places a single field below its label, as wide as the panel.
    """

    def __init__(
        self,
        label: str,
        entries: Sequence[FieldEntry],
        *,
        new_run: bool,
        trailing: QWidget | None = None,
        stretch: Sequence[int] = USUAL_STRETCH,
        stacked: bool = False,
    ) -> None:
        super().__init__()
        self.entries = tuple(entries)
        self.label = FieldLabel(label)
        self.label.setBuddy(entries[0])
        self.mark = RowMark(new_run=new_run)
        self.message = Note("error", f"{entries[0].objectName()}_message")
        self.note = Note("muted")
        line = QHBoxLayout()
        box(line, SPACE // 2)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        box(layout, 2)
        layout.addLayout(line)
        if stacked:
            line.addWidget(self.label, 1)
            layout.addLayout(self._below())
        else:
            self._fill(line, stretch, trailing)
        for note in (self.message, self.note):
            note.setContentsMargins(MARK + SPACE // 2, 0, 0, 2)
            layout.addWidget(note)
        for entry in self.entries:
            entry.sentence_changed.connect(self._judge)

    def set_pending(self, *pending: bool) -> None:
        """Highlight the entries that are pending until a new run, one bool for each."""
        for entry, waits in zip(self.entries, pending, strict=True):
            entry.set_pending(waits)
        self._judge()

    def set_label(self, text: str) -> None:
        """Change the text of the label."""
        self.label.setText(text)

    def _below(self) -> QHBoxLayout:
        line = QHBoxLayout()
        box(line)
        line.addSpacing(MARK + SPACE // 2)
        line.addWidget(self.entries[0])
        return line

    def _fill(self, line: QHBoxLayout, stretch: Sequence[int], trailing: QWidget | None) -> None:
        parts: list[QWidget] = [self.label, *self.entries]
        if len(self.entries) == 1 and isinstance(self.entries[0], CheckEntry):
            parts, stretch = [self.entries[0], self.label], (0, 1)
        for part, share in zip(parts, stretch, strict=True):
            line.addWidget(part, share)
        if trailing is not None:
            line.addWidget(trailing)

    def _judge(self) -> None:
        self.message.say(" ".join(entry.sentence for entry in self.entries if entry.sentence))
        pending = any(entry.pending for entry in self.entries)
        self.mark.set_state("wrong" if self.message.text() else "pending" if pending else "plain")


class Section(QWidget):
    """A heading with rows below it that it collapses."""

    folded = Signal(bool)

    def __init__(self, title: str, name: str, *, sub: bool = False, open_: bool = True) -> None:
        super().__init__()
        self.setObjectName(f"section_{name}")
        self._theme = LIGHT
        self.heading = named(QToolButton(), f"section_{name}_heading")
        self.heading.setText(title)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setAutoRaise(True)
        self.heading.setCheckable(True)
        self.heading.setIconSize(QSize(MARK, MARK))
        self.heading.setToolTip(f"Show or hide {title}")
        self.heading.setAccessibleName(f"Section {title}")
        self._weight = 400 if sub else 600
        self.remark = Note("muted", f"section_{name}_remark")
        self.remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        box(self.rows, SPACE // 2)
        self._line = QHBoxLayout()
        box(self._line, SPACE // 2)
        self._line.addWidget(self.heading)
        self._line.addStretch(0)  # takes the room of the remark while there is none
        self._line.addWidget(self.remark, 1)
        layout = QVBoxLayout(self)
        box(layout, SPACE // 2)
        layout.addLayout(self._line)
        layout.addWidget(self.body)
        self.heading.toggled.connect(self._toggled)
        self.heading.setChecked(open_)
        self._toggled(open_)

    def add(self, *rows: QWidget) -> None:
        """Append rows."""
        for row in rows:
            self.rows.addWidget(row)

    def add_to_heading(self, widget: QWidget) -> None:
        """Add a widget at the right end of the heading."""
        self._line.addWidget(widget)

    def open(self) -> None:
        """Expand the section."""
        self.heading.setChecked(True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.heading.setStyleSheet(flat_style(theme, self._weight))
        self._draw()

    def _toggled(self, checked: bool) -> None:
        self.body.setVisible(checked)
        self._draw()
        self.folded.emit(not checked)

    def _draw(self) -> None:
        icon = "chevron-down" if self.heading.isChecked() else "chevron-right"
        self.heading.setIcon(icons.icon(icon, colour=self._theme.colour("muted")))


def focus_order(widget: QWidget) -> Iterator[QWidget]:
    """The widgets that Tab can reach, in the order of their layouts."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    elif isinstance(widget, QScrollArea) and (content := widget.widget()) is not None:
        yield from focus_order(content)
    elif (layout := widget.layout()) is not None:
        yield from _layout_order(layout)


def _layout_order(layout: QLayout) -> Iterator[QWidget]:
    """The widgets of a layout, in its order.

    itemAt is not used: its Python wrapper outlives the item, and an object that Qt later creates
    at the same address (such as the line of a plot) would be taken for the item.
    """
    owner = layout.parentWidget()
    children = owner.children() if owner is not None else []
    found: list[tuple[int, QWidget | QLayout]] = [
        (layout.indexOf(child), child) for child in children if isinstance(child, QWidget)
    ]
    found += [(layout.indexOf(c), c) for c in layout.children() if isinstance(c, QLayout)]
    for index, part in sorted(found, key=lambda each: each[0]):
        if index >= 0:
            yield from _layout_order(part) if isinstance(part, QLayout) else focus_order(part)


def chain_tabs(root: QWidget) -> None:
    """Make Tab go through ``root`` from top to bottom, including rows that were added later."""
    widgets = list(focus_order(root))
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def reveal(entry: FieldEntry, area: QScrollArea) -> None:
    """Unfold the section of a field, and scroll to it."""
    part: QWidget | None = entry
    while part is not None and part is not area:
        if isinstance(part, Section):
            part.open()
        part = part.parentWidget()
    # An unfolded section takes its room only with the next event; scrolling needs it now.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    area.ensureWidgetVisible(entry)
