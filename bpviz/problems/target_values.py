"""The option of problems whose targets are 0 and 1 to have 0.1 and 0.9 instead.

Logistic units reach 0 and 1 only with infinite weights, so the authors of 1986 trained to 0.1 and
0.9 (Rumelhart, Hinton & Williams 1986, Learning internal representations by error propagation).
"""

from dataclasses import replace

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.problems.base import Option, Options

ZERO_ONE, WITHIN = "0/1", "0.1/0.9"

TARGETS_OPTION = Option(
    "target_values", "target values", "choice", ZERO_ONE, choices=(ZERO_ONE, WITHIN),
    labels=("0 and 1", "0.1 and 0.9"),
    help="Targets of 0.1 and 0.9 can be reached by logistic units with finite weights.",
)  # fmt: skip


def with_targets(patterns: PatternSet, options: Options) -> PatternSet:
    """The patterns, whose targets are 0 and 1, with the targets that the options ask for."""
    if options["target_values"] == ZERO_ONE:
        return patterns
    return replace(
        patterns,
        train=_within(patterns.train),
        test=None if patterns.test is None else _within(patterns.test),
    )


def _within(part: Patterns) -> Patterns:
    return Patterns(part.inputs, 0.1 + 0.8 * part.targets)
