"""Lesions: against the error that a run has with the same units clamped."""

import numpy as np
import pytest

from bpviz.core.analysis.lesion import MOST_COUNTS, choose, lesions
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import UnitRef
from bpviz.core.run.run import Run
from bpviz.core.values import Integers
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.prepare import new_run, prepare


def trained(problem: str, units: int) -> Run:
    setup = prepare(experiment_for(problem, hidden=(Hidden(units),)))
    run = new_run(setup)
    run.advance(20)
    return run


def measured(run: Run, units: list[int]) -> float:
    """E of the run with these units of its hidden group clamped at 0, then let go again."""
    before = run.record, run.parameters.copy()
    run.set_clamps({UnitRef(1, unit): 0.0 for unit in units})
    error = run.record.train_error
    run.set_clamps({})
    assert str(run.record) == str(before[0])  # nan is not equal to nan
    assert run.parameters.tobytes() == before[1].tobytes()
    return error


@pytest.mark.parametrize(("problem", "units"), [("xor", 3), ("iris", 5), ("parity", 4)])
def test_errors_are_those_of_a_run_whose_units_are_clamped(problem: str, units: int) -> None:
    run = trained(problem, units)
    start = run.start
    work = lesions(
        start.network, LOSSES[start.error], run.parameters, start.train, 1, draws=4, seed=3
    )
    found = finish(work)
    assert found.counts.tolist() == list(range(units + 1))
    for unit in range(units):
        assert found.alone[unit] == pytest.approx(measured(run, [unit]), rel=1e-12)
    for k, count in enumerate(found.counts.tolist()):
        for d, chosen in enumerate(choose(units, count, 4, 3)):
            assert len(chosen) == count
            assert found.errors[k, d] == pytest.approx(measured(run, chosen), rel=1e-12)
    np.testing.assert_allclose(found.errors[0], run.record.train_error, rtol=1e-12)


def finish(work):  # type: ignore[no-untyped-def]
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_a_larger_lesion_holds_the_smaller_ones_and_seeds_differ() -> None:
    small, large = choose(8, 2, 6, 1), choose(8, 5, 6, 1)
    assert all(set(a) < set(b) for a, b in zip(small, large, strict=True))
    assert choose(8, 2, 6, 1) == small != choose(8, 2, 6, 2)


def test_the_curve_of_a_large_group_has_evenly_spaced_counts() -> None:
    run = trained("xor", 40)
    start = run.start
    loss = LOSSES[start.error]
    counts: Integers = finish(
        lesions(start.network, loss, run.parameters, start.train, 1, draws=1)
    ).counts
    assert len(counts) == MOST_COUNTS
    assert (counts[0], counts[-1]) == (0, 40)
    assert np.ptp(np.diff(counts)) <= 1
