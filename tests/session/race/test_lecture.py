"""The lecture's table of XOR networks, with fewer seeds than the benchmark's."""

import numpy as np
import pytest

from bpviz.core.interruption import never
from bpviz.experiment.race_order import setups_of
from bpviz.session.race.runner import Standings, run_race
from bpviz.session.race.shards import shards_of

from ...benchmarks.lecture_table import LINES, Line, order_of

SEEDS = 300


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_shares_and_medians_agree_with_the_lecture(line: Line) -> None:
    """Two samples of one share differ by at most 3.5 standard errors, and a half per cent."""
    order = order_of(line, SEEDS)
    standings = Standings(order)
    run_race(shards_of(order, setups_of(order)), standings, None, never, lambda _: None)
    for v, (units, (percent, median)) in enumerate(line.cells.items()):
        outcomes = standings.of(v)
        assert outcomes is not None
        theirs, ours = percent / 100, outcomes.solved.mean()
        both = (theirs * line.seeds + ours * SEEDS) / (line.seeds + SEEDS)
        error = np.sqrt(both * (1 - both) * (1 / line.seeds + 1 / SEEDS))
        assert abs(ours - theirs) <= 3.5 * error + 0.005, f"{units} hidden units"
        if median is not None:
            assert np.median(outcomes.epochs_to_solve) == pytest.approx(median, rel=0.12)
