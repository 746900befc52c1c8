"""Where the patterns were: the last instants of a run, as the screen has seen them."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.run.snapshot import shown_rows
from bpviz.core.values import Integers, Matrix

STEPS = 40
"""So many instants are remembered at most."""

FOLLOWED = 48
"""So many patterns leave a trail at most; of more, evenly spaced ones do."""

MOST_NUMBERS = 200_000
"""So many activations are remembered at most: very wide groups have shorter trails."""

LEAST_MOVE = 0.01
"""An instant is remembered when some pattern has moved so far since the last one."""


@dataclass(frozen=True, slots=True, eq=False)
class TrailPoint:
    """The activations (followed patterns, units) at one instant; ``after_gap``: not shown
    between the step before and this one."""

    epoch: int
    update: int
    acts: Matrix
    after_gap: bool = False


class Trail:
    """A bounded history of one group's activations, oldest first."""

    def __init__(self, steps: tuple[TrailPoint, ...] = ()) -> None:
        self.steps = steps
        self._gap = False

    def clear(self) -> None:
        """Forget everything."""
        self.steps = ()
        self._gap = False

    def cut(self) -> None:
        """What comes next does not follow from what was seen last."""
        self._gap = True

    def add(self, epoch: int, update: int, acts: Matrix) -> None:
        """Remember this instant if something moved; forget what comes after it, if anything."""
        if any((step.epoch, step.update) >= (epoch, update) for step in self.steps):
            self.steps = tuple(s for s in self.steps if (s.epoch, s.update) < (epoch, update))
        followed = acts[places_followed(len(acts))]
        if self.steps and not self._gap:
            moved = np.abs(followed - self.steps[-1].acts).max()
            if moved < LEAST_MOVE:
                return
        gap = self._gap and bool(self.steps)
        limit = max(2, min(STEPS, MOST_NUMBERS // max(followed.size, 1)))
        self.steps = (*self.steps, TrailPoint(epoch, update, followed, gap))[-limit:]
        self._gap = False


def places_followed(n_shown: int) -> Integers:
    """Which of the shown patterns leave a trail."""
    return shown_rows(n_shown, FOLLOWED)
