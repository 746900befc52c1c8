"""The draw view: the user draws an image and sees the network's output for it during training."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, activation_scale, steady_limit
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme, scaled
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.elided_text import Figure, TextLine
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.views.base import View
from bpviz.ui.views.draw.answer import Answer, answer_to, output_range
from bpviz.ui.views.draw.drawing import Ink, ink_of, with_noise
from bpviz.ui.views.draw.pad import Pad
from bpviz.ui.views.draw.response import Content, ResponsePicture

NO_IMAGE = (
    "The inputs of this problem are not the pixels of an image, so there is nothing to draw on. "
    "Choose a problem of images, for example “Handwritten digits”."
)
TOO_LARGE = "This network is too large to be asked at every frame."
LARGEST = 10_000_000
"""Parameters of a network that answers within a frame: some ms."""

MOST_NOISE, USUAL_NOISE = 50, 5
"""Percent of the cells."""

SHIFTS = (
    ("left", Qt.ArrowType.LeftArrow, 0, -1),
    ("up", Qt.ArrowType.UpArrow, -1, 0),
    ("down", Qt.ArrowType.DownArrow, 1, 0),
    ("right", Qt.ArrowType.RightArrow, 0, 1),
)


@guard_overrides
class DrawView(View):
    """A pad of the image's size, and the network's answer to what is drawn on it.

    Choices: ``drawing`` (the pixels, row by row), ``shape`` (rows, columns), and ``limits``
    (group index -> end of the scale of a hidden group without bounds).
    """

    key: ClassVar[str] = "draw"
    title: ClassVar[str] = "Draw"
    about: ClassVar[str] = "An image drawn by hand, and what the network answers to it."

    drawn = Signal(object)
    """The drawing as inputs (n,); None while the view is hidden."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._setup: PreparedExperiment | None = None
        self._ink = Ink(0.0, 1.0, False)
        self._image: Matrix | None = None
        self._limits: dict[int, float] = {}
        self._row = 0
        self._rng = np.random.default_rng(0)
        self.answer: Answer | None = None
        self._build()
        self.set_theme(theme)

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._said = named(QLabel(NO_IMAGE), "draw_said")
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._said.setWordWrap(True)
        self._body = _Body(self.theme)
        self._pad, self._response = self._body.pad, self._body.response
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._instant.setObjectName("draw_instant")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(self._controls())
        column.addWidget(self._body, 1)
        self._stack = QStackedLayout()
        self._said.setParent(self)  # a layout without a parent would show it as a window
        self._stack.addWidget(self._said)
        self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        outer.addLayout(self._stack)
        self._pad.changed.connect(self._take_pad)

    def _controls(self) -> QHBoxLayout:
        self._noise = named(QSlider(Qt.Orientation.Horizontal), "draw_noise_share")
        self._noise.setRange(0, MOST_NOISE)
        self._noise.setMinimumWidth(scaled(4 * SPACE))
        self._noise.setMaximumWidth(scaled(9 * SPACE))
        self._noise.setToolTip("The share of cells that “Add noise” turns over")
        self._noise.setAccessibleName("Share of noise in percent")
        self._share = Figure(f"{MOST_NOISE} %", align=Qt.AlignmentFlag.AlignRight)
        self._noise.valueChanged.connect(lambda value: self._share.setText(f"{value} %"))
        self._noise.setValue(USUAL_NOISE)
        clear = self._button("clear", "Clear", "Begin with an empty image")
        self._take = self._button("take", "Take pattern", "")
        noise = self._button("noise", "Add noise", "Turn some cells over, by chance")
        clear.clicked.connect(lambda: self._begin(self._ink.blank(self._pad.image.shape)))
        self._take.clicked.connect(self._take_pattern)
        noise.clicked.connect(self._add_noise)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        for widget in (clear, self._take, noise, self._noise, self._share, *self._shifts()):
            row.addWidget(widget)
        row.addWidget(self._instant, 1)
        return row

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = named(QPushButton(text), f"draw_{name}", tip)
        button.setAccessibleName(text)
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(text) + 2 * SPACE)
        return button

    def _shifts(self) -> list[QToolButton]:
        buttons = []
        for name, arrow, down, right in SHIFTS:
            tip = f"Move the drawing {name} by a cell (Shift and arrow key on the drawing)"
            button = named(QToolButton(), f"draw_{name}", tip)
            button.setAccessibleName(f"Move the drawing {name}")
            button.setArrowType(arrow)
            button.setAutoRaise(True)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, d=down, r=right: self._pad.move_by(d, r))
            buttons.append(button)
        return buttons

    # -- what every view can do ------------------------------------------------------------

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Only where inputs are pixels is there something to draw."""
        return frame.setup.patterns.image_shape is not None

    def show_frame(self, frame: Frame) -> None:
        """Show the answer at this instant."""
        self._frame = frame
        if frame.setup is not self._setup:
            self._setup = frame.setup
            self._adopt(frame.setup)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._said.setStyleSheet(f"color: {theme.muted};")
        for part in (self._pad, self._response, self._instant):
            part.set_theme(theme)

    def select_pattern(self, row: int) -> None:
        """This training pattern is what "Take pattern" takes."""
        self._row = row
        self._name_pattern()

    def choices(self) -> dict[str, Any]:
        """The drawing, and the ends of the scales."""
        if self._image is None:
            return {}
        pixels = tuple(self._image.ravel().tolist())
        return {"drawing": pixels, "shape": self._image.shape, "limits": dict(self._limits)}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over a drawing; it is shown where the problem's images have its shape."""
        try:
            image = np.array(choices["drawing"], dtype=np.float64).reshape(choices["shape"])
        except (KeyError, TypeError, ValueError):
            return
        if image.ndim != 2 or not np.isfinite(image).all():
            return
        self._image = image
        self._limits = dict(choices.get("limits", {}))
        if self._setup is not None:
            self._adopt(self._setup)
            self._show()

    # -- the drawing -----------------------------------------------------------------------

    def _adopt(self, setup: PreparedExperiment) -> None:
        """Keep what is drawn if it can be an input of this problem, or else begin anew."""
        shape, network = setup.patterns.image_shape, setup.network
        too_large = network.n_parameters > LARGEST
        self._stack.setCurrentIndex(0 if shape is None or too_large else 1)
        self._said.setText(NO_IMAGE if shape is None else TOO_LARGE)
        if shape is None:
            return
        self._ink = ink_of(setup.patterns)
        image = self._image
        if image is None or image.shape != shape or not self._ink.within(image):
            image = self._ink.blank(shape)
        self._begin(image, show=False)
        self._limits = {g: v for g, v in self._limits.items() if g in network.hidden}
        self._name_pattern()

    def _begin(self, image: Matrix, *, show: bool = True) -> None:
        """Draw on this image; noise begins anew, too, so that it can be had again."""
        assert self._setup is not None
        self._rng = np.random.default_rng(self._setup.experiment.seed)
        self._image = image
        self._pad.show_image(image, self._ink)
        if show:
            self._show_drawn()

    def _take_pad(self) -> None:
        self._image = self._pad.image
        self._show_drawn()

    def _show_drawn(self) -> None:
        """Show the outputs for the changed drawing, here and in the diagram."""
        self._show()
        if self._image is not None:
            self.drawn.emit(self._image.ravel().copy())

    def hideEvent(self, event: QHideEvent) -> None:
        """What cannot be seen must not fill the diagram."""
        super().hideEvent(event)
        self.drawn.emit(None)

    def _take_pattern(self) -> None:
        assert self._setup is not None
        train = self._setup.patterns.train
        self._begin(train.inputs[self._taken()].reshape(self._pad.image.shape).copy())

    def _add_noise(self) -> None:
        self._image = with_noise(self._pad.image, self._ink, self._noise.value() / 100, self._rng)
        self._pad.show_image(self._image, self._ink)
        self._show_drawn()

    def _taken(self) -> int:
        assert self._setup is not None
        return min(self._row, len(self._setup.patterns.train) - 1)

    def _name_pattern(self) -> None:
        if self._setup is not None:
            name = full_name(self._setup.patterns, self._taken())
            tip = f"Draw on the selected training pattern: {name}"
            self._take.setToolTip(plain_tip(tip))

    # -- the answer ------------------------------------------------------------------------

    def _show(self) -> None:
        frame, image = self._frame, self._image
        if frame is None or image is None or self._stack.currentIndex() == 0:
            return
        setup, snapshot = frame.setup, frame.snapshot
        self.answer = answer_to(setup, snapshot, image)
        names = unit_names(setup, setup.network.output)
        groups = tuple(
            (setup.network.groups[g].name, values, self._scale(setup, g, values))
            for g, values in self.answer.hidden.items()
        )
        self._response.show_content(Content(self.answer, names, output_range(setup), groups))
        held = len(snapshot.clamps)
        clamped = f" · {held} {'unit' if held == 1 else 'units'} clamped" if held else ""
        self._instant.set_text(*(f"{instant}{clamped}" for instant in snapshot.instants))

    def _scale(self, setup: PreparedExperiment, group: int, values: Matrix) -> ColourScale:
        activation = ACTIVATIONS[setup.network.groups[group].activation]
        if not np.isfinite(activation.high):
            largest = float(np.abs(values).max())
            self._limits[group] = steady_limit(largest, self._limits.get(group, 0.0))
        return activation_scale(activation, self._limits.get(group, 1.0))


@guard_overrides
class _Body(QWidget):
    """The pad as a square and the response beside it, or below where it is higher than wide."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.pad, self.response = Pad(self, theme), ResponsePicture(self, theme)
        self.setMinimumSize(self.minimumSizeHint())

    def minimumSizeHint(self) -> QSize:
        """So small that it squeezes no other view."""
        return QSize(240, 96)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both."""
        width, height = self.width(), self.height()
        gap = 2 * SPACE
        if width >= 1.2 * height:
            side = min(height, (width - gap) // 2)
            self.pad.setGeometry(0, 0, side, side)
            self.response.setGeometry(side + gap, 0, width - side - gap, height)
        else:
            side = min(width, (height - gap) * 3 // 5)
            self.pad.setGeometry(0, 0, side, side)
            self.response.setGeometry(QRect(0, side + gap, width, height - side - gap))
