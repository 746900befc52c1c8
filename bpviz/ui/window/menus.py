"""The timeline below and the menus, filled from the table of actions."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from bpviz.ui.panels.table import PICTURED
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import ACTIONS, Actions
from bpviz.ui.window.docks import Docks
from bpviz.ui.window.toolbar import make_bar


def add_timeline(window: QMainWindow, timeline: QWidget) -> None:
    """Add the bar of the timeline at the bottom."""
    bar = make_bar("Timeline", "toolbar_timeline", window)
    bar.addWidget(timeline)
    window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bar)


def add_menus(
    window: QMainWindow,
    actions: Actions,
    docks: Docks,
    copy_view: Callable[[str], None],
    recent: QMenu,
    recent_runs: QMenu,
) -> None:
    """Add the menus; ``copy_view`` copies the picture of the view or panel of a key.

    ``recent`` is the menu of tables opened before, ``recent_runs`` that of earlier runs.
    """
    menus: dict[str, QMenu] = {}
    for row in ACTIONS:
        menu = menus.get(row.menu) or menus.setdefault(row.menu, window.menuBar().addMenu(row.menu))
        menu.addAction(actions[row])
    menus["&File"].insertMenu(actions.data, recent)
    menus["&Training"].insertMenu(actions.race, recent_runs)
    _add_copies(menus["&File"], actions.copy_window, copy_view)
    _add_docks(menus["&View"], docks, actions.theme_system)
    menus["&View"].insertSeparator(actions.reset_layout)


def _add_copies(menu: QMenu, before: QAction, copy_view: Callable[[str], None]) -> None:
    copies = QMenu("&Copy picture", menu)
    for row in (*(view.part for view in VIEWS.values()), *PICTURED):
        action = copies.addAction(f"Copy picture of: {row.title}")
        action.setObjectName(f"action_copy_{row.key}")
        action.triggered.connect(lambda _=False, key=row.key: copy_view(key))
    menu.insertMenu(before, copies)


def _add_docks(menu: QMenu, docks: Docks, before: QAction) -> None:
    for dock in docks.by_key.values():
        menu.insertAction(before, dock.toggleViewAction())
    menu.insertSeparator(before)


def connect_themes(
    actions: Actions, settings: Settings, parent: QWidget, chosen: Callable[[str], None]
) -> None:
    """Make the actions of the themes exclusive; ``chosen`` is called with a theme's name."""
    themes = QActionGroup(parent)
    for name, action in {
        "system": actions.theme_system,
        "light": actions.theme_light,
        "dark": actions.theme_dark,
    }.items():
        action.setCheckable(True)
        action.setChecked(name == settings.text("theme", "system"))
        action.triggered.connect(lambda _=False, name=name: chosen(name))
        themes.addAction(action)
