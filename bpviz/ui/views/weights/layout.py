"""Where the blocks of a Hinton diagram stand: arrays only, no screen.

Every connection is a block: a row for each unit that it leads to, a column for each that it comes
from. The first block of a group has its biases as a column of their own before the others.

As receptive fields, every unit that inputs lead to is a block of its own: its weights stand where
their inputs stand in the problem's image, or in rows.
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

    unit        the unit whose receptive field this is: rows and columns are those of the image.

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
    unit: int | None = None

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

    def ends(self, row: int, column: int) -> tuple[int, int]:
        """The units (source, target) of the weight in a cell; source -1: a bias."""
        if self.unit is not None:
            return row * len(self.columns) + column, self.unit
        return -1 if column < 0 else int(self.columns[column]), int(self.rows[row])

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
    setup: PreparedExperiment, width: float, height: float, text: TextMetrics, *,
    fields: bool = False,
) -> tuple[HintonBlock, ...]:  # fmt: skip
    """The blocks in a picture of this size: the largest cells at which all units fit.

    Where they do not even fit as the smallest cells, an even sample of the units of large groups
    is drawn; at last what does not fit is left below the edge.
    """
    every = max(group.size for group in setup.network.groups)

    def fits(blocks: tuple[HintonBlock, ...], bottom: float) -> bool:
        return bottom <= height and all(block.right <= width for block in blocks)

    for cell in range(LARGEST, SMALLEST - 1, -1):
        whole = _fields(setup, cell, text) if fields else _blocks(setup, cell, every, every, text)
        blocks, bottom = _flow(whole, width, text)
        if fits(blocks, bottom):
            return blocks
    if fields:
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


def field_shape(setup: PreparedExperiment, group: int) -> tuple[int, int]:
    """The rows and columns in which the weights from an input group are drawn."""
    size, patterns = setup.network.groups[group].size, setup.patterns
    image = patterns.image_shape
    if image is not None and image[0] * image[1] == size:
        return image
    columns = min(patterns.row_length or size, size)
    return -(-size // columns), columns


def _fields(setup: PreparedExperiment, cell: int, text: TextMetrics) -> list[HintonBlock]:
    """A block for each unit that inputs lead to."""
    blocks, groups = [], setup.network.groups
    for c, link in enumerate(setup.network.connections):
        if groups[link.source].role != "input":
            continue
        rows, columns = (np.arange(n) for n in field_shape(setup, link.source))
        several = sum(group.role == "input" for group in groups) > 1
        for unit, name in enumerate(unit_names(setup, link.target)):
            title = f"{groups[link.source].name} → {name}" if several and unit == 0 else name
            blocks.append(
                HintonBlock(
                    c, rows, columns, False, cell, title=title, title_width=text.width(title),
                    unit=unit,
                )
            )  # fmt: skip
    return blocks


def _flow(
    blocks: Sequence[HintonBlock], width: float, text: TextMetrics
) -> tuple[tuple[HintonBlock, ...], float]:
    """The blocks side by side, in as many lines as the width asks for, and where they end."""
    head = text.line + 2.0  # the title
    if blocks and blocks[0].cell >= NAMED_FROM and blocks[0].unit is None:
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
    if block.unit is not None:
        weights = setup.network.weights(parameters, block.connection)[:, block.unit]
        if link.mask is not None:
            weights = np.where(link.mask[:, block.unit], weights, np.nan)
        drawn = np.full(len(block.rows) * len(block.columns), np.nan)
        drawn[: len(weights)] = weights
        return drawn.reshape(len(block.rows), len(block.columns))
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
        if block.unit is not None:
            continue
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
