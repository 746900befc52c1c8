"""The view of similarity: which patterns a hidden group takes for alike."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from bpviz.core.analysis.similarity import LARGEST, MEASURES, even_sample, similarity
from bpviz.core.learning.backprop import forward
from bpviz.core.model.initializers import INITIALIZERS, initial_parameters
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Integers, Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, steady_limit
from bpviz.ui.toolkit.drawing.legend import Legend
from bpviz.ui.toolkit.drawing.pattern_names import class_name, full_name, short_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.base import View
from bpviz.ui.views.similarity.canvas import SimilarityCanvas, TreeAndMatrix

NO_FRAME = "The similarity of the patterns in a hidden group appears here."
NO_HIDDEN = "This network has no hidden units: its inputs go straight to its outputs."
NOT_COMPUTED = "not computed at this instant"
TOO_LARGE = "Activations that are as large as these cannot be compared."


class SimilarityView(View):
    """The patterns' similarity by the activations of a hidden group: a tree and a matrix.

    At most ``MOST_PATTERNS`` of the shown patterns, evenly spaced. Choices: ``group`` (index
    among the hidden groups), ``measure``, ``initial`` (the initial weights beside), ``limit``
    (the end of the scale of distances).
    """

    key: ClassVar[str] = "similarity"
    title: ClassVar[str] = "Similarity"
    about: ClassVar[str] = (
        "Which patterns a hidden group takes for alike: a cluster tree and a matrix of all pairs."
    )
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._sample: Integers = np.arange(0)
        self._names: tuple[str, ...] = ()
        self._untrained: tuple[PreparedExperiment, tuple[Matrix, ...]] | None = None
        self._group, self._measure, self._limit = 0, "distance", 0.0
        self._selected: int | None = None
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self._group_box, self._measure_box = QComboBox(), QComboBox()
        for box, name, words in (
            (self._group_box, "group", "Hidden group"), (self._measure_box, "measure", "Measure"),
        ):  # fmt: skip
            box.setObjectName(f"similarity_{name}")
            box.setAccessibleName(words)
        self._group_box.setToolTip("The hidden group whose activations are compared")
        self._measure_box.setToolTip("What is measured between the activations for two patterns")
        for key, words in MEASURES.items():
            self._measure_box.addItem(words, key)
        self._initial_box = Toggle(
            "Epoch 0", "similarity_initial", "The same with the initial weights, beside"
        )
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._canvas = SimilarityCanvas(self.theme)
        self._canvas.setObjectName("similarity_canvas")
        self._canvas.setAccessibleName("Cluster tree and matrix of the patterns")
        self._legend = Legend(self.theme)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("similarity_readout")
        boxes = self._group_box, self._measure_box, self._initial_box
        body = row_of((self._canvas, 1), self._legend)
        fill_column(self, row_of(*boxes, (self._instant, 1)), (body, 1), self._readout)
        self._group_box.activated.connect(self._choose)
        self._measure_box.activated.connect(self._choose)
        self._initial_box.clicked.connect(self._choose)
        self._canvas.hovered.connect(self._read)
        self._canvas.row_chosen.connect(self._choose_row)

    # -- as every view ---------------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The activations of the shown patterns."""
        return SnapshotRequest(activations=True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        parts = self._initial_box, self._canvas, self._legend, self._instant, self._readout
        for part in parts:
            part.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        new = self._frame is None or self._frame.setup is not frame.setup
        self._frame = frame
        if new:
            self._take_setup(frame)
        self._show()

    def select_pattern(self, row: int) -> None:
        """Mark the row of this training pattern."""
        self._selected = row
        self._mark()

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether there is a hidden group."""
        return bool(frame.setup.network.hidden)

    def choices(self) -> dict[str, Any]:
        """Group, measure, whether epoch 0 is beside, the scale and the marked pattern."""
        return {
            "group": self._group, "measure": self._measure,
            "initial": self._initial_box.isChecked(), "limit": self._limit,
            "selected": self._selected,
        }  # fmt: skip

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
        group, measure, limit = (choices.get(name) for name in ("group", "measure", "limit"))
        self._group = group if type(group) is int and group >= 0 else self._group
        self._measure = measure if measure in list(MEASURES) else self._measure
        if isinstance(limit, float) and np.isfinite(limit) and limit >= 0.0:
            self._limit = limit
        if type(choices.get("initial")) is bool:
            self._initial_box.setChecked(choices["initial"])
        if type(choices.get("selected")) is int:
            self._selected = choices["selected"]
        if self._frame is not None:
            self._take_setup(self._frame)
            self._show()

    # -- setting up and choosing -----------------------------------------------------------

    def _take_setup(self, frame: Frame) -> None:
        setup = frame.setup
        self._sample = even_sample(len(setup.shown))
        rows = setup.shown[self._sample].tolist()
        self._names = tuple(
            class_name(setup.patterns, row) or short_name(setup.patterns, row) for row in rows
        )
        hidden = setup.network.hidden
        self._group = min(self._group, max(len(hidden) - 1, 0))
        with QSignalBlocker(self._group_box):
            self._group_box.clear()
            for g in hidden:
                self._group_box.addItem(setup.network.groups[g].name)
            self._group_box.setCurrentIndex(self._group if hidden else -1)
        self._measure_box.setCurrentIndex(self._measure_box.findData(self._measure))
        self._group_box.setVisible(len(hidden) > 1)
        for box in (self._measure_box, self._initial_box):
            box.setVisible(bool(hidden))
        self._mark()

    def _choose(self) -> None:
        self._group = max(self._group_box.currentIndex(), 0)
        self._measure = self._measure_box.currentData()
        self._show()
        self.choices_changed.emit()

    def _choose_row(self, pattern: int) -> None:
        if self._frame is not None:
            row = int(self._frame.setup.shown[self._sample[pattern]])
            self.select_pattern(row)
            self.pattern_selected.emit(row)

    def _mark(self) -> None:
        if self._frame is not None:
            at = np.flatnonzero(self._frame.setup.shown[self._sample] == self._selected)
            self._canvas.mark(int(at[0]) if len(at) else None)

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame = self._frame
        if frame is None:
            for box in (self._group_box, self._measure_box, self._initial_box):
                box.hide()
            self._canvas.message = NO_FRAME
            return
        self._instant.set_text(*frame.snapshot.instants)
        self._canvas.message = self._message(frame)
        pictures = [] if self._canvas.message else self._pictures(frame)
        scale = self._scale(pictures)
        self._canvas.set_pictures(pictures, scale)
        self._legend.set_content([scale] if pictures else [])
        self._read()

    def _message(self, frame: Frame) -> str:
        if not frame.setup.network.hidden:
            return NO_HIDDEN
        if not frame.snapshot.activations:
            return NOT_COMPUTED
        sizes = np.abs(self._activations(frame, frame.snapshot.activations))
        return "" if (sizes <= LARGEST).all() else TOO_LARGE

    def _activations(self, frame: Frame, every: tuple[Matrix, ...]) -> Matrix:
        """(n, units) of the chosen group, for the patterns that are compared."""
        return every[frame.setup.network.hidden[self._group]][self._sample]

    def _pictures(self, frame: Frame) -> list[TreeAndMatrix]:
        shown = [("", frame.snapshot.activations)]
        if self._initial_box.isChecked():
            shown = [
                ("initial weights", self._initial(frame.setup)),
                (frame.snapshot.instant, frame.snapshot.activations),
            ]
        return [
            TreeAndMatrix(
                title, similarity(self._activations(frame, acts), self._measure), self._names
            )
            for title, acts in shown
        ]

    def _initial(self, setup: PreparedExperiment) -> tuple[Matrix, ...]:
        """Activations for the shown patterns with the weights that the seed draws."""
        if self._untrained is None or self._untrained[0] is not setup:
            experiment = setup.experiment
            parameters = initial_parameters(
                setup.network, INITIALIZERS[experiment.initializer], experiment.spread,
                np.random.default_rng(experiment.seed),
            )  # fmt: skip
            inputs = setup.patterns.train.inputs[setup.shown]
            self._untrained = setup, forward(setup.network, parameters, inputs)[1]
        return self._untrained[1]

    def _scale(self, pictures: list[TreeAndMatrix]) -> ColourScale:
        if self._measure == "correlation":
            return ColourScale(-1.0, 0.0, 1.0, "correlation")
        largest = max((float(p.found.matrix.max()) for p in pictures), default=0.0)
        self._limit = steady_limit(largest, self._limit)
        return ColourScale(0.0, 0.0, self._limit, "distance")

    def _read(self) -> None:
        """Show the pair under the mouse, or else how many patterns are left out."""
        cell, frame = self._canvas.cell_under_mouse(), self._frame
        if frame is None or self._canvas.message:
            self._readout.set_text("")
            return
        if cell is None:
            every = len(frame.setup.patterns.train)
            left_out = len(self._sample) < every
            note = f"{len(self._sample):,} of {every:,} patterns, evenly spaced" if left_out else ""
            self._readout.set_text(note)
            return
        rows = frame.setup.shown[self._sample[[cell.row, cell.column]]].tolist()
        a, b = (full_name(frame.setup.patterns, row) for row in rows)
        pictures = self._canvas.pictures
        value = float(pictures[cell.block].found.matrix[cell.row, cell.column])
        words = "undefined" if np.isnan(value) else self._scale(list(pictures)).text(value)
        self._readout.set_text(f"{a} and {b}: {words}")
