"""How a downhill direction becomes a change of a run's parameters."""

import numpy as np

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.model.network import Network
from bpviz.core.values import Matrix, Vector


class Updater:
    """Applies updates to vectors (4, N): parameters, last change, the optimizer's memory.

    ``decays`` (N,) says on which numbers weight decay acts.
    """

    def __init__(self, network: Network, vectors: Matrix) -> None:
        self.decays = network.decays & network.trainable
        self._parameters, self._change, self._memory = vectors[0], vectors[1], vectors[2:]

    def apply(self, training: Training, downhill: Vector, n_patterns: int, count: int) -> None:
        """Do update number ``count`` (from 1), of so many patterns; downhill is overwritten."""
        if training.reduction == "mean":
            np.divide(downhill, n_patterns, out=downhill)
        if training.decay_l1 or training.decay_l2:
            self._decay(training, downhill)
        OPTIMIZERS[training.optimizer].step(
            training, self._parameters, downhill, self._memory, self._change, count
        )

    def _decay(self, training: Training, downhill: Vector) -> None:
        w = self._parameters
        pull = training.decay_l2 * w + training.decay_l1 * np.sign(w)
        np.subtract(downhill, pull, out=downhill, where=self.decays)
