"""Paints the cells of the microscope's table."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex

PAD = 2
"""Px of room at either side of a cell's text."""


@guard_overrides
class TermCellDelegate(QStyledItemDelegate):
    """Paints the aligned text of a cell.

    It asks the model for three roles only. Qt's own delegate asks for ten, and each call of a
    model in Python costs more than the painting.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        """Paint one cell."""
        rect, palette = option.rect, option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.highlight())
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(palette.text().color() if ink is None else ink)
        side = int(index.data(Qt.ItemDataRole.TextAlignmentRole))
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if side & Qt.AlignmentFlag.AlignLeft.value:
            room = rect.width() - 2 * PAD
            text = elided_name(option.fontMetrics, text, room)
        else:
            side |= Qt.TextFlag.TextDontClip.value  # a number must not lose its sign
        painter.drawText(rect.adjusted(PAD, 0, -PAD, 0), side, text)
