"""The choice of the faster engine, by a cost model and not by measuring: it is reproducible."""

from importlib.util import find_spec

from bpviz.core.kernels.engines import NUMBA, NUMPY
from bpviz.core.model.network import Network

AUTO = "auto"
"""The choice of the faster engine."""


def is_installed() -> bool:
    """Whether Numba is installed; whether it works is known only after importing it."""
    return find_spec("numba") is not None


def faster(network: Network, batch: int) -> str:
    """The engine that takes less time for an update of ``batch`` patterns.

    Numba is preferred up to 15 % more time, because it releases the GIL for the window.
    """
    numpy, numba = microseconds(network, batch)
    return NUMBA if numba < 1.15 * numpy else NUMPY


def microseconds(network: Network, batch: int) -> tuple[float, float]:
    """Approximate time of an update of ``batch`` patterns in NumPy and in Numba, microseconds.

    Fitted to measurements from 2-2-1 to 784-100-10 and from 1 to 256 patterns, on x86-64 with
    AVX-512. NumPy has an overhead per call, and so per group; apart from that its matrix products
    are faster than a compiled loop.
    """
    groups = [group for group in network.groups if group.role != "input"]
    units = batch * sum(group.size for group in groups)
    n = network.n_parameters
    numpy = 7.0 * len(groups) + n * (0.0005 + 0.00013 * batch) + 0.004 * units
    numba = 0.5 + n * (0.003 + 0.00028 * batch) + 0.003 * units
    return numpy, numba
