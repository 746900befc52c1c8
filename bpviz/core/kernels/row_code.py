"""The plain Python functions in the rows of activations, errors and optimizers, as machine code.

Each function here returns a compiled function whose first argument is the number of a row. A number
without a branch changes nothing, which is right for the identity.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent
from typing import Any, NamedTuple

from bpviz.core.kernels.machine_code import part, pasted, pasted_row
from bpviz.core.kernels.plan import LANES, NUMBERS, Numbers
from bpviz.core.learning.optimizers import OPTIMIZERS, Optimizer
from bpviz.core.model.activations import ACTIVATIONS, Activation
from bpviz.core.model.losses import LOSSES, Loss


class KernelRows(NamedTuple):
    """The rows of the three tables, in their order."""

    activations: tuple[Activation, ...]
    losses: tuple[Loss, ...]
    optimizers: tuple[Optimizer, ...]

    @classmethod
    def now(cls) -> KernelRows:
        """The rows as they are."""
        return cls(tuple(ACTIVATIONS.values()), tuple(LOSSES.values()), tuple(OPTIMIZERS.values()))


# An elementwise activation takes whole vectors of LANES numbers: a loop of a fixed length becomes
# one vector instruction each, also for the eight patterns of a small network.
ACTIVATE = """
for u in range(first, first + size):
    for b in range(n // LANES):
        for k in range(LANES):
            act[u, b * LANES + k] = FUNCTION(act[u, b * LANES + k])
"""
ACTIVATE_GROUP = """
for k in range(n):
    FUNCTION(act, first, size, k)
"""


def activation_code(rows: KernelRows) -> Any:
    """activate(row, act, first, size, n): turn the net inputs in ``act`` into activations.

    Those of the units from ``first`` on, in the columns before ``n``, for elementwise activations
    a multiple of LANES.
    """
    return part(_of_activations(rows, "act, first, size, n", 0, ACTIVATE, ACTIVATE_GROUP))


# The columns begin at 0, so that Numba knows an index to be positive; with a first column as an
# argument the loop took 20 % longer.
TIMES_SLOPE = """
for u in range(first, first + size):
    for k in range(n):
        delta[u, k] *= FUNCTION(act[u, k])
"""
GROUP_DELTAS = """
for k in range(n):
    FUNCTION(act, delta, first, size, k)
"""


def deltas_code(rows: KernelRows) -> Any:
    """deltas(row, act, delta, first, size, n): turn errors in ``delta`` into deltas.

    Those of the units from ``first`` on, in the columns before ``n``.
    """
    return part(_of_activations(rows, "act, delta, first, size, n", 1, TIMES_SLOPE, GROUP_DELTAS))


TIMES_SLOPE_ROW = """
for k in range(begin, end):
    delta[0, k] *= FUNCTION(act[0, k])
"""


def row_deltas_code(rows: KernelRows) -> Any:
    """deltas(row, act, delta, begin, end): as deltas_code, for units side by side in a row.

    For elementwise activations only.
    """
    return part(_of_activations(rows, "act, delta, begin, end", 1, TIMES_SLOPE_ROW, "pass"))


def _of_activations(rows: KernelRows, arguments: str, which: int, unit: str, group: str) -> Any:
    """A branch for every activation: its function number ``which``, used as one of two texts."""
    branches = {
        number: (row.compiled[which], unit if row.elementwise else group)
        for number, row in enumerate(rows.activations)
        if not row.is_identity
    }
    return _by_number(arguments, branches)


ADD = """
error = FUNCTION(error, t, o)
"""


def error_code(rows: KernelRows) -> Any:
    """add(row, error, t, o): the error with the term of an output o and its teacher t.

    Where the error has a Basis, o is that.
    """
    branches = {number: (row.compiled.add, ADD) for number, row in enumerate(rows.losses)}
    return pasted(_by_number("error, t, o", branches, "return error"))


BASIS = """
FUNCTION(nets, size, k)
"""


def basis_code(rows: KernelRows) -> Any:
    """to_basis(row, nets, size, k): turn an output's net inputs in a column into the basis."""
    branches = {
        number: (row.basis.column, BASIS)
        for number, row in enumerate(rows.losses)
        if row.basis is not None
    }
    return pasted(_by_number("nets, size, k", branches))


DEVIATION = """
for j in range(size):
    for k in range(n):
        delta[first + j, k] = FUNCTION(target[j, k], act[first + j, k])
"""


def deviation_code(rows: KernelRows) -> Any:
    """deviation(row, target, act, delta, first, size, n): write the outputs' errors."""
    branches = {
        number: (row.compiled.deviation, DEVIATION) for number, row in enumerate(rows.losses)
    }
    return part(_by_number("target, act, delta, first, size, n", branches))


STEP = """
FUNCTION(t, neg_gradient, state, count)
"""


def step_code(rows: KernelRows) -> Any:
    """step(row, t, neg_gradient, state, count): write an update's change."""
    branches = {number: (row.compiled, STEP) for number, row in enumerate(rows.optimizers)}
    return pasted(_by_number("t, neg_gradient, state, count", branches))


def numbers_code() -> Any:
    """numbers(settings): those of plan.settings_of, under their names."""
    values = ", ".join(f"settings[{k}]" for k in range(2, 2 + len(NUMBERS)))
    return pasted(_written("numbers", "settings", f"    return Numbers({values})", Numbers=Numbers))


Branch = tuple[Callable[..., Any], str]
"""A row's function, and what is done with it."""


def _by_number(arguments: str, branches: dict[int, Branch], end: str = "return") -> Any:
    """A function of a row's number and the arguments, with a branch for every row.

    It is written out as text: Numba takes three times as long for a chain of functions.
    """
    lines = ["    if row < 0:", "        pass"]
    names: dict[str, Any] = {"LANES": LANES}
    for number, (function, body) in branches.items():
        names[f"function_{number}"] = pasted_row(function)
        lines.append(f"    elif row == {number}:")
        lines.append(indent(body.strip().replace("FUNCTION", f"function_{number}"), " " * 8))
    lines.append(f"    {end}")
    return _written("by_number", f"row, {arguments}", "\n".join(lines), **names)


def _written(name: str, arguments: str, body: str, **names: Any) -> Any:
    """A function of this text, which may use these names."""
    exec(f"def {name}({arguments}):\n{body}", names)
    return names[name]
