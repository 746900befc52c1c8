"""The mouse as a test moves it."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def move_mouse(qtbot: QtBot, widget: QWidget, place: QPoint) -> None:
    """Move the mouse to a place of a widget, by way of its neighbour.

    The mouse may lie at the place already, from an earlier test or from before a layout had
    settled: a move to where it is sends no event.
    """
    qtbot.mouseMove(widget, place + QPoint(1, 1))
    qtbot.mouseMove(widget, place)
