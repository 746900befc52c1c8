"""Applies the negative gradient to the parameters of a run: reduction, decay and optimizer."""

import numpy as np
from numpy.typing import NDArray

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.model.network import Network
from bpviz.core.values import Matrix, Vector


class Updater:
    """Applies updates to vectors (4, N): parameters, last change, the optimizer's memory.

    ``decays`` (N,) holds whether weight decay acts on a number.
    """

    def __init__(self, network: Network, vectors: Matrix) -> None:
        self.decays = self._decaying = network.decays & network.trainable
        self._parameters, self._change, self._memory = vectors[0], vectors[1], vectors[2:]

    def hold_still(self, held: NDArray[np.bool_]) -> None:
        """Exempt these numbers (N,), which clamped units hold still, from weight decay."""
        self.decays = self._decaying & ~held

    def apply(self, training: Training, neg_gradient: Vector, n_patterns: int, count: int) -> None:
        """Make update number ``count`` (from 1), of so many patterns; overwrites neg_gradient."""
        if training.reduction == "mean":
            np.divide(neg_gradient, n_patterns, out=neg_gradient)
        if training.decay_l1 or training.decay_l2:
            self._decay(training, neg_gradient)
        lost = training.decay_share * self._parameters if training.decay_share else None
        OPTIMIZERS[training.optimizer].step(
            training, self._parameters, neg_gradient, self._memory, self._change, count
        )
        if lost is not None:
            for numbers in (self._parameters, self._change):
                np.subtract(numbers, lost, out=numbers, where=self.decays)

    def _decay(self, training: Training, neg_gradient: Vector) -> None:
        w = self._parameters
        pull = training.decay_l2 * w + training.decay_l1 * np.sign(w)
        np.subtract(neg_gradient, pull, out=neg_gradient, where=self.decays)
