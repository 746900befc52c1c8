"""The kernel in NumPy, which is always available; each batch shape gets its own NumpyPasses."""

from collections.abc import Generator, Iterator
from math import isfinite

import numpy as np

from bpviz.core.kernels.numpy_passes import NumpyPasses
from bpviz.core.learning.dropout import NO_DROPOUT, DropoutFactors, dropped_groups
from bpviz.core.learning.rules import BACKPROPAGATION, Rule
from bpviz.core.learning.settings import Training
from bpviz.core.learning.updater import Updater
from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.values import Integers, Matrix, Vector

WORK = 20_000_000
"""Largest product of patterns and parameters in one uninterrupted piece of work (about 10 ms)."""

MAX_ROWS, MIN_ROWS = 4096, 16

CALL_UPDATES, CALL_WORK = 60, 12_000_000
"""Largest number of updates, and product of patterns and parameters, of an epoch that cannot be
interrupted (2 to 5 ms)."""

MAX_BUFFERS = 8
"""Largest number of batch sizes whose buffers are kept; a run uses at most six at a time."""


class NumpyKernel:
    """Gradients and errors of one network, whose parameters lie in one vector (N,).

    ``parameters`` is read at every call; only ``train_epochs`` changes it, through the
    ``updater``. The gradient methods leave minus the gradient of E / loss.scale in
    ``neg_gradient`` (N,), summed over patterns, with absent and fixed weights at 0 and tied ones
    holding their sum.

    The methods that pass over patterns are generators, which yield between one piece of work
    and the next. The caller may continue them later, as long as the parameters stay the same.
    """

    name = "numpy"

    def __init__(
        self,
        network: Network,
        loss: Loss,
        criterion: Criterion,
        parameters: Vector,
        rule: Rule = BACKPROPAGATION,
        updater: Updater | None = None,
    ) -> None:
        self.criterion = criterion
        self._updater = updater
        self._clamps = NO_CLAMPS
        self.neg_gradient = np.zeros(network.n_parameters)
        self._network, self._loss, self._parameters = network, loss, parameters
        self._rule = rule
        self._partial = np.empty_like(self.neg_gradient)
        self._rows = max(MIN_ROWS, min(MAX_ROWS, WORK // max(1, network.n_parameters)))
        self._whole: dict[Patterns, NumpyPasses] = {}
        self._gathered: dict[int, NumpyPasses] = {}
        self._mask = None if network.trainable.all() else network.trainable.astype(np.float64)

    def clamp(self, clamps: Clamps) -> None:
        """Hold these units at these values from the next pass on."""
        self._clamps = clamps
        self.forget()
        self._gathered.clear()

    def forget(self) -> None:
        """Release the buffers of whole pattern sets, which are replaced by others."""
        self._whole.clear()

    def can_train_epochs(self, train: Patterns, test: Patterns | None, updates: int) -> bool:
        """Whether an epoch takes a few ms at most, so that ``train_epochs`` may be called."""
        patterns = max(len(train), len(test) if test is not None else 0)
        short = updates <= CALL_UPDATES and patterns * len(self.neg_gradient) <= CALL_WORK
        drops = bool(dropped_groups(self._network))
        return self._updater is not None and short and patterns <= self._rows and not drops

    def train_epochs(
        self, training: Training, train: Patterns, test: Patterns | None, orders: Integers,
        count: int, ready: bool, halt: Integers, records: Matrix,
        dropout: DropoutFactors | None = None,
    ) -> int:  # fmt: skip
        """Train as many epochs as ``records`` (epochs, 4) has rows, and fill it.

        ``orders`` (epochs, P) is empty if an update takes all patterns; then ``ready`` says
        whether neg_gradient is that of the present parameters, which it is afterwards. ``count``
        is the number of updates so far; ``dropout`` draws that of the first update (NumpyKernel
        trains networks with dropout update by update only). A nonzero number in ``halt`` (1,),
        set by any thread, ends the call after the epoch under way. Returns the number of epochs
        trained. If numbers stop being finite, returns -1 minus the number of epochs before that;
        the parameters are then invalid.
        """
        n, batch, whole = len(train), training.batch_size(len(train)), not len(orders)
        every = next(self._pieces(train))
        tests = [] if test is None else [next(self._pieces(test))]
        w = self._parameters
        for epoch, record in enumerate(records):
            if whole:
                if not ready:
                    self._descend(every)
                count += 1
                self._update(training, n, count)
            else:
                for first in range(0, n, batch):
                    rows = orders[epoch, first : first + batch]
                    self._descend(self._gather(train, rows))
                    count += 1
                    self._update(training, len(rows), count)
            error, right = self._evaluate(every)
            if whole:
                every.backward()
                self._finish()
            ready = whole
            if not (isfinite(error) and isfinite(w.dot(w))):
                return -1 - epoch
            record[0], record[1] = error, right / n
            for passes in tests:
                error, right = self._evaluate(passes)
                record[2], record[3] = error, right / len(passes.inputs)
            if halt[0]:
                return epoch + 1
        return len(records)

    def _update(self, training: Training, n_patterns: int, count: int) -> None:
        assert self._updater is not None
        self._updater.apply(training, self.neg_gradient, n_patterns, count)

    def _descend(self, passes: NumpyPasses) -> None:
        """Write neg_gradient for the patterns of these passes."""
        passes.forward()
        passes.backward()
        self._finish()

    def _evaluate(self, passes: NumpyPasses) -> tuple[float, int]:
        """E and the number of right answers of these passes, at the present parameters."""
        passes.drop(NO_DROPOUT)
        passes.forward()
        return passes.total(), self.criterion.count(passes.targets, passes.output)

    def measure(
        self, patterns: Patterns, *, gradient: bool = False
    ) -> Generator[None, None, tuple[float, float]]:
        """E and the share of right answers over all patterns, at the present parameters.

        With ``gradient``, neg_gradient is written in the same passes.
        """
        error, right = 0.0, 0
        for piece, passes in enumerate(self._pieces(patterns)):
            if piece:
                yield
            more, hits = self._evaluate(passes)
            error, right = error + more, right + hits
            if gradient:
                self._accumulate(passes, first=piece == 0)
        if gradient:
            self._finish()
        return error, right / len(patterns)

    def gradient(
        self, patterns: Patterns, rows: Integers, dropout: DropoutFactors | None = None
    ) -> Generator[None, None, None]:
        """Write neg_gradient for these rows (at least one) of the patterns, with dropout."""
        for start in range(0, len(rows), self._rows):
            if start:
                yield
            passes = self._gather(patterns, rows[start : start + self._rows])
            passes.drop(NO_DROPOUT if dropout is None else dropout.next(len(passes.inputs)))
            passes.forward()
            self._accumulate(passes, first=start == 0)
        self._finish()

    def _accumulate(self, passes: NumpyPasses, *, first: bool) -> None:
        if not first:
            np.copyto(self._partial, self.neg_gradient)
        passes.backward()
        if not first:
            np.add(self.neg_gradient, self._partial, out=self.neg_gradient)

    def _finish(self) -> None:
        if self._mask is not None:
            np.multiply(self.neg_gradient, self._mask, out=self.neg_gradient)
        if self._network.is_tied:
            self._network.share(self.neg_gradient)

    def _pieces(self, patterns: Patterns) -> Iterator[NumpyPasses]:
        """The passes over all patterns, piece by piece.

        A set that fits into one piece is read in place; slices of a larger one are copied into
        buffers that all its pieces share.
        """
        if len(patterns) <= self._rows:
            whole = self._whole.get(patterns)
            if whole is None:
                whole = self._passes(patterns.inputs, patterns.targets)
                self._whole[patterns] = whole
            yield whole
            return
        for start in range(0, len(patterns), self._rows):
            rows = slice(start, start + self._rows)
            passes = self._buffered(patterns, min(self._rows, len(patterns) - start))
            np.copyto(passes.inputs, patterns.inputs[rows])
            np.copyto(passes.targets, patterns.targets[rows])
            yield passes

    def _gather(self, patterns: Patterns, rows: Integers) -> NumpyPasses:
        """Passes over copies of these rows."""
        passes = self._buffered(patterns, len(rows))
        # mode="clip" lets take() write straight into the buffer.
        patterns.inputs.take(rows, 0, passes.inputs, "clip")
        patterns.targets.take(rows, 0, passes.targets, "clip")
        return passes

    def _buffered(self, patterns: Patterns, n_rows: int) -> NumpyPasses:
        """Passes over buffers for so many rows."""
        passes = self._gathered.get(n_rows)
        if passes is None:
            if len(self._gathered) == MAX_BUFFERS:  # after many changes of the batch size
                del self._gathered[next(iter(self._gathered))]
            inputs = np.empty((n_rows, patterns.inputs.shape[1]))
            targets = np.empty((n_rows, patterns.targets.shape[1]))
            passes = self._gathered[n_rows] = self._passes(inputs, targets)
        return passes

    def _passes(self, inputs: Matrix, targets: Matrix) -> NumpyPasses:
        return NumpyPasses(
            self._network,
            self._loss,
            self._parameters,
            self.neg_gradient,
            inputs,
            targets,
            self._rule,
            self._clamps,
        )
