"""The controller of the comparison view: keeps runs, trains variants, and shows both."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from bpviz.experiment.comparison import PRESETS, variants
from bpviz.session.compare import Comparer, kept
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.ui.views.compare import CompareView


class ComparisonController(QObject):
    """Owns the background thread; call ``watch`` with every frame on screen."""

    open_requested = Signal(object)
    """The user wants to open this Experiment in the window."""

    updated = Signal()
    """A run was added to the comparison."""

    def __init__(self, session: Session, view: CompareView, parent: QObject) -> None:
        super().__init__(parent)
        self.comparer = Comparer(session.mailbox.screen_idle, self)
        self._view = view
        self._frame: Frame | None = None
        self._batch_changed = False
        self._working = False
        view.keep_requested.connect(self.keep)
        view.compare_requested.connect(self.compare)
        view.cancel_requested.connect(self.comparer.cancel)
        view.open_requested.connect(self.open_requested)
        self.comparer.changed.connect(self._show)
        self.comparer.finished_all.connect(self._finish)

    def watch(self, frame: Frame) -> None:
        """Note whether the batch size changed in this run: then its updates cannot be counted."""
        old, self._frame = self._frame, frame
        if old is None or old.setup.run_id != frame.setup.run_id or frame.snapshot.epoch == 0:
            self._batch_changed = False
        elif old.setup.experiment.training.batch != frame.setup.experiment.training.batch:
            self._batch_changed = True

    def keep(self) -> None:
        """Keep the run that is on screen for comparison."""
        if self._frame is not None:
            self._view.keep(kept(self._frame, batch_changed=self._batch_changed))
            self.updated.emit()

    def close(self) -> None:
        """End the thread."""
        self.comparer.close()

    def choose(self, choices: dict[str, Any]) -> None:
        """Set the choices of the view."""
        self._view.set_choices(choices)

    def compare(self, key: str, epochs: int) -> None:
        """Train the variants of the present experiment given by the preset of this key."""
        if self._frame is None:
            return
        setup = self._frame.setup
        preset = next(preset for preset in PRESETS if preset.key == key)
        self._working = True
        experiments = variants(preset, setup.experiment, setup.patterns)
        self.comparer.compare(tuple(experiments), epochs)
        self._show()

    def _show(self) -> None:
        share = self.comparer.progress if self._working else None
        self._view.show_trained(self.comparer.runs, share)

    def _finish(self) -> None:
        self._working = False
        self._show()
