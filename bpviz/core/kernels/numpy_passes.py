"""Both passes of backpropagation as a flat list of NumPy calls, without allocations.

The passes of backprop.py are unrolled for one batch shape; the arguments of the calls are views of
buffers that are allocated once.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bpviz.core.learning.backprop import cancels
from bpviz.core.learning.dropout import Factors, dropped_groups
from bpviz.core.learning.rules import BACKPROPAGATION, Rule
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import NO_CLAMPS, OUT, Clamps, clamped_in
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.values import Integers, Matrix, Vector

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of NumPy, and its arguments."""


def _run(calls: Sequence[Call]) -> None:
    for function, arguments in calls:
        function(*arguments)


class NumpyPasses:
    """The forward and backward pass for one fixed set of buffers.

    ``inputs`` (rows, n) and ``targets`` (rows, m) are read at every pass, so new patterns can be
    copied into them; ``forward`` writes the outputs into ``output`` (rows, m); ``backward``
    writes the summed negative gradient into ``neg_gradient`` (N,).
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        parameters: Vector,
        neg_gradient: Vector,
        inputs: Matrix,
        targets: Matrix,
        rule: Rule = BACKPROPAGATION,
        clamps: Clamps = NO_CLAMPS,
    ) -> None:
        self.inputs, self.targets = inputs, targets
        self._network, self._loss, self._rule = network, loss, rule
        self._clamped = [clamped_in(clamps, g) for g in range(len(network.groups))]
        rows = len(inputs)
        self._act = [
            inputs[:, network.input_columns(g)]
            if group.role == "input" and not len(self._clamped[g][0])
            else np.empty((rows, group.size))
            for g, group in enumerate(network.groups)
        ]
        self._factors = {
            g: np.ones((rows, network.groups[g].size)) for g in dropped_groups(network)
        }
        self._sent = [
            np.empty_like(act) if g in self._factors else act for g, act in enumerate(self._act)
        ]
        self._delta = [np.empty((rows, group.size)) for group in network.groups]
        self._err = [np.empty((rows, group.size)) for group in network.groups]
        self.output = self._act[-1]
        self._basis = self.output if loss.basis is None else np.empty_like(self.output)
        self._forward = self._forward_calls(parameters)
        self._backward = self._backward_calls(parameters, neg_gradient, np.ones(rows))

    def drop(self, dropout: Factors) -> None:
        """Use these factors, or none for NO_DROPOUT, from the next pass on."""
        for g, factors in self._factors.items():
            factors[:] = dropout.get(g, 1.0)

    def forward(self) -> None:
        """Compute ``output`` from ``inputs`` and the present parameters."""
        _run(self._forward)

    def backward(self) -> None:
        """Write ``neg_gradient``; ``forward`` must have run on the same parameters."""
        _run(self._backward)

    def total(self) -> float:
        """E of these rows; ``forward`` must have run, and runs again before the next call."""
        if self._loss.basis is not None:
            held, values = self._clamped[-1]
            self._loss.basis.of_net(self._basis, self._basis)
            self._basis[:, held] = self._loss.basis.of_output(values)
        return self._loss.total(self.targets, self._basis, self._err[-1])

    def _forward_calls(self, parameters: Vector) -> list[Call]:
        calls: list[Call] = []
        for g, group in enumerate(self._network.groups):
            if group.role == "input":
                if len(self._clamped[g][0]):
                    columns = self.inputs[:, self._network.input_columns(g)]
                    calls.append((np.copyto, (self._act[g], columns)))
                    calls += self._hold(self._act[g], *self._clamped[g])
                continue
            net = self._act[g]  # the activation overwrites the net input
            terms = [
                (self._sent[link.source], self._network.weights(parameters, c))
                for c, link in self._links(self._network.incoming(g))
            ]
            calls += _sum_of_products(terms, net, self._err[g])
            calls.append((np.add, (net, self._network.biases(parameters, g), net)))
            if not ACTIVATIONS[group.activation].elementwise:
                calls += self._hold(net, self._clamped[g][0], OUT)
            if self._basis is not self.output and g == self._network.output:
                calls.append((np.copyto, (self._basis, net)))
            row = ACTIVATIONS[group.activation]
            if not row.in_place:
                calls.append((np.copyto, (self._err[g], net)))  # free until the way back
            if not row.is_identity:
                calls.append((row.function, (net if row.in_place else self._err[g], net)))
            calls += self._hold(net, *self._clamped[g])
            if g in self._factors:
                calls.append((np.multiply, (net, self._factors[g], self._sent[g])))
                calls += self._hold(self._sent[g], *self._clamped[g])
        return calls

    def _backward_calls(self, parameters: Vector, neg_gradient: Vector, ones: Vector) -> list[Call]:
        calls = self._output_delta_calls()
        for g in reversed(self._network.hidden):
            terms = [
                (self._delta[link.target], self._network.weights(parameters, c).T)
                for c, link in self._links(self._network.outgoing(g))
            ]
            # A group without outgoing connections does not contribute to the error.
            if not (terms and self._rule.backward):
                self._delta[g].fill(0.0)
                continue
            calls += _sum_of_products(terms, self._err[g], self._delta[g])
            activation = ACTIVATIONS[self._network.groups[g].activation]
            held, _ = self._clamped[g]
            if g in self._factors:
                calls.append((np.multiply, (self._err[g], self._factors[g], self._err[g])))
            calls += self._hold(self._err[g], held)
            calls.append((activation.delta, (self._act[g], self._err[g], self._delta[g])))
            calls += self._hold(self._delta[g], held)
        for g, group in enumerate(self._network.groups):
            if group.role != "input":
                bias = self._network.biases(neg_gradient, g)
                calls.append((ones.dot, (self._delta[g], bias)))
        for c, link in enumerate(self._network.connections):
            weights = self._network.weights(neg_gradient, c)
            if link.fixed:
                weights.fill(0.0)  # nothing else writes there
                continue
            calls.append((self._sent[link.source].T.dot, (self._delta[link.target], weights)))
        return calls

    def _output_delta_calls(self) -> list[Call]:
        activation = ACTIVATIONS[self._network.groups[-1].activation]
        delta, err = self._delta[-1], self._err[-1]
        held, _ = self._clamped[-1]
        calls: list[Call]
        if not self._rule.slope or cancels(self._network, self._loss, len(held) > 0):
            calls = [(np.subtract, (self.targets, self.output, delta))]
        else:
            calls = [
                (self._loss.deviation, (self.targets, self.output, err)),
                *self._hold(err, held),
                (activation.delta, (self.output, err, delta)),
            ]
        return calls + self._hold(delta, held)

    @staticmethod
    def _hold(array: Matrix, units: Integers, values: Vector | float = 0.0) -> list[Call]:
        """Calls that set the columns of clamped ``units`` of ``array`` (rows, size), if any."""
        if not len(units):
            return []
        return [(array.__setitem__, ((slice(None), units), values))]

    def _links(self, indices: Any) -> list[tuple[int, Any]]:
        return [(c, self._network.connections[c]) for c in indices]


def _sum_of_products(
    terms: list[tuple[Matrix, Matrix]], out: Matrix, scratch: Matrix
) -> list[Call]:
    """Calls that write the sum of the matrix products left @ right of ``terms`` into ``out``.

    ``scratch`` has the shape of ``out`` and is overwritten.
    """
    calls: list[Call] = []
    for i, (left, right) in enumerate(terms):
        calls.append((left.dot, (right, out if i == 0 else scratch)))
        if i:
            calls.append((np.add, (out, scratch, out)))
    return calls
