"""A thread that nobody waits for leaves Python's interpreter to those that somebody waits for."""

from collections.abc import Callable

import pytest

from bpviz.session import courtesy
from bpviz.session.courtesy import REST, STRETCH, Courtesy


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
        monkeypatch.setattr(courtesy, name, clock)
    give_way = Courtesy()
    now[0] = STRETCH / 2
    give_way()
    assert slept == []
    now[0] = 1.01 * STRETCH
    give_way()
    assert slept == rests * [REST]
    give_way()  # looked just now
    assert slept == rests * [REST]
