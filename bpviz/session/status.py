"""The status of the training thread."""

from dataclasses import dataclass
from typing import Literal

from bpviz.core.run.run import Run
from bpviz.core.values import BadValue

TrainingState = Literal["empty", "loading", "paused", "running", "stepping", "finished", "failed"]
TRAINING = ("running", "stepping")


@dataclass(frozen=True, slots=True)
class Status:
    """What the thread is doing, with a message or "".

    ``slowly``: it trains phase by phase. ``share``: how much of the loading is done, 0 to 1, where
    that is known. ``solved``: it paused because the problem is solved.
    """

    state: TrainingState
    message: str = ""
    slowly: bool = False
    share: float | None = None
    solved: bool = False


def solved_sentence(run: Run) -> str:
    """That the run solves its problem at the present epoch."""
    n = len(run.start.train)
    right = "the training pattern is" if n == 1 else f"all {n:,} training patterns are"
    return f"Solved at epoch {run.epoch:,}: {right} right."


def sentence_of(error: Exception) -> str:
    """Why an experiment could not be prepared or trained, in a sentence."""
    if isinstance(error, MemoryError):
        return "This experiment needs more memory than there is: use fewer units or patterns."
    if isinstance(error, BadValue | OSError):
        return str(error)
    from bpviz.sharing.event_log import log_failure  # imported on first use

    return log_failure(error, "An experiment could not be prepared or trained.")
