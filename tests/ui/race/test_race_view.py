"""The view of a race counts curves a few at a time, and draws what it has counted."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.race_order import RaceOrder, setups_of, variants_of
from bpviz.session.race.runner import ShardOutcomes, Standings
from bpviz.session.race.shards import run_shard, shards_of
from bpviz.ui.race import view as view_module
from bpviz.ui.race.view import RaceView


def raced() -> tuple[RaceOrder, list[ShardOutcomes]]:
    """A small race of two variants, in four shards each."""
    experiment = experiment_for("xor", hidden=(Hidden(2),), spread=1.0)
    order = RaceOrder(variants_of(experiment, ((Hidden(2),), (Hidden(4),))), 1100, 12)
    shards = shards_of(order, setups_of(order))
    assert len(shards) >= 6
    return order, [(shard, run_shard(shard)) for shard in shards]


def counted(view: RaceView) -> dict[int, float]:
    """Networks that are in the picture at epoch 0, by variant."""
    return {v: float(density.counts[0].sum()) for v, density in view._densities.items()}


def test_shards_are_counted_in_turns_and_all_of_them_drawn(qtbot: QtBot) -> None:
    order, parts = raced()
    view, standings = RaceView(), Standings(order)
    qtbot.addWidget(view)
    view.show_race(standings)
    for some in (parts[:2], parts[2:3], parts[3:]):
        standings.add(some)
        view.add(some)
    assert counted(view) != {0: 1100, 1: 1100}  # a click in between is answered
    qtbot.waitUntil(lambda: counted(view) == {0: 1100, 1: 1100} and not view._turn.isActive())
    assert [view.table.item(r, 1).text() for r in range(2)] == ["1,100", "1,100"]
    before = {v: density.counts for v, density in view._densities.items()}
    view.set_log(epochs=True, error=True)
    qtbot.waitUntil(lambda: counted(view) == {0: 1100, 1: 1100} and not view._turn.isActive())
    view.set_log(epochs=False, error=True)
    qtbot.waitUntil(lambda: counted(view) == {0: 1100, 1: 1100} and not view._turn.isActive())
    for v, counts in before.items():
        np.testing.assert_array_equal(view._densities[v].counts, counts)


def test_the_chosen_network_stays_the_same_when_earlier_ones_come_later(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, parts = raced()
    view, standings = RaceView(), Standings(order)
    qtbot.addWidget(view)
    view.show_race(standings)
    drawn: list[Vector] = []
    monkeypatch.setattr(view.density, "show_curve", lambda x, y: drawn.append(y))
    of_one = sorted(
        (part for part in parts if part[0].variant == 1), key=lambda p: p[0].seeds.start
    )

    def come_in(some: list[ShardOutcomes]) -> None:
        standings.add(some)
        view.add(some)
        qtbot.waitUntil(lambda: not view._turn.isActive())

    come_in(of_one[-1:])
    shard, outcomes = of_one[-1]
    seed = shard.seeds[3]
    view.choose(1, seed)
    for some in (of_one[1:-1], of_one[:1]):
        come_in(some)
        assert view.chosen == (1, seed)
        assert view._scales is not None
        np.testing.assert_array_equal(drawn[-1], view._scales.y(outcomes.train_error[3]))
        now = view.ends(1)
        assert now is not None
        assert now.seeds[now.row_of(seed)] == seed
        assert now.row_of(order.seeds) is None


def test_a_picture_has_everything_at_once(qtbot: QtBot) -> None:
    order, parts = raced()
    standings = Standings(order)
    standings.add(parts)
    view = RaceView()
    qtbot.addWidget(view)
    view.set_choices({"standings": standings, "log_epochs": True})
    assert counted(view) == {0: 1100, 1: 1100}
    assert not view._turn.isActive()


def test_a_turn_ends_when_its_time_is_over(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many shards wait, the window is never kept longer than for one of them."""
    monkeypatch.setattr(view_module, "TURN", 0.0)
    order, parts = raced()
    view, standings = RaceView(), Standings(order)
    qtbot.addWidget(view)
    view.show_race(standings)
    standings.add(parts)
    view.add(parts)
    view._turn.stop()
    view._go_on()
    assert len(view._uncounted) == len(parts) - 1
