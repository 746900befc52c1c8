"""A slider over epochs that jumps to the position of a click, and marks changes by hand."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QSlider, QStyle, QStyleOptionSlider, QWidget

from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides

MOST = 2**31 - 1
"""The largest value of a slider; later epochs are at its end."""


@guard_overrides
class EpochSlider(QSlider):
    """A slider from epoch 0 to the latest one, with marks below the edited epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.theme: Theme = LIGHT
        self._edited: tuple[int, ...] = ()
        self._painted_place = -1
        self.setRange(0, 0)

    def set_marks(self, edited: tuple[int, ...]) -> None:
        """Mark these epochs."""
        if edited != self._edited:
            self._edited = edited
            self.update()

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Repaint only if the handle moves: while training it stays at the last epoch."""
        moves = self.place_of(self.sliderPosition()) != self._painted_place
        if moves or self._edited or self.hasFocus():
            super().sliderChange(change)

    def place_of(self, epoch: int) -> int:
        """The x of an epoch, px."""
        groove, handle = self._rects()
        span = groove.width() - handle.width()
        at = QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), epoch, span)
        return groove.left() + handle.width() // 2 + at

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle to the position of the click, and begin to drag it."""
        if event.button() == Qt.MouseButton.LeftButton:
            groove, handle = self._rects()
            span = groove.width() - handle.width()
            x = round(event.position().x()) - groove.left() - handle.width() // 2
            self.setSliderPosition(
                QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), x, span)
            )
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the style's slider, and a mark below every edited epoch."""
        super().paintEvent(event)
        self._painted_place = self.place_of(self.sliderPosition())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour("accent"))
            for epoch in self._edited:
                x, y = self.place_of(epoch), self.height() - 5.0
                painter.drawPolygon(
                    [QPointF(x, y), QPointF(x - 3.5, y + 5.0), QPointF(x + 3.5, y + 5.0)]
                )

    def _rects(self) -> tuple[QRect, QRect]:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, style = QStyle.ComplexControl.CC_Slider, self.style()
        return (
            style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self),
            style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self),
        )
