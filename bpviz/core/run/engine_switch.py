"""Which engine trains a run, and from which epoch on."""

from bpviz.core.kernels.engines import NUMPY, Kernel, numba_kernel
from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.updater import Updater
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import Criterion
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Matrix


class EngineSwitch:
    """Holds the kernels of a run and switches between them at the beginning of an epoch.

    ``kernel`` is the one at work. ``spans`` lists from which epoch on which engine was to be
    used. With clamped units NumPy takes the place of the compiled engine.
    """

    def __init__(self, start: RunSpec, vectors: Matrix, updater: Updater) -> None:
        self._start, self._vectors = start, vectors
        self._numpy = NumpyKernel(
            start.network, LOSSES[start.error], start.criterion, vectors[0], RULES[start.rule],
            updater,
        )  # fmt: skip
        self._numba: Kernel | None = None
        self._clamps = NO_CLAMPS
        self.kernel: Kernel = self._numpy
        self._engine = self.next_engine = NUMPY
        self.spans = [(0, NUMPY)]

    @property
    def engine(self) -> str:
        """The engine that was asked for in this epoch."""
        return self._engine

    @property
    def is_numpy(self) -> bool:
        """Whether the kernel at work is NumPy's."""
        return self.kernel is self._numpy

    @property
    def is_pending(self) -> bool:
        """Whether the next epoch will use another engine."""
        return self.next_engine != self._engine

    # -- switching: these return whether another kernel is at work than before -----------------

    def request(self, engine: str) -> None:
        """Use this engine from the next switch on. Raises BadValue if there is no such engine."""
        if engine != NUMPY and self._numba is None:
            start = self._start
            self._numba = numba_kernel(
                engine, start.network, LOSSES[start.error], self.kernel.criterion, self._vectors,
                RULES[start.rule],
            )  # fmt: skip
        self.next_engine = engine

    def switch(self, epoch: int) -> bool:
        """Switch to the engine that was asked for, between two epochs."""
        if self.next_engine == self._engine:
            return False
        self.spans = [span for span in self.spans if span[0] < epoch]
        self.spans.append((epoch, self.next_engine))
        return self._settle(self.next_engine)

    def restart(self) -> bool:
        """Begin at epoch 0 with the engine that was asked for last."""
        self.spans = [(0, self.next_engine)]
        return self._settle(self.next_engine)

    def restore(self, engine: str, epoch: int) -> bool:
        """Go back to the end of this epoch, where this engine was to be used."""
        now = (epoch, engine)
        self.spans = [span for span in self.spans if span[0] < epoch or span == now]
        self.next_engine = engine
        return self._settle(engine)

    def clamp(self, clamps: Clamps) -> bool:
        """Hold these units, and no others, at these values."""
        self._clamps = clamps
        self._numpy.clamp(clamps)
        return self._settle(self._engine)

    def _settle(self, engine: str) -> bool:
        self._engine, before = engine, self.kernel
        compiled = None if engine == NUMPY or self._clamps else self._numba
        self.kernel = compiled or self._numpy
        self.kernel.criterion = before.criterion
        return self.kernel is not before

    # -- what the kernels work on ----------------------------------------------------------

    def set_criterion(self, criterion: Criterion) -> None:
        """Count answers as right by this criterion."""
        self.kernel.criterion = criterion

    def forget_patterns(self) -> None:
        """Release the buffers of patterns that are replaced by others."""
        self._numpy.forget()
