"""Compiles the Numba kernel: `python -m bpviz.core.kernels.warm` writes it to Numba's disk cache,
with `dropout` behind it the kernel of networks with dropout.

A process of its own does not slow down a window; the cached code loads in about 0.2 s.
"""

import gc
import sys
from dataclasses import replace

import numpy as np

DROPOUT = "dropout"


def warm(dropout: bool = False) -> None:
    """Import Numba, and load the kernel or compile it: that of networks with or without dropout.

    Raises any exception that a broken installation of Numba may cause.
    """
    from bpviz.core.kernels.numba_kernel import NumbaKernel
    from bpviz.core.learning.settings import Training
    from bpviz.core.model.losses import LOSSES
    from bpviz.core.model.network import layered
    from bpviz.core.model.patterns import Criterion, Patterns

    network = layered((1, 1, 1), ("logistic", "logistic"))
    if dropout:
        inputs, hidden, output = network.groups
        network = replace(network, groups=(inputs, replace(hidden, dropout=0.5), output))
    vectors = np.zeros((4, network.n_parameters))
    kernel = NumbaKernel(network, LOSSES["squared"], Criterion(), vectors)
    patterns = Patterns(np.ones((1, 1)), np.ones((1, 1)))
    list(kernel.measure(patterns, gradient=True))
    none, halt = np.empty((0, 1), dtype=np.int64), np.zeros(1, dtype=np.int64)
    kernel.train_epochs(Training(), patterns, None, none, 0, False, halt, np.zeros((1, 4)))


def is_cached(dropout: bool = False) -> bool:
    """Whether the kernel's machine code is in the disk cache; imports Numba, compiles nothing.

    ``warm`` still compiles if the code is for another processor or another source.
    """
    from bpviz.core.kernels.compiled import epochs
    from bpviz.core.kernels.compiled_dropout import epochs_with_dropout
    from bpviz.core.kernels.machine_code import is_on_disk

    return is_on_disk(epochs_with_dropout if dropout else epochs)


if __name__ == "__main__":
    gc.disable()  # collecting what the compiler allocates takes a tenth of the time
    warm(DROPOUT in sys.argv)
