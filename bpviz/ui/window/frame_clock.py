"""One clock drives every view: the newest frame, at most 60 times a second, to what is seen."""

from collections.abc import Sequence
from time import perf_counter

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.commands import PublishFrame
from bpviz.session.frame import Frame
from bpviz.session.scheduling.frame_pacing import INTERVAL
from bpviz.session.session import Session
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.guard import guard_overrides

SCREEN_SHARE, LARGE_SHARE = 0.46, 0.52
"""Largest share of the time that goes into making and drawing frames while a thread trains that
needs Python's interpreter, as the window does: the rest is the trainer's. The large one, if that
is enough for SMOOTH."""

SMOOTH = 1 / 47
"""Seconds from frame to frame that still look like motion."""


def period(cost: float) -> float:
    """Seconds from one frame to the next beside such a thread, if a frame costs this much."""
    fair = cost / SCREEN_SHARE
    return SMOOTH if cost / LARGE_SHARE <= SMOOTH < fair else max(INTERVAL, fair)


@guard_overrides
class FrameClock(QObject):
    """Takes frames from the session and shows each one in all visible views.

    All views get the same frame in the same tick, so what is on screen belongs to one instant.
    Views that are not seen cost nothing; one that comes into sight is given a frame at once. The
    training thread waits until a frame is painted.
    """

    ticked = Signal(object)
    """A Frame, after the views have it."""

    def __init__(
        self, session: Session, views: Sequence[FrameWidget], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._views = session, list[FrameWidget]()
        self.frame: Frame | None = None
        self._running = False
        self._began = self._cost = 0.0
        self._asked = SnapshotRequest()
        self._refresh = QTimer(self, interval=0, singleShot=True)
        self._refresh.timeout.connect(self._look)
        self._expected: SnapshotRequest | None = None
        self._drawn = QTimer(self, interval=0, singleShot=True)
        self._drawn.timeout.connect(self._finish)
        session.frame_published.connect(self._show_newest)
        for view in views:
            self.add(view)

    def add(self, view: FrameWidget) -> None:
        """Drive this view, too."""
        self._views.append(view)
        view.installEventFilter(self)
        view.choices_changed.connect(self._refresh.start)

    def expect(self) -> None:
        """Have the first frame hold what all views want, though none of them is seen yet."""
        self._expected = SnapshotRequest()
        for view in self._views:
            self._expected |= view.try_request()
        self._asked = self._expected
        self._session.mailbox.ask(self._expected)

    def set_running(self, running: bool) -> None:
        """Ask for frames while training; at rest they come by themselves."""
        if running and not self._running:
            self._cost = 0.0
            self._ask()
        self._running = running

    def snapshot_request(self) -> SnapshotRequest:
        """What the visible widgets request together."""
        request = SnapshotRequest()
        for view in self._visible():
            request |= view.try_request()
        return request

    def _show_newest(self) -> None:
        """Show the newest frame, if it is not shown yet; the widgets are painted in the next turn.

        Until then the training thread is held back.
        """
        frame = self._session.take_frame()
        if frame is None:
            return
        self._session.mailbox.screen_idle.clear()
        self._began = perf_counter()
        self._drawn.start()
        is_first, self.frame = self.frame is None, frame
        for view in self._views:
            if view.isVisible():
                view.try_frame(frame)
        self.ticked.emit(frame)
        has_all = self._asked | self.snapshot_request() == self._asked
        if is_first and self._expected is not None and has_all:
            self._refresh.stop()
        elif not self._running and not has_all:
            self._refresh.start()  # with another network or other patterns a view needs more

    def _visible(self) -> list[FrameWidget]:
        return [view for view in self._views if view.isVisible()]

    def _look(self) -> None:
        """Have a frame published for what came into sight or wants something else now."""
        if self.frame is not None or self._expected is None:  # else the first is on its way
            self._asked = self.snapshot_request()
            self._session.send(PublishFrame(self._asked))

    def _finish(self) -> None:
        """The frame is painted: let the trainer go on, and ask it for the next in time."""
        mailbox = self._session.mailbox
        mailbox.screen_idle.set()
        if self._running:
            cost = perf_counter() - self._began
            self._cost = 0.8 * self._cost + 0.2 * cost if self._cost else cost
            usual = self._cost + mailbox.lead
            wait = period(usual) if mailbox.needs_python else max(INTERVAL, cost)
            self._ask(self._began + wait)

    def _ask(self, not_before: float = 0.0) -> None:
        self._asked = self.snapshot_request()
        self._session.mailbox.ask(self._asked, not_before, draws=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give a view that comes into sight a frame that holds what it wants."""
        if event.type() == QEvent.Type.Show:
            self._refresh.start()
        return False
