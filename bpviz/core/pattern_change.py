"""A change of a list of patterns that can be taken back: rows out, rows in."""

import numpy as np

from bpviz.core.frozen import dataclass
from bpviz.core.patterns import Patterns
from bpviz.core.values import BadValue, Integers, Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
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

    out: Rows
    into: Rows

    @property
    def inverse(self) -> "PatternChange":
        """The change that takes this one back."""
        return PatternChange(self.into, self.out)

    def fits(self, patterns: Patterns) -> bool:
        """Whether the rows that are to go are there."""
        at = self.out.at
        return not len(at) or bool(
            at[-1] < len(patterns)
            and np.array_equal(patterns.inputs[at], self.out.inputs)
            and np.array_equal(patterns.targets[at], self.out.targets)
        )

    def apply(self, patterns: Patterns) -> Patterns:
        """The changed list. Raises BadValue if nothing is left of it, or if it does not fit."""
        after = len(patterns) - len(self.out) + len(self.into)
        if not self.fits(patterns) or (len(self.into) and self.into.at[-1] >= after):
            allowed = "the one that the change was made in"
            raise BadValue("the list of patterns", "another one", allowed)
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


def rows_of(patterns: Patterns, at: Integers) -> Rows:
    """These rows as they are now; ``at`` increases."""
    return Rows(at, patterns.inputs[at], patterns.targets[at])


def no_rows(patterns: Patterns) -> Rows:
    """No row of these patterns."""
    return rows_of(patterns, np.empty(0, dtype=np.int64))


def replaced(patterns: Patterns, at: Integers, inputs: Matrix, targets: Matrix) -> PatternChange:
    """Give the rows ``at`` other numbers."""
    return PatternChange(rows_of(patterns, at), Rows(at, inputs, targets))


def removed(patterns: Patterns, at: Integers) -> PatternChange:
    """Take the rows ``at`` out."""
    return PatternChange(rows_of(patterns, at), no_rows(patterns))


def inserted(patterns: Patterns, before: int, inputs: Matrix, targets: Matrix) -> PatternChange:
    """Put new rows in before the row ``before`` (the number of rows: at the end)."""
    at = np.arange(before, before + len(inputs))
    return PatternChange(no_rows(patterns), Rows(at, inputs, targets))


def joined(first: PatternChange, second: PatternChange) -> PatternChange:
    """A replacement of rows followed by rows appended at the end, as one change."""
    return PatternChange(
        first.out,
        Rows(
            np.concatenate([first.into.at, second.into.at]),
            np.concatenate([first.into.inputs, second.into.inputs]),
            np.concatenate([first.into.targets, second.into.targets]),
        ),
    )
