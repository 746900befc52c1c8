"""The functions of all rows of activations, errors and optimizers, chosen by a row's number.

They are made from the tables once, when this module is imported (see row_code).
"""

from bpviz.core.kernels.row_code import (
    KernelRows,
    activation_code,
    basis_code,
    deltas_code,
    deviation_code,
    error_code,
    numbers_code,
    row_deltas_code,
    step_code,
)

ROWS = KernelRows.now()
"""The rows that the functions know; the engine refuses to run when the tables hold others."""

activate = activation_code(ROWS)
times_slope, times_slope_row = deltas_code(ROWS), row_deltas_code(ROWS)
add_error, deviation = error_code(ROWS), deviation_code(ROWS)
to_basis = basis_code(ROWS)
step, numbers_of = step_code(ROWS), numbers_code()


def are_rows_known() -> bool:
    """Whether the tables hold the rows that the functions were made from, and no others."""
    return KernelRows.now() == ROWS
