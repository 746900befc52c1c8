"""Takes a snapshot of the present instant of a run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bpviz.core.analysis.dead_units import DeadUnits, find_dead_units
from bpviz.core.interruption import Interrupted, never
from bpviz.core.learning.backprop import forward, outputs, summed_neg_gradient
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import NetworkRef, in_range
from bpviz.core.run.cursor import cursor_of
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import Snapshot, SnapshotRequest
from bpviz.core.values import Integers, Matrix, Vector, read_only

if TYPE_CHECKING:
    from bpviz.core.microscope.microscope import MicroscopeReading, NextUpdate

OBSERVED_ROWS = 4096
"""Largest number of patterns that are passed through the network at a time."""

NOTHING = SnapshotRequest()

CHEAP_DEAD_UNITS = 20_000_000
"""Patterns times parameters up to which dead units are determined from all patterns (about 5 ms,
and only while units seem dead)."""


def observe(
    run: Run,
    request: SnapshotRequest = NOTHING,
    *,
    shown: Integers | None = None,
    probe: Matrix | None = None,
    run_id: int = 0,
    interrupted: Interrupted = never,
    inside: bool = False,
    updated: bool = False,
) -> Snapshot:
    """A frozen copy of the run's present instant, with the parts that are requested.

    shown    row numbers of the patterns whose activations are computed.
    probe    (points, n) inputs whose outputs are computed.
    inside   whether the cursor inside the next update is included.
    updated  whether the rows of the last update are included.

    Only the negative gradient and the microscope's reading can take long: they are left out if
    ``interrupted``. See Snapshot for the parts.
    """
    with np.errstate(all="ignore"):
        return _observe(run, request, shown, probe, run_id, interrupted, inside, updated)


def _observe(
    run: Run, request: SnapshotRequest, shown: Integers | None, probe: Matrix | None, run_id: int,
    interrupted: Interrupted, inside: bool, updated: bool,
) -> Snapshot:  # fmt: skip
    network, train, test = run.start.network, run.start.train, run.start.test
    acts: tuple[Matrix, ...] = ()
    if request.activations and shown is not None:
        acts = forward(network, run.parameters, train.inputs[shown], run.clamps)[1]
    return Snapshot(
        run_id,
        run.epoch,
        run.update,
        run.updates,
        run.record,
        read_only(run.parameters.copy()),
        tuple(read_only(act) for act in acts),
        _outputs(run, train.inputs) if request.outputs else None,
        _outputs(run, test.inputs) if request.outputs and test is not None else None,
        _outputs(run, probe) if request.probe and probe is not None else None,
        run.clamps,
        _neg_gradient(run, interrupted) if request.neg_gradient else None,
        _last_change(run) if request.change else None,
        cursor_of(run) if inside else None,
        None if request.microscope is None else _reading(run, request.microscope, interrupted),
        _dead(run, acts) if acts else None,
        run.updated if updated else None,
    )


def _dead(run: Run, acts: tuple[Matrix, ...]) -> DeadUnits:
    """From all training patterns where that is cheap, otherwise from those that views list."""
    network, inputs = run.start.network, run.start.train.inputs

    def others() -> Iterator[tuple[Matrix, ...]]:
        for at in range(0, len(inputs), OBSERVED_ROWS):
            yield forward(network, run.parameters, inputs[at : at + OBSERVED_ROWS], run.clamps)[1]

    cheap = neg_gradient_cost(run) <= CHEAP_DEAD_UNITS
    return find_dead_units(network, acts, len(inputs), others if cheap else None)


def neg_gradient_cost(run: Run) -> int:
    """Cost of the negative gradient of a snapshot: patterns times parameters."""
    return len(run.start.train) * run.start.network.n_parameters


def reading_cost(run: Run) -> int:
    """Cost of a reading of the microscope: patterns times parameters."""
    return len(run.rows) * run.start.network.n_parameters


def next_update(run: Run) -> "NextUpdate":
    """Everything that the next update of a run depends on."""
    from bpviz.core.microscope.microscope import NextUpdate  # not needed by the first frame

    start, now = run.start, run.optimizer_state()
    return NextUpdate(
        start.network, LOSSES[start.error], RULES[start.rule],
        read_only(run.parameters.copy()), start.train.inputs, start.train.targets, now.rows,
        run.clamps, run.present_training, now.memory, now.count, run.dropout(0, len(now.rows)),
    )  # fmt: skip


def _reading(run: Run, ref: NetworkRef, interrupted: Interrupted) -> "MicroscopeReading | None":
    """Every term of a weight, bias or unit; None if the network does not have it."""
    from bpviz.core.microscope.microscope import read_terms  # not needed by the first frame

    if not in_range(run.start.network, ref):
        return None
    return read_terms(next_update(run), ref, interrupted)


def _neg_gradient(run: Run, interrupted: Interrupted) -> Vector | None:
    start = run.start
    found = summed_neg_gradient(
        start.network,
        LOSSES[start.error],
        run.parameters,
        start.train,
        RULES[start.rule],
        run.clamps,
        interrupted,
    )
    return None if found is None else read_only(found)


def _last_change(run: Run) -> Vector | None:
    no_update = run.epoch == 0 and run.update == 0
    return None if no_update else read_only(run.change.copy())


def _outputs(run: Run, inputs: Matrix) -> Matrix:
    """Outputs (P, m), computed in pieces: the activations of all patterns may not fit in memory."""
    pieces = [
        outputs(run.start.network, run.parameters, inputs[at : at + OBSERVED_ROWS], run.clamps)
        for at in range(0, len(inputs), OBSERVED_ROWS)
    ]
    return read_only(np.concatenate(pieces))
