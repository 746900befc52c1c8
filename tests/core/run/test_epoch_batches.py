"""How many epochs go into one call of a compiled engine."""

from types import SimpleNamespace
from typing import Any

import pytest

from bpviz.core.run.epoch_batches import MOST_EPOCHS, MOST_ROWS, EpochBatches


def run_of(updates: int, patterns: int) -> Any:
    return SimpleNamespace(updates=updates, start=SimpleNamespace(train=range(patterns)))


def test_a_call_grows_towards_the_time_it_should_take() -> None:
    chunks, run, sizes = EpochBatches(), run_of(1, 4), []
    chunks.aim = 0.008
    for _ in range(8):
        sizes.append(chunks._most(run))
        chunks._pace(sizes[-1], sizes[-1], 1e-5 * sizes[-1])
    assert sizes == [1, 4, 16, 64, 256, 800, 800, 800]
    chunks._pace(800, 3, 3e-5)  # ended early
    chunks.aim = 0.001
    assert chunks._most(run) == 100


@pytest.mark.parametrize(
    ("seconds", "run", "most"),
    [(1e-9, run_of(1, 4), MOST_EPOCHS), (1e-9, run_of(2, 200), MOST_ROWS // 200),
     (1.0, run_of(1, 4), 1)],
)  # fmt: skip
def test_a_call_has_its_limits(seconds: float, run: Any, most: int) -> None:
    chunks = EpochBatches()
    for _ in range(9):
        chunks._pace(MOST_EPOCHS, MOST_EPOCHS, seconds * MOST_EPOCHS)
    assert chunks._most(run) == most
