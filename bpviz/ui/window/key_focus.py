"""Which keys are the window's own, and which are those of the widget that has the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QWidget,
)


class FocusKeys(QObject):
    """Leaves keys to the widget that has the focus where it needs them itself.

    Space and the arrows are the window's keys, but a button reached with Tab is pressed with
    Space, and a list or slider is moved with the arrows.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        QApplication.instance().focusChanged.connect(self._watch)  # type: ignore[union-attr]

    def end(self) -> None:
        """Watch no longer: the window closes."""
        QApplication.instance().focusChanged.disconnect(self._watch)  # type: ignore[union-attr]

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        """Filter the events of the focused widget only: a filter on all costs every frame."""
        for widget in (old, new):
            if widget is not None:
                widget.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the window's shortcuts from what the focused widget does with a key."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(watched, QWidget):
            key = event.key()  # type: ignore[attr-defined]
            space = key == Qt.Key.Key_Space and isinstance(watched, QAbstractButton)
            arrow = key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and isinstance(
                watched, QAbstractSlider | QAbstractItemView
            )
            if space or arrow:
                event.accept()
                return True
        return False


def leave_space(widget: QWidget) -> None:
    """A click on a button must not take Space away from Run; Tab may."""
    for button in widget.findChildren(QAbstractButton):
        if button.focusPolicy() == Qt.FocusPolicy.StrongFocus:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
