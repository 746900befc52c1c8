"""The past of a run: keyframes within a memory budget, and what was changed by hand between them.

Any earlier instant comes back exactly, to the bit: the nearest keyframe before it is restored
and training repeated from there, with every change by hand at the instant at which it was made.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, NamedTuple

from bpviz.core.interruption import Interrupted, never
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.cursor import Grain, last_position, n_phases, position_after, position_before
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.edits import Edit
from bpviz.core.run.records import Done, EpochRecord, Records, unending
from bpviz.core.run.run import Run

BUDGET = 64 * 2**20
"""Bytes that keyframes may take."""

STRETCH = 0.03
"""Seconds of training between two keyframes at most, about, until memory asks for fewer: so much
takes going back to any instant at most. Where training is interrupted, keyframes are nearer."""

SHORTEST_STRETCH, LONGEST_STRETCH = 10, 100_000
"""Epochs between two keyframes at most, whatever they seemed to take."""

Inside = Literal["start", "end", "last pattern"]


class TimelinePosition(NamedTuple):
    """A place in time: completed epochs, completed updates of the next, phases done inside."""

    epoch: int
    update: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class SeekGoal:
    """Where to go. ``update`` None: the last one of the epoch that follows ``epoch``.

    ``inside`` is a position within the update, or where in it by name.
    """

    epoch: int
    update: int | None = 0
    inside: int | Inside = 0


class _StoredCheckpoint(NamedTuple):
    when: tuple[int, int]
    state: Checkpoint
    edits: int  # how many of the edits were made before it


class _Made(NamedTuple):
    when: tuple[int, int]
    edit: Edit


class Timeline:
    """Trains a run and remembers how it got there.

    ``latest`` is the furthest instant of the record. Before it, going forward repeats what
    happened, each epoch with the engine that did it; a change by hand or ``abandon`` makes the
    present the end of the record.
    """

    def __init__(self, run: Run, budget: int = BUDGET) -> None:
        self.run = run
        self._budget = budget
        self._chunk = SHORTEST_STRETCH
        self._begin()

    def _begin(self) -> None:
        self._edits: list[_Made] = []
        self._n_made = 0
        self._frames: list[_StoredCheckpoint] = []
        self._n_bytes = 0
        self._spacing = 0.0
        self._goal: SeekGoal | None = None
        self._pending = False
        self.cuts = 0
        """How often a part of the record was forgotten."""
        self.latest = TimelinePosition(self.run.epoch, self.run.update)
        self._engines = list(self.run.engines)
        self._keep()

    # -- now -------------------------------------------------------------------------------

    @property
    def now(self) -> TimelinePosition:
        """Where the run stands."""
        return TimelinePosition(self.run.epoch, self.run.update, self.run.position)

    @property
    def is_past(self) -> bool:
        """Whether the record goes on beyond the present epoch and update."""
        return self._when < self.latest[:2] or self._n_made < len(self._edits)

    @property
    def goal(self) -> SeekGoal | None:
        """Where the run is on its way to, if it is."""
        return self._goal

    @property
    def _when(self) -> tuple[int, int]:
        return self.run.epoch, self.run.update

    @property
    def keyframe_epochs(self) -> list[int]:
        """The epochs at which there are keyframes."""
        return sorted({frame.when[0] for frame in self._frames})

    @property
    def edit_epochs(self) -> list[int]:
        """The epochs in which something was changed by hand."""
        return sorted({made.when[0] for made in self._edits})

    @property
    def n_bytes(self) -> int:
        """About how much memory the keyframes take."""
        return self._n_bytes

    @property
    def beginning(self) -> Checkpoint:
        """The instant from which everything up to now can be repeated."""
        return self._frames[0].state

    @property
    def made(self) -> tuple[tuple[tuple[int, int], Edit], ...]:
        """What was changed by hand up to now: after how many epochs and updates, and what."""
        return tuple((made.when, made.edit) for made in self._edits[: self._n_made])

    # -- changing the record -----------------------------------------------------------------

    def reset(self, cancelled: Interrupted = never) -> None:
        """Back to epoch 0 with the present settings, and no past; see Run.reset."""
        self.run.reset(cancelled)
        self._begin()

    def edit(self, edit: Edit) -> None:
        """Change something by hand, now; a future that was recorded is abandoned.

        Raises BadValue, and nothing is changed, if the edit does not fit.
        """
        apply_edit(self.run, edit)
        self._goal = None
        self.abandon()
        self._edits.append(_Made(self._when, edit))
        self._n_made += 1

    def abandon(self) -> None:
        """Forget what was recorded after the present instant."""
        self.cuts += self.is_past
        del self._edits[self._n_made :]
        kept = [f for f in self._frames if f.when <= self._when and f.edits <= self._n_made]
        if len(kept) < len(self._frames):
            self._frames = kept
            self._n_bytes = sum(frame.state.n_bytes for frame in kept)
        self.latest = TimelinePosition(*self._when)

    # -- forward -----------------------------------------------------------------------------

    def advance(
        self, epochs: int, interrupted: Interrupted = never, done: Done = unending
    ) -> Records:
        """Train as Run.advance does, with what was changed by hand on the way.

        Returns the records of the epochs that are new to the record; Diverged holds those too.
        """
        self._goal = None
        return self._forward((self.run.epoch + epochs, 0), interrupted, done)

    def _forward(
        self, goal: tuple[int, int | None], interrupted: Interrupted, done: Done = unending
    ) -> Records:
        """Train up to an update of an epoch; None: up to the last one, but not through it."""
        parts: list[EpochRecord | Records] = []
        self._make_edits()
        while not self._is_at(goal) and not interrupted():
            self._use_the_engine_of_then()
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
            self._pace(len(new), perf_counter() - began)
            parts.append(_since(known, new))
            self._make_edits()
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
        """Where the next change by hand or the goal is, and what leads there in one go.

        That is a number of epochs, or the update of the present epoch to stop before.
        """
        epoch, update = goal
        if update is None and self.run.epoch == epoch:
            update = self.run.updates - 1
        end = (epoch, update or 0)
        if self._n_made < len(self._edits):
            end = min(end, self._edits[self._n_made].when)
        if self.is_past:
            for epoch, _ in self._engines:
                if epoch > self.run.epoch:
                    end = min(end, (epoch, 0))
        epochs = min(end[0] - self.run.epoch, self._chunk)
        return end, max(epochs, 1), end[1] if epochs == 0 else None

    def _pace(self, epochs: int, seconds: float) -> None:
        """Let the next stretch last about as long as one should; it leaves no trace in numbers."""
        if epochs:
            wish = min(int(STRETCH * epochs / max(seconds, 1e-9)), 4 * self._chunk)
            self._chunk = min(max(wish, SHORTEST_STRETCH), LONGEST_STRETCH)

    def _make_edits(self) -> None:
        """Make the changes by hand that the record holds for the present instant."""
        while self._n_made < len(self._edits) and self._edits[self._n_made].when == self._when:
            apply_edit(self.run, self._edits[self._n_made].edit)
            self._n_made += 1

    def _note_progress(self) -> None:
        if self._when >= self.latest[:2]:
            self.latest = TimelinePosition(*self._when)
            self._engines = list(self.run.engines)
        self._keep()

    def _use_the_engine_of_then(self) -> None:
        """In the past: repeat every epoch with the engine that did it."""
        if not self.is_past:
            self._engines = list(self.run.engines)
        elif self.run.update == 0:
            for epoch, engine in self._engines:
                if epoch == self.run.epoch:
                    self.run.use(engine)

    # -- going to an instant -----------------------------------------------------------------

    def stay(self) -> None:
        """Give up the goal."""
        self._goal = None

    def set_out(self, goal: SeekGoal) -> None:
        """Begin to go to an instant: now at the nearest keyframe before it, or here if nearer."""
        if not self.is_past:
            self._engines = list(self.run.engines)
        self._goal = goal
        when = goal.epoch, goal.update if goal.update is not None else -1
        found = bisect_right(self._frames, when, key=lambda frame: frame.when) - 1
        if goal.update is None:  # any keyframe within the epoch will do, but not behind the goal
            while found + 1 < len(self._frames) and self._frames[found + 1].when[0] == goal.epoch:
                found += 1
        frame = self._frames[max(found, 0)]
        within = self.run.epoch == goal.epoch and self.run.update < self.run.updates
        here = self._when <= when or (goal.update is None and within)
        if not here or self._when < frame.when:
            self.run.restore(frame.state)
            self._n_made = frame.edits

    def arrive(self, interrupted: Interrupted = never, done: Done = unending) -> SeekResult:
        """Go on to the goal, until there or interrupted."""
        goal = self._goal
        if goal is None:
            return SeekResult(True, Records.of([]))
        self.run.position = 0
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
        """Where a step of this grain leads."""
        epoch, update = self._when
        position = position_after(self.run, grain)
        if position is not None:
            return SeekGoal(epoch, update, position)
        if grain == "epoch" or update + 1 >= self.run.updates:
            return SeekGoal(epoch + 1)
        return SeekGoal(epoch, update + 1)

    def goal_before(self, grain: Grain) -> SeekGoal | None:
        """Where a step back of this grain leads; None at the very beginning."""
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

    def repeated_by(self, run: Run) -> Timeline:
        """The same record for another run of the same start, which stands at its beginning.

        Going to and fro there leaves this timeline and its run alone.
        """
        other = Timeline(run)
        other._edits, other._frames = list(self._edits), list(self._frames)
        other._engines = list(self._engines if self.is_past else self.run.engines)
        other.latest = self.latest
        run.restore(self._frames[0].state)
        other._n_made = self._frames[0].edits
        return other

    # -- keyframes ---------------------------------------------------------------------------

    def _keep(self) -> None:
        """Remember the present instant, unless a keyframe is near or it is the past."""
        when = self._when
        if self.run.update >= self.run.updates or self.run.engine_is_pending:
            return  # the epoch is as good as done, or the engine is about to change
        if self._frames:
            last = self._frames[-1].when
            if when <= last or self._time(when) - self._time(last) < self._spacing:
                return
        state = self.run.save()
        self._frames.append(_StoredCheckpoint(when, state, self._n_made))
        self._n_bytes += state.n_bytes
        if self._n_bytes > self._budget and len(self._frames) > 2:
            self._thin()

    def _thin(self) -> None:
        """Let go of every second keyframe but the first and the last."""
        span = self._time(self._frames[-1].when) - self._time(self._frames[0].when)
        self._spacing = 2 * span / len(self._frames)
        self._frames = self._frames[:-1:2] + self._frames[-1:]
        self._n_bytes = sum(frame.state.n_bytes for frame in self._frames)

    def _time(self, when: tuple[int, int]) -> float:
        """An instant in epochs; updates count as parts of one."""
        return when[0] + when[1] / max(self.run.updates, 1)


def _since(epoch: int, records: Records) -> Records:
    """The records of later epochs."""
    return records[int(records.epochs.searchsorted(epoch, side="right")) :]


class SeekResult(NamedTuple):
    """Whether the goal was reached, and the records of epochs that nobody had trained before."""

    there: bool
    records: Records
