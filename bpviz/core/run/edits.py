"""Edits: what may be changed by hand in the middle of a run, as plain data; see apply_edit."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import Clamps
from bpviz.core.model.pattern_change import PatternChange
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.values import BadValue, Integers, Vector

LARGEST = 1e100
"""Largest weight: sums of squares of larger ones overflow."""


@dataclass(frozen=True, slots=True, eq=False)
class SetParameters:
    """Set weights and biases.

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
    """Train with these patterns from now on: as many columns as before, any number of rows.

    An epoch under way keeps its order: it leaves out rows that are gone, and takes rows that
    were added at its end.
    """

    patterns: Patterns


@dataclass(frozen=True, slots=True, eq=False)
class ChangeTrain:
    """Change some rows of the training patterns; as SetTrain, but stores only the difference."""

    change: PatternChange


@dataclass(frozen=True, slots=True, eq=False)
class SetClamps:
    """Hold these units, and no others, at these values; see bpviz.core.model.clamps."""

    clamps: Clamps


@dataclass(frozen=True, slots=True)
class SetTraining:
    """Train with these settings from the next update on (batch and order: next epoch).

    Another optimizer begins with an empty memory.
    """

    training: Training


@dataclass(frozen=True, slots=True)
class SetCriterion:
    """Count answers as right by this criterion, from the present epoch on."""

    criterion: Criterion


Edit = SetParameters | SetTrain | ChangeTrain | SetClamps | SetTraining | SetCriterion
