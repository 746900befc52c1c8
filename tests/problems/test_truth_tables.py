"""Truth tables against what everybody knows of them."""

import numpy as np
import pytest

from bpviz.core.values import BadValue
from bpviz.problems.table import PROBLEMS


def answers(name: str, **options: int) -> dict[tuple[int, ...], int]:
    """Inputs -> target of every row."""
    patterns = PROBLEMS[name].load(options).train
    return {
        tuple(row.astype(int).tolist()): int(target)
        for row, target in zip(patterns.inputs, patterns.targets[:, 0], strict=True)
    }


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("xor", {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}),
        ("and", {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1}),
        ("or", {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1}),
        ("not", {(0,): 1, (1,): 0}),
    ],
)
def test_tables(name: str, table: dict[tuple[int, ...], int]) -> None:
    assert answers(name) == table


@pytest.mark.parametrize("n", range(2, 11))
def test_parity_is_whether_the_number_of_ones_is_odd(n: int) -> None:
    table = answers("parity", n=n)
    assert len(table) == 2**n
    assert all(target == sum(row) % 2 for row, target in table.items())


@pytest.mark.parametrize("n", [3, 5, 7, 9])
def test_majority_is_more_than_half(n: int) -> None:
    table = answers("majority", n=n)
    assert len(table) == 2**n
    assert all(target == (2 * sum(row) > n) for row, target in table.items())


def test_a_majority_needs_an_odd_number() -> None:
    with pytest.raises(BadValue, match=r"number of inputs must be an odd number, not 4"):
        PROBLEMS["majority"].load({"n": 4})


def test_rows_are_counted_in_binary() -> None:
    inputs = PROBLEMS["parity"].load({"n": 3}).train.inputs
    assert (inputs @ [4, 2, 1]).tolist() == list(range(8))


def test_nothing_is_kept_for_testing() -> None:
    assert all(PROBLEMS[name].load().test is None for name in ("xor", "majority", "parity"))
    assert np.array_equal(PROBLEMS["xor"].load().domain, ((-0.25, 1.25), (-0.25, 1.25)))
