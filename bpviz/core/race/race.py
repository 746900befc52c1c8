"""All networks of a race, one block after the other."""

from collections.abc import Sequence
from itertools import accumulate

from bpviz.core.interruption import Interrupted, never
from bpviz.core.race.alone import run_alone
from bpviz.core.race.block import Told, nobody, run_block
from bpviz.core.race.plan import Outcomes, RacePlan, together
from bpviz.core.race.size import block_sizes, trains_together
from bpviz.core.run.run_spec import RunSpec


def blocks(starts: Sequence[RunSpec]) -> list[Sequence[RunSpec]]:
    """The starts in blocks that are trained at once, in their order.

    What a block brings depends on nothing outside it, to the bit: so the blocks may be trained
    anywhere and in any order.
    """
    ends = list(accumulate(block_sizes(starts[0], len(starts))))
    return [starts[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def run_starts(
    starts: Sequence[RunSpec], plan: RacePlan, interrupted: Interrupted = never, told: Told = nobody
) -> Outcomes:
    """Train the networks of these starts (at least one), as core.run.Run would one by one.

    The starts are of one experiment and differ in their seeds, and in the masks drawn from
    them. ``told`` hears of progress. Raises Stopped when interrupted.
    """
    parts = [run_block_of(block, plan, interrupted, told) for block in blocks(starts)]
    return together(parts)


def run_block_of(
    starts: Sequence[RunSpec], plan: RacePlan, interrupted: Interrupted = never, told: Told = nobody
) -> Outcomes:
    """Train the networks of one of the ``blocks``, by whichever way is faster."""
    if trains_together(starts[0]):
        return run_block(starts, plan, interrupted, told)
    return together([run_alone(start, plan, interrupted, told) for start in starts])
