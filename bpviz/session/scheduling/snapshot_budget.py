"""How often the microscope's numbers are computed, and what else a frame may not wait for."""

from dataclasses import replace
from time import perf_counter

from bpviz.core.model.references import in_range
from bpviz.core.run.observe import neg_gradient_cost, reading_cost
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import Snapshot, SnapshotRequest

CHEAP_NEG_GRADIENT = 100_000_000
"""Patterns times parameters up to which the negative gradient is computed for every frame (some
10 ms); beyond, only at rest, after the frame that lacks it was published, and until a command
comes."""

CHEAP_READING = 40_000_000
"""Patterns times parameters up to which a frame at rest waits for the microscope's reading (some
20 ms); beyond, the reading follows its frame, unless a command comes."""

LOOK_EVERY, LOOK_SHARE = 0.08, 0.1
"""Least seconds from one look to the next while the network trains (nobody reads a table that
changes faster, and the other views need the time), and the largest share of the time they take."""


class SnapshotBudget:
    """Leaves out of what is wanted, for the moment, what takes too long.

    ``owed`` says that the last snapshot lacks something that is wanted.
    """

    def __init__(self) -> None:
        self.owed = False
        self._next_look = 0.0

    def affordable(
        self, wants: SnapshotRequest, run: Run, now: float, *, training: bool
    ) -> SnapshotRequest:
        """What a frame at this time (perf_counter) may hold."""
        if wants.neg_gradient and neg_gradient_cost(run) > CHEAP_NEG_GRADIENT:
            wants = replace(wants, neg_gradient=False)
        if wants.microscope is not None and not self._may_look(run, now, training=training):
            wants = replace(wants, microscope=None)
        return wants

    def _may_look(self, run: Run, now: float, *, training: bool) -> bool:
        if training:
            return now >= self._next_look
        return reading_cost(run) <= CHEAP_READING

    def note(self, wants: SnapshotRequest, run: Run, snapshot: Snapshot, begun: float) -> None:
        """A snapshot that should hold all this was made, begun at this time."""
        no_look = snapshot.microscope is None and _is_sought(wants, run)
        self.owed = no_look or (wants.neg_gradient and snapshot.neg_gradient is None)
        if snapshot.microscope is not None:
            cost = perf_counter() - begun
            self._next_look = begun + max(LOOK_EVERY, cost / LOOK_SHARE)


def _is_sought(wants: SnapshotRequest, run: Run) -> bool:
    """Whether the microscope is to show something that the network has."""
    return wants.microscope is not None and in_range(run.start.network, wants.microscope)
