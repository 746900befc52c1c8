"""A change of a list of patterns that can be taken back: rows out, rows in."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.model.patterns import Patterns
from bpviz.core.values import BadValue, Integers, Matrix, Unquoted


@dataclass(frozen=True, slots=True, eq=False)
class PatternRows:
    """Some rows of a list of patterns: where they stand (increasing), and what they hold."""

    at: Integers
    inputs: Matrix
    targets: Matrix

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True, eq=False)
class PatternChange:
    """Takes rows out of a list of patterns and puts others in.

    ``out`` are the rows that go, counted before the change; ``into`` those that come, counted
    after it. The two hold all that is needed to go either way, so that many changes of a long
    list can be kept.
    """

    out: PatternRows
    into: PatternRows

    @property
    def inverse(self) -> "PatternChange":
        """The change that takes this one back."""
        return PatternChange(self.into, self.out)

    def check(self, patterns: "Patterns | Changing") -> int:
        """How many rows there are after the change. Raises BadValue if none, or it fits not.

        It fits where the rows that are to go are there; no other row is looked at.
        """
        after = len(patterns) - len(self.out) + len(self.into)
        if not self._finds_its_rows(patterns) or (len(self.into) and self.into.at[-1] >= after):
            allowed = "the one that the change was made in"
            raise BadValue("the list of patterns", Unquoted("another one"), allowed)
        if after < 1:
            raise BadValue("the list of patterns", Unquoted("empty"), "one of at least one pattern")
        return after

    def _finds_its_rows(self, patterns: "Patterns | Changing") -> bool:
        at, out = self.out.at, self.out
        if not len(at):
            return True
        if at[-1] >= len(patterns):
            return False
        if isinstance(patterns, Patterns) and out.inputs is patterns.inputs:
            return out.targets is patterns.targets  # all of them: see ``all_rows``
        there = rows_of(patterns, at)
        return np.array_equal(there.inputs, out.inputs) and np.array_equal(
            there.targets, out.targets
        )

    def apply(self, patterns: Patterns) -> Patterns:
        """The changed list. Raises BadValue if nothing is left of it, or if it does not fit."""
        self.check(patterns)
        return Patterns(
            self._spliced(patterns.inputs, self.into.inputs),
            self._spliced(patterns.targets, self.into.targets),
        )

    def _spliced(self, old: Matrix, new: Matrix) -> Matrix:
        if np.array_equal(self.out.at, self.into.at):
            changed = old.copy()
            changed[self.into.at] = new
            return changed
        kept = np.ones(len(old), dtype=bool)
        kept[self.out.at] = False
        changed = np.empty((len(old) - len(self.out) + len(self.into), old.shape[1]))
        comes = np.zeros(len(changed), dtype=bool)
        comes[self.into.at] = True
        changed[comes] = new
        changed[~comes] = old[kept]
        return changed


@dataclass(frozen=True, slots=True, eq=False)
class Changing:
    """A list of patterns with changes that are not applied yet: rows can be looked up.

    A long list is copied only where it is trained.
    """

    patterns: Patterns
    changes: tuple[PatternChange, ...] = ()

    def __len__(self) -> int:
        return len(self.patterns) + sum(len(c.into) - len(c.out) for c in self.changes)

    def rows(self, at: Integers) -> PatternRows:
        """The rows ``at`` as they are after all changes."""
        inputs = np.empty((len(at), self.patterns.inputs.shape[1]))
        targets = np.empty((len(at), self.patterns.targets.shape[1]))
        old, places = np.ones(len(at), dtype=bool), at
        for change in reversed(self.changes):
            into, out = change.into.at, change.out.at
            found = np.searchsorted(into, places)
            came = old & np.isin(places, into)
            inputs[came] = change.into.inputs[found[came]]
            targets[came] = change.into.targets[found[came]]
            old &= ~came
            # A row that stayed was the same one among those that stayed before the change.
            kept = places - found
            places = kept + np.searchsorted(out - np.arange(len(out)), kept, side="right")
        inputs[old] = self.patterns.inputs[places[old]]
        targets[old] = self.patterns.targets[places[old]]
        return PatternRows(at, inputs, targets)

    def worked_out(self) -> Patterns:
        """All of the changed list."""
        patterns = self.patterns
        for change in self.changes:
            patterns = change.apply(patterns)
        return patterns


def rows_of(patterns: "Patterns | Changing", at: Integers) -> PatternRows:
    """These rows as they are now; ``at`` increases."""
    if isinstance(patterns, Changing):
        if patterns.changes:
            return patterns.rows(at)
        patterns = patterns.patterns
    if len(at) and at[-1] - at[0] == len(at) - 1:
        stretch = slice(at[0], at[-1] + 1)  # nothing is copied
        return PatternRows(at, patterns.inputs[stretch], patterns.targets[stretch])
    return PatternRows(at, patterns.inputs[at], patterns.targets[at])


def all_rows(patterns: Patterns) -> PatternRows:
    """All rows, not copied."""
    return PatternRows(np.arange(len(patterns)), patterns.inputs, patterns.targets)


def no_rows(patterns: Patterns) -> PatternRows:
    """No row of these patterns."""
    return rows_of(patterns, np.empty(0, dtype=np.int64))


def replaced(patterns: Patterns, at: Integers, inputs: Matrix, targets: Matrix) -> PatternChange:
    """Give the rows ``at`` other numbers."""
    return PatternChange(rows_of(patterns, at), PatternRows(at, inputs, targets))


def removed(patterns: Patterns, at: Integers) -> PatternChange:
    """Take the rows ``at`` out."""
    return PatternChange(rows_of(patterns, at), no_rows(patterns))


def inserted(patterns: Patterns, before: int, inputs: Matrix, targets: Matrix) -> PatternChange:
    """Put new rows in before the row ``before`` (the number of rows: at the end)."""
    at = np.arange(before, before + len(inputs))
    return PatternChange(no_rows(patterns), PatternRows(at, inputs, targets))


def joined(first: PatternChange, second: PatternChange) -> PatternChange:
    """A replacement of rows followed by rows appended at the end, as one change."""
    return PatternChange(
        first.out,
        PatternRows(
            np.concatenate([first.into.at, second.into.at]),
            np.concatenate([first.into.inputs, second.into.inputs]),
            np.concatenate([first.into.targets, second.into.targets]),
        ),
    )
