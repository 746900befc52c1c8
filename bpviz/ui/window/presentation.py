"""The presentation: one or two views and a slim bar, full screen, with large text and lines."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QColor,
    QCursor,
    QFontInfo,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.scrolling import Scrolling
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import Actions
from bpviz.ui.window.centre import LEAST_CENTRE
from bpviz.ui.window.context import Lender
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.status_readouts import StatusReadouts

LINES = 45
"""Heights of a line of text that the screen is high: 24 px at 1080, readable from 15 m."""

KEYS = dict(zip("1234567890", VIEWS, strict=False))
"""Number key -> the view that it shows or hides."""

USUAL = ("network", "loss")
MOST_VIEWS = 2
SETTING = "presentation"
BAR_ACTIONS = (Actions.run, Actions.back, Actions.step)
CURSOR = 56  # px
ARROW = ((0, 0), (0, 40), (10, 31), (17, 47), (25, 44), (18, 28), (31, 28))
"""The pointer's outline, px on a screen 1,080 px high."""


def text_scale(height: int, text: int) -> float:
    """How much larger all is on a screen of this height, for a font of this height; both in px."""
    return max(1.0, height / LINES / text)


@guard_overrides
class Presentation(QGraphicsView):
    """A window of its own, in which everything is enlarged by one factor.

    Views are the main window's own widgets, which are lent while they are shown here: nothing of
    them is made twice, and the main window keeps its layout.
    """

    def __init__(self, window: Lender) -> None:
        super().__init__()
        self.setObjectName("presentation")
        self.setWindowTitle("bpviz")
        self._window = window
        self._keys: list[str] = []
        self._areas: dict[str, Scrolling] = {}
        self._toggles: dict[str, QAction] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stage = named(QWidget(), "presentation_stage")
        self._column = QVBoxLayout(self._stage)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._views = QHBoxLayout()
        self._views.setSpacing(SPACE)
        self._column.addLayout(self._make_bar())
        self._column.addLayout(self._views, 1)
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self._proxy = scene.addWidget(self._stage)
        self._connect()

    def _make_bar(self) -> QHBoxLayout:
        window, actions = self._window, self._window.actions_by_name
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        bar.setSpacing(SPACE)
        for row in BAR_ACTIONS:
            bar.addWidget(_button(f"present_{row.name}", actions[row]))
        self.speed = SpeedControl()
        self.speed.set_narrow(True)
        bar.addWidget(self.speed)
        bar.addWidget(self._views_button())
        bar.addStretch(1)
        self.readouts = StatusReadouts()
        self.readouts.counters.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.readouts.show_shares(False)
        bar.addWidget(self.readouts.counters)
        leave = QAction("Leave", self)
        leave.setToolTip("Back to the window (Escape)")
        leave.triggered.connect(lambda: self.leave())
        bar.addWidget(_button("present_leave", leave))
        self.speed.changed.connect(window.speed.set_speed)
        return bar

    def _views_button(self) -> QToolButton:
        button = named(QToolButton(), "present_views", "One or two views: keys 1 to 9 and 0")
        button.setText("Views")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._menu = QMenu(button)
        for number, key in KEYS.items():
            action = self._toggles[key] = self._menu.addAction(VIEWS[key].title)
            action.setObjectName(f"action_present_{key}")
            action.setCheckable(True)
            action.setShortcut(QKeySequence(number))
            action.triggered.connect(lambda _=False, key=key: self.change(key))
        button.setMenu(self._menu)
        return button

    def _connect(self) -> None:
        self.addActions([self._window.actions_by_name[row] for row in PRESENT_ACTIONS])
        self.addActions(list(self._toggles.values()))
        escape = QAction(self)
        escape.setShortcut(QKeySequence(Qt.Key.Key_Escape))
        escape.triggered.connect(lambda: self.leave())
        self.addAction(escape)
        self._window.clock.ticked.connect(self._show_frame)

    # -- coming and going ------------------------------------------------------------------

    def toggle(self) -> None:
        """Enter, or leave."""
        if self._keys:
            self.leave()
        else:
            self.enter()

    def end(self) -> None:
        """Leave, and delete the window."""
        self.leave()
        self.deleteLater()

    def enter(self) -> None:
        """Show the views that were shown last, full screen where the main window is."""
        window = self._window
        screen = window.widget.screen().geometry()
        self.setGeometry(screen)
        self.speed.show_speed(window.speed.speed)
        self.set_theme(window.theme)
        self._column.insertWidget(1, window.message)
        window.clock.stage = self._stage
        for key, action in self._toggles.items():
            action.setVisible(window.shown.has(key))  # and its key does nothing
        self.show_views(self._first_views())
        self.showFullScreen()
        self.activateWindow()
        if window.current_frame is not None:
            self._show_frame(window.current_frame)

    def leave(self) -> None:
        """Give the views back and hide; the main window is as it was."""
        if not self._keys:
            return
        window = self._window
        window.settings.set(SETTING, ",".join(self._keys))
        self.show_views([])
        window.clock.stage = None
        self._column.removeWidget(window.message)
        window.take_back_message()
        self.hide()
        window.widget.activateWindow()

    # -- views -----------------------------------------------------------------------------

    @property
    def shown(self) -> list[str]:
        """The keys of the views on screen, at most two, the oldest first."""
        return list(self._keys)

    def _first_views(self) -> list[str]:
        """The views of the last time, or the usual ones; none that the window hides."""
        shown = self._window.shown
        saved = self._window.settings.text(SETTING).split(",")
        last = [key for key in saved if key in KEYS.values() and shown.has(key)]
        return last or [key for key in USUAL if shown.has(key)]

    def offer(self, key: str) -> bool:
        """Show a view that is asked for, if this window is on screen and can show it."""
        able = bool(self._keys) and key in self._toggles
        if able and key not in self._keys:
            self._toggles[key].setVisible(True)
            self.change(key)
        return able

    def change(self, key: str) -> None:
        """Show this view, instead of the oldest if there are two; or hide it beside another one."""
        keys = [k for k in self._keys if k != key]
        if key not in self._keys:
            keys = [*keys[-MOST_VIEWS + 1 :], key]
        self.show_views(keys or [key])

    def show_views(self, keys: list[str]) -> None:
        """Borrow these views from the window, side by side; the others are given back."""
        for key in self._keys:
            if key not in keys:
                self._give_back(key)
        for key in keys:
            if key not in self._keys:
                self._borrow(key)
        self._keys = list(keys)
        for key, action in self._toggles.items():
            action.setChecked(key in keys)

    def _borrow(self, key: str) -> None:
        view = self._window.lend_view(key)
        area = self._areas[key] = named(Scrolling(LEAST_CENTRE), f"presented_{key}")
        area.setWidget(view)
        view.show()
        self._views.addWidget(area, 1)

    def _give_back(self, key: str) -> None:
        area = self._areas.pop(key)
        view = area.takeWidget()
        self._views.removeWidget(area)
        area.setParent(None)
        area.deleteLater()
        self._window.take_back_view(key, view)

    # -- showing ---------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.setBackgroundBrush(theme.colour("panel"))
        self.readouts.set_theme(theme)
        self.viewport().setCursor(large_pointer(theme, self.height()))

    def _show_frame(self, frame: Frame) -> None:
        if self._keys:
            self.readouts.show_frame(frame)
            if self.speed.speed != self._window.speed.speed:
                self.speed.show_speed(self._window.speed.speed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Enlarge the stage so that it fills the screen."""
        super().resizeEvent(event)
        size = event.size()
        text = QFontInfo(QGuiApplication.font()).pixelSize()
        widest = size.width() / max(self._stage.minimumSizeHint().width(), 1)
        scale = max(min(text_scale(size.height(), text), widest), 1.0)
        font = QGuiApplication.font()
        font.setPointSizeF(font.pointSizeF() * scale)
        self._menu.setFont(font)
        self._proxy.setScale(scale)
        self._proxy.setGeometry(QRectF(0, 0, size.width() / scale, size.height() / scale))
        self.setSceneRect(QRectF(0, 0, size.width(), size.height()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave, if the window system closes the window."""
        self.leave()
        event.accept()


PRESENT_ACTIONS = (
    Actions.present, Actions.run, Actions.back, Actions.step, Actions.play_slowly, Actions.reset,
    Actions.new_seed, Actions.plot, Actions.new_data, Actions.keep, Actions.slower, Actions.faster,
    Actions.undo, Actions.redo, Actions.quit,
)  # fmt: skip
"""The actions whose keys are the presentation's, too."""


def _button(name: str, action: QAction) -> QToolButton:
    button = named(QToolButton(), name)
    button.setDefaultAction(action)
    button.setObjectName(name)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def large_pointer(theme: Theme, height: int) -> QCursor:
    """An arrow that is seen from the last row of a screen of this height, px.

    It has the accent's colour, and a light and a dark edge.
    """
    larger = min(max(height / 1080, 1.0), 2.0)
    side = round(larger * CURSOR)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    arrow = QPolygonF([QPointF(x + 3, y + 3) for x, y in ARROW])
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(larger, larger)
    for colour, width in ((QColor("#000000"), 6.0), (QColor("#ffffff"), 3.0)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(theme.colour("accent"))
        painter.drawPolygon(arrow)
    painter.end()
    return QCursor(pixmap, round(3 * larger), round(3 * larger))
