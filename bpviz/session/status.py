"""The status of the training thread."""

from dataclasses import dataclass
from typing import Literal

from bpviz.core.values import BadValue

TrainingState = Literal["empty", "loading", "paused", "running", "stepping", "finished", "failed"]
TRAINING = ("running", "stepping")


@dataclass(frozen=True, slots=True)
class Status:
    """What the thread is doing, with a message or "".

    ``slowly``: it trains phase by phase. ``share``: how much of the loading is done, 0 to 1, where
    that is known.
    """

    state: TrainingState
    message: str = ""
    slowly: bool = False
    share: float | None = None


def sentence_of(error: Exception) -> str:
    """Why an experiment could not be prepared or trained, in a sentence."""
    if isinstance(error, MemoryError):
        return "This experiment needs more memory than there is: use fewer units or patterns."
    if isinstance(error, BadValue | OSError):
        return str(error)
    from bpviz.sharing.event_log import log_failure  # imported on first use

    return log_failure(error, "An experiment could not be prepared or trained.")
