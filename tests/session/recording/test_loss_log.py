"""The loss log: lossless while it can be, honest when it cannot, bounded always."""

import threading
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.values import BadValue
from bpviz.session.frame import Curve
from bpviz.session.recording.loss_log import CAPACITY, LossLog

SMALL = 1_024


def record(epoch: int, error: float = 1.0) -> EpochRecord:
    return EpochRecord(epoch, error, 0.25, error + 1.0, 0.5)


def fill(log: LossLog, errors: np.ndarray, chunk: int = 97, first: int = 0) -> None:
    for start in range(0, len(errors), chunk):
        part = errors[start : start + chunk]
        epochs = np.arange(first + start, first + start + len(part))
        log.extend(epochs, part, part / 8, -part, part / 4)


def test_an_empty_log_has_an_empty_curve() -> None:
    curve = LossLog().curve()
    assert len(curve.epochs) == len(curve.train_error) == len(curve.test_right) == 0
    assert curve.thinned_before == 0


def test_records_come_back_as_they_were() -> None:
    log = LossLog()
    records = [EpochRecord(e, 1.0 / (e + 1), 0.1 * e, 2.0 / (e + 1), 0.05 * e) for e in range(9)]
    for each in records:
        log.append(each)
    curve = log.curve()
    back = zip(
        curve.epochs.tolist(), curve.train_error.tolist(), curve.train_right.tolist(),
        curve.test_error.tolist(), curve.test_right.tolist(), strict=True,
    )  # fmt: skip
    assert [EpochRecord(*row) for row in back] == records


def test_without_a_test_set_the_test_arrays_are_nan() -> None:
    log = LossLog()
    log.extend(np.arange(3), np.ones(3), np.zeros(3))
    log.append(EpochRecord(3, 0.5, 1.0))
    curve = log.curve()
    assert np.isnan(curve.test_error).all()
    assert np.isnan(curve.test_right).all()
    assert curve.epochs.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("epochs", [[3], [2], [5, 5], [6, 5], [7, 9, 8]])
def test_epochs_that_do_not_increase_are_refused_and_change_nothing(epochs: list[int]) -> None:
    log = LossLog()
    fill(log, np.arange(4.0))
    ones = np.ones(len(epochs))
    with pytest.raises(BadValue, match="epochs must be increasing"):
        log.extend(np.array(epochs), ones, ones)
    if len(epochs) == 1:
        with pytest.raises(BadValue, match="above 3"):
            log.append(record(epochs[0]))
    assert log.curve().epochs.tolist() == [0, 1, 2, 3]


def test_a_capacity_that_leaves_no_room_to_thin_is_refused() -> None:
    with pytest.raises(BadValue, match="capacity"):
        LossLog(100)


@given(st.integers(1, SMALL), st.integers(1, 300))
def test_below_capacity_nothing_changes(n: int, chunk: int) -> None:
    errors = np.random.default_rng(n).random(n)
    log = LossLog(SMALL)
    fill(log, errors, chunk)
    curve = log.curve()
    assert np.array_equal(curve.epochs, np.arange(n))
    assert np.array_equal(curve.train_error, errors)
    assert np.array_equal(curve.test_right, errors / 4)
    assert curve.thinned_before == 0


@settings(deadline=None, max_examples=40)
@given(
    st.integers(SMALL + 1, 40_000),
    st.integers(1, 5_000),
    st.integers(0, 3_000),
    st.integers(0, 2**32 - 1),
)
def test_thinned_the_ends_the_extremes_and_the_newest_survive(
    n: int, chunk: int, first: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.standard_normal(n)
    test = rng.standard_normal(n)
    epochs = np.arange(first, first + n)
    log = LossLog(SMALL)
    for start in range(0, n, chunk):
        part = slice(start, start + chunk)
        log.extend(epochs[part], errors[part], errors[part] / 8, test[part], test[part] / 4)
    curve = log.curve()
    rows = curve.epochs - first
    assert len(rows) <= SMALL
    assert (np.diff(rows) > 0).all()
    assert (rows[0], rows[-1]) == (0, n - 1)
    assert np.array_equal(curve.train_error, errors[rows]), "every row is of its own epoch"
    assert np.array_equal(curve.test_error, test[rows])
    for kept, every in ((curve.train_error, errors), (curve.test_error, test)):
        assert (kept.min(), kept.max()) == (every.min(), every.max())
    assert curve.thinned_before < first + n - SMALL // 8
    newest = epochs[epochs > curve.thinned_before]
    assert np.array_equal(curve.epochs[-len(newest) :], newest)


def test_the_extremes_of_every_stretch_survive() -> None:
    """A single spike, however early, and the envelope at the scale of a screen's columns."""
    n = 2_000_000
    rng = np.random.default_rng(3)
    errors = rng.random(n)
    errors[1_234_567] = 9.0
    log = LossLog()
    fill(log, errors, 20_000)
    curve = log.curve()
    assert errors[curve.epochs[curve.train_error.argmax()]] == 9.0
    for start in range(0, n, n // 1000):
        stretch = slice(start, start + n // 1000)
        inside = (curve.epochs >= stretch.start) & (curve.epochs < stretch.stop)
        assert curve.train_error[inside].min() < errors[stretch].min() + 0.02
        assert curve.train_error[inside].max() > errors[stretch].max() - 0.02


def test_early_epochs_stay_dense_for_a_logarithmic_axis() -> None:
    log = LossLog()
    errors = np.random.default_rng(5).random(1_000_000)
    for part in range(0, 10**7, len(errors)):
        fill(log, errors, 50_000, first=part)
    epochs = log.curve().epochs
    for decade in range(1, 7):
        inside = (epochs >= 10**decade) & (epochs < 10 ** (decade + 1))
        assert np.count_nonzero(inside) >= min(9 * 10**decade, 400)


def test_a_gap_stays_a_gap() -> None:
    errors = np.ones(20_000)
    errors[4_000:9_000] = np.nan
    log = LossLog(SMALL)
    fill(log, errors)
    curve = log.curve()
    gap = np.isnan(curve.train_error)
    assert gap.any()
    assert (curve.epochs[gap] >= 4_000).all()
    assert (curve.epochs[gap] < 9_000).all()


def test_later_changes_leave_a_curve_that_was_handed_out_alone() -> None:
    log = LossLog(SMALL)
    fill(log, np.arange(900.0))
    before = log.curve()
    copy = Curve(*(getattr(before, name).copy() for name in Curve.__slots__[:-1]))
    fill(log, np.arange(900.0, 3_000.0), first=900)
    log.truncate(500)
    fill(log, np.full(4_000, -1.0), first=700)
    log.clear()
    fill(log, np.full(50, -2.0))
    assert np.array_equal(before.epochs, copy.epochs)
    assert np.array_equal(before.train_error, copy.train_error)
    assert np.array_equal(before.test_right, copy.test_right)
    with pytest.raises(ValueError, match="read-only"):
        before.train_error[0] = 5.0


def test_a_curve_keeps_the_epochs_that_are_truncated_after_it() -> None:
    log = LossLog(SMALL)
    fill(log, np.arange(900.0))
    before = log.curve()
    log.truncate(500)
    fill(log, np.full(400, -1.0), first=501)
    assert np.array_equal(before.train_error, np.arange(900.0))
    assert np.array_equal(log.curve().train_error[501:], np.full(400, -1.0))


def test_truncating_forgets_what_came_later() -> None:
    log = LossLog(SMALL)
    fill(log, np.arange(100.0))
    log.truncate(41)
    assert log.curve().epochs[-1] == 41
    log.append(record(42))
    assert log.curve().train_error[-2:].tolist() == [41.0, 1.0]
    log.truncate(200)
    assert log.curve().epochs[-1] == 42
    log.truncate(-1)
    assert len(log.curve().epochs) == 0
    log.append(record(0))
    assert log.curve().epochs.tolist() == [0]


def test_truncating_into_the_thinned_part_says_so() -> None:
    log = LossLog(SMALL)
    fill(log, np.random.default_rng(1).random(30_000))
    log.truncate(10_000)
    curve = log.curve()
    assert 9_000 < curve.epochs[-1] <= 10_000
    assert curve.thinned_before == curve.epochs[-1]
    fill(log, np.ones(600), first=10_001)
    again = log.curve()
    assert again.thinned_before == curve.thinned_before
    assert np.array_equal(again.epochs[-600:], np.arange(10_001, 10_601))


def test_clearing_begins_anew() -> None:
    log = LossLog(SMALL)
    fill(log, np.random.default_rng(1).random(30_000))
    log.clear()
    fill(log, np.arange(SMALL, dtype=float))
    assert np.array_equal(log.curve().epochs, np.arange(SMALL))
    assert log.curve().thinned_before == 0


def test_ten_million_epochs_take_little_memory(trace_memory: Callable[[], None]) -> None:
    log = LossLog()
    errors = np.random.default_rng(0).random(10_000)
    trace_memory()
    for first in range(0, 10**7, len(errors)):
        epochs = np.arange(first, first + len(errors))
        log.extend(epochs, errors, errors, errors, errors)
    peak = tracemalloc.get_traced_memory()[1]
    assert len(log.curve().epochs) <= CAPACITY
    assert peak < 10e6


def test_logs_of_short_runs_take_little_memory_before_and_after_a_reset(
    trace_memory: Callable[[], None],
) -> None:
    trace_memory()
    logs = [LossLog() for _ in range(100)]  # many runs are kept: those before, those compared
    for log in logs:
        log.append(record(0))
        log.curve()
        fill(log, np.ones(500), first=1)
        log.truncate(0)
    assert tracemalloc.get_traced_memory()[0] < 1_000_000


def test_a_full_curve_is_read_with_one_copy(trace_memory: Callable[[], None]) -> None:
    """The window reads it for every frame: nothing is computed then."""
    log = LossLog()
    fill(log, np.random.default_rng(0).random(CAPACITY), 4_000)
    log.curve()  # what was put off is done by now
    trace_memory()
    curve = log.curve()
    peak = tracemalloc.get_traced_memory()[1]
    columns = (curve.train_error, curve.train_right, curve.test_error, curve.test_right)
    size = curve.epochs.nbytes + sum(column.nbytes for column in columns)
    assert size > 20 * CAPACITY
    assert peak < 1.1 * size


def test_a_reader_beside_the_writer_always_sees_whole_rows() -> None:
    log = LossLog(SMALL)

    def write() -> None:
        for epoch in range(30_000):
            log.append(EpochRecord(epoch, float(epoch), 2.0 * epoch, 3.0 * epoch, 4.0 * epoch))

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while writer.is_alive() or reads == 0:
        curve = log.curve()
        assert (np.diff(curve.epochs) > 0).all()
        assert np.array_equal(curve.train_error, curve.epochs)
        assert np.array_equal(curve.test_right, 4 * curve.epochs)
        reads += 1
    writer.join()
    assert log.curve().epochs[-1] == 29_999


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_many_epochs_at_once_are_the_same_as_one_by_one(chunk: int) -> None:
    errors = np.random.default_rng(3).random(5000)
    one_by_one, some, at_once = (LossLog(SMALL) for _ in range(3))
    records = [EpochRecord(e, x, x / 8, -x, x / 4) for e, x in enumerate(errors.tolist())]
    for each in records:
        one_by_one.append(each)
    for start in range(0, len(records), chunk):
        some.append(*records[start : start + chunk])
    fill(at_once, errors, chunk)
    expected = one_by_one.curve()
    assert expected.thinned_before > 0
    for log in (some, at_once):
        curve = log.curve()
        for name in ("epochs", "train_error", "train_right", "test_error", "test_right"):
            assert np.array_equal(getattr(curve, name), getattr(expected, name)), name


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["table", "one", "look"]), st.integers(1, 700))))
def test_tables_and_single_records_in_any_order_are_one_curve(
    steps: list[tuple[str, int]],
) -> None:
    """``add`` puts its work off, also beyond what the log holds, and readers do not see that."""
    errors = np.random.default_rng(0).random(sum(n for _, n in steps) + 1)
    log, plain, last = LossLog(SMALL), LossLog(SMALL), 0
    for kind, n in steps:
        new = slice(last, last + (n if kind == "table" else 1))
        values = np.column_stack([errors[new], errors[new] / 8, -errors[new], errors[new] / 4])
        epochs = np.arange(new.start, new.stop)
        if kind == "look":
            log.curve()
            continue
        if kind == "table":
            log.add(Records(epochs, values))
        else:
            log.append(EpochRecord(last, *values[0]))
        plain.extend(epochs, *values.T)
        last = new.stop
    one, other = log.curve(), plain.curve()
    assert one.thinned_before == other.thinned_before
    for name in ("epochs", "train_error", "train_right", "test_error", "test_right"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_a_table_of_earlier_epochs_is_refused() -> None:
    log = LossLog()
    log.add(Records(np.arange(3), np.ones((3, 4))))
    with pytest.raises(BadValue, match="increasing from 2"):
        log.add(Records(np.arange(2, 4), np.ones((2, 4))))
    log.truncate(1)
    log.add(Records(np.arange(2, 4), np.zeros((2, 4))))
    assert log.curve().train_error.tolist() == [1.0, 1.0, 0.0, 0.0]
