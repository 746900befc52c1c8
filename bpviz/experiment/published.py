"""Runs that Rumelhart, Hinton & Williams published in 1986, to be repeated with many seeds.

CHAPTER is Learning internal representations by error propagation (Parallel Distributed Processing,
volume 1, chapter 8); NATURE is Learning representations by back-propagating errors (Nature 323).
Rates and momenta are those of the authors where they name them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bpviz.core.text.number_words import percent, plain
from bpviz.experiment.comparison import batch_words
from bpviz.experiment.experiment import Experiment, Hidden, Link, Stop, experiment_for

CHAPTER, NATURE = "PDP 1986, chapter 8", "Nature 323, 1986"


@dataclass(frozen=True, slots=True)
class Published:
    """One published run, as a row.

    network    the sizes of its groups, and what is unusual about them.
    said       what was published, in the authors' unit; "" where no number was.
    epochs     the same in epochs (sweeps through all patterns); None where it is none.
    most       epochs after which a network counts as not solved.
    changes    fields of the experiment that differ from the problem's own.
    """

    problem: str
    network: str
    said: str
    epochs: int | None
    source: str
    most: int
    changes: Mapping[str, Any] = field(default_factory=dict)

    def experiment(self) -> Experiment:
        """The experiment of the run, which ends when it is solved."""
        experiment = experiment_for(self.problem, **self.changes)
        return replace(experiment, stop=Stop(epochs=self.most, solved=True))

    def conditions(self) -> str:
        """Rate, momentum, batch, initial weights and criterion, in words."""
        return conditions(self.experiment())


def conditions(experiment: Experiment) -> str:
    """What the number of epochs depends on besides network and seed, in words."""
    training = experiment.training
    momentum = training.momentum if training.optimizer == "momentum" else 0.0
    words = [f"ε {plain(training.rate, 6)}", f"α {plain(momentum, 6)}"]
    words += [f"then {training.schedule}"] if training.schedule else []
    words += [f"L2 {plain(training.decay_l2, 6)}"] if training.decay_l2 else []
    share = percent(training.decay_share)
    words += [f"decay {share} a change"] if training.decay_share else []
    words += [batch_words(experiment), f"weights ±{plain(experiment.spread, 6)}"]
    return ", ".join([*words, f"right within {plain(experiment.tolerance, 6)}"])


def _momentum(rate: float, momentum: float = 0.9) -> dict[str, Any]:
    return {"optimizer": "momentum", "rate": rate, "momentum": momentum, "batch": "all"}


def _xor(hidden: int, epochs: int) -> Published:
    changes = {"hidden": (Hidden(hidden),), "training": _momentum(0.25)}
    network, said = f"2-{hidden}-1", f"{epochs} presentations of the set"
    return Published("xor", network, said, epochs, CHAPTER, 10_000, changes)


PARITY = {
    "hidden": (Hidden(4),), "initializer": "uniform", "spread": 0.5, "training": _momentum(0.5),
}  # fmt: skip

PUBLISHED = (
    Published(
        "xor", "2-1-1 with input>output", "558 sweeps", 558, CHAPTER, 10_000,
        {
            "hidden": (Hidden(1),), "links": (Link("input", "output"),), "tolerance": 0.1,
            "training": _momentum(0.5),
        },
    ),
    _xor(2, 247), _xor(4, 214), _xor(8, 181), _xor(16, 148), _xor(32, 115),
    Published("parity", "4-4-1", "2,825 presentations of the set", 2825, CHAPTER, 20_000, PARITY),
    Published("encoder", "8-3-8", "", None, CHAPTER, 10_000),
    Published("graded-code", "2-1-4-4", "", None, CHAPTER, 10_000),
    Published("symmetry", "6-2-1", "1,425 sweeps", 1425, NATURE, 20_000),
    Published(
        "addition", "4-1-1-3 with all links", "about 3,020 passes", 3020, CHAPTER, 5_000,
    ),
    Published(
        "negation", "4-3-3 with input>output", "about 5,000 passes", 5000, CHAPTER, 20_000,
    ),
    Published(
        "t-c", "25-9-1 with shared weights", "5,000 to 10,000 presentations", None, CHAPTER, 10_000,
    ),
    Published(
        "family-trees", "24+12-6+6-12-6-24", "1,500 sweeps", 1500, NATURE, 20_000,
    ),
)  # fmt: skip
"""Every published run; a new one is one row."""


def published_runs(problem: str) -> tuple[Published, ...]:
    """The published runs of a problem."""
    return tuple(row for row in PUBLISHED if row.problem == problem)


def published_run_of(experiment: Experiment) -> Published | None:
    """The published run of this experiment, whatever its seed and stop conditions."""
    for row in published_runs(experiment.problem):
        own = row.experiment()
        if replace(experiment, seed=own.seed, stop=own.stop) == own:
            return row
    return None
