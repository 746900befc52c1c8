"""The microscope's table beside its bars: pointing and selecting in it."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QTreeView, QVBoxLayout, QWidget

from bpviz.core.microscope.error_paths import Path
from bpviz.ui.panels.microscope.cell_delegate import TermCellDelegate
from bpviz.ui.panels.microscope.model import ROOT, TermsModel
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.toolkit.drawing.plotting import plot_font, plot_metrics
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.table_style import colour_table

WIDEST = "−0.0127"
NAMES, LEAST_NAMES = 80, 66
"""Px of the column of names, usual and least."""

MOST_WIDE = 110
SHORTER = 10
"""Px by which the column of weights is narrower: weights are seldom very small."""


@guard_overrides
class TermsTable(QWidget):
    """A row for each pattern, and the paths of its error below; a splitter separates the bars."""

    pointed = Signal(object)
    """The ``hover.Highlight`` of the cell under the mouse, or None."""

    column_pointed = Signal(object)
    """The kind (``columns.MicroscopeColumn.kind``) of the column under the mouse, or None."""

    chosen = Signal(int)
    """The pattern (its position in the update) whose row, or one of whose paths, was chosen."""

    path_chosen = Signal()
    """Another row of the chosen pattern is the current one; see ``chosen_path``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TermsModel(self)
        self.view = named(QTreeView(), "microscope_table")
        self.view.setModel(self.model)
        self.view.setItemDelegate(TermCellDelegate(self.view))
        self.view.setUniformRowHeights(True)
        self.view.setAllColumnsShowFocus(True)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setAccessibleName("Terms pattern by pattern")
        self.view.setFont(plot_font())
        self.view.setMouseTracking(True)
        self.view.setIndentation(10)
        self.view.setFrameShape(QTreeView.Shape.NoFrame)
        self.view.setHorizontalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        header = self.view.header()
        header.setFont(plot_font())
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(32)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(4)
        self._split.addWidget(self.view)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._split)
        self.view.entered.connect(self._point)
        self.view.viewportEntered.connect(lambda: self._point(None))
        self.view.selectionModel().currentChanged.connect(self._choose_current)
        self._opened: set[int] = set()
        self.view.expanded.connect(lambda at: self._note_open(at, True))
        self.view.collapsed.connect(lambda at: self._note_open(at, False))
        self.model.modelReset.connect(self._begin_anew)
        self.view.viewport().installEventFilter(self)

    def add_beside(self, widget: QWidget, shares: tuple[int, int]) -> None:
        """Put a widget at the right; ``shares`` are the px of both at a usual width."""
        self._split.addWidget(widget)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes(list(shares))

    def show_reading(self, reading: NamedReading | None, *, stale: bool) -> None:
        """List the terms of a reading."""
        self.model.show(reading, stale=stale)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.model.theme = theme
        colour_table(self.view, theme)
        self.view.header().setPalette(self.view.palette())

    def _point(self, at: ModelIndex | None) -> None:
        self.pointed.emit(None if at is None else self.model.target_at(at))
        self.column_pointed.emit(None if at is None else self.model.kind_at(at))

    # -- which row ---------------------------------------------------------------------------

    def choose(self, p: int) -> None:
        """Make the row of this pattern the current one, unless one of its paths is."""
        current = self.view.currentIndex()
        if current.isValid() and self.model.pattern_at(current) == p:
            return
        with QSignalBlocker(self):
            if p < 0:
                self.view.selectionModel().clear()
                return
            while p >= self.model.rowCount() and self.model.canFetchMore():
                self.model.fetchMore()
            flags = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().setCurrentIndex(
                self.model.index(p, 0), flags.ClearAndSelect | flags.Rows
            )

    def chosen_path(self, p: int) -> Path | None:
        """The path whose row is the current one, if it is of this pattern."""
        current = self.view.currentIndex()
        if not current.isValid() or self.model.pattern_at(current) != p:
            return None
        return self.model.path_at(current)

    def _choose_current(self, current: ModelIndex, before: ModelIndex) -> None:
        if not current.isValid() or self.model.reading is None:
            return
        p = self.model.pattern_at(current)
        if before.isValid() and self.model.pattern_at(before) == p:
            self.path_chosen.emit()
        else:
            self.chosen.emit(p)

    # -- columns -----------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self._opened.clear()
        self.fit_columns()

    def _note_open(self, index: ModelIndex, is_open: bool) -> None:
        """Hide the column of weights while no pattern is open."""
        if index.internalId() == ROOT:
            before = bool(self._opened)
            (self._opened.add if is_open else self._opened.discard)(index.row())
            if bool(self._opened) != before:
                self.fit_columns()

    def fit_columns(self) -> None:
        """Give every column the width of its numbers, and an equal share of the rest."""
        columns = self.model.columns
        hidden = [c.kind == "weight" and not self._opened for c in columns]
        n = len(columns) - sum(hidden)
        room = self.view.viewport().width()
        header = self.view.header()
        if not n or header.count() <= len(columns):
            return
        for section, is_hidden in enumerate(hidden, 1):
            self.view.setColumnHidden(section, is_hidden)
        need = round(plot_metrics().horizontalAdvance(WIDEST))
        width = min(max((room - NAMES) // n, need + 6), MOST_WIDE)
        widths = [width - SHORTER * (column.kind == "weight") for column in columns]
        taken = sum(each for each, is_hidden in zip(widths, hidden, strict=True) if not is_hidden)
        header.resizeSection(0, max(LEAST_NAMES, min(room - taken, 2 * NAMES)))
        for section, each in enumerate(widths, 1):
            if not hidden[section - 1]:
                header.resizeSection(section, each)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the columns to a new width, also when the scroll bar appears."""
        if event.type() == QEvent.Type.Resize:
            self.fit_columns()
        elif event.type() == QEvent.Type.Leave:
            self.column_pointed.emit(None)
        return False
