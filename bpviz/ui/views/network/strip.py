"""The strip below the diagram, where the pattern that fills the units is chosen."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QToolButton,
    QWidget,
)

from bpviz.core.model.patterns import PatternSet
from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import ModelIndex
from bpviz.ui.views.network.labels import pattern_text

CYCLE_MS = 800
WIDEST_BOX = 200  # px at 100 % text


@guard_overrides
class PatternList(QAbstractListModel):
    """The training patterns as a list; the text of each is computed when it is needed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._patterns: PatternSet | None = None

    def set_patterns(self, patterns: PatternSet) -> None:
        """List the training patterns of this set."""
        self.beginResetModel()
        self._patterns = patterns
        self.endResetModel()

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008
        """The number of training patterns."""
        return len(self._patterns.train) if self._patterns and not parent.isValid() else 0

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a pattern."""
        if role == Qt.ItemDataRole.DisplayRole and self._patterns and index.isValid():
            return pattern_text(self._patterns, index.row())
        return None


@guard_overrides
class PatternStrip(QWidget):
    """Chooses a training pattern: from a list, step by step, or in a cycle on a timer."""

    chosen = Signal(int)
    """The row of the pattern that the user or the cycle chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = PatternList(self)
        self.box = self._make_box()
        self.previous = self._make_button("pattern_previous", "Previous pattern", -1)
        self.next = self._make_button("pattern_next", "Next pattern", 1)
        self.cycle = self._make_cycle()
        self._timer = QTimer(self, interval=CYCLE_MS)
        self._timer.timeout.connect(self._cycle_on)
        self.cycle.toggled.connect(self._set_cycling)
        label = QLabel("&Pattern", self)
        label.setBuddy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        for widget in (label, self.box, self.previous, self.next, self.cycle):
            row.addWidget(widget)
        row.setStretchFactor(self.box, 1)
        row.addStretch(1)
        self._row = row

    def add(self, widget: QWidget) -> None:
        """Add a widget at the right end."""
        self._row.addWidget(widget)

    def set_patterns(self, patterns: PatternSet, row: int) -> None:
        """List these patterns and choose ``row``."""
        self._list.set_patterns(patterns)
        self.set_row(row)
        several = len(patterns.train) > 1
        for button in (self.previous, self.next, self.cycle):
            button.setEnabled(several)

    def set_row(self, row: int) -> None:
        """Show this row as chosen, without a signal."""
        self.box.setCurrentIndex(row)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette, which a widget with a style sheet does not do."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.follow_palette()

    def follow_palette(self) -> None:
        """Use the application's current palette."""
        sheet = self.box.styleSheet()
        self.box.setStyleSheet("")
        self.box.setPalette(QApplication.palette())
        self.box.setStyleSheet(sheet)

    def _make_box(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("pattern_box")
        box.setAccessibleName("Pattern")
        box.setToolTip("The training pattern whose activations fill the units")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setMaximumWidth(scaled(WIDEST_BOX))
        # Otherwise Fusion's popup is as long as its list, and reads every row.
        box.setStyleSheet("combobox-popup: 0")
        view = QListView(box)
        view.setUniformItemSizes(True)  # otherwise Qt measures each of a hundred thousand rows
        box.setView(view)
        box.setModel(self._list)
        box.activated.connect(self.chosen)
        return box

    def _make_button(self, name: str, title: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setArrowType(Qt.ArrowType.LeftArrow if step < 0 else Qt.ArrowType.RightArrow)
        button.setAutoRepeat(True)
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self._step(step))
        return button

    def _make_cycle(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("pattern_cycle")
        button.setText("Cycle")
        button.setCheckable(True)
        button.setToolTip("Go on to the next pattern every 0.8 s")
        button.setAccessibleName("Cycle through the patterns")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _step(self, step: int) -> None:
        count = self._list.rowCount()
        if count:
            row = (self.box.currentIndex() + step) % count
            self.set_row(row)
            self.chosen.emit(row)

    def _set_cycling(self, on: bool) -> None:
        if on:
            self._timer.start()
        else:
            self._timer.stop()

    def _cycle_on(self) -> None:
        if self.isVisible():
            self._step(1)
