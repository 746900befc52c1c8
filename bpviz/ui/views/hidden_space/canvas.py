"""The drawing area of the hidden space: axes, trails, the decision and a dot for each pattern."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.text.number_words import number_text
from bpviz.core.values import Integers, Matrix
from bpviz.ui.toolkit.drawing.colour_scale import Pixels
from bpviz.ui.toolkit.drawing.plotting import nice_step, plot_font
from bpviz.ui.toolkit.drawing.theme import Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.views.hidden_space.camera import Angles, Camera, edges
from bpviz.ui.views.hidden_space.label_places import near_groups, place_labels
from bpviz.ui.views.hidden_space.space import Decision, Space

NEAR = 9.0
"""Px: so near to a dot the mouse means it."""

DRAGGED = 4.0
"""Px that the mouse may move between press and release of a click."""

MANY = 150
FADES = 6
"""So many strengths a trail has from its oldest to its newest part."""

_ARROWS = {
    Qt.Key.Key_Left: (-10, 0), Qt.Key.Key_Right: (10, 0),
    Qt.Key.Key_Up: (0, 10), Qt.Key.Key_Down: (0, -10),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class SpacePicture:
    """What is drawn: P patterns at points (P, d) of a space.

    rows      the training patterns that they are.
    pixels    (P,) 0xffRRGGBB of their targets; ``wrong`` (P,) whose answers are wrong.
    names     what to write beside each dot; empty if nothing.
    trails    (steps, R, d) where the patterns ``followed`` (indices into rows) were, newest last;
              nan is a gap.
    """

    space: Space
    points: Matrix
    rows: Integers
    pixels: Pixels
    wrong: NDArray[np.bool_]
    decision: Decision
    names: tuple[str, ...] = ()
    trails: Matrix = field(default_factory=lambda: np.empty((0, 0, 2)))
    followed: Integers = field(default_factory=lambda: np.arange(0))


@guard_overrides
class SpaceCanvas(QWidget):
    """Paints a Scene; a click chooses a pattern, a drag turns three axes."""

    hovered = Signal(object)
    """The indices into the scene's rows that are under the mouse, as a list."""

    pattern_chosen = Signal(int)
    """A training pattern's row."""

    turned = Signal()
    """The user turned the cube."""

    LEFT, BOTTOM, MARGIN = 52, 38, 10

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene: SpacePicture | None = None
        self.angles = Angles()
        self._selected: int | None = None
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        self._px: Matrix = np.empty((0, 2))
        self._mouse: QPointF | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(scaled(96), scaled(80))

    # -- what is shown ---------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_scene(self, scene: SpacePicture) -> None:
        """Show this."""
        self._scene = scene
        turns = scene.space.dimensions == 3
        self.setCursor(Qt.CursorShape.OpenHandCursor if turns else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if turns else Qt.FocusPolicy.NoFocus)
        tip = "Drag, or use the arrow keys, to turn; double-click to turn back" if turns else ""
        self.setToolTip(plain_tip(tip))
        self._px = self._camera(scene).project(scene.points)[0]
        self.update()

    def select(self, row: int | None) -> None:
        """Draw a ring around this training pattern."""
        self._selected = row
        self.update()

    def set_angles(self, angles: Angles) -> None:
        """Look from there."""
        self.angles = angles
        if self._scene is not None:
            self.show_scene(self._scene)

    def place_of(self, index: int) -> QPointF:
        """Where the dot of a pattern is, px."""
        return QPointF(*self._px[index])

    def _camera(self, scene: SpacePicture) -> Camera:
        return Camera(scene.space.spans, self._area(scene), self.angles)

    def _area(self, scene: SpacePicture) -> QRectF:
        """A square between the axes' numbers, or all the room for a cube."""
        if scene.space.dimensions == 3:
            room = QRectF(self.rect()).adjusted(4, 4, -4, -4)
            room.setSize(room.size().expandedTo(QSizeF(1, 1)))  # the camera divides by it
            return room
        side = min(
            self.width() - self.LEFT - self.MARGIN, self.height() - self.BOTTOM - self.MARGIN
        )
        side = max(side, 16)
        left = (self.width() - side - self.LEFT - self.MARGIN) // 2 + self.LEFT
        return QRectF(left, self.MARGIN, side, side)

    # -- painting --------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:
        """Places are px: find them anew."""
        if self._scene is not None:
            self.show_scene(self._scene)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene, what is far before what is near."""
        scene = self._scene
        if scene is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(plot_font())
        camera = self._camera(scene)
        depth = camera.project(scene.points)[1]
        if scene.space.dimensions == 2:
            self._paint_square(painter, scene, camera)
            self._paint_trails(painter, scene, camera)
            self._paint_dots(painter, scene, np.arange(len(scene.rows)))
        else:
            self._paint_cube(painter, scene, camera)
            self._paint_trails(painter, scene, camera)
            order = np.argsort(depth, kind="stable")
            behind = _behind(scene, camera)[order]
            self._paint_dots(painter, scene, order[behind])
            self._paint_plane(painter, scene, camera)
            self._paint_dots(painter, scene, order[~behind])
        self._paint_names(painter, scene)
        painter.end()

    def _paint_square(self, painter: QPainter, scene: SpacePicture, camera: Camera) -> None:
        theme, area = self._theme, camera.rect
        metrics = QFontMetricsF(painter.font())
        for axis, (low, high) in enumerate(scene.space.spans):
            room = area.width() / 56.0 if axis == 0 else area.height() / (1.8 * metrics.height())
            step = nice_step(high - low, max(room, 1.0))
            decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
            for n in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1):
                share = (n * step - low) / (high - low)
                x = area.left() + share * area.width()
                y = area.bottom() - share * area.height()
                text = number_text(n * step, decimals)
                painter.setPen(QPen(theme.colour("grid"), 1))
                if axis == 0:
                    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
                    box = QRectF(x - 40, area.bottom() + 3, 80, metrics.height())
                    flags = Qt.AlignmentFlag.AlignHCenter
                else:
                    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
                    box = QRectF(area.left() - 66, y - 10, 60, 20)
                    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.setPen(theme.colour("muted"))
                painter.drawText(box, flags, text)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setPen(theme.colour("text"))
        bottom = QRectF(0, area.bottom() + metrics.height() + 4, self.width(), metrics.height() + 2)
        bottom.moveLeft(area.center().x() - self.width() / 2)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignHCenter, scene.space.labels[0])
        painter.save()
        painter.translate(area.left() - self.LEFT + 1, area.center().y())
        painter.rotate(-90)
        beside = QRectF(-self.height() / 2, 0, self.height(), metrics.height() + 2)
        painter.drawText(beside, Qt.AlignmentFlag.AlignHCenter, scene.space.labels[1])
        painter.restore()
        segments = scene.decision.segments
        if segments is not None and len(segments):
            ends = camera.project(segments.reshape(-1, 2))[0].reshape(-1, 4)
            painter.setPen(self._decision_pen(scene))
            painter.drawLines([QLineF(*end) for end in ends.tolist()])

    def _decision_pen(self, scene: SpacePicture) -> QPen:
        style = Qt.PenStyle.SolidLine if scene.space.exact else Qt.PenStyle.DashLine
        return QPen(self._theme.colour("text"), 1.8, style)

    def _paint_cube(self, painter: QPainter, scene: SpacePicture, camera: Camera) -> None:
        corners, depth = camera.project(camera.cube())
        farthest = int(depth.argmin())
        for a, b in edges():
            hidden, axis = farthest in (a, b), 0 in (a, b)
            pen = QPen(self._theme.colour("muted" if axis else "border"), 1.6 if axis else 1.0)
            if hidden:
                pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(*corners[a]), QPointF(*corners[b]))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(self._theme.colour("text"))
        for label, corner in zip(scene.space.labels, (4, 2, 1), strict=True):
            out = corners[corner] - corners[0]
            size = float(np.hypot(*out)) or 1.0
            width = metrics.horizontalAdvance(label)
            at = corners[corner] + out / size * (6 + 0.5 * abs(out[0]) / size * width + 5)
            box = QRectF(at[0] - width / 2 - 2, at[1] - 9, width + 4, 18)
            box.moveLeft(min(max(box.left(), 0.0), self.width() - box.width()))
            box.moveTop(min(max(box.top(), 0.0), self.height() - box.height()))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)

    def _paint_plane(self, painter: QPainter, scene: SpacePicture, camera: Camera) -> None:
        normal = scene.decision.normal
        if normal is None:
            return
        polygon = camera.project(camera.plane(normal, scene.decision.offset))[0]
        if len(polygon):
            painter.setPen(self._decision_pen(scene))
            painter.setBrush(self._theme.colour("muted", 48))
            painter.drawPolygon(QPolygonF([QPointF(*p) for p in polygon.tolist()]))

    def _paint_trails(self, painter: QPainter, scene: SpacePicture, camera: Camera) -> None:
        steps, followed, d = scene.trails.shape
        if steps < 2:
            return
        px = camera.project(scene.trails.reshape(-1, d))[0].reshape(steps, followed, 2)
        lines = np.concatenate([px[:-1], px[1:]], axis=2)
        fade = (np.arange(steps - 1) * FADES) // (steps - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pixel in np.unique(scene.pixels[scene.followed]):
            mine = np.flatnonzero(scene.pixels[scene.followed] == pixel)
            for strength in range(FADES):
                part = lines[fade == strength][:, mine].reshape(-1, 4)
                part = part[np.isfinite(part).all(axis=1)]
                if not len(part):
                    continue
                colour = QColor.fromRgb(int(pixel))
                colour.setAlpha(round(40 + 170 * strength / (FADES - 1)))
                painter.setPen(QPen(colour, 1.3))
                painter.drawLines([QLineF(*line) for line in part.tolist()])

    def _paint_dots(self, painter: QPainter, scene: SpacePicture, order: Integers) -> None:
        theme = self._theme
        radius = 3.2 if len(scene.rows) > MANY else 5.0
        right, wrong = QPen(theme.colour("surface"), 1.0), QPen(theme.colour("error"), 1.8)
        brushes = {int(p): QColor.fromRgb(int(p)) for p in np.unique(scene.pixels)}
        for index in order.tolist():
            centre = QPointF(*self._px[index])
            painter.setBrush(brushes[int(scene.pixels[index])])
            if scene.wrong[index]:
                painter.setPen(wrong)
                painter.drawEllipse(centre, radius + 0.6, radius + 0.6)
            else:
                painter.setPen(right)
                painter.drawEllipse(centre, radius, radius)
            if scene.rows[index] == self._selected:
                painter.setPen(QPen(theme.colour("selection"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(centre, radius + 4.5, radius + 4.5)

    def _paint_names(self, painter: QPainter, scene: SpacePicture) -> None:
        """Write the names beside the dots; dots that coincide have theirs in one line."""
        metrics = QFontMetricsF(painter.font())
        painter.setPen(self._theme.colour("text"))
        groups = near_groups(self._px[: len(scene.names)], 12.0)
        texts = [", ".join(scene.names[i] for i in group) for group in groups]
        points = np.array([self._px[group].mean(axis=0) for group in groups])
        sizes = [(metrics.horizontalAdvance(text), metrics.height()) for text in texts]
        area = QRectF(self.rect())
        for text, box in zip(texts, place_labels(points, sizes, area), strict=True):
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # -- mouse and keys --------------------------------------------------------------------

    def near(self, at: QPointF) -> list[int]:
        """The patterns (indices into the scene's rows) whose dots are there, nearest first."""
        if not len(self._px):
            return []
        away = np.hypot(self._px[:, 0] - at.x(), self._px[:, 1] - at.y())
        order = np.argsort(away, kind="stable")[:12]
        return [int(i) for i in order if away[i] <= NEAR]

    def under_mouse(self) -> list[int]:
        """The patterns that are under the mouse now, as ``near``."""
        return [] if self._mouse is None else self.near(self._mouse)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._dragged = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn the cube, or say what is under the mouse."""
        at = event.position()
        if self._dragged is not None and self._turns():
            moved = at - self._dragged
            self._dragged = at
            self._turn(moved.x(), moved.y())
        else:
            self._mouse = at
            self.hovered.emit(self.near(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses the pattern there."""
        start, self._pressed, self._dragged = self._pressed, None, None
        if start is None or self._scene is None:
            return
        moved = event.position() - start
        found = self.near(event.position())
        if abs(moved.x()) + abs(moved.y()) <= DRAGGED and found:
            self.pattern_chosen.emit(int(self._scene.rows[found[0]]))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Turn back."""
        if self._turns() and not self.near(event.position()):
            self.set_angles(Angles())
            self.turned.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._mouse = None
        self.hovered.emit([])

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys from being the window's while they turn the cube."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._turns()
            and event.key() in _ARROWS
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn with the arrows."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._turns():
            super().keyPressEvent(event)
        else:
            self._turn(*step)

    def _turns(self) -> bool:
        return self._scene is not None and self._scene.space.dimensions == 3

    def _turn(self, dx: float, dy: float) -> None:
        self.set_angles(self.angles.turned(dx, dy))
        self.turned.emit()


def _behind(scene: SpacePicture, camera: Camera) -> NDArray[np.bool_]:
    """(P,) which patterns the decision plane stands before."""
    normal = scene.decision.normal
    if normal is None:
        return np.ones(len(scene.points), dtype=bool)
    heights = scene.points @ normal + scene.decision.offset
    facing = camera.depth_of(normal)
    return np.asarray(heights * facing < 0.0)
