"""The window's bars: the toolbar, the timeline below, and the menus, filled from the actions."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import ACTIONS
from bpviz.ui.window.docks import Docks

if TYPE_CHECKING:
    from bpviz.ui.window.main_window import MainWindow


def add_bars(window: "MainWindow") -> None:
    """Give a window its toolbar, its timeline and its status bar."""
    window.addToolBar(_toolbar(window))
    strip = _bar("Timeline", "toolbar_timeline", window)
    strip.addWidget(window.travel.timeline)
    window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, strip)
    window.readouts.fill(window.statusBar())


def _bar(title: str, name: str, window: "MainWindow") -> QToolBar:
    bar = QToolBar(title, window)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    return bar


def _toolbar(window: "MainWindow") -> QToolBar:
    bar = _bar("Training", "toolbar", window)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for row in ACTIONS:
        if row.toolbar:
            bar.addAction(window.actions_by_name[row.name])
        if row.name == "step":
            bar.addWidget(window.travel.grain_box)
    for name in ("back", "play_slowly", "new_seed"):  # room for the rest
        button = bar.widgetForAction(window.actions_by_name[name])
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    run_button = bar.widgetForAction(window.actions_by_name["run"])
    width = run_button.fontMetrics().horizontalAdvance("Pause") + 6 * SPACE
    run_button.setFixedWidth(width)  # "Run" and "Pause" must not move what follows
    bar.addSeparator()
    bar.addWidget(window.speed)
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    bar.addWidget(window.readouts.counters)
    return bar


def add_menus(window: "MainWindow", docks: Docks) -> None:
    """Give a window its menus."""
    menus: dict[str, QMenu] = {}
    for row in ACTIONS:
        menu = menus.get(row.menu) or menus.setdefault(row.menu, window.menuBar().addMenu(row.menu))
        menu.addAction(window.actions_by_name[row.name])
    _add_copies(window, menus["&File"])
    _add_themes(window)
    before = window.actions_by_name["theme_system"]
    _add_docks(menus["&View"], docks, before)
    menus["&View"].insertSeparator(window.actions_by_name["reset_layout"])


def _add_copies(window: "MainWindow", menu: QMenu) -> None:
    copies = QMenu("&Copy picture", menu)
    for row in VIEWS.values():
        action = copies.addAction(f"Copy picture of: {row.title}")
        action.setObjectName(f"action_copy_{row.key}")
        action.triggered.connect(lambda _=False, key=row.key: window.sharing.copy(window.view(key)))
    menu.insertMenu(window.actions_by_name["copy_window"], copies)


def _add_themes(window: "MainWindow") -> None:
    themes = QActionGroup(window)
    for name in ("system", "light", "dark"):
        action = window.actions_by_name[f"theme_{name}"]
        action.setCheckable(True)
        action.setChecked(name == window.settings.text("theme", "system"))
        action.triggered.connect(lambda _=False, name=name: window.choose_theme(name))
        themes.addAction(action)


def _add_docks(menu: QMenu, docks: Docks, before: QAction) -> None:
    for dock in docks.by_key.values():
        menu.insertAction(before, dock.toggleViewAction())
    menu.insertSeparator(before)
