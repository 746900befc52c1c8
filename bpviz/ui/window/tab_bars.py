"""The tab bars of docks that share a place, which Qt makes and lays out."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar


def tab_bars(window: QMainWindow) -> list[QTabBar]:
    """The tab bars of docks in the window, in the order in which Qt made them."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return window.findChildren(QTabBar, options=direct)


def show_used_bars(window: QMainWindow, fronts: Iterable[QDockWidget]) -> None:
    """Show one tab bar for each of these docks, which are in front of others; hide the rest.

    When docks come to share a place, or a layout is restored, Qt 6.11 makes two bars and lays out
    only one of them. The other one stays visible where the docks were before. Of two bars at the
    same place the one made last is laid out.
    """
    bars = tab_bars(window)
    used = {_bar_of(dock, bars) for dock in fronts}
    for bar in bars:
        bar.setVisible(bar in used)


def _bar_of(dock: QDockWidget, bars: Iterable[QTabBar]) -> QTabBar | None:
    """The bar with the title of the dock that is nearest to the dock's upper left corner."""
    corner = dock.geometry().topLeft()

    def away(bar: QTabBar) -> int:
        return (bar.geometry().bottomLeft() - corner).manhattanLength()

    found = [bar for bar in bars if dock.windowTitle() in _titles(bar)]
    return min(reversed(found), key=away, default=None)


def _titles(bar: QTabBar) -> list[str]:
    return [bar.tabText(tab) for tab in range(bar.count())]
