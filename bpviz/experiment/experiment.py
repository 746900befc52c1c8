"""The frozen description of everything a run needs, and the default one of a problem.

An Experiment is plain data: it can be compared, replaced field by field and passed between
threads. prepare.prepare builds its network. Every refusal is a BadValue whose ``field`` names
the field of the experiment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import Training
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import (
    MAX_HIDDEN_GROUPS,
    MAX_PATTERN_SIZE,
    MAX_UNITS,
)
from bpviz.core.model.patterns import PatternSet
from bpviz.core.run.records import EpochRecord
from bpviz.core.text.number_words import plain
from bpviz.core.values import (
    check_choice,
    check_number,
    check_whole,
)
from bpviz.problems.table import find_problem

MAX_SEED = 2**32 - 1
MAX_EPOCHS = 10**12
MAX_INPUT_GROUPS = 8
MAX_DROPOUT = 0.95


@dataclass(frozen=True, slots=True)
class Hidden:
    """One hidden group: the number of units, their activation, and the dropout of its units."""

    size: int
    activation: str = "logistic"
    dropout: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """A connection that differs from the dense one between neighbouring groups.

    source, target  names of groups: "input" (or "input 1", ...), "hidden 1", ..., "output".
    density         share of the weights that exist, drawn once with the experiment's seed.
    field           (rows, columns) of a receptive field over the source, whose units form the
                    problem's image; the target has one unit for each place of the field.
    shared          with a field: all target units share one set of weights; without one: the
                    weights into a target unit are one and the same.
    fixed           the weights are not trained.
    present         False removes a connection between neighbours.
    """

    source: str
    target: str
    density: float = 1.0
    field: tuple[int, int] | None = None
    shared: bool = False
    fixed: bool = False
    present: bool = True


Conditions = Iterator[tuple[str, Any]]
SOLVED = "all patterns solved"


@dataclass(frozen=True, slots=True)
class Stop:
    """The stop conditions; the first one met ends training. None or False: no such condition.

    ``error`` is compared with E per pattern (E / P), whatever the size of the problem.
    ``patience``: so many epochs without a lower test error end training, and the run goes back to
    the epoch of the lowest (early stopping). Without test patterns it has no effect.
    """

    epochs: int | None = None
    error: float | None = None
    solved: bool = False
    patience: int | None = None

    def __post_init__(self) -> None:
        if self.epochs is not None:
            check_whole("stop at epoch", self.epochs, 0, MAX_EPOCHS)
        if self.error is not None:
            check_number("stop at error", self.error, 0.0, 1e300)
        if self.patience is not None:
            check_whole("patience", self.patience, 1, MAX_EPOCHS)

    def reasons(self, record: EpochRecord, n_patterns: int) -> tuple[str, ...]:
        """The conditions that this epoch meets, as words that complete 'Stopped: ...'."""
        error, right = record.train_error, record.train_right
        every = self.conditions(record.epoch, error, right, n_patterns)
        return tuple(words for words, met in every if met)

    def conditions(self, epoch: Any, error: Any, right: Any, n_patterns: int) -> Conditions:
        """Every condition in words, and whether it is met; for numbers, or arrays of one length."""
        if self.solved:
            yield SOLVED, right == 1.0
        if self.error is not None:
            yield (
                f"error per pattern at most {plain(self.error, 6)}",
                error <= self.error * n_patterns,
            )
        if self.epochs is not None:
            words = f"{self.epochs:,} epoch{'' if self.epochs == 1 else 's'} done"
            yield words, epoch >= self.epochs


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything that determines a run; equal Experiments give equal runs, to the bit.

    problem         a name of the table of problems, or the path of a CSV file.
    options         the problem's options (size, noise, data seed, ...).
    hidden          0 to 8 hidden groups of 1 to 1,024 units.
    output          activation of the output group.
    error           name of a row of losses.LOSSES.
    rule            name of a row of rules.RULES.
    links           connections other than the dense ones between neighbours.
    inputs          units of each input group, in the order of the input columns; () is one group.
    initializer, spread   how initial weights are drawn; spread is r (or the sd).
    tolerance       an answer is right if every output is closer than this to its target
                    (problems whose targets are one-hot compare the largest output instead).
    seed            of the initial weights, the masks and the order of patterns.
    """

    problem: str = "xor"
    options: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[Hidden, ...] = (Hidden(3),)
    output: str = "logistic"
    error: str = "squared"
    rule: str = "backpropagation"
    links: tuple[Link, ...] = ()
    inputs: tuple[int, ...] = ()
    initializer: str = "uniform"
    spread: float = 0.5
    training: Training = field(default_factory=Training)
    tolerance: float = 0.4
    seed: int = 0
    stop: Stop = field(default_factory=Stop)

    def __post_init__(self) -> None:
        check_whole("number of hidden groups", len(self.hidden), 0, MAX_HIDDEN_GROUPS)
        check_whole("number of input groups", len(self.inputs), 0, MAX_INPUT_GROUPS)
        for size in self.inputs:
            check_whole("units of an input group", size, 1, MAX_PATTERN_SIZE)
        for h, group in enumerate(self.hidden, 1):
            check_whole(f"units of hidden {h}", group.size, 1, MAX_UNITS)
            check_choice(f"activation of hidden {h}", group.activation, ACTIVATIONS)
            check_number(f"dropout of hidden {h}", group.dropout, 0.0, MAX_DROPOUT)
        check_choice("output activation", self.output, ACTIVATIONS)
        check_choice("error", self.error, LOSSES)
        check_choice("rule", self.rule, RULES)
        check_choice("initial weights", self.initializer, INITIALIZERS)
        check_number("spread of initial weights", self.spread, 0.0, 1e3)
        check_number("tolerance", self.tolerance, 0.0, 1e9, above=True)
        check_whole("seed", self.seed, 0, MAX_SEED)

    def input_groups(self) -> tuple[str, ...]:
        """The names of the input groups."""
        n = len(self.inputs)
        return tuple(f"input {g + 1}" for g in range(n)) if n > 1 else ("input",)

    def group_names(self) -> tuple[str, ...]:
        """The names of the groups, inputs first."""
        hidden = (f"hidden {h + 1}" for h in range(len(self.hidden)))
        return (*self.input_groups(), *hidden, "output")

    def neighbours(self) -> tuple[tuple[str, str], ...]:
        """The pairs of groups that are connected unless a link says otherwise.

        Every input group with the group after the inputs, and every later group with the next.
        """
        inputs, names = self.input_groups(), self.group_names()
        later = names[len(inputs) :]
        return (*((name, later[0]) for name in inputs), *pairwise(later))


LIVE_FIELDS = frozenset({"training", "tolerance", "stop"})
"""Fields that may change during a run; every other field needs a new run."""


def with_live_fields(experiment: Experiment, other: Experiment) -> Experiment:
    """The experiment with the LIVE_FIELDS of another one."""
    return replace(experiment, **{name: getattr(other, name) for name in LIVE_FIELDS})


def with_rule(experiment: Experiment, name: str) -> Experiment:
    """The experiment with another learning rule, and a network that the rule can train.

    Only what the rule requires is changed: the activation of the output, the hidden groups
    (removed unless all weights into them are fixed), and the training settings of the rule.
    Raises BadValue for an unknown rule.
    """
    check_choice("rule", name, RULES)
    rule = RULES[name]
    output = experiment.output
    if rule.outputs and output not in rule.outputs:
        output = rule.outputs[0]
    elif rule.backward and not ACTIVATIONS[output].differentiable:
        output = "logistic"
    changed = replace(experiment, rule=name, output=output)
    if LOSSES[changed.error].only_canonical and output != experiment.output:
        changed = replace(changed, error="squared")
    if not rule.backward and not _front_is_fixed(experiment):
        ends = (*experiment.input_groups(), "output")
        links = tuple(k for k in experiment.links if k.source in ends and k.target in ends)
        changed = replace(changed, hidden=(), links=links)
    return replace(changed, training=replace(experiment.training, **rule.suits))


def with_new_data(experiment: Experiment) -> Experiment | None:
    """The experiment with the next data seed; None if its patterns are not drawn at random."""
    problem = find_problem(experiment.problem)
    options = problem.complete(experiment.options)
    if "data_seed" not in options:
        return None
    seed = (options["data_seed"] + 1) % (MAX_SEED + 1)
    return replace(experiment, options={**experiment.options, "data_seed": seed})


def _front_is_fixed(experiment: Experiment) -> bool:
    """Whether no weight into a hidden group is trained."""
    trained = dict.fromkeys(experiment.neighbours(), True)
    trained |= {(k.source, k.target): k.present and not k.fixed for k in experiment.links}
    return not any(trained[pair] for pair in trained if pair[1] != "output")


def experiment_for(problem: str, **changes: Any) -> Experiment:
    """The default experiment of a problem (a name or a CSV path), with some fields changed.

    ``training`` may be a mapping of the fields of Training that differ. A CSV file is not read:
    see open_problem. Raises BadValue for an unknown problem or a value that is not allowed.
    """
    return _suited(problem, find_problem(problem).suits, changes)


def open_problem(
    problem: str, patterns: PatternSet | None = None, **changes: Any
) -> tuple[Experiment, PatternSet]:
    """Load a problem; its default experiment, with some fields changed, and its patterns.

    ``patterns`` are those of the problem, if they are loaded already. Raises BadValue as
    experiment_for does, and for data that cannot be used.
    """
    row = find_problem(problem)
    if patterns is None:
        patterns = row.load(changes.get("options", {}))
    suits = row.suits if row.suits_data is None else row.suits_data(patterns)
    return _suited(problem, suits, changes), patterns


def adapted(experiment: Experiment, before: PatternSet, now: PatternSet) -> Experiment:
    """The experiment with an output and an error that fit the new patterns.

    Only if the kind of the targets has changed, such as from numbers to classes in a table;
    otherwise the experiment is returned unchanged, except for a tolerance that suited the targets
    before and does not any more.
    """
    row = find_problem(experiment.problem)
    if row.suits_data is None:
        return experiment
    suits, suited = row.suits_data(now), row.suits_data(before)
    names: tuple[str, ...] = ("output", "error", "tolerance")
    if (before.kind, before.one_hot) == (now.kind, now.one_hot):
        names = ("tolerance",) if experiment.tolerance == suited.get("tolerance") else ()
    return replace(experiment, **{name: suits[name] for name in names if name in suits})


def _suited(problem: str, row_suits: Mapping[str, Any], changes: dict[str, Any]) -> Experiment:
    suits, changes = dict(row_suits), dict(changes)
    suits["hidden"] = tuple(Hidden(*group) for group in suits.get("hidden", ((3, "logistic"),)))
    suits["links"] = tuple(Link(**link) for link in suits.get("links", ()))
    suits["stop"] = Stop(**suits.get("stop", {}))
    training = {**suits.pop("training", {}), **changes.pop("training", {})}
    return Experiment(problem=problem, training=Training(**training), **{**suits, **changes})
