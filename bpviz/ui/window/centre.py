"""The centre of the window: the network, and the strips above it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

LEAST_CENTRE = QSize(300, 200)
"""The centre can be made as small as this, px; what does not fit then scrolls."""


class Centre(QWidget):
    """A column of strips above the network.

    It takes the focus at first and after a click on a picture: then Space and the arrows are the
    window's keys.
    """

    def __init__(self, network: QWidget, *strips: QWidget) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for strip in strips:
            self._column.addWidget(strip)
        self._column.addWidget(network, 1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def take_back(self, network: QWidget) -> None:
        """Show the network again that was shown elsewhere."""
        self._column.addWidget(network, 1)
        network.show()

    def take_back_message(self, message: QWidget) -> None:
        """Show the message again, which was shown elsewhere, above the other strips."""
        self._column.insertWidget(0, message)

    def add_strip(self, strip: QWidget) -> None:
        """Put another strip directly above the network."""
        self._column.insertWidget(self._column.count() - 1, strip)
