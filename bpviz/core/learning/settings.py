"""The settings of training, which may change while a network trains."""

from dataclasses import dataclass
from typing import Literal

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.values import BadValue, check_choice, check_number, check_whole

ALL_PATTERNS = "all"
Batch = int | Literal["all"]
MAX_BATCH = 1_000_000


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
    reduction     whether the gradients of the patterns of an update are summed (the
                  lecture's convention) or averaged.
    batch         patterns per update: "all", or a number; 1 is incremental training.
    order         patterns of an epoch in their fixed order or newly permuted.

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
    reduction: Literal["sum", "mean"] = "sum"
    batch: Batch = "all"
    order: Literal["fixed", "permuted"] = "permuted"

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
        check_choice("gradient", self.reduction, ("sum", "mean"))
        check_choice("order", self.order, ("fixed", "permuted"))
        if self.batch != ALL_PATTERNS:
            if isinstance(self.batch, str):
                raise BadValue("batch", self.batch, "'all' or a whole number from 1")
            check_whole("batch", self.batch, 1, MAX_BATCH)

    def batch_size(self, n_patterns: int) -> int:
        """Patterns per update for a set of n_patterns."""
        return n_patterns if isinstance(self.batch, str) else min(self.batch, n_patterns)
