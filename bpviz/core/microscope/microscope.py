"""One weight's change under the microscope: every factor of every pattern, as numbers.

The change of a weight is a product for each pattern, summed over the patterns of an update,
and made into a step by the optimizer (Rumelhart, Hinton & Williams 1986, eqs. 13, 14 and 16):

    delta of the target unit = slope x signal
    signal = deviation (output units), or sum over k of delta_k w_jk (hidden units)
    direction = sum over p of delta x source, source = the activation that the weight carries

Everything is computed from the parameters alone, and equals what training then does.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bpviz.core.interruption import Interrupted, never
from bpviz.core.learning.backprop import PIECE, Trace, backpropagate, cancels
from bpviz.core.learning.rules import Rule
from bpviz.core.learning.settings import Training
from bpviz.core.microscope.optimizer_steps import STEPS, StepTerm
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
class MicroscopeInput:
    """An instant of a run, as far as the next update depends on it.

    ``rows`` are the training patterns of that update, ``memory`` (slots, N) and ``count`` what
    the optimizer remembers.
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

    def trace(self) -> Trace:
        """Both passes for the patterns of the update."""
        return backpropagate(
            self.network,
            self.loss,
            self.parameters,
            self.inputs[self.rows],
            self.targets[self.rows],
            self.rule,
            self.clamps,
        )


@dataclass(frozen=True, slots=True, eq=False)
class UnitTerms:
    """What one unit has to do with the error; arrays are (P,), one number for each pattern.

    deviation   teacher minus output; None for hidden units.
    signal      the error that reaches the unit: the deviation as the error function sees it, or
                the sum over k of delta_k w_jk (see paths); for softmax units minus ``shared``.
    slope       what the signal is scaled by: f'(net), for a softmax unit its activation; 1 where
                the derivatives of error and activation cancel or the rule takes no slope.
    delta       slope times signal; 0 for a clamped unit.
    shared      sum over the group's units of error times activation (softmax only).
    part        of the error: an output unit's part of E, a hidden unit's signals in size;
    whole       and the same of all the units of its group.
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
    """Whether delta is just teacher minus output."""

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
    wishes      (P,) what each pattern adds to the direction: delta times source, for tied
                weights summed over all that share the number.
    own         (P,) the part of this weight or bias alone.
    direction   sum of the wishes, divided by P if the gradient is averaged.
    decay       what weight decay takes off.
    steepest    direction minus decay: what the optimizer sees.
    steps       the optimizer's numbers on the way to the change.
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
    wishes: Vector
    own: Vector
    direction: float
    decay: float
    steepest: float
    steps: tuple[StepTerm, ...]
    change: float
    tied: tuple[int, ...]
    still: str


@dataclass(frozen=True, slots=True, eq=False)
class MicroscopeReading:
    """What the microscope shows at one instant.

    ``unit`` has the terms of the unit (see ``references.unit_of``); ``change`` is None for a
    unit itself.
    """

    scene: MicroscopeInput
    ref: NetworkRef
    unit: UnitTerms
    change: ParameterChange | None


def look(
    scene: MicroscopeInput, ref: NetworkRef, interrupted: Interrupted = never
) -> MicroscopeReading | None:
    """Every term of a weight, bias or unit.

    Computed piece by piece of the patterns; None if ``interrupted`` between two pieces.
    """
    step = max(1, PIECE // max(1, scene.network.n_parameters))
    pieces = []
    for at in range(0, len(scene.rows), step):
        if at and interrupted():
            return None
        some = replace(scene, rows=scene.rows[at : at + step])
        pieces.append(_look_at_piece(some, some.trace(), ref))
    units, terms = zip(*pieces, strict=True)
    unit = _joined(units)
    if isinstance(ref, UnitRef):
        return MicroscopeReading(scene, ref, unit, None)
    joined = PatternTerms(*(np.concatenate(part) for part in zip(*terms, strict=True)))
    return MicroscopeReading(scene, ref, unit, _change(scene, ref, unit, joined))


def _look_at_piece(
    scene: MicroscopeInput, trace: Trace, ref: NetworkRef
) -> tuple[UnitTerms, "PatternTerms"]:
    of = unit_of(scene.network, ref)
    unit = look_at_unit(scene, trace, of.group, of.unit)
    nothing = np.empty(0)
    if isinstance(ref, UnitRef):
        return unit, PatternTerms(nothing, nothing, nothing)
    return unit, _terms(scene, trace, ref)


def _joined(pieces: tuple[UnitTerms, ...]) -> UnitTerms:
    """One record of all the patterns; its arrays are copies, not views of larger ones."""
    arrays: dict[str, Any] = {}
    for name in PER_PATTERN:
        values = [getattr(piece, name) for piece in pieces]
        arrays[name] = None if values[0] is None else np.concatenate(values)
    part, whole = (float(sum(getattr(p, name) for p in pieces)) for name in ("part", "whole"))
    return replace(pieces[0], **arrays, part=part, whole=whole)


PER_PATTERN = ("net", "act", "derivative", "deviation", "signal", "slope", "delta", "shared")
"""The fields of UnitTerms that are arrays, or None."""


# -- a unit --------------------------------------------------------------------------------------


def look_at_unit(scene: MicroscopeInput, trace: Trace, group: int, unit: int) -> UnitTerms:
    """The terms of a unit's delta for every pattern of the update."""
    network, act = scene.network, trace.act[group]
    row = network.groups[group]
    held, _ = clamped_in(scene.clamps, group)
    derivative = np.ones(len(act))
    if row.role == "input":
        nothing = np.zeros(len(act))
        return UnitTerms(
            group, unit, act[:, unit], act[:, unit], derivative, None, nothing, nothing, nothing,
            None, 0.0, 0.0, unit in held, False,
        )  # fmt: skip
    slopes = np.empty_like(act)
    ACTIVATIONS[row.activation].derivative(act, slopes)
    is_output = group == network.output
    err = _output_error(scene, act) if is_output else error_coming_back(scene, trace, group)
    err[:, held] = 0.0
    plain = is_output and (
        not scene.rule.slope or cancels(network, scene.loss, len(held) > 0)
    )  # fmt: skip
    signal, slope, shared = err[:, unit], slopes[:, unit], None
    if plain:
        signal, slope = scene.targets[scene.rows][:, unit] - act[:, unit], np.ones(len(act))
    elif not ACTIVATIONS[row.activation].elementwise:
        shared = np.einsum("pk,pk->p", err, act)
        signal, slope = signal - shared, act[:, unit]
    return UnitTerms(
        group,
        unit,
        trace.net[group][:, unit],
        act[:, unit],
        slopes[:, unit],
        scene.targets[scene.rows][:, unit] - act[:, unit] if is_output else None,
        signal,
        slope,
        trace.delta[group][:, unit],
        shared,
        *_share(scene, act, err, unit, is_output=is_output),
        unit in held,
        plain,
    )


def _output_error(scene: MicroscopeInput, output: Matrix) -> Matrix:
    err = np.empty_like(output)
    with np.errstate(all="ignore"):
        scene.loss.deviation(scene.targets[scene.rows], output, err)
    return err


def error_coming_back(scene: MicroscopeInput, trace: Trace, group: int) -> Matrix:
    """What reaches every unit of a hidden group, (P, units): the sums over k of delta_k w_jk."""
    err = np.zeros_like(trace.act[group])
    for c in scene.network.outgoing(group) if scene.rule.backward else ():
        target = scene.network.connections[c].target
        err += trace.delta[target] @ scene.network.weights(scene.parameters, c).T
    return err


def _share(
    scene: MicroscopeInput, act: Matrix, err: Matrix, unit: int, *, is_output: bool
) -> tuple[float, float]:
    """The unit's part of the error, and that of all its group."""
    if is_output:
        terms = np.empty_like(act)
        scene.loss.terms(scene.targets[scene.rows], act, terms)
        parts = terms.sum(axis=0)
    else:
        parts = np.abs(err).sum(axis=0)
    return float(parts[unit]), float(parts.sum())


# -- a weight ------------------------------------------------------------------------------------


class PatternTerms(NamedTuple):
    """(P,) what the weight or bias carries, and the terms of all it is tied to and of it alone."""

    source: Vector
    wishes: Vector
    own: Vector


def look_at_change(scene: MicroscopeInput, trace: Trace, ref: ParameterRef) -> ParameterChange:
    """Every term of the next change of a weight or bias."""
    of = unit_of(scene.network, ref)
    unit = look_at_unit(scene, trace, of.group, of.unit)
    return _change(scene, ref, unit, _terms(scene, trace, ref))


def _terms(scene: MicroscopeInput, trace: Trace, ref: ParameterRef) -> PatternTerms:
    network = scene.network
    tied = network.tied_with(index_of(network, ref))
    source = _source(trace, network, ref)
    own = _delta(trace, network, ref) * source
    if len(tied) == 1:
        return PatternTerms(source, own, own)
    wishes = np.zeros(len(own))
    for member in (parameter_at(network, i) for i in tied):
        wishes += _delta(trace, network, member) * _source(trace, network, member)
    return PatternTerms(source, wishes, own)


def _change(
    scene: MicroscopeInput, ref: ParameterRef, unit: UnitTerms, terms: PatternTerms
) -> ParameterChange:
    """What the optimizer makes of all the patterns' terms."""
    network, training = scene.network, scene.training
    index = index_of(network, ref)
    still = _why_still(scene, ref, index)
    direction = 0.0 if still else float(terms.wishes.sum())
    if training.reduction == "mean":
        direction /= len(scene.rows)
    value = float(scene.parameters[index])
    decay = 0.0
    if network.decays[index] and not still:
        decay = training.decay_l2 * value + training.decay_l1 * float(np.sign(value))
    steps, change = STEPS[training.optimizer](
        training, direction - decay, scene.memory[:, index], scene.count + 1
    )
    return ParameterChange(
        ref, index, value, scene.rows, unit, *terms, direction, decay, direction - decay, steps,
        change, network.tied_with(index), still,
    )  # fmt: skip


def _delta(trace: Trace, network: Network, ref: ParameterRef) -> Vector:
    of = unit_of(network, ref)
    return trace.delta[of.group][:, of.unit]


def _source(trace: Trace, network: Network, ref: ParameterRef) -> Vector:
    if isinstance(ref, BiasRef):
        return np.ones(len(trace.act[0]))
    return trace.act[network.connections[ref.connection].source][:, ref.source]


def _why_still(scene: MicroscopeInput, ref: ParameterRef, index: int) -> str:
    network = scene.network
    if isinstance(ref, WeightRef):
        link = network.connections[ref.connection]
        if link.mask is not None and not link.mask[ref.source, ref.target]:
            return "absent"
        if link.fixed:
            return "fixed"
    if not scene.rule.backward and unit_of(network, ref).group != network.output:
        return ""  # its delta is 0, and decay and momentum still move it
    return "clamped" if held_still(network, scene.clamps)[index] else ""
