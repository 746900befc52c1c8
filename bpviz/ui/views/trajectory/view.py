"""The trajectory view: chosen weights, biases and units against epochs, live."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from bpviz.core.values import BadValue
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, epoch_range
from bpviz.ui.toolkit.drawing.plotting import AXIS_WIDTH, plot_metrics
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme, scaled
from bpviz.ui.toolkit.drawing.unit_names import quantity_name
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.log_epochs import LogEpochs
from bpviz.ui.toolkit.widgets.placeholder_page import hint_over
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.base import View
from bpviz.ui.views.trajectory.legend import TrackEntry, TrackList
from bpviz.ui.views.trajectory.model import last_epochs, notes, points, value_at, value_range
from bpviz.ui.views.trajectory.parse import ALLOWED, parse_quantity
from bpviz.ui.views.trajectory.plot import TrajectoryCanvas

BESIDE_FROM = 480
"""The smallest width, px at 100 % text, with the list beside the plot."""

PLACEHOLDER = "add: x1 h2"
HINT = (
    "Nothing is followed yet.\nPoint at a weight or unit in the network or in the weights view and "
    "press P, or choose Plot over time with the right mouse button."
)


@guard_overrides
class TrajectoryView(View):
    """Lines of the chosen quantities, and a list with their values at the marked epoch.

    The marked epoch is the one under the mouse, otherwise the one on show. The axes grow with
    the run until the user zooms; ``trajectory_auto`` returns to following.
    """

    key: ClassVar[str] = "trajectory"
    title: ClassVar[str] = "Over time"
    about: ClassVar[str] = "Chosen weights, biases, activations and deltas against epochs"
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._row = 0
        self._pointed: float | None = None
        self._drawing = False
        self._log = LogEpochs("trajectory_log_epochs", self)
        self._auto = Toggle(
            "auto",
            "trajectory_auto",
            "Axes show the whole record and grow with it; zooming switches this off",
            self,
        )
        self._auto.setChecked(True)
        self._clear = QPushButton("Clear", self)
        self._stop = QPushButton("Stop filling in", self)
        self._field = QLineEdit(self)
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._canvas = TrajectoryCanvas(self, theme)
        self._list = TrackList(self, theme)
        self._footing = TextLine()
        self._hint = hint_over(self._canvas, "trajectory_hint", HINT)
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    # -- what every view can do ------------------------------------------------------------

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Only where something is followed."""
        return bool(frame.tracks)

    def show_frame(self, frame: Frame) -> None:
        """Show the lines up to this instant; a new run starts with axes that follow."""
        if self._frame is None or frame.setup.network is not self._frame.setup.network:
            self._auto.setChecked(True)
            if self._frame is not None:  # the first frame may have choices already
                self._log.restart()
        self._frame = frame
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        parts = (self._log, self._auto, self._canvas, self._list, self._instant, self._footing)
        for part in parts:
            part.set_theme(theme)
        self._draw()

    def select_pattern(self, row: int) -> None:
        """Typed activations and deltas are those of this pattern."""
        self._row = row

    def choices(self) -> dict[str, Any]:
        """Whether the epoch axis is logarithmic."""
        return self._log.choices()

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices from another instance; unknown or unfit ones are passed over."""
        self._log.set_choices(choices)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list beside the plot, or below it where there is little width."""
        below = self.width() < scaled(BESIDE_FROM)
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.TopToBottom if below else directions.LeftToRight)
        self._list.set_below(below)

    # -- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._clear.setObjectName("trajectory_clear")
        self._clear.setToolTip("Follow nothing any more")
        self._clear.setAutoDefault(False)
        self._stop.setObjectName("trajectory_stop")
        self._stop.setToolTip("Leave the epochs before it was chosen as far as they are known")
        self._stop.setAutoDefault(False)
        self._stop.hide()
        self._field.setObjectName("trajectory_add")
        self._field.setAccessibleName("Plot over time")
        self._field.setPlaceholderText(PLACEHOLDER)
        self._field.setToolTip(f"Type what to plot over time, then Enter: {ALLOWED}")
        words = self._field.fontMetrics().horizontalAdvance(PLACEHOLDER)
        self._field.setMinimumWidth(words + 2 * SPACE)
        self._field.setMaximumWidth(scaled(20 * SPACE))
        self._footing.setObjectName("trajectory_footing")
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        widest = plot_metrics().horizontalAdvance("epoch 00,000")
        self._instant.setMinimumWidth(round(widest))
        header = row_of(self._log, self._auto, self._field, self._clear, (self._instant, 1))
        header.setSpacing(SPACE // 2)
        foot = row_of((self._footing, 1), self._stop)
        foot.setContentsMargins(AXIS_WIDTH, 0, 0, 0)
        plot = QVBoxLayout()
        plot.setSpacing(SPACE // 2)
        plot.addWidget(self._canvas, 1)
        plot.addLayout(foot)
        body = self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        body.setSpacing(SPACE)
        body.addLayout(plot, 1)
        body.addWidget(self._list)
        fill_column(self, header, (body, 1))

    def _connect(self) -> None:
        self._log.clicked.connect(self._choose)
        self._auto.clicked.connect(self._draw)
        self._clear.clicked.connect(self._drop_all)
        self._stop.clicked.connect(self.filling_stopped)
        self._field.returnPressed.connect(self._add)
        self._canvas.zoomed.connect(self._stop_following)
        # The canvas may tell so while it is taken apart with this view.
        self._canvas.resized.connect(lambda: self._draw() if isValid(self) else None)
        self._canvas.pointed.connect(self._point)
        self._list.pointed.connect(self._draw)
        self._list.removed.connect(self._drop)

    # -- choices of the user ---------------------------------------------------------------

    def _choose(self) -> None:
        self._auto.setChecked(True)  # a zoom into other coordinates means nothing here
        self._draw()
        self.choices_changed.emit()

    def _stop_following(self) -> None:
        self._auto.setChecked(False)
        self._draw()

    def _point(self, x: float | None) -> None:
        self._pointed = x
        self._show_values()

    def _add(self) -> None:
        if self._frame is None:
            return
        try:
            quantity = parse_quantity(self._frame.setup, self._field.text(), self._row)
        except BadValue as error:
            self._footing.set_text(str(error))
            return
        self._field.clear()
        self.quantity_chosen.emit(quantity)

    def _drop(self, index: int) -> None:
        if self._frame is not None and index < len(self._frame.tracks):
            self.quantities_dropped.emit((self._frame.tracks[index].quantity,))

    def _drop_all(self) -> None:
        if self._frame is not None:
            self.quantities_dropped.emit(tuple(t.quantity for t in self._frame.tracks))

    # -- showing ---------------------------------------------------------------------------

    def _axes(self) -> Axes:
        return Axes(self._log.isChecked())

    def _draw(self) -> None:
        # Setting a range resizes nothing, but emits its signal.
        if self._drawing:
            return
        self._drawing = True
        tracks = self._frame.tracks if self._frame else ()
        if self._auto.isChecked():
            self._log.follow([(track.epochs, track.values) for track in tracks])
        axes = self._axes()
        self._canvas.set_log(axes.log_epochs)
        if self._auto.isChecked():
            span = epoch_range(last_epochs(tracks), axes)
            self._canvas.set_ranges(span, value_range(tracks))
        shown, columns = self._canvas.ranges()[0], self._canvas.columns()
        lines = [points(track, shown, columns, axes) for track in tracks]
        self._canvas.show_lines(lines, self._list.index)
        self._hint.setVisible(not tracks)
        self._clear.setVisible(bool(tracks))
        self._list.setVisible(bool(tracks))
        self._stop.setVisible(any(track.filling for track in tracks))
        self._footing.set_text(notes(tracks, axes))
        self._show_values()
        self._drawing = False

    def _show_values(self) -> None:
        """The values at the marked epoch, and the mark."""
        frame, axes = self._frame, self._axes()
        if frame is None:
            return
        epoch = float(frame.snapshot.epoch)
        if self._pointed is not None:
            epoch = float(max(round(axes.epoch_at(self._pointed)), 0))
        entries = [
            TrackEntry(quantity_name(frame.setup, track.quantity), value_at(track, epoch))
            for track in frame.tracks
        ]
        self._list.show_entries(entries)
        self._instant.set_text(f"epoch {int(epoch):,}")
        recorded = float(last_epochs(frame.tracks)[-1])
        looks_back = self._pointed is not None or epoch < recorded
        has_place = epoch > 0.0 or not axes.log_epochs
        marked = bool(frame.tracks) and looks_back and has_place
        x = float(axes.x_of(np.array([epoch]))[0]) if marked else None
        self._canvas.show_mark(x)
