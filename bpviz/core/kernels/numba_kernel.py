"""The kernel that Numba compiles: NumpyKernel's methods as machine code."""

from collections.abc import Generator
from typing import Any

import numpy as np

from bpviz.core.kernels.compiled import GRADIENT, MEASURE, epochs
from bpviz.core.kernels.compiled_dropout import epochs_with_dropout
from bpviz.core.kernels.dropout_passes import Dropout
from bpviz.core.kernels.plan import NUMBERS, TILE, natural_order, plan_of, scratch_of, settings_of
from bpviz.core.learning.dropout import DropoutFactors, dropped_groups
from bpviz.core.learning.rules import BACKPROPAGATION, Rule
from bpviz.core.learning.settings import Training
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.values import Integers, Matrix, Vector

WORK = 20_000_000
"""Largest product of patterns and parameters in one uninterrupted call (about 10 ms)."""

NO_EPOCHS = np.empty((0, 1), dtype=np.int64), 0, 0, False, np.zeros(1, np.int64), np.zeros((1, 4))
"""Orders to records of compiled.epochs, where nothing is trained."""


class NumbaKernel:
    """Gradients, errors and epochs of one network, whose state is one array (4, N).

    ``state`` holds parameters, last change and the optimizer's memory; only ``train_epochs``
    changes it. Epochs trained update by update, with ``gradient`` and ``measure``, give the same
    numbers to the bit. The criterion may be replaced at any time.
    """

    name = "numba"

    def __init__(
        self,
        network: Network,
        loss: Loss,
        criterion: Criterion,
        state: Matrix,
        rule: Rule = BACKPROPAGATION,
    ) -> None:
        self.criterion = criterion
        self.neg_gradient = np.zeros(network.n_parameters)
        self._network, self._state = network, state
        self._plan, self._scratch = plan_of(network, loss, rule), scratch_of(network)
        self._dropout = dropout_of(network)
        self._mask = self._plan.trainable if len(self._plan.trainable) else None
        self._rows = max(1, WORK // max(1, network.n_parameters) // TILE) * TILE
        self._natural = natural_order(0)

    def measure(
        self, patterns: Patterns, *, gradient: bool = False
    ) -> Generator[None, None, tuple[float, float]]:
        """E and the share of right answers over all patterns; ``gradient``: and neg_gradient."""
        tally = np.zeros(2)
        yield from self._pass(patterns, self._in_order(len(patterns)), gradient, tally)
        return float(tally[0]), float(tally[1]) / len(patterns)

    def gradient(
        self, patterns: Patterns, rows: Integers, dropout: DropoutFactors | None = None
    ) -> Generator[None, None, None]:
        """Write neg_gradient for these rows (at least one) of the patterns, with dropout."""
        self._draw_from(dropout)
        yield from self._pass(patterns, rows, True, np.zeros(2))

    def _pass(
        self, patterns: Patterns, rows: Integers, gradient: bool, tally: Vector
    ) -> Generator[None, None, None]:
        if gradient:
            self.neg_gradient.fill(0.0)
        for first in range(0, len(rows), self._rows):
            if first:
                yield
            last = min(first + self._rows, len(rows))
            self._scratch.tally[:] = tally
            self._call(
                np.zeros(2 + len(NUMBERS)), patterns, None, rows[first:last], *NO_EPOCHS,
                GRADIENT if gradient else MEASURE, first,
            )  # fmt: skip
            tally[:] = self._scratch.tally
        if gradient:
            self._constrain()

    def _constrain(self) -> None:
        if self._mask is not None:
            np.multiply(self.neg_gradient, self._mask, out=self.neg_gradient)
        if self._network.is_tied:
            self._network.share(self.neg_gradient)

    def can_train_epochs(self, train: Patterns, test: Patterns | None, updates: int) -> bool:
        """Whether an epoch is short enough for a call that cannot be interrupted."""
        patterns = len(train) + (len(test) if test is not None else 0)
        return patterns <= self._rows

    def train_epochs(
        self,
        training: Training,
        train: Patterns,
        test: Patterns | None,
        orders: Integers,
        count: int,
        ready: bool,
        halt: Integers,
        records: Matrix,
        dropout: DropoutFactors | None = None,
    ) -> int:
        """See NumpyKernel."""
        self._draw_from(dropout)
        every = self._in_order(max(len(train), len(test) if test is not None else 0))
        return self._call(
            settings_of(training), train, test, every, orders, training.batch_size(len(train)),
            count, ready, halt, records, 0, 0,
        )  # fmt: skip

    def _draw_from(self, dropout: DropoutFactors | None) -> None:
        if self._dropout is not None and dropout is not None:
            self._dropout.key[:] = dropout.key

    def _call(
        self, settings: Vector, train: Patterns, test: Patterns | None, every: Integers,
        orders: Integers, batch: int, count: int, ready: bool, halt: Integers, records: Matrix,
        piece: int, position: int,
    ) -> int:  # fmt: skip
        none = train.inputs[:0], train.targets[:0]
        common = (
            self._plan, self._scratch, settings, self._state, self.neg_gradient,
            self._tolerance(), (train.inputs, train.targets),
            none if test is None else (test.inputs, test.targets), every, orders, batch, count,
        )  # fmt: skip
        compiled: Any
        behind: tuple[Any, ...]
        if self._dropout is None:
            compiled, behind = epochs, (ready, halt, records, piece)
        else:
            compiled = epochs_with_dropout
            behind = halt, records, piece, self._dropout, position
        done: int = compiled(*common, *behind)
        return done

    def _tolerance(self) -> float:
        return -1.0 if self.criterion.kind == "argmax" else float(self.criterion.tolerance)

    def _in_order(self, n_patterns: int) -> Integers:
        if len(self._natural) < n_patterns:
            self._natural = natural_order(n_patterns)
        return self._natural[:n_patterns]


def dropout_of(network: Network) -> Dropout | None:
    """The dropout of a network, with buffers for a tile; None without dropout."""
    dropped = dropped_groups(network)
    if not dropped:
        return None
    units = sum(group.size for group in network.groups)
    return Dropout(
        np.array([group.dropout for group in network.groups if group.role != "input"]),
        sum(network.groups[g].size for g in dropped),
        np.zeros(3, np.uint64),
        np.zeros(4, np.uint64),
        np.zeros((units, TILE)),
        np.zeros((units, TILE)),
    )
