"""The frame clock: shows the newest frame in all visible views, about 60 times a second."""

from collections.abc import Sequence
from time import perf_counter

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.commands import PublishFrame
from bpviz.session.frame import Frame
from bpviz.session.scheduling.frame_pacing import INTERVAL
from bpviz.session.session import Session
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.guard import guard_overrides

SCREEN_SHARE, LARGE_SHARE = 0.46, 0.52
"""Largest share of the time for making and drawing frames while the training thread needs the
interpreter, too; the large one if it is enough for SMOOTH."""

SMOOTH = 1 / 47
"""Longest frame interval, s, that still looks like motion."""


def period(cost: float) -> float:
    """Frame interval beside such a thread, if a frame costs this much; both in s."""
    fair = cost / SCREEN_SHARE
    return SMOOTH if cost / LARGE_SHARE <= SMOOTH < fair else max(INTERVAL, fair)


@guard_overrides
class FrameClock(QObject):
    """Takes frames from the session and shows each one in all visible views.

    All views get the same frame in the same tick, so what is on screen belongs to one instant.
    Hidden views cost nothing; a view that becomes visible gets a frame at once. The training
    thread waits until a frame is painted.
    """

    ticked = Signal(object)
    """A Frame, after the views have shown it."""

    def __init__(
        self, session: Session, views: Sequence[FrameWidget], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._views = session, list[FrameWidget]()
        self.frame: Frame | None = None
        self.stage: QWidget | None = None
        """Only what is in this widget shows frames, if there is one."""
        self._running = False
        self._began = self._cost = 0.0
        self._requested = SnapshotRequest()
        self._refresh = QTimer(self, interval=0, singleShot=True)
        self._refresh.timeout.connect(self._publish)
        self._expected: SnapshotRequest | None = None
        self._drawn = QTimer(self, interval=0, singleShot=True)
        self._drawn.timeout.connect(self._finish)
        session.frame_published.connect(self._show_newest)
        for view in views:
            self.add(view)

    def add(self, view: FrameWidget) -> None:
        """Show frames in this view, too."""
        self._views.append(view)
        view.installEventFilter(self)
        view.choices_changed.connect(self._refresh.start)

    def expect(self) -> None:
        """Request for the first frame what all views need, though none of them is visible yet."""
        self._expected = SnapshotRequest()
        for view in self._views:
            self._expected |= view.try_request()
        self._requested = self._expected
        self._session.mailbox.ask(self._expected)

    def refresh(self) -> None:
        """Have a frame published, for views that show frames again."""
        self._refresh.start()

    def set_running(self, running: bool) -> None:
        """Request frames while training; at rest they are published without a request."""
        if running and not self._running:
            self._cost = 0.0
            self._request()
        self._running = running

    def snapshot_request(self) -> SnapshotRequest:
        """The requests of the visible widgets combined."""
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
            if self._is_shown(view):
                view.try_frame(frame)
        self.ticked.emit(frame)
        has_all = self._requested | self.snapshot_request() == self._requested
        if is_first and self._expected is not None and has_all:
            self._refresh.stop()
        elif not self._running and not has_all:
            self._refresh.start()  # another network or other patterns may need more

    def _visible(self) -> list[FrameWidget]:
        return [view for view in self._views if self._is_shown(view)]

    def _is_shown(self, view: QWidget) -> bool:
        on_stage = self.stage is None or self.stage.isAncestorOf(view)
        return on_stage and view.isVisible()

    def _publish(self) -> None:
        """Have a frame published for a view that became visible or needs something else now."""
        if self.frame is not None or self._expected is None:  # else the first one will come
            self._requested = self.snapshot_request()
            self._session.send(PublishFrame(self._requested))

    def _finish(self) -> None:
        """The frame is painted: let the training continue, and request the next frame in time."""
        mailbox = self._session.mailbox
        mailbox.screen_idle.set()
        if self._running:
            cost = perf_counter() - self._began
            self._cost = 0.8 * self._cost + 0.2 * cost if self._cost else cost
            usual = self._cost + mailbox.lead
            wait = period(usual) if mailbox.needs_python else max(INTERVAL, cost)
            self._request(self._began + wait)

    def _request(self, not_before: float = 0.0) -> None:
        self._requested = self.snapshot_request()
        self._session.mailbox.ask(self._requested, not_before, draws=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give a view that becomes visible a frame with what it needs."""
        if event.type() == QEvent.Type.Show:
            self._refresh.start()
        return False
