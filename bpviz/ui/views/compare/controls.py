"""The row of choices above the comparison, and the progress line below it."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from bpviz.core.model.patterns import Split
from bpviz.core.values import check_whole
from bpviz.experiment.comparison import PRESETS
from bpviz.ui.toolkit.drawing.epoch_axis import ErrorScale
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.compare.lines import Along

EPOCHS = 500
MOST_EPOCHS = 1_000_000
_ALONG: tuple[tuple[str, Along], ...] = (
    ("over epochs", "epochs"),
    ("over updates", "updates"),
    ("over units", "units"),
)
_SPLITS: tuple[tuple[str, Split], ...] = (("train", "train"), ("test", "test"))
_SCALES: tuple[tuple[str, ErrorScale], ...] = (("sum E", "sum"), ("E / P", "per_pattern"))


@guard_overrides
class CompareControls(QWidget):
    """Keep, compare, how far, and what is on the axes."""

    keep_clicked = Signal()
    clear_clicked = Signal()
    cancel_clicked = Signal()
    preset_chosen = Signal(str)
    """The key of one of PRESETS."""

    chosen = Signal()
    """The user changed what is on the axes, or the number of epochs."""

    refused = Signal(str)
    """What is wrong with the number of epochs: a sentence, or nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.own_log_epochs: bool | None = None
        """Whether the epoch axis is logarithmic; None: as the lengths of the runs suggest."""
        self.keep = self._button("Keep run", "compare_keep", "Keep the present run's curve")
        self.clear = self._button("Clear", "compare_clear", "Take all compared runs away")
        self.cancel = self._button("Cancel", "compare_cancel", "Stop training; keep the curves")
        self.clear.setFixedWidth(self.cancel.maximumWidth())  # they share a place
        self.cancel.setFixedWidth(self.cancel.maximumWidth())
        self.cancel.hide()
        self.compare = self._compare_button()
        self.epochs = self._epochs_entry()
        unit = QLabel("&epochs", self)
        unit.setBuddy(self.epochs)
        self.along = self._box("compare_along", "What the errors are drawn against", _ALONG)
        self.split = self._box("compare_split", "Error of which patterns", _SPLITS)
        self.scale = self._box("compare_scale", "E, or E per pattern: as in Loss", _SCALES)
        self.log_epochs = Toggle(
            "log epochs", "compare_log_epochs",
            "Epoch axis: logarithmic, so that short and long runs can both be read", self,
        )  # fmt: skip
        self.log_epochs.setAccessibleName("Logarithmic epoch axis")
        self.log = Toggle("log E", "compare_log", "Error axis: linear or logarithmic", self)
        self.log.setAccessibleName("Logarithmic error axis")
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE // 2)
        self._lines = (
            self._row((self.keep, self.compare, self.epochs, unit), ()),
            self._row(
                (self.along, self.log_epochs, self.split, self.scale, self.log),
                (self.clear, self.cancel),
            ),
        )
        self.keep.clicked.connect(self.keep_clicked)
        self.clear.clicked.connect(self.clear_clicked)
        self.cancel.clicked.connect(self.cancel_clicked)
        self.log.clicked.connect(self.chosen)
        self.log_epochs.clicked.connect(self._choose_log_epochs)
        self.scale.activated.connect(lambda _index: self.chosen.emit())
        self.along.activated.connect(lambda _index: self.chosen.emit())
        self.split.activated.connect(lambda _index: self.chosen.emit())
        self.epochs.committed.connect(lambda _value: self.chosen.emit())
        self.epochs.sentence_changed.connect(lambda: self.refused.emit(self.epochs.sentence))
        # A row that is too wide is cut rather than make the window wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _row(self, left: tuple[QWidget, ...], right: tuple[QWidget, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in right:
            row.addWidget(widget)
        self._rows.addLayout(row, 1 if right else 0)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows where one would be cut."""
        directions = QBoxLayout.Direction
        wanted = sum(row.minimumSize().width() for row in self._lines)
        beside = self.width() >= wanted + SPACE
        self._rows.setDirection(directions.LeftToRight if beside else directions.TopToBottom)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.log.set_theme(theme)
        self.log_epochs.set_theme(theme)
        self.epochs.set_theme(theme)

    def _choose_log_epochs(self) -> None:
        self.own_log_epochs = self.log_epochs.isChecked()
        self.chosen.emit()

    def suggest_log_epochs(self, on: bool) -> None:
        """Use a logarithmic epoch axis, or a linear one, unless the user has chosen."""
        self.log_epochs.setChecked(on if self.own_log_epochs is None else self.own_log_epochs)

    def allow(self, *, units: bool, test: bool, runs: bool) -> None:
        """Offer only what there is."""
        model_row = [value for _, value in _ALONG].index("units")
        self.along.view().setRowHidden(model_row, not units)  # type: ignore[attr-defined]
        if not units and self.along.currentData() == "units":
            self.along.setCurrentIndex(0)
        if not test:
            self.split.setCurrentIndex(0)
        self.log_epochs.setVisible(self.along.currentData() != "units")
        self.split.setVisible(test and self.along.currentData() != "units")
        self.clear.setEnabled(runs)

    def show_working(self, working: bool) -> None:
        """Offer Cancel in the place of Clear while variants are trained."""
        self.clear.setVisible(not working)
        self.cancel.setVisible(working)

    def choices(self) -> dict[str, Any]:
        """What is on the axes, and the epochs."""
        return {
            "along": self.along.currentData(),
            "split": self.split.currentData(),
            "scale": self.scale.currentData(),
            "log": self.log.isChecked(),
            "log_epochs": self.own_log_epochs,
            "epochs": self.epochs.value,
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices; unknown or unfit ones are passed over. Emits nothing."""
        for name, box in (("along", self.along), ("split", self.split), ("scale", self.scale)):
            index = box.findData(choices[name]) if name in choices else -1
            if index >= 0:
                box.setCurrentIndex(index)
        if isinstance(choices.get("log"), bool):
            self.log.setChecked(choices["log"])
        if isinstance(choices.get("log_epochs"), bool):
            self.own_log_epochs = choices["log_epochs"]
        epochs = choices.get("epochs")
        if type(epochs) is int and 1 <= epochs <= MOST_EPOCHS:
            self.epochs.show_value(epochs, force=True)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = named(QPushButton(text, self), name, tip)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.setMaximumWidth(button.fontMetrics().horizontalAdvance(text) + 3 * SPACE)
        return button

    def _compare_button(self) -> QToolButton:
        button = named(
            QToolButton(self), "compare_with", "Train variants of the present experiment, and lay "
            "their curves over each other",
        )  # fmt: skip
        button.setText("Compare with…")
        width = button.fontMetrics().horizontalAdvance(button.text()) + 6 * SPACE
        button.setMinimumWidth(width)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for preset in PRESETS:
            action = QAction(preset.label, menu)
            action.setObjectName(f"action_compare_{preset.key}")
            action.setToolTip(preset.tip)
            action.triggered.connect(lambda _=False, key=preset.key: self.preset_chosen.emit(key))
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _epochs_entry(self) -> NumberEntry:
        entry = NumberEntry("whole", lambda epochs: check_whole("epochs", epochs, 1, MOST_EPOCHS))
        named(entry, "compare_epochs", "How long each variant is trained")
        entry.setAccessibleName("Epochs of each variant")
        entry.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        entry.setFixedWidth(entry.fontMetrics().horizontalAdvance("1,000,000") + 2 * SPACE)
        entry.show_value(EPOCHS)
        return entry

    def _box(self, name: str, tip: str, items: tuple[tuple[str, Any], ...]) -> QComboBox:
        box = named(QComboBox(self), name, tip)
        box.setAccessibleName(tip)
        for text, value in items:
            box.addItem(text, value)
        return box


class Foot(QWidget):
    """A readout, and while variants are trained a bar; its height never changes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.readout = TextLine(role="text")
        self.readout.setObjectName("compare_readout")
        self.bar = named(QProgressBar(self), "compare_progress")
        self.bar.setAccessibleName("Progress of the comparison")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(110, 12)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.readout, 1)
        self.bar.hide()
        row.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_progress(self, share: float | None) -> None:
        """How much is done, None where nothing is under way."""
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(1000 * (share or 0.0)))
