"""How many networks are trained at once, so that their numbers fit into a core's cache."""

from bpviz.core.learning.dropout import dropped_groups
from bpviz.core.race.plan import CURVES, RacePlan
from bpviz.core.run.run_spec import RunSpec

WORKING_SET = 1_200_000
"""Bytes of the numbers of a block, at most: about a core's second-level cache."""

MOST, FEWEST = 512, 128
"""Networks in a block. In smaller blocks, the overhead of NumPy's calls dominates."""

ONE_THREAD, ONE_THREAD_DOT = 200_000, 9_000
"""Multiplications of a matrix product, and of a dot product, up to which OpenBLAS uses one thread:
waking another one would take longer than the product."""

WIDE = 60_000
"""Weights times patterns of an update above which a network is trained faster alone, by BLAS."""

LARGE = 5_000
"""Weights of a network above which a block would take too much memory."""


def trains_together(start: RunSpec) -> bool:
    """Whether networks like this are trained in blocks; otherwise one after the other."""
    batch = start.training.batch_size(len(start.train))
    weights = start.network.n_parameters
    drops = bool(dropped_groups(start.network))
    return weights <= LARGE and batch * weights <= WIDE and not drops


def block_sizes(start: RunSpec, networks: int) -> list[int]:
    """The sizes of the blocks of so many networks, as equal as possible."""
    most = max(FEWEST, min(MOST, WORKING_SET // _bytes(start, _update_rows(start))))
    if not trains_together(start):
        most = 1
    blocks = -(-networks // most)
    return [networks // blocks + (b < networks % blocks) for b in range(blocks)]


def rows_at_once(start: RunSpec, networks: int) -> int:
    """Number of patterns that pass through a block of so many networks at once."""
    room = WORKING_SET // networks - _bytes(start, 0)
    per_row = _bytes(start, 1) - _bytes(start, 0)
    product = ONE_THREAD // (networks * (1 + start.network.n_inputs))
    dot = ONE_THREAD_DOT // networks
    return max(1, min(max(4, room // per_row), product, dot, len(start.train)))


def _update_rows(start: RunSpec) -> int:
    """Patterns of an update, limited to what is faster when passed at once."""
    return min(start.training.batch_size(len(start.train)), 16)


def _bytes(start: RunSpec, rows: int) -> int:
    """Bytes of a network's parameters, and of activations, errors and deltas for so many rows."""
    network = start.network
    units = sum(group.size for group in network.groups if group.role != "input")
    return 8 * (6 * network.n_parameters + 3 * units * rows)


def bytes_at_once(start: RunSpec) -> int:
    """Bytes that a block of networks like this, or one alone, takes while it trains."""
    together = block_sizes(start, MOST)[0]
    return together * _bytes(start, min(rows_at_once(start, together), len(start.train)))


def bytes_of_outcomes(plan: RacePlan) -> int:
    """Bytes that a network's outcomes take, without its weights."""
    return 8 * (6 + len(CURVES) * len(plan.recorded()))
