"""Fills in past values of recorded quantities beside training and at rest."""

from time import perf_counter

from bpviz.core.interruption import Cancelled
from bpviz.core.run.divergence import Diverged
from bpviz.core.values import BadValue
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.backfill import Backfill
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.scheduling.gil_yield import beside_window

AT_REST, AT_ONCE = 0.2, 0.001
"""Seconds of filling in between two frames at rest, and at a time while the network trains."""

SHARE = 0.2
"""Share of the time for filling in while the network trains."""


class PastFiller:
    """Gives Backfill the time that the window and the commands leave."""

    def __init__(self, mailbox: Mailbox, recorder: QuantityRecorder) -> None:
        self._mailbox, self._recorder = mailbox, recorder
        self._backfill = Backfill()
        self._next = 0.0

    def lacks(self, history: RunHistory | None) -> bool:
        """Whether values are to be filled in; plans them, so that tracks show what is missing."""
        if history is None or not self._recorder.quantities:
            return False
        return self._backfill.lacks(history.timeline, self._recorder)

    def fill(self, history: RunHistory, seconds: float) -> None:
        """Fill in some values, for so long, or until the window draws or a command arrives."""
        commands, interrupted = self._mailbox.commands, beside_window(self._mailbox, seconds)
        try:
            self._backfill.advance(
                history.timeline, self._recorder, interrupted, lambda: not commands.empty()
            )
        except Cancelled:
            pass
        except (Diverged, BadValue):  # it cannot be repeated, e.g. for lack of an engine
            self._recorder.stop_filling()

    def fill_beside_training(self, history: RunHistory) -> None:
        """Fill in some values if their share of the time allows it."""
        begin = perf_counter()
        if begin >= self._next and self.lacks(history):
            self.fill(history, AT_ONCE)
            self._next = perf_counter() + (1.0 / SHARE - 1.0) * (perf_counter() - begin)
