"""How much of a large table is read: which rows, and the note that says so."""

from dataclasses import dataclass

from bpviz.problems.tables.model import DataNote, Reading, Remedy

MAX_ROWS = 100_000

MAX_COLUMNS = 10_000

MAX_CELLS = 20_000_000  # 160 MB of float64


def rows_at_most(reading: Reading, width: int) -> int:
    """How many rows are read of a table with so many columns."""
    allowed = max(min(MAX_ROWS, MAX_CELLS // max(width, 1)), 2)
    return min(reading.rows, allowed) if reading.rows else allowed


@dataclass(slots=True)
class Sampler:
    """Which rows are kept: all, the first ``limit``, or ``limit`` evenly out of ``total``."""

    limit: int
    total: int
    even: bool
    seen: int = 0
    kept: int = 0

    def keep(self) -> bool:
        """Whether the next row is kept."""
        self.seen += 1
        wanted = self.seen
        if self.even and self.total > self.limit:
            wanted = -(-self.seen * self.limit // self.total)
        kept = wanted > self.kept and self.kept < self.limit
        self.kept += kept
        return kept

    @property
    def full(self) -> bool:
        """Whether no further row will be kept."""
        return self.kept >= self.limit and not self.even


def sample_note(kept: int, rows: int | None, *, even: bool) -> DataNote:
    """The note that so many rows are kept, of this number if it is known."""
    said = f"{'an even sample of' if even else 'the first'} {kept:,}"
    said += " rows" if rows is None else f" of {rows:,} rows"
    remedy = Remedy("sample", "first" if even else "even")
    return DataNote(f"Large tables are read in part: {said}.", (remedy,))
