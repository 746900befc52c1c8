"""What the makers of patterns share: options, the train/test split and standardised numbers."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.patterns import Patterns
from bpviz.core.values import Integers, Matrix, Vector
from bpviz.problems.base import Option

MAX_SEED = 2**32 - 1

Domain = tuple[tuple[float, float], ...]
"""(low, high) per input column."""

DATA_SEED = Option(
    "data_seed", "data seed", "int", 0, 0, MAX_SEED,
    help="Decides which patterns are drawn and which of them test; the initial weights have "
    "a seed of their own.",
)  # fmt: skip


def test_share(default: float) -> Option:
    """The option for the share of patterns kept for testing."""
    return Option(
        "test_share", "test share", "float", default, 0.0, 0.9,
        help="The share of patterns the network is tested on and never trained with; 0: none.",
    )  # fmt: skip


def generator(data_seed: int, purpose: int) -> np.random.Generator:
    """Random numbers for one purpose.

    Each purpose has its own stream, so that a change of the test share or the noise leaves
    the points where they were.
    """
    return np.random.default_rng([data_seed, purpose])


POINTS, NOISE, SPLIT = range(3)
"""The purposes."""


def split_rows(
    n_patterns: int, share: float, data_seed: int, classes: Integers | None = None
) -> tuple[Integers, Integers]:
    """Row numbers of the training and of the test patterns, each in ascending order.

    With ``classes`` (P,) every class gives the same share, and keeps at least one pattern for
    training; without, at least one pattern is kept in all.
    """
    if classes is None:
        classes = np.zeros(n_patterns, dtype=np.int64)
    mixed = generator(data_seed, SPLIT).permutation(n_patterns)
    by_class = mixed[np.argsort(classes[mixed], kind="stable")]
    repeats = np.flatnonzero(np.diff(classes[by_class]) == 0) + 1
    candidates = by_class[repeats]  # all but the first pattern of every class
    n, k = len(candidates), min(round(share * n_patterns), len(candidates))
    # Every (n/k)-th candidate: as they stand class by class, each class gives its share.
    quota = (2 * k * np.arange(n + 1) + n) // (2 * max(n, 1))
    test = np.sort(candidates[np.diff(quota) > 0])
    return np.setdiff1d(np.arange(n_patterns), test), test


def split(
    inputs: Matrix,
    targets: Matrix,
    share: float,
    data_seed: int,
    classes: Integers | None = None,
) -> tuple[Patterns, Patterns | None]:
    """The training patterns, and the test patterns or None if the share rounds to none."""
    train, test = split_rows(len(inputs), share, data_seed, classes)
    held_out = Patterns(inputs[test], targets[test]) if len(test) else None
    return Patterns(inputs[train], targets[train]), held_out


@dataclass(frozen=True, slots=True, eq=False)
class Standardization:
    """Mean and standard deviation (both (columns,)) that numbers are measured with."""

    mean: Vector
    deviation: Vector

    def apply(self, numbers: Matrix) -> Matrix:
        """(numbers - mean) / deviation, column by column."""
        return (numbers - self.mean) / self.deviation


def scale_of(numbers: Matrix) -> Standardization:
    """The scale of these numbers (P, columns); a column that does not vary keeps its unit."""
    deviation = numbers.std(axis=0)
    rounding = 1e-13 * np.abs(numbers).max(axis=0)
    return Standardization(numbers.mean(axis=0), np.where(deviation > rounding, deviation, 1.0))


def domain_of(inputs: Matrix, at_least: Domain = (), margin: float = 0.1) -> Domain:
    """(low, high) per column that covers all inputs (P, columns).

    A column's pair in ``at_least`` is kept if it covers them; otherwise the data's range gets
    a margin of this share of its width on both sides.
    """
    pairs = []
    for column, values in enumerate(inputs.T):
        low, high = float(values.min()), float(values.max())
        if at_least and at_least[column][0] <= low and high <= at_least[column][1]:
            pairs.append(at_least[column])
        else:
            pad = margin * ((high - low) or 1.0)
            pairs.append((low - pad, high + pad))
    return tuple(pairs)
