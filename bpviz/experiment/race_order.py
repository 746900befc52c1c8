"""The variants of an experiment that race against each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.patterns import PatternSet
from bpviz.core.number_grammar import parse_whole
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.size import bytes_at_once, bytes_of_outcomes
from bpviz.core.text.number_words import plain
from bpviz.core.values import BadValue, Unquoted, check_whole
from bpviz.experiment.experiment import MAX_SEED, Experiment, Hidden
from bpviz.experiment.prepare import PreparedExperiment, prepare, start_of

MAX_VARIANTS = 24
DEFAULT_SEEDS, DEFAULT_EPOCHS = 200, 5_000
MAX_SEEDS = 100_000
MAX_RACE_EPOCHS = 10_000_000
MEMORY = 1_000_000_000
"""Bytes of the outcomes of a race, and of one network in training, at most."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of network in a race; ``label`` names its difference from the others."""

    label: str
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class RaceOrder:
    """The networks of a race: seeds ``first_seed``, ``first_seed`` + 1, ... of every variant.

    The networks train for ``epochs``; ``until_solved`` ends each one as soon as it has all
    training patterns right. Raises BadValue for numbers that are not allowed.
    """

    variants: tuple[Variant, ...]
    seeds: int
    epochs: int
    first_seed: int = 0
    until_solved: bool = False

    def __post_init__(self) -> None:
        check_whole("number of variants", len(self.variants), 1, MAX_VARIANTS)
        check_whole("seeds", self.seeds, 1, MAX_SEEDS)
        check_whole("epochs of a race", self.epochs, 1, MAX_RACE_EPOCHS)
        check_whole("first seed", self.first_seed, 0, MAX_SEED - self.seeds + 1)

    def plan(self, setup: PreparedExperiment) -> RacePlan:
        """The plan for the networks of a variant, with the error stop of its experiment."""
        error = setup.experiment.stop.error
        limit = None if error is None else error * len(setup.patterns.train)
        return RacePlan(self.epochs, self.until_solved, limit)

    @property
    def networks(self) -> int:
        """Networks in the whole race."""
        return len(self.variants) * self.seeds

    @property
    def network_epochs(self) -> int:
        """Epochs summed over all networks, if none ends early."""
        return self.networks * self.epochs


def variants_of(
    experiment: Experiment,
    hidden: Sequence[tuple[Hidden, ...]] = (),
    activations: Sequence[str] = (),
    rates: Sequence[float] = (),
) -> tuple[Variant, ...]:
    """Every combination of these; fields without a list stay as in the experiment.

    Each of ``activations`` is used for all hidden units. Raises BadValue.
    """
    shapes = list(dict.fromkeys(hidden)) or [experiment.hidden]
    rates = list(dict.fromkeys(rates)) or [experiment.training.rate]
    names = list(dict.fromkeys(activations)) or [""]
    found = []
    for shape, name, rate in product(shapes, names, rates):
        groups = tuple(replace(group, activation=name or group.activation) for group in shape)
        training = replace(experiment.training, rate=rate)
        label = [shape_words(shape)] if len(shapes) > 1 else []
        label += [_label(name)] if len(names) > 1 and name else []
        label += [f"rate {plain(rate, 6)}"] if len(rates) > 1 else []
        changed = replace(experiment, hidden=groups, training=training)
        found.append(Variant(", ".join(label) or shape_words(groups), changed))
    return tuple(found)


SHAPES = "shapes with commas between them, such as 2,3,4,8 or 4x2,3, or 0 for none"
FOUR_TWO = "4x2 is 4 units, then 2"


def read_shapes(field: str, given: str, suited: tuple[Hidden, ...]) -> list[tuple[Hidden, ...]]:
    """The shapes listed by a text such as '2,3,4x2'; '' lists none.

    Units without an activation (4:tanh has one) get that of the first default group. Raises
    BadValue.
    """
    if not given.strip():
        return []
    default = suited[0].activation if suited else "logistic"
    return [_shape(shape, default, field, given) for shape in given.split(",")]


def _shape(shape: str, default: str, field: str, given: str) -> tuple[Hidden, ...]:
    if shape.strip() == "0":
        return ()
    groups = []
    for part in shape.split("x"):
        size, _, own = (word.strip() for word in part.partition(":"))
        units = parse_whole(size)
        if units is None:
            raise BadValue(field, given, SHAPES, FOUR_TWO)
        groups.append(Hidden(units, own or default))
    return tuple(groups)


def shape_words(hidden: Sequence[Hidden]) -> str:
    """'3 hidden', '4x2 hidden', 'no hidden', or '4 ReLU, 2 tanh hidden' where groups differ."""
    if not hidden:
        return "no hidden"
    if len({group.activation for group in hidden}) > 1:
        groups = (f"{group.size} {_label(group.activation)}" for group in hidden)
        return f"{', '.join(groups)} hidden"
    return f"{'x'.join(str(group.size) for group in hidden)} hidden"


def _label(activation: str) -> str:
    """What an activation is called; a name that is unknown is refused later."""
    return ACTIVATIONS[activation].label if activation in ACTIVATIONS else activation


def setups_of(
    order: RaceOrder, patterns: PatternSet | None = None
) -> tuple[PreparedExperiment, ...]:
    """A setup for every variant with the first seed; the patterns are loaded at most once.

    Raises BadValue for a variant that cannot be built or trained, and for a race that needs too
    much memory.
    """
    setups: list[PreparedExperiment] = []
    for variant in order.variants:
        experiment = replace(variant.experiment, seed=order.first_seed)
        setup = prepare(experiment, patterns=patterns)
        patterns = setup.patterns
        reason = obstacle(setup.network, RULES[experiment.rule])
        if reason is not None:
            raise reason
        setups.append(setup)
    _check_memory(order, setups)
    return tuple(setups)


def _check_memory(order: RaceOrder, setups: Sequence[PreparedExperiment]) -> None:
    for setup in setups:
        start = start_of(setup)
        if bytes_at_once(start) > MEMORY:
            raise BadValue(
                "network of a race",
                Unquoted(
                    f"{setup.network.n_parameters:,} weights on {len(start.train):,} patterns"
                ),
                f"one that takes at most {MEMORY / 1e9:g} GB while it trains",
                "use fewer units",
            )
    each = bytes_of_outcomes(order.plan(setups[0])) * len(setups)
    if each * order.seeds > MEMORY:
        raise BadValue(
            "seeds",
            order.seeds,
            f"at most {MEMORY // each:,} with {len(setups)} variants",
            f"their curves then take {MEMORY / 1e9:g} GB",
        )
