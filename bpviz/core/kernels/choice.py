"""Which engine is the faster one for a network: a rule, so that the answer is always the same."""

from importlib.util import find_spec

from bpviz.core.kernels.engines import NUMBA, NUMPY
from bpviz.core.model.network import Network

AUTO = "auto"
"""What may be asked for besides the engines: the faster one."""


def is_installed() -> bool:
    """Whether there is a Numba to import; whether it works is known only once it is imported."""
    return find_spec("numba") is not None


def faster(network: Network, batch: int) -> str:
    """The engine that takes less time for an update with so many patterns.

    About even, it is Numba: unlike NumPy's small steps it leaves the interpreter to the window.
    """
    numpy, numba = microseconds(network, batch)
    return NUMBA if numba < 1.15 * numpy else NUMPY


def microseconds(network: Network, batch: int) -> tuple[float, float]:
    """About how long an update takes NumPy and Numba.

    Fitted to measurements from 2-2-1 to 784-100-10 and from 1 to 256 patterns, on x86-64 with
    AVX-512. NumPy pays for its calls, a number for each group; beyond that its matrix products
    are faster than a compiled loop.
    """
    groups = [group for group in network.groups if group.role != "input"]
    units = batch * sum(group.size for group in groups)
    n = network.n_parameters
    numpy = 7.0 * len(groups) + n * (0.0005 + 0.00013 * batch) + 0.004 * units
    numba = 0.5 + n * (0.003 + 0.00028 * batch) + 0.003 * units
    return numpy, numba
