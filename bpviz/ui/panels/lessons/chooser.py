"""The combo box in which a lesson is chosen."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from bpviz.ui.toolkit.guard import guard_overrides


@guard_overrides
class LessonChooser(QComboBox):
    """A combo box that shows the number of the lesson: its title stands below, in full."""

    @property
    def shown_text(self) -> str:
        """'Lesson 3 of 24'."""
        at = self.currentIndex()
        return f"Lesson {at + 1} of {self.count()}" if at >= 0 else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box with the number."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
