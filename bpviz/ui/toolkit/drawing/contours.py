"""Contour lines of a function over the plane, given on a grid."""

import numpy as np

from bpviz.core.values import Matrix

ROUNDING = 1e-9
"""The largest difference from an affine function, as a share of its largest value."""


def contour_segments(field: Matrix, level: float) -> Matrix:
    """Where a field (rows, columns) crosses a level, as segments (n, 2, 2) of (column, row).

    Marching squares (Lorensen & Cline 1987, in the plane) with linear interpolation along the
    sides of a cell; at a saddle the mean of the four corners decides which of them are connected.
    """
    above = field > level
    # Whether the line crosses the lower, right, upper and left side of each cell.
    across, along = above[:, :-1] != above[:, 1:], above[:-1] != above[1:]
    crossed = np.stack([across[:-1], along[:, 1:], across[1:], along[:, :-1]])
    rows, columns = np.nonzero(crossed.any(axis=0))
    crossed = crossed[:, rows, columns]
    a, b = field[rows, columns], field[rows, columns + 1]
    c, d = field[rows + 1, columns + 1], field[rows + 1, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, right, up, left = (
            (level - start) / (stop - start) for start, stop in ((a, b), (b, c), (d, c), (a, d))
        )
    meets = np.stack([
        np.stack([columns + low, rows], axis=1), np.stack([columns + 1, rows + right], axis=1),
        np.stack([columns + up, rows + 1], axis=1), np.stack([columns, rows + left], axis=1),
    ])  # fmt: skip
    saddle = crossed.all(axis=0)
    around_b = ((a + b + c + d) / 4 > level) == (a > level)  # and around d: a and c are connected
    n = np.arange(len(rows))
    first, last = crossed.argmax(axis=0), 3 - crossed[::-1].argmax(axis=0)
    pairs = [(first[~saddle], last[~saddle], n[~saddle])]
    for cells, sides in ((saddle & around_b, (0, 1, 2, 3)), (saddle & ~around_b, (0, 3, 1, 2))):
        pairs += [(sides[i], sides[i + 1], n[cells]) for i in (0, 2)]
    return np.concatenate([np.stack([meets[i, k], meets[j, k]], axis=1) for i, j, k in pairs])


def straight_or_contour(field: Matrix, level: float) -> Matrix:
    """As ``contour_segments``, in one segment where the field is an affine function of the place.

    Such a contour is a straight line; in a segment for every cell it would look crooked, and
    dashes would restart in each.
    """
    steps = np.array(field.shape) - 1
    corners = field[:: steps[0], :: steps[1]]
    if not _is_affine(field, corners):
        return contour_segments(field, level)
    return np.asarray(contour_segments(corners, level) * steps[::-1])


def _is_affine(field: Matrix, corners: Matrix) -> bool:
    (low, right), (up, _) = corners
    rows, columns = (np.linspace(0.0, 1.0, n) for n in field.shape)
    plane = low + columns * (right - low) + rows[:, None] * (up - low)
    if not np.isfinite(plane).all():
        return False
    return bool(np.abs(field - plane).max() <= ROUNDING * np.abs(corners).max())
