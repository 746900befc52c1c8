"""The state of R networks that are updated at the same time, and one epoch of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.model.initializers import INITIALIZERS, initial_parameters
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Patterns
from bpviz.core.race.passes import Buffers, RaceLayout, RacePasses
from bpviz.core.race.size import ONE_THREAD_DOT, rows_at_once
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Integers, Matrix, Vector

MEMORY = 2
"""Vectors of an optimizer's memory."""


class LockstepState(NamedTuple):
    """Everything that determines how the networks continue.

    vectors   (1 + MEMORY, N, R) parameters and the optimizer's memory.
    rngs      the state of every network's Generator; empty where nothing more is drawn.
    """

    epoch: int
    updates: int
    vectors: NDArray[np.float64]
    rngs: tuple[Any, ...]

    def of(self, kept: NDArray[np.intp]) -> "LockstepState":
        """The state of the networks in these columns."""
        rngs = tuple(self.rngs[r] for r in kept) if self.rngs else ()
        return self._replace(vectors=self.vectors[:, :, kept], rngs=rngs)


class Lockstep:
    """R networks of one experiment that differ in their seeds and in masks drawn from them.

    The last axis of the arrays is R. Initial weights and orders of patterns are those that
    core.run.Run draws.
    """

    def __init__(self, starts: Sequence[RunSpec], state: LockstepState | None = None) -> None:
        """Begin at epoch 0, or at a saved state; ``measure`` must be called next."""
        self.starts = list(starts)
        first = starts[0]
        network = first.network
        self.networks = len(starts)
        self.training, self.train, self.test = first.training, first.train, first.test
        self.epoch = self._updates = 0
        self._criterion, self._loss = first.criterion, LOSSES[first.error]
        self._rule = RULES[first.rule]
        self._layout = RaceLayout(network)
        self._batch = self.training.batch_size(len(self.train))
        self._rngs: list[np.random.Generator] = []
        shape = network.n_parameters, self.networks
        self._vectors = np.zeros((1 + MEMORY, *shape))
        self.parameters, self._memory = self._vectors[0], self._vectors[1:]
        flat = self.parameters.reshape(-1)
        self._parts = [flat[at : at + ONE_THREAD_DOT] for at in range(0, len(flat), ONE_THREAD_DOT)]
        self._neg_gradient, self._partial, self._change = (np.empty(shape) for _ in range(3))
        self._mask, self._decays = _masks(starts, self._layout)
        self._ties = _Ties(self._layout) if network.is_tied else None
        self._whole: dict[Patterns, RacePasses] = {}
        self._buffers: dict[tuple[int, bool], tuple[Buffers, RacePasses]] = {}
        self._rows = rows_at_once(first, self.networks)
        self._inputs = np.ascontiguousarray(self.train.inputs.T)
        self._targets = np.ascontiguousarray(self.train.targets.T)
        if state is None:
            self._draw_parameters()
        else:
            self.restore(state)

    def _draw_parameters(self) -> None:
        for r, start in enumerate(self.starts):
            rng = np.random.default_rng(start.seed)
            initializer = INITIALIZERS[start.initializer]
            drawn = initial_parameters(start.network, initializer, start.spread, rng)
            self.parameters[:, r] = drawn[self._layout.indices]
            if self._draws:
                self._rngs.append(rng)

    def flat(self, columns: Integers) -> Matrix:
        """The flat vectors of these networks, a row each, see core.model.network."""
        vectors = np.empty((len(columns), len(self.parameters)))
        vectors[:, self._layout.indices] = self.parameters[:, columns].T
        return vectors

    # -- state -------------------------------------------------------------------------------

    def save(self) -> LockstepState:
        """The present state."""
        rngs = tuple(rng.bit_generator.state for rng in self._rngs)
        return LockstepState(self.epoch, self._updates, self._vectors.copy(), rngs)

    def restore(self, state: LockstepState) -> None:
        """Go back to a saved state; ``measure`` must be called next."""
        self.epoch, self._updates = state.epoch, state.updates
        self._vectors[:] = state.vectors
        if not self._rngs:
            self._rngs = [np.random.default_rng(0) for _ in state.rngs]
        for rng, was in zip(self._rngs, state.rngs, strict=True):
            rng.bit_generator.state = was

    def keeping(self, kept: NDArray[np.intp]) -> "Lockstep":
        """The same instant with only these networks; ``measure`` must be called next."""
        return Lockstep([self.starts[r] for r in kept], self.save().of(kept))

    @property
    def _draws(self) -> bool:
        return self._batch < len(self.train) and self.training.order == "permuted"

    # -- an epoch ----------------------------------------------------------------------------

    def measure(self, right: NDArray[np.bool_] | None = None) -> float:
        """E over the training patterns, summed over all networks.

        It is not finite if E of any network is not, and may overflow otherwise. Writes into
        ``right`` (R,) whether all patterns are answered right. Where an epoch is one update, the
        same passes yield its gradient.
        """
        whole = self._batch == len(self.train)
        total = 0.0
        for piece, passes in enumerate(self._pieces(self.train)):
            passes.forward()
            total += passes.total()
            if right is not None:
                self._mark_right(passes, right, first=piece == 0)
            if whole:
                self._accumulate(passes, first=piece == 0)
        return total

    def run_epoch(self, right: NDArray[np.bool_] | None = None) -> float:
        """Train one epoch and ``measure``; before the first epoch ``measure`` must have run."""
        if self._batch == len(self.train):
            self._apply(len(self.train))
        else:
            self._run_batches()
        self.epoch += 1
        return self.measure(right)

    def size(self) -> float:
        """The sum of the squares of all parameters of all networks."""
        return sum(float(part.dot(part)) for part in self._parts)

    def finite(self) -> NDArray[np.bool_]:
        """(R,) whether E and the sum of the squares of the parameters are finite."""
        sizes = np.einsum("nr,nr->r", self.parameters, self.parameters)
        finite: NDArray[np.bool_] = np.isfinite(self.observe_train()[0]) & np.isfinite(sizes)
        return finite

    def observe_train(self) -> tuple[Vector, Vector]:
        """E and the share of right answers of the training patterns, each (R,)."""
        return self._observe(self.train)

    def observe_test(self) -> tuple[Vector, Vector]:
        """E and the share of right answers of the test patterns, each (R,); nan if none."""
        if self.test is None:
            return np.full(self.networks, np.nan), np.full(self.networks, np.nan)
        return self._observe(self.test)

    def _observe(self, patterns: Patterns) -> tuple[Vector, Vector]:
        error, right = np.zeros(self.networks), np.zeros(self.networks)
        for passes in self._pieces(patterns):
            passes.forward()
            error += passes.error()
            right += passes.count_right(self._criterion)
        return error, right / len(patterns)

    def _mark_right(self, passes: RacePasses, right: NDArray[np.bool_], *, first: bool) -> None:
        if first:
            passes.all_right(self._criterion, right)
        elif right.any():
            these = np.empty_like(right)
            passes.all_right(self._criterion, these)
            np.logical_and(right, these, right)

    def _run_batches(self) -> None:
        n, batch = len(self.train), self._batch
        order = self._draw_order()
        for start in range(0, n, batch):
            end = min(start + batch, n)
            for at in range(start, end, self._rows):
                rows = slice(at, min(at + self._rows, end))
                passes = self._chosen(rows, order)
                passes.forward()
                self._accumulate(passes, first=at == start)
            self._apply(end - start)

    def _draw_order(self) -> NDArray[np.intp] | None:
        """The order of the patterns (P, R) of every network; None for their own order."""
        n = len(self.train)
        if not self._draws:
            return None
        order = np.empty((n, self.networks), dtype=np.intp)
        for r, rng in enumerate(self._rngs):
            order[:, r] = rng.permutation(n)
        return order

    def _apply(self, n_patterns: int) -> None:
        """Update the parameters with the negative gradient, as Run does."""
        training, neg_gradient = self.training.at(self.epoch), self._neg_gradient
        if self._mask is not None:
            np.multiply(neg_gradient, self._mask, out=neg_gradient)
        if self._ties is not None:
            self._ties.share(neg_gradient)
            if self._mask is not None:  # a tied weight may be absent in some of the networks
                np.multiply(neg_gradient, self._mask, out=neg_gradient)
        if training.reduction == "mean":
            np.divide(neg_gradient, n_patterns, out=neg_gradient)
        if training.decay_l1 or training.decay_l2:
            pull = training.decay_l2 * self.parameters
            pull += training.decay_l1 * np.sign(self.parameters)
            np.subtract(neg_gradient, pull, out=neg_gradient, where=self._decays)
        self._updates += 1
        lost = training.decay_share * self.parameters if training.decay_share else None
        OPTIMIZERS[training.optimizer].step(
            training, self.parameters, neg_gradient, self._memory, self._change, self._updates
        )
        if lost is not None:
            np.subtract(self.parameters, lost, out=self.parameters, where=self._decays)

    # -- passes ------------------------------------------------------------------------------

    def _accumulate(self, passes: RacePasses, *, first: bool) -> None:
        if not first:
            np.copyto(self._partial, self._neg_gradient)
        passes.backward()
        if not first:
            np.add(self._neg_gradient, self._partial, out=self._neg_gradient)

    def _pieces(self, patterns: Patterns) -> Any:
        """Passes over all patterns, the same for all networks, piece by piece."""
        if len(patterns) <= self._rows:
            if patterns not in self._whole:
                self._whole[patterns] = self._fill(*self._new(len(patterns), shared=True), patterns)
            yield self._whole[patterns]
            return
        for at in range(0, len(patterns), self._rows):
            rows = slice(at, min(at + self._rows, len(patterns)))
            yield self._shared(patterns, rows)

    def _shared(self, patterns: Patterns, rows: slice) -> RacePasses:
        return self._fill(*self._buffered(rows.stop - rows.start, shared=True), patterns, rows)

    @staticmethod
    def _fill(
        buffers: Buffers, passes: RacePasses, patterns: Patterns, rows: slice = slice(None)
    ) -> RacePasses:
        buffers.fill(patterns.inputs[rows], patterns.targets[rows])
        return passes

    def _chosen(self, rows: slice, order: NDArray[np.intp] | None) -> RacePasses:
        """Passes over the training patterns at these positions of every network's order."""
        if order is None:
            return self._shared(self.train, rows)
        buffers, passes = self._buffered(rows.stop - rows.start, shared=False)
        buffers.gather(self._inputs, self._targets, order[rows])
        return passes

    def _buffered(self, rows: int, *, shared: bool) -> tuple[Buffers, RacePasses]:
        """Buffers for so many rows, into which patterns are copied."""
        if (rows, shared) not in self._buffers:
            self._buffers[rows, shared] = self._new(rows, shared=shared)
        return self._buffers[rows, shared]

    def _new(self, rows: int, *, shared: bool) -> tuple[Buffers, RacePasses]:
        buffers = Buffers(self._layout.network, rows, self.networks, shared=shared)
        parts = self._layout, self._loss, self._rule, self.parameters, self._neg_gradient, buffers
        return buffers, RacePasses(*parts)


class _Ties:
    """Sums the gradients of tied weights, for R networks at once."""

    def __init__(self, layout: RaceLayout) -> None:
        network = layout.network
        # Without masks, since these may differ from network to network.
        links = tuple(replace(link, mask=None) for link in network.connections)
        indices, classes = Network(network.groups, links, network.bias_ties).ties
        order = np.argsort(classes, kind="stable")
        self._indices = np.argsort(layout.indices)[indices[order]]
        self._classes = classes[order]
        self._first = np.flatnonzero(np.diff(self._classes, prepend=-1))

    def share(self, neg_gradient: Matrix) -> None:
        """Give every tied weight the sum of its class's gradients, in place; (N, R)."""
        sums = np.add.reduceat(neg_gradient[self._indices], self._first, axis=0)
        neg_gradient[self._indices] = sums[self._classes]


def _masks(
    starts: Sequence[RunSpec], layout: RaceLayout
) -> tuple[Matrix | None, NDArray[np.bool_]]:
    """Factors (N, 1 or R), 0 for fixed or absent weights (None if there are none), and whether
    weight decay acts on a number (N, 1 or R).
    """
    first = starts[0].network
    same = all(start.network is first for start in starts)
    networks = [first] if same else [start.network for start in starts]
    trained = np.stack([network.trainable[layout.indices] for network in networks], axis=1)
    decays = trained & first.decays[layout.indices, None]
    return None if trained.all() else trained.astype(np.float64), decays
