"""The base of every widget that shows frames: views, panels and strips."""

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import report
from bpviz.ui.toolkit.widgets.naming import named


class FrameWidget(QWidget):
    """A widget that shows the run at one instant and never changes the model.

    ``key`` is part of its object name (``panel_<key>``); ``title`` and ``about`` are its
    accessible name and description. When a frame's ``setup`` is another object than that of the
    frame before, settings have changed; when its network is another object, a new run has begun.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]

    pattern_selected = Signal(int)
    """The row number of the training pattern that the user chose here."""

    choices_changed = Signal()
    """The user changed what is shown or how, and with it perhaps ``snapshot_request``."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self.theme = theme
        self._failure: QLabel | None = None
        self.setObjectName(f"panel_{self.key}")
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.about)

    def snapshot_request(self) -> SnapshotRequest:
        """What the next snapshot must hold for this widget."""
        return SnapshotRequest()

    def try_frame(self, frame: Frame) -> None:
        """Show this instant, or a sentence over the widget if that raises an exception.

        A widget that fails costs itself only: the others show the frame, and with the next one
        it is tried again.
        """
        try:
            self.show_frame(frame)
        except Exception as error:
            report(error, f"{type(self).__name__}.show_frame")
            self._cover(f"{self.title} cannot show this: {type(error).__name__}: {error}"[:300])
        else:
            if self._failure is not None:
                self._failure.hide()

    def try_request(self) -> SnapshotRequest:
        """What the next snapshot must hold; nothing if the widget cannot say."""
        try:
            return self.snapshot_request()
        except Exception as error:
            report(error, f"{type(self).__name__}.snapshot_request")
            return SnapshotRequest()

    def _cover(self, sentence: str) -> None:
        if self._failure is None:
            self._failure = named(QLabel(self), f"failure_{self.key}")
            self._failure.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._failure.setWordWrap(True)
            self._failure.setAutoFillBackground(True)
        self._failure.setText(sentence)
        self._failure.setGeometry(self.rect())
        self._failure.raise_()
        self._failure.show()

    def show_frame(self, frame: Frame) -> None:
        """Show this instant. Called at most once per frame, while the widget is visible."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme."""
        self.theme = theme

    def select_pattern(self, row: int) -> None:
        """Show this training pattern, in a widget that shows a single one."""
