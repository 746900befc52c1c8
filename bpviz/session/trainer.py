"""Trains a run for one slice of time, with the engine that suits it, up to a stop condition."""

from time import perf_counter

from bpviz.core.kernels.engines import NUMPY
from bpviz.core.run.records import Done, EpochRecord, Records
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.experiment.stopping import Stopping
from bpviz.session.drive import Drive
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.scheduling.frame_pacing import FramePacing
from bpviz.session.scheduling.numba_loader import EngineChoice


class Trainer:
    """Trains slice by slice; ``engines`` chooses the engine."""

    def __init__(
        self, mailbox: Mailbox, recorder: QuantityRecorder, pacing: FramePacing, engine: str
    ) -> None:
        self.engines = EngineChoice(engine)
        self._mailbox, self._recorder, self._pacing = mailbox, recorder, pacing
        self._stopping = Stopping()
        self.pauses_when_solved = False

    def begin(self, setup: PreparedExperiment, history: RunHistory, *, plays: bool = False) -> None:
        """Arm the stop conditions that the present epoch does not meet.

        ``plays``: training may also pause where the problem is solved, once in a run.
        """
        stop, n_patterns = setup.experiment.stop, len(setup.patterns.train)
        pauses = plays and self.pauses_when_solved and history.solved_at is None
        best = history.best()
        self._stopping = Stopping(stop, n_patterns, history.run.record, pauses=pauses, best=best)

    def reasons(self, records: Records) -> tuple[str, ...]:
        """The stop conditions that the last of these epochs meets, in words."""
        return self._stopping.reasons(records[-1]) if records else ()

    def best_epoch(self, records: Records) -> int | None:
        """The epoch to go back to after the last of these epochs; None if training goes on or
        ends there."""
        goes_back = bool(records) and self._stopping.goes_back(records[-1])
        return self._stopping.best_epoch if goes_back else None

    def slice(
        self, setup: PreparedExperiment, history: RunHistory, drive: Drive
    ) -> tuple[bool, Records]:
        """Train one slice; see Drive.slice. Raises Diverged."""
        # A compiled engine does not need the interpreter while the window draws.
        self._mailbox.needs_python = history.run.engine == NUMPY
        if self._mailbox.needs_python:
            self._mailbox.screen_idle.wait(timeout=0.1)
            self.engines.yield_to_loader(self._mailbox.due_in(perf_counter() + self._mailbox.lead))
        if not history.timeline.is_past:  # the past is repeated with its recorded engines
            self.engines.choose(history.run)
        interrupted = self._pacing.slice(history.run, frames=not history.seeks_briefly)
        return drive.slice(history, interrupted, self._done(setup, history))

    def _done(self, setup: PreparedExperiment, history: RunHistory) -> Done:
        """The stop condition; with recorded quantities it also records them after every epoch."""
        self._stopping.set_stop(setup.experiment.stop, len(setup.patterns.train))
        if not self._recorder.quantities:
            return self._stopping

        def record_and_stop(record: EpochRecord) -> bool:
            is_new = record.epoch > history.timeline.latest.epoch  # others are filled in
            if is_new and record.epoch == history.run.epoch:  # the parameters are those after it
                self._recorder.note(history.run, trained=True)
            return self._stopping(record)

        return record_and_stop
