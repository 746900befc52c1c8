"""One weight's change under the microscope: every factor of every pattern, as numbers.

The change of a weight is a product for each pattern, summed over the patterns of an update,
and made into a step by the optimizer (Rumelhart, Hinton & Williams 1986, eqs. 13, 14 and 16):

    delta of the target unit = slope x signal
    signal = deviation (output units), or sum over k of delta_k w_jk (hidden units)
    direction = sum over p of delta x source, source = the activation that the weight carries

Everything is computed from the parameters alone, and equals what training then does.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from bpviz.core.activations import ACTIVATIONS
from bpviz.core.backprop import Trace, backpropagate, cancels
from bpviz.core.clamps import Clamps, clamped_in, held_still
from bpviz.core.losses import LOSSES, Loss
from bpviz.core.network import Network
from bpviz.core.optimizers import EPSILON
from bpviz.core.rules import RULES, Rule
from bpviz.core.run import Run
from bpviz.core.training import Training
from bpviz.core.values import Integers, Matrix, Vector


class Place(NamedTuple):
    """What is looked at.

    "weight": from unit ``source`` of the source group of ``connection`` to ``unit`` of
    ``group``; "bias": of ``unit`` of ``group``; "unit": that unit itself.
    """

    kind: Literal["weight", "bias", "unit"]
    group: int
    unit: int
    connection: int = -1
    source: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
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

    @classmethod
    def of(cls, run: Run) -> "Scene":
        """The scene of a run at its present instant."""
        start = run.start
        now = run.upcoming()
        return cls(
            start.network, LOSSES[start.error], RULES[start.rule], run.parameters.copy(),
            start.train.inputs, start.train.targets, now.rows, run.clamps, run.training,
            now.memory, now.count,
        )  # fmt: skip

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


class Path(NamedTuple):
    """One way by which the error comes back to a unit: unit ``unit`` of a later group.

    ``weight`` leads there; ``delta`` (P,) is that unit's; ``product`` (P,) delta times weight.
    """

    connection: int
    group: int
    unit: int
    weight: float
    delta: Vector
    product: Vector


@dataclass(frozen=True, slots=True, eq=False)
class UnitTerms:
    """What one unit has to do with the error; arrays are (P,), one number for each pattern.

    deviation   teacher minus output; None for hidden units.
    signal      the error that reaches the unit: the deviation as the error function sees it, or
                the sum of ``paths``; for softmax units minus ``shared``.
    slope       what the signal is scaled by: f'(net), for a softmax unit its activation; 1 where
                the derivatives of error and activation cancel or the rule takes no slope.
    delta       slope times signal; 0 for a clamped unit.
    shared      sum over the group's units of error times activation (softmax only).
    share       of the error: an output unit's part of E; a hidden unit's part of the signals
                of its group, in size.
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
    paths: tuple[Path, ...]
    share: float
    clamped: bool
    plain: bool
    """Whether delta is just teacher minus output."""


class StepTerm(NamedTuple):
    """One number of the optimizer's step; ``adds`` if the step is the sum of such terms."""

    name: str
    tex: str
    value: float
    adds: bool


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Every term of the next change of one weight or bias.

    rows        the patterns of the update, (P,).
    target      the unit that the weight leads to.
    source      (P,) the activation that the weight carries; 1 for a bias.
    wishes      (P,) what each pattern adds to the direction: delta times source, for tied
                weights summed over all that share the number.
    own         (P,) the part of this place alone.
    direction   sum of the wishes, divided by P if the gradient is averaged.
    decay       what weight decay takes off.
    steepest    direction minus decay: what the optimizer sees.
    steps       the optimizer's numbers on the way to the change.
    change      what the next update adds to the weight.
    tied        places in the flat vector that share the number, this one included.
    still       why the weight does not change, or "".
    """

    place: Place
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


def index_of(network: Network, place: Place) -> int:
    """Where a weight or bias lies in the flat vector."""
    places = np.arange(float(network.n_parameters))
    if place.kind == "weight":
        return int(network.weights(places, place.connection)[place.source, place.unit])
    return int(network.biases(places, place.group)[place.unit])


def place_of(network: Network, index: int) -> Place:
    """Which weight or bias lies there in the flat vector."""
    places = np.arange(float(network.n_parameters))
    for g in range(len(network.groups)):
        found = np.flatnonzero(network.biases(places, g) == index)
        if len(found):
            return Place("bias", g, int(found[0]))
    for c, link in enumerate(network.connections):
        ends = np.argwhere(network.weights(places, c) == index)
        if len(ends):
            return Place("weight", link.target, int(ends[0][1]), c, int(ends[0][0]))
    raise IndexError(index)


# -- a unit --------------------------------------------------------------------------------------


def look_at_unit(scene: Scene, trace: Trace, group: int, unit: int) -> UnitTerms:
    """The terms of a unit's delta for every pattern of the update."""
    network, act = scene.network, trace.act[group]
    row = network.groups[group]
    held, _ = clamped_in(scene.clamps, group)
    derivative = np.ones(len(act))
    if row.role == "input":
        nothing = np.zeros(len(act))
        return UnitTerms(
            group, unit, act[:, unit], act[:, unit], derivative, None, nothing, nothing, nothing,
            None, (), 0.0, unit in held, False,
        )  # fmt: skip
    slopes = np.empty_like(act)
    ACTIVATIONS[row.activation].derivative(act, slopes)
    is_output = group == network.output
    err = _output_error(scene, act) if is_output else _error_coming_back(scene, trace, group)
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
        () if is_output else _paths(scene, trace, group, unit),
        _share(scene, act, err, unit, is_output=is_output),
        unit in held,
        plain,
    )


def _output_error(scene: Scene, output: Matrix) -> Matrix:
    err = np.empty_like(output)
    with np.errstate(all="ignore"):
        scene.loss.deviation(scene.targets[scene.rows], output, err)
    return err


def _error_coming_back(scene: Scene, trace: Trace, group: int) -> Matrix:
    err = np.zeros_like(trace.act[group])
    for c in scene.network.outgoing(group) if scene.rule.backward else ():
        target = scene.network.connections[c].target
        err += trace.delta[target] @ scene.network.weights(scene.parameters, c).T
    return err


def _paths(scene: Scene, trace: Trace, group: int, unit: int) -> tuple[Path, ...]:
    paths = []
    for c in scene.network.outgoing(group) if scene.rule.backward else ():
        link = scene.network.connections[c]
        weights = scene.network.weights(scene.parameters, c)[unit]
        for k, weight in enumerate(weights.tolist()):
            if link.mask is None or link.mask[unit, k]:
                delta = trace.delta[link.target][:, k]
                paths.append(Path(c, link.target, k, weight, delta, delta * weight))
    return tuple(paths)


def _share(scene: Scene, act: Matrix, err: Matrix, unit: int, *, is_output: bool) -> float:
    if is_output:
        parts = np.array(
            [
                scene.loss.total(
                    np.ascontiguousarray(scene.targets[scene.rows][:, [k]]),
                    np.ascontiguousarray(act[:, [k]]),
                    np.empty((len(act), 1)),
                )
                for k in range(act.shape[1])
            ]
        )
    else:
        parts = np.abs(err).sum(axis=0)
    total = float(parts.sum())
    return float(parts[unit]) / total if total > 0.0 else 0.0


# -- a weight ------------------------------------------------------------------------------------


def look_at_change(scene: Scene, trace: Trace, place: Place) -> Change:
    """Every term of the next change of a weight or bias."""
    network, training = scene.network, scene.training
    index = index_of(network, place)
    tied = network.tied_with(index)
    members = [place_of(network, i) for i in tied] if len(tied) > 1 else [place]
    own = trace.delta[place.group][:, place.unit] * _source(trace, network, place)
    wishes = np.zeros(len(own))
    for member in members:
        delta = trace.delta[member.group][:, member.unit]
        wishes += delta * _source(trace, network, member)
    still = _why_still(scene, place, index)
    direction = 0.0 if still else float(wishes.sum())
    if training.reduction == "mean":
        direction /= len(scene.rows)
    value = float(scene.parameters[index])
    decay = 0.0
    if network.decays[index] and not still:
        decay = training.decay_l2 * value + training.decay_l1 * float(np.sign(value))
    steps, change = STEPS[training.optimizer](
        training, direction - decay, scene.memory[:, index], scene.count + 1
    )
    return Change(
        place, index, value, scene.rows, look_at_unit(scene, trace, place.group, place.unit),
        _source(trace, network, place), wishes, own, direction, decay, direction - decay, steps,
        change, tuple(tied), still,
    )  # fmt: skip


def _source(trace: Trace, network: Network, place: Place) -> Vector:
    if place.kind == "bias":
        return np.ones(len(trace.act[0]))
    return trace.act[network.connections[place.connection].source][:, place.source]


def _why_still(scene: Scene, place: Place, index: int) -> str:
    network = scene.network
    if place.kind == "weight":
        link = network.connections[place.connection]
        if link.mask is not None and not link.mask[place.source, place.unit]:
            return "absent"
        if link.fixed:
            return "fixed"
    if not scene.rule.backward and place.group != network.output:
        return ""  # its delta is 0, and decay and momentum still move it
    return "clamped" if held_still(network, scene.clamps)[index] else ""


# -- the step, one function for each optimizer ---------------------------------------------------

Steps = tuple[tuple[StepTerm, ...], float]


def _descent(training: Training, g: float, memory: Vector, count: int) -> Steps:
    step = training.rate * g
    return (StepTerm("rate times direction", r"\epsilon g", step, True),), step


def _momentum(training: Training, g: float, memory: Vector, count: int) -> Steps:
    now, kept = training.rate * g, training.momentum * float(memory[0])
    return (
        StepTerm("rate times direction", r"\epsilon g", now, True),
        StepTerm("momentum: share of the last change", r"\alpha\,\Delta w(t-1)", kept, True),
    ), now + kept


def _rmsprop(training: Training, g: float, memory: Vector, count: int) -> Steps:
    square = training.rho * float(memory[0]) + (1.0 - training.rho) * g * g
    return (StepTerm("mean square of the direction", "v", square, False),), training.rate * g / (
        np.sqrt(square) + EPSILON
    )


def _adam(training: Training, g: float, memory: Vector, count: int) -> Steps:
    mean = training.beta1 * float(memory[0]) + (1.0 - training.beta1) * g
    square = training.beta2 * float(memory[1]) + (1.0 - training.beta2) * g * g
    mean_hat = mean / (1.0 - training.beta1**count)
    square_hat = square / (1.0 - training.beta2**count)
    return (
        StepTerm("mean direction", "m", mean, False),
        StepTerm("mean square of the direction", "v", square, False),
        StepTerm("mean, corrected for its start", r"\hat{m}", mean_hat, False),
        StepTerm("mean square, corrected for its start", r"\hat{v}", square_hat, False),
    ), training.rate * mean_hat / (float(np.sqrt(square_hat)) + EPSILON)


STEPS = {"descent": _descent, "momentum": _momentum, "rmsprop": _rmsprop, "adam": _adam}
"""Every optimizer's step of a single number; the tests hold it against optimizers.OPTIMIZERS."""
