"""The layout of a heatmap: rows, blocks of columns, and the cell at a point.

All lengths are whole device pixels, so that cells have sharp edges on every screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.values import Integers
from bpviz.ui.toolkit.drawing.pattern_names import named_by_inputs, order_by_target, short_name

MOST_NAMED_ROWS = 100
"""The most rows with a name each; more rows have a number at each round number."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatmapRows:
    """The rows of a heatmap in display order, top to bottom.

    order      (n,) indices into ``setup.shown``.
    training   (n,) the same patterns as rows of the training set.
    classes    (n,) the class of each row; empty if there are no classes.
    names      a name for each row, or empty for many rows.
    runs       (start, stop, name) of neighbouring rows of one class, if sorted by class.
    heading    what the names are: 'x1 x2', 'class', 'pattern'.
    """

    order: Integers
    training: Integers
    classes: Integers
    names: tuple[str, ...]
    runs: tuple[tuple[int, int, str], ...]
    heading: str

    def __len__(self) -> int:
        return len(self.order)

    def place_of(self, training_row: int) -> int | None:
        """The display row of a training pattern; None if it is not shown."""
        found = np.flatnonzero(self.training == training_row)
        return int(found[0]) if len(found) else None


def rows_of(patterns: PatternSet, shown: Integers, by_target: bool) -> HeatmapRows:
    """The rows of the shown training patterns, in their order or sorted by class or target."""
    order = order_by_target(patterns, shown) if by_target else np.arange(len(shown))
    training = shown[order]
    grouped = patterns.kind == "classes"
    classes = class_of(patterns.train.targets[training]) if grouped else training[:0]
    runs = _runs(classes, patterns.class_names) if by_target and grouped else ()
    names: tuple[str, ...] = ()
    if len(order) <= MOST_NAMED_ROWS:
        names = tuple(short_name(patterns, int(row)) for row in training)
    heading = "class" if runs else "pattern"
    if named_by_inputs(patterns) and patterns.n_inputs <= 4:
        heading = " ".join(patterns.input_names)
    return HeatmapRows(order, training, classes, names, runs, heading)


def _runs(classes: Integers, names: Sequence[str]) -> tuple[tuple[int, int, str], ...]:
    starts = np.flatnonzero(np.diff(classes, prepend=-1))
    stops = [*starts[1:], len(classes)]
    return tuple(
        (int(start), int(stop), names[int(classes[start])])
        for start, stop in zip(starts, stops, strict=True)
    )


def block_widths(sizes: Sequence[int], room: int, gap: int, least: int) -> list[int]:
    """The widths of blocks of ``sizes`` columns, with ``gap`` between neighbours.

    They are proportional to the columns, but at least ``least`` (or an even share, if smaller).
    """
    free = max(room - gap * (len(sizes) - 1), len(sizes))
    floor = min(least, free // len(sizes))
    widths = dict.fromkeys(range(len(sizes)), 0)
    wide = set(widths)
    while wide:
        left = free - floor * (len(sizes) - len(wide))
        total = sum(sizes[b] for b in wide)
        narrow = {b for b in wide if left * sizes[b] < floor * total}
        if not narrow:
            widths |= {b: left * sizes[b] // total for b in wide}
            break
        widths |= dict.fromkeys(narrow, floor)
        wide -= narrow
    return list(widths.values())


LABEL_STEPS: tuple[int, ...] = (
    1,
    *(m * 10**power for power in range(6) for m in (1, 2, 5) if m * 10**power > 2),
)


def label_step(pitch: float, room: float) -> int:
    """The step from label to label, 1, 5, 10, 20, 50, ... cells, so that each has ``room``."""
    return next((step for step in LABEL_STEPS if step * pitch >= room), LABEL_STEPS[-1])


def labelled(count: int, pitch: float, room: float) -> list[int]:
    """The cells with a label, counted from 1: the first, and each multiple of the step."""
    step = label_step(pitch, room)
    rest = [n for n in range(step, count + 1, step) if n > 1 and (n - 1) * pitch >= room]
    return [1, *rest] if count else []
