"""What may be changed by hand in the middle of a run, as frozen records; see apply_edit."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import Clamps
from bpviz.core.model.pattern_change import PatternChange
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.values import BadValue, Integers, Vector

LARGEST = 1e100
"""Weights beyond this, squared and summed, would no longer be finite numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class SetParameters:
    """Give weights and biases other values.

    ``indices`` are those of the flat vector (see Network), ``values`` their new numbers.
    Tied numbers get the value too. Raises BadValue for a value that is not a finite number, and
    when applied for an index out of range or an absent weight.
    """

    indices: Integers
    values: Vector

    def __post_init__(self) -> None:
        indices = np.array(self.indices, dtype=np.int64).ravel()
        values = np.array(self.values, dtype=np.float64).ravel()
        if len(indices) != len(values):
            raise BadValue(
                "values",
                len(values),
                f"{len(indices)}, one for each index",
                name="number of values",
            )
        for value in values[~(np.abs(values) <= LARGEST)][:1]:
            raise BadValue(
                "weight", float(value), f"a finite number of at most {LARGEST:g} in size"
            )
        for name, array in (("indices", indices), ("values", values)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)


@dataclass(frozen=True, slots=True, eq=False)
class SetTrain:
    """Train with these patterns from now on; as many columns as before, any number of rows.

    With as many rows as before, an epoch under way goes on in its order. Otherwise it leaves
    out the rows that are gone, and takes those that were added at its end.
    """

    patterns: Patterns


@dataclass(frozen=True, slots=True, eq=False)
class ChangeTrain:
    """Train with some other rows from now on; as SetTrain, but only what changes is kept."""

    change: PatternChange


@dataclass(frozen=True, slots=True, eq=False)
class SetClamps:
    """Hold these units, and no others, at these values; see bpviz.core.clamps."""

    clamps: Clamps


@dataclass(frozen=True, slots=True)
class SetTraining:
    """Train with other settings."""

    training: Training


@dataclass(frozen=True, slots=True)
class SetCriterion:
    """Count answers as right by another criterion."""

    criterion: Criterion


Edit = SetParameters | SetTrain | ChangeTrain | SetClamps | SetTraining | SetCriterion
