"""The variants in a table, and the networks of one variant in a list."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from bpviz.core.race.plan import Outcomes
from bpviz.core.values import Integers
from bpviz.session.race.report import VariantRow, cells
from bpviz.ui.race.plots import variant_colour
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex
from bpviz.ui.toolkit.widgets.naming import plain_tip

COLUMNS = (
    ("variant", "How this kind of network differs from the others"),
    ("networks", "Networks so far, each with a seed of its own"),
    ("solved", "Share that had all training patterns right at some epoch"),
    ("solved, 95 %", "Interval of the share solved (Wilson)"),
    ("median", "Epochs to solve of those that did: half of them were faster"),
    ("median, 95 %", "Interval of the median (order statistics)"),
    ("quartiles", "A quarter of those that solved it were faster than the first, slower than the "
     "second"),
    ("diverged", "Networks whose numbers grew beyond all bounds"),
)  # fmt: skip


class VariantTable(QTableWidget):
    """A row for each variant, with its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self._theme: Theme | None = None
        self.setObjectName("race_table")
        self.setAccessibleName("Variants")
        for c, (title, tip) in enumerate(COLUMNS):
            item = QTableWidgetItem(title)
            item.setToolTip(plain_tip(tip))
            self.setHorizontalHeaderItem(c, item)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)

    def show_rows(self, rows: Sequence[VariantRow], theme: Theme) -> None:
        """Show these rows."""
        self.setRowCount(len(rows))
        for r, row in enumerate(rows):
            items = [self.item(r, c) or self._new_item(r, c) for c in range(len(COLUMNS))]
            for item, text in zip(items, cells(row), strict=True):
                if item.text() != text:
                    item.setText(text)
            if self._theme is not theme or items[0].icon().isNull():
                chip = QPixmap(12, 12)
                chip.fill(variant_colour(theme, r))
                items[0].setIcon(QIcon(chip))
        self._theme = theme

    def _new_item(self, r: int, c: int) -> QTableWidgetItem:
        item = QTableWidgetItem()
        side = Qt.AlignmentFlag.AlignLeft if c == 0 else Qt.AlignmentFlag.AlignRight
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setItem(r, c, item)
        return item


@guard_overrides
class NetworkList(QAbstractListModel):
    """The networks of one variant that have been trained so far, by seed; all, or those that did
    not solve the problem.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: Outcomes | None = None
        self._unsolved_only = False
        self._places: Integers = np.arange(0)

    def show_outcomes(self, outcomes: Outcomes | None, *, unsolved_only: bool) -> None:
        """List the networks of these outcomes."""
        if outcomes is self.outcomes and unsolved_only == self._unsolved_only:
            return
        self.beginResetModel()
        self.outcomes, self._unsolved_only = outcomes, unsolved_only
        self._places = np.arange(0 if outcomes is None else len(outcomes))
        if outcomes is not None and unsolved_only:
            self._places = np.flatnonzero(outcomes.solved_at < 0)
        self.endResetModel()

    def seed_at(self, index: QModelIndex) -> int:
        """The seed of the network in a row."""
        assert self.outcomes is not None
        return int(self.outcomes.seeds[self._places[index.row()]])

    def index_of(self, seed: int) -> QModelIndex:
        """The row of the network with this seed; an invalid index if it is not listed."""
        row = None if self.outcomes is None else self.outcomes.row_of(seed)
        found = np.flatnonzero(self._places == row) if row is not None else np.arange(0)
        return self.index(int(found[0])) if len(found) else QModelIndex()

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of networks."""
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """The network in words; see ``network_words``."""
        if role != Qt.ItemDataRole.DisplayRole or self.outcomes is None:
            return None
        return network_words(self.outcomes, int(self._places[index.row()]))


def network_words(outcomes: Outcomes, i: int) -> str:
    """A network and its result: 'seed 17: solved at 270'."""
    solved_at, ended_at = int(outcomes.solved_at[i]), int(outcomes.ended_at[i])
    if outcomes.diverged[i]:
        words = f"diverged after {ended_at:,}"
    else:
        words = f"solved at {solved_at:,}" if solved_at >= 0 else "not solved"
    return f"seed {outcomes.seeds[i]}: {words}"
