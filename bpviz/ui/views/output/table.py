"""The table of patterns: inputs, targets, outputs, and whether the output is right."""

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.patterns import PatternSet
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale
from bpviz.ui.toolkit.drawing.pattern_names import NO_CLASS
from bpviz.ui.toolkit.drawing.plotting import plot_metrics
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table
from bpviz.ui.views.output.model import MOST_INPUTS, MOST_OUTPUTS, OutputColumn, PatternModel
from bpviz.ui.views.output.part import OutputChoice, OutputPart, outputs_of, patterns_of

CHIP = 10
PAD = 6
WIDEST = 110
GREEN = 70
"""Opacity (of 255) of the green of a right row while the problem is solved by hand."""


@guard_overrides
class CellDelegate(QStyledItemDelegate):
    """Paints right-aligned numbers with a chip in their colour, and a tick or a cross."""

    def __init__(self, model: PatternModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme
        self.greens = False
        """Whether right rows are green."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        """Paint one cell."""
        box = QRectF(option.rect)
        column = self._model.columns[index.column()]
        if self.greens and self._model.right(index.row()):
            painter.fillRect(box, self.theme.colour("test", GREEN))
        painter.setPen(self.theme.colour("grid"))
        painter.drawLine(box.bottomLeft() - QPointF(0, 1), box.bottomRight() - QPointF(0, 1))
        if column.kind == "right":
            self._paint_mark(painter, box, self._model.right(index.row()))
            return
        value = self._model.value(index.row(), column)
        if value is not None:
            self._paint_chip(painter, box, self._model.scales[column.index], value)
        painter.setPen(self.theme.colour("muted" if column.kind == "number" else "text"))
        words = column.kind in ("class", "answer")
        side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
        text = self._model.text(index.row(), column)
        inner = box.adjusted(PAD, 0, -PAD, 0)
        if words:
            metrics = QFontMetricsF(painter.font())
            text = elided_name(metrics, text, inner.width())
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_chip(self, painter: QPainter, box: QRectF, scale: ColourScale, value: float) -> None:
        chip = QRectF(box.left() + PAD, round(box.center().y() - CHIP / 2), CHIP, CHIP)
        painter.setPen(QPen(self.theme.colour("border"), 1))
        painter.setBrush(scale.colour(self.theme, value))
        painter.drawRect(chip.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_mark(self, painter: QPainter, box: QRectF, right: bool | None) -> None:
        """Paint a tick or a cross, which differ in shape as well as colour."""
        if right is None:
            return
        at = box.center()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.colour("test" if right else "error"), 2))
        if right:
            corners = [QPointF(-5, 0), QPointF(-1.5, 3.5), QPointF(5, -4)]
            painter.drawPolyline([at + corner for corner in corners])
        else:
            painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4))
            painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4))
        painter.restore()


class TablePart(OutputPart):
    """A table of all patterns of a split; only visible cells are computed."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(outputs=True)
    uses_split: ClassVar[bool] = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._frame: Frame | None = None
        self._choice = OutputChoice()
        self.listed: tuple[PreparedExperiment, str, bool] | None = None
        self._selected: int | None = None
        self._marking = False
        self.model = PatternModel(self)
        self.view = QTableView(self)
        self.view.setModel(self.model)
        self._delegate = CellDelegate(self.model, theme, self)
        self.view.setItemDelegate(self._delegate)
        self._dress()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.set_theme(theme)

    def _dress(self) -> None:
        dress_table(self.view, "output_table", "Patterns with targets and outputs")
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.verticalHeader().hide()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._delegate.theme = theme
        colour_table(self.view, theme)

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        self._frame, self._choice = frame, choice
        self._delegate.greens = choice.solving
        wanted = frame.setup, choice.split, choice.solving
        if self.listed != wanted:
            self.listed = wanted
            part = patterns_of(frame.setup.patterns, choice.split)
            hidden = choice.solving and choice.split == "train"
            self.model.show_patterns(frame.setup, part, hidden=hidden)
            for c, column in enumerate(self.model.columns):
                self.view.setColumnWidth(c, self._width(frame.setup, column))
            self.note = self._note(frame.setup.patterns)
            self.select_pattern(self._selected)
        outputs = outputs_of(frame, choice.split)
        if outputs is not None:
            self.model.show_outputs(outputs, self._seen(), self._hidden(frame))
            if choice.solving:
                self.view.viewport().update()  # a row's green is in all of its cells

    def _hidden(self, frame: Frame) -> Matrix | None:
        """The activations of all hidden groups, if there are columns for them."""
        if all(column.kind != "hidden" for column in self.model.columns):
            return None
        acts = frame.snapshot.activations
        groups = frame.setup.network.hidden
        return np.concatenate([acts[group] for group in groups], axis=1) if acts else None

    def _seen(self) -> range:
        """The visible rows."""
        first, last = self.view.rowAt(0), self.view.rowAt(self.view.viewport().height() - 1)
        rows = self.model.rowCount()
        return range(max(first, 0), last + 1 if last >= 0 else rows)

    def natural_width(self) -> int:
        """The width of all columns, px."""
        return sum(self.view.columnWidth(c) for c in range(len(self.model.columns))) + 2

    def natural_height(self) -> int:
        """The height of the heading and all rows, px."""
        rows = self.model.rowCount() * self.view.verticalHeader().defaultSectionSize()
        return self.view.horizontalHeader().sizeHint().height() + rows + 2

    def _width(self, setup: PreparedExperiment, column: OutputColumn) -> int:
        """The width of a column, px: of its heading or of its widest text."""
        metrics = plot_metrics()
        patterns, texts = setup.patterns, [column.heading]
        chip = CHIP + SPACE if column.kind in ("target", "output") else 0
        if column.kind == "number":
            texts.append(f"{len(patterns.train):,}")
        elif column.kind in ("class", "answer"):
            texts += patterns.class_names
            if column.kind == "answer" and setup.experiment.output == "step":
                texts.append(NO_CLASS)
        elif column.kind == "output":
            scale = self.model.scales[column.index]
            texts += [scale.text(-scale.reach if scale.open else scale.low), scale.text(scale.high)]
        elif column.kind == "hidden":
            texts.append(self.model.widest_hidden)
        elif column.kind != "right":
            values = self.model.given[column.kind == "target"][:, column.index]
            texts += [self.model.number(float(v), column) for v in (values.min(), values.max())]
        widest = max(
            metrics.horizontalAdvance(column.heading) + 4,
            *(metrics.horizontalAdvance(text) + chip for text in texts[1:]),
            0.0,
        )
        return min(WIDEST, math.ceil(widest) + 2 * PAD)

    def _note(self, patterns: PatternSet) -> str:
        notes = []
        if patterns.test is not None:
            count = len(patterns_of(patterns, self._choice.split))
            notes.append(f"{count:,} {self._choice.split} patterns")
        if patterns.n_inputs > MOST_INPUTS:
            notes.append(f"the {patterns.n_inputs:,} inputs are not listed")
        if patterns.n_outputs > MOST_OUTPUTS:
            notes.append(f"{MOST_OUTPUTS} of {patterns.n_outputs} outputs are listed")
        return " · ".join(notes)

    # -- selection -------------------------------------------------------------------------

    def select_pattern(self, row: int | None) -> None:
        """Select the row of this training pattern and scroll to it."""
        self._selected = row
        self._marking = True
        if row is None or self._choice.split != "train" or row >= self.model.rowCount():
            self.view.clearSelection()
        else:
            self.view.setCurrentIndex(self.model.index(row, 0))
            self.view.scrollTo(self.model.index(row, 0))
        self._marking = False

    def _choose(self, current: QModelIndex) -> None:
        if not self._marking and self._choice.split == "train" and current.isValid():
            self._selected = current.row()
            self.pattern_selected.emit(current.row())
