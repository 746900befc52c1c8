"""Raises the dock of a panel when a unit or weight is clicked in the network."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from bpviz.core.model.references import WeightRef
from bpviz.ui.views.network.hover import Element
from bpviz.ui.window.docks import Docks


class RaiseOnClick(QObject):
    """Raises a dock that is open behind others, after a click that no visible panel follows.

    The dock is not raised if it is closed, if a panel that follows the click is in front at its
    place, or if the click is the first of a double click: then the user enters a weight and
    keeps what is in front, such as the truth table.

    ``units`` and ``everything`` are the keys of the panels that follow clicks on units only, and
    on units and weights.
    """

    def __init__(
        self, docks: Docks, key: str, units: Sequence[str], everything: Sequence[str],
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._docks, self._key = docks, key
        self._units, self._everything = units, everything
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(lambda: docks.bring(key))

    def press(self, target: Element) -> None:
        """A unit or a weight was pressed."""
        follow = (
            self._everything if isinstance(target, WeightRef) else (*self._everything, *self._units)
        )
        beside = self._docks.in_front_beside(self._key)
        if beside is not None and beside not in follow:
            self._timer.start(QApplication.doubleClickInterval())

    @property
    def is_coming(self) -> bool:
        """Whether the dock is raised unless the click becomes a double click."""
        return self._timer.isActive()

    def stay(self) -> None:
        """It was a double click."""
        self._timer.stop()
