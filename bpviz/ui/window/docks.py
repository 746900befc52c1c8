"""The docks around the network: where they are at first, and their shares of the window."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QLayout,
    QMainWindow,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.scrolling import Scrolling
from bpviz.ui.toolkit.widgets.table_style import tool_button
from bpviz.ui.window.compact import Compact
from bpviz.ui.window.shares import BOTTOM, LEFT, RIGHT, Shares
from bpviz.ui.window.tab_bars import tab_bars

CENTRE = "network"
"""The key of the view in the centre of the window, which has no dock."""


@dataclass(frozen=True, slots=True)
class DockPlace:
    """Where a dock is at first: an area of the window, and the key of the dock in front of it."""

    area: Qt.DockWidgetArea
    behind: str = ""


PLACES = {
    "experiment": DockPlace(LEFT),
    "lesson": DockPlace(LEFT, "experiment"),
    # Over the epochs.
    "loss": DockPlace(RIGHT),
    "trajectory": DockPlace(RIGHT, "loss"),
    # Inside the network.
    "activations": DockPlace(RIGHT),
    "hidden_space": DockPlace(RIGHT, "activations"),
    "responses": DockPlace(RIGHT, "activations"),
    "weights": DockPlace(RIGHT, "activations"),
    # Outputs, and the panels of single units, weights and patterns.
    "output": DockPlace(BOTTOM),
}
"""Key of a panel or view -> its place at first."""

ELSEWHERE = DockPlace(BOTTOM, "output")
"""The place of docks without a row above."""


def is_in_front(key: str) -> bool:
    """Whether a panel or view is visible at first: in the centre, or in front of other docks."""
    return key == CENTRE or not PLACES.get(key, ELSEWHERE).behind


TABS = """
QTabBar::tab {{ padding: 4px 7px 3px 7px; color: {muted}; border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
"""
"""Narrower tabs than the style's own, so that names fit where many docks share a place."""

LAYOUT_VERSION = 3
"""Incremented when docks are renamed: layouts saved by other versions are not restored."""

PANEL_WIDTH = 272
"""The width of what is docked at the left at first, px at 100 % text."""

FLOATING = QSize(760, 520)
"""A view that becomes a window of its own is at least so large, px at 100 % text."""

DRAGGED_MS = 100
"""Ms after which it is looked again whether a dock is still dragged."""

WIDE_ENOUGH = 1180
"""The width of a window that has room for two docks side by side at the left, px at 100 % text."""

MOST_NEEDED = QSize(272, 120)
"""A dock can be made as small as this, whatever is in it; what is larger scrolls."""


class Docks:
    """The docks of a main window, by key. Each is empty until ``fill``.

    ``need`` is called with the key of a dock that becomes visible, to fill it if it is empty.
    """

    def __init__(
        self,
        window: QMainWindow,
        centre: QWidget,
        titles: Mapping[str, str],
        need: Callable[[str], None],
    ) -> None:
        self._window = window
        self._need = need
        self._tabs = ""
        self._is_placing = False
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.by_key = {key: self._dock(key, title) for key, title in titles.items()}
        self._allowed: Collection[str] = tuple(titles)

        def in_front(key: str) -> bool:
            return self._content(key).in_front

        self.shares = Shares(window, self.by_key, in_front, centre)
        self._compact = Compact(window, self.by_key, self.shares, in_front, LAYOUT_VERSION)

    def fill(self, key: str, widget: QWidget) -> None:
        """Put a widget into a dock."""
        if PLACES.get(key, ELSEWHERE).area == LEFT:
            widget.setMinimumWidth(scaled(PANEL_WIDTH))
        self._content(key).fill(widget)

    def take(self, key: str) -> QWidget:
        """Take the widget out of a dock, which stays where it is until it is filled again."""
        return self._content(key).take()

    def show_only(self, keys: Collection[str], *, open_: bool) -> None:
        """Hide the docks of all other keys, also in the menu; ``open_``: open those of these keys.

        Docks that were in front stay there.
        """
        in_front = [key for key in self.by_key if self._content(key).in_front]
        self._allowed = keys
        for key, dock in self.by_key.items():
            dock.toggleViewAction().setVisible(key in keys)
            if key not in keys:
                dock.hide()
            elif open_:
                dock.show()
        if open_:
            for key in (*filter(is_in_front, keys), *in_front):
                if key in keys:
                    self.by_key[key].raise_()

    def place(self) -> None:
        """Put every dock at its first place; those that ``show_only`` hides stay hidden."""
        self._place()
        if self._window.isVisible():  # else at the first event of its size
            self._compact.adapt()

    def _place(self) -> None:
        self._compact.forget()
        self._is_placing = True
        for key, dock in self.by_key.items():
            place = PLACES.get(key, ELSEWHERE)
            dock.setFloating(False)
            self._window.addDockWidget(place.area, dock)
            if place.behind:
                self._window.tabifyDockWidget(self.by_key[place.behind], dock)
            dock.show()
        self._is_placing = False
        for key, dock in self.by_key.items():
            self._content(key).show_content(is_in_front(key))
            if is_in_front(key):
                dock.raise_()
        self.show_only(self._allowed, open_=False)
        self.shares.reset()

    def restore(self, settings: Settings) -> None:
        """Put the docks where they were when saved, or at their first places."""
        self._place()
        if not (saved := settings.data("state")).isEmpty():
            self._window.restoreState(saved, LAYOUT_VERSION)
        self.shares.restore(settings)

    def save(self, settings: Settings) -> None:
        """Save the places of the docks."""
        settings.set_data("geometry", self._window.saveGeometry())
        roomy = self._compact.roomy
        settings.set_data("state", roomy.layout)
        self.shares.save(settings, roomy.shares)

    def bring(self, key: str) -> None:
        """Show a dock in front of those that share its place."""
        if key in self.by_key:
            self._need(key)
            self.by_key[key].show()
            self.by_key[key].raise_()

    def toggle_beside(self, key: str, other: str) -> None:
        """Put a dock beside another one, or behind it and in front if it is there already.

        Where the window is too narrow for both, it is put below.
        """
        dock, mate = self.by_key[key], self.by_key[other]
        for each in (mate, dock):
            each.setFloating(False)
            each.show()
        together = dock in self._window.tabifiedDockWidgets(mate)
        if together:
            wide = self._window.width() >= scaled(WIDE_ENOUGH)
            across = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
            self._window.addDockWidget(self._window.dockWidgetArea(mate), dock)
            self._window.splitDockWidget(mate, dock, across)
        else:
            self._window.tabifyDockWidget(mate, dock)
            dock.raise_()
        self.shares.settle()

    def screen_place(self, key: str) -> QRect | None:
        """Where on the screen a dock is; None if it is hidden or behind another one."""
        dock = self.by_key[key]
        if not dock.isVisible() or not self._content(key).in_front:
            return None
        return QRect(dock.mapToGlobal(QPoint(0, 0)), dock.size())

    def in_front_beside(self, key: str) -> str | None:
        """The key of the dock in front at the place of this one; None if this one is closed."""
        dock = self.by_key[key]
        if dock.isHidden():
            return None
        if self._content(key).in_front:
            return key
        sharing = self._window.tabifiedDockWidgets(dock)
        found = (k for k, d in self.by_key.items() if d in sharing and self._content(k).in_front)
        return next(found, None)

    def _content(self, key: str) -> "_Content":
        content = self.by_key[key].widget()
        assert isinstance(content, _Content)
        return content

    def _dock(self, key: str, title: str) -> QDockWidget:
        dock = named(QDockWidget(title, self._window), f"dock_{key}")
        content = _Content(key)
        content.maximise.clicked.connect(lambda: self._maximise(key))
        dock.setWidget(content)
        dock.toggleViewAction().setObjectName(f"action_show_{key}")
        dock.toggleViewAction().triggered.connect(lambda shown: dock.raise_() if shown else None)
        dock.topLevelChanged.connect(lambda floating: self._note_floating(key, floating))
        dock.visibilityChanged.connect(content.show_content)
        dock.visibilityChanged.connect(lambda seen: self._become_visible(key) if seen else None)
        dock.visibilityChanged.connect(self._style_tabs)
        return dock

    def _become_visible(self, key: str) -> None:
        if self._window.isVisible():  # while docks are placed, Qt reports all of them as visible
            self._need(key)

    def _note_floating(self, key: str, floating: bool) -> None:
        """Enlarge a view that becomes a window; bring one that comes back to the front."""
        self._content(key).show_floating(floating)
        if self._is_placing or not self._window.isVisible():
            return
        dock = self.by_key[key]
        if floating:
            self._enlarge(dock)
        else:
            QTimer.singleShot(0, dock, dock.raise_)  # once it has its place

    def _enlarge(self, dock: QDockWidget) -> None:
        """Give a window its least size on its screen, once the mouse does not drag it any more."""
        if not dock.isFloating():
            return
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            QTimer.singleShot(DRAGGED_MS, dock, lambda: self._enlarge(dock))
            return
        room = dock.screen().availableGeometry()
        least = QSize(scaled(FLOATING.width()), scaled(FLOATING.height()))
        place = QRect(dock.pos(), dock.size().expandedTo(least).boundedTo(room.size()))
        place.moveRight(min(place.right(), room.right()))
        place.moveBottom(min(place.bottom(), room.bottom()))
        place.moveTopLeft(QPoint(max(place.x(), room.x()), max(place.y(), room.y())))
        dock.setGeometry(place)

    def _maximise(self, key: str) -> None:
        """Let a window fill its screen, or give it its size back: Qt's have no button for it."""
        dock, content = self.by_key[key], self._content(key)
        before, frame, now = content.restored, dock.frameGeometry(), dock.geometry()
        content.show_maximised(now if before is None else None)
        if before is not None:
            dock.setGeometry(before)
            return
        room = dock.screen().availableGeometry()
        dock.setGeometry(
            room.adjusted(
                now.left() - frame.left(), now.top() - frame.top(),
                now.right() - frame.right(), now.bottom() - frame.bottom(),
            )
        )  # fmt: skip

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._tabs = TABS.format(muted=theme.muted, text=theme.text, accent=theme.accent)
        self._style_tabs()

    def _style_tabs(self) -> None:
        """Style the tab bars, which Qt makes whenever docks come to share a place."""
        for bar in tab_bars(self._window):
            if bar.styleSheet() != self._tabs:
                bar.setStyleSheet(self._tabs)
                bar.setElideMode(Qt.TextElideMode.ElideNone)  # scroll instead of eliding names
                bar.setUsesScrollButtons(True)


@guard_overrides
class _Content(QWidget):
    """The widget of a dock: it hides its own content while the dock is behind another one.

    Qt moves such a dock off screen but leaves its widget visible. Hidden content is not drawn,
    and gets a show event when the dock comes to the front. The dock's widget itself is not
    hidden, because then the docks that share its place could not grow.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self._content: QWidget | None = None
        self._in_front = False
        self.restored: QRect | None = None
        """The place from before the window was maximised; None if it is not."""
        self._scroll = Scrolling(MOST_NEEDED, self)
        self.maximise = tool_button(
            f"dock_maximise_{key}", "Maximise", "Fill the screen with this window, or restore it"
        )
        self.maximise.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.addWidget(self.maximise, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._scroll, 1)

    def show_floating(self, floating: bool) -> None:
        """Offer to maximise a dock that is a window of its own."""
        self.maximise.setVisible(floating)
        self.show_maximised(None)

    def show_maximised(self, restored: QRect | None) -> None:
        """Say what the button does; ``restored`` is where a maximised window was before."""
        self.restored = restored
        text = "Maximise" if restored is None else "Restore size"
        self.maximise.setText(text)
        self.maximise.setAccessibleName(text)

    @property
    def in_front(self) -> bool:
        """Whether the dock is in front of those that share its place."""
        return self._in_front

    def fill(self, widget: QWidget) -> None:
        """Set the content."""
        self._content = widget
        widget.setVisible(False)  # without a parent it would be shown as a window
        self._scroll.setWidget(widget)
        widget.setVisible(self._in_front)

    def take(self) -> QWidget:
        """Take the content out."""
        assert self._content is not None
        self._content = None
        return self._scroll.takeWidget()

    def show_content(self, in_front: bool) -> None:
        """Show or hide the content, now or as soon as it is set."""
        self._in_front = in_front
        if self._content is not None:
            self._content.setVisible(in_front)

    def minimumSizeHint(self) -> QSize:
        """What every dock needs: what does not fit into it scrolls."""
        return MOST_NEEDED
