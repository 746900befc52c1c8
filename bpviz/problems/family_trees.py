"""Family trees: 104 facts about two families of the same shape (Hinton 1986).

G. E. Hinton, Learning distributed representations of concepts, 1986; D. E. Rumelhart, G. E. Hinton
and R. J. Williams, Learning representations by back-propagating errors, Nature 323, 1986.
"""

import csv
from functools import cache
from typing import Any

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.chapter_eight import FAMILY
from bpviz.problems.sampling import DATA_SEED, SPLIT, generator
from bpviz.problems.target_values import TARGETS_OPTION, with_targets
from bpviz.resources import resource

PEOPLE, RELATIONSHIPS = 24, 12

Fact = tuple[str, str, tuple[str, ...]]
"""Person 1, relationship, and all people who are person 2."""


@cache
def facts() -> tuple[Fact, ...]:
    """The facts in the order of their file."""
    with resource("problems", "family-trees.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(
            (row["person"], row["relationship"], tuple(row["answer"].split())) for row in rows
        )


def _make(options: Options) -> PatternSet:
    people = list(dict.fromkeys(person for person, _, _ in facts()))
    relationships = list(dict.fromkeys(relationship for _, relationship, _ in facts()))
    inputs = np.zeros((len(facts()), PEOPLE + RELATIONSHIPS))
    targets = np.zeros((len(facts()), PEOPLE))
    for row, (person, relationship, answers) in enumerate(facts()):
        inputs[row, people.index(person)] = 1.0
        inputs[row, PEOPLE + relationships.index(relationship)] = 1.0
        targets[row, [people.index(answer) for answer in answers]] = 1.0
    mixed = generator(options["data_seed"], SPLIT).permutation(len(inputs))
    test, train = np.sort(mixed[: options["held_out"]]), np.sort(mixed[options["held_out"] :])
    return with_targets(
        PatternSet(
            "family-trees", "table", Patterns(inputs[train], targets[train]),
            (*people, *relationships), tuple(people),
            test=Patterns(inputs[test], targets[test]) if len(test) else None,
            row_length=PEOPLE // 2,  # the English above the Italians, as the authors drew them
            named_by_ones=True,
            domain=((-0.25, 1.25),) * inputs.shape[1],
            source="G. E. Hinton, Learning distributed representations of concepts (1986)",
        ),
        options,
    )  # fmt: skip


SUITS: dict[str, Any] = {
    "inputs": (PEOPLE, RELATIONSHIPS),
    "hidden": tuple((size, "logistic") for size in (6, 6, 12, 6)),
    "links": (
        {"source": "input 2", "target": "hidden 1", "present": False},
        {"source": "input 2", "target": "hidden 2"},
        {"source": "hidden 1", "target": "hidden 2", "present": False},
        {"source": "hidden 1", "target": "hidden 3"},
    ),
    "output": "logistic",
    "initializer": "uniform",
    "spread": 1.0,
    "tolerance": 0.4,
    "error": "squared-beyond",
    "training": {
        "optimizer": "momentum",
        "rate": 0.005,
        "momentum": 0.5,
        "batch": "all",
        "schedule": "20: 0.02/0.9",
        "decay_l2": 0.002,
    },
    "stop": {"epochs": 20_000},
}
"""24 + 12 -> 6 + 6 -> 12 -> 6 -> 24: each person and each relationship is coded on its own."""

FAMILY_TREES = (
    Problem(
        "family-trees", "Family trees", FAMILY,
        "A person and a relationship give a person, in two families of the same shape: what "
        "people have in common must be found.",
        _make,
        (
            Option("held_out", "held out", "int", 4, 0, 52,
                   help="Facts that the network is tested on and never trained with."),
            TARGETS_OPTION,
            DATA_SEED,
        ),
        SUITS,
    ),
)  # fmt: skip
