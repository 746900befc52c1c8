"""Get the compiled engine ready: `python -m bpviz.core.kernels.warm` leaves it on disk.

In a process of its own, compiling does not disturb a window; what it leaves on disk is then
loaded in a fifth of a second.
"""

import os
import sys
from glob import escape, glob

import numpy as np


def warm() -> None:
    """Import Numba, and compile the kernel or load it.

    Whatever an installation of Numba can do wrong it may raise.
    """
    from bpviz.core.kernels.numba_kernel import NumbaKernel
    from bpviz.core.learning.settings import Training
    from bpviz.core.model.losses import LOSSES
    from bpviz.core.model.network import layered
    from bpviz.core.model.patterns import Criterion, Patterns

    network = layered((1, 1), ("logistic",))
    vectors = np.zeros((4, network.n_parameters))
    kernel = NumbaKernel(network, LOSSES["squared"], Criterion(), vectors)
    patterns = Patterns(np.ones((1, 1)), np.ones((1, 1)))
    list(kernel.measure(patterns, gradient=True))
    none, halt = np.empty((0, 1), dtype=np.int64), np.zeros(1, dtype=np.int64)
    kernel.train_epochs(Training(), patterns, None, none, 0, False, halt, np.zeros((1, 4)))


def is_kept() -> bool:
    """Whether machine code lies on disk; imports Numba, compiles nothing.

    It may be of another processor or of a changed source: then ``warm`` compiles after all.
    """
    from bpviz.core.kernels.compiled import epochs

    line = getattr(epochs, "py_func", epochs).__code__.co_firstlineno
    name = f"compiled.epochs-{line}.py{sys.version_info.major}{sys.version_info.minor}*.nbi"
    return bool(glob(os.path.join(escape(_folder(epochs)), name)))


def _folder(function: object) -> str:
    """Where Numba keeps this function's machine code; empty if nowhere."""
    return str(getattr(getattr(function, "_cache", None), "cache_path", "") or "")


if __name__ == "__main__":
    warm()
