"""Divergence: how it is noticed, what the run goes back to, and what is said about it."""

from math import isfinite

from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.records import Records, instant_words
from bpviz.core.run.state import RunState

REPLAYED = 256
"""Largest number of epochs that are repeated on the way back from a divergence."""


class Diverged(ArithmeticError):
    """The error or the weights stopped being finite; the run stands at the last finite epoch.

    ``records`` are those of the epochs completed before it happened.
    """

    def __init__(self, message: str, records: Records) -> None:
        super().__init__(message)
        self.records = records


class DivergenceGuard:
    """Holds the checkpoint to which a run goes back when its numbers stop being finite."""

    def __init__(self) -> None:
        self.checkpoint: Checkpoint | None = None

    def forget(self) -> None:
        """Drop the checkpoint: the way from there to here can no longer be repeated."""
        self.checkpoint = None

    def is_due(self, state: RunState, first: int) -> bool:
        """Whether a new checkpoint is to be saved before training continues.

        Between two epochs if possible, for the first time at epoch ``first``; in the middle of
        one only if there is none, because the settings were changed there.
        """
        saved = self.checkpoint
        if saved is None:
            return True
        old = saved.epoch < first or state.epoch >= saved.epoch + REPLAYED
        return state.update == 0 and old


def is_finite(state: RunState) -> bool:
    """Whether the error and the parameters are finite numbers."""
    size = state.parameters.dot(state.parameters)
    return isfinite(state.record.train_error) and isfinite(size)


def why_diverged(state: RunState, updates: int) -> str:
    """The message for a run that went back to this state."""
    return (
        f"Training diverged in epoch {state.epoch + 1:,}: the numbers grew beyond all bounds. "
        f"What is shown is {instant_words(state.epoch, state.update, updates)}, the last one with "
        f"finite numbers. Lower the learning rate (now {state.present_training.rate:g})"
        + (", or average the gradients" if state.training.reduction == "sum" else "")
        + "."
    )
