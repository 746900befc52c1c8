"""The menu of the tables that were opened last."""

import os
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from bpviz.core.values import isolated, shortened
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.naming import plain_tip

KEY = "recent_tables"
MOST = 10
"""The number of tables that are remembered."""


class RecentTables(QMenu):
    """Up to ten tables, the last one first; remembered in the settings."""

    chosen = Signal(str)
    """The path of a table."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("Recent &tables")
        self._settings = settings
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self._enable()

    @property
    def paths(self) -> list[str]:
        """The paths, the last opened first."""
        return [path for path in self._settings.text(KEY).split("\n") if path]

    def note(self, path: str) -> None:
        """Remember a table that was opened."""
        path = os.path.abspath(path)
        paths = [path, *(other for other in self.paths if other != path)]
        self._settings.set(KEY, "\n".join(paths[:MOST]))
        self._settings.save()
        self._enable()

    def _enable(self) -> None:
        self.menuAction().setEnabled(bool(self.paths))

    def _fill(self) -> None:
        self.clear()
        for path in self.paths:
            folder = shortened(str(Path(path).parent))
            text = f"{isolated(shortened(Path(path).name))}  ({isolated(folder)})".replace(
                "&", "&&"
            )
            action = self.addAction(text)
            action.setToolTip(plain_tip(path))
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
