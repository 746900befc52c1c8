"""Epoch, error and share right for the toolbar; state, engine and speed for the status bar."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStatusBar,
    QWidget,
)

from bpviz.core.text.number_words import number_text, percent
from bpviz.session.frame import Frame
from bpviz.session.status import Status
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.widgets.elided_text import Figure
from bpviz.ui.toolkit.widgets.naming import named

WORDS = {
    "empty": "No experiment",
    "loading": "Loading…",
    "paused": "Paused",
    "running": "Training",
    "stepping": "Stepping",
    "finished": "Finished",
    "failed": "Stopped by an error",
}


BUSY_DELAY = 200
"""Milliseconds after which loading is shown, with a button to cancel it."""


class StatusReadouts:
    """Labels for a toolbar (``counters``) and a status bar, filled from frames.

    Every label keeps the width of its widest text, so that nothing moves while training.
    """

    def __init__(self) -> None:
        self.counters = named(QWidget(), "counters")
        self.counters.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self.counters)
        self._row.setContentsMargins(0, 0, SPACE, 0)
        self._row.setSpacing(SPACE)
        self._row.addStretch(1)
        self._captions: list[QLabel] = []
        self._epoch = self._counter("epoch", "Epoch", "0,000,000,000")
        self._error = self._counter("error", "Error E", "0.0000×10⁻⁰⁰")
        self._shares = QWidget()
        self._shares.setMinimumWidth(1)  # or the window could not become narrower than with them
        self._row.addWidget(self._shares)
        self._row = QHBoxLayout(self._shares)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        self._right = self._counter("right", "Right", "> 99.9 %")
        self._test = self._counter("test_right", "Test", "> 99.9 %")
        self._state = named(QLabel(), "status_state")
        self._busy = named(QProgressBar(), "status_busy", "Loading")
        self._busy.setFixedSize(10 * SPACE, 12)
        self._busy.setTextVisible(False)
        self.cancel = named(QPushButton("Cancel"), "status_cancel", "Keep the present experiment")
        self._engine = named(QLabel(), "status_engine")
        self._busy_delay = QTimer(self.counters, singleShot=True, interval=BUSY_DELAY)
        self._busy_delay.timeout.connect(lambda: self._show_busy(True))
        self._speed = named(
            Figure("9,999,999 epochs/s", align=Qt.AlignmentFlag.AlignRight), "status_speed"
        )

    def fill(self, bar: QStatusBar) -> None:
        """Put the labels of the status bar into it."""
        bar.addWidget(self._state)
        bar.addWidget(self._busy)
        bar.addWidget(self.cancel)
        self._set_busy(False)
        bar.addPermanentWidget(self._engine)
        bar.addPermanentWidget(self._speed)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for caption in self._captions:
            caption.setStyleSheet(f"color: {theme.muted}")

    def show_shares(self, shown: bool) -> None:
        """Show or hide the shares of right answers; epoch and error are always shown."""
        self._shares.setVisible(shown)
        self.counters.updateGeometry()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of this instant."""
        record, setup = frame.snapshot.record, frame.setup
        patterns = setup.patterns
        self._epoch.setText(f"{frame.snapshot.epoch:,}")
        self._error.setText(number_text(record.train_error))
        per_pattern = number_text(record.train_error / len(patterns.train))
        self._error.setToolTip(
            f"E summed over {len(patterns.train):,} training patterns and all output units; "
            f"{per_pattern} per pattern"
        )
        self._right.setText(percent(record.train_right))
        self._test.setText(percent(record.test_right))
        speed = frame.epochs_per_second
        self._speed.setText(f"{number_text(speed)} epochs/s" if speed else "")
        reduction = {"sum": "summed", "mean": "averaged"}[setup.experiment.training.reduction]
        _set_text(
            self._engine,
            f"seed {setup.experiment.seed:,}  ·  gradients {reduction}  ·  engine {frame.engine}",
        )

    def show_status(self, status: Status) -> None:
        """Show what the training thread is doing."""
        self._state.setText(WORDS[status.state])
        self._set_busy(status.state == "loading")
        # A bar from 0 to 0 moves all the time: the duration is not known.
        self._busy.setRange(0, 0 if status.share is None else 100)
        self._busy.setValue(int(100 * (status.share or 0.0)))

    def _set_busy(self, busy: bool) -> None:
        # Most experiments load at once; a bar would only flash.
        if not busy:
            self._busy_delay.stop()
            self._show_busy(False)
        elif self._busy.isHidden() and not self._busy_delay.isActive():
            self._busy_delay.start()

    def _show_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        self.cancel.setVisible(busy)

    def _counter(self, name: str, caption: str, widest: str) -> Figure:
        label = QLabel(caption)
        value = named(Figure(widest, bold=True), f"counter_{name}")
        value.setText("–")
        value.setAccessibleName(caption)
        self._captions.append(label)
        self._row.addWidget(label)
        self._row.addWidget(value)
        return value


def _set_text(label: QLabel, text: str) -> None:
    """Set a text if it differs: setting it again would lay the window out again."""
    if text != label.text():
        label.setText(text)
