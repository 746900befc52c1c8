"""Precision, recall and F1 of every class."""

import math
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from bpviz.core.analysis.quality import ClassQuality, class_quality
from bpviz.core.model.patterns import PatternSet
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import (
    LEFT,
    CellTableModel,
    ColumnHeading,
    DataTable,
    TableCell,
)
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table
from bpviz.ui.views.output.part import OutputChoice, OutputPart, outputs_of, patterns_of

COLUMNS = (
    ColumnHeading("class", "The class", LEFT),
    ColumnHeading("precision", "Share of the patterns answered with the class that belong to it"),
    ColumnHeading("recall", "Share of the patterns of the class that are answered with it"),
    ColumnHeading("F1", "The harmonic mean of precision and recall"),
    ColumnHeading("patterns", "The number of patterns of the class"),
)

NONE = "–"
"""A share of nothing."""

WIDEST = 220
"""The greatest width of the names, px at 100 % text."""


@guard_overrides
class QualityModel(CellTableModel):
    """A row for each class, and one for their means."""

    headings = COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self._found: ClassQuality | None = None

    def show_quality(self, found: ClassQuality) -> None:
        """Show the scores of these classes."""
        before, self._found = self._found, found
        if before is not None and before.names == found.names:
            self.cells_changed()
        else:
            self.beginResetModel()
            self.endResetModel()

    def n_rows(self) -> int:
        """The number of classes, and one."""
        return 0 if self._found is None else len(self._found.names) + 1

    def cell(self, row: int, column: int) -> TableCell:
        """The text of a cell."""
        found = self._found
        assert found is not None
        is_mean = row == len(found.names)
        if column == 0:
            return TableCell("mean of classes" if is_mean else found.names[row], LEFT)
        if column == len(COLUMNS) - 1:
            return TableCell(f"{int(found.support.sum() if is_mean else found.support[row]):,}")
        scores = (found.precision, found.recall, found.f1)[column - 1]
        some = scores[~np.isnan(scores)] if is_mean else scores[row : row + 1]
        value = float(some.mean()) if len(some) else math.nan
        return TableCell(NONE if math.isnan(value) else f"{value:.3f}")


class QualityPart(OutputPart):
    """A table of precision, recall and F1 for the patterns of a split."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(outputs=True)
    uses_split: ClassVar[bool] = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.model, self.view = QualityModel(), DataTable()
        self.view.setModel(self.model)
        dress_table(self.view, "output_quality", "Precision, recall and F1 of every class")
        self.view.verticalHeader().hide()
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._measured_for: PatternSet | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        colour_table(self.view, theme)

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        patterns, outputs = frame.setup.patterns, outputs_of(frame, choice.split)
        assert outputs is not None  # is_available says so
        part = patterns_of(patterns, choice.split)
        self.model.show_quality(class_quality(part.targets, outputs, patterns.class_names))
        self.note = f"{len(part):,} {choice.split} patterns"
        if patterns is not self._measured_for:
            self._measured_for = patterns
            self._fit_columns()

    def _fit_columns(self) -> None:
        metrics, pad = self.view.fontMetrics(), 3 * SPACE
        for column, heading in enumerate(COLUMNS):
            texts = [heading.text]
            if column == 0:
                texts += [self.model.cell(row, 0).text for row in range(self.model.n_rows())]
            width = max(metrics.horizontalAdvance(text) for text in texts) + pad
            self.view.setColumnWidth(column, min(width, scaled(WIDEST)))
