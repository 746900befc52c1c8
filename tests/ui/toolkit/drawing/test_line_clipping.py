"""Lines cut at the edges of a rectangle."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bpviz.ui.toolkit.drawing.line_clipping import clip_line

NAN = float("nan")
BOX = (0.0, 0.0), (10.0, 4.0)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ([(1, 1), (2, 3), (9, 2)], [[(1, 1), (2, 3), (9, 2)]]),
        ([(-5, 2), (5, 2)], [[(0, 2), (5, 2)]]),
        ([(5, 2), (5, 9)], [[(5, 2), (5, 4)]]),
        ([(5, -4), (5, 8)], [[(5, 0), (5, 4)]]),
        ([(2, 2), (4, 6), (6, 2)], [[(2, 2), (3, 4)], [(5, 4), (6, 2)]]),
        ([(-1, 5), (11, 5)], []),
        ([(-4, 2), (4, 10)], []),
        ([(1, 1), (2, 1), (NAN, 1), (3, 1), (4, 1)], [[(1, 1), (2, 1)], [(3, 1), (4, 1)]]),
        ([(1, 1)], []),
        ([], []),
    ],
)
def test_parts_inside(
    line: list[tuple[float, float]], parts: list[list[tuple[float, float]]]
) -> None:
    found = clip_line(np.array(line, dtype=float).reshape(-1, 2), *BOX)
    assert [part.tolist() for part in found] == [[list(point) for point in p] for p in parts]


@given(arrays(float, (12, 2), elements=st.integers(-8, 16).map(float)))
def test_exactly_what_lies_inside_is_kept(line: np.ndarray) -> None:
    share = np.linspace(0.0, 1.0, 41)[1:-1, None]
    dense = np.concatenate([a + share * (b - a) for a, b in pairwise(line)])
    inside = ((dense > BOX[0]) & (dense < BOX[1])).all(axis=1)
    parts = clip_line(line, *BOX)
    for part in parts:
        assert (part >= np.array(BOX[0]) - 1e-9).all()
        assert (part <= np.array(BOX[1]) + 1e-9).all()
    for point in dense[inside]:
        assert min(_distance(point, part) for part in parts) < 1e-9
    length = sum(np.hypot(*np.diff(part, axis=0).T).sum() for part in parts)
    whole = np.hypot(*np.diff(line, axis=0).T)
    rough = (inside.reshape(11, 39).mean(axis=1) * whole).sum()
    on_edge = ((dense >= BOX[0]) & (dense <= BOX[1])).all(axis=1).reshape(11, 39).mean(axis=1)
    assert rough - 0.06 * whole.sum() <= length <= (on_edge * whole).sum() + 0.06 * whole.sum()


def _distance(point: np.ndarray, line: np.ndarray) -> float:
    """From a point to the nearest segment of a line."""
    start, step = line[:-1], np.diff(line, axis=0)
    square = (step**2).sum(axis=1)
    along = ((point - start) * step).sum(axis=1) / np.where(square > 0, square, 1.0)
    nearest = start + np.clip(along, 0.0, 1.0)[:, None] * step
    return float(np.hypot(*(point - nearest).T).min())
