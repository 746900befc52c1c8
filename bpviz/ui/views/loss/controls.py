"""The controls of the loss view: the scales of its axes, and whether they follow the run."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from bpviz.ui.toolkit.drawing.epoch_axis import ErrorScale
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.widgets.log_epochs import LogEpochs
from bpviz.ui.toolkit.widgets.toggle import Toggle

_SWITCHES = (
    ("log_error", "log E", "Logarithmic error axis", "Error axis: linear or logarithmic"),
    (
        "show_right",
        "% right",
        "Show the share of right answers",
        "Below, on the same epochs: the share of patterns whose answer is right",
    ),
)
_SCALES: tuple[tuple[ErrorScale, str], ...] = (
    ("sum", "E"),
    ("per_pattern", "E/P"),
    ("rmse", "RMSE"),
)
NARROWEST_BOX = 60  # px at 100 % text


class LossControls(QWidget):
    """One row of controls; ``chosen`` is emitted when the user changes one of them.

    The scale is the one that the user chose, or else the suggested one.
    """

    chosen = Signal()
    follow_chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("loss_controls")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 4)  # in the narrowest window every name is seen whole
        self._switches = {key: self._switch(key, *words) for key, *words in _SWITCHES}
        self.log_epochs = LogEpochs("loss_log_epochs", self)
        self.log_epochs.clicked.connect(self.chosen)
        self._scale = self._scale_box()
        self._chosen_scale: ErrorScale | None = None
        self._auto = self._auto_button()
        row.addWidget(self._switches["log_error"])
        row.addWidget(self.log_epochs)
        row.addWidget(self._scale)
        row.addWidget(self._switches["show_right"])
        row.addStretch(1)
        row.addWidget(self._auto)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        for button in (*self._switches.values(), self.log_epochs, self._auto):
            button.set_theme(theme)

    def is_on(self, key: str) -> bool:
        """Whether this button (log_error, show_right) is checked."""
        return self._switches[key].isChecked()

    @property
    def scale(self) -> ErrorScale:
        """The scale of the error shown."""
        return _SCALES[self._scale.currentIndex()][0]

    def suggest_scale(self, scale: ErrorScale, *, with_rmse: bool) -> None:
        """Use this scale unless the user has chosen one; ``with_rmse``: whether RMSE is offered."""
        rows = len(_SCALES) if with_rmse else len(_SCALES) - 1
        while self._scale.count() > rows:
            self._scale.removeItem(rows)
        if self._scale.count() < rows:
            self._scale.addItem(_SCALES[-1][1])
        chosen = self._chosen_scale
        self._show_scale(
            scale if chosen is None or (chosen == "rmse" and not with_rmse) else chosen
        )

    @property
    def follows(self) -> bool:
        """Whether the axes follow the run."""
        return self._auto.isChecked()

    @follows.setter
    def follows(self, follows: bool) -> None:
        self._auto.setChecked(follows)

    def choices(self) -> dict[str, Any]:
        """What the user chose, as plain values."""
        on = {key: button.isChecked() for key, button in self._switches.items()}
        return {**on, **self.log_epochs.choices(), "scale": self._chosen_scale}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply choices without a signal; unknown and invalid ones are ignored."""
        for key, button in self._switches.items():
            if isinstance(choices.get(key), bool):
                button.setChecked(choices[key])
        self.log_epochs.set_choices(choices)
        for scale, _ in _SCALES:
            if choices.get("scale") == scale:
                self._chosen_scale = scale
                if scale != "rmse" or self._scale.count() == len(_SCALES):
                    self._show_scale(scale)

    def _show_scale(self, scale: ErrorScale) -> None:
        self._scale.setCurrentIndex([key for key, _ in _SCALES].index(scale))

    def _switch(self, key: str, text: str, name: str, tip: str) -> Toggle:
        button = Toggle(text, f"loss_{key}", tip, self)
        button.setAccessibleName(name)
        button.clicked.connect(self.chosen)  # not toggled: clicks only
        return button

    def _scale_box(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("loss_scale")
        box.setAccessibleName("Scale of the error")
        box.setToolTip(
            "The error E summed over all patterns, or E/P, divided by the number P of patterns: "
            "only then can train and test sets of different size be compared. For numbers also "
            "RMSE, the root of the mean squared deviation, in the units of the file"
        )
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for _, text in _SCALES[:-1]:
            box.addItem(text)
        box.setMinimumWidth(scaled(NARROWEST_BOX))
        box.activated.connect(self._choose_scale)
        return box

    def _choose_scale(self, index: int) -> None:
        self._chosen_scale = _SCALES[index][0]
        self.chosen.emit()

    def _auto_button(self) -> Toggle:
        tip = (
            "Axes show the whole run and grow with it; zooming with the wheel or dragging "
            "switches this off"
        )
        button = Toggle("auto", "loss_auto", tip, self)
        button.setAccessibleName("Axes follow the run")
        button.setChecked(True)
        button.clicked.connect(self.follow_chosen)
        return button
