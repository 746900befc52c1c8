"""Equal cells in a row on whole device pixels, for painted tables."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.values import Integers

EVEN_FROM = 12
"""Cells of at least so many pixels are all equal; smaller ones may differ by one pixel."""


@dataclass(frozen=True, slots=True)
class BlockCell:
    """A cell of a picture of blocks: the block, and the row and column in it, from 0.

    In a Hinton diagram column -1 is that of the biases.
    """

    block: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class CellGrid:
    """``count`` cells in a row on ``pixels`` device pixels.

    ``index`` holds the cells that are drawn, first to last: all of them, or, with more cells
    than pixels, one for each pixel, evenly spaced.
    """

    count: int
    pixels: int
    index: Integers

    @property
    def drawn(self) -> int:
        """The number of cells that are drawn."""
        return len(self.index)

    @property
    def pitch(self) -> float:
        """Pixels from one drawn cell to the next."""
        return self.pixels / len(self.index)

    def at(self, pixel: float) -> int | None:
        """The cell at this distance from the start; None outside."""
        if not 0 <= pixel < self.pixels:
            return None
        return int(self.index[min(int(pixel / self.pitch), len(self.index) - 1)])

    def span(self, cell: int) -> tuple[int, int]:
        """The first pixel of a cell and the one after its last; of the nearest drawn one if it is
        not drawn."""
        position = cell
        if len(self.index) < self.count:
            position = min(int(np.searchsorted(self.index, cell)), len(self.index) - 1)
        return round(position * self.pitch), round((position + 1) * self.pitch)

    def edges(self) -> list[int]:
        """The pixels where one drawn cell ends and the next begins."""
        return [round(position * self.pitch) for position in range(1, len(self.index))]


def cells(count: int, room: int, largest: int) -> CellGrid:
    """``count`` cells in ``room`` pixels, none larger than ``largest``."""
    room = max(room, 1)
    if count > room:
        return CellGrid(count, room, np.arange(room) * (count - 1) // max(room - 1, 1))
    size = min(room // count, largest)
    return CellGrid(count, size * count if size >= EVEN_FROM else room, np.arange(count))
