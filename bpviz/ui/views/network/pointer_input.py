"""Mouse input on the diagram: clicks, the wheel and the context menu."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu

from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.network.canvas import NetworkCanvas
from bpviz.ui.views.network.hover import Element

NOTCH = 120
"""Qt's angle of one notch of a wheel; touchpads report fractions of it."""

MenuPart = Callable[[QMenu, Element, QPointF], None]
"""Adds actions for a unit or weight to a menu that opens at this point of the canvas."""


@guard_overrides
class PointerInput(QObject):
    """Translates mouse events of a canvas into signals about units and weights.

    There is one context menu: each part of the window that has actions for a unit or weight
    appends a ``MenuPart`` to ``menu_parts``.
    """

    pressed = Signal(object)
    """A unit or weight (``Element``) was pressed with the left button."""

    activated = Signal(object, QPointF)
    """A unit or weight was double-clicked, and where."""

    turned = Signal(object, int, bool)
    """The wheel was turned over a unit or weight: notches (up is positive), and whether finely."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas)
        self.menu_parts: list[MenuPart] = []
        self._canvas = canvas
        self._turned = 0
        self._menu: QMenu | None = None
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle mouse events over a unit or weight."""
        if isinstance(event, QWheelEvent):
            return self._turn(event)
        if isinstance(event, QContextMenuEvent):
            return self._open_menu(event)
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonPress:
                return self._press(event)
            if event.type() == QEvent.Type.MouseButtonDblClick:
                return self._activate(event)
        return False

    def _press(self, event: QMouseEvent) -> bool:
        target = self._canvas.point_at(event.position())
        if target is not None:
            self.pressed.emit(target)
        return False

    def _activate(self, event: QMouseEvent) -> bool:
        target = self._canvas.point_at(event.position())
        if target is None:
            return False
        self.activated.emit(target, event.position())
        return True

    def _turn(self, event: QWheelEvent) -> bool:
        before = self._canvas.target
        target = self._canvas.point_at(event.position())
        shift = Qt.KeyboardModifier.ShiftModifier
        if target is None or event.modifiers() not in (Qt.KeyboardModifier.NoModifier, shift):
            return False
        if target != before:
            self._turned = 0
        delta = event.angleDelta()
        self._turned += delta.y() or delta.x()  # with Shift some systems swap the axes
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        if notches:
            self.turned.emit(target, notches, event.modifiers() == shift)
        return True

    def _open_menu(self, event: QContextMenuEvent) -> bool:
        point = QPointF(event.pos())
        target = self._canvas.point_at(point)
        if target is None:
            return False
        menu = QMenu(self._canvas)
        menu.setObjectName("network_menu")
        for part in self.menu_parts:
            menu.addSeparator()
            part(menu, target, point)
        if menu.isEmpty():
            menu.deleteLater()
            return False
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QPoint(event.globalPos()))
        return True
