"""Rows out, rows in, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.model.pattern_change import (
    Changing,
    PatternChange,
    PatternRows,
    inserted,
    joined,
    removed,
    replaced,
    rows_of,
)
from bpviz.core.model.patterns import Patterns
from bpviz.core.values import BadValue


def numbered(first: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.arange(first, first + n, dtype=float)
    return np.stack([numbers, -numbers], axis=1), numbers[:, None] / 2


def listed(patterns: Patterns) -> list[float]:
    assert np.array_equal(patterns.inputs[:, 1], -patterns.inputs[:, 0])
    assert np.array_equal(patterns.targets[:, 0] * 2, patterns.inputs[:, 0])
    return patterns.inputs[:, 0].tolist()


@st.composite
def splices(draw: st.DrawFn) -> tuple[Patterns, PatternChange]:
    """Any rows of a list taken out and any number of others put in."""
    n = draw(st.integers(1, 8))
    out = sorted(draw(st.sets(st.integers(0, n - 1), max_size=n)))
    new = draw(st.integers(0 if len(out) < n else 1, 5))
    after = n - len(out) + new
    places = st.sets(st.integers(0, after - 1), min_size=new, max_size=new)
    into = sorted(draw(places)) if new else []
    patterns = Patterns(*numbered(0, n))
    rows = PatternRows(np.array(into, dtype=np.int64), *numbered(100, new))
    return patterns, PatternChange(rows_of(patterns, np.array(out, dtype=np.int64)), rows)


@given(splice=splices())
def test_any_change_puts_rows_where_they_belong_and_can_be_taken_back(
    splice: tuple[Patterns, PatternChange],
) -> None:
    patterns, change = splice
    after = change.apply(patterns)
    kept = [row for row in range(len(patterns)) if row not in change.out.at]
    new = dict(zip(change.into.at.tolist(), change.into.inputs[:, 0].tolist(), strict=True))
    rest = iter(kept)
    expected = [new[row] if row in new else float(next(rest)) for row in range(len(after))]
    assert listed(after) == expected
    back = change.inverse.apply(after)
    assert listed(back) == listed(patterns)


@given(data=st.data())
def test_rows_of_changes_that_are_not_worked_out_yet(data: st.DataObject) -> None:
    """Looked up one by one they are those of the list that all changes lead to."""
    patterns, change = data.draw(splices())
    changes, now = [change], change.apply(patterns)
    for n in range(data.draw(st.integers(0, 2))):
        gone = data.draw(st.sets(st.integers(0, len(now) - 1), max_size=len(now) - 1))
        out = rows_of(now, np.array(sorted(gone), dtype=np.int64))
        new = data.draw(st.integers(0, 3))
        after = len(now) - len(out) + new
        places = st.sets(st.integers(0, after - 1), min_size=new, max_size=new)
        into = PatternRows(
            np.array(sorted(data.draw(places)) if new else [], dtype=np.int64),
            *numbered(100 + 10 * n, new),
        )
        changes.append(PatternChange(out, into))
        now = changes[-1].apply(now)
    changing = Changing(patterns, tuple(changes))
    assert len(changing) == len(now)
    at = np.arange(len(now))
    assert np.array_equal(changing.rows(at).inputs, now.inputs)
    assert np.array_equal(changing.rows(at[::2]).targets, now.targets[::2])
    assert listed(changing.worked_out()) == listed(now)
    with pytest.raises(BadValue, match="the one that the change was made in"):
        replaced(Patterns(*numbered(7000, len(now))), at, *numbered(0, len(now))).check(changing)


def test_the_usual_changes() -> None:
    patterns = Patterns(*numbered(0, 4))
    assert listed(inserted(patterns, 4, *numbered(9, 1)).apply(patterns)) == [0, 1, 2, 3, 9]
    assert listed(inserted(patterns, 1, *numbered(8, 2)).apply(patterns)) == [0, 8, 9, 1, 2, 3]
    assert listed(removed(patterns, np.array([0, 2])).apply(patterns)) == [1, 3]
    there = replaced(patterns, np.array([1]), *numbered(7, 1))
    assert listed(there.apply(patterns)) == [0, 7, 2, 3]
    both = joined(
        replaced(patterns, np.array([3]), *numbered(7, 1)),
        inserted(patterns, 4, *numbered(8, 2)),
    )
    assert listed(both.apply(patterns)) == [0, 1, 2, 7, 8, 9]
    assert listed(both.inverse.apply(both.apply(patterns))) == [0, 1, 2, 3]


def test_the_last_pattern_stays() -> None:
    patterns = Patterns(*numbered(0, 2))
    with pytest.raises(BadValue, match="at least one pattern"):
        removed(patterns, np.array([0, 1])).apply(patterns)


def test_a_change_of_another_list_is_refused() -> None:
    patterns = Patterns(*numbered(0, 4))
    shorter, other = Patterns(*numbered(0, 2)), Patterns(*numbered(50, 4))
    for change, elsewhere in (
        (removed(patterns, np.array([3])), shorter),
        (removed(patterns, np.array([3])), other),
        (replaced(patterns, np.array([1]), *numbered(7, 1)), other),
        (inserted(patterns, 4, *numbered(9, 1)), shorter),
    ):
        with pytest.raises(BadValue, match="the one that the change was made in"):
            change.apply(elsewhere)
