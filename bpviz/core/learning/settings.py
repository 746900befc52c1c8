"""The settings of training, which may change while a network trains."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.number_grammar import parse_number, parse_whole
from bpviz.core.values import BadValue, check_choice, check_number, check_whole

ALL_PATTERNS = "all"
Batch = int | Literal["all"]
MAX_BATCH = 1_000_000


class RateChange(NamedTuple):
    """From ``epoch`` completed epochs on: another rate, and another momentum unless None."""

    epoch: int
    rate: float
    momentum: float | None = None


@lru_cache(maxsize=64)
def read_schedule(schedule: str) -> tuple[RateChange, ...]:
    """The changes of a text such as '20: 0.01/0.9; 500: 0.001', in the order of their epochs.

    Each is EPOCH: RATE or EPOCH: RATE/MOMENTUM. Raises BadValue.
    """
    changes = [_rate_change(schedule, part) for part in schedule.split(";") if part.strip()]
    for before, after in pairwise(changes):
        if after.epoch <= before.epoch:
            raise BadValue("schedule", schedule, "in the order of its epochs")
    return tuple(changes)


def _rate_change(schedule: str, part: str) -> RateChange:
    first, colon, numbers = part.partition(":")
    rate, slash, momentum = numbers.partition("/")
    epoch = parse_whole(first)
    values = [n for n in map(parse_number, [rate, momentum] if slash else [rate]) if n is not None]
    if epoch is None or not colon or len(values) != 1 + len(slash):
        form = "EPOCH: RATE or EPOCH: RATE/MOMENTUM, with semicolons between them"
        raise BadValue("schedule", schedule, form, "such as 20: 0.01/0.9")
    check_whole("epoch of the schedule", epoch, 1, 10**12)
    check_number("rate of the schedule", values[0], 0.0, 1e6)
    if slash:
        check_number("momentum of the schedule", values[1], 0.0, 0.999999)
    return RateChange(epoch, *values)


@dataclass(frozen=True, slots=True)
class Training:
    """The learning rate and the other settings of training.

    optimizer     name of a row of optimizers.OPTIMIZERS.
    rate          learning rate epsilon.
    momentum      alpha of the momentum optimizer: the share of the last change kept.
    beta1, beta2  Adam's decay of the mean gradient and of the mean squared gradient.
    rho           RMSProp's decay of the mean squared gradient.
    decay_l1, decay_l2   weight decay: the negative gradient of a weight w loses
                  decay_l1 sign(w) + decay_l2 w before the optimizer sees it. Biases do not
                  decay.
    decay_share   the share of itself that every weight loses at each update beside the step,
                  whatever the learning rate: 0.002 is the 0.2 % of Rumelhart, Hinton & Williams
                  1986 (today: decoupled weight decay, Loshchilov & Hutter 2019). Biases keep all.
    reduction     whether the gradients of the patterns of an update are summed (the
                  lecture's convention) or averaged.
    batch         patterns per update: "all", or a number; 1 is incremental training.
    order         patterns of an epoch in their fixed order or newly permuted.
    schedule      other rates and momenta from some epochs on, as read_schedule reads them;
                  "": the same throughout.

    Raises BadValue for a value that is not allowed.
    """

    optimizer: str = "momentum"
    rate: float = 0.5
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.9
    decay_l1: float = 0.0
    decay_l2: float = 0.0
    decay_share: float = 0.0
    reduction: Literal["sum", "mean"] = "sum"
    batch: Batch = "all"
    order: Literal["fixed", "permuted"] = "permuted"
    schedule: str = ""

    def __post_init__(self) -> None:
        check_choice("optimizer", self.optimizer, OPTIMIZERS)
        check_number("learning rate", self.rate, 0.0, 1e6)
        for name in ("momentum", "beta1", "beta2", "rho"):
            value = getattr(self, name)
            check_number(name, value, 0.0, 1.0)
            if value == 1.0:
                raise BadValue(name, value, "a number from 0 to below 1")
        check_number("L1 decay", self.decay_l1, 0.0, 1e3)
        check_number("L2 decay", self.decay_l2, 0.0, 1e3)
        check_number("decay share", self.decay_share, 0.0, 1.0)
        check_choice("gradient", self.reduction, ("sum", "mean"))
        check_choice("order", self.order, ("fixed", "permuted"))
        if self.batch != ALL_PATTERNS:
            if isinstance(self.batch, str):
                raise BadValue("batch", self.batch, "'all' or a whole number from 1")
            check_whole("batch", self.batch, 1, MAX_BATCH)
        if not isinstance(self.schedule, str):
            raise BadValue("schedule", self.schedule, "a text such as '20: 0.01/0.9'")
        read_schedule(self.schedule)

    def at(self, epoch: int) -> "Training":
        """The settings with the rate and momentum after this many completed epochs."""
        if not self.schedule:
            return self
        changes = read_schedule(self.schedule)
        passed = bisect_right(changes, epoch, key=lambda change: change.epoch)
        return _after(self, passed) if passed else self

    def until_change(self, epoch: int, most: int) -> int:
        """How many of the next ``most`` epochs have the rate and momentum that hold now."""
        if not self.schedule:
            return most
        later = [c.epoch - epoch for c in read_schedule(self.schedule) if c.epoch > epoch]
        return min([most, *later])

    def batch_size(self, n_patterns: int) -> int:
        """Patterns per update for a set of n_patterns."""
        return n_patterns if isinstance(self.batch, str) else min(self.batch, n_patterns)


@lru_cache(maxsize=64)
def _after(training: Training, passed: int) -> Training:
    """The settings after so many changes of the schedule; asked for at every update."""
    changes = read_schedule(training.schedule)[:passed]
    momenta = [change.momentum for change in changes if change.momentum is not None]
    return replace(training, rate=changes[-1].rate, momentum=[training.momentum, *momenta][-1])
