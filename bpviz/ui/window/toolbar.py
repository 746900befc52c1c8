"""The toolbar: its parts give way where the window is narrow, epoch, error and Run never do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.window.actions import ACTIONS, ActionRow, Actions
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.status_readouts import StatusReadouts

GiveWay = Callable[[bool], None]
"""Makes a part of the toolbar narrow, or with False as wide as usual."""

ICONS, TEXTS = (
    Qt.ToolButtonStyle.ToolButtonIconOnly,
    Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
)
ALWAYS_ICONS = (Actions.back, Actions.play_slowly, Actions.new_seed)


def make_bar(title: str, name: str, window: QMainWindow) -> QToolBar:
    """A toolbar that stays where it is."""
    bar = QToolBar(title, window)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setIconSize(QSize(*map(scaled, bar.iconSize().toTuple())))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    return bar


@guard_overrides
class Toolbar(QObject):
    """The actions with the speed in one bar, and the read-outs in another one beside it.

    A bar that is too long hides its last parts behind an arrow: the read-outs have a bar of their
    own, so that those parts are never epoch and error, and Run is the first of the other bar.
    """

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        grain: QWidget,
        speed: SpeedControl,
        readouts: StatusReadouts,
    ) -> None:
        super().__init__(window)
        self._window = window
        self.bar = make_bar("Training", "toolbar", window)
        self.bar.setToolButtonStyle(TEXTS)
        for row in ACTIONS:
            if row.toolbar:
                self.bar.addAction(actions[row])
            if row is Actions.step:
                self.bar.addWidget(grain)
        self._actions = actions
        self._show_text(ALWAYS_ICONS, False)
        run = self._button(Actions.run)  # "Run" and "Pause" must not move what follows
        run.setFixedWidth(run.fontMetrics().horizontalAdvance("Pause") + 6 * SPACE)
        self.bar.addSeparator()
        self.bar.addWidget(speed)
        self.readouts = make_bar("Read-outs", "toolbar_readouts", window)
        self.readouts.addWidget(readouts.counters)
        for bar in (self.bar, self.readouts):
            window.addToolBar(bar)
        self._steps: Sequence[GiveWay] = (
            speed.set_narrow,
            lambda narrow: self._show_text((Actions.reset, Actions.race), not narrow),
            lambda narrow: readouts.show_shares(not narrow),
            lambda narrow: self._show_text((Actions.step,), not narrow),
        )
        self._widths: list[int] = []
        self._level = 0
        window.installEventFilter(self)

    def fit(self) -> None:
        """Let as few parts give way as there must for the width of the window."""
        if not self._widths:
            self._measure()
        fitting = (level for level, w in enumerate(self._widths) if w <= self._window.width())
        self._set_level(next(fitting, len(self._steps)))

    def _measure(self) -> None:
        """The width that both bars need, for every number of parts that have given way."""
        for level in range(len(self._steps) + 1):
            self._set_level(level)
            for bar in (self.bar, self.readouts):
                layout = bar.layout()
                assert layout is not None
                layout.invalidate()
            self._widths.append(sum(b.sizeHint().width() for b in (self.bar, self.readouts)))

    def _set_level(self, level: int) -> None:
        for at, step in enumerate(self._steps):
            if (at < level) != (at < self._level):
                step(at < level)
        self._level = level

    def _show_text(self, rows: Sequence[ActionRow], shown: bool) -> None:
        for row in rows:
            self._button(row).setToolButtonStyle(TEXTS if shown else ICONS)

    def _button(self, row: ActionRow) -> QToolButton:
        button = self.bar.widgetForAction(self._actions[row])
        assert isinstance(button, QToolButton)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the window, and the font."""
        if event.type() == QEvent.Type.FontChange:
            self._widths = []
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self.fit()
        return False
