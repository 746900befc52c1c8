"""Where the parts of a network's picture stand: what ``network_arrange`` finds out.

All lengths are logical pixels, x to the right, y downwards. Groups stand in columns from left
to right; a group is drawn as circles where they fit, and as a block of small cells, row by
row, where they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.views.network.labels import activation_name

RING = 4.0
"""Px around a unit for the ring that shows its bias."""


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
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)


BlockKind = Literal["units", "cells", "image"]


@dataclass(frozen=True, slots=True, eq=False)
class GroupBlock:
    """One group of units on the picture.

    shown      how many units are drawn: the first ones.
    columns    cells in a row; 1 for circles.
    cell       distance of neighbouring units.
    x, y       (shown,) centres.
    name       where names stand; "inside": only the unit's number, in the circle.
    value      where the activation stands as a number.
    bias       whether the bias stands as a number below the unit.
    label      the box for the labels beside an input or output group.
    lines      lines of text there for each unit.
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
        """(shown, 2): where lines to ("in") or from ("out") the units end.

        Lines of circles meet their centres. Lines of cells end at the border of the block,
        evenly spaced in the order of the units, so that they leave its picture free.
        """
        if self.kind == "units":
            return np.stack([self.x, self.y], axis=1)
        x = self.box.left - 1.0 if side == "in" else self.box.right + 1.0
        share = (np.arange(self.shown) + 0.5) / self.shown
        return np.stack([np.full(self.shown, x), self.box.top + share * self.box.height], axis=1)

    def reach(self, line: float) -> tuple[float, float]:
        """How far a circle with its ring and the text above and below it reaches, up and down.

        Where text leaves no room between two circles, it does not count.
        """
        bare = self.radius + RING
        above = bare + line * (self.name == "above")
        below = bare + line * self.bias
        return (above, below) if above + below + 2.0 < self.cell else (bare, bare)

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
    """The whole picture: what stands where.

    columns    for every group the column it stands in.
    stage      the part of the picture that the groups and their captions share.
    notes      the box for the sentences about what is left out; of height 0 if nothing is.
    caption_lines   1 or 2.
    line       the height of a line of text.
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

    def cut(self, network: Network) -> list[tuple[Group, int]]:
        """The groups that are drawn in part, with how many of their units are drawn."""
        return [
            (network.groups[b.group], b.shown)
            for b in self.blocks
            if b.shown < network.groups[b.group].size
        ]


def columns_of(network: Network) -> tuple[int, ...]:
    """The column of every group: inputs 0, the others behind all that they get input from."""
    column = [0] * len(network.groups)
    for g, group in enumerate(network.groups):
        if group.role != "input":
            sources = (network.connections[c].source for c in network.incoming(g))
            column[g] = 1 + max(column[s] for s in sources)
    column[-1] = max(column[-1], 1 + max(column[:-1]))
    return tuple(column)


def count_weights(network: Network, links: Sequence[Connection] | None = None) -> int:
    """How many weights exist, of these connections or of all: absent ones do not count."""
    return sum(
        network.groups[link.source].size * network.groups[link.target].size
        if link.mask is None
        else int(np.count_nonzero(link.mask))
        for link in (network.connections if links is None else links)
    )


def caption(
    setup: PreparedExperiment, block: GroupBlock
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two parts of a group's caption, each as long as it may be and then shorter.

    They are its name, and what it is made of.
    """
    network = setup.network
    group = network.groups[block.group]
    count = f"{group.size:,}"
    if block.kind == "image" and setup.patterns.image_shape is not None:
        size = "{} × {}".format(*setup.patterns.image_shape)
        return (group.name,), (f"{size} pixels", size)
    if group.role == "input":
        return (group.name,), (f"{count} value" + "s" * (group.size > 1), count)
    name = activation_name(group.activation)
    brief = f"h{network.hidden.index(block.group) + 1}" if group.role == "hidden" else "out"
    shorter = (count,) if block.kind == "cells" else (name, count)  # circles can be counted
    return (group.name, brief), (f"{count} {name}", *shorter)


def longest(setup: PreparedExperiment, block: GroupBlock) -> tuple[str, str]:
    """The two parts of a group's caption in full."""
    name, made_of = caption(setup, block)
    return name[0], made_of[0]
