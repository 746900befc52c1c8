"""The comparison: runs laid over each other on one set of axes, and their outputs side by side."""

from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QWidget,
)

from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import Split
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.comparison import MOST_RUNS, names
from bpviz.session.compare import ComparedRun
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, ErrorScale
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.widgets.columns import fill_column
from bpviz.ui.toolkit.widgets.placeholder_page import PlaceholderPage
from bpviz.ui.views.base import View
from bpviz.ui.views.compare.cards import CardContent, CardGrid
from bpviz.ui.views.compare.controls import CompareControls, Foot
from bpviz.ui.views.compare.lines import (
    Along,
    Series,
    has_sizes,
    have_unlike_lengths,
    series,
    units_series,
)
from bpviz.ui.views.compare.plot import ComparePlot, Drawn

NO_RUNS = (
    "Keep the present run, or compare it with variants that are trained in the background: their "
    "errors appear here on one set of axes, and their outputs side by side."
)


class CompareView(View):
    """Kept runs, trained variants and the present run.

    Choices: ``along`` ("epochs", "updates" or "units"), ``split``, ``log``, ``epochs``; and, so
    that a picture shows the same as the screen, ``runs`` (a tuple of ComparedRun).
    """

    key: ClassVar[str] = "compare"
    title: ClassVar[str] = "Compare"
    about: ClassVar[str] = "Several runs laid over each other, and side by side."
    vector: ClassVar[bool] = True

    keep_requested = Signal()
    compare_requested = Signal(str, int)
    """The key of a row of PRESETS, and the epochs to train each of its variants."""

    cancel_requested = Signal()
    open_requested = Signal(object)
    """An experiment that the user opens in the window."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._kept: tuple[ComparedRun, ...] = ()
        self._trained: tuple[ComparedRun, ...] = ()
        self._shown: list[ComparedRun] = []
        self._lines: dict[tuple[int, Split, Along, Axes, ErrorScale], Series] = {}
        self._named: tuple[ComparedRun, ...] = ()
        self._called: tuple[str, ...] = ()
        self._build()
        self.set_theme(theme)

    def _build(self) -> None:
        self._controls = CompareControls(self)
        self._plot = ComparePlot(self.theme, self)
        self._grid = CardGrid(self.theme)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._grid)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._foot = Foot(self)
        self._page = PlaceholderPage("compare_hint", NO_RUNS, (self._plot, 4), (self._scroll, 5))
        fill_column(self, self._controls, (self._page, 1), self._foot)
        self._controls.keep_clicked.connect(self.keep_requested)
        self._controls.clear_clicked.connect(self._clear)
        self._controls.preset_chosen.connect(self._compare)
        self._controls.chosen.connect(self._choose)
        self._controls.refused.connect(lambda _sentence: self._show())
        self._controls.cancel_clicked.connect(self.cancel_requested)
        self._grid.opened.connect(self._open)
        self._grid.removed.connect(self._remove)

    # -- what every view can do ------------------------------------------------------------

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """A frame alone has nothing to compare with."""
        return False

    def is_empty(self, frame: Frame) -> bool:
        """Whether no run is compared."""
        return not self._runs()

    def snapshot_request(self) -> SnapshotRequest:
        """The present run's output, where it is drawn beside others."""
        return SnapshotRequest(probe=bool(self._runs()))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._page.set_theme(theme)
        self._controls.set_theme(theme)
        self._foot.readout.set_theme(theme)
        self._plot.set_theme(theme)
        self._grid.set_theme(theme)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Show this instant of the present run."""
        self._frame = frame
        self._show()

    def choices(self) -> dict[str, Any]:
        """What is on the axes, and the runs."""
        return {**self._controls.choices(), "runs": self._runs()}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices from another instance; unknown or unfit ones are passed over."""
        runs = choices.get("runs")
        if isinstance(runs, tuple) and all(isinstance(run, ComparedRun) for run in runs):
            self._kept, self._trained = runs, ()
        self._show()  # what can be chosen depends on the runs
        self._controls.set_choices(choices)
        self._show()

    # -- runs ------------------------------------------------------------------------------

    def keep(self, run: ComparedRun) -> None:
        """Show a run that was kept, from now on; at most MOST_RUNS, the oldest go."""
        room = max(MOST_RUNS - len(self._trained), 1)
        self._kept = (*self._kept, run)[-room:]
        self._show()
        self.choices_changed.emit()

    def show_trained(self, runs: tuple[ComparedRun, ...], share: float | None) -> None:
        """Show what a comparison has reached; ``share`` of it is done, None if nothing goes on."""
        self._trained = runs
        room = max(MOST_RUNS - len(runs), 0)
        self._kept = self._kept[-room:] if room else ()
        self._controls.show_working(share is not None)
        self._foot.show_progress(share)
        if self.isVisible():
            self._show()

    @property
    def preset_epochs(self) -> int:
        """How long variants are to be trained."""
        return int(self._controls.epochs.value)

    def _runs(self) -> tuple[ComparedRun, ...]:
        return (*self._kept, *self._trained)

    def _compare(self, key: str) -> None:
        self._controls.epochs.commit()
        if self._controls.epochs.sentence:
            return
        self.compare_requested.emit(key, self.preset_epochs)
        self.choices_changed.emit()

    def _clear(self) -> None:
        self._kept = self._trained = ()
        self.cancel_requested.emit()
        self._show()
        self.choices_changed.emit()

    def _open(self, number: int) -> None:
        self.open_requested.emit(self._runs()[number].experiment)

    def _remove(self, number: int) -> None:
        runs = list(self._runs())
        if self._foot.bar.isVisible() and number >= len(self._kept):
            return  # it is being trained: Cancel comes first
        del runs[number]
        self._kept, self._trained = tuple(runs), ()
        self._show()
        self.choices_changed.emit()

    def _choose(self) -> None:
        self._show()
        self.choices_changed.emit()

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        runs = self._runs()
        if runs != self._named:
            self._named = runs
            self._lines.clear()
            self._called = names([run.experiment for run in runs])
        present = None if self._frame is None or not runs else _present(self._frame)
        self._shown = [*runs, *([present] if present else [])]
        with_test = any(r.setup is not None and r.setup.patterns.test for r in self._shown)
        sizes = has_sizes(list(runs))
        self._controls.allow(units=sizes, test=with_test, runs=bool(runs))
        if not runs:
            self._page.say()
            self._foot.readout.set_text(self._controls.epochs.sentence)
            return
        self._page.show_page()
        scale = self._controls.scale.currentData()
        contents = [
            CardContent(run, name, self._colour(n), scale=scale)
            for n, (run, name) in enumerate(zip(runs, self._called, strict=True))
        ]
        if present is not None:
            text = self.theme.colour("text")
            contents.append(CardContent(present, "in the window", text, True, scale))
        self._grid.show_contents(contents)
        self._draw(contents)
        self._foot.readout.set_text(self._note())

    def _draw(self, contents: list[CardContent]) -> None:
        along, split = self._controls.along.currentData(), self._controls.split.currentData()
        scale: ErrorScale = self._controls.scale.currentData()
        sign = "E / P" if scale == "per_pattern" else "E"
        kind = split if self._controls.split.isVisibleTo(self) else "error"
        log = self._controls.log.isChecked()
        if along == "units":
            axes = Axes(log_epochs=True, log_error=log)
            sizes = [content.run for content in contents if not content.present]
            drawn = self._size_lines(sizes, scale)
            self._plot.show_lines(drawn, axes, "hidden units", f"last {sign}")
            return
        self._controls.suggest_log_epochs(have_unlike_lengths([c.run for c in contents]))
        axes = Axes(log_epochs=self._controls.log_epochs.isChecked(), log_error=log)
        drawn = [
            Drawn(self._series(c, split, along, axes, scale), c.colour, 2.4 if c.present else 1.8)
            for c in contents
        ]
        label = "epoch" if along == "epochs" else "updates of the weights"
        self._plot.show_lines(drawn, axes, label, f"{kind} {sign}")

    def _series(
        self, content: CardContent, split: Split, along: Along, axes: Axes, scale: ErrorScale
    ) -> Series:
        """The line of a run; that of a compared one is made only once."""
        if content.present:
            return series(content.run, split, along, axes, scale)
        key = id(content.run), split, along, axes, scale
        if key not in self._lines:
            self._lines[key] = series(content.run, split, along, axes, scale)
        return self._lines[key]

    def _size_lines(self, runs: list[ComparedRun], scale: ErrorScale) -> list[Drawn]:
        train = units_series(runs, "train", scale)
        lines = [Drawn(train, self.theme.colour("train"), dots=True)]
        test = units_series(runs, "test", scale)
        if len(test.x):
            lines.append(Drawn(test, self.theme.colour("test"), dots=True, dashed=True))
        return lines

    def _colour(self, number: int) -> QColor:
        return QColor(self.theme.classes[number % len(self.theme.classes)])

    def _note(self) -> str:
        """What is wrong with what was typed, or has to be known to read the plot."""
        if self._controls.epochs.sentence:
            return self._controls.epochs.sentence
        runs = self._runs()
        failed = next((run for run in runs if run.state == "failed"), None)
        kinds = {LOSSES[run.experiment.error].label for run in self._shown}
        if len(kinds) > 1:
            return f"Not comparable: the runs have different errors ({', '.join(sorted(kinds))})."
        if len({run.experiment.problem for run in self._shown}) > 1:
            return "The runs learn different problems."
        if self._controls.along.currentData() == "updates" and any(
            not run.updates and len(run.curve.epochs) for run in runs
        ):
            return "A kept run whose batch was changed is not drawn over updates."
        if self._controls.along.currentData() == "units":
            return "The last error of each run: train solid, test dashed."
        if failed is not None:
            return failed.message
        return ""


def _present(frame: Frame) -> ComparedRun:
    """The run in the window, at this instant."""
    setup, snapshot = frame.setup, frame.snapshot
    return ComparedRun(
        setup.experiment, "training", frame.curve, snapshot.updates, setup, snapshot.probe_outputs
    )
