"""Forward and backward pass of R networks at once; the network axis is the last.

As in kernels.numpy_kernel, the passes are unrolled into a flat list of NumPy calls on buffers
that are allocated once. Activations of a group have the shape (units, rows, R). Where all networks
get the same patterns, the net inputs from input units are one matrix product for every target
unit: (rows, n) @ (n, R).

A group's biases lie right before the weights of its first connection (see RaceLayout), and are
treated as weights of that connection, from a unit 0 that is always 1. Step units are an exception,
because rounding may change the sign of a net input near 0: their biases are added last, as in the
kernels, so that the result is the same.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from bpviz.core.kernels.numpy_passes import Call
from bpviz.core.learning.rules import Rule
from bpviz.core.model.activations import ACTIVATIONS, Activation
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Criterion
from bpviz.core.values import Matrix, Vector

Cube = NDArray[np.float64]
"""(units, rows, R), or (n, m, R) for the weights of a connection."""


def units_first(array: Cube) -> Cube:
    """The view (rows, units, R) of (units, rows, R), for functions of whole groups (softmax)."""
    return array.transpose(1, 0, 2)


def _range(where: slice) -> range:
    return range(where.start, where.stop)


class RaceLayout:
    """The positions of biases and weights along the first axis of the parameters (N, R).

    A group's biases come first, then the weights of its connections, group after group.
    ``indices`` (N,) are the indices of these numbers in the flat vector of a Network.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._start: dict[int, int] = {}
        indices: list[int] = []
        for g in range(len(network.groups)):
            indices += _range(network.biases_at(g))
            for c in network.incoming(g):
                self._start[c] = len(indices)
                indices += _range(network.weights_at(c))
        self.indices = np.array(indices)

    def weights(self, array: Matrix, c: int) -> Cube:
        """The view (n, m, R) of an array (N, R) for one connection."""
        n, m = self._sizes(c)
        start = self._start[c]
        return array[start : start + n * m].reshape(n, m, array.shape[1])

    def with_biases(self, array: Matrix, c: int) -> Cube:
        """The view (1 + n, m, R) for a group's first connection: biases first."""
        n, m = self._sizes(c)
        start = self._start[c]
        return array[start - m : start + n * m].reshape(1 + n, m, array.shape[1])

    def biases(self, array: Matrix, c: int) -> Cube:
        """The view (m, 1, R) of the biases of the group whose first connection this is."""
        biases: Cube = self.with_biases(array, c)[0][:, None]
        return biases

    def _sizes(self, c: int) -> tuple[int, int]:
        link = self.network.connections[c]
        return self.network.groups[link.source].size, self.network.groups[link.target].size


class Buffers:
    """Patterns for a pass: some rows of inputs and targets (m, rows, R).

    Inputs are (rows, 1 + n) for each input group if all networks share them, otherwise
    (1 + n, rows, R); the first of the 1 + n is 1.
    """

    def __init__(self, network: Network, rows: int, networks: int, *, shared: bool) -> None:
        self.shared, self.rows, self.networks = shared, rows, networks
        self._columns = [
            network.input_columns(g)
            for g, group in enumerate(network.groups)
            if group.role == "input"
        ]
        widths = [1 + columns.stop - columns.start for columns in self._columns]
        self.inputs = [np.ones((rows, n) if shared else (n, rows, networks)) for n in widths]
        self.targets = np.empty((network.n_outputs, rows, networks))

    def fill(self, inputs: Matrix, targets: Matrix) -> None:
        """Copy inputs (rows, n) and targets (rows, m) that all networks share."""
        for columns, into in zip(self._columns, self.inputs, strict=True):
            np.copyto(into[:, 1:], inputs[:, columns])
        np.copyto(self.targets, targets.T[:, :, None])

    def gather(self, inputs: Matrix, targets: Matrix, chosen: NDArray[np.intp]) -> None:
        """Copy the patterns ``chosen`` (rows, R) from inputs (n, P) and targets (m, P)."""
        # mode="clip" lets take() write straight into the buffer.
        for columns, into in zip(self._columns, self.inputs, strict=True):
            inputs[columns].take(chosen, 1, into[1:], "clip")
        targets.take(chosen, 1, self.targets, "clip")


class RacePasses:
    """Both passes over one set of buffers, for parameters and neg_gradient of shape (N, R).

    ``forward`` computes ``output`` (m, rows, R); ``backward`` then writes neg_gradient as the
    rule defines it, summed over the rows: for backpropagation, minus the gradient of
    E / loss.scale.
    """

    def __init__(
        self,
        layout: RaceLayout,
        loss: Loss,
        rule: Rule,
        parameters: Matrix,
        neg_gradient: Matrix,
        buffers: Buffers,
    ) -> None:
        self._layout, self._network = layout, layout.network
        self._loss, self._rule = loss, rule
        self._buffers = buffers
        sizes = [0 if group.role == "input" else group.size for group in self._network.groups]
        shape = buffers.rows, buffers.networks
        self._act = [
            np.ones((1 + size, *shape)) if size else buffers.inputs[g]
            for g, size in enumerate(sizes)
        ]
        self._delta = [np.empty((size, *shape)) for size in sizes]
        # The errors of a group are not needed after its deltas: all groups share one buffer.
        scratch = np.empty((max(sizes), *shape))
        self._err = [scratch[:size] for size in sizes]
        self.output = self._act[-1][1:]
        self._basis = self.output if loss.basis is None else np.empty(self.output.shape)
        self._forward = self._forward_calls(parameters)
        self._backward = self._backward_calls(parameters, neg_gradient)

    def forward(self) -> None:
        """Compute ``output``."""
        for function, arguments in self._forward:
            function(*arguments)

    def backward(self) -> None:
        """Write neg_gradient; ``forward`` must have run on these parameters."""
        for function, arguments in self._backward:
            function(*arguments)

    # -- errors and right answers ------------------------------------------------------------

    def total(self) -> float:
        """E of these rows, summed over all networks."""
        parts = zip(self._buffers.targets, self._error_basis(), self._err[-1], strict=True)
        return sum(self._loss.total(*part) for part in parts)  # short: see size.ONE_THREAD_DOT

    def error(self) -> Vector:
        """E of these rows for every network (R,)."""
        terms = self._err[-1]
        self._loss.terms(self._buffers.targets, self._error_basis(), terms)
        total: Vector = terms.sum(axis=(0, 1))
        return total

    def _error_basis(self) -> Cube:
        """What E is computed from (m, rows, R); once after every ``forward``."""
        if self._loss.basis is not None:
            nets = units_first(self._basis)
            self._loss.basis.of_net(nets, nets)
        return self._basis

    def all_right(self, criterion: Criterion, out: NDArray[np.bool_]) -> None:
        """Write into out (R,) whether every row is answered right."""
        if criterion.kind == "argmax":
            np.logical_and.reduce(self._hits(), axis=0, out=out)
            return
        gap = self._err[-1]
        np.subtract(self._buffers.targets, self.output, gap)
        np.abs(gap, gap)
        largest = np.maximum.reduce(gap[0] if len(gap) == 1 else gap.reshape(-1, gap.shape[2]))
        np.less(largest, criterion.tolerance, out)

    def count_right(self, criterion: Criterion) -> Vector:
        """Number of rows that are answered right, for every network (R,)."""
        if criterion.kind == "argmax":
            hits = self._hits()
        else:
            gap = np.abs(self._buffers.targets - self.output)
            hits = np.logical_and.reduce(gap < criterion.tolerance, axis=0)
        count: Vector = np.add.reduce(hits, axis=0, dtype=np.float64)
        return count

    def _hits(self) -> NDArray[np.bool_]:
        """(rows, R) whether the largest output is the one whose target is largest."""
        hits: NDArray[np.bool_] = self.output.argmax(axis=0) == self._buffers.targets.argmax(axis=0)
        return hits

    # -- calls -------------------------------------------------------------------------------

    def _forward_calls(self, parameters: Matrix) -> list[Call]:
        calls: list[Call] = []
        for g, group in enumerate(self._network.groups):
            net, row = self._act[g][1:], ACTIVATIONS[group.activation]
            links = list(self._network.incoming(g))
            for i, c in enumerate(links):
                into = self._err[g] if i else net
                with_biases = i == 0 and row.differentiable
                calls.append(self._net_call(c, parameters, into, with_biases=with_biases))
                if i:
                    calls.append((np.add, (net, into, net)))
            if links and not row.differentiable:
                calls.append((np.add, (net, self._layout.biases(parameters, links[0]), net)))
            if self._basis is not self.output and g == self._network.output:
                calls.append((np.copyto, (self._basis, net)))
            source = net if row.in_place else self._err[g]  # not in use before the backward pass
            if not row.in_place:
                calls.append((np.copyto, (source, net)))
            if not row.is_identity:
                calls.append((row.function, (_seen(row, source), _seen(row, net))))
        return calls

    def _net_call(self, c: int, parameters: Matrix, out: Cube, *, with_biases: bool) -> Call:
        """The call that writes sum_i act_i w_ij into out (m, rows, R)."""
        source = self._network.connections[c].source
        act, weights = self._with_or_without_biases(c, parameters, with_biases=with_biases)
        if self._is_shared(source):
            return np.matmul, (act, units_first(weights), out)
        return partial(np.einsum, "ipr,ijr->jpr", act, weights, out=out), ()

    def _with_or_without_biases(
        self, c: int, array: Matrix, *, with_biases: bool
    ) -> tuple[NDArray[np.float64], Cube]:
        """Activations of the source, and an array's part for this connection: (n, m, R)."""
        source = self._network.connections[c].source
        act = self._act[source]
        if with_biases:
            return act, self._layout.with_biases(array, c)
        return act[:, 1:] if self._is_shared(source) else act[1:], self._layout.weights(array, c)

    def _backward_calls(self, parameters: Matrix, neg_gradient: Matrix) -> list[Call]:
        calls = self._output_delta_calls()
        for g in reversed(self._network.hidden):
            # A group without outgoing connections does not contribute to the error.
            links = list(self._network.outgoing(g)) if self._rule.backward else []
            if not links:
                self._delta[g].fill(0.0)
            for i, c in enumerate(links):
                into = self._delta[g] if i else self._err[g]
                calls.append(self._err_call(c, parameters, into))
                if i:
                    calls.append((np.add, (self._err[g], into, self._err[g])))
            if links:
                row = ACTIVATIONS[self._network.groups[g].activation]
                parts = self._act[g][1:], self._err[g], self._delta[g]
                calls.append((row.delta, tuple(_seen(row, part) for part in parts)))
        for g in range(len(self._network.groups)):
            for i, c in enumerate(self._network.incoming(g)):
                calls.append(self._gradient_call(c, neg_gradient, with_biases=i == 0))
        return calls

    def _output_delta_calls(self) -> list[Call]:
        row = ACTIVATIONS[self._network.groups[-1].activation]
        targets, output = self._buffers.targets, self.output
        delta, err = self._delta[-1], self._err[-1]
        if not self._rule.slope or row.name == self._loss.canonical:
            return [(np.subtract, (targets, output, delta))]
        return [
            (self._loss.deviation, (targets, output, err)),
            (row.delta, tuple(_seen(row, part) for part in (output, err, delta))),
        ]

    def _err_call(self, c: int, parameters: Matrix, out: Cube) -> Call:
        """The call that writes sum_k delta_k w_jk into out (n, rows, R)."""
        delta = self._delta[self._network.connections[c].target]
        weights = self._layout.weights(parameters, c)
        if len(delta) == 1:
            return np.multiply, (delta, weights, out)
        return partial(np.einsum, "kpr,jkr->jpr", delta, weights, out=out), ()

    def _gradient_call(self, c: int, neg_gradient: Matrix, *, with_biases: bool) -> Call:
        """The call that writes sum_p act_i delta_j into the connection's part of neg_gradient."""
        link = self._network.connections[c]
        act, out = self._with_or_without_biases(c, neg_gradient, with_biases=with_biases)
        delta = self._delta[link.target]
        if not self._rule.backward and link.target != self._network.output:
            return out.fill, (0.0,)
        if self._is_shared(link.source):
            return np.matmul, (act.T, delta, units_first(out))
        return partial(np.einsum, "ipr,jpr->ijr", act, delta, out=out), ()

    def _is_shared(self, g: int) -> bool:
        return self._buffers.shared and self._network.groups[g].role == "input"


def _seen(row: Activation, array: Cube) -> Cube:
    return array if row.elementwise else units_first(array)
