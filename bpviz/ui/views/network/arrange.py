"""Arranges the groups of a network, their captions and labels: geometry only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.run.snapshot import shown_rows
from bpviz.core.text.number_words import MINUS, plain
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.views.network.labels import SAMPLED, WIDEST, unit_names
from bpviz.ui.views.network.layout import (
    RING,
    BlockKind,
    Box,
    GroupBlock,
    NetworkLayout,
    columns_of,
    count_weights,
    longest,
)

EDGE_BUDGET = 2000
"""The most weights that are drawn: more are unreadable, and slow to paint."""

SMALLEST_SIZE = (300.0, 200.0)
UNIT_PITCH = 12.0  # circles closer than this become cells
LARGEST_RADIUS = 34.0
CELL, SMALLEST_CELL, LARGEST_PIXEL = 14.0, 2.5, 40.0
LANES = 3.0 * SPACE  # px below blocks of cells that shortcut connections pass


def arrange(
    setup: PreparedExperiment,
    width: float,
    height: float,
    text: TextMetrics,
    legend: Callable[[float], float],
) -> NetworkLayout:
    """Lay out a network; ``legend(width)`` returns the height of the legend.

    Sizes below ``SMALLEST_SIZE`` are treated as that size.
    """
    width, height = max(width, SMALLEST_SIZE[0]), max(height, SMALLEST_SIZE[1])
    crowded = count_weights(setup.network) > EDGE_BUDGET
    layout = _arrange(setup, width, height, text, legend, notes=crowded)
    if layout.truncated(setup.network) and not crowded:
        layout = _arrange(setup, width, height, text, legend, notes=True)
    return layout


def _arrange(
    setup: PreparedExperiment,
    width: float,
    height: float,
    text: TextMetrics,
    legend: Callable[[float], float],
    notes: bool,
) -> NetworkLayout:
    inner = width - 4 * SPACE
    header = Box(2 * SPACE, SPACE, inner, text.line)
    legend_height = legend(inner)
    legend_box = Box(2 * SPACE, height - SPACE - legend_height, inner, legend_height)
    notes_height = text.line + SPACE / 2 if notes else 0.0
    notes_box = Box(2 * SPACE, legend_box.top - SPACE - notes_height, inner, notes_height)
    top = header.bottom + 1.5 * SPACE
    stage = Box(2 * SPACE, top, inner, notes_box.top - SPACE / 2 - top)
    columns = columns_of(setup.network)
    lines = 1
    blocks = _place(setup, columns, stage, text, lines)
    if any(text.width(" · ".join(longest(setup, b))) > b.caption.width for b in blocks):
        lines = 2
        blocks = _place(setup, columns, stage, text, lines)
    return NetworkLayout(
        width, height, header, stage, notes_box, legend_box, blocks, columns, lines, text.line
    )


# -- groups in columns ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slot:
    """The room of one group: its box, how it is drawn, and the distance of its units."""

    group: int
    kind: BlockKind
    top: float
    height: float
    pitch: float
    radius: float = LARGEST_RADIUS


def _place(
    setup: PreparedExperiment,
    columns: tuple[int, ...],
    stage: Box,
    text: TextMetrics,
    caption_lines: int,
) -> tuple[GroupBlock, ...]:
    head = caption_lines * text.line + 1.5 * SPACE
    n_columns = max(columns) + 1
    slots = _sized(_slots(setup, columns, stage, head), text)
    field = stage
    for _ in range(2):  # labels take room from units, and smaller units have other labels
        left, right = _margins(setup, slots, text, stage.width)
        field = Box(stage.left + left, stage.top, stage.width - left - right, stage.height)
        slots = _narrowed(slots, columns, field.width)
    blocks = [_block(setup, slot, field.width / n_columns) for slot in slots]
    blocks = _spread(blocks, columns, field, stage, head)
    return tuple(_describe(setup, block, text, stage) for block in blocks)


def _slots(
    setup: PreparedExperiment, columns: tuple[int, ...], stage: Box, head: float
) -> list[_Slot]:
    """The room of each group; groups in the same column share it."""
    network = setup.network
    slots: list[_Slot] = []
    passed = {
        column
        for link in network.connections
        for column in range(columns[link.source] + 1, columns[link.target])
    }
    for column in range(max(columns) + 1):
        members = [g for g, at in enumerate(columns) if at == column]
        shares = np.array([min(max(network.groups[g].size, 3), 30) for g in members], dtype=float)
        top = stage.top
        heights: list[float] = (stage.height * shares / shares.sum()).tolist()
        for g, height in zip(members, heights, strict=True):
            slots.append(_slot(setup, g, top + head, height - head, column in passed))
            top += height
    return sorted(slots, key=lambda slot: slot.group)


def _slot(setup: PreparedExperiment, g: int, top: float, height: float, passed: bool) -> _Slot:
    group, shape = setup.network.groups[g], setup.patterns.image_shape
    height = max(height - SPACE / 2, 2.0 * SPACE)
    kind: BlockKind = "units" if height / group.size >= UNIT_PITCH else "cells"
    if group.role == "input" and shape is not None and shape[0] * shape[1] == group.size:
        kind = "image"
    if passed and kind != "units":
        height = max(height - LANES, 2.0 * SPACE)
    # The distance of a few units in much room is limited.
    return _Slot(g, kind, top, height, min(height / group.size, max(110.0, 0.36 * height)))


def _narrowed(slots: list[_Slot], columns: tuple[int, ...], width: float) -> list[_Slot]:
    """The slots with smaller units where circles would leave no room for the lines."""
    n = max(columns) + 1
    widths = np.zeros(n)
    for slot in slots:
        units = slot.kind == "units"
        needed = 2 * (slot.radius + RING) if units else 0.6 * width / n
        widths[columns[slot.group]] = max(widths[columns[slot.group]], needed)
    share = min(0.88 * width / float(widths.sum()), 1.0)
    return [replace(slot, radius=max(share * (slot.radius + RING) - RING, 2.0)) for slot in slots]


def _sized(slots: list[_Slot], text: TextMetrics) -> list[_Slot]:
    """The slots with a radius for their units: the same for all, as far as there is room."""
    number = _value_radius(text)
    largest = max(LARGEST_RADIUS, number)  # a large text has large units
    radii = [largest] * len(slots)
    for s, slot in enumerate(slots):
        if slot.kind == "units":
            with_text = (slot.pitch - 2 * text.line - 2 * RING - SPACE) / 2
            radii[s] = min(largest, max(with_text, min(number, 0.4 * slot.pitch)))
    alike = max(min(radii), number)
    return [
        replace(slot, radius=min(radius, alike)) for slot, radius in zip(slots, radii, strict=True)
    ]


def _value_radius(text: TextMetrics) -> float:
    """The smallest radius of a unit with room for a number."""
    return text.width(WIDEST) / 2 + 4.0


def _margins(
    setup: PreparedExperiment, slots: list[_Slot], text: TextMetrics, width: float
) -> tuple[float, float]:
    """The widths of the labels left of the inputs and right of the outputs."""
    number = text.width(WIDEST) + SPACE
    left = right = 0.0
    for slot in slots:
        role = setup.network.groups[slot.group].role
        if role == "hidden" or slot.kind != "units" or slot.pitch < text.line:
            continue
        name = max(map(text.width, unit_names(setup, slot.group))) + SPACE
        roomy = slot.radius >= _value_radius(text)
        beside = 0.0 if roomy else number
        if role == "input":
            left = max(left, min(name, 0.16 * width) + beside)
        else:
            target = max(map(text.width, target_samples(setup))) + 2 * SPACE
            two_lines = roomy and slot.pitch >= 2.2 * text.line
            both = max(name, target) if two_lines else name + beside + target
            right = max(right, min(both + SPACE, 0.25 * width))
    share = min(0.4 * width / max(left + right, 1.0), 1.0)
    return left * share, right * share


WIDEST_FIGURES = 8.888
"""A number with as many wide figures as are written."""


def target_samples(setup: PreparedExperiment) -> list[str]:
    """Texts as wide as the targets beside outputs can be."""
    patterns = setup.patterns
    if patterns.kind == "classes" and not patterns.one_hot:
        return [f"t 1 ({name})" for name in patterns.class_names]
    rows = shown_rows(len(patterns.train), SAMPLED)
    targets = patterns.in_units(patterns.train.targets[rows])
    sign = MINUS if targets.min() < 0.0 else ""
    decades = max(int(np.log10(max(np.abs(targets).max(), 1.0))), 0) + 1
    if (targets == targets.round()).all():
        return [f"t {sign}{plain(round(WIDEST_FIGURES * 10**d))}" for d in range(decades)]
    figures = [plain(round(WIDEST_FIGURES * 10**d, 2)) for d in range(decades)]
    return [f"t {WIDEST}", *(f"t {sign}{text}" for text in figures)]


def _block(setup: PreparedExperiment, slot: _Slot, room: float) -> GroupBlock:
    """The block of a group in a column of this width, placed at x = 0."""
    size = setup.network.groups[slot.group].size
    columns, cell = _grid(setup, slot, room)
    shown = size
    if slot.kind == "cells":
        shown = min(size, columns * max(int(slot.height / cell), 1))
    rows = -(-shown // columns)
    row, column = np.divmod(np.arange(shown), columns)
    width, radius = columns * cell, cell / 2
    x = (column + 0.5) * cell
    if slot.kind == "units":
        radius = slot.radius
        width = 2 * (radius + RING)
        x = np.full(shown, width / 2)
    box = Box(0.0, slot.top + (slot.height - rows * cell) / 2, width, rows * cell)
    y = box.top + (row + 0.5) * cell
    caption = Box(0.0, slot.top, 0.0, 0.0)
    return GroupBlock(slot.group, slot.kind, box, caption, shown, columns, cell, radius, x, y)


def _grid(setup: PreparedExperiment, slot: _Slot, room: float) -> tuple[int, float]:
    """The number of units in a row, and their distance, in a column of this width."""
    shape = setup.patterns.image_shape
    if slot.kind == "units":
        return 1, slot.pitch
    if slot.kind == "image" and shape is not None:
        cell = min(0.85 * room / shape[1], slot.height / shape[0], LARGEST_PIXEL)
        return shape[1], _whole(max(cell, 1.0))
    return _cells(setup.network.groups[slot.group].size, 0.6 * room, slot.height)


def _whole(cell: float) -> float:
    """The size of a cell; large ones are whole pixels, for sharp edges."""
    return float(int(cell)) if cell >= 5.0 else cell


def _cells(size: int, width: float, height: float) -> tuple[int, float]:
    """Columns and cell size of a block: the largest cells, then the fewest columns."""
    columns = np.arange(1, max(int(width / SMALLEST_CELL), 1) + 1)
    rows = -(-size // columns)
    cells = np.minimum(np.minimum(width / columns, height / rows), CELL)
    cells = np.where(cells >= 5.0, np.floor(cells), cells)
    best = int(cells.argmax())
    if cells[best] < SMALLEST_CELL:
        return int(columns[-1]), SMALLEST_CELL
    return int(columns[best]), float(cells[best])


def _spread(
    blocks: list[GroupBlock], columns: tuple[int, ...], field: Box, stage: Box, head: float
) -> list[GroupBlock]:
    """Move the blocks to their columns: equal gaps, and centred when there is room."""
    n = max(columns) + 1
    widths = np.zeros(n)
    for block, column in zip(blocks, columns, strict=True):
        widths[column] = max(widths[column], block.box.width)
    gap = (field.width - widths.sum()) / max(n - 1, 1)
    gap = min(gap, max(260.0, 0.75 * field.height))
    start = field.left + (field.width - widths.sum() - gap * (n - 1)) / 2
    lefts = start + np.concatenate([[0.0], np.cumsum(widths + gap)[:-1]])
    moved = []
    for block, column in zip(blocks, columns, strict=True):
        left = float(lefts[column] + (widths[column] - block.box.width) / 2)
        room = float(gap + widths[column]) - SPACE
        centre = left + block.box.width / 2
        start_of, end_of = max(centre - room / 2, stage.left), min(centre + room / 2, stage.right)
        moved.append(
            replace(
                block,
                box=block.box._replace(left=left),
                caption=Box(start_of, block.caption.top - head, end_of - start_of, head),
                x=block.x + left,
            )
        )
    return moved


def _describe(
    setup: PreparedExperiment, block: GroupBlock, text: TextMetrics, stage: Box
) -> GroupBlock:
    """Choose what is written in, above, below and beside the units of a block."""
    if block.kind != "units":
        return block
    role = setup.network.groups[block.group].role
    pitch, r = block.cell, block.radius
    roomy = r >= _value_radius(text)
    if role == "hidden":
        if roomy and pitch >= 2 * (r + RING) + text.line + 2:
            bias = pitch >= 2 * (r + RING) + 2 * text.line + 4
            return replace(block, name="above", value="inside", bias=bias)
        return replace(block, name="inside" if 2 * r >= text.line + 2 else "none")
    if pitch < text.line:
        return block
    if role == "input":
        label = Box(stage.left, block.box.top, block.box.left - stage.left - SPACE / 2, 0)
        return replace(
            block, name="beside", value="inside" if roomy else "beside", label=label, lines=1
        )
    left = block.box.right + SPACE / 2
    return replace(
        block,
        name="beside",
        value="inside" if roomy else "beside",
        bias=roomy and pitch >= 2 * (r + RING) + text.line + 4,
        label=Box(left, block.box.top, stage.right - left, 0),
        lines=2 if roomy and pitch >= 2.2 * text.line else 1,
    )
