"""Actions on the run: train or pause, reset, and start another one."""

from dataclasses import replace
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.experiment import MAX_SEED, Experiment, with_new_data
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.problems.table import PROBLEMS
from bpviz.session.commands import Configure, Load, Open, Pause, Play, PlaySlowly, Reset
from bpviz.session.frame import Frame
from bpviz.session.status import TRAINING, Status
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.panels.undoable_edits import Editor
from bpviz.ui.window.actions import ActionRow, Actions, Handler, describe, set_icon
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.table_opening import TableOpening

TOO_LATE = 0.5
"""Seconds after a run has stopped in which a click was meant for Pause: it does not train on."""


class RunActions:
    """What the menu Training and the experiment panel do to the run.

    ``experiment`` is the present one, with what was entered since the last frame.
    """

    def __init__(
        self,
        window: WindowContext,
        panel: ExperimentPanel,
        editor: Editor,
        run: QAction,
        experiment: Experiment,
    ) -> None:
        self.experiment = experiment
        self._window, self._panel, self._editor, self._run = window, panel, editor, run
        self._patterns: PatternSet | None = None
        self._runs = self._pausing = False
        self._words = ""
        self._ended = -TOO_LATE
        panel.applied.connect(self._apply)
        panel.configured.connect(self._configure)
        self.tables = TableOpening(window, lambda: self.experiment)
        panel.open_csv_requested.connect(self.tables.ask)
        panel.table_chosen.connect(self.tables.open_experiment)
        panel.data_requested.connect(self.tables.show_current)

    def handlers(self) -> dict[ActionRow, Handler]:
        """Action -> what it does."""
        return {
            Actions.open_csv: self.tables.ask,
            Actions.data: self.tables.show_current,
            Actions.reload: self.tables.reload,
            Actions.run: self._toggle_run,
            Actions.reset: self._reset,
            Actions.new_seed: self._new_seed,
            Actions.new_data: self._new_data,
            Actions.lesion: self._lesion,
        }

    def _lesion(self) -> None:
        """Open the dialog of lesions for the instant on screen."""
        from bpviz.ui.window.lesion_dialog import LesionDialog  # imported on first use

        frame = self._window.current_frame
        if frame is None or not frame.setup.network.hidden:
            self._window.say("This network has no hidden units to lesion.")
            return
        dialog = LesionDialog(frame, self._window.theme, self._window.widget)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.held.connect(self._editor.lesion)
        dialog.open()

    def load_problem(self, problem: str) -> None:
        """Start the default experiment of a problem: its name, or the path of a CSV file."""
        if problem not in PROBLEMS:
            self.tables.open(problem)
            return
        self._window.message.clear()
        self._window.choose_speed_for(problem)
        self._window.session.send(Open(problem, self.experiment.seed))

    def _toggle_run(self) -> None:
        if self._window.session.status.state in TRAINING:
            self._pausing = True
            self._window.session.send(Pause())
        elif monotonic() >= self._ended + TOO_LATE:
            self._train(slowly=False)

    def play_slowly(self) -> None:
        """Train phase by phase."""
        self._train(slowly=True)

    def _train(self, *, slowly: bool) -> None:
        """Train: a new run if entries of the experiment panel wait for one, or else this one."""
        window = self._window
        window.message.clear()
        experiment, names = self._panel.take_changes()
        if experiment is not None:
            window.choose_speed_for(experiment.problem)
            window.session.send(Load(experiment, play=True, own=True, slowly=slowly))
            self._words = f"New run with the changes: {', '.join(names)}."
        elif names:
            window.message.say(
                f"Not started: correct {', '.join(names)} in Experiment first.", "warning",
                "Train without it", lambda: self._go_on(slowly=slowly),
            )  # fmt: skip
        else:
            self._go_on(slowly=slowly)

    def _go_on(self, *, slowly: bool) -> None:
        self._window.session.send(PlaySlowly() if slowly else Play())

    def take_words(self) -> str:
        """A sentence about the run that is new on screen; empty if there is nothing to say."""
        words, self._words = self._words, ""
        return words

    def note_step(self) -> None:
        """A step belongs to the present run: say so if entries wait for a new one."""
        if self._panel.has_changes:
            self._window.say("This run goes on. Run, or Apply in Experiment, starts the new one.")

    def _reset(self) -> None:
        self._window.message.clear()
        self._editor.clear()
        self._window.session.send(Reset())

    def _new_seed(self) -> None:
        self._window.message.clear()
        seed = (self.experiment.seed + 1) % (MAX_SEED + 1)
        self._window.load(replace(self.experiment, seed=seed), own=self._is_kept)

    def _new_data(self) -> None:
        self._window.message.clear()
        drawn = with_new_data(self.experiment)
        if drawn is None:
            self._window.message.say(
                "The patterns of this problem are not drawn at random.", "warning"
            )
        else:
            self._window.load(drawn, own=self._is_kept)

    def _apply(self, experiment: Experiment) -> None:
        """Start a run of what was entered; only a choice of the problem is not the user's own."""
        self._window.load(experiment, own=experiment.problem == self.experiment.problem)

    @property
    def _is_kept(self) -> bool:
        frame = self._window.current_frame
        return frame is not None and frame.kept

    def _configure(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._window.session.send(Configure(experiment))

    # -- showing ---------------------------------------------------------------------------

    def show_setup(self, setup: PreparedExperiment, *, new_run: bool) -> None:
        """Show the experiment of a new run, or the patterns that replaced those of this one."""
        known, self._patterns = self._patterns, setup.patterns
        if new_run:
            self.experiment = setup.experiment
            self.tables.watch.watch(setup.experiment)
        if new_run or known is None or _described(known) != _described(setup.patterns):
            self._panel.set_experiment(setup.experiment, setup.patterns)
        self._panel.set_remarks(setup.remarks)

    def show_settings(self, experiment: Experiment) -> None:
        """Show the settings of the instant that the run has gone to."""
        self.experiment = experiment
        self._panel.set_experiment(experiment, self._patterns)

    def show_frame(self, frame: Frame) -> None:
        """Show the epoch in the panel."""
        self._panel.set_epoch(frame.snapshot.epoch)

    def show_status(self, status: Status) -> None:
        """Let the action read Run or Pause, and the panel show that an experiment is loading."""
        self._note_end(status)
        running = status.state == "running"
        self._run.setText("Pause" if running else "Run")
        describe(self._run, "Pause after the present update" if running else "Train")
        set_icon(self._run, "pause" if running else "play", self._window.theme)
        self._panel.set_busy(status.state == "loading")

    def _note_end(self, status: Status) -> None:
        """Note when a run stops, unless Pause was sent before: a click that comes now is late."""
        stopped = status.state in ("finished", "failed") or status.solved
        if self._runs and stopped and not self._pausing:
            self._ended = monotonic()
        self._runs = status.state == "running"
        self._pausing = self._pausing and self._runs


def _described(patterns: PatternSet) -> tuple[int, bool]:
    """What the panel says of patterns that are changed by hand."""
    return len(patterns.train), patterns.original is not None
