"""The next change of one weight: every factor of every pattern, as numbers.

The change of a weight is a product for each pattern, summed over the patterns of an update, from
which the optimizer computes the step (Rumelhart, Hinton & Williams 1986, eqs. 13, 14 and 16):

    delta of the target unit = slope x signal
    signal = deviation (output units), or sum over k of delta_k w_jk (hidden units)
    direction = sum over p of delta x source, source = the activation that the weight carries

Everything is computed from the parameters alone, and equals the change that training makes.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from bpviz.core.interruption import Interrupted, never
from bpviz.core.learning.backprop import (
    PIECE,
    Trace,
    backpropagate,
    cancels,
    error_basis,
    undropped,
)
from bpviz.core.learning.dropout import NO_DROPOUT, Factors, some_rows
from bpviz.core.learning.optimizers import OPTIMIZERS, StepTerm
from bpviz.core.learning.rules import Rule
from bpviz.core.learning.settings import Training
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import Clamps, clamped_in, held_still
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.references import (
    BiasRef,
    NetworkRef,
    ParameterRef,
    UnitRef,
    WeightRef,
    index_of,
    parameter_at,
    unit_of,
)
from bpviz.core.values import Integers, Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class NextUpdate:
    """Everything that the next update of a run depends on.

    ``rows`` are the training patterns of the update, ``memory`` (slots, N) and ``count`` the
    state of the optimizer, ``dropout`` the factors of the patterns.
    """

    network: Network
    loss: Loss
    rule: Rule
    parameters: Vector
    inputs: Matrix
    targets: Matrix
    rows: Integers
    clamps: Clamps
    training: Training
    memory: Matrix
    count: int
    dropout: Factors = field(default_factory=lambda: NO_DROPOUT)

    def some(self, rows: slice) -> "NextUpdate":
        """The update with some of its patterns only."""
        return replace(self, rows=self.rows[rows], dropout=some_rows(self.dropout, rows))

    def trace(self) -> Trace:
        """Forward and backward pass for the patterns of the update."""
        return backpropagate(
            self.network,
            self.loss,
            self.parameters,
            self.inputs[self.rows],
            self.targets[self.rows],
            self.rule,
            self.clamps,
            self.dropout,
        )


@dataclass(frozen=True, slots=True, eq=False)
class UnitTerms:
    """The terms of one unit's delta; arrays are (P,), one number for each pattern.

    deviation   target minus output; None for hidden units.
    signal      the error that reaches the unit: minus the derivative of the error function, or
                the sum over k of delta_k w_jk (see error_paths); for softmax units minus
                ``shared``.
    slope       the factor of the signal: f'(net), for a softmax unit its activation; 1 if the
                derivatives of error and activation cancel or the rule uses no slope; with dropout
                times its factor.
    kept        the factor of the activation with dropout: 0 for a pattern for which the unit is
                silent; None without dropout.
    delta       slope times signal; 0 for a clamped unit.
    shared      sum over the group's units of error times activation (softmax only).
    part        an output unit's part of E; a hidden unit's sum of absolute signals.
    whole       the sum of ``part`` over all units of its group.
    """

    group: int
    unit: int
    net: Vector
    act: Vector
    derivative: Vector
    deviation: Vector | None
    signal: Vector
    slope: Vector
    delta: Vector
    shared: Vector | None
    part: float
    whole: float
    clamped: bool
    plain: bool
    """Whether delta is exactly target minus output."""
    kept: Vector | None = None

    @property
    def share(self) -> float:
        """The unit's share of the error of its group, 0 to 1."""
        return self.part / self.whole if self.whole > 0.0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class ParameterChange:
    """Every term of the next change of one weight or bias.

    rows        the patterns of the update, (P,).
    target      the unit that the weight leads to.
    source      (P,) the activation that the weight carries; 1 for a bias.
    contributions   (P,) delta times source of each pattern; for tied weights summed over all
                that share the number.
    own         (P,) the contributions of this weight or bias alone.
    direction   sum of the contributions, divided by P if the gradient is averaged.
    decay       the part of weight decay, which is subtracted.
    steepest    direction minus decay: the input of the optimizer.
    lost        the share of itself that the weight loses beside the optimizer's step.
    steps       the intermediate numbers of the optimizer.
    change      what the next update adds to the weight.
    tied        indices in the flat vector that share the number, this one included.
    still       why the weight does not change, or "".
    """

    ref: ParameterRef
    index: int
    value: float
    rows: Integers
    target: UnitTerms
    source: Vector
    contributions: Vector
    own: Vector
    direction: float
    decay: float
    steepest: float
    lost: float
    steps: tuple[StepTerm, ...]
    change: float
    tied: tuple[int, ...]
    still: str


@dataclass(frozen=True, slots=True, eq=False)
class MicroscopeReading:
    """Every term of a weight, bias or unit at one instant.

    ``unit`` has the terms of the unit (see ``references.unit_of``); ``change`` is None if
    ``ref`` is a unit.
    """

    update: NextUpdate
    ref: NetworkRef
    unit: UnitTerms
    change: ParameterChange | None


def read_terms(
    update: NextUpdate, ref: NetworkRef, interrupted: Interrupted = never
) -> MicroscopeReading | None:
    """Every term of a weight, bias or unit, computed for some patterns at a time.

    None if ``interrupted`` returns True in between.
    """
    step = max(1, PIECE // max(1, update.network.n_parameters))
    pieces = []
    for at in range(0, len(update.rows), step):
        if at and interrupted():
            return None
        some = update.some(slice(at, at + step))
        pieces.append(_terms_of_piece(some, some.trace(), ref))
    units, terms = zip(*pieces, strict=True)
    unit = _joined(units)
    if isinstance(ref, UnitRef):
        return MicroscopeReading(update, ref, unit, None)
    joined = PatternTerms(*(np.concatenate(part) for part in zip(*terms, strict=True)))
    return MicroscopeReading(update, ref, unit, _change(update, ref, unit, joined))


def _terms_of_piece(
    update: NextUpdate, trace: Trace, ref: NetworkRef
) -> tuple[UnitTerms, "PatternTerms"]:
    of = unit_of(update.network, ref)
    unit = unit_terms(update, trace, of.group, of.unit)
    nothing = np.empty(0)
    if isinstance(ref, UnitRef):
        return unit, PatternTerms(nothing, nothing, nothing)
    return unit, _terms(update, trace, ref)


def _joined(pieces: tuple[UnitTerms, ...]) -> UnitTerms:
    """One record of all patterns; its arrays are copies, not views of larger ones."""
    arrays: dict[str, Any] = {}
    for name in PER_PATTERN:
        values = [getattr(piece, name) for piece in pieces]
        arrays[name] = None if values[0] is None else np.concatenate(values)
    part, whole = (float(sum(getattr(p, name) for p in pieces)) for name in ("part", "whole"))
    return replace(pieces[0], **arrays, part=part, whole=whole)


PER_PATTERN = (
    "net", "act", "derivative", "deviation", "signal", "slope", "delta", "shared", "kept",
)  # fmt: skip
"""The fields of UnitTerms that are arrays, or None."""


# -- a unit --------------------------------------------------------------------------------------


def unit_terms(update: NextUpdate, trace: Trace, group: int, unit: int) -> UnitTerms:
    """The terms of a unit's delta for every pattern of the update."""
    network, act = update.network, trace.act[group]
    row = network.groups[group]
    held, _ = clamped_in(update.clamps, group)
    derivative = np.ones(len(act))
    if row.role == "input":
        nothing = np.zeros(len(act))
        return UnitTerms(
            group, unit, act[:, unit], act[:, unit], derivative, None, nothing, nothing, nothing,
            None, 0.0, 0.0, unit in held, False,
        )  # fmt: skip
    slopes = slopes_of(update, trace, group)
    is_output = group == network.output
    err = _output_error(update, act) if is_output else error_coming_back(update, trace, group)
    err[:, held] = 0.0
    plain = is_output and (
        not update.rule.slope or cancels(network, update.loss, len(held) > 0)
    )  # fmt: skip
    signal, slope, shared = err[:, unit], slopes[:, unit], None
    if plain:
        signal, slope = update.targets[update.rows][:, unit] - act[:, unit], np.ones(len(act))
    elif not ACTIVATIONS[row.activation].elementwise:
        shared = np.einsum("pk,pk->p", err, act)
        signal, slope = signal - shared, act[:, unit]
    return UnitTerms(
        group,
        unit,
        trace.net[group][:, unit],
        act[:, unit],
        slopes[:, unit],
        update.targets[update.rows][:, unit] - act[:, unit] if is_output else None,
        signal,
        slope,
        trace.delta[group][:, unit],
        shared,
        *_share(update, trace, err, unit, is_output=is_output),
        unit in held,
        plain,
        update.dropout[group][:, unit] if group in update.dropout else None,
    )


def slopes_of(update: NextUpdate, trace: Trace, group: int) -> Matrix:
    """f'(net) of a group, (P, units); with dropout the derivative of what is passed on: times
    the factor."""
    act, factors = trace.act[group], update.dropout.get(group)
    if factors is not None:
        act = undropped(update.network, group, trace.net[group], update.clamps)
    slopes = np.empty_like(act)
    ACTIVATIONS[update.network.groups[group].activation].derivative(act, slopes)
    return slopes if factors is None else slopes * factors


def _output_error(update: NextUpdate, output: Matrix) -> Matrix:
    err = np.empty_like(output)
    with np.errstate(all="ignore"):
        update.loss.deviation(update.targets[update.rows], output, err)
    return err


def error_coming_back(update: NextUpdate, trace: Trace, group: int) -> Matrix:
    """The errors that reach a hidden group, (P, units): the sums over k of delta_k w_jk."""
    err = np.zeros_like(trace.act[group])
    for c in update.network.outgoing(group) if update.rule.backward else ():
        target = update.network.connections[c].target
        err += trace.delta[target] @ update.network.weights(update.parameters, c).T
    return err


def _share(
    update: NextUpdate, trace: Trace, err: Matrix, unit: int, *, is_output: bool
) -> tuple[float, float]:
    """The unit's part of the error, and that of its whole group."""
    if is_output:
        net, act, terms = trace.net[-1], trace.act[-1], np.empty_like(err)
        basis = error_basis(update.network, update.loss, net, act, update.clamps)
        update.loss.terms(update.targets[update.rows], basis, terms)
        parts = terms.sum(axis=0)
    else:
        parts = np.abs(err).sum(axis=0)
    return float(parts[unit]), float(parts.sum())


# -- a weight ------------------------------------------------------------------------------------


class PatternTerms(NamedTuple):
    """For each pattern, (P,): source, contributions and own of a ParameterChange."""

    source: Vector
    contributions: Vector
    own: Vector


def parameter_change(update: NextUpdate, trace: Trace, ref: ParameterRef) -> ParameterChange:
    """Every term of the next change of a weight or bias."""
    of = unit_of(update.network, ref)
    unit = unit_terms(update, trace, of.group, of.unit)
    return _change(update, ref, unit, _terms(update, trace, ref))


def _terms(update: NextUpdate, trace: Trace, ref: ParameterRef) -> PatternTerms:
    network = update.network
    tied = network.tied_with(index_of(network, ref))
    source = _source(trace, network, ref)
    own = _delta(trace, network, ref) * source
    if len(tied) == 1:
        return PatternTerms(source, own, own)
    contributions = np.zeros(len(own))
    for member in (parameter_at(network, i) for i in tied):
        contributions += _delta(trace, network, member) * _source(trace, network, member)
    return PatternTerms(source, contributions, own)


def _change(
    update: NextUpdate, ref: ParameterRef, unit: UnitTerms, terms: PatternTerms
) -> ParameterChange:
    """The change that the optimizer computes from the patterns' contributions."""
    network, training = update.network, update.training
    index = index_of(network, ref)
    still = _why_still(update, ref, index)
    direction = 0.0 if still else float(terms.contributions.sum())
    if training.reduction == "mean":
        direction /= len(update.rows)
    value = float(update.parameters[index])
    decay = lost = 0.0
    if network.decays[index] and not still:
        lost = training.decay_share * value
        decay = training.decay_l2 * value + training.decay_l1 * float(np.sign(value))
    optimizer = OPTIMIZERS[training.optimizer]
    seen = training, direction - decay, update.memory[:, index], update.count + 1
    return ParameterChange(
        ref, index, value, update.rows, unit, *terms, direction, decay, direction - decay,
        lost, optimizer.terms(*seen), optimizer.change(*seen) - lost, network.tied_with(index),
        still,
    )  # fmt: skip


def _delta(trace: Trace, network: Network, ref: ParameterRef) -> Vector:
    of = unit_of(network, ref)
    return trace.delta[of.group][:, of.unit]


def _source(trace: Trace, network: Network, ref: ParameterRef) -> Vector:
    if isinstance(ref, BiasRef):
        return np.ones(len(trace.act[0]))
    return trace.act[network.connections[ref.connection].source][:, ref.source]


def _why_still(update: NextUpdate, ref: ParameterRef, index: int) -> str:
    network = update.network
    if isinstance(ref, WeightRef):
        link = network.connections[ref.connection]
        if link.mask is not None and not link.mask[ref.source, ref.target]:
            return "absent"
        if link.fixed:
            return "fixed"
    if not update.rule.backward and unit_of(network, ref).group != network.output:
        return ""  # its delta is 0, and decay and momentum still move it
    return "clamped" if held_still(network, update.clamps)[index] else ""
