"""The state of a run: parameters, settings and counters, shared by the parts of the run."""

from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.records import NAN, EpochRecord
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Integers, Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class OptimizerState:
    """What the next update depends on, besides parameters, patterns and settings.

    rows      the training patterns of the update, in their order.
    memory    (slots, N) the optimizer's memory.
    count     number of updates that the optimizer has made.
    """

    rows: Integers
    memory: Matrix
    count: int


class RunState:
    """The state that updates and edits change.

    start       the specification of the run, with the present patterns and criterion.
    training, clamps   the present settings, and the units that are held at a value.
    vectors     (4, N): ``parameters``, ``change`` (of the last update) and ``memory`` (of the
                optimizer, two vectors) are views of it.
    epoch, update   completed epochs, and completed updates of the epoch that follows.
    position    phases done inside the next update (see cursor).
    count       number of updates that the optimizer has made.
    record      the record of the last completed epoch.
    updated     the rows of the last update; None if it took all patterns, or is not known.
    """

    def __init__(self, start: RunSpec) -> None:
        self.start, self.training = start, start.training
        self.clamps: Clamps = NO_CLAMPS
        self.vectors: Matrix = np.zeros((4, start.network.n_parameters))
        self.parameters: Vector = self.vectors[0]
        self.change: Vector = self.vectors[1]
        self.memory: Matrix = self.vectors[2:]
        self.epoch = self.update = self.position = self.count = 0
        self.record = EpochRecord(0, NAN, NAN)
        self.updated: Integers | None = None

    @property
    def present_training(self) -> Training:
        """The settings with the rate and momentum of the epoch under way, see Training.at."""
        return self.training.at(self.epoch)

    def reset(self, parameters: Vector) -> None:
        """Go back to epoch 0 with these parameters (N,); settings stay as they are."""
        self.vectors.fill(0.0)
        self.parameters[:] = parameters
        self.updated = None
        self.epoch = self.update = self.position = self.count = 0
        self.record = EpochRecord(0, NAN, NAN)

    def restore(self, saved: Checkpoint) -> None:
        """Go back to a checkpoint, except for its clamps."""
        self.position, self.updated = 0, None
        self.epoch, self.update, self.count = saved.epoch, saved.update, saved.count
        self.record = saved.record
        self.vectors[:] = saved.vectors
        self.training = saved.training
        self.start = replace(self.start, train=saved.train, criterion=saved.criterion)

    def forget_optimizer(self) -> None:
        """Clear the optimizer's memory and its count."""
        self.memory.fill(0.0)
        self.count = 0
