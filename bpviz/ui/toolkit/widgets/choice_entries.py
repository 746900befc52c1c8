"""Entries whose value is chosen: from a list, with a check box, or with several buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHelpEvent, QIcon, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.entry import Entry, field_height, paint_outline, paint_state
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.toolkit.widgets.toggle import Toggle

SHORT = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Item:
    """A choice: its value, the text in the list, and a shorter one for the closed field."""

    value: Any
    text: str
    short: str = ""


@guard_overrides
class ChoiceEntry(QComboBox, Entry):
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
        indices = (i for i in range(self.count()) if self.itemData(i) == value)
        with QSignalBlocker(self):
            self.setCurrentIndex(next(indices, -1))
        self.update()

    @property
    def shown_text(self) -> str:
        """The text in the closed field: the short one, elided if it is too long."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        space = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.currentData(SHORT) or self.currentText()
        return elided_name(self.fontMetrics(), text, space.width() - 4)

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
        option.currentIcon = QIcon()  # the icon that indents the list
        option.currentText = self.shown_text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        paint_state(self, self)

    def _chosen(self) -> None:
        self.refuse("")
        self.committed.emit(self.value)


@guard_overrides
class CheckEntry(QCheckBox, Entry):
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
            paint_outline(self, QRectF(box), self.theme)
        paint_state(self, self)

    def _chosen(self, checked: bool) -> None:
        self.refuse("")
        self.committed.emit(checked)


@guard_overrides
class SetEntry(QWidget, Entry):
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
        for index, item in enumerate(items):
            button = Toggle(item.text, "", f"{item.text} as an input", self)
            button.setAccessibleName(item.text)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setFixedHeight(field_height(button) - 2)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, button=button: self._chosen(button))
            grid.addWidget(button, *divmod(index, self.ACROSS))
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
        paint_state(self, self)

    def _chosen(self, button: Toggle) -> None:
        if not self.value:
            button.setChecked(True)
            return
        self.refuse("")
        self.committed.emit(self.value)
