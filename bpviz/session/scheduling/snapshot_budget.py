"""Which parts of a snapshot a frame waits for, and which are computed later or less often."""

from dataclasses import replace
from time import perf_counter

from bpviz.core.model.references import in_range
from bpviz.core.run.observe import neg_gradient_cost, reading_cost
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import Snapshot, SnapshotRequest

CHEAP_NEG_GRADIENT = 100_000_000
"""Patterns times parameters up to which the negative gradient is computed for every frame (about
10 ms). Above, it is computed only at rest, after a frame without it, unless a command arrives."""

CHEAP_READING = 40_000_000
"""Patterns times parameters up to which a frame at rest waits for the microscope's reading (about
20 ms). Above, the reading follows after a frame without it, unless a command arrives."""

READING_INTERVAL, READING_SHARE = 0.08, 0.1
"""Minimum interval (s) between two readings while the network trains, since a table that changes
faster is unreadable, and their largest share of the time."""


class SnapshotBudget:
    """Leaves out of a request the parts that take too long for a frame.

    ``is_incomplete``: the last snapshot lacks a requested part.
    """

    def __init__(self) -> None:
        self.is_incomplete = False
        self._next_reading = 0.0

    def affordable(
        self, wants: SnapshotRequest, run: Run, now: float, *, training: bool
    ) -> SnapshotRequest:
        """The part of a request that a frame at this time (perf_counter) may contain."""
        if wants.neg_gradient and neg_gradient_cost(run) > CHEAP_NEG_GRADIENT:
            wants = replace(wants, neg_gradient=False)
        if wants.microscope is not None and not self._may_read(run, now, training=training):
            wants = replace(wants, microscope=None)
        return wants

    def _may_read(self, run: Run, now: float, *, training: bool) -> bool:
        if training:
            return now >= self._next_reading
        return reading_cost(run) <= CHEAP_READING

    def note(self, wants: SnapshotRequest, run: Run, snapshot: Snapshot, begun: float) -> None:
        """Take note of a snapshot for this request, begun at this time."""
        no_reading = snapshot.microscope is None and _has_reading(wants, run)
        self.is_incomplete = no_reading or (wants.neg_gradient and snapshot.neg_gradient is None)
        if snapshot.microscope is not None:
            cost = perf_counter() - begun
            self._next_reading = begun + max(READING_INTERVAL, cost / READING_SHARE)


def _has_reading(wants: SnapshotRequest, run: Run) -> bool:
    """Whether the microscope is to show something that the network has."""
    return wants.microscope is not None and in_range(run.start.network, wants.microscope)
