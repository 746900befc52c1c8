"""Makes frames of a run when the window requests them and time allows."""

from time import perf_counter, thread_time

from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import Snapshot
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.drive import Drive
from bpviz.session.frame import Frame
from bpviz.session.mailbox import Mailbox
from bpviz.session.recording.past_filler import PastFiller
from bpviz.session.recording.quantity_recorder import QuantityRecorder
from bpviz.session.recording.run_history import RunHistory, setup_at
from bpviz.session.scheduling.frame_pacing import FramePacing
from bpviz.session.scheduling.snapshot_budget import SnapshotBudget


class FrameMaker:
    """Puts frames into the mailbox.

    ``pacing`` says when a frame is due and measures its cost; ``budget`` leaves out parts that
    take too long.
    """

    def __init__(self, mailbox: Mailbox, recorder: QuantityRecorder, filler: PastFiller) -> None:
        self._mailbox, self._recorder, self._filler = mailbox, recorder, filler
        self.pacing, self.budget = FramePacing(mailbox), SnapshotBudget()

    def publish(
        self, setup: PreparedExperiment, history: RunHistory, drive: Drive, engine: str,
        edits: int, loads: int, *, always: bool, complete: bool, own: bool,
    ) -> PreparedExperiment:  # fmt: skip
        """Put a frame of the present instant into the mailbox; returns the setup of that instant.

        always     although the window may not have requested one: the state is new.
        complete   with all requested parts, even those that take long, unless a command comes.
        own        whether the user has made the experiment.
        edits, loads   numbers of such commands done; see Frame.
        """
        start, begun = perf_counter(), thread_time()
        setup = setup_at(setup, history.run)
        snapshot = self._snapshot(setup, history, drive, start, always=always, complete=complete)
        if always and not history.timeline.is_past:
            # An edit may have changed the numbers of this epoch, or ended the record here.
            self._recorder.note(history.run, trained=True)
        self._filler.lacks(history)  # so that the tracks show what is missing
        tracks, speed = self._recorder.tracks(), drive.pace.epochs_per_second
        curve, timeline = history.curve(), history.timeline_status()
        kept = own or history.is_begun
        self._mailbox.put(
            Frame(setup, snapshot, curve, speed, tracks, timeline, engine, edits, loads, kept)
        )
        self.pacing.note(start, begun)
        return setup

    def _snapshot(
        self, setup: PreparedExperiment, history: RunHistory, drive: Drive, start: float, *,
        always: bool, complete: bool,
    ) -> Snapshot:  # fmt: skip
        wanted = request = self._mailbox.wants
        if not complete:
            request = self.budget.affordable(wanted, history.run, start, training=not always)
        snapshot = observe(
            history.run,
            request,
            shown=setup.shown,
            probe=setup.probe,
            run_id=setup.run_id,
            interrupted=lambda: not self._mailbox.commands.empty(),
            inside=drive.inside,
            updated=drive.by_updates,
        )
        self.budget.note(wanted, history.run, snapshot, start)
        return snapshot
