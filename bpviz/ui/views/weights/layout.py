"""Where the blocks of a Hinton diagram stand: arrays only, no screen.

Every connection is a block: a row for each unit that it leads to, a column for each that it comes
from. The first block of a group has its biases as a column of their own before the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.values import Integers, Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.toolkit.drawing.unit_names import unit_names

LARGEST, SMALLEST = 30, 5
"""Px of a cell."""

NAMED_FROM = 12
"""Cells of so many px have names beside them."""

ENOUGH = 16
"""Rows that are kept, where columns can be left out instead."""

GAP = 16.0
BIAS_GAP = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class HintonBlock:
    """One connection: ``rows`` and ``columns`` are the drawn units of its two groups.

    left, top   the upper left corner of the cells (of the biases, if ``bias``).
    cell        px of a cell.
    named       width of the names left of the rows; 0: there are none.
    title       what is written above it, with its width.
    """

    connection: int
    rows: Integers
    columns: Integers
    bias: bool
    cell: int
    named: float = 0.0
    left: float = 0.0
    top: float = 0.0
    title: str = ""
    title_width: float = 0.0

    @property
    def weights_left(self) -> float:
        """Where the first column of weights begins."""
        return self.left + (self.cell + BIAS_GAP if self.bias else 0.0)

    @property
    def right(self) -> float:
        """Where the last column ends."""
        return self.weights_left + self.cell * len(self.columns)

    @property
    def bottom(self) -> float:
        """Where the last row ends."""
        return self.top + self.cell * len(self.rows)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of the cell at a point of the block; column -1: biases."""
        row = int((y - self.top) // self.cell)
        if not 0 <= row < len(self.rows):
            return None
        if self.bias and self.left <= x < self.left + self.cell:
            return row, -1
        column = int((x - self.weights_left) // self.cell)
        return (row, column) if 0 <= column < len(self.columns) else None

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """The upper left corner of a cell."""
        x = self.left if column < 0 else self.weights_left + column * self.cell
        return x, self.top + row * self.cell


def arrange(
    setup: PreparedExperiment, width: float, height: float, text: TextMetrics
) -> tuple[HintonBlock, ...]:
    """The blocks in a picture of this size: the largest cells at which all units fit.

    Where they do not even fit as the smallest cells, an even sample of the units of large groups
    is drawn; at last what does not fit is left below the edge.
    """
    every = max(group.size for group in setup.network.groups)

    def fits(blocks: tuple[HintonBlock, ...], bottom: float) -> bool:
        return bottom <= height and all(block.right <= width for block in blocks)

    for cell in range(LARGEST, SMALLEST - 1, -1):
        blocks, bottom = _flow(_blocks(setup, cell, every, every, text), width, text)
        if fits(blocks, bottom):
            return blocks
    for columns in _fewer(every):
        for rows in _fewer(every):
            blocks, bottom = _flow(_blocks(setup, SMALLEST, rows, columns, text), width, text)
            if fits(blocks, bottom) and (rows >= ENOUGH or columns < ENOUGH or rows == every):
                return blocks
    return blocks


def _fewer(size: int) -> list[int]:
    """The size, and fewer and fewer down to 2."""
    sizes = [max(size, 2)]
    while sizes[-1] > 2:
        sizes.append(max(2, int(sizes[-1] * 0.85)))
    return sizes


def _blocks(
    setup: PreparedExperiment, cell: int, most_rows: int, most_columns: int, text: TextMetrics
) -> list[HintonBlock]:
    blocks, with_bias = [], set()
    groups = setup.network.groups
    for c, link in enumerate(setup.network.connections):
        rows = sample(groups[link.target].size, most_rows)
        columns = sample(groups[link.source].size, most_columns)
        named = 0.0
        if cell >= NAMED_FROM:
            names = unit_names(setup, link.target)
            named = min(max(text.width(names[r]) for r in rows.tolist()), 90.0) + 6.0
        title = f"{groups[link.source].name} → {groups[link.target].name}"
        title += ", not trained" if link.fixed else ""
        bias = link.target not in with_bias
        blocks.append(
            HintonBlock(c, rows, columns, bias, cell, named, 0.0, 0.0, title, text.width(title))
        )
        with_bias.add(link.target)
    return blocks


def _flow(
    blocks: Sequence[HintonBlock], width: float, text: TextMetrics
) -> tuple[tuple[HintonBlock, ...], float]:
    """The blocks side by side, in as many lines as the width asks for, and where they end."""
    head = text.line + 2.0  # the title
    if blocks and blocks[0].cell >= NAMED_FROM:
        head += text.line  # the names of the columns
    placed: list[HintonBlock] = []
    x = y = lowest = 0.0
    for block in blocks:
        wide = max(block.right + block.named, min(block.title_width, width))
        if x > 0.0 and x + wide > width:
            x, y = 0.0, lowest + GAP / 2
        put = replace(block, left=x + block.named, top=y + head)
        placed.append(put)
        x += wide + GAP
        lowest = max(lowest, put.bottom)
    return tuple(placed), lowest


def sample(size: int, most: int) -> Integers:
    """All of so many units, or an even sample of them."""
    if size <= most:
        return np.arange(size)
    return np.linspace(0, size - 1, most).round().astype(np.int64)


def weights_of(setup: PreparedExperiment, block: HintonBlock, parameters: Vector) -> Matrix:
    """(rows, columns) of a block's drawn weights; nan where there is none."""
    link = setup.network.connections[block.connection]
    at = np.ix_(block.columns, block.rows)
    weights = setup.network.weights(parameters, block.connection)[at]
    if link.mask is not None:
        weights = np.where(link.mask[at], weights, np.nan)
    return np.asarray(weights.T)


def biases_of(setup: PreparedExperiment, block: HintonBlock, parameters: Vector) -> Matrix:
    """(rows, 1) of a block's drawn biases."""
    link = setup.network.connections[block.connection]
    return setup.network.biases(parameters, link.target)[block.rows][:, None]


def left_out(setup: PreparedExperiment, blocks: Sequence[HintonBlock]) -> str:
    """What is not drawn, in a sentence; '' if everything is."""
    said = []
    groups = setup.network.groups
    for block in blocks:
        link = setup.network.connections[block.connection]
        ends = ((link.target, len(block.rows)), (link.source, len(block.columns)))
        cut = [
            f"{n:,} of {groups[g].size:,} units of {groups[g].name}"
            for g, n in ends
            if n < groups[g].size
        ]
        if cut:
            said.append(" and ".join(cut))
    return f"drawn, evenly spaced: {', '.join(dict.fromkeys(said))}" if said else ""
