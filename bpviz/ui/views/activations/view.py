"""The view of hidden activations: a heatmap of patterns x units for each hidden group."""

import math
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from bpviz.core.analysis.dead_units import dead_words, find_dead_units
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Matrix
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.cell_grid import BlockCell
from bpviz.ui.toolkit.drawing.colour_scale import (
    ColourScale,
    activation_scale,
    merged,
    steady_limit,
)
from bpviz.ui.toolkit.drawing.legend import Legend
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.activations.heatmap import Heatmap
from bpviz.ui.views.activations.layout import HeatmapRows, rows_of
from bpviz.ui.views.activations.paint import HeatmapBlock
from bpviz.ui.views.base import View

NO_FRAME = "The activations of the hidden units appear here."
NO_HIDDEN = "This network has no hidden units: its inputs go straight to its outputs."
NOT_COMPUTED = "not computed at this instant"


class ActivationsView(View):
    """The activation of each hidden unit for each shown pattern, in one snapshot.

    Rows are patterns (``setup.shown``), in their order or sorted by class or target; columns
    are units, with a block for each hidden group, or only one group. Choices: ``sort`` (None
    until chosen: sorted if there are classes), ``group`` (index among the hidden groups, None
    for all), ``limit`` (end of the colour scale of unbounded groups).
    """

    key: ClassVar[str] = "activations"
    title: ClassVar[str] = "Hidden activations"
    about: ClassVar[str] = "The activation of every hidden unit for every pattern, as colours."

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._names: dict[int, tuple[str, ...]] = {}
        self._rows: HeatmapRows | None = None
        self._sort: bool | None = None
        self._group: int | None = None
        self._limit = 0.0
        self._selected: int | None = None
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self._sort_box = Toggle(
            "Sort by class",
            "activations_sort",
            "Rows in the order of their class or target, or as they come",
        )
        self._group_box = QComboBox()
        self._group_box.setObjectName("activations_group")
        self._group_box.setAccessibleName("Hidden group")
        self._group_box.setToolTip("Show all hidden groups side by side, or one alone")
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._heatmap = Heatmap(self.theme)
        self._heatmap.setObjectName("activations_heatmap")
        self._heatmap.setAccessibleName("Patterns by hidden units")
        self._legend = Legend(self.theme)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("activations_readout")
        header = row_of(self._sort_box, self._group_box, (self._instant, 1))
        body = row_of((self._heatmap, 1), self._legend)
        fill_column(self, header, (body, 1), self._readout)
        self._sort_box.clicked.connect(self._choose_sort)
        self._group_box.activated.connect(self._choose_group)
        self._heatmap.hovered.connect(self._read)
        self._heatmap.arranged.connect(self._read)
        self._heatmap.row_chosen.connect(self._choose_row)

    # -- as every view ---------------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The activations of the shown patterns."""
        return SnapshotRequest(activations=True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for part in (self._sort_box, self._heatmap, self._legend, self._instant, self._readout):
            part.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        new = self._frame is None or self._frame.setup is not frame.setup
        self._frame = frame
        if new:
            self._take_setup(frame)
        self._show()

    def select_pattern(self, row: int) -> None:
        """Mark the row of this training pattern."""
        self._selected = row
        self._mark()
        self._read()

    def choices(self) -> dict[str, Any]:
        """Order, group, and the limit of the colour scale of unbounded groups."""
        return {
            "sort": self._sort,
            "group": self._group,
            "limit": self._limit,
            "selected": self._selected,
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
        for name, kinds in (("sort", (bool,)), ("group", (int,)), ("selected", (int,))):
            value = choices.get(name)
            if name in choices and (value is None or type(value) in kinds):
                setattr(self, f"_{name}", value)
        limit = choices.get("limit")
        if isinstance(limit, float | int) and math.isfinite(limit) and limit >= 0.0:
            self._limit = float(limit)
        if self._frame is not None:
            self._take_setup(self._frame)
            self._show()

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, frame: Frame) -> None:
        """Adapt controls and rows to another network or other patterns."""
        setup = frame.setup
        classes = setup.patterns.kind == "classes"
        hidden = setup.network.hidden
        self._names = {g: unit_names(setup, g) for g in hidden}
        if self._group is not None and not 0 <= self._group < len(hidden):
            self._group = None
        with QSignalBlocker(self._group_box):
            self._group_box.clear()
            self._group_box.addItem("all groups", None)
            for index, g in enumerate(hidden):
                self._group_box.addItem(setup.network.groups[g].name, index)
            self._group_box.setCurrentIndex(0 if self._group is None else self._group + 1)
        self._group_box.setVisible(len(hidden) > 1)
        self._sort_box.setVisible(len(hidden) > 0)
        self._sort_box.setText("Sort by class" if classes else "Sort by target")
        self._sort_box.setChecked(classes if self._sort is None else self._sort)
        self._order_rows()

    def _order_rows(self) -> None:
        if self._frame is None:
            return
        setup = self._frame.setup
        self._rows = rows_of(setup.patterns, setup.shown, self._sort_box.isChecked())
        self._heatmap.set_rows(self._rows, len(setup.patterns.class_names))
        self._mark()

    def _mark(self) -> None:
        if self._rows is not None:
            row = None if self._selected is None else self._rows.place_of(self._selected)
            self._heatmap.mark_row(row)

    # -- choices of the user ---------------------------------------------------------------

    def _choose_sort(self, checked: bool) -> None:
        self._sort = checked
        self._order_rows()
        self._show()
        self.choices_changed.emit()

    def _choose_group(self) -> None:
        self._group = self._group_box.currentData()
        self._show()
        self.choices_changed.emit()

    def _choose_row(self, row: int) -> None:
        if self._rows is not None:
            training_row = int(self._rows.training[row])
            self.select_pattern(training_row)
            self.pattern_selected.emit(training_row)

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame = self._frame
        if frame is None:
            self._sort_box.hide()
            self._group_box.hide()
            self._heatmap.message = NO_FRAME
            return
        self._instant.set_text(*frame.snapshot.instants)
        blocks = self._blocks(frame)
        self._heatmap.message = self._message(frame, blocks)
        self._heatmap.set_blocks(blocks)
        self._legend.set_content(merged([block.scale for block in blocks]))
        self._read()

    def _message(self, frame: Frame, blocks: list[HeatmapBlock]) -> str:
        if not frame.setup.network.hidden:
            return NO_HIDDEN
        return NOT_COMPUTED if any(block.values is None for block in blocks) else ""

    def _shown_groups(self, frame: Frame) -> tuple[int, ...]:
        hidden = frame.setup.network.hidden
        return hidden if self._group is None else hidden[self._group : self._group + 1]

    def _blocks(self, frame: Frame) -> list[HeatmapBlock]:
        """A block for each group shown, with one limit for all unbounded ones."""
        groups = frame.setup.network.groups
        given = frame.snapshot.activations
        shown = self._shown_groups(frame)
        values = {g: given[g] if len(given) == len(groups) else None for g in shown}
        self._limit = steady_limit(_largest_unbounded(frame, values), self._limit)
        blocks = []
        for g in shown:
            group = groups[g]
            scale = activation_scale(ACTIVATIONS[group.activation], self._limit)
            number = frame.setup.network.hidden.index(g) + 1
            titles = f"{group.name} · {scale.title}", group.name, f"h{number}"
            blocks.append(HeatmapBlock(titles, self._names[g], scale, values[g]))
        return blocks

    def _read(self) -> None:
        """Show the cell under the mouse, or else a note on the patterns shown."""
        cell = self._heatmap.cell_under_mouse()
        if self._frame is None or self._rows is None or not self._frame.setup.network.hidden:
            self._readout.set_text("")
        elif cell is None or self._heatmap.message:
            self._readout.set_text(*self._notes(self._frame))
        else:
            self._readout.set_text(self._cell_text(self._frame, self._rows, cell))

    def _cell_text(self, frame: Frame, rows: HeatmapRows, cell: BlockCell) -> str:
        g = self._shown_groups(frame)[cell.block]
        value = frame.snapshot.activations[g][rows.order[cell.row], cell.column]
        name = full_name(frame.setup.patterns, int(rows.training[cell.row]))
        return (
            f"{name}, {self._names[g][cell.column]}: "
            f"{_scale_of(frame, g, self._limit).text(float(value))}"
        )

    def _notes(self, frame: Frame) -> tuple[str, str]:
        """A note on what is left out and the marked pattern, and one on the latter alone."""
        notes = self._left_out(frame)
        every = len(frame.setup.patterns.train)
        snapshot = frame.snapshot
        dead = snapshot.dead or find_dead_units(frame.setup.network, snapshot.activations, every)
        if words := dead_words(dead.units):
            some = "" if dead.examined == every else f" asked, of {every:,}"
            notes.insert(0, f"{words}: 0 for all {dead.examined:,} patterns{some}")
        if self._rows is not None and self._selected is not None and self._selected < every:
            name = full_name(frame.setup.patterns, self._selected)
            marked = self._rows.place_of(self._selected) is not None
            notes.append(f"▸ {name}" if marked else f"{name} is not among them")
        return " · ".join(notes), notes[-1] if notes else ""

    def _left_out(self, frame: Frame) -> list[str]:
        """Notes on patterns and units that are not shown, or have no pixels."""
        shown, every = len(frame.setup.shown), len(frame.setup.patterns.train)
        units = sum(frame.setup.network.groups[g].size for g in self._shown_groups(frame))
        rows, columns = self._heatmap.drawn
        notes = []
        if shown < every:
            drawn = rows if 0 < rows < shown else shown
            notes.append(f"{drawn:,} of {every:,} patterns")
        elif 0 < rows < shown:
            notes.append(f"{rows:,} of {shown:,} patterns")
        if 0 < columns < units:
            notes.append(f"{columns:,} of {units:,} units")
        return notes


def _scale_of(frame: Frame, group: int, limit: float) -> ColourScale:
    return activation_scale(ACTIVATIONS[frame.setup.network.groups[group].activation], limit)


SAMPLE = 20_000


def _largest_unbounded(frame: Frame, values: dict[int, Matrix | None]) -> float:
    """The 99 % quantile of the magnitudes of unbounded activations; 0 if there are none.

    With the maximum, a few strong units would leave all others without colour. Many numbers are
    sampled.
    """
    sizes = []
    for g, matrix in values.items():
        row = ACTIVATIONS[frame.setup.network.groups[g].activation]
        if matrix is not None and not math.isfinite(row.high - row.low):
            sizes.append(np.abs(matrix.ravel()[:: max(1, matrix.size // SAMPLE)]))
    every = np.concatenate([np.zeros(1), *sizes])
    every = every[np.isfinite(every)]
    return float(np.partition(every, rank := (len(every) * 99) // 100)[rank])
