"""How work is asked to stop, and how it says that it did."""

from collections.abc import Callable, Generator

from bpviz.core.learning.settings import Training
from bpviz.core.run.records import Records
from bpviz.core.run.snapshot import EpochRecord

Interrupted = Callable[[], bool]
Done = Callable[[EpochRecord], bool]
Work = Generator[None, None, None]


def never() -> bool:
    """The interruption that does not come."""
    return False


class Cancelled(Exception):
    """A run was given up before the error of its initial weights was measured."""


class Diverged(ArithmeticError):
    """The error or the weights stopped being finite; the run stands at the last finite epoch.

    ``records`` are those of the epochs completed before it happened.
    """

    def __init__(self, message: str, records: Records) -> None:
        super().__init__(message)
        self.records = records


def why_diverged(epoch: int, instant: str, training: Training) -> str:
    """What to say of a run that went back to this epoch and instant."""
    return (
        f"Training diverged in epoch {epoch + 1:,}: the numbers grew beyond all bounds. "
        f"What is shown is {instant}, the last one with finite numbers. "
        f"Lower the learning rate (now {training.rate:g})"
        + (", or average the gradients" if training.reduction == "sum" else "")
        + "."
    )
