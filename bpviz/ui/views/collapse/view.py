"""The collapse: what single layer a network with linear hidden units amounts to, live."""

import html
import re
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.analysis.collapse import Collapsed, Expression, collapse, expression, why_not, work
from bpviz.core.model.network import Network
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.text.number_words import plain
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.placeholder_page import PlaceholderPage
from bpviz.ui.views.base import View
from bpviz.ui.views.collapse.model import LayerModel

NO_FRAME = "The single layer that a network with linear hidden units amounts to appears here."
TOO_LARGE = "This network is too large to be collapsed at every frame."
LARGEST = 10_000_000
"""Multiplications that may be done for one frame: some ms."""

CELL = 76


@guard_overrides
class FramedCell(QStyledItemDelegate):
    """A cell that keeps its colours when it is chosen, and gets a frame."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the cell."""
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        option.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        super().paint(painter, option, index)
        if chosen:
            painter.setPen(QPen(self.theme.colour("selection"), 2))
            painter.drawRect(QRectF(option.rect).adjusted(1, 1, -1, -1))


class CollapseView(View):
    """The weights w* and biases b* of the equivalent layer, and the algebra of a chosen one.

    Choices: ``input`` (None: the bias) and ``output`` of the weight whose algebra is shown.
    """

    key: ClassVar[str] = "collapse"
    title: ClassVar[str] = "Collapse"
    about: ClassVar[str] = "The single layer that a network with linear hidden units amounts to."

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._network: Network | None = None
        self._reason = NO_FRAME
        self._input: int | None = 0
        self._output = 0
        self._expression: Expression | None = None
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self._said = TextLine(role="text")
        self._said.setObjectName("collapse_said")
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self.model = LayerModel(self.theme, self)
        self._delegate = FramedCell(self.theme, self)
        self._table = self._make_table()
        self._algebra, self._numbers = QLabel(), QLabel()
        for label, name in ((self._algebra, "algebra"), (self._numbers, "numbers")):
            label.setObjectName(f"collapse_{name}")
            label.setWordWrap(True)
            label.setMinimumWidth(1)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._algebra.setTextFormat(Qt.TextFormat.RichText)
        self._numbers.setTextFormat(Qt.TextFormat.RichText)
        self._numbers.setFont(plot_font())
        larger = plot_font()
        larger.setPointSizeF(larger.pointSizeF() + 1.0)
        self._algebra.setFont(larger)
        layer = QWidget()
        column = QVBoxLayout(layer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self._table, 1000)
        column.addWidget(self._algebra)
        column.addWidget(self._numbers)
        column.addStretch(1)
        self._page = PlaceholderPage("collapse_reason", NO_FRAME, (layer, 1))
        fill_column(self, row_of((self._said, 3), (self._instant, 1)), (self._page, 1))

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("collapse_table")
        table.setAccessibleName("Weights of the equivalent layer: inputs by outputs")
        table.setToolTip("Choose a weight to see the paths that it sums")
        table.setModel(self.model)
        table.setFont(plot_font())
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setShowGrid(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.setFont(plot_font())
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        table.horizontalHeader().setDefaultSectionSize(CELL)
        height = round(QFontMetricsF(plot_font()).height()) + 6
        table.verticalHeader().setDefaultSectionSize(height)
        table.setItemDelegate(self._delegate)
        table.selectionModel().currentChanged.connect(self._choose)
        return table

    # -- what every view can do ------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The outputs for the shown patterns, to compare both networks."""
        return SnapshotRequest(activations=True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        palette = theme.view_palette()
        palette.setColor(QPalette.ColorRole.Button, theme.colour("panel"))
        self.setPalette(palette)
        self._table.setPalette(palette)
        self._page.set_theme(theme)
        self.model.theme = self._delegate.theme = theme
        self._said.set_theme(theme)
        self._instant.set_theme(theme)
        self._table.viewport().update()

    def is_empty(self, frame: Frame) -> bool:
        """Whether there is only a sentence why no single layer does the same."""
        return bool(why_not(frame.setup.network))

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        network = frame.setup.network
        self._frame = frame
        if network is not self._network:
            self._network = network
            self._reason = why_not(network) or (TOO_LARGE if work(network) > LARGEST else "")
            self._fit_choice(network)
        self._show()

    def choices(self) -> dict[str, Any]:
        """The weight whose algebra is shown."""
        return {"input": self._input, "output": self._output}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices from another instance; unknown or unfit ones are passed over."""
        number = choices.get("input", self._input)
        if number is None or (type(number) is int and number >= 0):
            self._input = number
        if type(choices.get("output")) is int and choices["output"] >= 0:
            self._output = choices["output"]
        if self._network is not None:
            self._fit_choice(self._network)
            self._show()

    # -- choosing --------------------------------------------------------------------------

    def _fit_choice(self, network: Network) -> None:
        """Choose a weight that there is."""
        if self._input is not None and self._input >= network.n_inputs:
            self._input = 0
        if self._output >= network.n_outputs:
            self._output = 0
        self._expression = None
        if not self._reason:
            self._expression = expression(network, self._input, self._output)

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and self._network is not None:
            self._input, self._output = self.model.unit_pair(current)
            self._fit_choice(self._network)
            self._show()
            self.choices_changed.emit()

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame, chosen = self._frame, self._expression
        instants = ("",) if frame is None else frame.snapshot.instants
        self._instant.set_text(*instants)
        if frame is None or chosen is None:
            self._page.say(self._reason)
            self._said.set_text("")
            return
        snapshot = frame.snapshot
        layer = collapse(frame.setup.network, snapshot.parameters, snapshot.clamps)
        self._said.set_text(self._sentence(frame, layer))
        self.model.show_layer(frame.setup.patterns, layer)
        self._mark()
        rows, heading = self._table.verticalHeader(), self._table.horizontalHeader()
        self._table.setMaximumHeight(rows.length() + heading.sizeHint().height() + 2)
        i, k = self._input, self._output
        total = float(layer.biases[k] if i is None else layer.weights[i, k])
        self._algebra.setText(rich(chosen.text()))
        self._numbers.setText(rich(chosen.numbers(snapshot.parameters, total)))
        self._page.show_page()

    def _sentence(self, frame: Frame, layer: Collapsed) -> str:
        """How far apart the answers of both networks are, to the patterns on show."""
        if not frame.setup.network.hidden:
            return "This network is a single layer already."
        if not frame.snapshot.activations:
            return "One layer, inputs × w* + b*, does the same."
        inputs = frame.setup.patterns.train.inputs[frame.setup.shown]
        apart = float(np.abs(layer.outputs(inputs) - frame.snapshot.activations[-1]).max())
        within = f"to within {plain(apart, 1)}" if apart else "to the last bit"
        return f"One layer, inputs × w* + b*, does the same {within}."

    def _mark(self) -> None:
        row = self.model.rowCount() - 1 if self._input is None else self._input
        with QSignalBlocker(self._table.selectionModel()):
            self._table.setCurrentIndex(self.model.index(row, self._output))


def rich(text: str) -> str:
    """Algebra with raised and lowered indices: w*11 and w12(1) as the lecture sets them."""
    text = html.escape(text)
    text = re.sub(r"\b([wb])\*([\d,]+)", r"<i>\1</i>*<sub>\2</sub>", text)
    return re.sub(r"\b([wb])([\d,]+)\(([\d,]+)\)", r"<i>\1</i><sub>\2</sub><sup>(\3)</sup>", text)
