"""The lines that the diagram shows now, and when they are chosen anew."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from bpviz.core.learning.backprop import forward
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Vector
from bpviz.ui.views.network.overlays import WEIGHT, Overlay
from bpviz.ui.views.network.picture import Lines, Sketch, lines_for

PICK_SHARE, PICK_EVERY = 8.0, 0.15
"""While frames arrive quickly, finding the strongest of many weights takes at most this fraction
(1 / PICK_SHARE) of the time, and is done at most once in PICK_EVERY s."""


class LineChoice:
    """The lines of one sketch; empty until they are first chosen."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._picked_at = self._pick_time = 0.0

    def renew(self, sketch: Sketch, ranking: Callable[[], Vector], *, moving: bool) -> None:
        """Choose the lines by the magnitudes of ``ranking`` (N,), unless they are recent enough.

        ``moving``: frames arrive quickly.
        """
        start = perf_counter()
        pause = max(PICK_SHARE * self._pick_time, PICK_EVERY)
        waits = moving and start - self._picked_at < pause
        if self.lines.strands and (sketch.picker.is_static or waits):
            return
        self.lines = lines_for(sketch, sketch.picker.pick(ranking()))
        self._picked_at = perf_counter()
        self._pick_time = self._picked_at - start


def ranking(
    sketch: Sketch, snapshot: Snapshot, overlay: Overlay, row: int, drawing: Vector | None
) -> Vector:
    """The numbers (N,) by whose magnitudes lines are chosen: the overlay's, or else the weights.

    An overlay of activations is that of the training pattern ``row``, or of a drawing (inputs,).
    """
    if sketch.picker.is_static or overlay is WEIGHT:
        return snapshot.parameters
    setup = sketch.setup
    with np.errstate(all="ignore"):  # a diverged run is shown, too
        inputs = setup.patterns.train.inputs[row : row + 1] if drawing is None else drawing[None]
        act = forward(setup.network, snapshot.parameters, inputs, snapshot.clamps)[1]
        values = overlay.values(setup, snapshot, tuple(a.ravel() for a in act))
    return snapshot.parameters if values is None else values
