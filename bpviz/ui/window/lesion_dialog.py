"""The dialog in which units are lesioned: the error without each, and without more and more."""

from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bpviz.core.analysis.lesion import Lesions, choose, lesions
from bpviz.core.model.losses import LOSSES
from bpviz.core.text.number_words import counted, number_text
from bpviz.session.frame import Frame
from bpviz.sharing.atomic_files import WriteFailed, write_bytes
from bpviz.ui.race.plots import LinePlot
from bpviz.ui.toolkit.drawing.plotting import PlotCanvas, label_axis, nice_ceiling
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.time_sliced import TimeSliced
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.toolkit.widgets.table_style import tool_button

ABOUT = (
    "A lesioned unit answers 0 to every pattern. Left: E without so many units, the mean of "
    "random choices and the range from the least to the most. Right: E without each unit alone."
)
DRAWS = 20


class LesionDialog(QDialog):
    """Lesions of one instant; ``held`` has a group and the units that are to be held at 0."""

    held = Signal(int, object)

    def __init__(self, frame: Frame, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_lesion")
        self.setWindowTitle(f"Lesion units: {frame.setup.patterns.name}, {frame.snapshot.instant}")
        self._frame, self._theme = frame, theme
        self._work = TimeSliced(self)
        self.found: Lesions | None = None
        self._build()
        self._choose_group()

    def _build(self) -> None:
        setup = self._frame.setup
        self._group = named(QComboBox(), "lesion_group", "The hidden group whose units are lost")
        for g in setup.network.hidden:
            self._group.addItem(setup.network.groups[g].name, g)
        self._count = named(QSpinBox(), "lesion_count", "How many units Hold at 0 takes")
        self._seed = named(QSpinBox(), "lesion_seed", "Decides which units are chosen")
        self._seed.setRange(0, 999)
        hold = tool_button(
            "lesion_hold", "Hold at 0",
            "Lesion so many units of the group in the run, those of the first choice; Undo returns",
        )  # fmt: skip
        save = tool_button("lesion_save", "Save…", "Save the picture as PNG")
        bar = QHBoxLayout()
        bar.setSpacing(SPACE)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("&Group", self._group), ("See&d", self._seed), ("U&nits", self._count)
        )  # fmt: skip
        for words, widget in fields:
            label = QLabel(words)
            label.setBuddy(widget)
            bar.addWidget(label)
            bar.addWidget(widget)
        bar.addWidget(hold)
        bar.addStretch(1)
        bar.addWidget(save)
        self._curve = LinePlot(self._theme, "lesion_curve", "Error against lesioned units", self)
        label_axis(self._curve.plot.bottom, "lesioned units")
        label_axis(self._curve.plot.left, "error E")
        self._bars = PlotCanvas(self._theme, "lesion_bars", self)
        self._bars.setAccessibleName("Error without each unit alone")
        self._alone = self._bars.add_plot(0, whole_x=True)
        self._alone.box.setMouseEnabled(False, False)
        self._alone.set_theme(self._theme)
        label_axis(self._alone.bottom, "unit lesioned alone")
        label_axis(self._alone.left, "error E")
        self._plots = QWidget()
        plots = QHBoxLayout(self._plots)
        plots.setContentsMargins(0, 0, 0, 0)
        plots.addWidget(self._curve)
        plots.addWidget(self._bars)
        self.words = named(QLabel(), "lesion_words", "What the lesions do")
        self.words.setWordWrap(True)
        self._note = Note("error", "lesion_note")
        self._note.set_theme(self._theme)
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(about)
        column.addLayout(bar)
        column.addWidget(self._plots, 1)
        for part in (self.words, self._note, buttons):
            column.addWidget(part)
        self.resize(scaled(760), scaled(460))
        self._group.activated.connect(self._choose_group)
        self._seed.valueChanged.connect(self._begin)
        hold.clicked.connect(self._hold)
        save.clicked.connect(self._save)

    @property
    def group(self) -> int:
        """The chosen group."""
        return int(self._group.currentData())

    def _choose_group(self) -> None:
        size = self._frame.setup.network.groups[self.group].size
        self._count.setRange(1, size)
        self._begin()

    def _begin(self) -> None:
        """Compute the lesions of the chosen group, a few ms in each turn of the event loop."""
        setup, snapshot = self._frame.setup, self._frame.snapshot
        self.found = None
        self._plots.setEnabled(False)
        self.words.setText("Computing the error without some of the units…")
        work = lesions(
            setup.network, LOSSES[setup.experiment.error], snapshot.parameters,
            setup.patterns.train, self.group, snapshot.clamps, draws=DRAWS,
            seed=self._seed.value(),
        )  # fmt: skip
        self._work.begin(work, self._show, lambda error: self._note.say(str(error)))

    def _show(self, found: Lesions) -> None:
        self.found = found
        self._plots.setEnabled(True)
        errors, x = found.errors, found.counts.astype(float)
        finite = errors[np.isfinite(errors)]
        top = nice_ceiling(max(float(finite.max()) if len(finite) else 1.0, 1e-12) * 1.02)
        self._curve.clear_lines()
        self._curve.plot.set_range((-0.02 * x[-1], 1.02 * x[-1]), (0.0, top))
        self._curve.draw_band(0, x, errors.min(axis=1), errors.max(axis=1))
        self._curve.draw_line(0, x, errors.mean(axis=1))
        units = np.arange(1, len(found.alone) + 1)
        self._alone.box.clear()
        self._alone.set_range((0.3, len(units) + 0.7), (0.0, top))
        colour = self._theme.colour("positive")
        self._alone.box.addItem(
            pg.BarGraphItem(x=units, height=found.alone, width=0.6, brush=colour, pen=colour)
        )
        for plot in (self._curve.plot, self._alone):
            plot.fit_left(56)
        self._say(found)

    def _say(self, found: Lesions) -> None:
        worst = int(np.argmax(found.alone))
        whole, half = found.errors[0, 0], len(found.counts) // 2
        self.words.setText(
            f"E is {number_text(float(whole))} with all units. Unit {worst + 1} is missed most: "
            f"{number_text(float(found.alone[worst]))} without it. Without "
            f"{counted(int(found.counts[half]), 'unit')} of {len(found.alone):,}, E is "
            f"{number_text(float(found.errors[half].mean()))} on average of {DRAWS} choices, and "
            f"{number_text(float(found.errors[-1, 0]))} without all."
        )

    def _hold(self) -> None:
        size = self._frame.setup.network.groups[self.group].size
        units = choose(size, self._count.value(), 1, self._seed.value())[0]
        self.held.emit(self.group, units)
        self.accept()

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the picture", "lesions.png", "PNG picture (*.png)"
        )
        if not chosen:
            return
        path = Path(chosen)
        asked = path.suffix == ".png"  # the dialog asked before replacing a file
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        self._plots.grab().save(buffer, "PNG")
        try:
            write_bytes(
                path if asked else path.with_name(path.name + ".png"),
                bytes(buffer.data().data()), replace=asked,
            )  # fmt: skip
        except WriteFailed as error:
            self._note.say(str(error))
