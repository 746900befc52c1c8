"""The training speed: a slider from one epoch per second to as fast as possible."""

import math
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from bpviz.session.commands import MOST_PHASES
from bpviz.session.scheduling.start_speed import SPEEDS, nearest_speed
from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.widgets.naming import named

WIDE, NARROW = 14 * SPACE, 9 * SPACE
"""Widths of the slider, px at 100 % text."""

WIDEST = 1e6
"""The fastest speed of a lesson."""


def speed_text(speed: float | None, unit: str = "epoch") -> str:
    """'10 epochs/s', or 'unlimited'; '2 phases/s' if the unit is a phase."""
    if unit == "phase":
        speed = min(speed or MOST_PHASES, MOST_PHASES)
    if speed is None:
        return "unlimited"
    number = f"{speed:,.0f}" if speed >= 10 or speed == int(speed) else f"{speed:.2g}"
    return f"1 {unit}/s" if speed == 1 else f"{number} {unit}s/s"


class SpeedControl(QWidget):
    """A slider over SPEEDS with its value in words.

    A speed that is not one of SPEEDS, such as a lesson's, is kept exactly: the slider stands at
    the nearest position, and moves on from the speed itself.
    """

    changed = Signal(object)
    """The speed that was chosen: epochs per second, or None for unlimited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = "epoch"
        self._speed: float | None = None
        self.slider = named(
            QSlider(Qt.Orientation.Horizontal),
            "speed_slider",
            "Epochs per second (Ctrl+Left, Ctrl+Right; Ctrl+Shift+Right is unlimited)",
        )
        self.slider.setRange(0, len(SPEEDS) - 1)
        self.slider.setPageStep(1)
        self.slider.setValue(len(SPEEDS) - 1)
        self.slider.setFixedWidth(scaled(WIDE))
        self.slider.setAccessibleName("Speed")
        self._label = named(QLabel(), "speed_label")
        widest = max((speed_text(speed) for speed in (*SPEEDS, WIDEST)), key=len)
        self._label.setFixedWidth(self._label.fontMetrics().horizontalAdvance(widest) + SPACE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, 0, 0, 0)
        self._caption = QLabel("Speed")
        self._caption.setBuddy(self.slider)
        for widget in (self._caption, self.slider, self._label):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.slider.valueChanged.connect(self._emit_speed)
        self._label.setText(speed_text(self.speed))

    @property
    def speed(self) -> float | None:
        """Epochs per second, or None for unlimited."""
        return self._speed

    def set_unit(self, unit: str) -> None:
        """Show the speed in this unit per second: "epoch" or "phase"."""
        self._unit = unit
        self._label.setText(speed_text(self.speed, unit))

    def set_narrow(self, narrow: bool) -> None:
        """Take less room: a shorter slider without its caption."""
        self._caption.setVisible(not narrow)
        self.slider.setFixedWidth(scaled(NARROW if narrow else WIDE))
        self.updateGeometry()

    def change(self, steps: int) -> None:
        """Choose the speed of SPEEDS that is this many positions away."""
        positions = [math.inf if speed is None else speed for speed in SPEEDS]
        now = math.inf if self._speed is None else self._speed
        below, above = bisect_left(positions, now), bisect_right(positions, now)
        index = above - 1 + steps if steps > 0 else below + steps
        self.set_speed(SPEEDS[min(max(index, 0), len(SPEEDS) - 1)])

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Choose this speed; None is unlimited."""
        self.show_speed(epochs_per_second)
        self.changed.emit(self.speed)  # also if it is the present one: now it was chosen

    def show_speed(self, epochs_per_second: float | None) -> None:
        """Show this speed, which the session has chosen."""
        self._speed = epochs_per_second
        near = None if epochs_per_second is None else nearest_speed(epochs_per_second)
        with QSignalBlocker(self.slider):
            self.slider.setValue(SPEEDS.index(near))
        self._label.setText(speed_text(self.speed, self._unit))

    def _emit_speed(self) -> None:
        self._speed = SPEEDS[self.slider.value()]
        self._label.setText(speed_text(self.speed, self._unit))
        self.changed.emit(self.speed)
