"""Get the compiled engine ready: `python -m bpviz.core.kernels.warm` leaves it on disk.

In a process of its own, compiling does not disturb a window; what it leaves on disk is then
loaded in a fifth of a second.
"""

import sys

import numpy as np


def warm() -> bool:
    """Import Numba, and compile the kernel or load it; whether it is kept on disk.

    Whatever an installation of Numba can do wrong it may raise.
    """
    from bpviz.core.kernels.compiled import epochs
    from bpviz.core.kernels.numba_kernel import NumbaKernel
    from bpviz.core.losses import LOSSES
    from bpviz.core.network import layered
    from bpviz.core.patterns import Criterion, Patterns
    from bpviz.core.training import Training

    network = layered((1, 1), ("logistic",))
    vectors = np.zeros((4, network.n_parameters))
    kernel = NumbaKernel(network, LOSSES["squared"], Criterion(), vectors)
    patterns = Patterns(np.ones((1, 1)), np.ones((1, 1)))
    list(kernel.measure(patterns, gradient=True))
    none = np.empty((0, 1), dtype=np.int64)
    kernel.leap(Training(), patterns, None, none, 0, False, np.zeros((1, 4)))
    return bool(getattr(getattr(epochs, "_cache", None), "cache_path", None))


if __name__ == "__main__":
    sys.exit(0 if warm() else 3)
