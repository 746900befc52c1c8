"""Checkpoints: everything that determines how a run continues from an instant."""

from dataclasses import dataclass
from typing import Any

from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import Clamps
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.records import EpochRecord
from bpviz.core.values import Integers, Matrix

OVERHEAD = 1_300
"""Bytes of a checkpoint besides its arrays, as measured with tracemalloc: the Generator's state
(about 410), the record, array headers and objects."""


When = tuple[int, int]
"""An instant between two updates: completed epochs, completed updates of the next one."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """An instant between two updates, to which Run.restore goes back.

    epoch, update   completed epochs, and completed updates of the epoch that follows.
    count           number of updates that the optimizer has made.
    order, batch    the rows of the epoch under way in their order, and patterns per update;
                    ``whole`` if one update takes all patterns.
    rng             the Generator's state; between two epochs that before the order is drawn.
    vectors         (2 + slots, N): parameters, last change, the optimizer's memory.
    training, train, criterion, clamps   the settings, patterns and clamps of that instant.
    engine          the engine that was to train the epoch under way or the next one.
    """

    epoch: int
    update: int
    count: int
    order: Integers
    batch: int
    whole: bool
    record: EpochRecord
    rng: Any
    vectors: Matrix
    training: Training
    train: Patterns
    criterion: Criterion
    clamps: Clamps
    engine: str = "numpy"

    @property
    def n_bytes(self) -> int:
        """Approximate memory, without the patterns, which checkpoints share."""
        order = 0 if self.whole else self.order.nbytes  # there they share it too
        return int(self.vectors.nbytes + order) + OVERHEAD
