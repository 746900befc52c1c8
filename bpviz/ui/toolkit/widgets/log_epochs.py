"""The button of a logarithmic epoch axis, which the axis presses when it needs one."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from bpviz.core.values import Integers, Vector
from bpviz.ui.toolkit.drawing.epoch_axis import changes_early
from bpviz.ui.toolkit.widgets.toggle import Toggle

TIP = (
    "Epoch axis: linear or logarithmic. Until you choose, it turns logarithmic where the curves "
    "are almost flat after the first twentieth of it"
)


class LogEpochs(Toggle):
    """Checked if the epoch axis is logarithmic: as the user chose, or else as the curves need it.

    Once it is logarithmic for the curves' sake it stays so until ``restart``.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("log epochs", name, TIP, parent)
        self.setAccessibleName("Logarithmic epoch axis")
        self._chosen: bool | None = None
        self.clicked.connect(self._choose)

    def restart(self) -> None:
        """A new run begins: linear, unless the user chose."""
        if self._chosen is None:
            self.setChecked(False)

    def follow(self, lines: Sequence[tuple[Integers, Vector]]) -> None:
        """Turn logarithmic if these lines (epochs and values, (n,) each) need it."""
        if self._chosen is None and not self.isChecked():
            self.setChecked(changes_early(lines))

    def choices(self) -> dict[str, Any]:
        """What the user chose (None: nothing), and what is shown."""
        return {"log_epochs": self._chosen, "log_epochs_shown": self.isChecked()}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply ``choices`` of another instance; invalid ones are ignored."""
        if "log_epochs" not in choices:
            return
        chosen, shown = choices["log_epochs"], choices.get("log_epochs_shown")
        if isinstance(chosen, bool) or chosen is None:
            self._chosen = chosen
            self.setChecked(shown is True if chosen is None else chosen)

    def _choose(self) -> None:
        self._chosen = self.isChecked()
