"""The training speed: a slider from one epoch per second to as fast as possible."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from bpviz.session.commands import MOST_PHASES
from bpviz.session.scheduling.start_speed import SPEEDS, nearest_speed
from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.widgets.naming import named

WIDE, NARROW = 14 * SPACE, 9 * SPACE
"""Widths of the slider, px at 100 % text."""


def speed_text(speed: float | None, unit: str = "epoch") -> str:
    """'10 epochs/s', or 'unlimited'; '2 phases/s' if the unit is a phase."""
    if unit == "phase":
        speed = min(speed or MOST_PHASES, MOST_PHASES)
    if speed is None:
        return "unlimited"
    return f"1 {unit}/s" if speed == 1 else f"{speed:,.0f} {unit}s/s"


class SpeedControl(QWidget):
    """A slider over SPEEDS with its value in words."""

    changed = Signal(object)
    """The speed that was chosen: epochs per second, or None for unlimited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = "epoch"
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
        widest = max((speed_text(speed) for speed in SPEEDS), key=len)
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
        position: int = self.slider.value()
        return SPEEDS[position]

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
        """Choose the speed that is this many positions away."""
        self.slider.setValue(self.slider.value() + steps)

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Choose the position that is nearest to this speed; None is unlimited."""
        self.show_speed(epochs_per_second)
        self.changed.emit(self.speed)  # also if it is the present one: now it was chosen

    def show_speed(self, epochs_per_second: float | None) -> None:
        """Show the position that is nearest to this speed, which the session has chosen."""
        speed = None if epochs_per_second is None else nearest_speed(epochs_per_second)
        with QSignalBlocker(self.slider):
            self.slider.setValue(SPEEDS.index(speed))
        self._label.setText(speed_text(self.speed, self._unit))

    def _emit_speed(self) -> None:
        self._label.setText(speed_text(self.speed, self._unit))
        self.changed.emit(self.speed)
