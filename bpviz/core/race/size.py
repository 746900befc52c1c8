"""How many networks are trained at once, and how: what fits into a core's own memory."""

from bpviz.core.race.plan import CURVES, RacePlan
from bpviz.core.run.run_spec import RunSpec

WORKING_SET = 1_200_000
"""Bytes that the numbers of a block may take: about a core's second-level cache."""

MOST, FEWEST = 512, 128
"""Networks in a block. Below, the calls of NumPy cost more than the numbers in them."""

ONE_THREAD, ONE_THREAD_DOT = 200_000, 9_000
"""Multiplications of a matrix product, and of a dot product, up to which OpenBLAS stays in the
thread it is called in: waking another one takes longer than such a product does."""

WIDE = 60_000
"""Weights times patterns of an update from which on a network is trained faster alone, by BLAS."""


LARGE = 5_000
"""Weights from which on a block of networks would take too much memory."""


def trains_together(start: RunSpec) -> bool:
    """Whether networks like this are trained in blocks; otherwise one after the other."""
    batch = start.training.batch_size(len(start.train))
    weights = start.network.n_parameters
    return weights <= LARGE and batch * weights <= WIDE


def block_sizes(start: RunSpec, networks: int) -> list[int]:
    """The sizes of the blocks that so many networks are divided into, as equal as can be."""
    most = max(FEWEST, min(MOST, WORKING_SET // _bytes(start, _update_rows(start))))
    if not trains_together(start):
        most = 1
    blocks = -(-networks // most)
    return [networks // blocks + (b < networks % blocks) for b in range(blocks)]


def rows_at_once(start: RunSpec, networks: int) -> int:
    """Patterns that pass through a block of so many networks at once."""
    room = WORKING_SET // networks - _bytes(start, 0)
    per_row = _bytes(start, 1) - _bytes(start, 0)
    product = ONE_THREAD // (networks * (1 + start.network.n_inputs))
    dot = ONE_THREAD_DOT // networks
    return max(1, min(max(4, room // per_row), product, dot, len(start.train)))


def _update_rows(start: RunSpec) -> int:
    """Patterns of an update, but no more than are worth passing at once."""
    return min(start.training.batch_size(len(start.train)), 16)


def _bytes(start: RunSpec, rows: int) -> int:
    """Of one network's parameters, and of its activations, errors and deltas for these rows."""
    network = start.network
    units = sum(group.size for group in network.groups if group.role != "input")
    return 8 * (6 * network.n_parameters + 3 * units * rows)


def bytes_at_once(start: RunSpec) -> int:
    """What networks like this take while they train: a block of them, or one alone."""
    together = block_sizes(start, MOST)[0]
    return together * _bytes(start, min(rows_at_once(start, together), len(start.train)))


def bytes_of_outcomes(plan: RacePlan) -> int:
    """What is kept of a network after a race, without its weights."""
    return 8 * (6 + len(CURVES) * len(plan.recorded()))
