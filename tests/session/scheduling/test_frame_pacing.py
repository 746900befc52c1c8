"""When the training thread makes a frame, and when a slice of its training ends."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.commands import Pause
from bpviz.session.mailbox import Mailbox
from bpviz.session.scheduling import frame_pacing
from bpviz.session.scheduling.frame_pacing import (
    LONGEST_CALL,
    SHORTEST_CALL,
    SNAPSHOT_SHARE,
    FramePacing,
)


class Clock:
    """Time that passes when a test says so: of the day, and of this thread's work."""

    def __init__(self) -> None:
        self.now, self.work = 1000.0, 50.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(frame_pacing, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(frame_pacing, "thread_time", lambda: clock.work)
    return clock


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def times(mailbox: Mailbox, clock: Clock) -> FramePacing:
    return FramePacing(mailbox)


def test_a_frame_waits_for_the_window(mailbox: Mailbox, times: FramePacing) -> None:
    now = 1000.0
    assert not times.is_time(now)  # no frame was requested
    mailbox.ask(SnapshotRequest(), now + 1.0)
    assert not times.is_time(now)
    assert times.is_time(now + 1.0)
    mailbox.screen_idle.clear()
    assert not times.is_time(now + 1.0)


def test_frames_take_their_share_of_the_time_and_no_more(
    mailbox: Mailbox, times: FramePacing, clock: Clock
) -> None:
    now, cost = clock.now, 10.0
    mailbox.ask(SnapshotRequest())
    clock.now += 2 * cost  # half of the time others had the processor
    times.note(now, clock.work - cost)
    assert times.published == clock.now
    assert not times.is_time(now + 0.9 * cost / SNAPSHOT_SHARE)
    assert times.is_time(now + 1.1 * cost / SNAPSHOT_SHARE)
    times.note(now, clock.work - 100 * cost)  # one costly frame says little about the next
    assert times.is_time(now + 2.2 * cost / SNAPSHOT_SHARE)


def test_a_slice_ends_for_a_command_and_for_a_frame(
    mailbox: Mailbox, times: FramePacing, clock: Clock
) -> None:
    seconds: list[float] = []
    run = cast(Any, SimpleNamespace(set_call_seconds=seconds.append))
    mailbox.ask(SnapshotRequest(), clock.now + 3600.0)
    interrupted = times.slice(run)
    assert seconds == [LONGEST_CALL]
    assert not interrupted()
    mailbox.send(Pause())
    assert interrupted()
    mailbox.commands.get()
    mailbox.ask(SnapshotRequest())  # a frame is due by now
    assert times.slice(run)()
    assert seconds[-1] == SHORTEST_CALL
    mailbox.screen_idle.clear()
    assert times.slice(run)()
