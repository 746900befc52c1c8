"""Where a published run lies among the networks of a race."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bpviz.core.race.plan import Outcomes
from bpviz.core.race.statistics import Summary, summary
from bpviz.experiment.published import Published, published_run_of
from bpviz.experiment.race_order import RaceOrder
from bpviz.session.race.runner import Standings


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A published run beside the networks of a race.

    low, high   epochs that 5 and 95 % of the networks that solved it needed; None without one.
    slower      networks that needed more epochs than the published run, or were not solved.
    """

    summary: Summary
    low: float | None
    high: float | None
    slower: int | None

    def words(self) -> str:
        """'faster than 71 of 100 seeds'; empty without a published number."""
        return "" if self.slower is None else _words(self.slower, self.summary.networks)


def reproduction(outcomes: Outcomes, published: int | None) -> Reproduction:
    """The networks of a race beside a run that took so many epochs; None: no such number."""
    epochs = outcomes.epochs_to_solve
    low, high = np.quantile(epochs, [0.05, 0.95]).tolist() if len(epochs) else (None, None)
    slower = None if published is None else _slower(outcomes, published)
    return Reproduction(summary(outcomes), low, high, slower)


def published_runs_of(order: RaceOrder) -> dict[int, Published]:
    """The published run of each variant that was published with a number."""
    runs = ((v, published_run_of(variant.experiment)) for v, variant in enumerate(order.variants))
    return {v: run for v, run in runs if run is not None and run.epochs is not None}


def published_words(standings: Standings, published: Mapping[int, Published]) -> list[str]:
    """A sentence for every variant that was published: where the authors' run lies in the race.

    ``published`` as ``published_runs_of`` returns it.
    """
    sentences = []
    for v, row in published.items():
        outcomes = standings.ends(v)
        if row.epochs is not None and outcomes is not None:
            words = _words(_slower(outcomes, row.epochs), len(outcomes))
            sentences.append(f"published ({row.source}): {row.said} with {row.network}, {words}")
    return sentences


def _slower(outcomes: Outcomes, epochs: int) -> int:
    """How many networks needed more epochs, or were not solved."""
    return len(outcomes) - int(np.count_nonzero(outcomes.epochs_to_solve <= epochs))


def _words(slower: int, networks: int) -> str:
    return f"faster than {slower:,} of {networks:,} seeds"
