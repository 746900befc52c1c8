"""The forward and the backward pass, as in the formulas: the reference for kernels.

Rumelhart, Hinton & Williams 1986, eqs. 13 and 14, in the lecture's notation: the delta of an
output unit is (t_k - o_k) f'(net_k), of a hidden unit f'(net_j) sum_k delta_k w_jk, and the
negative gradient of a weight is sum_p delta_j i_i.
"""

from dataclasses import dataclass

import numpy as np

from bpviz.core.interruption import Interrupted, never
from bpviz.core.learning.dropout import NO_DROPOUT, Factors
from bpviz.core.learning.rules import BACKPROPAGATION, Rule
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import NO_CLAMPS, OUT, Clamps, clamped_in
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Patterns
from bpviz.core.values import Matrix, Vector

PIECE = 10_000_000
"""Largest product of patterns and parameters in one uninterrupted piece of work."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The results of both passes for P patterns.

    net, act, delta   for every group (P, units); net and delta of input groups are empty; act is
                      what is passed on, see ``forward``.
    neg_gradient          (N,) minus the gradient of E / loss.scale, summed over the patterns:
                      tied weights hold the sum of their class, absent and fixed ones 0.
    error             E of the P patterns.
    """

    net: tuple[Matrix, ...]
    act: tuple[Matrix, ...]
    delta: tuple[Matrix, ...]
    neg_gradient: Vector
    error: float


def forward(
    network: Network,
    parameters: Vector,
    inputs: Matrix,
    clamps: Clamps = NO_CLAMPS,
    dropout: Factors = NO_DROPOUT,
) -> tuple[tuple[Matrix, ...], tuple[Matrix, ...]]:
    """Net inputs and activations of every group, each (P, units), for inputs (P, n).

    The net input of an input group is empty; that of a clamped unit has no effect. Activations
    are what is passed on: times the factors of ``dropout``.
    """
    nets: list[Matrix] = []
    acts: list[Matrix] = []
    for g, group in enumerate(network.groups):
        if group.role == "input":
            nets.append(np.empty((0, group.size)))
            held, values = clamped_in(clamps, g)
            acts.append(inputs[:, network.input_columns(g)])
            if len(held):
                acts[g] = acts[g].copy()
                acts[g][:, held] = values
            continue
        net = np.tile(network.biases(parameters, g), (len(inputs), 1))
        for c in network.incoming(g):
            net += acts[network.connections[c].source] @ network.weights(parameters, c)
        act = undropped(network, g, net, clamps)
        if g in dropout:
            held, values = clamped_in(clamps, g)
            act *= dropout[g]
            act[:, held] = values
        nets.append(net)
        acts.append(act)
    return tuple(nets), tuple(acts)


def undropped(network: Network, group: int, net: Matrix, clamps: Clamps = NO_CLAMPS) -> Matrix:
    """The activations (P, units) of a group for its net inputs, before dropout."""
    activation, act = ACTIVATIONS[network.groups[group].activation], np.empty_like(net)
    held, values = clamped_in(clamps, group)
    seen = net
    if len(held) and not activation.elementwise:
        seen = net.copy()
        seen[:, held] = OUT
    with np.errstate(over="ignore"):  # exp(-net) of a saturated logistic unit: 1 / inf is 0
        activation.function(seen, act)
    act[:, held] = values
    return act


def outputs(
    network: Network, parameters: Vector, inputs: Matrix, clamps: Clamps = NO_CLAMPS
) -> Matrix:
    """The network's outputs (P, m) for inputs (P, n)."""
    return forward(network, parameters, inputs, clamps)[1][-1]


def backpropagate(
    network: Network,
    loss: Loss,
    parameters: Vector,
    inputs: Matrix,
    targets: Matrix,
    rule: Rule = BACKPROPAGATION,
    clamps: Clamps = NO_CLAMPS,
    dropout: Factors = NO_DROPOUT,
) -> Trace:
    """Both passes for inputs (P, n) and targets (P, m).

    With a rule that sends no errors back, hidden groups have deltas of 0. A silent unit passes
    nothing on, in either direction.
    """
    nets, acts = forward(network, parameters, inputs, clamps, dropout)
    deltas: list[Matrix] = [np.empty((0, group.size)) for group in network.groups]
    deltas[-1] = output_delta(network, loss, targets, acts[-1], rule, clamps)
    for g in reversed(network.hidden):
        if not rule.backward:
            deltas[g] = np.zeros_like(acts[g])
            continue
        err = np.zeros_like(acts[g])
        for c in network.outgoing(g):
            err += deltas[network.connections[c].target] @ network.weights(parameters, c).T
        deltas[g] = np.empty_like(err)
        held, _ = clamped_in(clamps, g)
        act = acts[g]
        if g in dropout:
            err *= dropout[g]
            act = undropped(network, g, nets[g], clamps)
        err[:, held] = 0.0
        ACTIVATIONS[network.groups[g].activation].delta(act, err, deltas[g])
        deltas[g][:, held] = 0.0
    return Trace(
        nets,
        acts,
        tuple(deltas),
        _neg_gradient(network, acts, deltas),
        loss.total(
            targets, error_basis(network, loss, nets[-1], acts[-1], clamps), np.empty_like(targets)
        ),
    )


def error_basis(
    network: Network, loss: Loss, net: Matrix, output: Matrix, clamps: Clamps = NO_CLAMPS
) -> Matrix:
    """What E is computed from (P, m): the outputs, or what the loss's Basis says.

    ``net`` (P, m) are the net inputs of the output units.
    """
    if loss.basis is None:
        return output
    basis, (held, values) = net.copy(), clamped_in(clamps, network.output)
    basis[:, held] = OUT
    loss.basis.of_net(basis, basis)
    basis[:, held] = loss.basis.of_output(values)
    return basis


def answered(
    network: Network,
    loss: Loss,
    parameters: Vector,
    inputs: Matrix,
    targets: Matrix,
    clamps: Clamps = NO_CLAMPS,
) -> tuple[Matrix, Vector]:
    """The outputs (P, m), and every pattern's part of E (P,)."""
    nets, acts = forward(network, parameters, inputs, clamps)
    terms = np.empty(targets.shape)
    loss.terms(targets, error_basis(network, loss, nets[-1], acts[-1], clamps), terms)
    return acts[-1], terms.sum(axis=1)


def summed_neg_gradient(
    network: Network,
    loss: Loss,
    parameters: Vector,
    patterns: Patterns,
    rule: Rule = BACKPROPAGATION,
    clamps: Clamps = NO_CLAMPS,
    interrupted: Interrupted = never,
) -> Vector | None:
    """``Trace.neg_gradient`` (N,) of all the patterns, computed in pieces of about 10 ms.

    None if ``interrupted`` between two pieces.
    """
    rows = max(1, PIECE // max(1, network.n_parameters))
    neg_gradient = np.zeros(network.n_parameters)
    for at in range(0, len(patterns), rows):
        if at and interrupted():
            return None
        some = slice(at, at + rows)
        inputs, targets = patterns.inputs[some], patterns.targets[some]
        trace = backpropagate(network, loss, parameters, inputs, targets, rule, clamps)
        neg_gradient += trace.neg_gradient
    return neg_gradient


def output_delta(
    network: Network,
    loss: Loss,
    targets: Matrix,
    output: Matrix,
    rule: Rule = BACKPROPAGATION,
    clamps: Clamps = NO_CLAMPS,
) -> Matrix:
    """The output units' deltas (P, m)."""
    activation = ACTIVATIONS[network.groups[-1].activation]
    held, _ = clamped_in(clamps, network.output)
    delta = np.subtract(targets, output)
    if rule.slope and not cancels(network, loss, len(held) > 0):
        err = np.empty_like(delta)
        loss.deviation(targets, output, err)
        err[:, held] = 0.0
        activation.delta(output, err, delta)
    delta[:, held] = 0.0
    return delta


def cancels(network: Network, loss: Loss, clamped: bool) -> bool:
    """Whether the derivatives of error and output activation cancel: delta is then t - o.

    They do not with a clamped softmax unit: the targets of the others need not sum to 1.
    """
    activation = ACTIVATIONS[network.groups[-1].activation]
    return activation.name == loss.canonical and (activation.elementwise or not clamped)


def _neg_gradient(network: Network, acts: tuple[Matrix, ...], deltas: list[Matrix]) -> Vector:
    neg_gradient = np.zeros(network.n_parameters)
    for g, group in enumerate(network.groups):
        if group.role != "input":
            network.biases(neg_gradient, g)[:] = deltas[g].sum(axis=0)
    for c, link in enumerate(network.connections):
        network.weights(neg_gradient, c)[:] = acts[link.source].T @ deltas[link.target]
    neg_gradient[~network.trainable] = 0.0
    if network.is_tied:
        network.share(neg_gradient)
    return neg_gradient
