"""Tables of images, as MNIST's: a row is an image, a column a pixel, one more column its class."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np

from bpviz.problems.tables.model import RawColumn, RawTable

FEWEST = 64  # pixels of an image whose columns have no names that say so
MOST_CLASSES = 62  # digits and letters
WHITE = 255.0

_NUMBERED = re.compile(r"(\D*)(\d+)")
_PLACE = re.compile(r"\D*?(\d+)\D(\d+)")


@dataclass(frozen=True, slots=True)
class ImageColumns:
    """Where the pixels of an image are: ``shape`` (rows, columns), and the column of its class.

    ``named``: the names of the columns say so.
    """

    shape: tuple[int, int]
    label: RawColumn
    named: bool


def image_columns(table: RawTable) -> ImageColumns | None:
    """The columns of images, with their class first or last; None if the table holds none.

    Names that count the pixels (pixel0, pixel1, ...; 1x1, 1x2, ...) say so; without names the
    numbers must be whole, from 0 to at most 255, and as many as a square has.
    """
    columns = table.columns
    shares = (columns[:-1], columns[-1]), (columns[1:], columns[0])
    for pixels, label in shares:
        shape = _shape_of(pixels)
        if shape is not None and not _is_next(pixels, label) and _are_pixels(pixels):
            return ImageColumns(shape, label, named=True)
    for pixels, label in shares:
        shape = _square(len(pixels))
        if shape is None or len(pixels) < FEWEST or not _looks_like_label(label):
            continue
        if _are_pixels(pixels, strict=True):
            return ImageColumns(shape, label, named=False)
    return None


def _shape_of(pixels: Sequence[RawColumn]) -> tuple[int, int] | None:
    """The shape that the names of pixels say; None if they say nothing."""
    if len(pixels) < 9:
        return None
    places = [_PLACE.fullmatch(pixel.name) for pixel in pixels]
    if all(places):
        at = [(int(place[1]), int(place[2])) for place in places if place is not None]
        (top, left), (bottom, right) = at[0], at[-1]
        every = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        return (bottom - top + 1, right - left + 1) if at == every else None
    if not pixels[0].name.lower().startswith(("pix", "px")) or not _are_counted(pixels):
        return None
    return _square(len(pixels))


def _are_counted(pixels: Sequence[RawColumn]) -> bool:
    """Whether the names are one word with the numbers that count up."""
    found = [_NUMBERED.fullmatch(pixel.name) for pixel in pixels]
    if not all(found):
        return False
    words = {match[1] for match in found if match is not None}
    numbers = [int(match[2]) for match in found if match is not None]
    return len(words) == 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_next(pixels: Sequence[RawColumn], other: RawColumn) -> bool:
    """Whether a column's name is that of one more pixel."""
    return _shape_of([*pixels, other]) is not None or _shape_of([other, *pixels]) is not None


def _square(n: int) -> tuple[int, int] | None:
    side = isqrt(n)
    return (side, side) if side * side == n else None


def _are_pixels(pixels: Sequence[RawColumn], *, strict: bool = False) -> bool:
    """Whether all are numbers from 0 on; ``strict``: also whole, and at most WHITE."""
    if strict and not (_are_counted(pixels) or all(pixel.unnamed for pixel in pixels)):
        return False
    most = 0.0
    for pixel in pixels:
        numbers = pixel.numbers
        if numbers is None or not numbers.size or not float(numbers.min()) >= 0.0:  # nor nan
            return False
        most = max(most, float(numbers.max()))
        if strict and (most > WHITE or (numbers != np.rint(numbers)).any()):
            return False
    return not strict or most > 1.0


def _looks_like_label(column: RawColumn) -> bool:
    """Whether a column may be the classes of the images."""
    if column.numbers is None:
        return 1 < len(column.values) <= MOST_CLASSES
    values = np.unique(column.numbers)
    first, n = float(values[0]), len(values)
    return (
        1 < n <= MOST_CLASSES and 5 * n <= len(column.numbers)
        and first in (0.0, 1.0) and float(values[-1]) == first + n - 1
    )  # fmt: skip
