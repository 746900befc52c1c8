"""When the training thread makes a frame, and when a slice of its training ends."""

from time import perf_counter, thread_time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.commands import Pause
from bpviz.session.mailbox import Mailbox
from bpviz.session.scheduling.frame_pacing import (
    LONGEST_CALL,
    SHORTEST_CALL,
    SNAPSHOT_SHARE,
    FramePacing,
)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def times(mailbox: Mailbox) -> FramePacing:
    return FramePacing(mailbox)


def test_a_frame_waits_for_the_window(mailbox: Mailbox, times: FramePacing) -> None:
    now = perf_counter()
    assert not times.is_time(now)  # nobody asked
    mailbox.ask(SnapshotRequest(), now + 1.0)
    assert not times.is_time(now)
    assert times.is_time(now + 1.0)
    mailbox.screen_idle.clear()
    assert not times.is_time(now + 1.0)


def test_frames_take_their_share_of_the_time_and_no_more(
    mailbox: Mailbox, times: FramePacing
) -> None:
    now, cost = perf_counter(), 10.0
    mailbox.ask(SnapshotRequest())
    times.note(now, thread_time() - cost)
    assert times.published >= now
    assert not times.is_time(now + 0.9 * cost / SNAPSHOT_SHARE)
    assert times.is_time(now + 1.1 * cost / SNAPSHOT_SHARE)
    times.note(now, thread_time() - 100 * cost)  # one costly frame says little about the next
    assert times.is_time(now + 2.2 * cost / SNAPSHOT_SHARE)


def test_a_slice_ends_for_a_command_and_for_a_frame(mailbox: Mailbox, times: FramePacing) -> None:
    aims: list[float] = []
    run = cast(Any, SimpleNamespace(aim=aims.append))
    mailbox.ask(SnapshotRequest(), perf_counter() + 3600.0)
    interrupted = times.slice(run)
    assert aims == [LONGEST_CALL]
    mailbox.send(Pause())
    assert interrupted()
    mailbox.commands.get()
    mailbox.ask(SnapshotRequest())  # a frame is due by now
    assert times.slice(run)()
    assert aims[-1] == SHORTEST_CALL
    mailbox.screen_idle.clear()
    assert times.slice(run)()
