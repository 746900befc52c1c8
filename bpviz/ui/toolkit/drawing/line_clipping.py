"""Lines clipped at a rectangle, for file formats without clipping."""

import numpy as np

from bpviz.core.values import Matrix


def clip_line(points: Matrix, low: tuple[float, float], high: tuple[float, float]) -> list[Matrix]:
    """The parts of a line (n, 2) inside the rectangle from ``low`` to ``high``, each (m, 2).

    A point that is not finite makes a gap. Each segment is clipped on its own (Liang & Barsky
    1984, "A new concept and method for line clipping").
    """
    start, step = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (low - start) / step, (high - start) / step
    # A segment parallel to an edge divides by 0: all of it is inside or outside of that edge.
    along = step == 0.0
    inside = (start >= low) & (start <= high)
    enter = np.where(along, np.where(inside, 0.0, 2.0), np.minimum(to_low, to_high)).max(axis=1)
    leave = np.where(along, np.where(inside, 1.0, -1.0), np.maximum(to_low, to_high)).min(axis=1)
    first, last = np.maximum(enter, 0.0), np.minimum(leave, 1.0)
    kept = np.isfinite(step).all(axis=1) & (first <= last)
    joined = kept[1:] & kept[:-1] & (last[:-1] == 1.0) & (first[1:] == 0.0)
    begins = np.flatnonzero(kept & ~np.append(False, joined))
    ends = np.flatnonzero(kept & ~np.append(joined, False))
    return [
        np.concatenate(
            [
                (start[a] + first[a] * step[a])[None],
                start[a + 1 : b + 1],
                (start[b] + last[b] * step[b])[None],
            ]
        )
        for a, b in zip(begins, ends, strict=True)
    ]
