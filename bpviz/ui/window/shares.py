"""The share of the window that every dock has, kept whatever happens to the window's size."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from bpviz.ui.toolkit.drawing.theme import scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.tab_bars import show_used_bars, tab_bars

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
TOP, BOTTOM = Qt.DockWidgetArea.TopDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical

SETTING = "shares"
SEPARATOR = 6
"""About the width of the separator between docks and centre, px."""


@dataclass(frozen=True, slots=True)
class Share:
    """Fractions of the room for docks and centre that a dock, with its tabs, takes."""

    width: float
    height: float


SharesKept = tuple[dict[str, Share], dict[str, Qt.DockWidgetArea]]
"""The shares of the docks and their areas."""

ONE_PLACE = Share(0.46, 1.0)
"""The share of docks that all are at one place."""

USUAL = {
    LEFT: Share(0.17, 1.0),
    RIGHT: Share(0.31, 0.5),
    TOP: Share(0.5, 0.3),
    BOTTOM: Share(0.5, 0.4),
}
"""The shares of docks that the user has not changed, by area."""

USABLE = {LEFT: QSize(272, 0), RIGHT: QSize(312, 0), TOP: QSize(0, 184), BOTTOM: QSize(0, 184)}
"""What docks of an area get at least where there is room for it; px at 100 % text."""

CENTRE_WIDTH = 320
"""The width that the centre keeps where there is room for it; px at 100 % text."""


@guard_overrides
class Shares(QObject):
    """Gives every dock in front its share of the window.

    Qt gives all of a change to the centre, and forgets the sizes of docks that had to shrink. Here
    the shares are remembered: they change only when the user drags a separator, and are applied at
    every change of the window's size and after docks are floated, docked, closed or opened. Docks
    in tabs behind the front one report a stale size, so only front ones are measured and resized;
    docks that share a place share its size.
    """

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        is_in_front: Callable[[str], bool],
        centre: QWidget,
    ) -> None:
        super().__init__(window)
        self._centre = centre
        self._window, self._docks, self._is_in_front = window, docks, is_in_front
        self._shares: dict[str, Share] = {}
        self._areas: dict[str, Qt.DockWidgetArea] = {}
        self._moved: set[str] = set()
        self._pressed: dict[str, QSize] | None = None
        self._released = QTimer(self, interval=0, singleShot=True)
        self._released.timeout.connect(self._learn)
        self._settle = QTimer(self, interval=0, singleShot=True)
        self._settle.timeout.connect(self._take_in)
        window.installEventFilter(self)
        centre.installEventFilter(self)
        for key, dock in docks.items():
            dock.topLevelChanged.connect(lambda _, key=key: self._note_move(key))
            dock.dockLocationChanged.connect(lambda _, key=key: self._note_move(key))
            dock.visibilityChanged.connect(lambda _: self._settle.start())

    def settle(self) -> None:
        """Give every dock its share once the docks are where they were put."""
        self._settle.start()

    @property
    def is_unsettled(self) -> bool:
        """Whether something happened to the docks of which no account is taken yet."""
        return self._settle.isActive() or self._released.isActive()

    # -- shares ----------------------------------------------------------------------------

    def reset(self) -> None:
        """Give every dock the usual share of its area."""
        self._areas = {key: self._window.dockWidgetArea(dock) for key, dock in self._docks.items()}
        self._shares = {key: USUAL.get(area, USUAL[RIGHT]) for key, area in self._areas.items()}
        self._moved.clear()
        self.apply()

    def kept(self) -> SharesKept:
        """The shares as they are."""
        return dict(self._shares), dict(self._areas)

    def put_back(self, kept: SharesKept) -> None:
        """Use these shares again, for docks that are back where they were."""
        self._shares, self._areas = dict(kept[0]), dict(kept[1])
        self._moved.clear()
        self.apply()

    def share_one_place(self, keys: Iterable[str]) -> None:
        """Give these docks, which are in tabs at the right, half of the window."""
        for key in keys:
            self._shares[key], self._areas[key] = ONE_PLACE, RIGHT
        self._moved.clear()
        self.apply()

    def apply(self) -> None:
        """Resize the docks in front to their shares."""
        room, fronts = self._room(), self._fronts()
        if not fronts:
            return
        docks = [self._docks[key] for key in fronts]
        for along, sizes in (
            (ACROSS, [round(self._shares[key].width * room.width()) for key in fronts]),
            (DOWN, [round(self._shares[key].height * room.height()) for key in fronts]),
        ):
            sizes = self._usable(fronts, sizes, _extent(room, along), along)
            self._window.resizeDocks(docks, sizes, along)
            if (layout := self._window.layout()) is not None:
                layout.activate()  # now: a frame may be painted before Qt does it
        if self._window.isVisible():
            show_used_bars(self._window, [dock for dock in docks if self._has_mates(dock)])

    @staticmethod
    def save(settings: Settings, kept: SharesKept) -> None:
        """Save these shares."""
        rows = (f"{key}:{s.width:.5f}:{s.height:.5f}" for key, s in kept[0].items())
        settings.set(SETTING, ",".join(rows))

    def restore(self, settings: Settings) -> None:
        """Use the saved shares of docks that are where they were; the others get usual ones."""
        self.reset()
        for row in settings.text(SETTING).split(","):
            key, *numbers = row.split(":")
            try:
                width, height = (min(max(float(number), 0.01), 1.0) for number in numbers)
            except ValueError:
                continue
            if key in self._shares:
                self._shares[key] = Share(width, height)
        self.apply()

    # -- measuring -------------------------------------------------------------------------

    def _room(self) -> QSize:
        """The room for docks and centre: the window without its bars."""
        window = self._window
        centre = window.centralWidget()
        if window.isVisible() and centre is not None:
            room = centre.geometry()
            for key in self._fronts():
                rect = self._docks[key].geometry()
                if window.rect().contains(rect):  # else Qt has not placed it yet
                    room = room.united(rect)
            return room.size()
        bars = [bar for bar in window.findChildren(QToolBar) if not bar.isHidden()]
        rows = {window.toolBarArea(bar): bar.sizeHint().height() for bar in bars}
        taken = window.menuBar().sizeHint().height() + window.statusBar().sizeHint().height()
        return QSize(window.width(), max(window.height() - taken - sum(rows.values()), 1))

    def _fronts(self) -> list[str]:
        """The docks that are in front at their places in the window."""
        return [
            key
            for key, dock in self._docks.items()
            if not dock.isFloating() and not dock.isHidden() and self._is_in_front(key)
        ]

    def _has_mates(self, dock: QDockWidget) -> bool:
        """Whether other docks share the place of this one."""
        return bool(self._window.tabifiedDockWidgets(dock))

    def _mates(self, key: str) -> list[str]:
        """The docks that share the place of this one."""
        mates = self._window.tabifiedDockWidgets(self._docks[key])
        return [other for other, dock in self._docks.items() if dock in mates]

    def _sizes(self) -> dict[str, QSize]:
        """The sizes of the docks in front, with their tabs."""
        sizes = {}
        for key in self._fronts():
            tabs = self._tab_height() if self._has_mates(self._docks[key]) else 0
            sizes[key] = self._docks[key].size() + QSize(0, tabs)
        return sizes

    def _tab_height(self) -> int:
        heights = (bar.height() for bar in tab_bars(self._window) if bar.isVisible())
        return max(heights, default=0)

    def _usable(
        self, fronts: list[str], sizes: list[int], room: int, along: Qt.Orientation
    ) -> list[int]:
        """These sizes, but at least what is usable; if that is too much, all give way."""
        sides = (LEFT, RIGHT) if along == ACROSS else (TOP, BOTTOM)
        areas = [self._areas[key] for key in fronts]
        least = [scaled(_extent(USABLE.get(area, QSize(0, 0)), along)) for area in areas]
        wanted = [max(size, usable) for size, usable in zip(sizes, least, strict=True)]

        places = [_start(self._docks[key].geometry(), along) for key in fronts]

        def taken(sizes: list[int]) -> int:
            """What the docks at both sides take of the room: their columns, or rows."""
            columns: dict[tuple[Qt.DockWidgetArea, int], int] = {}
            for size, area, place in zip(sizes, areas, places, strict=True):
                if area in sides:
                    columns[area, place] = max(size, columns.get((area, place), 0))
            return sum(columns.values())

        centre = self._centre_need(along) + SEPARATOR
        spare, most, fewest = room - centre, taken(wanted), taken(least)
        if most <= spare:
            return wanted
        if fewest <= spare:  # only what is more than usable gives way
            part = (spare - fewest) / (most - fewest)
            given = [low + (high - low) * part for low, high in zip(least, wanted, strict=True)]
        else:
            given = [low * room / (fewest + centre) for low in least]
        return [
            round(new) if area in sides else old
            for new, old, area in zip(given, wanted, areas, strict=True)
        ]

    def _centre_need(self, along: Qt.Orientation) -> int:
        """What the centre keeps where there is room for it."""
        if along == ACROSS:
            return scaled(CENTRE_WIDTH)
        centre, layout = self._window.centralWidget(), self._centre.layout()
        if centre is None or layout is None or not layout.hasHeightForWidth():
            return self._centre.minimumSizeHint().height()
        return layout.minimumHeightForWidth(centre.width())

    # -- changes ---------------------------------------------------------------------------

    def _note_move(self, key: str) -> None:
        self._moved.add(key)
        self._settle.start()

    def _take_in(self) -> None:
        """Docks were moved, closed or opened: those at new places get a share, all are resized."""
        moved, self._moved = self._moved, set()
        for key in moved:
            dock = self._docks[key]
            area = self._window.dockWidgetArea(dock)
            if dock.isFloating() or area == Qt.DockWidgetArea.NoDockWidgetArea:
                continue
            settled = [mate for mate in self._mates(key) if mate not in moved]
            if settled:
                self._shares[key] = self._shares[settled[0]]
            elif area != self._areas[key]:
                self._shares[key] = USUAL[area]
            self._areas[key] = area
        if self._window.isVisible():
            self.apply()

    def _learn(self) -> None:
        """Sizes that differ since the mouse was pressed are those of a dragged separator: keep."""
        before, self._pressed = self._pressed, None
        now, room = self._sizes(), self._room()
        if before is None or now == before or now.keys() != before.keys():
            return
        for key, size in now.items():
            share = Share(size.width() / room.width(), size.height() / room.height())
            for each in (key, *self._mates(key)):
                self._shares[each] = share

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what the mouse does to the separators, which are no widgets: they are the window's.

        Qt moves them after this filter, and with a timer.
        """
        if watched is self._centre:
            if event.type() == QEvent.Type.LayoutRequest:  # a message comes or goes
                self._settle.start()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._sizes()
        elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            self._released.start()
        elif event.type() == QEvent.Type.Resize:
            self.apply()  # Qt has laid the docks out for the new size already
        return False


def _start(place: QRect, along: Qt.Orientation) -> int:
    return place.x() if along == ACROSS else place.y()


def _extent(size: QSize, along: Qt.Orientation) -> int:
    return size.width() if along == ACROSS else size.height()
