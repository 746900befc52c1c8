"""A background thread yields the interpreter to threads that are waited for."""

import itertools
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest

from bpviz.session.scheduling import gil_yield
from bpviz.session.scheduling.gil_yield import REST, STRETCH, GilYield, gil_yielding


@pytest.mark.parametrize(("share", "rests"), [(1.0, 0), (0.9, 0), (0.5, 1), (0.0, 1)])
def test_it_rests_while_others_are_at_work(
    monkeypatch: pytest.MonkeyPatch, share: float, rests: int
) -> None:
    now, slept = [0.0], list[float]()
    clocks: dict[str, Callable[..., object]] = {
        "perf_counter": lambda: now[0],
        "thread_time": lambda: share * now[0],
        "sleep": slept.append,
    }
    for name, clock in clocks.items():
        monkeypatch.setattr(gil_yield, name, clock)
    give_way = GilYield()
    now[0] = STRETCH / 2
    give_way()
    assert slept == []
    now[0] = 1.01 * STRETCH
    give_way()
    assert slept == rests * [REST]
    give_way()  # looked just now
    assert slept == rests * [REST]


def test_a_library_rests_between_any_two_of_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, slept = itertools.count(), list[float]()
    monkeypatch.setattr(gil_yield, "perf_counter", lambda: STRETCH * next(ticks))
    monkeypatch.setattr(gil_yield, "thread_time", lambda: 0.0)
    monkeypatch.setattr(gil_yield, "sleep", slept.append)
    before = sys.gettrace()
    with gil_yielding():
        assert Fraction(1, 3) + 1 == Fraction(4, 3)
    assert len(slept) > 3
    with pytest.raises(ZeroDivisionError), gil_yielding():
        Fraction(1, 0)
    assert sys.gettrace() is before
    slept.clear()
    assert Fraction(1, 3) + 1 == Fraction(4, 3)
    assert slept == []
