"""From points in a space to px: a square for two axes, a cube that can be turned for three."""

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from PySide6.QtCore import QRectF

from bpviz.core.values import Matrix, Vector
from bpviz.ui.views.hidden_space.space import Span

STEEPEST = 89.0


@dataclass(frozen=True, slots=True)
class Angles:
    """Where a cube is looked at from, in degrees."""

    azimuth: float = 35.0
    elevation: float = 22.0

    def turned(self, dx: float, dy: float) -> "Angles":
        """After a drag by so many px: the front side follows the mouse."""
        elevation = min(STEEPEST, max(-STEEPEST, self.elevation + 0.5 * dy))
        return replace(self, azimuth=(self.azimuth - 0.5 * dx) % 360.0, elevation=elevation)


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """Projects points (P, d) of a space into a rectangle; parallel lines stay parallel."""

    spans: tuple[Span, ...]
    rect: QRectF
    angles: Angles = Angles()

    def project(self, points: Matrix) -> tuple[Matrix, Vector]:
        """Px (P, 2), and how near each point is to who looks (P,), 0 in a plane."""
        low, high = np.array(self.spans).T
        unit = 2.0 * (points - low) / (high - low) - 1.0
        if len(self.spans) == 2:
            return self._to_px(unit, 1.0, 1.0), np.zeros(len(points))
        turned = unit @ self._axes()
        # A corner is at most the square root of 3, 1.73, from the middle: the cube stays inside.
        reach = 1.0 / 1.74
        side = min(self.rect.width(), self.rect.height())
        fit = reach * side / self.rect.width(), reach * side / self.rect.height()
        return self._to_px(turned[:, :2], *fit), turned[:, 2]

    def depth_of(self, normal: Vector) -> float:
        """Whether a normal in the space's units points at who looks (above 0) or away."""
        low, high = np.array(self.spans).T
        return float((normal / (2.0 / (high - low))) @ self._axes()[:, 2])

    def cube(self) -> Matrix:
        """The corners of the space, (8, 3); corners that differ in one bit share an edge."""
        return np.array(list(product(*self.spans)))

    def plane(self, normal: Vector, offset: float) -> Matrix:
        """The polygon (m, 3) in which normal @ point + offset = 0 cuts the cube, in order."""
        corners = self.cube()
        heights = corners @ normal + offset
        points = [
            corners[a] + heights[a] / (heights[a] - heights[b]) * (corners[b] - corners[a])
            for a, b in edges()
            if (heights[a] > 0.0) != (heights[b] > 0.0)
        ]
        if len(points) < 3:
            return np.empty((0, 3))
        found = np.array(points)
        # Around the middle, seen along the normal, in units in which the cube is a cube.
        size = np.array([high - low for low, high in self.spans])
        around = (found - found.mean(axis=0)) / size
        first = around[0] / np.linalg.norm(around[0])
        second = np.cross(normal * size, first)
        angle = np.arctan2(around @ (second / np.linalg.norm(second)), around @ first)
        return np.asarray(found[np.argsort(angle)])

    def _axes(self) -> Matrix:
        """Columns: to the right, up, and towards who looks."""
        a, e = math.radians(self.angles.azimuth), math.radians(self.angles.elevation)
        right = (-math.sin(a), math.cos(a), 0.0)
        up = (-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e))
        near = (math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e))
        return np.array([right, up, near]).T

    def _to_px(self, unit: Matrix, fit_x: float, fit_y: float) -> Matrix:
        centre = self.rect.center()
        scale = np.array([fit_x * self.rect.width() / 2, -fit_y * self.rect.height() / 2])
        return np.asarray([centre.x(), centre.y()] + unit * scale)


def edges() -> list[tuple[int, int]]:
    """The 12 pairs of corners of ``Camera.cube`` that share an edge."""
    return [(a, a | bit) for bit in (4, 2, 1) for a in range(8) if not a & bit]
