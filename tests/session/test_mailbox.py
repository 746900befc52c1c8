"""What passes between the training thread and the window: who waits for whom."""

import math

from bpviz.core.run.snapshot import EVERYTHING, SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox

FRAME: Frame = object()  # type: ignore[assignment]


def test_a_frame_is_due_from_the_time_that_was_asked_for() -> None:
    box = Mailbox()
    assert not box.is_due(10.0)
    box.ask(EVERYTHING, 5.0)
    assert box.wants == EVERYTHING
    assert not box.is_due(4.9)
    assert box.is_due(5.0)
    box.put(FRAME)
    assert not box.is_due(9.0)
    assert box.take() is FRAME
    assert box.take() is None


def test_the_trainer_stands_back_for_who_draws_until_that_is_done() -> None:
    box = Mailbox()
    box.ask(SnapshotRequest(), draws=True)
    assert box.screen_idle.is_set()
    box.put(FRAME)
    assert not box.screen_idle.is_set()
    box.screen_idle.set()
    box.put(FRAME)  # not requested: it will not be drawn
    assert box.screen_idle.is_set()


def test_the_thread_does_not_wait_for_a_window_that_does_not_draw() -> None:
    box = Mailbox()
    box.ask(SnapshotRequest(), draws=True)
    box.ask(SnapshotRequest())  # the last question counts
    box.put(FRAME)
    assert box.screen_idle.is_set()


def test_the_trainer_can_know_when_a_frame_will_be_due() -> None:
    box = Mailbox()
    assert box.due_in(3.0) == math.inf
    box.ask(SnapshotRequest(), 5.0)
    assert box.due_in(3.0) == 2.0
    assert box.due_in(6.0) == 0.0
    box.put(FRAME)
    assert box.due_in(6.0) == math.inf
