"""The size and place in which the window opens: always inside the screen's available area."""

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.drawing.theme import scaled

USUAL = QSize(1280, 800)
"""The size in which everything has room, px at 100 % text."""

SHARE = 0.75
"""The window opens with this fraction of both sides of a large screen."""

FRAME = QSize(12, 40)
"""Room for the title bar and borders, which the window system adds, px."""


def open_inside(window: QWidget, saved: QByteArray, available: QRect) -> None:
    """Give the window its saved size and place, or else the usual size; before it is shown.

    On a screen that is too small for the usual size the window is maximized. A saved size or
    place beyond the screen is brought inside.
    """
    if saved.isEmpty() or not window.restoreGeometry(saved):
        usual = QSize(scaled(USUAL.width()), scaled(USUAL.height()))
        room = available.size() - FRAME
        window.resize(usual.expandedTo(available.size() * SHARE).boundedTo(room))
        if not _fits(usual, room):
            window.setWindowState(Qt.WindowState.WindowMaximized)
    elif not window.isMaximized() and not window.isFullScreen():
        window.setGeometry(inside(window.geometry(), available))


def inside(window: QRect, available: QRect) -> QRect:
    """The window's rectangle made smaller and moved so that it, with its frame, is inside."""
    border, title = FRAME.width() // 2, FRAME.height() - FRAME.width() // 2
    room = available.adjusted(border, title, -border, -border)
    placed = QRect(window.topLeft(), window.size().boundedTo(room.size()))
    placed.moveRight(min(placed.right(), room.right()))
    placed.moveBottom(min(placed.bottom(), room.bottom()))
    placed.moveLeft(max(placed.left(), room.left()))
    placed.moveTop(max(placed.top(), room.top()))
    return placed


def _fits(size: QSize, room: QSize) -> bool:
    return size.width() <= room.width() and size.height() <= room.height()
