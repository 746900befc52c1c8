"""The centre of the window: the network, the strips above it, and the message over its legend."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.ui.toolkit.guard import guard_overrides

LEAST_CENTRE = QSize(300, 200)
"""The centre can be made as small as this, px; what does not fit then scrolls."""


@guard_overrides
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

    def take_back_message(self) -> None:
        """Show the bar over the canvas again, which was shown elsewhere."""
        hidden = self._bar.isHidden()
        self._bar.setParent(self)
        self._bar.setHidden(hidden)
        self._place_bar()

    def add_strip(self, strip: QWidget) -> None:
        """Put another strip directly above the network."""
        self._column.insertWidget(self._column.count() - 1, strip)

    def float_over(self, canvas: QWidget, bar: QWidget) -> None:
        """Show a bar over the lower end of the canvas: nothing moves when it comes and goes."""
        self._canvas, self._bar = canvas, bar
        bar.setParent(self)
        for widget in (canvas, bar):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the bar at its place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self._place_bar()
        return False

    def _place_bar(self) -> None:
        canvas, bar, width = self._canvas, self._bar, self._canvas.width()
        if not (self.isAncestorOf(canvas) and self.isAncestorOf(bar)):
            return  # they are shown elsewhere
        height = max(bar.heightForWidth(width), bar.minimumSizeHint().height())
        corner = canvas.mapTo(self, QPoint(0, canvas.height() - height))
        bar.setGeometry(corner.x(), corner.y(), width, height)
        bar.raise_()
