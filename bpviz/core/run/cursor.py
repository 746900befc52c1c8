"""Inside an update: the order of its phases, and what is known after each.

An update takes one pattern after another, each in several phases (see ``phases``). Parameters
do not change until the end, so what is known at a position follows from the parameters and the
position: a cursor does not change the run. Position 0 is the instant between two updates; at
position p, the first p phases of the update are done; after the last phase comes the update
itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpviz.core.learning.backprop import Trace, backpropagate
from bpviz.core.learning.rules import RULES, Rule
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network
from bpviz.core.run.run import Run
from bpviz.core.values import Vector, read_only

Grain = Literal["phase", "pattern", "update", "epoch"]
GRAINS: tuple[Grain, ...] = ("phase", "pattern", "update", "epoch")

PhaseName = Literal["present", "forward", "compare", "backward", "accumulate", "update"]
PHASE_WORDS: dict[PhaseName, str] = {
    "present": "present",
    "forward": "forward",
    "compare": "compare with the target",
    "backward": "backward",
    "accumulate": "add to the gradient",
    "update": "update",
}


class Phase(NamedTuple):
    """One phase of a pattern; ``group`` is what it computes, -1 where that is no group."""

    name: PhaseName
    group: int = -1


def phases(network: Network, rule: Rule) -> tuple[Phase, ...]:
    """The phases of every pattern, in their order."""
    computed = [g for g, group in enumerate(network.groups) if group.role != "input"]
    back = [network.output, *(reversed(network.hidden) if rule.backward else ())]
    return (
        Phase("present"),
        *(Phase("forward", g) for g in computed),
        Phase("compare"),
        *(Phase("backward", g) for g in back),
        Phase("accumulate"),
    )


Known = tuple[Vector | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cursor:
    """What is known inside an update; what is not computed yet is None.

    position      number of phases of the next update that are done; 0: between two updates.
    phase         the phase that was done last; "update" at position 0.
    pattern       its pattern, counted from 0 within the update of ``n_patterns``.
    row           that pattern's row among the training patterns; -1 at position 0.
    net, act, delta   for every group (units,), or None.
    deviation     (outputs,) target minus output, or None.
    gradient      (N,) negative gradient, summed over the patterns that are done.
    own           (N,) this pattern's part of it, once it is added; or None.
    change        (N,) what the last update added, at position 0; or None.
    silent        group -> (units,) whether dropout silences a unit for this pattern.
    """

    position: int
    phase: Phase
    pattern: int
    n_patterns: int
    row: int
    net: Known
    act: Known
    delta: Known
    deviation: Vector | None
    gradient: Vector
    own: Vector | None
    change: Vector | None
    group_name: str = ""
    silent: Mapping[int, NDArray[np.bool_]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """'pattern 2 of 4: backward, hidden 1', or 'updated' between two updates."""
        if self.position == 0:
            return "updated" if self.change is not None else ""
        return f"pattern {self.pattern + 1:,} of {self.n_patterns:,}: {self.phase_words}"

    @property
    def phase_words(self) -> str:
        """The phase that was done last, in words: 'backward, hidden 1'."""
        words = PHASE_WORDS[self.phase.name]
        return f"{words}, {self.group_name}" if self.group_name else words


# -- positions -------------------------------------------------------------------------------


def n_phases(run: Run) -> int:
    """Number of phases of each pattern."""
    return len(phases(run.start.network, RULES[run.start.rule]))


def last_position(run: Run) -> int:
    """The position at which all patterns of the next update are done."""
    return n_phases(run) * len(run.rows)


def position_after(run: Run, grain: Grain) -> int | None:
    """The position after a step within the next update; None if the step makes the update.

    A step by a pattern ends where a pattern is done; the step to the last one makes the update.
    """
    each, last = n_phases(run), last_position(run)
    if grain == "phase" and run.position < last:
        return run.position + 1
    if grain == "pattern" and (run.position // each + 1) * each < last:
        return (run.position // each + 1) * each
    return None


def position_before(run: Run, grain: Grain) -> int | None:
    """The position after a step back within the next update; None if before its beginning."""
    if run.position == 0:
        return None
    if grain == "phase":
        return run.position - 1
    if grain == "pattern":
        each = n_phases(run)
        return (run.position - 1) // each * each
    return 0 if grain == "update" or run.update == 0 else None


# -- what is known ---------------------------------------------------------------------------


def cursor_of(run: Run) -> Cursor:
    """The cursor of a run at its present position."""
    network, each = run.start.network, phases(run.start.network, RULES[run.start.rule])
    rows = run.rows
    if run.position == 0:
        return _between_updates(run, len(rows))
    pattern, index = divmod(run.position - 1, len(each))
    phase, done = each[index], set(each[: index + 1])
    row = int(rows[pattern])
    trace = _trace(run, pattern, pattern + 1)
    added = phase.name == "accumulate"
    groups = range(len(network.groups))
    filled = {g for g in groups if network.groups[g].role == "input" or Phase("forward", g) in done}
    return Cursor(
        run.position,
        phase,
        pattern,
        len(rows),
        row,
        tuple(_first(trace.net[g]) if Phase("forward", g) in done else None for g in groups),
        tuple(_first(trace.act[g]) if g in filled else None for g in groups),
        tuple(_first(trace.delta[g]) if Phase("backward", g) in done else None for g in groups),
        read_only(run.start.train.targets[row] - trace.act[-1][0])
        if Phase("compare") in done
        else None,
        _gradient(run, pattern + added),
        read_only(trace.neg_gradient) if added else None,
        None,
        network.groups[phase.group].name if phase.group >= 0 else "",
        {g: factors[0] == 0.0 for g, factors in run.dropout(pattern, pattern + 1).items()},
    )  # fmt: skip


def _between_updates(run: Run, n_patterns: int) -> Cursor:
    nothing: Known = (None,) * len(run.start.network.groups)
    begun = run.epoch > 0 or run.update > 0
    return Cursor(
        0,
        Phase("update"),
        -1,
        n_patterns,
        -1,
        nothing,
        nothing,
        nothing,
        None,
        read_only(np.zeros(run.start.network.n_parameters)),
        None,
        read_only(run.change.copy()) if begun else None,
    )


def _gradient(run: Run, n_done: int) -> Vector:
    """(N,) the negative gradient, summed over the first patterns of the update."""
    if not n_done:
        return read_only(np.zeros(run.start.network.n_parameters))
    return read_only(_trace(run, 0, n_done).neg_gradient)


def _trace(run: Run, first: int, last: int) -> Trace:
    """Both passes for the patterns ``first`` to ``last`` - 1 of the next update."""
    start, rows = run.start, run.rows[first:last]
    return backpropagate(
        start.network,
        LOSSES[start.error],
        run.parameters,
        start.train.inputs[rows],
        start.train.targets[rows],
        RULES[start.rule],
        run.clamps,
        run.dropout(first, last),
    )


def _first(values: np.ndarray) -> Vector:
    return read_only(values[0].copy())
