"""One place for all docks, as tabs, while the window is small for the size of its text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, QObject, QRect, QSize
from PySide6.QtWidgets import QDockWidget, QLayout, QMainWindow

from bpviz.ui.toolkit.drawing.theme import scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.window.shares import RIGHT, Shares, SharesKept

ROOMY = QSize(920, 500)
"""A smaller window has no room for docks at three sides of the centre, px at 100 % text."""

FIRST = "loss"
"""The dock that comes to the front if it was in front before."""


@dataclass(frozen=True, slots=True)
class Roomy:
    """The arrangement of the docks to which the window returns."""

    layout: QByteArray
    shares: SharesKept


@guard_overrides
class Compact(QObject):
    """Moves the docks into one column of tabs beside the centre, and back where they were.

    What the user closes, opens or floats meanwhile stays as it is.
    """

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        shares: Shares,
        is_in_front: Callable[[str], bool],
        version: int,
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._shares = window, docks, shares
        self._is_in_front, self._version = is_in_front, version
        self._before: Roomy | None = None
        window.installEventFilter(self)

    @property
    def roomy(self) -> Roomy:
        """The arrangement of the docks in a window with room for it."""
        return self._before or self._now()

    def forget(self) -> None:
        """The docks are being put elsewhere: there is nothing to return to."""
        self._before = None

    def adapt(self) -> None:
        """Arrange the docks as suits the size of the window."""
        size, window = QSize(scaled(ROOMY.width()), scaled(ROOMY.height())), self._window.size()
        is_small = size.expandedTo(window) != window
        if is_small and self._before is None:
            self._join()
        elif not is_small and self._before is not None:
            self._part(self._before)

    def _now(self) -> Roomy:
        return Roomy(self._window.saveState(self._version), self._shares.kept())

    def _join(self) -> None:
        """Put all docks that do not float into one place."""
        self._before = self._now()
        docked = [key for key, dock in self._docks.items() if not dock.isFloating()]
        hidden = [key for key in docked if self._docks[key].isHidden()]
        fronts = [key for key in docked if self._is_in_front(key)]
        first: QDockWidget | None = None
        layout = self._window.layout()
        assert layout is not None
        usual = layout.sizeConstraint()
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # or the window grows
        for dock in (self._docks[key] for key in dict.fromkeys((*fronts, *docked))):
            if first is None:
                first = dock
                self._window.addDockWidget(RIGHT, dock)
            else:
                self._window.tabifyDockWidget(first, dock)
        for key in hidden:
            self._docks[key].hide()
        self._shares.share_one_place(docked)
        layout.setSizeConstraint(usual)
        for key in sorted(fronts, key=FIRST.__eq__)[-1:]:
            self._docks[key].raise_()

    def _part(self, before: Roomy) -> None:
        """Put all docks back, except those that float now."""
        self._before = None
        fronts = [key for key, dock in self._docks.items() if self._is_in_front(key)]
        hidden = {key: dock.isHidden() for key, dock in self._docks.items()}
        floating = {
            key: QRect(dock.pos(), dock.size())
            for key, dock in self._docks.items()
            if dock.isFloating()
        }
        self._window.restoreState(before.layout, self._version)
        for key, dock in self._docks.items():
            if dock.isFloating() != (key in floating):
                dock.setFloating(key in floating)
            if key in floating:
                dock.setGeometry(floating[key])
            if dock.isHidden() != hidden[key]:
                dock.setHidden(hidden[key])
        self._shares.put_back(before.shares)
        for key in fronts:
            self._docks[key].raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Adapt to a new size of the window or of its text."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self.adapt()
        return False
