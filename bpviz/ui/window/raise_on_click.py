"""A panel that comes to the front when what it is about is clicked in the network."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from bpviz.core.model.references import WeightRef
from bpviz.ui.views.network.hover import Element
from bpviz.ui.window.docks import Docks


class RaiseOnClick(QObject):
    """Brings a dock that is open behind others to the front, where a click has no other answer.

    It stays where it is if a panel that turns to what was clicked is in front at its place, if
    its own dock is closed, and if the click turns out to be the first half of a double click:
    who types a weight beside the truth table wants to see the table.

    ``units`` and ``everything`` are the keys of the panels that turn to units only, and to
    units and weights.
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
        """Whether the panel comes forward unless the click becomes a double click."""
        return self._timer.isActive()

    def stay(self) -> None:
        """It was a double click."""
        self._timer.stop()
