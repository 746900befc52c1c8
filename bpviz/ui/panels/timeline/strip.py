"""The timeline: the slider, with the present and the latest epoch."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from bpviz.session.frame import Frame
from bpviz.ui.panels.timeline.slider import MOST, EpochSlider
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.widgets.elided_text import Figure
from bpviz.ui.toolkit.widgets.naming import named


class TimelineStrip(FrameWidget):
    """Asks for an epoch when it is dragged; its position follows the frames."""

    key: ClassVar[str] = "timeline"
    title: ClassVar[str] = "Timeline"
    about: ClassVar[str] = "The epoch shown, between the first and the latest"

    sought = Signal(int)
    """The epoch that the user dragged to."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.slider = named(
            EpochSlider(), "timeline_slider", "Drag to any earlier epoch; marks are changes by hand"
        )
        self.slider.setAccessibleName("Epoch on show")
        self.words = named(Figure("epoch 8,888,888 of 8,888,888: the past"), "timeline_words")
        self.latest = named(QToolButton(), "timeline_latest", "Go to the latest epoch")
        self.latest.setText("Latest")
        self.latest.setAccessibleName("Latest epoch")
        caption = QLabel("Timeline")
        caption.setBuddy(self.slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, 2, SPACE, 2)
        layout.setSpacing(SPACE)
        layout.addWidget(caption)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.latest)
        layout.addWidget(self.words)
        self._showing = False
        self._end = 0
        self.slider.valueChanged.connect(self._seek)
        self.latest.clicked.connect(lambda: self.sought.emit(self._end))
        self.setEnabled(False)

    def show_frame(self, frame: Frame) -> None:
        """Move to the frame's epoch, unless the handle is being dragged."""
        timeline, epoch = frame.timeline, frame.snapshot.epoch
        self._end = max(timeline.latest, epoch)
        self.setEnabled(self._end > 0)
        self._showing = True
        self.slider.setMaximum(min(self._end, MOST))
        if not self.slider.isSliderDown():
            self.slider.setValue(min(epoch if timeline.goal is None else timeline.goal, MOST))
        self._showing = False
        self.slider.set_marks(timeline.edited)
        self.latest.setEnabled(timeline.is_past)
        self.words.setText(_words(frame, self._end))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.slider.theme = theme
        self.slider.update()

    def _seek(self, epoch: int) -> None:
        if not self._showing:
            self.sought.emit(self._end if epoch == self.slider.maximum() else epoch)


def _words(frame: Frame, end: int) -> str:
    timeline, epoch = frame.timeline, frame.snapshot.epoch
    words = f"epoch {epoch:,} of {end:,}"
    if timeline.goal is not None and timeline.goal != epoch:
        return f"{words}, going to {timeline.goal:,}…"
    return f"{words}: the past" if timeline.is_past else words
