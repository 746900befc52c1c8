"""What all tests share: frames of real runs, and a screen that is not there."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bpviz.core.run.snapshot import EVERYTHING, EpochRecord
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.frame import Curve, Frame

FrameFor = Callable[..., Frame]


def curve_of(records: list[EpochRecord]) -> Curve:
    """The curve that consists of exactly these records."""
    epochs, *columns = (np.array(column) for column in zip(*records, strict=True))
    return Curve(epochs.astype(np.int64), *(column.astype(float) for column in columns))


@pytest.fixture
def frame_for() -> FrameFor:
    """frame_for(problem, epochs=20, **changes): the frame of a real run after so many epochs."""

    def make(problem: str, epochs: int = 20, run_id: int = 1, **changes: Any) -> Frame:
        setup = prepare(experiment_for(problem, **changes), run_id)
        run = new_run(setup)
        records = [run.record, *run.advance(epochs)]
        snapshot = run.snapshot(EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=run_id)
        return Frame(setup, snapshot, curve_of(records))

    return make
