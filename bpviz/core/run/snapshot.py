"""Snapshots: frozen copies of an instant of a run, which views show."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bpviz.core.analysis.dead_units import DeadUnits
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.references import NetworkRef
from bpviz.core.run.cursor import Cursor
from bpviz.core.run.records import EpochRecord, instant_words
from bpviz.core.values import Integers, Matrix, Vector

if TYPE_CHECKING:
    from bpviz.core.microscope.microscope import MicroscopeReading

MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """The parts of a snapshot that are requested; only these are computed.

    ``microscope`` is the weight, bias or unit whose terms are requested.
    """

    activations: bool = False
    outputs: bool = False
    probe: bool = False
    neg_gradient: bool = False
    change: bool = False
    microscope: NetworkRef | None = None

    def __or__(self, other: "SnapshotRequest") -> "SnapshotRequest":
        return SnapshotRequest(
            self.activations or other.activations,
            self.outputs or other.outputs,
            self.probe or other.probe,
            self.neg_gradient or other.neg_gradient,
            self.change or other.change,
            self.microscope or other.microscope,
        )


EVERYTHING = SnapshotRequest(
    activations=True, outputs=True, probe=True, neg_gradient=True, change=True
)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One instant of a run; every array is a read-only copy. Parts not requested are None.

    run_id        number of the run; a view drops snapshots of a run it no longer shows.
    epoch, update completed epochs, and completed updates of the epoch that follows.
    updates       updates in an epoch.
    record        errors after the last completed epoch (record.epoch == epoch).
    parameters    flat vector (N,), see Network.
    activations   for every group (shown patterns, units): the activations of the patterns
                  that observe got as ``shown``; empty if not requested.
    train_outputs, test_outputs   (P, outputs) for all patterns.
    probe_outputs (points, outputs) at the points that observe got as ``probe``.
    clamps        the units that are held at a value by hand.
    neg_gradient  (N,) minus the gradient of E / loss.scale at these parameters, summed over
                  all training patterns (see ``backprop.Trace``); None also if its computation
                  was interrupted.
    change        (N,) what the last update added to the parameters; None also if there was no
                  update yet.
    microscope    every term of the next change of what the microscope shows; None also if the
                  network has no such unit or the computation was interrupted.
    dead          which ReLU units are dead; computed with the activations.
    cursor        what is known inside the next update.
    updated       while stepping by updates or inside them: the rows of the training patterns of
                  the last one; None if it took all of them, or is not known.
    """

    run_id: int
    epoch: int
    update: int
    updates: int
    record: EpochRecord
    parameters: Vector
    activations: tuple[Matrix, ...] = ()
    train_outputs: Matrix | None = None
    test_outputs: Matrix | None = None
    probe_outputs: Matrix | None = None
    clamps: Clamps = field(default_factory=lambda: NO_CLAMPS)
    neg_gradient: Vector | None = None
    change: Vector | None = None
    cursor: Cursor | None = None
    microscope: "MicroscopeReading | None" = None
    dead: DeadUnits | None = None
    updated: Integers | None = None

    @property
    def instant(self) -> str:
        """The instant in words.

        'epoch 1,204', 'epoch 12, update 3 of 25' (three are done), or inside the third one
        'epoch 12, update 3 of 25, pattern 2 of 4: backward, hidden 1'.
        """
        if self.cursor is None or not self.cursor.position:
            return instant_words(self.epoch, self.update, self.updates)
        return f"{self.under_way}, {self.cursor.words}"

    @property
    def instants(self) -> tuple[str, ...]:
        """The instant in words, and in fewer ones for narrow places: without its epoch, without
        its update, and with the phase alone.
        """
        whole, cursor = self.instant, self.cursor
        within = whole.partition(", ")[2]
        if cursor is None or not cursor.position:
            return (whole, within) if within else (whole,)
        return tuple(dict.fromkeys((whole, within, cursor.words, cursor.phase_words)))

    @property
    def under_way(self) -> str:
        """The update under way, in words: 'epoch 12, update 3 of 25', 'epoch 12'."""
        under_way = self.update + 1 if self.updates > 1 else 0
        return instant_words(self.epoch, under_way, self.updates)


def shown_rows(n_patterns: int, limit: int = MAX_SHOWN) -> Integers:
    """Row numbers of the patterns that views list: all, or ``limit`` evenly spaced ones."""
    if n_patterns <= limit:
        return np.arange(n_patterns)
    return np.linspace(0, n_patterns - 1, limit).round().astype(np.int64)
