"""The confusion matrix of a classification."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from bpviz.core.model.patterns import NO_ANSWER, Split, answer_of, class_of
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.text.number_words import percent, plain
from bpviz.core.values import Integers, Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.cell_grid import CellGrid, cells
from bpviz.ui.toolkit.drawing.colour_scale import ink_on, to_image, to_pixels
from bpviz.ui.toolkit.drawing.output_colours import right_rows
from bpviz.ui.toolkit.drawing.pattern_names import NO_CLASS, class_words
from bpviz.ui.toolkit.drawing.pixels import device_ratio
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.output.part import OutputChoice, OutputPart, outputs_of, patterns_of

LARGEST_CELL = 160, 96

MOST_NUMBERS = 1000
"""The most cells of a table with numbers in its cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How often patterns of each class (row) were predicted as each class (column).

    ``counts`` is (classes, classes), or has one more column for outputs that select no single
    class. ``shares`` are counts divided by the patterns of the true class, 0 where it has none.
    ``right`` is the number of patterns that are right by the setup's criterion.
    """

    counts: Integers
    shares: Matrix
    right: int

    @property
    def total(self) -> int:
        """The number of patterns."""
        return int(self.counts.sum())

    @property
    def diagonal(self) -> int:
        """The number of patterns whose predicted class is their own."""
        return int(np.trace(self.counts))


def confusion(setup: PreparedExperiment, targets: Matrix, outputs: Matrix) -> Confusion:
    """Compare targets (P, m) with outputs (P, m)."""
    n, answered = len(setup.patterns.class_names), answer_of(outputs)
    wide = n + (setup.experiment.output == "step" and outputs.shape[1] > 1)
    if wide == n and (answered == NO_ANSWER).any():  # a tie of two outputs counts as the first
        answered = class_of(outputs)
    pairs = class_of(targets) * wide + answered % wide  # NO_ANSWER is the last column
    counts = np.bincount(pairs, minlength=n * wide).reshape(n, wide).astype(np.int64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Confusion(counts, shares, int(right_rows(setup, targets, outputs).sum()))


def headline(table: Confusion, split: Split) -> tuple[str, str]:
    """'97.2 % right', and the number of patterns."""
    share = percent(table.diagonal / table.total)
    return f"{share} right", f"{table.diagonal:,} of {table.total:,} {split} patterns"


def criterion_note(setup: PreparedExperiment, table: Confusion) -> str:
    """The share right by the run's criterion, if it is stricter than the predicted class."""
    if setup.criterion.kind == "argmax":
        return ""
    share = percent(table.right / table.total)
    return f"closer than {plain(setup.criterion.tolerance, 6)} to the target: {share}"


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where the cells are, in px; ``upright``: column names are written from bottom to top."""

    left: int
    top: int
    upright: bool
    names_height: float
    columns: CellGrid
    rows: CellGrid

    @property
    def box(self) -> QRectF:
        """The rectangle of all cells."""
        return QRectF(self.left, self.top, self.columns.pixels, self.rows.pixels)

    @property
    def has_lines(self) -> bool:
        """Whether cells are large enough for lines between them."""
        return min(self.columns.pitch, self.rows.pitch) >= 6

    def rect(self, true: int, answered: int) -> QRectF:
        """The rectangle of one cell."""
        (left, right), (top, bottom) = self.columns.span(answered), self.rows.span(true)
        return QRectF(self.left + left, self.top + top, right - left, bottom - top)

    def named(self, along: CellGrid) -> range:
        """The classes with room for their names: every one, every second, ..."""
        room = plot_metrics().height() - 3
        return range(0, along.count, math.ceil(room * along.count / along.pixels))


def arrange(names: tuple[str, ...], width: int, height: int, predicted: int | None = None) -> Grid:
    """The grid for these classes in a widget; ``predicted`` columns, or one per class."""
    metrics = plot_metrics()
    longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
    beside = max(longest, metrics.horizontalAdvance("true class"))
    left = round(min(beside, width * 0.3) + SPACE)
    n = max(len(names), 1)
    across = n if predicted is None else predicted
    widest = max(longest, metrics.horizontalAdvance(NO_CLASS) if across > n else 0.0)
    upright = widest > (width - left) / across - 4
    names_height = min(widest, height * 0.25) if upright else metrics.height()
    top = round(metrics.height() + 1.5 * SPACE + names_height)
    columns = cells(across, width - left - 1, LARGEST_CELL[0])
    rows = cells(n, height - top - 1, LARGEST_CELL[1])
    return Grid(left, top, upright, names_height, columns, rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """What is cached between frames: the labels, and the numbers painted so far."""

    key: tuple[Any, ...]
    labels: QPixmap
    numbers: QPixmap
    written: Integers


def _clear(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _numbers_fit(grid: Grid, table: Confusion) -> int:
    """The numbers with room in a cell: none (0), the count (1), or also the share below it (2)."""
    metrics, width, height = plot_metrics(), grid.columns.pitch, grid.rows.pitch
    widest = metrics.horizontalAdvance(f"{table.counts.sum(axis=1).max():,}") + 4
    if width < widest or height < metrics.height() - 3 or table.counts.size > MOST_NUMBERS:
        return 0
    both = height >= 2 * metrics.height() and width >= metrics.horizontalAdvance("100.0 %")
    return 2 if both else 1


@guard_overrides
class ConfusionPart(OutputPart):
    """Rows are true classes, columns predicted ones; colour is the share of the true class."""

    needs: ClassVar[SnapshotRequest] = SnapshotRequest(outputs=True)
    uses_split: ClassVar[bool] = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.table: Confusion | None = None
        self._frame: Frame | None = None
        self._headline = "", ""
        self._arranged_for: tuple[tuple[str, ...], int, int, int | None] = (), 0, 0, None
        self._grid = arrange((), 0, 0)
        self._mouse: QPointF | None = None
        self._layers: _Layers | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(scaled(160), scaled(96))
        self.setAccessibleName("Confusion table")

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.update()

    def show_frame(self, frame: Frame, choice: OutputChoice) -> None:
        """Show this instant."""
        outputs = outputs_of(frame, choice.split)
        if outputs is None:
            return
        self._frame = frame
        targets = patterns_of(frame.setup.patterns, choice.split).targets
        self.table = confusion(frame.setup, targets, outputs)
        self._headline = headline(self.table, choice.split)
        self.note = criterion_note(frame.setup, self.table)
        self.setAccessibleDescription(", ".join(self._headline))
        self.update()
        if self._mouse is not None:
            self._read()

    # -- layout ----------------------------------------------------------------------------

    def _class_names(self) -> tuple[str, ...]:
        return self._frame.setup.patterns.class_names if self._frame else ()

    def _arranged(self) -> Grid:
        across = None if self.table is None else self.table.counts.shape[1]
        key = self._class_names(), self.width(), self.height(), across
        if key != self._arranged_for:
            self._arranged_for = key
            self._grid = arrange(*key)
        return self._grid

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """(true class, predicted class) at a point in this widget."""
        if self.table is None:
            return None
        grid = self._arranged()
        row, column = grid.rows.at(point.y() - grid.top), grid.columns.at(point.x() - grid.left)
        return None if row is None or column is None else (row, column)

    def cell_rect(self, true: int, answered: int) -> QRectF:
        """The rectangle of a cell in this widget."""
        return self._arranged().rect(true, answered)

    # -- mouse -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self._mouse = event.position()
        self._read()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has left: no cell is pointed at."""
        self._mouse = None
        self._read()
        self.update()

    def _read(self) -> None:
        cell = None if self._mouse is None else self.cell_at(self._mouse)
        if cell is None or self.table is None:
            self.hovered.emit("")
            return
        true, answered = cell
        names = self._class_names()
        if answered == len(names):
            said = "answered no class, or several"
        else:
            said = "right" if true == answered else f"answered {class_words(names[answered])}"
        self.hovered.emit(
            f"{class_words(names[true])}: {self.table.counts[true, answered]:,} of "
            f"{self.table.counts[true].sum():,} {said} "
            f"({percent(self.table.shares[true, answered])})"
        )

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the headline, the names and the cells."""
        if self._frame is None or self.table is None:
            return
        with QPainter(self) as painter:
            self._paint_headline(painter, *self._headline)
            grid = self._arranged()
            shares = self.table.shares[grid.rows.index][:, grid.columns.index]
            painter.drawImage(grid.box, to_image(to_pixels(self.theme.sequential(shares))))
            ratio = device_ratio(painter)
            layers = self._layers_for(grid, self.table, ratio)
            self._update_numbers(layers, grid, self.table)
            painter.drawPixmap(0, 0, layers.numbers)
            painter.drawPixmap(0, 0, layers.labels)
            self._paint_mark(painter, grid)

    def _layers_for(self, grid: Grid, table: Confusion, ratio: float) -> "_Layers":
        totals = tuple(table.counts.sum(axis=1).tolist())
        fit = _numbers_fit(grid, table)
        key = (grid, self.theme, self._class_names(), ratio, totals, fit)
        if self._layers is None or self._layers.key != key:
            numbers, labels = (_clear(self.size(), ratio) for _ in range(2))
            with QPainter(labels) as painter:
                painter.setFont(plot_font())
                self._paint_grid(painter, grid)
                self._paint_row_names(painter, grid)
                self._paint_column_names(painter, grid)
                self._paint_frames(painter, grid)
            self._layers = _Layers(key, labels, numbers, np.full(table.counts.shape, -1))
        return self._layers

    def _paint_headline(self, painter: QPainter, share: str, text: str) -> None:
        metrics = plot_metrics(bold=True)
        painter.setFont(plot_font(bold=True))
        painter.setPen(self.theme.colour("text"))
        painter.drawText(QPointF(0, metrics.ascent()), share)
        painter.setFont(plot_font())
        painter.setPen(self.theme.colour("muted"))
        # Room for the widest share keeps the words after it in place.
        left = metrics.horizontalAdvance("> 99.9 % right") + SPACE
        plain = QFontMetricsF(painter.font())
        room = self.width() - left - plain.horizontalAdvance("answered") - 2 * SPACE
        shown = plain.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(left, metrics.ascent()), shown)

    def _paint_grid(self, painter: QPainter, grid: Grid) -> None:
        box = grid.box
        if grid.has_lines:
            xs = (box.left() + x for x in grid.columns.edges())
            ys = (box.top() + y for y in grid.rows.edges())
            painter.setPen(QPen(self.theme.colour("grid"), 1))
            painter.drawLines(
                [QLineF(x, box.top(), x, box.bottom()) for x in xs]
                + [QLineF(box.left(), y, box.right(), y) for y in ys]
            )
        painter.setPen(QPen(self.theme.colour("border"), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _update_numbers(self, layers: "_Layers", grid: Grid, table: Confusion) -> None:
        """Paint the numbers that have changed: counts, and shares below them if they fit."""
        fit = _numbers_fit(grid, table)
        changed = np.argwhere(table.counts != layers.written)
        if not fit or not len(changed):
            return
        colours = self.theme.sequential(table.shares)
        fonts = plot_font(), plot_font(bold=True)
        with QPainter(layers.numbers) as painter:
            for true, answered in changed.tolist():
                rect, count = grid.rect(true, answered), int(table.counts[true, answered])
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.fillRect(rect, Qt.GlobalColor.transparent)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                painter.setFont(fonts[true == answered and count > 0])
                ink = ink_on(QColor(*colours[true, answered].tolist()))
                painter.setPen(ink if count else self.theme.colour("muted"))
                text = f"{count:,}"
                if fit == 2 and count:
                    text += f"\n{percent(table.shares[true, answered])}"
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        layers.written[...] = table.counts

    def _paint_row_names(self, painter: QPainter, grid: Grid) -> None:
        metrics, room = QFontMetricsF(painter.font()), grid.left - SPACE
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(QPointF(0, grid.top - SPACE / 2 - metrics.descent()), "true class")
        painter.setPen(self.theme.colour("text"))
        for n in grid.named(grid.rows):
            middle = sum(grid.rows.span(n)) / 2 + grid.top
            name = self._class_names()[n]
            shown = elided_name(metrics, name, room + 1)
            x = room - metrics.horizontalAdvance(shown)
            painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), shown)

    def _paint_column_names(self, painter: QPainter, grid: Grid) -> None:
        metrics, word = QFontMetricsF(painter.font()), "answered"
        wide = metrics.horizontalAdvance(word)
        right = max(grid.box.right(), grid.left + wide)
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(QPointF(right - wide, metrics.ascent()), word)
        painter.setPen(self.theme.colour("text"))
        base = grid.top - SPACE / 2
        for n in grid.named(grid.columns) if grid.upright else range(grid.columns.count):
            name = NO_CLASS if n == grid.rows.count else self._class_names()[n]
            x = sum(grid.columns.span(n)) / 2 + grid.left
            if not grid.upright:
                left = x - metrics.horizontalAdvance(name) / 2
                painter.drawText(QPointF(left, base - metrics.descent()), name)
                continue
            room = grid.names_height + 1
            painter.save()
            painter.translate(x + metrics.ascent() / 2 - 1, base)
            painter.rotate(-90)
            shown = elided_name(metrics, name, room)
            painter.drawText(QPointF(0, 0), shown)
            painter.restore()

    def _paint_frames(self, painter: QPainter, grid: Grid) -> None:
        """Paint frames around the cells of right predictions."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if grid.has_lines:
            painter.setPen(QPen(self.theme.colour("accent"), 1.5))
            for n in range(grid.rows.count):
                painter.drawRect(grid.rect(n, n).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_mark(self, painter: QPainter, grid: Grid) -> None:
        """Paint a frame around the cell under the mouse."""
        cell = None if self._mouse is None else self.cell_at(self._mouse)
        if cell is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.colour("selection"), 1.5))
            painter.drawRect(grid.rect(*cell))
