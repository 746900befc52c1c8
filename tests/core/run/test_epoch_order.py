"""The order of the patterns of an epoch, and the Generator that draws it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.core.learning.settings import Training
from bpviz.core.run.epoch_order import EpochOrder
from bpviz.core.run.run import Run

from ..strategies import some_start

N = 12
BY_FIVE = Training(batch=5)


def order_of(training: Training = BY_FIVE, seed: int = 3) -> EpochOrder:
    return EpochOrder(np.random.default_rng(seed), N, training)


def rows_of_an_epoch(order: EpochOrder) -> list[int]:
    order.begin()
    return [int(row) for update in range(order.updates) for row in order.rows(update)]


def test_every_epoch_takes_each_pattern_once_in_an_order_of_its_own() -> None:
    order, seen = order_of(), list[list[int]]()
    for _ in range(3):
        seen.append(rows_of_an_epoch(order))
        order.plan(N, BY_FIVE)
    assert all(sorted(rows) == list(range(N)) for rows in seen)
    assert len({tuple(rows) for rows in seen}) == 3


@pytest.mark.parametrize("training", [Training(batch="all"), Training(batch=5, order="fixed")])
def test_without_permutation_the_patterns_come_as_they_lie(training: Training) -> None:
    order = order_of(training)
    before = order.rng_state(0)
    assert rows_of_an_epoch(order) == list(range(N))
    assert order.rng_state(1) == before


def test_an_order_is_drawn_once_however_often_it_is_asked_for() -> None:
    order = order_of()
    assert rows_of_an_epoch(order) == rows_of_an_epoch(order)


@pytest.mark.parametrize("training", [BY_FIVE, Training(batch=3), Training(batch="all")])
def test_a_withdrawn_order_leaves_no_trace(training: Training) -> None:
    """Also where the epoch that is planned in its place is another one."""
    order, untouched = order_of(), order_of(training)
    order.begin()
    order.withdraw(N, training)
    assert order.rng_state(0) == untouched.rng_state(0)
    assert rows_of_an_epoch(order) == rows_of_an_epoch(untouched)
    assert order.updates == untouched.updates


def test_before_the_first_update_a_checkpoint_holds_the_generator_before_the_drawing() -> None:
    order, untouched = order_of(), order_of()
    order.begin()
    assert order.rng_state(0) == untouched.rng_state(0)
    assert order.rng_state(1) != untouched.rng_state(0)


def test_orders_drawn_ahead_are_those_of_the_epochs() -> None:
    ahead, one_by_one = order_of(), order_of()
    for rows in ahead.draw(4):
        assert rows.tolist() == rows_of_an_epoch(one_by_one)
        one_by_one.plan(N, BY_FIVE)


def test_orders_drawn_ahead_and_not_used_are_drawn_again() -> None:
    ahead, one_by_one = order_of(), order_of()
    saved = replace(Run(some_start(batch=5)).save(), rng=ahead.rng_state(0))
    ahead.draw(4)
    ahead.draw_again(saved, 2)
    for _ in range(2):
        one_by_one.begin()
        one_by_one.plan(N, BY_FIVE)
    assert rows_of_an_epoch(ahead) == rows_of_an_epoch(one_by_one)


@pytest.mark.parametrize(("n_patterns", "left"), [(14, 9), (12, 7), (7, 2), (3, 0)])
def test_an_epoch_under_way_goes_on_with_other_patterns(n_patterns: int, left: int) -> None:
    """The first update of five patterns is done; rows that are gone are left out."""
    order = order_of(Training(batch=5, order="fixed"))
    order.begin()
    order.change_patterns(n_patterns, update=1)
    rest: list[Any] = [row for update in range(1, order.updates) for row in order.rows(update)]
    assert rest == list(range(5, 5 + left))
