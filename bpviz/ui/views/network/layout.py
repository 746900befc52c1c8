"""The layout of the diagram, as computed by ``arrange``.

All lengths are logical pixels, x to the right, y downwards. Groups are placed in columns from
left to right; a group is drawn as circles if they fit, otherwise as a block of small cells, row
by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.text.number_words import percent
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.views.network.labels import activation_name

RING = 4.0
"""The width around a unit of the ring that shows its bias, px."""


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)


BlockKind = Literal["units", "cells", "image"]


@dataclass(frozen=True, slots=True, eq=False)
class GroupBlock:
    """One group of units in the diagram.

    shown      number of units that are drawn: the first ones.
    columns    cells in a row; 1 for circles.
    cell       distance of neighbouring units.
    x, y       (shown,) centres.
    name       where the names are written; "inside": only the unit's number, in the circle.
    value      where the activation is written as a number.
    bias       whether the bias is written below the unit.
    label      box of the labels beside an input or output group.
    lines      lines of text in that box for each unit.
    """

    group: int
    kind: BlockKind
    box: Box
    caption: Box
    shown: int
    columns: int
    cell: float
    radius: float
    x: Vector
    y: Vector
    name: Literal["above", "inside", "beside", "none"] = "none"
    value: Literal["inside", "beside", "none"] = "none"
    bias: bool = False
    label: Box = NOWHERE
    lines: int = 0

    def ports(self, side: Literal["in", "out"]) -> Matrix:
        """(shown, 2): the ends of lines to ("in") or from ("out") the units.

        Lines of circles end at their centres. Lines of cells end at the border of the block,
        evenly spaced in the order of the units, so that they do not cover the cells.
        """
        if self.kind == "units":
            return np.stack([self.x, self.y], axis=1)
        x = self.box.left - 1.0 if side == "in" else self.box.right + 1.0
        share = (np.arange(self.shown) + 0.5) / self.shown
        return np.stack([np.full(self.shown, x), self.box.top + share * self.box.height], axis=1)

    def reach(self, line: float) -> tuple[float, float]:
        """The extent up and down of a circle with its ring and the text above and below it.

        Text is not included where it leaves no room between two circles.
        """
        bare = self.radius + RING
        above = bare + line * (self.name == "above")
        below = bare + line * self.bias
        return (above, below) if above + below + 2.0 < self.cell else (bare, bare)

    @property
    def has_room_beside(self) -> bool:
        """Whether a number can be written right of its units, a little below their middle."""
        return self.kind == "units" and not self.bias and self.radius >= 12.0

    def beside(self, width: float, line: float) -> Matrix:
        """(shown, 4): left, top, right, bottom of texts of this width right of the units."""
        reach = self.radius + RING
        left = self.x + 0.7 * reach + 3.0
        middle = self.y + 0.7 * reach + line / 4
        return np.stack([left, middle - line / 2, left + width, middle + line / 2], axis=1)

    def unit_at(self, x: float, y: float) -> int | None:
        """The unit at a point, or None."""
        if self.kind == "units":
            away = np.hypot(self.x - x, self.y - y)
            nearest = int(away.argmin())
            return nearest if away[nearest] <= max(self.radius + 3.0, 6.0) else None
        if not self.box.holds(x, y):
            return None
        column = min(int((x - self.box.left) / self.cell), self.columns - 1)
        unit = int((y - self.box.top) / self.cell) * self.columns + column
        return unit if unit < self.shown else None


@dataclass(frozen=True, slots=True, eq=False)
class NetworkLayout:
    """The layout of the whole diagram.

    columns    the column of each group.
    stage      the area of the groups and their captions.
    notes      the box for the notes about what is not drawn; of height 0 if all is drawn.
    caption_lines   1 or 2.
    line       height of a line of text.
    """

    width: float
    height: float
    header: Box
    stage: Box
    notes: Box
    legend: Box
    blocks: tuple[GroupBlock, ...]
    columns: tuple[int, ...]
    caption_lines: int
    line: float

    def truncated(self, network: Network) -> list[tuple[Group, int]]:
        """The groups of which not all units are drawn, with the number that is."""
        return [
            (network.groups[b.group], b.shown)
            for b in self.blocks
            if b.shown < network.groups[b.group].size
        ]


def columns_of(network: Network) -> tuple[int, ...]:
    """The column of every group: 0 for inputs, the others right of all their source groups."""
    column = [0] * len(network.groups)
    for g, group in enumerate(network.groups):
        if group.role != "input":
            sources = (network.connections[c].source for c in network.incoming(g))
            column[g] = 1 + max(column[s] for s in sources)
    column[-1] = max(column[-1], 1 + max(column[:-1]))
    return tuple(column)


def count_weights(network: Network, links: Sequence[Connection] | None = None) -> int:
    """The number of weights in these connections or in all, without absent ones."""
    return sum(
        network.groups[link.source].size * network.groups[link.target].size
        if link.mask is None
        else int(np.count_nonzero(link.mask))
        for link in (network.connections if links is None else links)
    )


def caption(
    setup: PreparedExperiment, block: GroupBlock
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two parts of a group's caption, its name and its contents, each in full and shorter."""
    network = setup.network
    group = network.groups[block.group]
    count = f"{group.size:,}"
    if block.kind == "image" and setup.patterns.image_shape is not None:
        size = "{} × {}".format(*setup.patterns.image_shape)
        return (group.name,), (f"{size} pixels", size)
    if group.role == "input":
        values = f"{count} value" + "s" * (group.size > 1)
        if setup.patterns.input_scale is not None:
            return (group.name,), (f"{values}, standardised", values, count)
        return (group.name,), (values, count)
    name = activation_name(group.activation)
    brief = f"h{network.hidden.index(block.group) + 1}" if group.role == "hidden" else "out"
    shorter = (count,) if block.kind == "cells" else (name, count)  # circles can be counted
    if group.dropout:
        drop = f"{percent(group.dropout, 0)} dropout"
        return (group.name, brief), (f"{count} {name}, {drop}", f"{count} {name}", *shorter)
    if group.role == "output" and setup.patterns.target_scale is not None:
        made = f"{count} {name}, in the file's units"
        return (group.name, brief), (made, f"{count} {name}", *shorter)
    return (group.name, brief), (f"{count} {name}", *shorter)


def longest(setup: PreparedExperiment, block: GroupBlock) -> tuple[str, str]:
    """Both parts of a group's caption in full."""
    name, made_of = caption(setup, block)
    return name[0], made_of[0]
