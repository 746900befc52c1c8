"""Work that takes turns: it goes on in them only, and freely where no other thread works."""

import threading
from collections.abc import Iterator

import pytest

from bpviz.session.scheduling.turn_taking import TurnTaking
from tests.waiting import DEADLINE, wait_until

LONG = 20 * DEADLINE
"""Seconds that no test lasts: what would wait for so long is seen to wait."""


class Work(threading.Thread):
    """Calls a function again and again, in turns, until it is told to end."""

    def __init__(self, turns: TurnTaking) -> None:
        super().__init__(daemon=True)
        self.turns, self.calls, self.ends = turns, 0, False

    def run(self) -> None:
        with self.turns.taken():
            while not self.ends:
                self.count()

    def count(self) -> None:
        self.calls += 1


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> TurnTaking:
    monkeypatch.setattr(TurnTaking, "TIMEOUT", LONG)
    return TurnTaking()


@pytest.fixture
def work(turns: TurnTaking) -> Iterator[Work]:
    work = Work(turns)
    work.start()
    yield work
    work.ends = True
    turns.release()
    work.join(DEADLINE)
    assert not work.is_alive()


def test_it_goes_on_in_its_turns_only(turns: TurnTaking, work: Work) -> None:
    wait_until(lambda: turns.wanted)
    for _ in range(3):
        before = work.calls

        def has_gone_on(before: int = before) -> bool:
            turns.give(0.01)  # over before it has begun where the thread gets no processor
            return work.calls > before

        wait_until(has_gone_on)
        wait_until(turns._ended.is_set)  # it has noticed that its turn is over
        waiting = work.calls
        threading.Event().wait(0.02)  # thousands of calls, if it went on
        assert work.calls < waiting + 5


def test_it_goes_on_freely_where_nobody_gives_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TurnTaking, "TIMEOUT", 0.001)
    work = Work(TurnTaking())
    work.start()
    wait_until(lambda: work.calls > 1000)
    work.ends = True
    work.join(DEADLINE)
    assert not work.turns.wanted


def test_freed_it_needs_no_turns(turns: TurnTaking, work: Work) -> None:
    wait_until(lambda: turns.wanted)
    turns.release()
    wait_until(lambda: work.calls > 1000)


def test_nobody_stands_back_for_work_that_is_done(turns: TurnTaking) -> None:
    work = Work(turns)
    work.ends = True
    work.start()
    wait_until(lambda: not work.is_alive() or turns.wanted)
    turns.release()
    work.join(DEADLINE)
    giving = threading.Thread(target=turns.give, args=(LONG,), daemon=True)
    giving.start()
    wait_until(lambda: not giving.is_alive())
