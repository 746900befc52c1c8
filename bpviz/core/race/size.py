"""How many networks are trained at once, and how: what fits into a core's own memory."""

from bpviz.core.start import Start

WORKING_SET = 1_200_000
"""Bytes that the numbers of a block may take: about a core's second-level cache."""

MOST, FEWEST = 512, 128
"""Networks in a block. Below, the calls of NumPy cost more than the numbers in them."""

ONE_THREAD = 200_000
"""Multiplications of a matrix product up to which OpenBLAS stays in the thread it is called in."""

WIDE = 60_000
"""Weights times patterns of an update from which on a network is trained faster alone, by BLAS."""


def trains_together(start: Start) -> bool:
    """Whether networks like this are trained in blocks; otherwise one after the other."""
    batch = start.training.batch_size(len(start.train))
    return start.rule == "backpropagation" and batch * start.network.n_parameters <= WIDE


def block_sizes(start: Start, networks: int) -> list[int]:
    """The sizes of the blocks that so many networks are divided into, as equal as can be."""
    most = max(FEWEST, min(MOST, WORKING_SET // _bytes(start, _update_rows(start))))
    if not trains_together(start):
        most = 1
    blocks = -(-networks // most)
    return [networks // blocks + (b < networks % blocks) for b in range(blocks)]


def rows_at_once(start: Start, networks: int) -> int:
    """Patterns that pass through a block of so many networks at once."""
    room = WORKING_SET // networks - _bytes(start, 0)
    per_row = _bytes(start, 1) - _bytes(start, 0)
    one_thread = ONE_THREAD // (networks * start.network.n_inputs)
    return max(4, min(room // per_row, one_thread, len(start.train)))


def _update_rows(start: Start) -> int:
    """Patterns of an update, but no more than are worth passing at once."""
    return min(start.training.batch_size(len(start.train)), 16)


def _bytes(start: Start, rows: int) -> int:
    """Of one network's parameters, and of its activations, errors and deltas for these rows."""
    network = start.network
    units = sum(group.size for group in network.groups if group.role != "input")
    return 8 * (6 * network.n_parameters + 3 * units * rows)
