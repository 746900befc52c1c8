"""The engines that can do the arithmetic of a run: NumPy, and Numba where it is installed."""

from collections.abc import Generator
from typing import Protocol

from bpviz.core.learning.dropout import DropoutFactors
from bpviz.core.learning.rules import Rule
from bpviz.core.learning.settings import Training
from bpviz.core.model.losses import Loss
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.values import BadValue, Integers, Matrix, Vector, check_choice

NUMPY, NUMBA = "numpy", "numba"
ENGINES = (NUMPY, NUMBA)


class Kernel(Protocol):
    """What a run needs of an engine; NumpyKernel describes the methods."""

    name: str
    criterion: Criterion
    neg_gradient: Vector

    def measure(
        self, patterns: Patterns, *, gradient: bool = False
    ) -> Generator[None, None, tuple[float, float]]:
        """E and the share of right answers over all patterns; ``gradient``: and neg_gradient."""

    def gradient(
        self, patterns: Patterns, rows: Integers, dropout: DropoutFactors | None = None
    ) -> Generator[None, None, None]:
        """Write neg_gradient for these rows of the patterns, with dropout."""

    def can_train_epochs(self, train: Patterns, test: Patterns | None, updates: int) -> bool:
        """Whether an epoch of so many updates is short enough for ``train_epochs``."""

    def train_epochs(
        self, training: Training, train: Patterns, test: Patterns | None, orders: Integers,
        count: int, ready: bool, halt: Integers, records: Matrix,
        dropout: DropoutFactors | None = None,
    ) -> int:  # fmt: skip
        """Train many epochs in one call."""


def numba_kernel(
    engine: str,
    network: Network,
    loss: Loss,
    criterion: Criterion,
    vectors: Matrix,
    rule: Rule,
) -> Kernel:
    """The compiled kernel on these vectors (4, N).

    Numba is imported only here. Its machine code is made, or read from disk, at the first use,
    which takes a while: see bpviz.core.kernels.warm. Raises BadValue, with the reason, if there
    is no such engine, or it is not to be had.
    """
    check_choice("engine", engine, ENGINES)
    try:
        from bpviz.core.kernels.compiled_rows import are_rows_known
        from bpviz.core.kernels.numba_kernel import NumbaKernel
    except Exception as error:  # missing, or broken in any of many ways
        raise BadValue("engine", engine, "numpy", f"Numba cannot be used ({error})") from None
    if not are_rows_known():
        raise BadValue("engine", engine, "numpy", "rows were added after Numba was loaded")
    return NumbaKernel(network, loss, criterion, vectors, rule)
