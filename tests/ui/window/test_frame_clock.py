"""How the frame clock shows a frame at rest: in turns, and never half."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.window.frame_clock import FrameClock
from tests.conftest import FrameFor


class Source(QObject):
    """A session without a thread."""

    frame_published = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox()
        self.holds = False

    def publish(self, frame: Frame) -> None:
        self.mailbox.put(frame)
        self.frame_published.emit()

    def take_frame(self) -> Frame | None:
        return self.mailbox.take()

    def hold_status(self) -> None:
        self.holds = True

    def release_status(self) -> None:
        self.holds = False

    def look(self, wants: object) -> None:
        """Nothing comes of it."""


class Shows(FrameWidget):
    """A view that prepares in two pieces."""

    key, title, about = "shows", "Shows", ""

    def __init__(self, log: list[str], name: str, happens: str = "") -> None:
        super().__init__()
        self._log, self._name, self._happens = log, name, happens

    def prepare(self, frame: Frame) -> Iterator[None]:
        for piece in (1, 2):
            self._log.append(f"{self._name} {piece}")
            yield
        if self._happens == "hides":
            self.hide()
        if self._happens == "fails":
            raise RuntimeError("cannot be prepared")

    def show_frame(self, frame: Frame) -> None:
        self._log.append(f"{self._name} shows {frame.snapshot.run_id}")


@pytest.mark.parametrize("happens", ["", "hides", "fails"])
def test_all_views_show_a_frame_once_all_are_ready(
    qtbot: QtBot, frame_for: FrameFor, happens: str
) -> None:
    log: list[str] = []
    source, views = Source(), [Shows(log, "one"), Shows(log, "other", happens)]
    for view in views:
        qtbot.addWidget(view)
        view.show()
    clock = FrameClock(source, views)
    clock.ticked.connect(lambda frame: log.append("tick"))
    first, later, last = (frame_for("xor", epochs=1, run_id=n) for n in (1, 2, 3))
    source.publish(first)
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)
    assert log == ["one shows 1", "other shows 1", "tick"]  # widgets have no size yet
    log.clear()
    with qtbot.captureExceptions() as errors:
        source.publish(later)
        assert source.holds
        source.publish(last)  # comes while the one before is being prepared
        qtbot.waitUntil(lambda: clock.frame is last and source.mailbox.screen_idle.is_set())
    one, other = ["one 1", "one 2"], ["other 1", "other 2"]
    shown = ["one shows 2", "other shows 2", "tick"]
    if happens == "hides":  # as it has prepared, it is shown the one, but not the next
        assert log == [*one, *other, *shown, *one, "one shows 3", "tick"]
    else:
        last_shown = ["one shows 3", "other shows 3", "tick"]
        assert log == [*one, *other, *shown, *one, *other, *last_shown]
    assert not source.holds
    assert len(errors) == (2 if happens == "fails" else 0)


def test_while_frames_follow_each_other_quickly_a_frame_is_shown_in_one_turn(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    log: list[str] = []
    source, view = Source(), Shows(log, "one")
    qtbot.addWidget(view)
    view.show()
    clock = FrameClock(source, [view])
    source.publish(frame_for("xor", epochs=1, run_id=1))
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)
    clock.set_running(True)
    log.clear()
    source.publish(frame_for("xor", epochs=1, run_id=2))
    assert log == []  # a step ends with its first frame: in turns, as at rest
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)
    log.clear()
    clock._finished += 60.0  # that was a moment ago, however slow this machine is
    source.publish(frame_for("xor", epochs=1, run_id=3))
    assert log == ["one 1", "one 2", "one shows 3"]
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)
