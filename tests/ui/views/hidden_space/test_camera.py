"""From places to px: which way the axes point, what is near, and the order of a plane's corners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from bpviz.ui.views.hidden_space.camera import STEEPEST, Angles, Camera

SPANS = ((-1.0, 1.0), (0.0, 1.0), (-5.0, 20.0))
WIDE, TALL = QRectF(10.0, 20.0, 400.0, 200.0), QRectF(10.0, 20.0, 150.0, 300.0)
angles = st.builds(Angles, st.floats(0.0, 360.0), st.floats(-STEEPEST, STEEPEST))
rooms = st.sampled_from([WIDE, TALL])
parts = st.floats(-1.0, 1.0)
normals = st.tuples(parts, parts, parts).filter(lambda n: np.abs(n).max() > 0.1)


def middle() -> np.ndarray:
    return np.array([(low + high) / 2 for low, high in SPANS])


def directions(camera: Camera) -> np.ndarray:
    """For a step along each axis, as long as half the cube's side: px right, px up, and nearer."""
    halves = np.diag([(high - low) / 2 for low, high in SPANS])
    places = np.concatenate([middle()[None], middle() + halves])
    px, near = camera.project(places)
    steps = px[1:] - px[0]
    return np.stack([steps[:, 0], -steps[:, 1], near[1:] - near[0]], axis=1)


def test_in_a_plane_the_first_axis_goes_right_and_the_second_up() -> None:
    camera = Camera(((-1.0, 1.0), (0.0, 4.0)), WIDE)
    px, near = camera.project(np.array([[-1.0, 0.0], [1.0, 0.0], [-1.0, 4.0], [0.0, 2.0]]))
    assert px.tolist() == [[10, 220], [410, 220], [10, 20], [210, 120]]
    assert near.tolist() == [0.0] * 4


def test_from_the_front_the_first_axis_comes_nearer_the_second_goes_right_the_third_up() -> None:
    right, up, near = directions(Camera(SPANS, WIDE, Angles(0.0, 0.0))).T
    assert (np.abs(right) > 1.0).tolist() == [False, True, False]
    assert (np.abs(up) > 1.0).tolist() == [False, False, True]
    assert right[1] > 0.0
    assert up[2] > 0.0
    np.testing.assert_allclose(near, [1.0, 0.0, 0.0], atol=1e-12)


@given(angles, rooms)
def test_a_cube_stays_a_cube_from_everywhere(look: Angles, room: QRectF) -> None:
    """Its axes stay at right angles, equally long, right-handed, and it stays in its room."""
    camera = Camera(SPANS, room, look)
    axes = directions(camera)
    scale = np.sqrt((axes[:, :2] ** 2).sum() / 2.0)
    turned = axes / [scale, scale, 1.0]
    np.testing.assert_allclose(turned @ turned.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(turned) > 0.0
    px = camera.project(camera.cube())[0]
    assert room.left() <= px[:, 0].min() <= px[:, 0].max() <= room.right()
    assert room.top() <= px[:, 1].min() <= px[:, 1].max() <= room.bottom()
    np.testing.assert_allclose(px.mean(axis=0), [room.center().x(), room.center().y()])
    assert scale > 0.25 * min(room.width(), room.height())


@given(angles, rooms)
def test_from_above_one_looks_down(look: Angles, room: QRectF) -> None:
    near_of_third = directions(Camera(SPANS, room, look))[2, 2]
    assert np.sign(round(near_of_third, 9)) == np.sign(round(look.elevation, 6))


@pytest.mark.parametrize(("dx", "dy"), [(40.0, 0.0), (-40.0, 0.0), (0.0, 40.0), (0.0, -40.0)])
def test_what_is_near_follows_a_drag(dx: float, dy: float) -> None:
    before = Camera(SPANS, WIDE, Angles(30.0, 10.0))
    after = Camera(SPANS, WIDE, Angles(30.0, 10.0).turned(dx, dy))
    corners = before.cube()
    front = corners[[int(before.project(corners)[1].argmax())]]
    moved = (after.project(front)[0] - before.project(front)[0])[0]
    assert moved @ [dx, dy] > 0.0


@given(angles, normals)
def test_a_normal_faces_who_looks_if_a_step_along_it_comes_nearer(
    look: Angles, normal: tuple[float, float, float]
) -> None:
    camera = Camera(SPANS, WIDE, look)
    # In units in which the cube is a cube, since a plane's normal is in those of the space.
    step = np.array(normal) * [((high - low) / 2) ** 2 for low, high in SPANS]
    near = camera.project(np.stack([middle(), middle() + step]))[1]
    assert camera.depth_of(np.array(normal)) == pytest.approx(near[1] - near[0], abs=1e-9)


@given(normals, st.floats(-0.9, 0.9))
@settings(max_examples=200)
def test_the_corners_of_a_plane_go_around_it(
    normal: tuple[float, float, float], shift: float
) -> None:
    """All lie in the plane, and two neighbours share a face of the cube."""
    camera = Camera(SPANS, WIDE)
    across = np.array(normal)
    heights = camera.cube() @ across
    offset = -float(heights.mean() + shift * (heights.max() - heights.min()) / 2)
    corners = camera.plane(across, offset)
    assert 3 <= len(corners) <= 6
    np.testing.assert_allclose(corners @ across + offset, 0.0, atol=1e-9)
    low, high = np.array(SPANS).T
    at_faces = np.concatenate([np.isclose(corners, low), np.isclose(corners, high)], axis=1)
    for one, next_one in zip(at_faces, np.roll(at_faces, -1, axis=0), strict=True):
        assert (one & next_one).any()


def test_a_plane_that_cuts_off_a_corner_is_a_triangle() -> None:
    spans = ((0.0, 1.0),) * 3
    corners = Camera(spans, WIDE).plane(np.ones(3), -0.5)
    assert sorted(map(tuple, corners.tolist())) == [(0, 0, 0.5), (0, 0.5, 0), (0.5, 0, 0)]


def test_a_plane_beside_the_cube_has_no_corners() -> None:
    assert len(Camera(SPANS, WIDE).plane(np.array([1.0, 0.0, 0.0]), 2.0)) == 0
