"""How the frame clock shows a frame: once, in all visible widgets, while the trainer waits."""

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

    def publish(self, frame: Frame) -> None:
        self.mailbox.put(frame)
        self.frame_published.emit()

    def take_frame(self) -> Frame | None:
        return self.mailbox.take()

    def look(self, request: object) -> None:
        """Nothing comes of it."""


class Shows(FrameWidget):
    """A widget that writes down what it is shown."""

    key, title, about = "shows", "Shows", ""

    def __init__(self, log: list[str], name: str) -> None:
        super().__init__()
        self._log, self._name = log, name
        self.fails = False

    def show_frame(self, frame: Frame) -> None:
        self._log.append(f"{self._name} shows {frame.snapshot.run_id}")
        if self.fails:
            raise RuntimeError("cannot be shown")


def test_all_visible_widgets_show_a_frame_in_the_same_turn(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    log: list[str] = []
    source, widgets = Source(), [Shows(log, "one"), Shows(log, "other")]
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.show()
    clock = FrameClock(source, widgets)
    clock.ticked.connect(lambda frame: log.append("tick"))
    first, later = (frame_for("xor", epochs=1, run_id=n) for n in (1, 2))
    source.publish(first)
    assert log == ["one shows 1", "other shows 1", "tick"]
    assert clock.frame is first
    assert not source.mailbox.screen_idle.is_set()  # until the widgets are painted
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)
    log.clear()
    widgets[0].hide()
    source.publish(later)
    assert log == ["other shows 2", "tick"]
    source.frame_published.emit()  # that frame is shown already
    assert log == ["other shows 2", "tick"]
    qtbot.waitUntil(source.mailbox.screen_idle.is_set)


def test_a_widget_that_fails_does_not_stop_the_trainer_or_the_next_frame(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    log: list[str] = []
    source, widget = Source(), Shows(log, "one")
    qtbot.addWidget(widget)
    widget.show()
    clock = FrameClock(source, [widget])
    widget.fails = True
    with qtbot.captureExceptions() as errors:
        source.publish(frame_for("xor", epochs=1, run_id=1))
        qtbot.waitUntil(source.mailbox.screen_idle.is_set)
    assert len(errors) == 1
    widget.fails = False
    source.publish(last := frame_for("xor", epochs=1, run_id=2))
    assert log == ["one shows 1", "one shows 2"]
    assert clock.frame is last
