"""Trains all networks of a race, block by block."""

from collections.abc import Sequence
from itertools import accumulate

from bpviz.core.interruption import Interrupted, never
from bpviz.core.race.alone import run_alone
from bpviz.core.race.block import EpochsDone, no_progress, run_block
from bpviz.core.race.plan import Outcomes, RacePlan, joined
from bpviz.core.race.size import block_sizes, trains_together
from bpviz.core.run.run_spec import RunSpec


def blocks(starts: Sequence[RunSpec]) -> list[Sequence[RunSpec]]:
    """The starts in blocks that are trained at once, in their order.

    The outcomes of a block depend on nothing outside it, to the bit, so blocks may be trained
    in any place and order.
    """
    ends = list(accumulate(block_sizes(starts[0], len(starts))))
    return [starts[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def run_starts(
    starts: Sequence[RunSpec],
    plan: RacePlan,
    interrupted: Interrupted = never,
    progress: EpochsDone = no_progress,
) -> Outcomes:
    """Train the networks of these starts (at least one), as core.run.Run would.

    The starts are of one experiment and differ in their seeds, and in the masks drawn from
    them. ``progress`` is called with the number of epochs done. Raises Stopped when interrupted.
    """
    parts = [run_block_of(block, plan, interrupted, progress) for block in blocks(starts)]
    return joined(parts)


def run_block_of(
    starts: Sequence[RunSpec],
    plan: RacePlan,
    interrupted: Interrupted = never,
    progress: EpochsDone = no_progress,
) -> Outcomes:
    """Train the networks of one of the ``blocks``, together or one after another."""
    if trains_together(starts[0]):
        return run_block(starts, plan, interrupted, progress)
    return joined([run_alone(start, plan, interrupted, progress) for start in starts])
