"""Which keys are shortcuts of the window, and which go to the widget that has the focus."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QWidget,
)

from bpviz.ui.toolkit.guard import guard_overrides


@guard_overrides
class FocusKeys(QObject):
    """Leaves Space and the arrows to a focused widget that uses them.

    They are shortcuts of the window, but Space presses a button reached with Tab, and the arrows
    move a slider or the current row of a list.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        QApplication.instance().focusChanged.connect(self._watch)  # type: ignore[union-attr]

    def end(self) -> None:
        """Stop following the focus, before the window closes."""
        QApplication.instance().focusChanged.disconnect(self._watch)  # type: ignore[union-attr]

    def _watch(self, old: QWidget | None, new: QWidget | None) -> None:
        """Filter the events of the focused widget only: filtering all of them slows every frame."""
        for widget in (old, new):
            if widget is not None:
                widget.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override the window's shortcut where the focused widget uses the key."""
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


def focus_buttons_by_tab(widget: QWidget) -> None:
    """Let buttons take the focus by Tab only: after a click, Space is still the key of Run."""
    for button in widget.findChildren(QAbstractButton):
        if button.focusPolicy() == Qt.FocusPolicy.StrongFocus:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
