"""An instant of a run to be shared: its numbers, or the recipe to repeat it."""

import zlib
from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.checkpoint import Checkpoint, When
from bpviz.core.run.edits import Edit
from bpviz.core.values import BadValue, Unquoted, Vector
from bpviz.experiment.experiment import Experiment
from bpviz.sharing.shown import EVERYTHING, Shown


@dataclass(frozen=True, slots=True, eq=False)
class ReplayRecipe:
    """How to repeat the training from epoch 0 up to ``until``, with the edits on the way.

    edits     (when, edit), in their order.
    engines   (epoch, engine): the engine used from that epoch on.
    check     check_of the parameters at ``until``, to verify that they are equal to the bit.
    """

    until: When
    edits: tuple[tuple[When, Edit], ...]
    engines: tuple[tuple[int, str], ...]
    check: int


@dataclass(frozen=True, slots=True, eq=False)
class ExactCheckpoint:
    """The instant as the checkpoint of the run, exact to the bit.

    ``state.training`` is that of the experiment shared with it; criterion and training patterns
    are filled in by ``fitted``. ``train``: the training patterns if they were changed by hand,
    else None. ``way`` leads to the instant, for the curve up to it; None if repeating it would
    take too long.
    """

    state: Checkpoint
    train: Patterns | None
    way: ReplayRecipe | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SharedExperiment:
    """An experiment at an instant of its run; ``at`` None is epoch 0 of its seed.

    With a ReplayRecipe the experiment is that of epoch 0; the edits lead to the present one.
    ``shown`` is what a window is reduced to that opens it.
    """

    experiment: Experiment
    at: ExactCheckpoint | ReplayRecipe | None = None
    shown: Shown = EVERYTHING

    @property
    def has_curve(self) -> bool:
        """Whether the training up to the instant is repeated, so that the curve is there."""
        return not isinstance(self.at, ExactCheckpoint) or self.at.way is not None


def check_of(parameters: Vector) -> int:
    """A checksum of the parameters (CRC-32)."""
    return zlib.crc32(np.ascontiguousarray(parameters, dtype="<f8").tobytes())


def fitted(
    numbers: ExactCheckpoint, train: Patterns, criterion: Criterion, n_parameters: int
) -> Checkpoint:
    """The checkpoint for a run of these training patterns and this many parameters.

    Raises BadValue for a checkpoint of another network or of other patterns.
    """
    state = numbers.state
    if state.vectors.shape != (4, n_parameters):
        found = Unquoted(f"of {state.vectors.shape[1]:,}")
        allowed = f"of {n_parameters:,} weights and biases, as many as its network has"
        raise BadValue("link text", found, allowed)
    every = numbers.train or train
    for name in ("inputs", "targets"):
        wide, wanted = (getattr(p, name).shape[1] for p in (every, train))
        if wide != wanted:
            raise BadValue(f"columns of {name} in the link text", wide, str(wanted))
    if state.update and not state.whole and sorted(state.order) != list(range(len(every))):
        allowed = f"one of its {len(every):,} patterns"
        raise BadValue("order in the link text", Unquoted("of others"), allowed)
    order = state.order if state.update and not state.whole else np.arange(len(every))
    return replace(state, order=order, train=every, criterion=criterion)
