"""The hands of a person: keys and mouse buttons go down and up again on a window.

QTest's own keyClick and mouseClick crash if what goes down closes the window. A person whose window
is gone lets go of nothing, and the next window is another one.
"""

from typing import Any

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def handle_of(widget: QWidget) -> Any:
    """The window of a widget; None if there is none any more."""
    return widget.window().windowHandle() if shiboken6.isValid(widget) else None


def press_key(
    widget: QWidget,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    in_window: bool = False,
) -> None:
    """Press a key and let it go: in this widget, or in its window, where what has the focus gets
    it.

    QTest's functions for windows are not used: with a modifier they process events in between, and
    crash if these close the window.
    """
    for act in (QTest.keyPress, QTest.keyRelease):
        if handle_of(widget) is not None:
            act((widget.window().focusWidget() or widget) if in_window else widget, key, modifiers)


def click(
    widget: QWidget, point: QPoint, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    """Press and let go a mouse button at a point of the widget's window."""
    for act in (QTest.mouseMove, QTest.mousePress, QTest.mouseRelease):
        if (handle := handle_of(widget)) is None:
            return
        if act is QTest.mouseMove:
            act(handle, point)
        else:
            act(handle, button, modifiers, point)


def drag(widget: QWidget, points: list[QPoint]) -> None:
    """Press the left button at the first of these points of the widget's window, and let it go at
    the last one."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for place, point in enumerate(points):
        if (handle := handle_of(widget)) is None:
            return
        if place == 0:
            QTest.mousePress(handle, left, none, point)
        else:
            QTest.mouseMove(handle, point)
    if (handle := handle_of(widget)) is not None:
        QTest.mouseRelease(handle, left, none, points[-1])
