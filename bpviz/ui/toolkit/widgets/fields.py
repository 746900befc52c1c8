"""Validated fields: an invalid entry stays as typed, with a mark and an explanation.

All entries have the same interface: ``committed(value)`` is emitted when the user entered a valid
value, ``show_value`` sets a value without emitting it, ``sentence`` says what is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHelpEvent, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from bpviz.core.values import BadValue
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.toolkit.widgets.toggle import Toggle

PENDING_BAR = 3  # px
SHORT = Qt.ItemDataRole.UserRole + 1


def sentence_of(error: Exception) -> str:
    """The text of an error as a sentence with a capital letter."""
    text = str(error)
    return text[:1].upper() + text[1:]


def field_height(widget: QWidget) -> int:
    """The height of every field, px: the same for lines and combos."""
    return widget.fontMetrics().height() + 6


class _Entry:
    """What all entries have: an error or none, a pending state, and how both look."""

    theme: Theme = LIGHT
    pending: bool = False
    _refused: str = ""

    @property
    def invalid(self) -> bool:
        """Whether the entry is invalid regardless of the other fields."""
        return False

    @property
    def sentence(self) -> str:
        """What is wrong with the entry; empty if nothing is."""
        return self._refused

    def refuse(self, sentence: str) -> None:
        """Mark the entry as invalid in combination with the other fields."""
        if sentence != self._refused:
            self._refused = sentence
            self._sentence_changed()

    def set_pending(self, pending: bool) -> None:
        """Highlight an entry that is pending until a new run."""
        if pending != self.pending:
            self.pending = pending
            self.update()  # type: ignore[attr-defined]

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme
        self.update()  # type: ignore[attr-defined]

    def _sentence_changed(self) -> None:
        self.setAccessibleDescription(self.sentence)  # type: ignore[attr-defined]
        self.sentence_changed.emit()  # type: ignore[attr-defined]
        self.update()  # type: ignore[attr-defined]


@guard_overrides
class LineEntry(QLineEdit, _Entry):
    """A line edit whose text stands for a value.

    ``read(text)`` returns the value or raises BadValue, ``write(value)`` returns the text of a
    value. Escape restores the last valid text.
    """

    committed = Signal(object)
    sentence_changed = Signal()

    def __init__(self, read: Callable[[str], Any], write: Callable[[Any], str]) -> None:
        super().__init__()
        self._read, self._write = read, write
        self._value: Any = None
        self._shown = ""
        self._before_refusal: Any = None
        self._wrong = ""
        self.setFixedHeight(field_height(self))
        self.setTextMargins(2, 0, 2, 0)  # texts of lines and combo boxes begin at the same x
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(self._reconsider)

    @property
    def value(self) -> Any:
        """The last valid value."""
        return self._value

    @property
    def invalid(self) -> bool:
        """Whether the text is invalid."""
        return bool(self._wrong)

    @property
    def sentence(self) -> str:
        """What is wrong with the entry; empty if nothing is."""
        return self._wrong or self._refused

    def show_value(self, value: Any, *, force: bool = False) -> None:
        """Show a value, unless another text is being typed or is waiting to be corrected.

        With ``force``, show it in any case.
        """
        changed, typed = value != self._value, self.text() != self._shown
        self._value, self._shown = value, self._write(value)
        if typed and not force and not (changed and self._wrong):
            return
        self._show()

    def commit(self) -> None:
        """Commit the typed text, if it is valid and has changed."""
        if self.text() == self._shown:
            self._set_wrong("")
            return
        try:
            value = self._read(self.text())
        except BadValue as error:
            self._set_wrong(sentence_of(error))
            return
        before, changed = self._value, value != self._value
        if changed and not self._refused:
            self._before_refusal = before
        self._value, self._shown = value, self._write(value)
        self._show()
        if changed:
            self.refuse("")
            self.committed.emit(value)

    def restore(self) -> None:
        """Restore the last valid text, also after a value that was refused."""
        if self._refused and self.text() == self._shown:
            self.setText(self._write(self._before_refusal))
            self.commit()
        else:
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape undoes the typing; if there is nothing to undo, the key is passed on."""
        mend = self.text() != self._shown or self.sentence
        if event.key() == Qt.Key.Key_Escape and mend:
            self.restore()
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line edit, and over it the state of the entry."""
        super().paintEvent(event)
        if not self.hasFocus():
            _paint_outline(self, QRectF(self.rect()), self.theme)
        _paint_state(self, self)

    def _show(self) -> None:
        if self.text() != self._shown:
            self.setText(self._shown)
            self.setCursorPosition(0)
        self._set_wrong("")

    def _reconsider(self) -> None:
        """Remove the mark as soon as the text is valid; it is set only when typing has finished."""
        if self._wrong:
            try:
                self._read(self.text())
            except BadValue as error:
                self._set_wrong(sentence_of(error))
            else:
                self._set_wrong("")

    def _set_wrong(self, sentence: str) -> None:
        if sentence != self._wrong:
            self._wrong = sentence
            self._sentence_changed()


@dataclass(frozen=True, slots=True)
class Item:
    """A choice: its value, the text in the list, and a shorter one for the closed field."""

    value: Any
    text: str
    short: str = ""


@guard_overrides
class ChoiceEntry(QComboBox, _Entry):
    """One of several values. The mouse wheel changes it only while it has the focus."""

    committed = Signal(object)
    sentence_changed = Signal()

    def __init__(self, items: Sequence[Item] = ()) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(field_height(self))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        self.setMaxVisibleItems(24)
        for item in items:
            self.add(item)
        self.currentIndexChanged.connect(self._chosen)

    def add(self, item: Item) -> None:
        """Append a choice."""
        with QSignalBlocker(self):
            self.addItem(item.text, item.value)
            self.setItemData(self.count() - 1, item.short or item.text, SHORT)

    @property
    def value(self) -> Any:
        """The chosen value."""
        return self.currentData()

    def show_value(self, value: Any, *, force: bool = False) -> None:
        """Show this value as chosen."""
        places = (i for i in range(self.count()) if self.itemData(i) == value)
        with QSignalBlocker(self):
            self.setCurrentIndex(next(places, -1))
        self.update()

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest text."""
        view = self.view()
        margin = 2 * self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + margin))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the value, unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Show a tooltip that begins with the whole text, since the closed field may elide it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(
                event.globalPos(), f"{plain_tip(self.currentText())}\n{self.toolTip()}", self
            )
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the closed field with its short text, elided if it is too long."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        space = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.currentData(SHORT) or self.currentText()
        option.currentIcon = QIcon()  # the icon that indents the list
        option.currentText = elided_name(self.fontMetrics(), text, space.width() - 4)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        _paint_state(self, self)

    def _chosen(self) -> None:
        self.refuse("")
        self.committed.emit(self.value)


@guard_overrides
class CheckEntry(QCheckBox, _Entry):
    """Yes or no. Its text is in a label beside it, which can wrap."""

    committed = Signal(object)
    sentence_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(field_height(self))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._chosen)

    @property
    def value(self) -> bool:
        """Whether it is checked."""
        return self.isChecked()

    def show_value(self, value: bool, *, force: bool = False) -> None:
        """Check or uncheck the box."""
        with QSignalBlocker(self):
            self.setChecked(value)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, and over it the state of the entry."""
        super().paintEvent(event)
        if not self.hasFocus():
            option = QStyleOptionButton()
            self.initStyleOption(option)
            element = QStyle.SubElement.SE_CheckBoxIndicator
            box = self.style().subElementRect(element, option, self)
            _paint_outline(self, QRectF(box), self.theme)
        _paint_state(self, self)

    def _chosen(self, checked: bool) -> None:
        self.refuse("")
        self.committed.emit(checked)


@guard_overrides
class SetEntry(QWidget, _Entry):
    """Some of several names, each a checkable button; the value is a text with commas.

    The last checked button cannot be unchecked.
    """

    committed = Signal(object)
    sentence_changed = Signal()
    ACROSS = 4

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        self.buttons: dict[str, Toggle] = {}
        for place, item in enumerate(items):
            button = Toggle(item.text, "", f"{item.text} as an input", self)
            button.setAccessibleName(item.text)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setFixedHeight(field_height(button) - 2)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, button=button: self._chosen(button))
            grid.addWidget(button, *divmod(place, self.ACROSS))
            self.buttons[item.value] = button

    def setObjectName(self, name: str) -> None:
        """Set the object name of the entry and of its buttons."""
        super().setObjectName(name)
        for value, button in self.buttons.items():
            button.setObjectName(f"{name}_{value}")

    @property
    def value(self) -> Any:
        """The checked names in their order, joined by commas."""
        return ",".join(name for name, button in self.buttons.items() if button.isChecked())

    def show_value(self, value: Any, *, force: bool = False) -> None:
        """Show these names as chosen."""
        for name, button in self.buttons.items():
            button.setChecked(name in value.split(","))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for button in self.buttons.values():
            button.set_theme(theme)
        super().set_theme(theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the state of the entry behind the buttons."""
        _paint_state(self, self)

    def _chosen(self, button: Toggle) -> None:
        if not self.value:
            button.setChecked(True)
            return
        self.refuse("")
        self.committed.emit(self.value)


FieldEntry = LineEntry | ChoiceEntry | CheckEntry | SetEntry


def _paint_outline(widget: QWidget, rect: QRectF, theme: Theme) -> None:
    """Paint the outline of a field; Fusion's is hardly visible on a dark panel."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("border"), 1.0))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)
    painter.end()


def _paint_state(widget: QWidget, entry: _Entry) -> None:
    """Paint a frame in the error colour, or a tint and a bar for a pending entry."""
    if not entry.sentence and not entry.pending:
        return
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = QRectF(widget.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
    role = "error" if entry.sentence else "accent"
    painter.setBrush(entry.theme.colour(role, 26))
    painter.setPen(QPen(entry.theme.colour(role), 1.5) if entry.sentence else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(whole, 2.5, 2.5)
    if not entry.sentence:
        bar = QRectF(0.0, 1.0, PENDING_BAR, widget.height() - 2.0)
        painter.fillRect(bar, entry.theme.colour(role))
    painter.end()
