"""How many epochs go into one call of a kernel."""

import pytest

from bpviz.core.run.epoch_batches import MOST_EPOCHS, MOST_ROWS, EpochBatches

MANY = 10**9


def test_a_call_grows_towards_the_time_it_should_take() -> None:
    batches, sizes = EpochBatches(), []
    batches.call_seconds = 0.008
    for _ in range(8):
        sizes.append(batches.next_size(MANY, 0))
        batches.note(sizes[-1], sizes[-1], 1e-5 * sizes[-1])
    assert sizes == [1, 4, 16, 64, 256, 800, 800, 800]
    batches.note(800, 3, 3e-5)  # ended early
    batches.call_seconds = 0.001
    assert batches.next_size(MANY, 0) == 100


@pytest.mark.parametrize(
    ("seconds", "rows", "most"),
    [(1e-9, 0, MOST_EPOCHS), (1e-9, 200, MOST_ROWS // 200), (1e-9, 2 * MOST_ROWS, 1), (1.0, 0, 1)],
)
def test_a_call_has_its_limits(seconds: float, rows: int, most: int) -> None:
    batches = EpochBatches()
    for _ in range(9):
        batches.note(MOST_EPOCHS, MOST_EPOCHS, seconds * MOST_EPOCHS)
    assert batches.next_size(MANY, rows) == most
    assert batches.next_size(1, rows) == 1


def test_a_call_of_another_duration_weighs_as_much_as_those_before_it() -> None:
    batches = EpochBatches()
    batches.call_seconds = 1.0
    for _ in range(9):
        batches.note(MOST_EPOCHS, MOST_EPOCHS, 0.01 * MOST_EPOCHS)
    batches.note(10, 10, 0.3)
    assert batches.next_size(MANY, 0) == 50


def test_a_call_that_ended_early_does_not_make_the_next_ones_longer() -> None:
    batches = EpochBatches()
    batches.note(1, 1, 1e-6)
    for _ in range(5):
        batches.note(4, 2, 2e-6)
    assert batches.next_size(MANY, 0) == 4
