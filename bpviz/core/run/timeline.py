"""The past of a run: checkpoints within a memory budget, and the edits between them.

Any earlier instant can be restored to the bit: the nearest checkpoint before it is restored and
training is repeated from there, with every edit at the instant at which it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Literal, NamedTuple

from bpviz.core.interruption import Interrupted, never
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.checkpoint import Checkpoint, When
from bpviz.core.run.checkpoint_store import CheckpointStore, StoredCheckpoint
from bpviz.core.run.cursor import Grain, last_position, n_phases, position_after, position_before
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import Edit
from bpviz.core.run.records import Done, EpochRecord, Records, unending
from bpviz.core.run.run import Run

BUDGET = 64 * 2**20
"""Bytes that checkpoints may take."""

STRETCH = 0.03
"""Upper bound, approximately, on the seconds of training between two checkpoints, and so on the
replay time when seeking; longer once the memory budget is used up."""

SHORTEST_STRETCH, LONGEST_STRETCH = 10, 100_000
"""Limits of the epochs between two checkpoints, whatever time was measured for them."""

Inside = Literal["start", "end", "last pattern"]


class TimelinePosition(NamedTuple):
    """Completed epochs, completed updates of the next epoch, phases done of the next update."""

    epoch: int
    update: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class SeekGoal:
    """The instant to seek. ``update`` None: the last one of the epoch that follows ``epoch``.

    ``inside`` is a position within the update, or the name of one.
    """

    epoch: int
    update: int | None = 0
    inside: int | Inside = 0


class _RecordedEdit(NamedTuple):
    when: When
    edit: Edit


class Timeline:
    """Trains a run and records its checkpoints, edits and engines.

    ``latest`` is the last instant of the record. Before it, ``advance`` repeats what is recorded,
    each epoch with its recorded engine; an edit or ``abandon`` makes the present instant the end
    of the record.
    """

    def __init__(self, run: Run, budget: int = BUDGET) -> None:
        self.run = run
        self._budget = budget
        self._stretch_epochs = SHORTEST_STRETCH
        self._edits: list[_RecordedEdit] = []
        self._n_applied = 0
        self._checkpoints = CheckpointStore(self._budget)
        self._goal: SeekGoal | None = None
        self.discards = 0
        """Number of times that a part of the record was discarded."""
        self.latest = TimelinePosition(self.run.epoch, self.run.update)
        self._engines = list(self.run.engines)
        self._save_checkpoint()

    # -- now -------------------------------------------------------------------------------

    @property
    def now(self) -> TimelinePosition:
        """The present instant of the run."""
        return TimelinePosition(self.run.epoch, self.run.update, self.run.position)

    @property
    def is_past(self) -> bool:
        """Whether the record continues beyond the present epoch and update."""
        return self._when < self.latest[:2] or self._n_applied < len(self._edits)

    @property
    def goal(self) -> SeekGoal | None:
        """The goal of the seek under way; None if there is none."""
        return self._goal

    @property
    def _when(self) -> When:
        return self.run.epoch, self.run.update

    @property
    def checkpoint_epochs(self) -> list[int]:
        """The epochs at which there are checkpoints."""
        return sorted({stored.when[0] for stored in self._checkpoints.stored})

    @property
    def edit_epochs(self) -> list[int]:
        """The epochs in which an edit was made."""
        return sorted({recorded.when[0] for recorded in self._edits})

    @property
    def n_bytes(self) -> int:
        """Approximate memory that the checkpoints take, bytes."""
        return self._checkpoints.n_bytes

    @property
    def first_checkpoint(self) -> Checkpoint:
        """The checkpoint from which everything up to now can be repeated."""
        return self._checkpoints.stored[0].checkpoint

    @property
    def edits_applied(self) -> tuple[tuple[When, Edit], ...]:
        """The edits up to now: after how many epochs and updates, and the edit."""
        return tuple((recorded.when, recorded.edit) for recorded in self._edits[: self._n_applied])

    # -- changing the record -----------------------------------------------------------------

    def edit(self, edit: Edit) -> None:
        """Apply an edit now; the record after the present instant is discarded.

        Raises BadValue, and changes nothing, if the edit does not fit.
        """
        apply_edit(self.run, edit)
        self._goal = None
        self.abandon()
        self._edits.append(_RecordedEdit(self._when, edit))
        self._n_applied += 1

    def abandon(self) -> None:
        """Discard the record after the present instant."""
        self.discards += self.is_past
        del self._edits[self._n_applied :]
        self._checkpoints.discard_after(self._when, self._n_applied)
        self.latest = TimelinePosition(*self._when)

    # -- forward -----------------------------------------------------------------------------

    def advance(
        self, epochs: int, interrupted: Interrupted = never, done: Done = unending
    ) -> Records:
        """Train as Run.advance does, and repeat the recorded edits on the way.

        Returns the records of the epochs that were not trained before; Diverged holds those too.
        """
        self._goal = None
        return self._forward((self.run.epoch + epochs, 0), interrupted, done)

    def _forward(
        self, goal: tuple[int, int | None], interrupted: Interrupted, done: Done = unending
    ) -> Records:
        """Train up to an update of an epoch; None: up to the beginning of the last update."""
        parts: list[EpochRecord | Records] = []
        self._apply_due_edits()
        while not self._is_at(goal) and not interrupted():
            self._use_recorded_engine()
            known = self.latest.epoch
            end, epochs, until = self._stretch(goal)
            began = perf_counter()
            try:
                new = self.run.advance(epochs, interrupted, done, until)
            except Diverged as error:
                error.records = Records.of([*parts, _since(known, error.records)])
                raise
            finally:
                self._note_progress()
            self._adapt_stretch(len(new), perf_counter() - began)
            parts.append(_since(known, new))
            self._apply_due_edits()
            if new and done(new[-1]):
                break
            if self._when < end and len(new) < epochs:
                break  # interrupted
        return Records.of(parts)

    def _is_at(self, goal: tuple[int, int | None]) -> bool:
        epoch, update = goal
        if update is None:
            return self.run.epoch > epoch or (
                self.run.epoch == epoch and self.run.update >= self.run.updates - 1
            )
        return self._when >= (epoch, update)

    def _stretch(self, goal: tuple[int, int | None]) -> tuple[tuple[int, int], int, int | None]:
        """The instant of the next edit or of the goal, and the arguments of Run.advance for it.

        These are a number of epochs, or the update of the present epoch to stop before.
        """
        epoch, update = goal
        if update is None and self.run.epoch == epoch:
            update = self.run.updates - 1
        end = (epoch, update or 0)
        if self._n_applied < len(self._edits):
            end = min(end, self._edits[self._n_applied].when)
        if self.is_past:
            for epoch, _ in self._engines:
                if epoch > self.run.epoch:
                    end = min(end, (epoch, 0))
        epochs = min(end[0] - self.run.epoch, self._stretch_epochs)
        return end, max(epochs, 1), end[1] if epochs == 0 else None

    def _adapt_stretch(self, epochs: int, seconds: float) -> None:
        """Adapt the next stretch to the measured time; it has no effect on the numbers."""
        if epochs:
            wanted = min(int(STRETCH * epochs / max(seconds, 1e-9)), 4 * self._stretch_epochs)
            self._stretch_epochs = min(max(wanted, SHORTEST_STRETCH), LONGEST_STRETCH)

    def _apply_due_edits(self) -> None:
        """Apply the edits that are recorded for the present instant."""
        while (
            self._n_applied < len(self._edits) and self._edits[self._n_applied].when == self._when
        ):
            apply_edit(self.run, self._edits[self._n_applied].edit)
            self._n_applied += 1

    def _note_progress(self) -> None:
        if self._when >= self.latest[:2]:
            self.latest = TimelinePosition(*self._when)
            self._engines = list(self.run.engines)
        self._save_checkpoint()

    def _use_recorded_engine(self) -> None:
        """In the past: repeat every epoch with its recorded engine."""
        if not self.is_past:
            self._engines = list(self.run.engines)
        elif self.run.update == 0:
            for epoch, engine in self._engines:
                if epoch == self.run.epoch:
                    self.run.use(engine)

    # -- seeking -----------------------------------------------------------------------------

    def cancel_seek(self) -> None:
        """Drop the goal; the run stays where it is."""
        self._goal = None

    def begin_seek(self, goal: SeekGoal) -> None:
        """Begin to seek an instant: go to the nearest checkpoint before it, or stay if nearer."""
        if not self.is_past:
            self._engines = list(self.run.engines)
        self._goal = goal
        when = goal.epoch, goal.update if goal.update is not None else -1
        stored = self._checkpoints.nearest(goal.epoch, goal.update)
        within = self.run.epoch == goal.epoch and self.run.update < self.run.updates
        here = self._when <= when or (goal.update is None and within)
        if not here or self._when < stored.when:
            self.run.restore(stored.checkpoint)
            self._n_applied = stored.edits

    def continue_seek(self, interrupted: Interrupted = never, done: Done = unending) -> SeekResult:
        """Continue to the goal, until it is reached or interrupted."""
        goal = self._goal
        if goal is None:
            return SeekResult(True, Records.of([]))
        records = self._forward((goal.epoch, goal.update), interrupted, done)
        there = self._is_at((goal.epoch, goal.update))
        if there:
            if self.run.epoch == goal.epoch:
                self.run.position = self._position(goal.inside)
            self._goal = None
        return SeekResult(there, records)

    def _position(self, inside: int | Inside) -> int:
        last = last_position(self.run)
        if inside == "start":
            return 0
        if inside == "end":
            return last
        if inside == "last pattern":
            return max(last - n_phases(self.run), 0)
        return min(int(inside), last)

    def goal_after(self, grain: Grain) -> SeekGoal:
        """The instant after a step of this grain."""
        epoch, update = self._when
        position = position_after(self.run, grain)
        if position is not None:
            return SeekGoal(epoch, update, position)
        if grain == "epoch" or update + 1 >= self.run.updates:
            return SeekGoal(epoch + 1)
        return SeekGoal(epoch, update + 1)

    def goal_before(self, grain: Grain) -> SeekGoal | None:
        """The instant after a step back of this grain; None at the beginning."""
        epoch, update = self._when
        position = position_before(self.run, grain)
        if position is not None:
            return SeekGoal(epoch, update, position)
        if grain == "epoch" and (update or self.run.position):
            return SeekGoal(epoch)
        inside: Inside = {"phase": "end", "pattern": "last pattern"}.get(grain, "start")  # type: ignore[assignment]
        if grain != "epoch" and update:
            return SeekGoal(epoch, update - 1, inside)
        if epoch == 0:
            return None
        return SeekGoal(epoch - 1) if grain == "epoch" else SeekGoal(epoch - 1, None, inside)

    def copy_for(self, run: Run) -> Timeline:
        """A copy of the record for another run of the same start, which goes to its beginning.

        Seeking in the copy does not affect this timeline or its run.
        """
        other = Timeline(run)
        other._edits, other._checkpoints = list(self._edits), self._checkpoints.copy()
        other._engines = list(self._engines if self.is_past else self.run.engines)
        other.latest = self.latest
        first = self._checkpoints.stored[0]
        run.restore(first.checkpoint)
        other._n_applied = first.edits
        return other

    # -- checkpoints -------------------------------------------------------------------------

    def _save_checkpoint(self) -> None:
        """Save a checkpoint, unless one is near or the instant is in the past."""
        when = self._when
        if self.run.update >= self.run.updates or self.run.engine_is_pending:
            return  # the epoch is about to end, or the engine to change
        if self._checkpoints.is_due(when, self.run.updates):
            stored = StoredCheckpoint(when, self.run.save(), self._n_applied)
            self._checkpoints.add(stored, self.run.updates)


def _since(epoch: int, records: Records) -> Records:
    """The records of later epochs."""
    return records[int(records.epochs.searchsorted(epoch, side="right")) :]


class SeekResult(NamedTuple):
    """Whether the goal was reached, and the records of epochs that were not trained before."""

    there: bool
    records: Records
