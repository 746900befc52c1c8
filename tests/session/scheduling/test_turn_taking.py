"""Work that takes turns: it goes on in them only, and freely where nobody else is at work."""

import threading
from collections.abc import Callable, Iterator
from time import perf_counter

import pytest

from bpviz.session.scheduling.turn_taking import TurnTaking


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
    monkeypatch.setattr(TurnTaking, "PATIENCE", 60.0)
    return TurnTaking()


@pytest.fixture
def work(turns: TurnTaking) -> Iterator[Work]:
    work = Work(turns)
    work.start()
    yield work
    work.ends = True
    turns.free()
    work.join(10.0)
    assert not work.is_alive()


def soon(done: Callable[[], bool]) -> bool:
    until = perf_counter() + 10.0
    while not done() and perf_counter() < until:
        threading.Event().wait(0.001)
    return done()


def test_it_goes_on_in_its_turns_only(turns: TurnTaking, work: Work) -> None:
    assert soon(lambda: turns.wanted)
    for _ in range(3):
        before = work.calls
        turns.give(0.01)
        assert soon(lambda before=before: work.calls > before)
        assert soon(turns._ended.is_set)  # it has noticed that its turn is over
        waiting = work.calls
        threading.Event().wait(0.02)
        assert work.calls == waiting


def test_it_goes_on_freely_where_nobody_gives_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TurnTaking, "PATIENCE", 0.001)
    work = Work(TurnTaking())
    work.start()
    assert soon(lambda: work.calls > 1000)
    work.ends = True
    work.join(10.0)
    assert not work.turns.wanted


def test_freed_it_needs_no_turns(turns: TurnTaking, work: Work) -> None:
    assert soon(lambda: turns.wanted)
    turns.free()
    assert soon(lambda: work.calls > 1000)


def test_nobody_stands_back_for_work_that_is_done(turns: TurnTaking) -> None:
    work = Work(turns)
    work.ends = True
    work.start()
    assert soon(lambda: not work.is_alive() or turns.wanted)
    turns.free()
    work.join(10.0)
    begin = perf_counter()
    turns.give(60.0)
    assert perf_counter() - begin < 30.0
