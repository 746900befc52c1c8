"""Names of dots: beside them, inside the picture, and not over each other."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from bpviz.ui.views.hidden_space.label_places import near_groups, place_labels

AREA = QRectF(0, 0, 300, 200)
SIZE = (30.0, 14.0)


def test_dots_that_coincide_share_a_name() -> None:
    places = np.array([[10.0, 10.0], [100.0, 50.0], [14.0, 12.0], [104.0, 50.0]])
    assert near_groups(places, 12.0) == [[0, 2], [1, 3]]
    assert near_groups(np.empty((0, 2)), 12.0) == []


@pytest.mark.parametrize("away", [13.0, 20.0, 30.0])
@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (-1, 0), (1, 1)])
def test_names_of_two_near_dots_cover_neither_each_other_nor_a_dot(
    away: float, direction: tuple[int, int]
) -> None:
    places = np.array([[150.0, 100.0], [150.0, 100.0] + away * np.array(direction)])
    one, other = place_labels(places, [SIZE, SIZE], AREA)
    assert not one.intersects(other)
    for box in (one, other):
        assert not any(box.contains(QPointF(*place)) for place in places)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200)), min_size=1, max_size=4))
def test_names_stay_inside(dots: list[tuple[float, float]]) -> None:
    boxes = place_labels(np.array(dots), [SIZE] * len(dots), AREA)
    assert all(AREA.contains(box) for box in boxes)


def test_four_corners_have_their_names_apart() -> None:
    places = np.array([[60.0, 60.0], [80.0, 62.0], [62.0, 84.0], [84.0, 84.0]])
    boxes = place_labels(places, [SIZE] * 4, AREA)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
