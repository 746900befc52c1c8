"""From a run to a snapshot of its present instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from bpviz.core.analysis.dead_units import DeadUnits, find_dead_units
from bpviz.core.learning.backprop import downhill_direction, forward, outputs
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import NetworkRef, in_range
from bpviz.core.run.cursor import look_inside
from bpviz.core.run.snapshot import Snapshot, SnapshotRequest
from bpviz.core.values import Integers, Matrix, Vector, read_only

if TYPE_CHECKING:
    from bpviz.core.microscope.microscope import MicroscopeReading
    from bpviz.core.run.run import Run

OBSERVED_ROWS = 4096

CHEAP_TO_JUDGE = 20_000_000
"""Patterns times parameters up to which dead units are judged by all patterns: some 5 ms, and
only while units seem dead."""


def observe(
    run: Run,
    wants: SnapshotRequest,
    shown: Integers | None,
    probe: Matrix | None,
    run_id: int,
    interrupted: Callable[[], bool],
    inside: bool = False,
) -> Snapshot:
    """A frozen copy of the run's instant, with what is wanted (see Snapshot)."""
    network, train, test = run.start.network, run.start.train, run.start.test
    acts: tuple[Matrix, ...] = ()
    if wants.activations and shown is not None:
        acts = forward(network, run.parameters, train.inputs[shown], run.clamps)[1]
    return Snapshot(
        run_id,
        run.epoch,
        run.update,
        run.updates,
        run.record,
        read_only(run.parameters.copy()),
        tuple(read_only(act) for act in acts),
        _answers(run, train.inputs) if wants.outputs else None,
        _answers(run, test.inputs) if wants.outputs and test is not None else None,
        _answers(run, probe) if wants.probe and probe is not None else None,
        run.clamps,
        _downhill(run, interrupted) if wants.downhill else None,
        _last_change(run) if wants.change else None,
        look_inside(run) if inside else None,
        None if wants.microscope is None else _look(run, wants.microscope, interrupted),
        _dead(run, acts) if acts else None,
    )


def _dead(run: Run, acts: tuple[Matrix, ...]) -> DeadUnits:
    """By all training patterns where that is cheap, otherwise by those that views list."""
    network, inputs = run.start.network, run.start.train.inputs

    def others() -> Iterator[tuple[Matrix, ...]]:
        for at in range(0, len(inputs), OBSERVED_ROWS):
            yield forward(network, run.parameters, inputs[at : at + OBSERVED_ROWS], run.clamps)[1]

    cheap = downhill_cost(run) <= CHEAP_TO_JUDGE
    return find_dead_units(network, acts, len(inputs), others if cheap else None)


def downhill_cost(run: Run) -> int:
    """Patterns times parameters: what the downhill direction of a snapshot costs."""
    return len(run.start.train) * run.start.network.n_parameters


def look_cost(run: Run) -> int:
    """Patterns times parameters: what a reading of the microscope costs."""
    return len(run.rows) * run.start.network.n_parameters


def _look(run: Run, ref: NetworkRef, interrupted: Callable[[], bool]) -> MicroscopeReading | None:
    """What the microscope shows; None, too, for what only another network has."""
    if not in_range(run.start.network, ref):
        return None
    from bpviz.core.microscope.microscope import MicroscopeInput, look  # not needed before

    return look(MicroscopeInput.of(run), ref, interrupted)


def _downhill(run: Run, interrupted: Callable[[], bool]) -> Vector | None:
    start = run.start
    found = downhill_direction(
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


def _answers(run: Run, inputs: Matrix) -> Matrix:
    """Outputs (P, m), computed piece by piece: all activations at once may not fit."""
    pieces = [
        outputs(run.start.network, run.parameters, inputs[at : at + OBSERVED_ROWS], run.clamps)
        for at in range(0, len(inputs), OBSERVED_ROWS)
    ]
    return read_only(np.concatenate(pieces))
