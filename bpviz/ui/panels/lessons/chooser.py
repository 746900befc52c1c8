"""The combo box in which a lesson is chosen."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.guard import guard_overrides


@guard_overrides
class LessonChooser(QComboBox):
    """A combo box whose text is elided."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box with its text elided."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - SPACE
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
