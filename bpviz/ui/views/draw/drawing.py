"""What can be done to a drawing: strokes, shifts and noise, as functions of images.

An image is a matrix (rows, columns); points on it are (x, y) in cells, from the upper left
corner of the first one.
"""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import Matrix

PadPoint = tuple[float, float]

THINNEST = 0.7
"""Smallest radius of the brush, in cells: a line across small images leaves no gap."""

BRUSH = 1 / 20
"""Radius of the brush as a share of the image's longer side."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The value of ground and full ink; ``binary`` if the patterns know nothing in between."""

    low: float
    high: float
    binary: bool

    def blank(self, shape: tuple[int, int]) -> Matrix:
        """An image without any ink."""
        return np.full(shape, self.low)

    def within(self, image: Matrix) -> bool:
        """Whether all values of an image lie between ground and full ink."""
        return bool((image >= self.low).all() and (image <= self.high).all())


def ink_of(patterns: PatternSet) -> Ink:
    """The ink of the training images: from their smallest value to their largest."""
    values = patterns.train.inputs
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return Ink(low, low + 1.0, True)
    return Ink(low, high, bool(((values == low) | (values == high)).all()))


def dot(image: Matrix, ink: Ink, row: int, column: int, erase: bool = False) -> Matrix:
    """The image with one cell in full ink, or without any."""
    drawn = image.copy()
    drawn[row, column] = ink.low if erase else ink.high
    return drawn


def stroke(image: Matrix, ink: Ink, start: PadPoint, end: PadPoint, erase: bool = False) -> Matrix:
    """The image with a straight stroke of the brush, soft at its edge where ink may be grey.

    To erase takes away all that a stroke at this point could have drawn.
    """
    cover = np.clip(_radius(image) + 0.5 - _distance(image, start, end), 0.0, 1.0)
    if ink.binary:
        cover = (cover >= 0.5).astype(np.float64)
    if erase:
        return np.where(cover > 0.0, ink.low, image)
    return np.asarray(np.maximum(image, ink.low + cover * (ink.high - ink.low)))


def _radius(image: Matrix) -> float:
    return max(THINNEST, BRUSH * float(max(image.shape)))


def _distance(image: Matrix, start: PadPoint, end: PadPoint) -> Matrix:
    """How far the centre of each cell is from a segment."""
    rows, columns = image.shape
    x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    along, down = end[0] - start[0], end[1] - start[1]
    length = along**2 + down**2
    share = 0.0
    if length > 0.0:
        share = np.clip(((x - start[0]) * along + (y - start[1]) * down) / length, 0.0, 1.0)
    return np.asarray(np.hypot(x - start[0] - share * along, y - start[1] - share * down))


def shifted(image: Matrix, ink: Ink, down: int, right: int) -> Matrix:
    """The image moved by whole cells; what leaves it is lost, what comes in is ground."""
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down:
        moved[slice(0, down) if down > 0 else slice(down, None)] = ink.low
    if right:
        moved[:, slice(0, right) if right > 0 else slice(right, None)] = ink.low
    return moved


def with_noise(image: Matrix, ink: Ink, share: float, rng: np.random.Generator) -> Matrix:
    """The image with this share of its cells turned over: ink to ground, ground to ink."""
    cells = rng.choice(image.size, size=round(share * image.size), replace=False)
    noisy = image.copy()
    noisy.flat[cells] = ink.low + ink.high - noisy.flat[cells]
    return noisy
