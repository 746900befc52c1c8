"""The table of the equivalent layer's weights: a row an input, a column an output."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from bpviz.core.analysis.collapse import Collapsed
from bpviz.core.model.patterns import PatternSet
from bpviz.core.text.number_words import signed
from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, ink_on, steady_limit
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex

BIAS = "bias"


@guard_overrides
class LayerModel(QAbstractTableModel):
    """w* (inputs, outputs) with b* as its last row, coloured by sign and size."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._patterns: PatternSet | None = None
        self._values: Matrix = np.empty((0, 0))
        self._limit = 0.0

    def show_layer(self, patterns: PatternSet, layer: Collapsed) -> None:
        """Show the numbers of this instant."""
        values = np.vstack([layer.weights, layer.biases])
        if patterns is not self._patterns or values.shape != self._values.shape:
            self.beginResetModel()
            self._patterns, self._values, self._limit = patterns, values, 0.0
            self.endResetModel()
        self._values = values
        self._limit = steady_limit(float(np.abs(values).max()), self._limit)
        self.dataChanged.emit(self.index(0, 0), self.index(len(values) - 1, values.shape[1] - 1))

    @property
    def scale(self) -> ColourScale:
        """The colours of the cells."""
        return ColourScale(-self._limit, 0.0, self._limit, "w*", open=False)

    def unit_pair(self, index: ModelIndex) -> tuple[int | None, int]:
        """The input (None: the bias) and the output of a cell."""
        return None if index.row() == len(self._values) - 1 else index.row(), index.column()

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """The inputs and the bias."""
        return 0 if parent.isValid() else len(self._values)

    def columnCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The outputs."""
        return 0 if parent.isValid() else self._values.shape[1]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of inputs and outputs."""
        if role != Qt.ItemDataRole.DisplayRole or self._patterns is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._patterns.output_names[section]
        return (*self._patterns.input_names, BIAS)[section]

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A number, and its colours."""
        value = float(self._values[index.row(), index.column()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return signed(f"{value:.3f}")
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.BackgroundRole:
                return self.scale.colour(self.theme, value)
            case Qt.ItemDataRole.ForegroundRole:
                return ink_on(self.scale.colour(self.theme, value))
        return None
