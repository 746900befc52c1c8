"""The runs that others have replaced, to be brought back as they were."""

from dataclasses import dataclass

from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.recording.run_history import RunHistory

MOST = 12
"""Number of runs that are kept."""

BUDGET = 128 * 2**20
"""Bytes that they may take, approximately; the one replaced last is kept whatever it takes."""


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A run that was replaced, for the list in the window.

    run_id       its number, by which it is brought back.
    replaced_by  the number of the run that replaced it.
    name         the name of its patterns.
    instant      where it stands, in words: 'epoch 1,204'.
    record       the errors after its last completed epoch.
    """

    run_id: int
    replaced_by: int
    name: str
    instant: str
    experiment: Experiment
    record: EpochRecord


@dataclass(frozen=True, slots=True)
class _Kept:
    row: RecentRun
    setup: PreparedExperiment
    history: RunHistory
    speed: float | None
    n_bytes: int


class RecentRuns:
    """Keeps the last runs whole: weights, timeline, loss curve and edits. Nothing is repeated."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._kept: list[_Kept] = []

    @property
    def rows(self) -> tuple[RecentRun, ...]:
        """What is kept, the run replaced last first."""
        return tuple(kept.row for kept in self._kept)

    def put_aside(
        self,
        setup: PreparedExperiment,
        history: RunHistory,
        speed: float | None,
        replaced_by: int,
    ) -> None:
        """Keep a run, and the speed at which it trained; drop the oldest ones beyond the limits."""
        history.timeline.cancel_seek()
        run = history.run
        instant = observe(run, inside=run.position > 0).instant
        row = RecentRun(
            setup.run_id, replaced_by, setup.patterns.name, instant, setup.experiment, run.record
        )
        kept = _Kept(row, setup, history, speed, history.n_bytes + _bytes_of_patterns(setup))
        self._kept = [kept, *self._kept][:MOST]
        while len(self._kept) > 1 and sum(each.n_bytes for each in self._kept) > self._budget:
            self._kept.pop()

    def take(self, run_id: int) -> tuple[PreparedExperiment, RunHistory, float | None] | None:
        """Take out the run of this number, with its speed; None if it is not kept any more."""
        for place, kept in enumerate(self._kept):
            if kept.row.run_id == run_id:
                del self._kept[place]
                return kept.setup, kept.history, kept.speed
        return None


def _bytes_of_patterns(setup: PreparedExperiment) -> int:
    parts = (setup.patterns.train, setup.patterns.test)
    return sum(part.inputs.nbytes + part.targets.nbytes for part in parts if part is not None)
