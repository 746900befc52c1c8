"""The shards of a race: plain data that a worker on any machine can train."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from bpviz.core.interruption import Interrupted, never
from bpviz.core.model.patterns import PatternSet
from bpviz.core.race.block import EpochsDone, no_progress
from bpviz.core.race.plan import Outcomes, RacePlan
from bpviz.core.race.race import run_block_of
from bpviz.core.race.size import block_sizes
from bpviz.core.run.run_spec import RunSpec
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment, build_network, start_of
from bpviz.experiment.race_order import RaceOrder


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Some seeds of one variant, trained as one block.

    It can be pickled. Which seeds form a shard depends on the race alone, so that its numbers
    are the same to the bit on every executor.
    """

    variant: int
    start: RunSpec
    seeds: range
    plan: RacePlan
    experiment: Experiment
    patterns: PatternSet | None

    def starts(self) -> list[RunSpec]:
        """The start of every seed."""
        if self.patterns is None:
            return [replace(self.start, seed=seed) for seed in self.seeds]
        return [self._with_own_masks(seed, self.patterns) for seed in self.seeds]

    def _with_own_masks(self, seed: int, patterns: PatternSet) -> RunSpec:
        network = build_network(replace(self.experiment, seed=seed), patterns)
        return replace(self.start, seed=seed, network=network)


def shards_of(order: RaceOrder, setups: tuple[PreparedExperiment, ...]) -> list[Shard]:
    """The shards of all variants; the first ones of every variant come first."""
    by_variant = [list(_shards(order, v, setup)) for v, setup in enumerate(setups)]
    longest = max(len(shards) for shards in by_variant)
    return [shards[i] for i in range(longest) for shards in by_variant if i < len(shards)]


def _shards(order: RaceOrder, variant: int, setup: PreparedExperiment) -> Iterator[Shard]:
    start, plan = start_of(setup), order.plan(setup)
    has_masks = any(link.present and link.density < 1.0 for link in setup.experiment.links)
    # The true function of a problem is only for drawing, and often cannot be pickled.
    patterns = replace(setup.patterns, truth=None) if has_masks else None
    ends = list(accumulate(block_sizes(start, order.seeds)))
    for begin, end in zip([0, *ends], ends, strict=False):
        seeds = range(order.first_seed + begin, order.first_seed + end)
        yield Shard(variant, start, seeds, plan, setup.experiment, patterns)


def run_shard(
    shard: Shard,
    interrupted: Interrupted = never,
    progress: EpochsDone = no_progress,
) -> Outcomes:
    """Train a shard's networks; the outcomes hold no parameters, which are not used."""
    outcomes = run_block_of(shard.starts(), shard.plan, interrupted, progress)
    return replace(outcomes, parameters=np.empty((len(outcomes), 0)))
